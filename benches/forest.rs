//! Random forests of 500 trees at 300 × 30 and 300 × 1500, beside scikit-learn's: same data, same options, same run.
//!
//! `cargo bench --bench forest`; `VBX_PEER_PYTHON` names a Python that has scikit-learn (else `python3`). CPU seconds on one thread, medians,
//! growing only; the out-of-bag AUC of both says that the forests are worth the same.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::classifier::forest::{Forest, MaxFeatures, Options, fit};

const ROWS: usize = 300;
const TREES: usize = 500;
const RUNS: usize = 5;

/// scikit-learn's side: its version, CPU seconds of the median fit, out-of-bag probabilities of class 1.
const PYTHON: &str = r#"
import sys, time, numpy, sklearn
from sklearn.ensemble import RandomForestClassifier
n, p, trees, runs = map(int, sys.argv[2:6])
v = numpy.fromfile(sys.argv[1]); x = v[: n * p].reshape(p, n).T.copy(); y = v[n * p :].astype(int)
def grow(seed, **more):
    start = time.process_time()
    forest = RandomForestClassifier(trees, n_jobs=1, random_state=seed, **more).fit(x, y)
    return time.process_time() - start, forest
grow(0)
seconds = numpy.median([grow(seed)[0] for seed in range(runs)])
print(sklearn.__version__, seconds, *grow(1, oob_score=True)[1].oob_decision_function_[:, 1])
"#;

fn draw(features: usize) -> (Array2<f64>, Vec<usize>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(features as u64);
    let mut x = Array2::zeros((ROWS, features));
    let mut y = Vec::with_capacity(ROWS);
    for mut row in x.rows_mut() {
        row.iter_mut().for_each(|value| *value = rng.sample(StandardNormal));
        let score: f64 = row.iter().step_by((features / 10).max(1)).sum();
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

/// Median CPU seconds of a fit on one thread, and the forest.
fn ours(x: &Array2<f64>, y: &[usize]) -> (f64, Forest) {
    let options = Options { trees: TREES, columns: MaxFeatures::Sqrt.count(x.ncols()), ..Options::default() };
    let grow = || fit(x.view(), y, 2, &options).expect("a forest");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
    pool.install(|| {
        let forest = grow();
        let start = Instant::now();
        let mut seconds: Vec<f64> = (0..RUNS)
            .map(|_| {
                let before = cpu(start);
                drop(grow());
                cpu(start) - before
            })
            .collect();
        seconds.sort_unstable_by(f64::total_cmp);
        (seconds[RUNS / 2], forest)
    })
}

fn theirs(x: &Array2<f64>, y: &[usize]) -> Option<(String, f64, Vec<f64>)> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    let numbers =
        x.t().iter().copied().chain(y.iter().map(|&class| class as f64)).flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
    file.write_all(&numbers).ok()?;
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let arguments = [ROWS, x.ncols(), TREES, RUNS].map(|number| number.to_string());
    let run = Command::new(python).arg("-c").arg(PYTHON).arg(file.path()).args(arguments).output().ok()?;
    let text = String::from_utf8(run.stdout).ok()?;
    let mut words = text.split_whitespace();
    Some((words.next()?.to_string(), words.next()?.parse().ok()?, words.map(|word| word.parse().ok()).collect::<Option<_>>()?))
}

/// Area under the ROC curve by counting pairs.
fn auc(y: &[usize], score: &[f64]) -> f64 {
    let of = |class: usize| y.iter().zip(score).filter(move |(k, _)| **k == class).map(|(_, s)| *s).collect::<Vec<f64>>();
    let (events, others) = (of(1), of(0));
    let wins =
        events.iter().flat_map(|e| others.iter().map(move |o| f64::from(u8::from(e > o)) + 0.5 * f64::from(u8::from(e == o))));
    wins.sum::<f64>() / (events.len() * others.len()) as f64
}

fn main() {
    println!("{TREES} trees, CPU seconds on one thread");
    for features in [30, 1500] {
        let (x, y) = draw(features);
        let (seconds, forest) = ours(&x, &y);
        let out_of_bag: Vec<f64> = forest.out_of_bag().expect("bootstrap").column(1).to_vec();
        println!("{ROWS} x {features}: vbx {seconds:.3}, out-of-bag AUC {:.3}", auc(&y, &out_of_bag));
        match theirs(&x, &y) {
            None => println!("  scikit-learn is not here; set VBX_PEER_PYTHON"),
            Some((version, peer, probability)) => {
                println!(
                    "  scikit-learn {version} {peer:.3}, out-of-bag AUC {:.3}; ratio {:.1}",
                    auc(&y, &probability),
                    peer / seconds
                );
            }
        }
    }
}
