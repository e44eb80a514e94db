//! The only maker of performance: every arm is fitted on the training rows of every split and predicts its test rows.

use super::out_of_fold::FoldResult;
use super::{Cohort, Folds, Learner, OutOfFold, Probabilities, Split};
use crate::error::{Error, Result};
use crate::statistic::auc::RocCurve;
use crate::statistic::threshold::ThresholdRule as Criterion;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the threshold for the event is chosen, on training rows (two classes).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdRule {
    /// The largest sensitivity + specificity among inner out-of-fold predictions of the training rows.
    #[default]
    Youden,
    /// The smallest threshold that reaches this specificity there.
    Specificity(f64),
    /// The largest threshold that reaches this sensitivity there.
    Sensitivity(f64),
    /// The share of events among the training rows.
    Prevalence,
    /// This probability.
    Fixed(f64),
}

impl ThresholdRule {
    /// The rule in words.
    pub fn words(&self) -> String {
        match self {
            ThresholdRule::Youden => "largest Youden index among inner out-of-fold predictions of the training cases".into(),
            ThresholdRule::Specificity(s) => format!("specificity {s} among inner out-of-fold predictions of the training cases"),
            ThresholdRule::Sensitivity(s) => format!("sensitivity {s} among inner out-of-fold predictions of the training cases"),
            ThresholdRule::Prevalence => "share of events among the training cases".into(),
            ThresholdRule::Fixed(p) => format!("probability {p}, fixed in the study file"),
        }
    }

    fn choose(&self, learner: &dyn Learner, train: &super::TrainRows) -> Result<Option<f64>> {
        if train.classes() != 2 {
            return Ok(None);
        }
        let own = match self {
            ThresholdRule::Prevalence => return Ok(Some(train.prevalence()[1])),
            ThresholdRule::Fixed(p) => return Ok(Some(*p)),
            _ => learner.training_probabilities(train)?,
        };
        let defined: Vec<usize> = (0..own.n()).filter(|&i| own.is_defined(i)).collect();
        let scores: Vec<f64> = defined.iter().filter_map(|&i| own.row(i).map(|row| row[1])).collect();
        let events: Vec<bool> = defined.iter().map(|&i| train.outcome()[i] == 1).collect();
        let criterion = match self {
            ThresholdRule::Youden => Criterion::Youden,
            ThresholdRule::Specificity(s) => Criterion::Specificity(*s),
            ThresholdRule::Sensitivity(s) => Criterion::Sensitivity(*s),
            ThresholdRule::Prevalence | ThresholdRule::Fixed(_) => return Ok(None),
        };
        let chosen = RocCurve::new(&events, &scores).and_then(|curve| criterion.choose(&curve));
        chosen.map(|point| Some(point.threshold)).map_err(|why| Error::study(format!("no threshold could be chosen: {why}")))
    }
}

/// How to cross-fit: the threshold's rule, what to do with finished splits, and what is known of them already.
pub struct CrossFit<'a> {
    /// The threshold's rule.
    pub threshold: ThresholdRule,
    /// Called with each finished split, in no particular order; for progress bars and for storing.
    pub finished: &'a (dyn Fn(&Split, &[FoldResult]) + Sync),
    /// Results of a split from an earlier run that stopped, one per arm.
    pub known: &'a (dyn Fn(&Split) -> Option<Vec<FoldResult>> + Sync),
}

impl Default for CrossFit<'_> {
    fn default() -> Self {
        CrossFit { threshold: ThresholdRule::default(), finished: &|_, _| {}, known: &|_| None }
    }
}

/// Fits every arm on every split and predicts the test cases. Splits run in parallel; the result does not depend on the
/// number of threads.
///
/// # Errors
/// The first error of an arm, by order of split and arm, with the place where it happened.
pub fn cross_fit(arms: &[(&str, &dyn Learner)], cohort: &Cohort, folds: &Folds, how: &CrossFit) -> Result<Vec<OutOfFold>> {
    let results: Vec<Result<Vec<FoldResult>>> = folds
        .splits()
        .par_iter()
        .map(|split| {
            if let Some(known) = (how.known)(split) {
                return Ok(known);
            }
            let results = fit_split(arms, cohort, split, how.threshold)?;
            (how.finished)(split, &results);
            Ok(results)
        })
        .collect();
    let mut per_arm: Vec<Vec<FoldResult>> = vec![Vec::new(); arms.len()];
    for result in results {
        for (arm, result) in per_arm.iter_mut().zip(result?) {
            arm.push(result);
        }
    }
    Ok(arms
        .iter()
        .zip(per_arm)
        .map(|((name, _), results)| OutOfFold::new((*name).to_string(), results, cohort.outcome().to_vec(), folds.validation()))
        .collect())
}

/// One split: all arms see the same training rows and share the memory of what was fitted to them.
fn fit_split(arms: &[(&str, &dyn Learner)], cohort: &Cohort, split: &Split, rule: ThresholdRule) -> Result<Vec<FoldResult>> {
    let (train, test) = cohort.split(split)?;
    arms.iter()
        .map(|(name, learner)| {
            let place = |error: Error| at_place(error, &format!("arm `{name}`, {}", split.place()));
            let predictor = train.fitted(*learner).map_err(place)?;
            let probabilities = predictor.predict(test.features()).map_err(place)?;
            check_shape(&probabilities, test.n(), train.classes()).map_err(place)?;
            let threshold = rule.choose(*learner, &train).map_err(place)?;
            debug_assert_eq!(test.outcome().len(), test.cases().len());
            Ok(FoldResult {
                repeat: split.repeat(),
                fold: split.fold(),
                cases: test.cases().to_vec(),
                probabilities,
                threshold,
                weights: predictor.weights(),
                notices: predictor.notices(),
            })
        })
        .collect()
}

fn check_shape(probabilities: &Probabilities, rows: usize, classes: usize) -> Result<()> {
    if probabilities.n() == rows && probabilities.classes() == classes {
        return Ok(());
    }
    let (n, k) = (probabilities.n(), probabilities.classes());
    Err(Error::numeric(format!("the model gave {n} × {k} probabilities for {rows} cases of {classes} classes")))
}

/// Says where an error happened, and keeps its group.
pub(super) fn at_place(error: Error, place: &str) -> Error {
    match error {
        Error::Study(message) => Error::Study(format!("{place}: {message}")),
        Error::Numeric(message) => Error::Numeric(format!("{place}: {message}")),
        other => other,
    }
}
