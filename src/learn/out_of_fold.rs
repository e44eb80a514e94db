//! Predictions for cases that the model has not learned from: the raw material of every performance number.

use super::{Probabilities, Validation, Weight};

/// What one fitted model predicted for the test cases of one split.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldResult {
    /// The repeat, from 0.
    pub repeat: usize,
    /// The fold, from 0.
    pub fold: usize,
    /// The test cases, as indices into the cohort.
    pub cases: Vec<usize>,
    /// Their probabilities, one row per case.
    pub probabilities: Probabilities,
    /// The threshold for the event that was chosen on the training rows (two classes).
    pub threshold: Option<f64>,
    /// The features that the fitted model uses.
    pub weights: Vec<Weight>,
    /// What the fit wants a reader to know.
    pub notices: Vec<String>,
}

/// All predictions of one arm. It is sealed: only [`super::cross_fit`] and [`super::Holdout::open`] make one, so whoever
/// holds it knows that no prediction is of a training case.
///
/// # What does not compile
/// Cross-fitting makes it:
/// ```
/// # use vbx::{error::Result, learn::{Cohort, CrossFit, Folds, Learner, OutOfFold, cross_fit}};
/// fn evaluate(model: &dyn Learner, cohort: &Cohort, folds: &Folds) -> Result<Vec<OutOfFold>> {
///     cross_fit(&[("model", model)], cohort, folds, &CrossFit::default())
/// }
/// ```
/// Predictions of any other origin, those for training cases say, cannot be passed off as out-of-fold.
/// ```compile_fail,E0451
/// # use vbx::learn::{FoldResult, OutOfFold, Validation};
/// fn pass_off(folds: Vec<FoldResult>, outcome: Vec<u32>) -> OutOfFold {
///     OutOfFold { arm: "model".into(), folds, outcome, validation: Validation::CrossFitted }
/// }
/// ```
/// ```compile_fail,E0624
/// # use vbx::learn::{FoldResult, OutOfFold, Validation};
/// fn pass_off(folds: Vec<FoldResult>, outcome: Vec<u32>) -> OutOfFold {
///     OutOfFold::new("model".into(), folds, outcome, Validation::CrossFitted)
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfFold {
    arm: String,
    folds: Vec<FoldResult>,
    outcome: Vec<u32>,
    validation: Validation,
}

impl OutOfFold {
    pub(super) fn new(arm: String, mut folds: Vec<FoldResult>, outcome: Vec<u32>, validation: Validation) -> Self {
        folds.sort_by_key(|fold| (fold.repeat, fold.fold));
        OutOfFold { arm, folds, outcome, validation }
    }

    /// The arm's name.
    pub fn arm(&self) -> &str {
        &self.arm
    }

    /// One entry per split, in order of repeat and fold.
    pub fn folds(&self) -> &[FoldResult] {
        &self.folds
    }

    /// The class of each case of the cohort.
    pub fn outcome(&self) -> &[u32] {
        &self.outcome
    }

    /// How cases were kept apart.
    pub fn validation(&self) -> Validation {
        self.validation
    }

    /// Number of repeats.
    pub fn repeats(&self) -> usize {
        self.folds.iter().map(|fold| fold.repeat + 1).max().unwrap_or(0)
    }

    /// The folds of one repeat.
    pub fn repeat(&self, repeat: usize) -> impl Iterator<Item = &FoldResult> {
        self.folds.iter().filter(move |fold| fold.repeat == repeat)
    }
}
