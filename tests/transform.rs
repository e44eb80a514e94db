//! Every transform against an oracle that is not this code (R, scikit-learn, glmnet), or against a closed form worked by hand.
//! `ORACLES` says which test holds which transform; a transform without one fails here.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use common::cohorts::category;
use oracle::{Oracle, Table, close, codes, number, numbers, texts};
use std::collections::BTreeSet;
use std::sync::Arc;
use vbx::classifier::elastic_net::lambda_of_c;
use vbx::classifier::{Lambda, Lasso};
use vbx::learn::{
    Cohort, CohortParts, Column, CrossFit, Features, FittedTransform, Folds, Learner, Pipeline, TestRows, TrainRows, cross_fit,
};
use vbx::statistic::correlation::{pearson_r, spearman_rho};
use vbx::table::FeatureName;
use vbx::transform::{
    Adjust, BlockScale, Correlation, CorrelationFilter, Duplicates, Encode, Impute, ImputeMethod, Keep, LassoSelect, MedianSplit,
    Pca, Robustness, Standardise, StandardiseMethod, TransformSpec, UnivariateFilter, UnivariateTest, Variance, Winsorise,
};

/// Tests, which take nothing and give nothing.
type Tests = &'static [fn()];

/// The tests that hold each transform, by the name that a study file uses.
const ORACLES: &[(&str, Tests)] = &[
    ("impute", &[impute_fills_as_worked_by_hand, typical_values_are_those_of_r]),
    ("encode", &[encode_makes_indicators_as_worked_by_hand]),
    ("median-split", &[median_split_is_strictly_above_the_training_median, typical_values_are_those_of_r]),
    ("standardise", &[typical_values_are_those_of_r, standardise_follows_its_equations, a_pipeline_is_scaled_inside_the_fold]),
    ("winsorise", &[typical_values_are_those_of_r, winsorise_stops_at_quantiles_of_type_7]),
    ("variance", &[variance_drops_what_hardly_varies]),
    ("duplicates", &[duplicates_go_and_the_first_stays]),
    (
        "correlation-filter",
        &[
            correlation_filter_turns_at_the_correlations_of_r,
            correlation_filter_keeps_what_its_rule_says,
            no_pair_is_left_too_close,
        ],
    ),
    ("univariate", &[univariate_filter_keeps_by_the_p_values_of_r, univariate_filter_agrees_with_clear_f_tests_of_scikit_learn]),
    ("pca", &[components_are_those_of_scikit_learn, components_are_orthonormal_and_explain_the_wanted_share]),
    ("robustness", &[robustness_turns_at_the_icc_of_shrout_and_fleiss]),
    ("lasso", &[lasso_selects_what_glmnet_selects]),
    ("block-scale", &[block_scale_gives_every_block_a_total_variance_of_one]),
];

#[test]
fn every_transform_has_an_oracle() {
    let tag = |spec: &TransformSpec| serde_json::to_value(spec).unwrap().as_object().unwrap().keys().next().unwrap().clone();
    let known: BTreeSet<String> = TransformSpec::all().iter().map(tag).collect();
    let held: BTreeSet<String> =
        ORACLES.iter().filter(|(_, tests)| !tests.is_empty()).map(|(name, _)| name.to_string()).collect();
    assert_eq!(known, held, "transforms (left) and transforms with an oracle (right)");
}

// Rows to fit to -------------------------------------------------------------------------------------------------------------------

fn named(name: &str) -> Arc<FeatureName> {
    Arc::new(name.parse().unwrap())
}

fn features(columns: &[(&str, &[f64])]) -> Features {
    let rows = columns[0].1.len();
    Features::new(columns.iter().map(|(name, values)| Column::numeric(named(name), values.to_vec())).collect(), rows).unwrap()
}

fn cohort(features: Features, outcome: Vec<u32>, patients: Vec<u32>, inner_folds: usize) -> Cohort {
    let classes = (0..=*outcome.iter().max().unwrap()).map(|k| format!("class {k}")).collect();
    let parts =
        CohortParts { features, outcome, classes, ordered: false, patients, sites: None, site_names: Vec::new(), days: None };
    Cohort::new(parts, 1, inner_folds).unwrap()
}

fn each(n: usize) -> Vec<u32> {
    (0..n as u32).collect()
}

/// All rows as training rows, for transforms that do not look at the outcome.
fn unlabelled(features: Features) -> TrainRows {
    let n = features.n();
    cohort(features, each(n).iter().map(|i| i % 2).collect(), each(n), 3).all().unwrap()
}

fn fit(spec: &TransformSpec, train: &TrainRows) -> Box<dyn FittedTransform> {
    spec.build().fit(train).unwrap()
}

/// The training rows as the transform makes them.
fn apply(spec: &TransformSpec, train: &TrainRows) -> Features {
    fit(spec, train).transform(train.features()).unwrap()
}

fn values<'a>(rows: &'a Features, name: &str) -> &'a [f64] {
    let column = rows.column(&named(name)).unwrap_or_else(|| panic!("{name} is gone"));
    column.numbers().unwrap()
}

fn names(rows: &Features) -> Vec<String> {
    rows.columns().iter().map(|column| column.name.to_string()).collect()
}

fn assert_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}, row {i}: {found}, expected {expected}");
    }
}

/// Reference tables name columns freely.
fn block(table: &Table, columns: &[String]) -> Features {
    let column = |name: &String| Column::numeric(Arc::new(FeatureName::sanitised("x", name).unwrap()), table.numbers(name));
    Features::new(columns.iter().map(column).collect(), table.rows).unwrap()
}

fn listed(rows: &[String]) -> Vec<&str> {
    rows.iter().map(String::as_str).collect()
}

/// Even rows train, odd rows test, as the oracles of topic `models` have it.
fn even_and_odd(oracle: &Oracle) -> (TrainRows, TestRows) {
    let wanted = texts(&oracle.data()["features"]);
    let y = oracle.data()["y"].as_str().unwrap();
    let table = oracle.table().complete(&listed(&[wanted.clone(), vec![y.to_string()]].concat()));
    let outcome = table.numbers(y).iter().map(|&y| y as u32).collect();
    let cohort = cohort(block(&table, &wanted), outcome, each(table.rows), 3);
    let odd: Vec<bool> = (0..table.rows).map(|i| i % 2 == 1).collect();
    cohort.split(&Folds::given_holdout(&cohort, &odd).unwrap().splits()[0]).unwrap()
}

