//! Nested 5 × 5 cross-validation at 300 × 1500, beside scikit-learn's: a LASSO over ten penalties (255 fits) and a random forest of 500
//! trees over four leaf sizes (105 fits). Same data, same folds, same grids, same rule of choice, same run.
//!
//! `cargo bench --bench nested_cv`; `VBX_PEER_PYTHON` names a Python that has scikit-learn (else `python3`), which needs some minutes. CPU
//! seconds on one thread, scaling, tuning, refitting and predicting included; the AUC on the outer folds says that the models are worth
//! the same. Then vbx once more with all cores, and the most memory that it ever held.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use ndarray::{Array2, Axis};
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use vbx::classifier::elastic_net::{Lambdas, Options, fit_path, lambda_of_c};
use vbx::classifier::forest::{self, MaxFeatures};
use vbx::statistic::auc::auc;

const ROWS: usize = 300;
const FEATURES: usize = 1500;
const FOLDS: usize = 5;
const TREES: usize = 500;
const LEAVES: [usize; 4] = [1, 2, 5, 10];

/// scikit-learn's penalties, strongest first: its C, 10⁻² to 10 in ten steps.
fn penalties() -> Vec<f64> {
    (0..10).map(|step| 10f64.powf(-2.0 + f64::from(step) / 3.0)).collect()
}

/// scikit-learn's side: version, then CPU seconds and mean outer AUC of both, then the most memory held (MiB).
const PYTHON: &str = r#"
import sys, time, resource, warnings, numpy, sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
warnings.filterwarnings("ignore")
n, p, k, trees = map(int, sys.argv[2:6])
v = numpy.fromfile(sys.argv[1]); x = v[: n * p].reshape(p, n).T.copy(); y = v[n * p :].astype(int)
lasso = make_pipeline(StandardScaler(), LogisticRegression(l1_ratio=1.0, solver="liblinear"))
forest = RandomForestClassifier(trees, n_jobs=1, random_state=0)
grids = [(lasso, {"logisticregression__C": 10.0 ** (-2 + numpy.arange(10) / 3)}), (forest, {"min_samples_leaf": [1, 2, 5, 10]})]
answer = [sklearn.__version__]
for model, grid in grids:
    start = time.process_time(); auc = []
    for fold in range(k):
        train = numpy.arange(n) % k != fold
        inner = PredefinedSplit(numpy.arange(train.sum()) % k)
        best = GridSearchCV(model, grid, cv=inner, scoring="roc_auc", n_jobs=1).fit(x[train], y[train])
        auc.append(roc_auc_score(y[~train], best.predict_proba(x[~train])[:, 1]))
    answer += [time.process_time() - start, numpy.mean(auc)]
print(*answer, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"#;

fn draw() -> (Array2<f64>, Vec<usize>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut x = Array2::zeros((ROWS, FEATURES));
    let mut y = Vec::with_capacity(ROWS);
    for mut row in x.rows_mut() {
        let common: Vec<f64> = (0..FEATURES / 20).map(|_| rng.sample(StandardNormal)).collect();
        let mut score = 0.0;
        for (j, value) in row.iter_mut().enumerate() {
            // Blocks of twenty features that correlate by one half, as radiomics features do.
            *value = 0.5f64.sqrt() * (rng.sample::<f64, _>(StandardNormal) + common[j / 20]);
            if j % (FEATURES / 15) == 0 {
                score += *value;
            }
        }
        y.push(usize::from(rng.r#gen::<f64>() < 1.0 / (1.0 + f64::exp(-score))));
    }
    (x, y)
}

/// Rows by number modulo the number of folds: those of `fold`, and the others.
fn split(rows: &[usize], fold: usize) -> (Vec<usize>, Vec<usize>) {
    let (test, train): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(at, _)| at % FOLDS == fold);
    let rows = |part: Vec<(usize, &usize)>| part.into_iter().map(|(_, row)| *row).collect();
    (rows(train), rows(test))
}

/// What predicts the event for `test` after learning on `train`, for each candidate wanted.
type Model = fn(&Array2<f64>, &[usize], &[usize], &[usize], &[usize]) -> Vec<Vec<f64>>;

fn lasso(x: &Array2<f64>, y: &[usize], train: &[usize], test: &[usize], wanted: &[usize]) -> Vec<Vec<f64>> {
    // The path of one fit serves all candidates; columns are scaled by its training rows inside.
    let lambdas: Vec<f64> = wanted.iter().map(|&at| lambda_of_c(penalties()[at], train.len() as f64)).collect();
    let options = Options { lambdas: Lambdas::Given(lambdas.clone()), ..Options::default() };
    let outcome: Vec<usize> = train.iter().map(|&row| y[row]).collect();
    let path = fit_path(x.select(Axis(0), train).view(), &outcome, &options).expect("a path");
    let new = x.select(Axis(0), test);
    lambdas.iter().map(|&lambda| path.probabilities(lambda, new.view()).column(1).to_vec()).collect()
}

fn forest(x: &Array2<f64>, y: &[usize], train: &[usize], test: &[usize], wanted: &[usize]) -> Vec<Vec<f64>> {
    let outcome: Vec<usize> = train.iter().map(|&row| y[row]).collect();
    let own = x.select(Axis(0), train);
    wanted
        .iter()
        .map(|&at| {
            let columns = MaxFeatures::Sqrt.count(FEATURES);
            let options = forest::Options { trees: TREES, columns, min_leaf: LEAVES[at], ..forest::Options::default() };
            let grown = forest::fit(own.view(), &outcome, 2, &options).expect("a forest");
            test.iter().map(|&row| grown.probabilities(x.row(row))[1]).collect()
        })
        .collect()
}

/// The mean AUC over outer folds of the model whose candidate is chosen by the mean AUC over inner folds.
fn nested(model: Model, candidates: usize, x: &Array2<f64>, y: &[usize]) -> f64 {
    let all: Vec<usize> = (0..ROWS).collect();
    let measure = |test: &[usize], score: &[f64]| {
        let events: Vec<bool> = test.iter().map(|&row| y[row] == 1).collect();
        auc(&events, score).expect("both classes")
    };
    let outer = |fold: usize| {
        let (train, test) = split(&all, fold);
        let inner = |fold: usize| -> Vec<f64> {
            let (kept, held_out) = split(&train, fold);
            let scores = model(x, y, &kept, &held_out, &(0..candidates).collect::<Vec<_>>());
            scores.iter().map(|score| measure(&held_out, score)).collect()
        };
        let inner: Vec<Vec<f64>> = (0..FOLDS).into_par_iter().map(inner).collect();
        let mean = |at: usize| inner.iter().map(|aucs| aucs[at]).sum::<f64>();
        let best = (0..candidates).rev().max_by(|&a, &b| mean(a).total_cmp(&mean(b))).expect("a candidate");
        measure(&test, &model(x, y, &train, &test, &[best])[0])
    };
    let outer: Vec<f64> = (0..FOLDS).into_par_iter().map(outer).collect();
    outer.iter().sum::<f64>() / FOLDS as f64
}

/// CPU seconds that this thread has used so far; where the system does not tell, the wall clock.
fn cpu(start: Instant) -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.as_deref().and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns * 1e-9)
}

