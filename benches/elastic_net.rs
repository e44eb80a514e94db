//! LASSO, elastic-net and ridge paths and their 10-fold cross-validation at 300 × 1500, beside R's glmnet: same data, same folds, same
//! threshold, same run.
//!
//! `cargo bench --bench elastic_net`. Both programs get the data in memory; reading them is not timed. CPU seconds on one thread, medians;
//! our wall clock with all cores; and how far each program's fit is from the optimum, so that speed is not bought with accuracy.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::classifier::elastic_net::{Measure, Options, cross_validate, fit_path};

const ROWS: usize = 300;
const FEATURES: usize = 1500;
const FOLDS: usize = 10;
const RUNS: usize = 7;

/// R's side: CPU seconds of the median run of a path and of its cross-validation, then the explained deviance along the path.
const R_SCRIPT: &str = r#"
suppressMessages(library(glmnet))
a <- commandArgs(TRUE); n <- as.integer(a[2]); p <- as.integer(a[3]); alpha <- as.numeric(a[4]); runs <- as.integer(a[6])
v <- readBin(a[1], "double", n * (p + 1)); x <- matrix(v[1:(n * p)], n); y <- v[-(1:(n * p))]
fold <- (0:(n - 1)) %% as.integer(a[5]) + 1
cpu <- function(runs, f) median(replicate(runs, { gc(FALSE); t <- proc.time(); f(); sum((proc.time() - t)[1:2]) }))
fit <- glmnet(x, y, family = "binomial", alpha = alpha)
cat(as.character(packageVersion("glmnet")),
  cpu(runs, function() glmnet(x, y, family = "binomial", alpha = alpha)),
  cpu(max(3, runs %/% 3), function() cv.glmnet(x, y, family = "binomial", alpha = alpha, foldid = fold)),
  cpu(max(3, runs %/% 3), function() cv.glmnet(x, y, family = "binomial", alpha = alpha, foldid = fold, type.measure = "auc")),
  sprintf("%.9f", fit$dev.ratio))
"#;

struct Design {
    name: &'static str,
    alpha: f64,
    /// Correlation of the features of a block.
    correlation: f64,
    block: usize,
}

fn draw(design: &Design) -> (Array2<f64>, Vec<usize>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut x = Array2::zeros((ROWS, FEATURES));
    let mut y = Vec::with_capacity(ROWS);
    for mut row in x.rows_mut() {
        let common: Vec<f64> = (0..FEATURES.div_ceil(design.block)).map(|_| rng.sample(StandardNormal)).collect();
        let mut score = 0.0;
        for (j, value) in row.iter_mut().enumerate() {
            let own: f64 = rng.sample(StandardNormal);
            *value = (1.0 - design.correlation).sqrt() * own + design.correlation.sqrt() * common[j / design.block];
            if j % (FEATURES / 15) == 0 {
                score += 0.5 * *value;
            }
        }
        y.push(usize::from(rng.r#gen::<f64>() < 1.0 / (1.0 + f64::exp(-score))));
    }
    (x, y)
}

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_unstable_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// Median CPU seconds of `work` on one thread; several calls per measurement, since the system counts CPU time in slices.
fn one_thread(work: impl Fn() + Send + Sync) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
    let batch = 4;
    pool.install(|| {
        let start = Instant::now();
        let run = |_| {
            let before = cpu(start);
            (0..batch).for_each(|_| work());
            (cpu(start) - before) / f64::from(batch)
        };
        median((0..RUNS).map(run).collect())
    })
}

fn wall(work: impl Fn()) -> f64 {
    let run = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    median((0..RUNS).map(run).collect())
}

/// R's side; `None` without Rscript or glmnet.
fn glmnet(design: &Design, x: &Array2<f64>, y: &[usize]) -> Option<(String, Vec<f64>)> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    let numbers =
        x.t().iter().copied().chain(y.iter().map(|&class| class as f64)).flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
    file.write_all(&numbers).ok()?;
    let arguments = [ROWS.to_string(), FEATURES.to_string(), design.alpha.to_string(), FOLDS.to_string(), RUNS.to_string()];
    let run = Command::new("Rscript").arg("-e").arg(R_SCRIPT).arg(file.path()).args(arguments).output().ok()?;
    let text = String::from_utf8(run.stdout).ok()?;
    let mut words = text.split_whitespace();
    let version = words.next()?.to_string();
    let values: Vec<f64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    (values.len() > 3).then_some((version, values))
}

fn main() {
    let designs = [
        Design { name: "LASSO, independent features", alpha: 1.0, correlation: 0.0, block: 1 },
        Design { name: "LASSO, blocks of 20 at 0.5", alpha: 1.0, correlation: 0.5, block: 20 },
        Design { name: "LASSO, blocks of 100 at 0.9", alpha: 1.0, correlation: 0.9, block: 100 },
        Design { name: "elastic net 0.5, blocks of 20 at 0.5", alpha: 0.5, correlation: 0.5, block: 20 },
        Design { name: "ridge, blocks of 20 at 0.5", alpha: 0.0, correlation: 0.5, block: 20 },
    ];
    println!(
        "{ROWS} x {FEATURES}, 100 penalties, {FOLDS} folds, {} cores; CPU seconds on one thread",
        rayon::current_num_threads()
    );
    for design in designs {
        let (x, y) = draw(&design);
        let folds: Vec<usize> = (0..ROWS).map(|row| row % FOLDS).collect();
        let options = Options { alpha: design.alpha, ..Options::default() };
        let tune = |measure| cross_validate(x.view(), &y, &folds, measure, &options).expect("both classes in each fold");
        let path = one_thread(|| drop(fit_path(x.view(), &y, &options)));
        let deviance = one_thread(|| drop(tune(Measure::Deviance)));
        let auc = one_thread(|| drop(tune(Measure::Auc)));
        let all_cores = wall(|| drop(tune(Measure::Deviance)));
        println!("{}", design.name);
        println!("  vbx     path {path:.4}  cv deviance {deviance:.3}  cv AUC {auc:.3}  (cv wall, all cores {all_cores:.3})");
        let Some((version, theirs)) = glmnet(&design, &x, &y) else {
            println!("  glmnet  not here");
            continue;
        };
        println!("  glmnet {version}  path {:.4}  cv deviance {:.3}  cv AUC {:.3}", theirs[0], theirs[1], theirs[2]);
        println!(
            "  ratio   path {:.1}  cv deviance {:.1}  cv AUC {:.1}",
            theirs[0] / path,
            theirs[1] / deviance,
            theirs[2] / auc
        );
        let exact = fit_path(x.view(), &y, &Options { threshold: 1e-13, ..options.clone() }).expect("a path").dev_ratio;
        let found = fit_path(x.view(), &y, &options).expect("a path").dev_ratio;
        let apart = |ratios: &[f64]| ratios.iter().zip(&exact).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!("  error of the explained deviance: vbx {:.1e}, glmnet {:.1e}", apart(&found), apart(&theirs[3..]));
    }
}
