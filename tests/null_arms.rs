//! Whole arms on cohorts that hold nothing: each strategy of fusion, with classifiers of every kind, must find an AUC of one half, its
//! intervals must cover and its tests reject as often as they say.
//!
//! Draws are counted so that luck does not decide: each test says its Monte-Carlo error. All seeds are fixed.

mod common;

use common::cohorts::{Shape, parts};
use rayon::prelude::*;
use std::sync::Arc;
use vbx::classifier::{ClassifierSpec, Lambda, Lasso, Logistic, RandomForest, Ridge};
use vbx::fusion::{Early, Late, LateWeights, SecondStage, Signature};
use vbx::learn::{Cohort, CrossFit, FoldResult, Folds, Learner, OutOfFold, Pipeline, ThresholdRule, cross_fit};
use vbx::statistic::correlated::CorrelatedAucs;
use vbx::statistic::delong::delong;
use vbx::statistic::multiclass::{Average, multiclass_auc_within};
use vbx::statistic::stratified::{FoldWeight, mean_over_repeats, stratified};
use vbx::transform::{BlockScale, Impute, Standardise, TransformSpec};

// Arms ------------------------------------------------------------------------------------------------------------------------------

fn logistic() -> ClassifierSpec {
    ClassifierSpec::Logistic(Logistic::default())
}

/// Few trees: their number makes a forest better, not honest.
fn forest() -> ClassifierSpec {
    ClassifierSpec::RandomForest(RandomForest { trees: 15, min_leaf: 5, ..RandomForest::default() })
}

fn lasso(lambda: Lambda) -> ClassifierSpec {
    ClassifierSpec::Lasso(Lasso { lambda, ..Lasso::default() })
}

fn ridge(lambda: Lambda) -> ClassifierSpec {
    ClassifierSpec::Ridge(Ridge { lambda, ..Ridge::default() })
}

/// A strategy of fusion with a classifier for its modality models; second stages are logistic regressions, as vbx fits them by default.
fn arm(strategy: &str, classifier: &ClassifierSpec) -> Arc<dyn Learner> {
    let impute = || vec![TransformSpec::Impute(Impute::default()).build()];
    let steps = || {
        let specs = [TransformSpec::Impute(Impute::default()), TransformSpec::Standardise(Standardise::default())];
        specs.iter().map(TransformSpec::build).collect::<Vec<_>>()
    };
    let signature =
        |modality: &str| Signature::new(modality, Arc::new(Pipeline::new(steps(), classifier.build(), "impute, standardise")));
    let both = || vec![signature("clinical"), signature("mri")];
    match strategy {
        "single" => Arc::new(signature("mri")),
        "single clinical" => Arc::new(signature("clinical")),
        "early" => {
            let blocks = vec![("clinical".to_string(), steps()), ("mri".to_string(), steps())];
            let joint = vec![TransformSpec::BlockScale(BlockScale::default()).build()];
            let classifier = classifier.clone().without_standardising().build();
            Arc::new(Early::new(blocks, joint, classifier, "impute, standardise, scale"))
        }
        "late" => Arc::new(Late::new(both(), LateWeights::Equal)),
        "late by inner AUC" => Arc::new(Late::new(both(), LateWeights::InnerAuc)),
        "stacking" => Arc::new(SecondStage::stacking(both(), logistic().build())),
        "nomogram" => {
            let variables = vec!["clinical.x0".to_string(), "clinical.x1".to_string()];
            Arc::new(SecondStage::nomogram(vec![signature("mri")], variables, impute(), logistic().build(), "impute"))
        }
        other => panic!("{other}"),
    }
}

type Arms = Vec<(String, Arc<dyn Learner>)>;

fn arms(wanted: &[(&str, ClassifierSpec)]) -> Arms {
    wanted.iter().map(|(name, classifier)| (format!("{name}, {}", classifier.words()), arm(name, classifier))).collect()
}

/// A cohort whose outcome has nothing to do with its columns; a share of the cases lacks the second modality.
fn null_cohort(n: usize, lacking: f64, seed: u64) -> Cohort {
    null_cohort_of(2, n, lacking, seed)
}

fn null_cohort_of(classes: usize, n: usize, lacking: f64, seed: u64) -> Cohort {
    let shape = Shape { n, blocks: &[("clinical", 3), ("mri", 6)], classes, signal: 0.0, lacking, seed };
    Cohort::new(parts(&shape), seed, 3).unwrap()
}

// Scores ----------------------------------------------------------------------------------------------------------------------------

/// The arms' predictions. The threshold is of no interest here and would cost inner folds.
fn fitted(arms: &Arms, cohort: &Cohort, folds: &Folds) -> Vec<OutOfFold> {
    let arms: Vec<(&str, &dyn Learner)> = arms.iter().map(|(name, arm)| (name.as_str(), arm.as_ref())).collect();
    let how = CrossFit { threshold: ThresholdRule::Prevalence, ..CrossFit::default() };
    cross_fit(&arms, cohort, folds, &how).unwrap()
}