/// CPU seconds and outer AUC on one thread.
fn ours(model: Model, candidates: usize, x: &Array2<f64>, y: &[usize]) -> (f64, f64) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
    pool.install(|| {
        let clock = Instant::now();
        let before = cpu(clock);
        let auc = nested(model, candidates, x, y);
        (cpu(clock) - before, auc)
    })
}

/// The most memory that this process has held, in MiB, where the system tells.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn theirs(x: &Array2<f64>, y: &[usize]) -> Option<(String, Vec<f64>)> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    let numbers: Vec<u8> = x.t().iter().copied().chain(y.iter().map(|&k| k as f64)).flat_map(f64::to_le_bytes).collect();
    file.write_all(&numbers).ok()?;
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let arguments = [ROWS, FEATURES, FOLDS, TREES].map(|number| number.to_string());
    // One thread for its linear algebra too.
    let run = Command::new(python)
        .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")))
        .arg("-c")
        .arg(PYTHON)
        .arg(file.path())
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(run.stdout).ok()?;
    let mut words = text.split_whitespace();
    let version = words.next()?.to_string();
    let values: Vec<f64> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    (values.len() == 5).then_some((version, values))
}

fn main() {
    let (x, y) = draw();
    println!("nested {FOLDS} x {FOLDS} cross-validation, {ROWS} x {FEATURES}; CPU seconds on one thread");
    let models: [(&str, Model, usize); 2] =
        [("LASSO, 255 fits", lasso, penalties().len()), ("forest of 500 trees, 105 fits", forest, LEAVES.len())];
    let found: Vec<(f64, f64)> = models.iter().map(|&(_, model, candidates)| ours(model, candidates, &x, &y)).collect();
    for ((name, ..), (seconds, auc)) in models.iter().zip(&found) {
        println!("  vbx           {name}: {seconds:.3} s, AUC {auc:.3}");
    }
    let start = Instant::now();
    let again: Vec<f64> = models.iter().map(|&(_, model, candidates)| nested(model, candidates, &x, &y)).collect();
    let wall = start.elapsed().as_secs_f64();
    assert!(found.iter().zip(&again).all(|((_, one), all)| one == all), "the number of threads changed a result");
    println!("  vbx           both on {} cores: {wall:.2} s by the clock", rayon::current_num_threads());
    if let Some(peak) = peak() {
        println!("  vbx           most memory held: {peak:.0} MiB");
    }
    let Some((version, values)) = theirs(&x, &y) else {
        println!("  scikit-learn is not here; set VBX_PEER_PYTHON");
        return;
    };
    for ((name, ..), theirs) in models.iter().zip(values.chunks(2)) {
        println!("  scikit-learn {version} {name}: {:.3} s, AUC {:.3}", theirs[0], theirs[1]);
    }
    println!("  scikit-learn {version} most memory held: {:.0} MiB", values[4]);
    let total = |seconds: &[f64]| seconds.iter().sum::<f64>();
    let (mine, peer) = (total(&[found[0].0, found[1].0]), total(&[values[0], values[2]]));
    println!(
        "  ratio         LASSO {:.1}, forest {:.1}, both {:.1}",
        values[0] / found[0].0,
        values[2] / found[1].0,
        peer / mine
    );
}
