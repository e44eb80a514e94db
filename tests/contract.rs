//! What every transform, classifier and fusion owes the frame: to see training rows only, to treat each row by itself, to be
//! the same on every run. Planted leaks show that the tests can fail.

mod common;

use common::cohorts::{Shape, category, cohort, parts};
use std::sync::Arc;
use vbx::classifier::ClassifierSpec;
use vbx::error::Result;
use vbx::fusion::{Cascade, Early, Late, LateWeights, SecondStage, Signature};
use vbx::learn::{
    Cohort, CohortParts, Column, CrossFit, Features, FittedTransform, Folds, Learner, OutOfFold, Pipeline, Predictor,
    Probabilities, ThresholdRule, TrainRows, Transform, cross_fit,
};
use vbx::table::FeatureName;
use vbx::transform::{Impute, TransformSpec};

/// Training rows of the first of three folds, with a category, gaps and (for `Transform`s that want none) without.
fn train(gaps: bool, classes: usize) -> (TrainRows, Features) {
    let mut made = parts(&Shape { classes, lacking: if gaps { 0.2 } else { 0.0 }, ..Shape::default() });
    if gaps {
        let codes = (0..120).map(|i| if i % 11 == 0 { None } else { Some((i % 3) as u32) }).collect();
        let extra = Features::new(vec![category("clinical", "shape", codes, &["oval", "round", "irregular"])], 120).unwrap();
        made.features = made.features.beside(&extra).unwrap();
    }
    let cohort = Cohort::new(made, 1, 3).unwrap();
    let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
    let (train, test) = cohort.split(&folds.splits()[0]).unwrap();
    (train, test.features().clone())
}

fn same(a: &Features, b: &Features) -> bool {
    a.n() == b.n()
        && a.columns().len() == b.columns().len()
        && a.columns().iter().zip(b.columns()).all(|(a, b)| {
            a.name == b.name && (0..a_len(a)).all(|i| a.scalar(i).map(f64::to_bits) == b.scalar(i).map(f64::to_bits))
        })
}

fn a_len(column: &Column) -> usize {
    column.numbers().map_or(0, <[f64]>::len)
}

/// One row at a time must give the same as all rows at once.
fn treats_rows_by_themselves(fitted: &dyn FittedTransform, rows: &Features) -> bool {
    let all = fitted.transform(rows).unwrap();
    (0..rows.n()).all(|i| same(&fitted.transform(&rows.select_rows(&[i])).unwrap(), &all.select_rows(&[i])))
}

fn predicts_rows_by_themselves(fitted: &dyn Predictor, rows: &Features) -> bool {
    let all = fitted.predict(rows).unwrap();
    (0..rows.n()).all(|i| {
        let one = fitted.predict(&rows.select_rows(&[i])).unwrap();
        one.row(0).map(|row| row.to_vec()) == all.row(i).map(|row| row.to_vec())
    })
}

#[test]
fn every_transform_treats_each_row_by_itself_and_is_the_same_twice() {
    for spec in TransformSpec::all() {
        let gaps = matches!(spec, TransformSpec::Impute(_) | TransformSpec::Encode(_));
        let (train, test) = train(gaps, 2);
        let fitted = spec.build().fit(&train).unwrap();
        assert!(treats_rows_by_themselves(fitted.as_ref(), &test), "{spec:?} looks at other rows");
        let again = spec.build().fit(&train).unwrap();
        assert!(same(&fitted.transform(&test).unwrap(), &again.transform(&test).unwrap()), "{spec:?} differs from run to run");
    }
}

#[test]
fn every_classifier_treats_each_row_by_itself_and_is_the_same_twice() {
    for classes in [2, 3] {
        let (train, test) = train(false, classes);
        for spec in ClassifierSpec::all() {
            let fitted = spec.build().fit(&train).unwrap();
            assert!(predicts_rows_by_themselves(fitted.as_ref(), &test), "{spec:?} looks at other rows");
            let again = spec.build().fit(&train).unwrap();
            assert_eq!(fitted.predict(&test).unwrap(), again.predict(&test).unwrap(), "{spec:?} differs from run to run");
        }
    }
}