/// Out-of-fold predictions of the arms in a repeat, on the cases that all of them predict.
struct Predicted {
    class: Vec<usize>,
    fold: Vec<usize>,
    /// Per arm the cases' class probabilities.
    probabilities: Vec<Vec<Vec<f64>>>,
}

impl Predicted {
    fn new(results: &[OutOfFold], repeat: usize) -> Self {
        let folds: Vec<Vec<&FoldResult>> = results.iter().map(|result| result.repeat(repeat).collect()).collect();
        let mut all = Predicted { class: Vec::new(), fold: Vec::new(), probabilities: vec![Vec::new(); results.len()] };
        for (at, first) in folds[0].iter().enumerate() {
            for (i, &case) in first.cases.iter().enumerate() {
                let row = |folds: &Vec<&FoldResult>| Some(folds[at].probabilities.row(i)?.to_vec());
                let Some(rows) = folds.iter().map(row).collect::<Option<Vec<Vec<f64>>>>() else { continue };
                all.class.push(results[0].outcome()[case] as usize);
                all.fold.push(at);
                all.probabilities.iter_mut().zip(rows).for_each(|(arm, row)| arm.push(row));
            }
        }
        all
    }
}

/// AUCs of the arms in a repeat as vbx compares them: within folds, or DeLong's for one fold.
fn aucs_of_repeat(results: &[OutOfFold], repeat: usize) -> CorrelatedAucs {
    let Predicted { class, fold, probabilities } = Predicted::new(results, repeat);
    let event: Vec<bool> = class.iter().map(|&class| class == 1).collect();
    let scores: Vec<Vec<f64>> = probabilities.iter().map(|rows| rows.iter().map(|row| row[1]).collect()).collect();
    let scores: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
    match fold.iter().all(|&f| f == fold[0]) {
        true => delong(&event, &scores).unwrap(),
        false => stratified(&event, &fold, &scores, FoldWeight::Pairs).unwrap().aucs,
    }
}

/// Macro AUCs of the arms in a repeat, within folds.
fn macro_aucs_of_repeat(results: &[OutOfFold], repeat: usize) -> CorrelatedAucs {
    let Predicted { class, fold, probabilities } = Predicted::new(results, repeat);
    let models: Vec<&[Vec<f64>]> = probabilities.iter().map(Vec::as_slice).collect();
    multiclass_auc_within(&class, &fold, &models, Average::Macro).unwrap()
}

/// What is counted over draws, arm by arm.
struct Counted {
    mean: Vec<f64>,
    /// Share of draws whose 95 % interval holds one half.
    coverage: Vec<f64>,
    /// Share of draws in which the difference to the first arm has p < 0.05; nothing for the first.
    rejected: Vec<Option<f64>>,
}

impl Counted {
    fn of(all: &[CorrelatedAucs]) -> Counted {
        let draws = all.len() as f64;
        let share = |holds: &dyn Fn(&CorrelatedAucs) -> bool| all.iter().filter(|a| holds(a)).count() as f64 / draws;
        let covers = |aucs: &CorrelatedAucs, arm: usize| {
            let estimate = aucs.estimate(arm, 0.95);
            estimate.lower.unwrap() <= 0.5 && 0.5 <= estimate.upper.unwrap()
        };
        let rejects = |aucs: &CorrelatedAucs, arm: usize| aucs.compare(arm, 0, 0.95).unwrap().test.p < 0.05;
        let arms = 0..all[0].len();
        Counted {
            mean: arms.clone().map(|arm| all.iter().map(|a| a.auc[arm]).sum::<f64>() / draws).collect(),
            coverage: arms.clone().map(|arm| share(&|a| covers(a, arm))).collect(),
            rejected: arms.map(|arm| (arm > 0).then(|| share(&|a| rejects(a, arm)))).collect(),
        }
    }

    #[allow(clippy::print_stdout)] // What a failure is judged by.
    fn print(&self, arms: &Arms) {
        for (i, (name, _)) in arms.iter().enumerate() {
            let rejected = self.rejected[i].map_or_else(String::new, |share| format!(", test rejects {share:.4}"));
            println!("{name}: mean AUC {:.4}, interval covers {:.4}{rejected}", self.mean[i], self.coverage[i]);
        }
    }
}

fn draws<T: Send>(count: u64, one: impl Fn(u64) -> T + Sync + Send) -> Vec<T> {
    (0..count).into_par_iter().map(one).collect()
}

// What must hold --------------------------------------------------------------------------------------------------------------------