// Numbers changed column by column -------------------------------------------------------------------------------------------------

/// Mean, SD, median and quartiles of R on real columns, met again in whatever is built from them.
#[test]
fn typical_values_are_those_of_r() {
    for oracle in Oracle::all("group_tests") {
        let (data, table) = (oracle.data(), oracle.table());
        let (group, levels) = (data["group"].as_str().unwrap(), texts(&data["group_levels"]));
        for name in texts(&data["continuous"]) {
            let complete = table.complete(&[&name, group]);
            let code = codes(complete.text(group), &levels);
            for level in 0..levels.len() {
                let all = complete.numbers(&name);
                let values: Vec<f64> = all.iter().zip(&code).filter(|(_, c)| **c == level).map(|(x, _)| *x).collect();
                let expected = &oracle.out()["continuous"][&name];
                let of = |what: &str| number(&expected[what][level]).unwrap();
                check_typical_values(&format!("{}: {name}, {}", oracle.id, levels[level]), &values, of);
            }
        }
    }
}

fn check_typical_values(what: &str, x: &[f64], of: impl Fn(&str) -> f64) {
    let n = x.len() as f64;
    let train = unlabelled(features(&[("x.a", x)]));
    let changed = |spec: TransformSpec| values(&apply(&spec, &train), "x.a").to_vec();
    let by = |scale: &dyn Fn(f64) -> f64| x.iter().map(|&x| scale(x)).collect::<Vec<f64>>();

    // R's SD divides by n − 1, scikit-learn's scaler and ours by n.
    let sd = of("sd") * ((n - 1.0) / n).sqrt();
    let z = TransformSpec::Standardise(Standardise { method: StandardiseMethod::Z });
    assert_close(&format!("{what}: z"), &changed(z), &by(&|x| (x - of("mean")) / sd), 1e-10);
    let robust = TransformSpec::Standardise(Standardise { method: StandardiseMethod::Robust });
    let range = of("q3") - of("q1");
    assert_close(&format!("{what}: robust"), &changed(robust), &by(&|x| (x - of("median")) / range), 1e-10);
    let quartiles = TransformSpec::Winsorise(Winsorise { lower: 0.25, upper: 0.75 });
    assert_close(&format!("{what}: winsorised"), &changed(quartiles), &by(&|x| x.clamp(of("q1"), of("q3"))), 1e-12);
    let split = TransformSpec::MedianSplit(MedianSplit { columns: vec!["x.a".into()] });
    assert_close(&format!("{what}: split"), &changed(split), &by(&|x| f64::from(u8::from(x > of("median")))), 0.0);

    let gap = features(&[("x.a", &[f64::NAN])]);
    for (method, expected) in [(ImputeMethod::Median, of("median")), (ImputeMethod::Mean, of("mean"))] {
        let fitted = fit(&TransformSpec::Impute(Impute { method, flag: true }), &train);
        assert_close(&format!("{what}: {method:?}"), values(&fitted.transform(&gap).unwrap(), "x.a"), &[expected], 1e-12);
    }
}

const GAP: f64 = f64::NAN;