/// A transform that centres by the mean of whatever rows it is given: the classical leak through `fit_transform` of the test set.
struct CentresTheBatch;
struct FittedBatch;

impl Transform for CentresTheBatch {
    fn fit(&self, _: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        Ok(Box::new(FittedBatch))
    }
}

impl FittedTransform for FittedBatch {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let centred = |column: &Column| {
            let values = column.numbers().unwrap_or_default();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            Column::numeric(column.name.clone(), values.iter().map(|x| x - mean).collect())
        };
        Features::new(rows.columns().iter().map(centred).collect(), rows.n())
    }
}

#[test]
fn a_transform_that_looks_at_the_batch_is_caught() {
    let (train, test) = train(false, 2);
    let fitted = CentresTheBatch.fit(&train).unwrap();
    assert!(!treats_rows_by_themselves(fitted.as_ref(), &test));
}

fn pipeline(classifier: &str) -> Arc<Pipeline> {
    let steps = [TransformSpec::Impute(Impute::default()).build()];
    let classifier: vbx::study::choice::Choice<ClassifierSpec> = toml_choice(classifier);
    Arc::new(Pipeline::new(steps.to_vec(), classifier.0.build(), "impute"))
}

fn toml_choice(name: &str) -> vbx::study::choice::Choice<ClassifierSpec> {
    #[derive(serde::Deserialize)]
    struct Only {
        choice: vbx::study::choice::Choice<ClassifierSpec>,
    }
    toml::from_str::<Only>(&format!("choice = \"{name}\"")).unwrap().choice
}

/// One arm of each fusion strategy over the two blocks of the default shape.
fn arms(classifier: &str) -> Vec<(&'static str, Arc<dyn Learner>)> {
    let signature = |modality: &str| Signature::new(modality, pipeline(classifier));
    let both = || vec![signature("clinical"), signature("mri")];
    let logistic = || toml_choice("logistic").0.build();
    let impute = || vec![TransformSpec::Impute(Impute::default()).build()];
    let blocks = vec![("clinical".to_string(), impute()), ("mri".to_string(), impute())];
    vec![
        ("single", Arc::new(signature("mri"))),
        ("early", Arc::new(Early::new(blocks, Vec::new(), toml_choice(classifier).0.build(), "impute"))),
        ("late", Arc::new(Late::new(both(), LateWeights::InnerAuc))),
        ("stacking", Arc::new(SecondStage::stacking(both(), logistic()))),
        (
            "nomogram",
            Arc::new(SecondStage::nomogram(vec![signature("mri")], vec!["clinical.x0".into()], impute(), logistic(), "impute")),
        ),
    ]
}

fn fit_all(arms: &[(&'static str, Arc<dyn Learner>)], cohort: &Cohort, folds: &Folds) -> Vec<OutOfFold> {
    let arms: Vec<(&str, &dyn Learner)> = arms.iter().map(|(name, learner)| (*name, learner.as_ref())).collect();
    cross_fit(&arms, cohort, folds, &CrossFit::default()).unwrap()
}

#[test]
fn what_happens_in_the_test_rows_cannot_reach_a_model() {
    // The features and the outcome of fold 0's test cases are replaced by nonsense; fold 0's models, thresholds and
    // features must stay what they were, in every arm.
    let shape = Shape::default();
    let before = cohort(&shape);
    let folds = Folds::k_fold(&before, 3, 1).unwrap();
    let touched = folds.splits()[0].test().to_vec();
    let made = parts(&shape);
    let spoil = |column: &Column| {
        let mut values = column.numbers().unwrap().to_vec();
        touched.iter().for_each(|&i| values[i] = 1e6 - values[i] * 77.0);
        Column::numeric(column.name.clone(), values)
    };
    let features = Features::new(made.features.columns().iter().map(spoil).collect(), shape.n).unwrap();
    let mut outcome = made.outcome.clone();
    touched.iter().for_each(|&i| outcome[i] = 1 - outcome[i]);
    let after = Cohort::new(CohortParts { features, outcome, ..made }, shape.seed, 3).unwrap();
    let arms = arms("lasso");
    let (a, b) = (fit_all(&arms, &before, &folds), fit_all(&arms, &after, &folds));
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a.folds()[0].weights, b.folds()[0].weights, "{} learned from test rows", a.arm());
        assert_eq!(a.folds()[0].threshold, b.folds()[0].threshold, "{} chose its threshold on test rows", a.arm());
    }
}

