//! k-means, mixtures and the choice of k held against scikit-learn, linfa and planted habitats.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::KMeansInit;
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use vbx::habitat::choice::{ConsensusOptions, partition_indices, silhouettes};
use vbx::habitat::{
    ChoiceOptions, Criterion, KMeansOptions, Mixture, MixtureOptions, Vectors, adjusted_rand, compare, kmeans, kmeans_from,
    mixture,
};

fn digits(i: u64, j: u64) -> f64 {
    ((i * 7919 + j * 104729 + i * j * 1299709 + i * i * 31) % 10007) as f64 / 10007.0 - 0.5
}

/// The vectors of `tests/reference/habitat_sklearn.py` and their planted groups.
fn formula(n: u64, maps: u64, groups: u64, apart: f64) -> (Vectors, Vec<u16>) {
    let value = |row: u64, map: u64| {
        let noise: f64 = (0..4).map(|s| digits(row + 37 * s, map + 11 * s)).sum();
        noise + apart * digits(row % groups + 5, map + 3)
    };
    let columns = (1..=maps).map(|map| (1..=n).map(|row| value(row, map)).collect()).collect();
    (Vectors::new(columns).unwrap(), (1..=n).map(|row| (row % groups) as u16).collect())
}

fn cases() -> Vec<Value> {
    let text = include_str!("reference/habitat_sklearn.json");
    serde_json::from_str::<Value>(text).unwrap()["cases"].as_array().unwrap().clone()
}

fn of(case: &Value) -> (Vectors, Vec<u16>, usize) {
    let whole = |key: &str| case[key].as_u64().unwrap();
    let (vectors, planted) = formula(whole("n"), whole("maps"), whole("groups"), case["apart"].as_f64().unwrap());
    (vectors, planted, whole("k") as usize)
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

#[track_caller]
fn near(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs().max(1e-3), "{found} is not {expected}");
}

fn strict() -> KMeansOptions {
    KMeansOptions { tolerance: 0.0, restarts: 1, ..KMeansOptions::default() }
}

#[test]
fn k_means_from_the_same_start_is_scikit_learns() {
    for case in cases() {
        let (vectors, _, k) = of(&case);
        let start = (0..k).map(|row| vectors.row(row)).collect();
        let found = kmeans_from(&vectors, start, &strict()).unwrap();
        assert_eq!(found.labels, read::<Vec<u16>>(&case["labels"]), "{}", case["id"]);
        near(found.inertia, case["inertia"].as_f64().unwrap(), 1e-12);
        let centroids: Vec<Vec<f64>> = read(&case["centroids"]);
        for (found, expected) in found.centroids.iter().flatten().zip(centroids.iter().flatten()) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
        assert!(found.converged);
    }
}

#[test]
fn k_means_from_the_same_start_is_linfas() {
    for (n, maps, groups, apart, k) in [(3000, 5, 6, 3.0, 6), (2000, 2, 3, 5.0, 4), (20_000, 3, 8, 4.0, 8)] {
        let (vectors, _) = formula(n, maps, groups, apart);
        let start: Vec<Vec<f64>> = (0..k).map(|row| vectors.row(row)).collect();
        let data = Array2::from_shape_fn((vectors.count(), vectors.maps()), |(row, map)| vectors.map(map)[row]);
        let first = Array2::from_shape_fn((k, vectors.maps()), |(c, map)| start[c][map]);
        let model = linfa_clustering::KMeans::params(k)
            .init_method(KMeansInit::Precomputed(first))
            .n_runs(1)
            .max_n_iterations(1000)
            .tolerance(1e-12)
            .fit(&DatasetBase::from(data.clone()))
            .unwrap();
        let options = KMeansOptions { max_iterations: 1000, ..strict() };
        let found = kmeans_from(&vectors, start, &options).unwrap();
        let theirs: Vec<u16> = model.predict(&data).iter().map(|label| *label as u16).collect();
        assert_eq!(found.labels, theirs);
        near(found.inertia, model.inertia() * vectors.count() as f64, 1e-9);
    }
}

#[test]
fn indices_of_any_partition_are_scikit_learns() {
    for case in cases() {
        let (vectors, planted, k) = of(&case);
        let fitted: Vec<u16> = read(&case["labels"]);
        let other: Vec<u16> = (0..vectors.count()).map(|row| ((row * 7 / 3) % k) as u16).collect();
        let partitions = [fitted, other];
        let silhouette = silhouettes(&vectors, &partitions).unwrap();
        for ((labels, silhouette), expected) in partitions.iter().zip(silhouette).zip(case["indices"].as_array().unwrap()) {
            let expected = |key: &str| expected[key].as_f64().unwrap();
            let found = partition_indices(&vectors, labels, k).unwrap();
            near(silhouette.unwrap(), expected("silhouette"), 1e-10);
            near(found.calinski_harabasz.unwrap(), expected("calinski_harabasz"), 1e-10);
            near(found.davies_bouldin.unwrap(), expected("davies_bouldin"), 1e-10);
            assert!((adjusted_rand(labels, &planted).unwrap() - expected("rand_planted")).abs() < 1e-12);
        }
    }
}