/// 100 draws of 600 cases, 3 folds. One AUC has a standard deviation of about 0.033 (√2 times DeLong's, see below), their mean 0.0033.
#[test]
fn every_arm_has_a_mean_auc_of_one_half() {
    let (lasso, ridge) = (lasso(Lambda::Min), ridge(Lambda::Min));
    let arms = arms(&[
        ("single", logistic()),
        ("single", ridge.clone()),
        ("single", lasso.clone()),
        ("single", forest()),
        ("early", logistic()),
        ("early", lasso.clone()),
        ("early", forest()),
        ("late", ridge),
        ("late by inner AUC", logistic()),
        ("late by inner AUC", forest()),
        ("stacking", logistic()),
        ("stacking", lasso.clone()),
        ("stacking", forest()),
        ("nomogram", logistic()),
        ("nomogram", lasso),
        ("nomogram", forest()),
    ]);
    let all = draws(100, |seed| {
        let cohort = null_cohort(600, 0.1, seed);
        let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
        aucs_of_repeat(&fitted(&arms, &cohort, &folds), 0)
    });
    let counted = Counted::of(&all);
    counted.print(&arms);
    for ((name, _), mean) in arms.iter().zip(&counted.mean) {
        assert!((mean - 0.5).abs() < 0.01, "{name}: mean AUC {mean}");
    }
}

/// Where test cases are new ones, the theory of DeLong's test holds for whole arms: 3,000 draws, Monte-Carlo error 0.4 %.
#[test]
fn on_new_cases_intervals_cover_and_the_paired_test_keeps_its_size() {
    let arms = arms(&[
        ("single", logistic()),
        ("single", forest()),
        ("early", logistic()),
        ("early", lasso(Lambda::Fixed(0.01))),
        ("late by inner AUC", logistic()),
        ("late", ridge(Lambda::Fixed(0.1))),
        ("stacking", logistic()),
        ("nomogram", logistic()),
        ("nomogram", forest()),
    ]);
    let all = draws(3000, |seed| {
        let cohort = null_cohort(300, 0.0, 10_000 + seed);
        let test: Vec<bool> = (0..300).map(|i| i >= 150).collect();
        let folds = Folds::given_holdout(&cohort, &test).unwrap();
        aucs_of_repeat(&fitted(&arms, &cohort, &folds), 0)
    });
    let counted = Counted::of(&all);
    counted.print(&arms);
    for (i, (name, _)) in arms.iter().enumerate() {
        assert!((0.93..=0.97).contains(&counted.coverage[i]), "{name}: the interval covers {}", counted.coverage[i]);
        assert!(
            counted.rejected[i].is_none_or(|share| (0.03..=0.07).contains(&share)),
            "{name}: {:?} rejected",
            counted.rejected[i]
        );
    }
}

/// Cross-validated scores: a case that tests one model trains the others. At chance that is half of an AUC's variance, and no single
/// repeat tells it; an interval that takes the models as given then covers Φ(±1.96/√2) = 83 %. The spread between repeats tells it
/// (`mean_over_repeats`). 5 × 5 folds; the Monte-Carlo error of a share of 95 % (83 %) is 0.7 % (1.2 %) with 1,000 draws.
///
/// Of two arms that share nothing the test rejects as often as it says; arms that share columns are the cautious end (see there).
fn repeated_cross_validation_holds(
    classes: usize,
    count: u64,
    arms: &Arms,
    of_repeat: fn(&[OutOfFold], usize) -> CorrelatedAucs,
) {
    let (once, repeated): (Vec<CorrelatedAucs>, Vec<CorrelatedAucs>) = draws(count, |seed| {
        let cohort = null_cohort_of(classes, 300, 0.0, 50_000 + seed);
        let folds = Folds::k_fold(&cohort, 5, 5).unwrap();
        let results = fitted(arms, &cohort, &folds);
        let repeats: Vec<CorrelatedAucs> = (0..5).map(|repeat| of_repeat(&results, repeat)).collect();
        (repeats[0].clone(), mean_over_repeats(&repeats, 5).unwrap().mean)
    })
    .into_iter()
    .unzip();
    let (once, repeated) = (Counted::of(&once), Counted::of(&repeated));
    once.print(arms);
    repeated.print(arms);
    for (i, (name, _)) in arms.iter().enumerate() {
        assert!((0.79..=0.88).contains(&once.coverage[i]), "{name}: the interval of one repeat covers {}", once.coverage[i]);
        assert!((0.93..=0.97).contains(&repeated.coverage[i]), "{name}: the interval of five covers {}", repeated.coverage[i]);
        let fewest = if name.starts_with("single clinical") { 0.03 } else { 0.0 };
        let rejected = repeated.rejected[i];
        assert!(rejected.is_none_or(|share| (fewest..=0.07).contains(&share)), "{name}: {rejected:?} rejected");
    }
}

#[test]
fn repeated_cross_validation_covers_and_a_single_one_does_not() {
    let arms = arms(&[
        ("single", logistic()),
        ("single clinical", logistic()),
        ("early", logistic()),
        ("late", logistic()),
        ("single clinical", ridge(Lambda::Fixed(0.1))),
    ]);
    repeated_cross_validation_holds(2, 1000, &arms, aucs_of_repeat);
}

#[test]
fn so_it_does_with_three_classes() {
    let arms = arms(&[("single", logistic()), ("single clinical", logistic()), ("late", logistic())]);
    repeated_cross_validation_holds(3, 500, &arms, macro_aucs_of_repeat);
}