#[test]
fn columns_chosen_on_the_raw_frame_are_a_leak_that_the_frame_does_not_make() {
    // The mistake: of 400 columns of noise, keep the ten that separate the classes best over all rows, then cross-validate.
    // The same choice inside the folds is at chance. (Smialowski, Frishman, Kramer, Bioinformatics 2010;26:440.)
    let shape = Shape { n: 100, blocks: &[("mri", 400)], signal: 0.0, seed: 5, ..Shape::default() };
    let honest = cohort(&shape);
    let made = parts(&shape);
    let events: Vec<bool> = made.outcome.iter().map(|&class| class == 1).collect();
    let mut strength: Vec<(f64, Arc<FeatureName>)> = made
        .features
        .columns()
        .iter()
        .map(|c| ((vbx::statistic::auc::auc(&events, c.numbers().unwrap()).unwrap() - 0.5).abs(), c.name.clone()))
        .collect();
    strength.sort_by(|a, b| b.0.total_cmp(&a.0));
    let best: Vec<&Arc<FeatureName>> = strength.iter().take(10).map(|(_, name)| name).collect();
    let features = made.features.select_columns(|column| best.contains(&&column.name));
    let leaky = Cohort::new(CohortParts { features, ..made }, shape.seed, 3).unwrap();
    let select = "transforms = [{ univariate = { top = 10 } }]";
    let model: vbx::study::spec::ModelSpec = toml::from_str(select).unwrap();
    let steps = model.transforms().iter().map(TransformSpec::build).collect();
    let inside = Pipeline::new(steps, toml_choice("ridge").0.build(), "top 10");
    let auc = |cohort: &Cohort, learner: &dyn Learner| {
        let folds = Folds::k_fold(cohort, 5, 2).unwrap();
        let result = cross_fit(&[("arm", learner)], cohort, &folds, &CrossFit::default()).unwrap();
        mean_auc(&result[0])
    };
    let (leaked, honest) = (auc(&leaky, toml_choice("ridge").0.build().as_ref()), auc(&honest, &inside));
    assert!(leaked > 0.75, "the planted leak should look good, {leaked}");
    assert!((honest - 0.5).abs() < 0.12, "selection inside the folds should be at chance, {honest}");
}

/// Mean over folds of the AUC of the event.
fn mean_auc(result: &OutOfFold) -> f64 {
    let per_fold = result.folds().iter().filter_map(|fold| {
        let events: Vec<bool> = fold.cases.iter().map(|&i| result.outcome()[i] == 1).collect();
        let scores: Vec<f64> = (0..fold.cases.len()).map(|i| fold.probabilities.row(i).unwrap()[1]).collect();
        vbx::statistic::auc::auc(&events, &scores).ok()
    });
    let per_fold: Vec<f64> = per_fold.collect();
    per_fold.iter().sum::<f64>() / per_fold.len() as f64
}

#[test]
fn a_signal_is_found_and_its_mirror_is_its_mirror() {
    // Swapping the classes must give the complementary probabilities and so the same AUC: no model flips a score.
    let shape = Shape { blocks: &[("clinical", 3), ("mri", 5)], signal: 1.2, ..Shape::default() };
    let straight = cohort(&shape);
    let made = parts(&shape);
    let outcome = made.outcome.iter().map(|class| 1 - class).collect();
    let mirrored = Cohort::new(CohortParts { outcome, ..made }, shape.seed, 3).unwrap();
    let folds = Folds::k_fold(&straight, 3, 1).unwrap();
    for classifier in ["logistic", "ridge", "lasso", "elastic-net", "random-forest"] {
        for (name, learner) in arms(classifier) {
            let arm: [(&str, &dyn Learner); 1] = [(name, learner.as_ref())];
            let a = &cross_fit(&arm, &straight, &folds, &CrossFit::default()).unwrap()[0];
            let b = &cross_fit(&arm, &mirrored, &folds, &CrossFit::default()).unwrap()[0];
            let (up, down) = (mean_auc(a), mean_auc(b));
            assert!(up > 0.75, "{classifier} {name} misses a strong signal: {up}");
            assert!((up - down).abs() < 0.05, "{classifier} {name}: {up} against {down} with the classes swapped");
        }
    }
}

