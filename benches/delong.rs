//! Paired DeLong test at growing size, beside pROC where R has it: same scores, same run, CPU seconds.
//!
//! `cargo bench --bench delong`. Both programs get the scores in memory; reading them is not timed.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::statistic::delong::delong;

/// R's side: two ROC curves and their paired test, CPU seconds of the median run, then z.
const R_SCRIPT: &str = r#"
suppressMessages(library(pROC))
d <- read.csv(commandArgs(TRUE)[1]); runs <- as.integer(commandArgs(TRUE)[2])
once <- function() {
  a <- roc(d$event, d$a, levels = c(0, 1), direction = "<")
  b <- roc(d$event, d$b, levels = c(0, 1), direction = "<")
  roc.test(a, b, method = "delong", paired = TRUE)
}
z <- once()$statistic
cpu <- replicate(runs, { gc(FALSE); t <- proc.time(); once(); sum((proc.time() - t)[1:2]) })
cat(as.character(packageVersion("pROC")), median(cpu), sprintf("%.12f", z))
"#;

fn draw(n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(n as u64);
    let event: Vec<bool> = (0..n).map(|_| rng.gen_bool(0.3)).collect();
    let (a, b) = event
        .iter()
        .map(|&e| {
            let shift = f64::from(u8::from(e));
            let [common, one, two]: [f64; 3] = std::array::from_fn(|_| rng.sample(StandardNormal));
            (shift + common + one, shift + common + two)
        })
        .unzip();
    (event, a, b)
}

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

/// Median CPU seconds of one call, on one thread, and its z.
fn ours(event: &[bool], a: &[f64], b: &[f64]) -> (f64, f64) {
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
    one_thread.install(|| {
        let test = || delong(event, &[a, b]).and_then(|set| set.compare(0, 1, 0.95)).expect("two classes").test;
        let z = test().statistic;
        // The system counts CPU time in slices of a millisecond or more: short calls are timed by the batch.
        let (runs, batch) = (9, (2_000_000 / event.len()).max(1));
        let mut seconds: Vec<f64> = (0..runs)
            .map(|_| {
                let clock = Instant::now();
                let start = cpu(clock);
                for _ in 0..batch {
                    std::hint::black_box(test());
                }
                (cpu(clock) - start) / batch as f64
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        (seconds[runs / 2], z)
    })
}

/// pROC's version, CPU seconds and z, or `None` where there is no R with pROC.
fn proc(event: &[bool], a: &[f64], b: &[f64]) -> Option<(String, f64, f64)> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    let mut text = String::from("event,a,b\n");
    for ((&e, a), b) in event.iter().zip(a).zip(b) {
        text.push_str(&format!("{},{a:?},{b:?}\n", u8::from(e)));
    }
    file.write_all(text.as_bytes()).ok()?;
    let runs = (300_000 / event.len()).clamp(5, 51).to_string();
    let output = Command::new("Rscript").args(["-e", R_SCRIPT]).arg(file.path()).arg(runs).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let mut words = answer.split_whitespace();
    Some((words.next()?.to_string(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

fn main() {
    println!("paired DeLong test, two ROC curves; one thread each, median CPU seconds");
    for n in [1_000, 100_000, 1_000_000] {
        let (event, a, b) = draw(n);
        let (seconds, z) = ours(&event, &a, &b);
        match proc(&event, &a, &b) {
            Some((version, theirs, their_z)) => {
                assert!((z - their_z).abs() < 1e-6, "vbx says z = {z}, pROC {their_z}");
                println!("n = {n:>9}: vbx {seconds:.6} s, pROC {version} {theirs:.6} s, ratio {:.1}", theirs / seconds);
            }
            None => println!("n = {n:>9}: vbx {seconds:.6} s (no Rscript with pROC to compare with)"),
        }
    }
}