#[test]
fn impute_fills_as_worked_by_hand() {
    let train = unlabelled(features(&[
        ("mri.even", &[GAP, 1.0, 2.0, 3.0, 10.0, GAP]),
        ("mri.ties", &[GAP, 4.0, 7.0, 4.0, 7.0, GAP]),
        ("mri.full", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ("mri.other", &[1.0, GAP, 3.0, 4.0, 5.0, 6.0]),
        ("us.same", &[GAP, 1.0, 1.0, 1.0, 1.0, GAP]),
        ("us.none", &[GAP, GAP, GAP, GAP, GAP, GAP]),
    ]));
    // Median of 1, 2, 3, 10; their mean; the smallest of values that are equally frequent.
    for (method, even, ties) in [(ImputeMethod::Median, 2.5, 5.5), (ImputeMethod::Mean, 4.0, 5.5), (ImputeMethod::Mode, 1.0, 4.0)]
    {
        let fitted = fit(&TransformSpec::Impute(Impute { method, flag: false }), &train);
        let filled = fitted.transform(train.features()).unwrap();
        assert_eq!(names(&filled), ["mri.even", "mri.ties", "mri.full", "mri.other", "us.same"]);
        assert_eq!(values(&filled, "mri.even"), [even, 1.0, 2.0, 3.0, 10.0, even], "{method:?}");
        assert_eq!(values(&filled, "mri.ties"), [ties, 4.0, 7.0, 4.0, 7.0, ties], "{method:?}");
        assert_eq!(values(&filled, "mri.full"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(fitted.notices(), ["us.none has no value in the training rows and was dropped"]);
        // A new row is filled with what was typical in training; a value that is there stays.
        let new = features(&[
            ("mri.even", &[GAP, 99.0]),
            ("mri.ties", &[GAP, 99.0]),
            ("mri.full", &[GAP, 99.0]),
            ("mri.other", &[GAP, 99.0]),
            ("us.same", &[GAP, 99.0]),
            ("us.none", &[5.0, 99.0]),
        ]);
        let new = fitted.transform(&new).unwrap();
        assert_eq!(values(&new, "mri.even"), [even, 99.0]);
        assert_eq!(values(&new, "us.same"), [1.0, 99.0]);
        assert!(new.column(&named("us.none")).is_none());
    }
    // Indicators: one per pattern of missingness within a modality; a column without gaps in training has none.
    let flagged = apply(&TransformSpec::Impute(Impute::default()), &train);
    assert_eq!(names(&flagged)[5..], ["mri.even_missing", "mri.other_missing", "us.same_missing"]);
    assert_eq!(values(&flagged, "mri.even_missing"), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(values(&flagged, "mri.other_missing"), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(values(&flagged, "us.same_missing"), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);

    // A category: the most frequent level; of equally frequent ones the first.
    let shapes = |codes: Vec<Option<u32>>| {
        let rows = codes.len();
        Features::new(vec![category("us", "shape", codes, &["oval", "round", "irregular"])], rows).unwrap()
    };
    for (codes, expected) in [(vec![Some(1), Some(2), Some(2), None], 2), (vec![Some(2), Some(1), Some(2), Some(1), None], 1)] {
        let train = unlabelled(shapes(codes.clone()));
        let filled = apply(&TransformSpec::Impute(Impute { flag: false, ..Impute::default() }), &train);
        let vbx::learn::Values::Category { codes: found, .. } = &filled.columns()[0].values else { panic!("still a category") };
        assert_eq!(found.to_vec(), codes.iter().map(|code| code.or(Some(expected))).collect::<Vec<_>>());
    }
}

#[test]
fn median_split_is_strictly_above_the_training_median() {
    let train = unlabelled(features(&[("clinical.ki67", &[5.0, 10.0, 20.0, 40.0, GAP]), ("clinical.age", &[30.0; 5])]));
    let spec = TransformSpec::MedianSplit(MedianSplit { columns: vec!["clinical.ki67".into()] });
    let fitted = fit(&spec, &train);
    // The median is 15 whatever the new rows hold; a value on it is not above it; a gap stays one.
    let new = features(&[("clinical.ki67", &[14.9, 15.0, 15.1, GAP]), ("clinical.age", &[1.0, 2.0, 3.0, 4.0])]);
    let split = fitted.transform(&new).unwrap();
    assert_eq!(values(&split, "clinical.ki67")[..3], [0.0, 0.0, 1.0]);
    assert!(values(&split, "clinical.ki67")[3].is_nan());
    assert_eq!(values(&split, "clinical.age"), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn standardise_follows_its_equations() {
    let method = |method| TransformSpec::Standardise(Standardise { method });
    let train = unlabelled(features(&[
        ("x.a", &[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]),
        ("x.constant", &[0.1; 8]),
        ("x.gap", &[1.0, GAP, 3.0, GAP, 1.0, 3.0, 1.0, 3.0]),
    ]));
    // Mean 5 and SD 2 of eight values, dividing by n.
    let z = fit(&method(StandardiseMethod::Z), &train);
    let rows = z.transform(train.features()).unwrap();
    assert_close("z", values(&rows, "x.a"), &[-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0], 1e-15);
    assert_eq!(values(&rows, "x.constant"), [0.0; 8]);
    // A gap does not count and stays one.
    assert!(values(&rows, "x.gap")[1].is_nan());
    assert_close("z with gaps", &[values(&rows, "x.gap")[0], values(&rows, "x.gap")[2]], &[-1.0, 1.0], 1e-15);
    let new = features(&[("x.a", &[6.0]), ("x.constant", &[7.0]), ("x.gap", &[2.0])]);
    let new = z.transform(&new).unwrap();
    assert_close("new row", &[values(&new, "x.a")[0], values(&new, "x.gap")[0]], &[0.5, 0.0], 1e-15);
    assert_eq!(values(&new, "x.constant"), [0.0], "a column that was constant in training says nothing of a new row");

    // Normal scores: Φ⁻¹ of the share below, half of the equal ones counted, half a case kept at the ends. R: qnorm((1:4 - 0.5) / 4).
    let train = unlabelled(features(&[("x.a", &[30.0, 10.0, 40.0, 20.0])]));
    let rank = fit(&method(StandardiseMethod::Rank), &train);
    let (inner, outer) = (0.318_639_363_964_375_16, 1.150_349_380_376_008);
    let rows = rank.transform(&features(&[("x.a", &[30.0, 10.0, 40.0, 20.0, 25.0, -1e9, 1e9])])).unwrap();
    assert_close("normal scores", values(&rows, "x.a"), &[inner, -outer, outer, -inner, 0.0, -outer, outer], 1e-12);
    let train = unlabelled(features(&[("x.a", &[1.0, 1.0, 2.0, 2.0])]));
    let tied = apply(&method(StandardiseMethod::Rank), &train);
    // Two of four tied below: shares ¼ and ¾. R: qnorm(0.75).
    let quarter = 0.674_489_750_196_081_7;
    assert_close("ties", values(&tied, "x.a"), &[-quarter, -quarter, quarter, quarter], 1e-12);
}

#[test]
fn winsorise_stops_at_quantiles_of_type_7() {
    // 0, 1, … 100 in another order: the type-7 quantile p is 100 p.
    let x: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101)).collect();
    let train = unlabelled(features(&[("x.a", &x)]));
    let fitted = fit(&TransformSpec::Winsorise(Winsorise { lower: 0.025, upper: 0.9 }), &train);
    let new = fitted.transform(&features(&[("x.a", &[-5.0, 2.0, 2.6, 50.0, 89.9, 90.1, 1e9, GAP])])).unwrap();
    assert_close("limits", &values(&new, "x.a")[..7], &[2.5, 2.5, 2.6, 50.0, 89.9, 90.0, 90.0], 1e-12);
    assert!(values(&new, "x.a")[7].is_nan());
    // Four values: between 1 and 2 at 10 %, R's quantile(c(1, 2, 4, 8), c(0.1, 0.9)) is 1.3 and 6.8.
    let train = unlabelled(features(&[("x.a", &[8.0, 1.0, 4.0, 2.0])]));
    let ends = apply(&TransformSpec::Winsorise(Winsorise { lower: 0.1, upper: 0.9 }), &train);
    assert_close("four values", values(&ends, "x.a"), &[6.8, 1.3, 4.0, 2.0], 1e-12);
    for wrong in [(0.9, 0.1), (-0.1, 0.9), (0.1, 1.1), (0.5, 0.5), (GAP, 0.9)] {
        let spec = TransformSpec::Winsorise(Winsorise { lower: wrong.0, upper: wrong.1 });
        assert!(spec.build().fit(&train).is_err(), "{wrong:?} was accepted");
    }
}

#[test]
fn block_scale_gives_every_block_a_total_variance_of_one() {
    // mri: variances 1, 4 and 0 (÷ n), so √5; us: 9, so 3; a block that does not vary stays as it is.
    let train = unlabelled(features(&[
        ("mri.a", &[1.0, -1.0, 1.0, -1.0]),
        ("mri.b", &[12.0, 8.0, 8.0, 12.0]),
        ("mri.constant", &[7.0; 4]),
        ("us.a", &[3.0, 3.0, -3.0, -3.0]),
        ("clinical.constant", &[5.0; 4]),
    ]));
    let fitted = fit(&TransformSpec::BlockScale(BlockScale::default()), &train);
    let rows = fitted.transform(train.features()).unwrap();
    let root = 5.0_f64.sqrt();
    assert_close("mri.a", values(&rows, "mri.a"), &[1.0 / root, -1.0 / root, 1.0 / root, -1.0 / root], 1e-15);
    assert_close("mri.b", values(&rows, "mri.b"), &[12.0 / root, 8.0 / root, 8.0 / root, 12.0 / root], 1e-15);
    assert_close("us.a", values(&rows, "us.a"), &[1.0, 1.0, -1.0, -1.0], 1e-15);
    assert_eq!(values(&rows, "clinical.constant"), [5.0; 4]);
    for modality in ["mri", "us"] {
        let variance = |x: &[f64]| {
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64
        };
        let total: f64 = rows.modality(modality).columns().iter().map(|column| variance(column.numbers().unwrap())).sum();
        close(modality, total, 1.0, 1e-14);
    }
    let new = features(&[
        ("mri.a", &[100.0]),
        ("mri.b", &[0.0]),
        ("mri.constant", &[root]),
        ("us.a", &[9.0]),
        ("clinical.constant", &[1.0]),
    ]);
    let new = fitted.transform(&new).unwrap();
    assert_close("new row", &[values(&new, "mri.constant")[0], values(&new, "us.a")[0]], &[1.0, 3.0], 1e-15);
}

#[test]
fn encode_makes_indicators_as_worked_by_hand() {
    let levels = ["oval", "round", "irregular", "lobular"];
    let rows = |codes: Vec<Option<u32>>| {
        let n = codes.len();
        let age = Column::numeric(named("us.age"), (0..n).map(|i| i as f64).collect());
        Features::new(vec![category("us", "shape", codes, &levels), age], n).unwrap()
    };
    // Round is the most frequent level and so the reference; lobular does not occur in training.
    let train = unlabelled(rows(vec![Some(1), Some(0), Some(1), Some(2), None, Some(1)]));
    let fitted = fit(&TransformSpec::Encode(Encode::default()), &train);
    let made = fitted.transform(train.features()).unwrap();
    assert_eq!(names(&made), ["us.shape:oval", "us.shape:irregular", "us.age"]);
    let oval = values(&made, "us.shape:oval");
    assert_eq!([&oval[..4], &oval[5..]].concat(), [0.0, 1.0, 0.0, 0.0, 0.0]);
    assert!(oval[4].is_nan() && values(&made, "us.shape:irregular")[4].is_nan(), "a gap stays one");
    assert_eq!(values(&made, "us.age"), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let new = fitted.transform(&rows(vec![Some(3), Some(2)])).unwrap();
    assert_eq!(values(&new, "us.shape:oval"), [0.0, 0.0]);
    assert_eq!(values(&new, "us.shape:irregular"), [0.0, 1.0]);
    // Of equally frequent levels the first is the reference.
    let train = unlabelled(rows(vec![Some(2), Some(0), Some(2), Some(0)]));
    assert_eq!(names(&apply(&TransformSpec::Encode(Encode::default()), &train)), ["us.shape:irregular", "us.age"]);
}

// Columns that stay or go ----------------------------------------------------------------------------------------------------------

#[test]
fn variance_drops_what_hardly_varies() {
    let mut made = vec![
        ("x.constant", vec![0.1; 10]),
        ("x.one_other", [vec![0.0; 9], vec![1.0]].concat()),
        ("x.halves", [vec![0.0; 5], vec![2.0; 5]].concat()),
        ("x.constant_but_for_gaps", [vec![3.0; 8], vec![GAP; 2]].concat()),
        ("x.empty", vec![GAP; 10]),
    ];
    made.push(("x.spread", (0..10).map(f64::from).collect()));
    let made: Vec<(&str, &[f64])> = made.iter().map(|(name, values)| (*name, values.as_slice())).collect();
    let both = |common: Vec<Option<u32>>, varied: Vec<Option<u32>>| {
        let categories = vec![category("x", "common", common, &["a", "b"]), category("x", "varied", varied, &["a", "b"])];
        features(&made).beside(&Features::new(categories, 10).unwrap()).unwrap()
    };
    let train = unlabelled(both(vec![Some(1); 10], (0..10).map(|i| Some(i % 2)).collect()));
    let kept = |threshold: f64, largest_share: f64| {
        names(&apply(&TransformSpec::Variance(Variance { threshold, largest_share }), &train))
    };
    assert_eq!(kept(0.0, 1.0), ["x.one_other", "x.halves", "x.spread", "x.varied"], "constant columns go");
    // Variances (÷ n) are 0.09, 1 and 8.25: a variance of just the threshold goes.
    assert_eq!(kept(0.0899, 1.0), ["x.one_other", "x.halves", "x.spread", "x.varied"]);
    assert_eq!(kept(0.0901, 1.0), ["x.halves", "x.spread", "x.varied"]);
    assert_eq!(kept(1.0, 1.0), ["x.spread", "x.varied"]);
    assert_eq!(kept(8.26, 1.0), ["x.varied"]);
    // Nine in ten, half, one in ten.
    assert_eq!(kept(0.0, 0.9), ["x.one_other", "x.halves", "x.spread", "x.varied"]);
    assert_eq!(kept(0.0, 0.89), ["x.halves", "x.spread", "x.varied"]);
    assert_eq!(kept(0.0, 0.49), ["x.spread"]);
}

#[test]
fn duplicates_go_and_the_first_stays() {
    let train = unlabelled(features(&[
        ("mri.a", &[1.0, 2.0, GAP, 4.0]),
        ("mri.nearly", &[1.0, 2.0, GAP, 4.000000000000001]),
        ("us.a", &[1.0, 2.0, GAP, 4.0]),
        ("mri.b", &[4.0, 2.0, GAP, 1.0]),
        ("mri.no_gap", &[1.0, 2.0, 3.0, 4.0]),
    ]));
    let fitted = fit(&TransformSpec::Duplicates(Duplicates::default()), &train);
    let left = ["mri.a", "mri.nearly", "mri.b", "mri.no_gap"];
    assert_eq!(names(&fitted.transform(train.features()).unwrap()), left);
    // What repeats in new rows only stays: the choice was made in training.
    let same =
        features(&[("mri.a", &[1.0]), ("mri.nearly", &[1.0]), ("us.a", &[9.0]), ("mri.b", &[1.0]), ("mri.no_gap", &[1.0])]);
    assert_eq!(names(&fitted.transform(&same).unwrap()), left);
}

#[test]
fn correlation_filter_turns_at_the_correlations_of_r() {
    for oracle in Oracle::all("group_tests") {
        let expected = &oracle.out()["correlation"];
        let pair = [expected["x"].as_str().unwrap().to_string(), expected["y"].as_str().unwrap().to_string()];
        let train = unlabelled(block(&oracle.table().complete(&listed(&pair)), &pair));
        for (method, name) in [(Correlation::Pearson, "pearson"), (Correlation::Spearman, "spearman")] {
            let r = number(&expected[name]["est"]).unwrap().abs();
            assert!(r > 0.0 && r < 1.0);
            for (threshold, left) in [(r * (1.0 - 1e-9), 1), (r * (1.0 + 1e-9), 2)] {
                let filter = CorrelationFilter { method, threshold, keep: Keep::First };
                let kept = apply(&TransformSpec::CorrelationFilter(filter), &train).columns().len();
                assert_eq!(kept, left, "{}: {name} |r| = {r}, threshold {threshold}", oracle.id);
            }
        }
    }
}

#[test]
fn correlation_filter_keeps_what_its_rule_says() {
    // a = (1 … 6); b follows it but for one exchange (ρ = r = 1 − 6·2/210 = 0.943); a's cube has ρ = 1 and r = 0.938 with a, 0.89 with b;
    // its negative −1; the last has ρ = r = 1 − 6·50/210 = −0.43 with a.
    let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let cube = a.map(|x: f64| x.powi(3));
    let (b, minus, far) = ([1.0, 2.0, 4.0, 3.0, 5.0, 6.0], a.map(|x| -x), [6.0, 2.0, 5.0, 3.0, 1.0, 4.0]);
    let rows = features(&[("x.b", &b), ("x.a", &a), ("x.cube", &cube), ("x.minus", &minus), ("x.far", &far)]);
    // b and far have an AUC of 8/9 and 2/9 for these classes; a, its cube and its negative 1, 1 and 0.
    let cohort = cohort(rows, vec![0, 0, 0, 1, 1, 1], each(6), 3);
    let train = cohort.all().unwrap();
    let kept = |method, threshold, keep| {
        names(&apply(&TransformSpec::CorrelationFilter(CorrelationFilter { method, threshold, keep }), &train))
    };
    let (spearman, pearson) = (Correlation::Spearman, Correlation::Pearson);
    assert_eq!(kept(spearman, 0.9, Keep::First), ["x.b", "x.far"]);
    assert_eq!(kept(spearman, 0.95, Keep::First), ["x.b", "x.a", "x.far"]);
    assert_eq!(kept(pearson, 0.95, Keep::First), ["x.b", "x.a", "x.cube", "x.far"], "the cube is not on a line with a");
    assert_eq!(kept(pearson, 0.93, Keep::First), ["x.b", "x.cube", "x.far"], "b and the cube have r = 0.89");
    // The column that separates the classes better stays, whatever its sign; of equal ones the first.
    assert_eq!(kept(spearman, 0.9, Keep::Univariate), ["x.a", "x.far"]);
    assert_eq!(kept(spearman, 1.0, Keep::Univariate), ["x.b", "x.a", "x.cube", "x.minus", "x.far"], "1 is not above 1");
    let pair = train.with_features(train.features().select_columns(|c| ["b", "minus"].contains(&c.name.name()))).unwrap();
    let stronger = CorrelationFilter { keep: Keep::Univariate, ..CorrelationFilter::default() };
    assert_eq!(
        names(&apply(&TransformSpec::CorrelationFilter(stronger), &pair)),
        ["x.minus"],
        "an AUC of 0 separates as well as 1"
    );

    // The hub of a chain: p – q and q – s are close, p – s is not. The hub goes and both ends stay.
    let (p, q, s) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 1.0, 3.0, 4.0, 6.0, 5.0], [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]);
    let (pq, qs, ps) = (1.0 - 24.0 / 210.0, 1.0 - 12.0 / 210.0, 1.0 - 36.0 / 210.0);
    for (x, y, r) in [(&p, &q, pq), (&q, &s, qs), (&p, &s, ps)] {
        close("Spearman's ρ by hand", spearman_rho(x, y).unwrap(), r, 1e-14);
    }
    let train = unlabelled(features(&[("x.p", &p), ("x.q", &q), ("x.s", &s)]));
    let kept = |keep| {
        let filter = CorrelationFilter { method: spearman, threshold: 0.85, keep };
        names(&apply(&TransformSpec::CorrelationFilter(filter), &train))
    };
    assert_eq!(kept(Keep::LeastCorrelated), ["x.p", "x.s"]);
    assert_eq!(kept(Keep::First), ["x.p", "x.s"]);
}

/// What a filter promises, on thirty correlated columns: no pair that is left is too close, and whatever went is too close to one that
/// stayed and is the stronger of the two.
#[test]
fn no_pair_is_left_too_close() {
    let Some(oracle) = Oracle::load("univariate__wdbc") else { return };
    let (table, wanted) = (oracle.table(), texts(&oracle.data()["features"]));
    let events = table.events(oracle.data()["y"].as_str().unwrap());
    let outcome = events.iter().map(|&event| u32::from(event)).collect();
    let train = cohort(block(&table, &wanted), outcome, each(table.rows), 3).all().unwrap();
    let all: Vec<Vec<f64>> = wanted.iter().map(|name| table.numbers(name)).collect();
    let strength = |j: usize| (vbx::statistic::auc::auc(&events, &all[j]).unwrap() - 0.5).abs();
    for method in [Correlation::Spearman, Correlation::Pearson] {
        let r = |i: usize, j: usize| match method {
            Correlation::Spearman => spearman_rho(&all[i], &all[j]).unwrap().abs(),
            Correlation::Pearson => pearson_r(&all[i], &all[j]).unwrap().abs(),
        };
        for keep in [Keep::First, Keep::Univariate, Keep::LeastCorrelated] {
            for threshold in [0.5, 0.8, 0.95] {
                let filter = CorrelationFilter { method, threshold, keep };
                let left: BTreeSet<String> =
                    names(&apply(&TransformSpec::CorrelationFilter(filter.clone()), &train)).into_iter().collect();
                let (stay, gone): (Vec<usize>, Vec<usize>) =
                    (0..all.len()).partition(|&j| left.contains(&train.features().columns()[j].name.to_string()));
                assert!(stay.len() > 1 && !gone.is_empty(), "{filter:?}");
                for (at, &i) in stay.iter().enumerate() {
                    assert!(stay[at + 1..].iter().all(|&j| r(i, j) <= threshold), "{filter:?} left a pair");
                }
                for &j in &gone {
                    let close = || stay.iter().filter(|&&i| r(i, j) > threshold);
                    match keep {
                        Keep::First => assert!(close().any(|&i| i < j), "{filter:?} dropped {}", wanted[j]),
                        Keep::Univariate => {
                            assert!(close().any(|&i| strength(i) >= strength(j)), "{filter:?} dropped {}", wanted[j]);
                        }
                        // It may have been close to one that went later.
                        Keep::LeastCorrelated => assert!((0..all.len()).any(|i| i != j && r(i, j) > threshold)),
                    }
                }
            }
        }
    }
}

/// R's p-values of each column; the filter must keep exactly those below α, for every α between two of them, raw and corrected.
#[test]
fn univariate_filter_keeps_by_the_p_values_of_r() {
    for oracle in Oracle::all("group_tests") {
        let (data, group) = (oracle.data(), oracle.data()["group"].as_str().unwrap());
        let (levels, columns) = (texts(&data["group_levels"]), texts(&data["continuous"]));
        let table = oracle.table().complete(&[group]);
        let outcome = codes(table.text(group), &levels).iter().map(|&code| code as u32).collect();
        let train = cohort(block(&table, &columns), outcome, each(table.rows), 3).all().unwrap();
        let tests = if levels.len() == 2 {
            [(UnivariateTest::Rank, "wilcoxon_cc"), (UnivariateTest::Mean, "welch_t")]
        } else {
            [(UnivariateTest::Rank, "kruskal"), (UnivariateTest::Mean, "anova")]
        };
        for (test, name) in tests {
            let raw: Vec<f64> =
                columns.iter().map(|column| number(&oracle.out()["continuous"][column][name]["p"]).unwrap()).collect();
            for (adjust, p) in [(Adjust::None, raw.clone()), (Adjust::Holm, holm(&raw)), (Adjust::Bh, benjamini_hochberg(&raw))] {
                let mut turning: Vec<f64> = p.iter().flat_map(|p| [p * (1.0 - 1e-7), p * (1.0 + 1e-7)]).collect();
                turning.retain(|alpha| *alpha < 1.0);
                for alpha in turning {
                    let filter = UnivariateFilter { test, alpha, adjust, top: None };
                    let kept = names(&apply(&TransformSpec::Univariate(filter), &train));
                    let wanted: Vec<String> = (0..columns.len())
                        .filter(|&j| p[j] < alpha)
                        .map(|j| train.features().columns()[j].name.to_string())
                        .collect();
                    assert_eq!(kept, wanted, "{}: {name}, {adjust:?}, α = {alpha}", oracle.id);
                }
            }
            for top in 1..=columns.len() {
                let filter = UnivariateFilter { test, top: Some(top), ..UnivariateFilter::default() };
                let kept: BTreeSet<String> = names(&apply(&TransformSpec::Univariate(filter), &train)).into_iter().collect();
                let mut order: Vec<usize> = (0..columns.len()).collect();
                order.sort_by(|&a, &b| raw[a].total_cmp(&raw[b]));
                let wanted = order[..top].iter().map(|&j| train.features().columns()[j].name.to_string()).collect();
                assert_eq!(kept, wanted, "{}: the best {top} by {name}", oracle.id);
            }
        }
    }
}

/// p(k) (m − k + 1), never falling, at most 1.
fn holm(p: &[f64]) -> Vec<f64> {
    let rank = |j: usize| (0..p.len()).filter(|&i| (p[i], i) < (p[j], j)).count();
    let steps = |j: usize| (p[j] * (p.len() - rank(j)) as f64).min(1.0);
    (0..p.len()).map(|j| (0..p.len()).filter(|&i| rank(i) <= rank(j)).map(steps).fold(0.0, f64::max)).collect()
}

/// p(k) m / k, never falling.
fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let rank = |j: usize| (0..p.len()).filter(|&i| (p[i], i) <= (p[j], j)).count();
    let steps = |j: usize| p[j] * p.len() as f64 / rank(j) as f64;
    (0..p.len()).map(|j| (0..p.len()).filter(|&i| rank(i) >= rank(j)).map(steps).fold(1.0, f64::min)).collect()
}

/// scikit-learn's `f_classif` supposes equal variances and our test of two means (Welch) does not, so p-values differ; where F is beyond
/// doubt, or sees nothing, the filter must decide likewise.
#[test]
fn univariate_filter_agrees_with_clear_f_tests_of_scikit_learn() {
    let Some(oracle) = Oracle::load("univariate__wdbc") else { return };
    let (table, wanted) = (oracle.table(), texts(&oracle.data()["features"]));
    let events = table.events(oracle.data()["y"].as_str().unwrap());
    let outcome: Vec<u32> = events.iter().map(|&event| u32::from(event)).collect();
    let train = cohort(block(&table, &wanted), outcome, each(table.rows), 3).all().unwrap();
    let p = numbers(&oracle.out()["p"]);
    let clear: BTreeSet<usize> = (0..p.len()).filter(|&j| p[j] < 1e-6).collect();
    let none: BTreeSet<usize> = (0..p.len()).filter(|&j| p[j] > 0.2).collect();
    assert!(clear.len() > 15 && none.len() > 2, "{} clear columns, {} without a difference", clear.len(), none.len());
    let filter = UnivariateFilter { test: UnivariateTest::Mean, alpha: 0.01, adjust: Adjust::Holm, top: None };
    let kept = names(&apply(&TransformSpec::Univariate(filter), &train));
    for (j, column) in train.features().columns().iter().enumerate() {
        let stays = kept.contains(&column.name.to_string());
        assert!(!clear.contains(&j) || stays, "{} has p = {:e} by F and went", wanted[j], p[j]);
        assert!(!none.contains(&j) || !stays, "{} has p = {:e} by F and stayed", wanted[j], p[j]);
    }
}

// Selection and projection ---------------------------------------------------------------------------------------------------------

/// Folds that glmnet's oracle deals by row, `row mod 5`, are inner folds here when the rows of each make one patient.
#[test]
fn lasso_selects_what_glmnet_selects() {
    let mut compared = 0;
    for oracle in Oracle::all("glmnet") {
        let inputs = &oracle.json["inputs"];
        if number(&inputs["alpha"]) != Some(1.0) || !inputs["penalty_factor"].is_null() {
            continue;
        }
        compared += 1;
        // R writes a hyphen in a column name as a point.
        let table = oracle.table();
        let hyphen = |name: String| if table.names.contains(&name) { name } else { name.replace('.', "-") };
        let (data, wanted) = (oracle.data(), texts(&oracle.data()["x"]).into_iter().map(hyphen).collect::<Vec<_>>());
        let y = data["y"].as_str().unwrap();
        let table = table.complete(&listed(&[wanted.clone(), vec![y.to_string()]].concat()));
        let levels = if data["levels"].is_null() { vec!["0".to_string(), "1".to_string()] } else { texts(&data["levels"]) };
        let outcome = codes(table.text(y), &levels).iter().map(|&code| code as u32).collect();
        let folds = number(&inputs["K"]).unwrap() as u32;
        let patients = (0..table.rows as u32).map(|row| row % folds).collect();
        let train = cohort(block(&table, &wanted), outcome, patients, folds as usize).all().unwrap();
        let dealt = train.fold_ids(folds as usize, "penalty").unwrap();
        assert!((0..table.rows).all(|i| (0..i).all(|j| (dealt[i] == dealt[j]) == (i as u32 % folds == j as u32 % folds))));
        let cv = &oracle.out()["cv"]["deviance"];
        for (lambda, fixed, key) in
            [(Lambda::Min, "lambda_min", "coef_lambda_min"), (Lambda::OneSe, "lambda_1se", "coef_lambda_1se")]
        {
            let classes: Vec<Vec<f64>> = match oracle.out()[key].as_object() {
                Some(classes) => classes.values().map(numbers).collect(),
                None => vec![numbers(&oracle.out()[key])],
            };
            let expected: Vec<String> = (0..wanted.len())
                .filter(|j| classes.iter().any(|coefficients| coefficients[j + 1] != 0.0))
                .map(|j| train.features().columns()[j].name.to_string())
                .collect();
            assert!(!expected.is_empty() && expected.len() < wanted.len());
            let kept = |lambda| names(&apply(&TransformSpec::Lasso(LassoSelect { lambda }), &train));
            assert_eq!(kept(Lambda::Fixed(number(&cv[fixed]).unwrap())), expected, "{}: {key}", oracle.id);
            // A tuned path stops at glmnet's default of 1e-7, the oracle at 1e-14: where features outnumber cases, one that only just
            // enters may be another.
            let tuned: BTreeSet<String> = kept(lambda).into_iter().collect();
            let expected: BTreeSet<String> = expected.into_iter().collect();
            let edge = if wanted.len() > table.rows { expected.len() / 20 } else { 0 };
            assert!(tuned.difference(&expected).count() <= edge, "{}: {key}, {tuned:?} for {expected:?}", oracle.id);
            assert!(expected.difference(&tuned).count() <= edge, "{}: {key}, {tuned:?} for {expected:?}", oracle.id);
        }
    }
    assert!(compared > 1 || Oracle::all("glmnet").is_empty());
}

/// Scaling inside each training fold and then an L1 penalty, as scikit-learn's pipeline does it: out-of-fold probabilities agree case by
/// case. The oracle's C is a penalty per fold, 1 / (C n), and the folds have 455 and 456 training rows.
#[test]
fn a_pipeline_is_scaled_inside_the_fold() {
    let Some(oracle) = Oracle::load("oof_l1_logistic__wdbc") else { return };
    let (table, wanted) = (oracle.table(), texts(&oracle.data()["features"]));
    let outcome: Vec<u32> = table.numbers(oracle.data()["y"].as_str().unwrap()).iter().map(|&y| y as u32).collect();
    let folds = number(&oracle.json["inputs"]["K"]).unwrap() as usize;
    let cohort = cohort(block(&table, &wanted), outcome, each(table.rows), 3);
    let given = Folds::given(&cohort, &[(0..table.rows).map(|row| row % folds).collect()]).unwrap();
    let expected = numbers(&oracle.out()["oof"]);
    let mut compared = 0;
    let sizes: BTreeSet<usize> = given.splits().iter().map(|split| split.train().len()).collect();
    for &size in &sizes {
        let lambda = lambda_of_c(number(&oracle.json["inputs"]["C"]).unwrap(), size as f64);
        let classifier = Arc::new(Lasso { lambda: Lambda::Fixed(lambda), standardise: false });
        let scaler = TransformSpec::Standardise(Standardise::default()).build();
        let pipeline = Pipeline::new(vec![scaler], classifier, "z");
        let arm: [(&str, &dyn Learner); 1] = [("l1", &pipeline)];
        let found = cross_fit(&arm, &cohort, &given, &CrossFit::default()).unwrap();
        for (fold, split) in found[0].folds().iter().zip(given.splits()).filter(|(_, split)| split.train().len() == size) {
            assert_eq!(fold.cases, split.test());
            for (at, &case) in fold.cases.iter().enumerate() {
                let probability = fold.probabilities.row(at).unwrap()[1];
                assert!(
                    (probability - expected[case]).abs() <= oracle.rel_tol,
                    "case {case}: {probability}, scikit-learn {}",
                    expected[case]
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, table.rows);
}

#[test]
fn components_are_those_of_scikit_learn() {
    for oracle in Oracle::all("models") {
        let (train, test) = even_and_odd(&oracle);
        let scaler = fit(&TransformSpec::Standardise(Standardise::default()), &train);
        let scaled = train.with_features(scaler.transform(train.features()).unwrap()).unwrap();
        let expected = &oracle.out()["pca5"];
        let pca = fit(&TransformSpec::Pca(Pca { components: Some(5), ..Pca::default() }), &scaled);
        let rows = pca.transform(scaled.features()).unwrap();
        assert_eq!(names(&rows), ["x.pc1", "x.pc2", "x.pc3", "x.pc4", "x.pc5"]);
        let n = train.n() as f64;
        // Standardised columns have a variance of n / (n − 1) each where scikit-learn divides by n − 1.
        let total = train.features().columns().len() as f64 * n / (n - 1.0);
        for (k, column) in rows.columns().iter().enumerate() {
            let scores = column.numbers().unwrap();
            let variance = scores.iter().map(|s| s * s).sum::<f64>() / (n - 1.0);
            oracle.check_to("variance", variance, &expected["explained_variance"][k], 1e-10);
            oracle.check_to("share", variance / total, &expected["explained_variance_ratio"][k], 1e-10);
        }
        let new = pca.transform(&scaler.transform(test.features()).unwrap()).unwrap();
        for (i, row) in expected["abs_scores_first3"].as_array().unwrap().iter().enumerate() {
            for (k, score) in numbers(row).iter().enumerate() {
                let found = new.columns()[k].numbers().unwrap()[i];
                close(&format!("{}: test row {i}, component {k}", oracle.id), found.abs(), *score, 1e-8);
            }
        }
        // As many components as explain the wanted share, and not one fewer.
        let shares = numbers(&expected["explained_variance_ratio"]);
        for k in 1..=5 {
            let reached: f64 = shares[..k].iter().sum();
            for (variance, components) in [(reached * (1.0 - 1e-9), k), (reached * (1.0 + 1e-9), k + 1)] {
                let made = apply(&TransformSpec::Pca(Pca { components: None, variance }), &scaled).columns().len();
                assert_eq!(made, components, "{}: {variance} of the variance", oracle.id);
            }
        }
    }
}

#[test]
fn components_are_orthonormal_and_explain_the_wanted_share() {
    // Points on the line y = 2x, shifted: one direction, (1, 2)/√5, and nothing else.
    let train = unlabelled(features(&[("x.a", &[10.0, 11.0, 12.0, 13.0]), ("x.b", &[5.0, 7.0, 9.0, 11.0])]));
    let fitted = fit(&TransformSpec::Pca(Pca { components: Some(2), ..Pca::default() }), &train);
    let rows = fitted.transform(train.features()).unwrap();
    assert_eq!(names(&rows), ["x.pc1"], "a second component has no variance");
    let root = 5.0_f64.sqrt();
    assert_close("scores", values(&rows, "x.pc1"), &[-1.5 * root, -0.5 * root, 0.5 * root, 1.5 * root], 1e-12);
    // What lies off the line does not show: the residual is orthogonal to the component. The largest loading is positive.
    let new =
        fitted.transform(&features(&[("x.a", &[11.5 + 2.0, 11.5, 11.5 + 1.0]), ("x.b", &[8.0 - 1.0, 8.0 + 1.0, 8.0])])).unwrap();
    assert_close("new rows", values(&new, "x.pc1"), &[0.0, 2.0 / root, 1.0 / root], 1e-12);

    let Some(oracle) = Oracle::load("models__wdbc") else { return };
    let (train, _) = even_and_odd(&oracle);
    let p = train.features().columns().len();
    let scaled = train.with_features(apply(&TransformSpec::Standardise(Standardise::default()), &train)).unwrap();
    let fitted = fit(&TransformSpec::Pca(Pca { components: Some(p), ..Pca::default() }), &scaled);
    // The scores of unit vectors, less those of the origin, are the loadings.
    let made = names(scaled.features());
    let units: Vec<(&str, Vec<f64>)> = made
        .iter()
        .enumerate()
        .map(|(j, name)| (name.as_str(), (0..=p).map(|i| f64::from(u8::from(i == j))).collect()))
        .collect();
    let units: Vec<(&str, &[f64])> = units.iter().map(|(name, values)| (*name, values.as_slice())).collect();
    let scores = fitted.transform(&features(&units)).unwrap();
    let loading = |k: usize, j: usize| scores.columns()[k].numbers().unwrap()[j] - scores.columns()[k].numbers().unwrap()[p];
    for a in 0..p {
        for b in 0..=a {
            let product: f64 = (0..p).map(|j| loading(a, j) * loading(b, j)).sum();
            assert!((product - f64::from(u8::from(a == b))).abs() < 1e-12, "components {a} and {b}: {product}");
        }
        let largest = (0..p).map(|j| loading(a, j)).max_by(|x, y| x.abs().total_cmp(&y.abs())).unwrap();
        assert!(largest > 0.0, "the largest loading of component {a} is {largest}");
    }
}

// Robustness -----------------------------------------------------------------------------------------------------------------------

/// Six targets and four judges of Shrout and Fleiss (1979), table 2; the paper gives ICC(1,1) = 0.17, from mean squares 11.24 and 6.26.
const SHROUT_FLEISS: [[f64; 6]; 4] = [
    [9.0, 6.0, 8.0, 7.0, 10.0, 6.0],
    [2.0, 1.0, 4.0, 1.0, 5.0, 2.0],
    [5.0, 3.0, 6.0, 2.0, 6.0, 4.0],
    [8.0, 2.0, 8.0, 6.0, 9.0, 7.0],
];

fn with_repeats(name: &str, raters: &[[f64; 6]]) -> Vec<Column> {
    let again = (0..6).map(|row| {
        let values: Vec<f32> = raters[1..].iter().map(|rater| rater[row] as f32).collect();
        Some(ndarray::ArrayD::from_shape_vec(vec![values.len()], values).unwrap())
    });
    vec![
        Column::numeric(named(name), raters[0].to_vec()),
        Column { name: named(&format!("{name}.repeated")), values: vbx::learn::Values::Array(again.collect()) },
    ]
}

#[test]
fn robustness_turns_at_the_icc_of_shrout_and_fleiss() {
    let steady = [[1.0, 5.0, 2.0, 8.0, 3.0, 9.0]; 3];
    let mut columns = with_repeats("us.judged", &SHROUT_FLEISS);
    columns.extend(with_repeats("us.steady", &steady));
    columns.push(Column::numeric(named("us.once"), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let train = unlabelled(Features::new(columns, 6).unwrap());
    let (between, within) = (11.24, 6.26);
    let icc = (between - within) / (between + 3.0 * within);
    let kept = |icc: f64, lower_limit: bool| names(&apply(&TransformSpec::Robustness(Robustness { icc, lower_limit }), &train));
    // The mean squares are printed with two decimals, which leaves the ICC uncertain by less than 0.001.
    assert_eq!(kept(icc - 0.001, false), ["us.judged", "us.steady", "us.once"]);
    assert_eq!(kept(icc + 0.001, false), ["us.steady", "us.once"]);
    // The lower limit of so few judges lies below zero.
    assert_eq!(kept(0.0, true), ["us.steady", "us.once"]);
}