#[test]
fn noise_gives_one_half_in_every_arm() {
    let draws = 100;
    let arms = arms("lasso");
    let mut sums = vec![0.0; arms.len()];
    for seed in 0..draws {
        let shape = Shape { n: 60, blocks: &[("clinical", 3), ("mri", 6)], signal: 0.0, seed, ..Shape::default() };
        let cohort = cohort(&shape);
        let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
        for (sum, result) in sums.iter_mut().zip(fit_all(&arms, &cohort, &folds)) {
            *sum += mean_auc(&result);
        }
    }
    for ((name, _), sum) in arms.iter().zip(&sums) {
        let mean = sum / draws as f64;
        // One draw has a standard deviation of about 0.07, so the mean of 100 has 0.007.
        assert!((mean - 0.5).abs() < 0.02, "{name}: mean AUC {mean} on noise");
    }
}

#[test]
fn a_second_stage_refuses_scores_of_other_rows() {
    let (train, _) = train(false, 2);
    let cohort = cohort(&Shape::default());
    let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
    let (other, _) = cohort.split(&folds.splits()[1]).unwrap();
    let learner = toml_choice("ridge").0.build();
    let own = train.inner_scores(learner.as_ref()).unwrap();
    let foreign = other.inner_scores(learner.as_ref()).unwrap();
    assert!(train.accept(&own).is_ok());
    assert!(train.accept(&foreign).is_err(), "scores of another fold's training rows were accepted");
}

#[test]
fn a_patient_never_stands_on_both_sides() {
    let made = parts(&Shape::default());
    let patients: Vec<u32> = (0..120).map(|i| i / 2).collect();
    // Both lesions of a patient have one class here, as stratification by patient wants a class per patient.
    let outcome = (0..120).map(|i| (i / 2) % 2).collect();
    let cohort = Cohort::new(CohortParts { patients: patients.clone(), outcome, ..made }, 1, 3).unwrap();
    let all =
        [Folds::k_fold(&cohort, 5, 3).unwrap(), Folds::holdout(&cohort, 0.3).unwrap(), Folds::bootstrap(&cohort, 20).unwrap()];
    for split in all.iter().flat_map(Folds::splits) {
        assert!(split.test().iter().all(|&t| split.train().iter().all(|&r| patients[t] != patients[r])));
        assert!(cohort.split(split).is_ok());
    }
    let torn: Vec<usize> = (0..120).map(|i| i % 2).collect();
    assert!(Folds::given(&cohort, &[torn]).is_err(), "given folds that tear patients apart were accepted");
}

#[test]
fn folds_are_stratified_and_cover_every_case_once_per_repeat() {
    let cohort = cohort(&Shape { n: 103, ..Shape::default() });
    let folds = Folds::k_fold(&cohort, 5, 2).unwrap();
    for repeat in 0..2 {
        let mut seen = vec![0; 103];
        for split in folds.splits().iter().filter(|split| split.repeat() == repeat) {
            split.test().iter().for_each(|&i| seen[i] += 1);
            let events = split.test().iter().filter(|&&i| cohort.outcome()[i] == 1).count();
            assert!((10..=11).contains(&events), "{events} events in a fold");
            assert!((20..=21).contains(&split.test().len()));
        }
        assert!(seen.iter().all(|&n| n == 1));
    }
    assert_ne!(folds.splits()[0].test(), folds.splits()[5].test(), "repeats must differ");
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let cohort = cohort(&Shape { n: 80, lacking: 0.1, ..Shape::default() });
    let folds = Folds::k_fold(&cohort, 4, 1).unwrap();
    let arms = arms("random-forest");
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit_all(&arms, &cohort, &folds))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn a_case_without_a_modality_is_handled_as_each_strategy_says() {
    let cohort = cohort(&Shape { n: 150, lacking: 0.3, ..Shape::default() });
    let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
    let results = fit_all(&arms("lasso"), &cohort, &folds);
    let undefined = |result: &OutOfFold| -> usize {
        result.folds().iter().map(|fold| (0..fold.cases.len()).filter(|&i| !fold.probabilities.is_defined(i)).count()).sum()
    };
    let lacking = (0..150).filter(|&i| {
        parts(&Shape { n: 150, lacking: 0.3, ..Shape::default() }).features.modality("mri").columns()[0].scalar(i).is_none()
    });
    assert_eq!(undefined(&results[0]), lacking.count(), "single: no prediction without its modality");
    for result in &results[1..] {
        assert_eq!(undefined(result), 0, "{} must keep a prediction", result.arm());
    }
}

