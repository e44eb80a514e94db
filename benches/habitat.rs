//! k-means over a million voxels of six maps for k = 2 … 8, with silhouette, Calinski–Harabasz and Davies–Bouldin, beside
//! scikit-learn's: same vectors, same stopping rule, same number of starts, silhouettes of equally large samples, same run, all
//! cores for both.
//!
//! `cargo bench --bench habitat`; `VBX_PEER_PYTHON` names a Python that has scikit-learn (else `python3`). Wall and CPU seconds,
//! the least of [`RUNS`] each, both programs in turn; inertias and indices of both say that the partitions are worth the same.

#![allow(clippy::print_stdout)]

use std::io::Write;
use std::process::Command;
use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::habitat::{Choice, ChoiceOptions, KMeansOptions, Vectors, compare};

const VOXELS: usize = 1_000_000;
const MAPS: usize = 6;
const RUNS: usize = 3;
const SAMPLE: usize = 10_000;

/// scikit-learn's side: its version, its least wall and CPU seconds, then of the last run per k seconds of the fit, seconds of
/// the indices, inertia and the three indices.
const PYTHON: &str = r#"
import sys, time, numpy, sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score, calinski_harabasz_score, davies_bouldin_score
n, p, starts, sample, runs = map(int, sys.argv[2:7])
x = numpy.fromfile(sys.argv[1]).reshape(p, n).T.copy()
KMeans(2, n_init=1, max_iter=2).fit(x[:1000])
print(sklearn.__version__)
wall = cpu = float("inf")
for seed in range(runs):
    rows, first, busy = [], time.perf_counter(), time.process_time()
    for k in range(2, 9):
        a = time.perf_counter()
        fit = KMeans(k, n_init=starts, random_state=seed).fit(x)
        b = time.perf_counter()
        indices = (
            silhouette_score(x, fit.labels_, sample_size=sample, random_state=0),
            calinski_harabasz_score(x, fit.labels_), davies_bouldin_score(x, fit.labels_))
        rows.append((k, b - a, time.perf_counter() - b, fit.n_iter_, fit.inertia_, *indices))
    wall, cpu = min(wall, time.perf_counter() - first), min(cpu, time.process_time() - busy)
print(wall, cpu)
for row in rows:
    print(*row)
"#;

/// Four habitats that overlap, as tumours' do, in maps that are correlated.
fn draw() -> Vec<Vec<f64>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let centres: Vec<[f64; MAPS]> = (0..4).map(|_| std::array::from_fn(|_| 2.0 * rng.sample::<f64, _>(StandardNormal))).collect();
    let mut columns: Vec<Vec<f64>> = (0..MAPS).map(|_| Vec::with_capacity(VOXELS)).collect();
    for _ in 0..VOXELS {
        let centre = centres[rng.gen_range(0..4)];
        let common: f64 = rng.sample(StandardNormal);
        for (column, at) in columns.iter_mut().zip(centre) {
            column.push(at + 0.5 * common + rng.sample::<f64, _>(StandardNormal));
        }
    }
    columns
}

/// CPU seconds of this process so far, where the system tells them.
fn busy() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(f64::NAN);
    (ticks(11) + ticks(12)) / 100.0
}

/// Least wall and CPU seconds, and the choice of the last run.
fn ours(vectors: &Vectors, starts: usize) -> ([f64; 2], Choice) {
    let options = ChoiceOptions {
        kmeans: KMeansOptions { restarts: starts, ..KMeansOptions::default() },
        silhouette_sample: SAMPLE,
        ..ChoiceOptions::default()
    };
    let (mut least, mut last) = ([f64::INFINITY; 2], None);
    for seed in 0..RUNS as u64 {
        let (start, before) = (Instant::now(), busy());
        last = Some(compare(vectors, &options, &mut Xoshiro256PlusPlus::seed_from_u64(seed)).expect("a choice"));
        least = [least[0].min(start.elapsed().as_secs_f64()), least[1].min(busy() - before)];
    }
    (least, last.expect("at least one run"))
}

fn peer(columns: &[Vec<f64>], starts: usize) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    for value in columns.iter().flatten() {
        file.write_all(&value.to_le_bytes()).ok()?;
    }
    file.flush().ok()?;
    let python = std::env::var("VBX_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let numbers = [VOXELS, MAPS, starts, SAMPLE, RUNS].map(|n| n.to_string());
    let output = Command::new(python).args(["-c", PYTHON]).arg(file.path()).args(numbers).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn main() {
    let columns = draw();
    let vectors = Vectors::new(columns.clone()).expect("vectors");
    for starts in [1, 3] {
        let ([wall, cpu], choice) = ours(&vectors, starts);
        println!("{VOXELS} voxels × {MAPS} maps, k = 2 … 8, {starts} start(s): {wall:.2} s wall, {cpu:.2} s CPU");
        for candidate in &choice.candidates {
            let (partition, indices) = (&candidate.partition, &candidate.indices);
            println!(
                "  k {} rounds {} inertia {:.6e} silhouette {:.4} CH {:.1} DB {:.4}",
                partition.centroids.len(),
                partition.iterations,
                partition.inertia,
                candidate.silhouette.unwrap_or(f64::NAN),
                indices.calinski_harabasz.unwrap_or(f64::NAN),
                indices.davies_bouldin.unwrap_or(f64::NAN)
            );
        }
        let Some(theirs) = peer(&columns, starts) else {
            println!("  scikit-learn is not here: set VBX_PEER_PYTHON");
            continue;
        };
        let mut lines = theirs.lines();
        let version = lines.next().unwrap_or_default();
        let mut rows = lines.map(|line| line.split(' ').filter_map(|n| n.parse().ok()).collect::<Vec<f64>>());
        let least = rows.next().unwrap_or_default();
        let rows: Vec<Vec<f64>> = rows.collect();
        println!(
            "scikit-learn {version}: {:.2} s wall ({:.1} ×), {:.2} s CPU ({:.1} ×)",
            least[0],
            least[0] / wall,
            least[1],
            least[1] / cpu
        );
        for row in &rows {
            println!(
                "  k {} rounds {} inertia {:.6e} silhouette {:.4} CH {:.1} DB {:.4} ({:.2} s + {:.2} s)",
                row[0], row[3], row[4], row[5], row[6], row[7], row[1], row[2]
            );
        }
    }
}