#[test]
fn the_likelihood_of_a_mixture_is_scikit_learns() {
    for case in cases() {
        let (vectors, _, k) = of(&case);
        let theirs = &case["mixture"];
        let model = Mixture {
            weights: read(&theirs["weights"]),
            means: read(&theirs["means"]),
            covariances: read(&theirs["covariances"]),
        };
        let found = model.fit(&vectors).unwrap();
        near(found.log_likelihood, theirs["log_likelihood"].as_f64().unwrap(), 1e-10);
        near(found.bic, theirs["bic"].as_f64().unwrap(), 1e-10);
        near(found.aic, theirs["aic"].as_f64().unwrap(), 1e-10);
        assert_eq!(found.labels, read::<Vec<u16>>(&theirs["labels"]));
        if case["id"] == "four groups, far apart" {
            // Only where groups are clear does every start lead to the same optimum.
            let options = MixtureOptions { tolerance: 1e-10, max_iterations: 5000, ..MixtureOptions::default() };
            let ours = mixture(&vectors, k, &options, &mut Xoshiro256PlusPlus::seed_from_u64(3)).unwrap();
            near(ours.fit(&vectors).unwrap().log_likelihood, theirs["log_likelihood"].as_f64().unwrap(), 1e-7);
        }
    }
}

/// Six maps in units of their noise, four planted habitats with centres at least `apart` standard deviations from each other.
fn planted(count: usize, apart: f64, seed: u64) -> (Vectors, Vec<u16>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let labels: Vec<u16> = (0..count).map(|_| [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][rng.gen_range(0..10)]).collect();
    // Corners of a simplex: equal distances.
    let centre = |label: u16, map: usize| if usize::from(label) == map { apart / 2f64.sqrt() } else { 0.0 };
    let columns =
        (0..6).map(|map| labels.iter().map(|label| centre(*label, map) + rng.sample::<f64, _>(StandardNormal)).collect());
    let columns: Vec<Vec<f64>> = columns.collect();
    (Vectors::new(columns).unwrap(), labels)
}

#[test]
fn planted_habitats_are_found_and_counted() {
    // Centres five standard deviations of the noise apart: a voxel's best possible rule errs in under 2 %.
    let (vectors, labels) = planted(6000, 5.0, 11);
    let options = ChoiceOptions {
        habitats: 2..=7,
        silhouette_sample: 2000,
        mixture: Some((MixtureOptions { tolerance: 1e-5, restarts: 2, ..MixtureOptions::default() }, 3000)),
        gap: Some((5, 2000)),
        consensus: Some((ConsensusOptions { subsamples: 20, ..ConsensusOptions::default() }, 400)),
        ..ChoiceOptions::default()
    };
    let choice = compare(&vectors, &options, &mut Xoshiro256PlusPlus::seed_from_u64(5)).unwrap();
    let criteria = [
        Criterion::Silhouette,
        Criterion::SimplifiedSilhouette,
        Criterion::CalinskiHarabasz,
        Criterion::DaviesBouldin,
        Criterion::Elbow,
        Criterion::Bic,
        Criterion::Gap,
        Criterion::Consensus,
    ];
    for criterion in criteria {
        let chosen = choice.by(criterion).unwrap();
        assert_eq!(chosen.partition.centroids.len(), 4, "{criterion:?}");
        let rand = adjusted_rand(&chosen.partition.labels, &labels).unwrap();
        assert!(rand > 0.95, "adjusted Rand {rand}");
    }
}

#[test]
fn threads_change_nothing() {
    let (vectors, _) = planted(50_000, 2.0, 4);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = ChoiceOptions {
            habitats: 2..=5,
            silhouette_sample: 1500,
            kmeans: KMeansOptions { restarts: 2, ..KMeansOptions::default() },
            ..ChoiceOptions::default()
        };
        pool.install(|| compare(&vectors, &options, &mut Xoshiro256PlusPlus::seed_from_u64(9)).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
}

#[test]
fn what_cannot_be_grouped_is_an_error() {
    let rng = &mut Xoshiro256PlusPlus::seed_from_u64(1);
    let options = KMeansOptions::default();
    let three = Vectors::new(vec![vec![1.0, 2.0, 3.0]]).unwrap();
    let error = kmeans(&three, 4, &options, rng).unwrap_err().to_string();
    assert!(error.contains("too small for 4 habitats"), "{error}");
    let same = Vectors::new(vec![vec![1.0; 50], vec![2.0; 50]]).unwrap();
    let error = kmeans(&same, 2, &options, rng).unwrap_err().to_string();
    assert!(error.contains("only 1"), "{error}");
    assert_eq!(kmeans(&same, 1, &options, rng).unwrap().inertia, 0.0);
    assert!(Vectors::new(vec![vec![1.0, f64::NAN]]).is_err());
    assert!(Vectors::new(vec![vec![1.0], vec![1.0, 2.0]]).is_err());
    assert!(mixture(&three, 2, &MixtureOptions::default(), rng).is_err());
    assert_eq!(silhouettes(&three, &[vec![0; 3], vec![0, 1, 2]]).unwrap(), [None, None]);
    assert_eq!(adjusted_rand(&[0, 0, 0], &[1, 1, 1]), Some(1.0));
    assert_eq!(adjusted_rand(&[0], &[0]), None);
}

/// A first centroid that no vector is nearest to must not stay empty.
#[test]
fn an_empty_group_finds_vectors() {
    let (vectors, labels) = planted(500, 8.0, 2);
    let mut start: Vec<Vec<f64>> = (0..3).map(|group| vectors.row(labels.iter().position(|l| *l == group).unwrap())).collect();
    start.push(vec![1e6; 6]);
    let found = kmeans_from(&vectors, start, &strict()).unwrap();
    assert!(adjusted_rand(&found.labels, &labels).unwrap() > 0.99);
}