#[test]
fn a_cascade_gives_three_probabilities_and_needs_three_classes() {
    let three = cohort(&Shape { classes: 3, n: 150, ..Shape::default() });
    let folds = Folds::k_fold(&three, 3, 1).unwrap();
    let cascade = Cascade::new(Arc::new(Signature::new("mri", pipeline("logistic"))));
    let result = cross_fit(&[("cascade", &cascade)], &three, &folds, &CrossFit::default()).unwrap();
    for fold in result[0].folds() {
        for i in 0..fold.cases.len() {
            assert!((fold.probabilities.row(i).unwrap().sum() - 1.0).abs() < 1e-9);
        }
    }
    let two = cohort(&Shape::default());
    let folds = Folds::k_fold(&two, 3, 1).unwrap();
    assert!(cross_fit(&[("cascade", &cascade)], &two, &folds, &CrossFit::default()).is_err());
}

#[test]
fn a_locked_set_is_taken_out_of_the_cohort() {
    let cohort = cohort(&Shape::default());
    let folds = Folds::holdout(&cohort, 0.3).unwrap();
    let test = folds.splits()[0].test().len();
    assert!((30..=42).contains(&test), "{test} of 120 for a share of 0.3");
    let (development, locked) = cohort.lock(folds).unwrap();
    assert_eq!(development.n() + locked.n(), 120);
    let learner = toml_choice("ridge").0.build();
    let opened = locked.open(&[("ridge", learner.as_ref())], &CrossFit::default()).unwrap();
    assert_eq!(opened[0].folds()[0].cases.len(), test);
}

/// A learner that remembers nothing and predicts what it is told to, to see how thresholds are chosen.
struct Echo;

impl Learner for Echo {
    fn fit(&self, _: &TrainRows) -> Result<Box<dyn Predictor>> {
        Ok(Box::new(EchoModel))
    }

    fn fingerprint(&self) -> String {
        "echo".into()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        EchoModel.predict(train.features())
    }
}

struct EchoModel;

impl Predictor for EchoModel {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let values = rows.columns()[0].numbers().unwrap_or_default();
        Probabilities::of_event(&values.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect::<Vec<_>>())
    }
}

#[test]
fn the_threshold_is_the_best_one_of_the_training_rows() {
    let cohort = cohort(&Shape { blocks: &[("mri", 1)], signal: 2.0, ..Shape::default() });
    let folds = Folds::k_fold(&cohort, 3, 1).unwrap();
    let how = CrossFit { threshold: ThresholdRule::Youden, ..CrossFit::default() };
    let results = cross_fit(&[("echo", &Echo)], &cohort, &folds, &how).unwrap();
    for (fold, split) in results[0].folds().iter().zip(folds.splits()) {
        let (train, _) = cohort.split(split).unwrap();
        let own = EchoModel.predict(train.features()).unwrap();
        let youden = |threshold: f64| {
            let share = |class: u32, above: bool| {
                let of_class: Vec<usize> = (0..train.n()).filter(|&i| train.outcome()[i] == class).collect();
                let hits = of_class.iter().filter(|&&i| (own.row(i).unwrap()[1] >= threshold) == above).count();
                hits as f64 / of_class.len() as f64
            };
            share(1, true) + share(0, false)
        };
        let best = (0..train.n()).map(|i| youden(own.row(i).unwrap()[1])).fold(0.0, f64::max);
        assert!((youden(fold.threshold.unwrap()) - best).abs() < 1e-12);
    }
}
