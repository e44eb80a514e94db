//! Training rows and test rows: who may learn, and from whom nothing can be learned.

use super::folds::{Split, assign_folds};
use super::memo::Memo;
use super::{Features, Generator, Learner, Predictor, Probabilities, Seed};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The only rows that a `fit` accepts. Made by [`super::Cohort::split`] and by inner folds, and by nothing else.
///
/// # What does not compile
/// Each leak stands beside the nearest thing that does compile, so that it fails for its own reason.
///
/// A transform or a model learns from training rows:
/// ```
/// # use vbx::{error::Result, learn::{FittedTransform, Learner, Predictor, TrainRows, Transform}};
/// fn scale(scaler: &dyn Transform, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
///     scaler.fit(train)
/// }
/// fn learn(model: &dyn Learner, train: &TrainRows) -> Result<Box<dyn Predictor>> {
///     model.fit(train)
/// }
/// ```
/// not from a whole cohort (a scaler fitted before the split, features selected on all cases)
/// ```compile_fail,E0308
/// # use vbx::{error::Result, learn::{Cohort, FittedTransform, Transform}};
/// fn scale(scaler: &dyn Transform, cohort: &Cohort) -> Result<Box<dyn FittedTransform>> {
///     scaler.fit(cohort)
/// }
/// ```
/// ```compile_fail,E0308
/// # use vbx::{error::Result, learn::{Cohort, Learner, Predictor}};
/// fn learn(model: &dyn Learner, cohort: &Cohort) -> Result<Box<dyn Predictor>> {
///     model.fit(cohort)
/// }
/// ```
/// nor from the rows that it is tested on
/// ```compile_fail,E0308
/// # use vbx::{error::Result, learn::{FittedTransform, TestRows, Transform}};
/// fn scale(scaler: &dyn Transform, test: &TestRows) -> Result<Box<dyn FittedTransform>> {
///     scaler.fit(test)
/// }
/// ```
/// ```compile_fail,E0308
/// # use vbx::{error::Result, learn::{Learner, Predictor, TestRows}};
/// fn learn(model: &dyn Learner, test: &TestRows) -> Result<Box<dyn Predictor>> {
///     model.fit(test)
/// }
/// ```
/// Training rows may get other columns for the same rows:
/// ```
/// # use vbx::{error::Result, learn::{Features, TrainRows}};
/// fn other_columns(train: &TrainRows, features: Features) -> Result<TrainRows> {
///     train.with_features(features)
/// }
/// ```
/// but nobody makes them of other rows by hand.
/// ```compile_fail,E0451
/// # use vbx::learn::{Features, TrainRows};
/// fn other_rows(train: &TrainRows, features: Features, outcome: Vec<u32>) -> TrainRows {
///     TrainRows { features, outcome: outcome.into(), ..train.clone() }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TrainRows {
    features: Features,
    outcome: Arc<[u32]>,
    classes: usize,
    ordered: bool,
    patients: Arc<[u32]>,
    sites: Option<Arc<[u32]>>,
    seed: Seed,
    inner_folds: usize,
    memo: Arc<Memo>,
}

/// Rows to predict: features only. Their outcome is read where performance is computed, inside this module.
///
/// # What does not compile
/// A model predicts from the columns:
/// ```
/// # use vbx::{error::Result, learn::{Predictor, Probabilities, TestRows}};
/// fn predict(model: &dyn Predictor, test: &TestRows) -> Result<Probabilities> {
///     model.predict(test.features())
/// }
/// ```
/// and cannot look up the answer.
/// ```compile_fail,E0624
/// # use vbx::learn::TestRows;
/// fn peek(test: &TestRows) -> Vec<u32> {
///     test.outcome().to_vec()
/// }
/// ```
/// ```compile_fail,E0616
/// # use vbx::learn::TestRows;
/// fn peek(test: &TestRows) -> Vec<u32> {
///     test.outcome.to_vec()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TestRows {
    features: Features,
    outcome: Vec<u32>,
    cases: Vec<usize>,
}

/// Scores that a learner gave to training rows which it had not seen: the raw material of stacking, nomograms and
/// thresholds. They know from which rows they came; scores of other rows are refused ([`TrainRows::accept`]).
///
/// # What does not compile
/// A second stage learns from inner scores:
/// ```
/// # use vbx::{error::Result, learn::{InnerScores, Probabilities, TrainRows}};
/// fn second_stage<'a>(train: &TrainRows, scores: &'a InnerScores) -> Result<&'a Probabilities> {
///     train.accept(scores)
/// }
/// ```
/// not from the out-of-fold predictions by which it will be judged
/// ```compile_fail,E0308
/// # use vbx::{error::Result, learn::{OutOfFold, Probabilities, TrainRows}};
/// fn second_stage<'a>(train: &TrainRows, scores: &'a OutOfFold) -> Result<&'a Probabilities> {
///     train.accept(scores)
/// }
/// ```
/// nor from probabilities that somebody declares to be inner scores.
/// ```compile_fail,E0451
/// # use vbx::learn::{InnerScores, Probabilities};
/// fn declare(probabilities: Probabilities) -> InnerScores {
///     InnerScores { probabilities, origin: [0; 32] }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct InnerScores {
    probabilities: Probabilities,
    origin: [u8; 32],
}

impl InnerScores {
    /// Class probabilities, one row per training row.
    pub fn probabilities(&self) -> &Probabilities {
        &self.probabilities
    }
}

impl TrainRows {
    #[allow(clippy::too_many_arguments)] // Private to this module; each argument is a field.
    pub(super) fn new(
        features: Features,
        outcome: Vec<u32>,
        classes: usize,
        ordered: bool,
        patients: Vec<u32>,
        sites: Option<Vec<u32>>,
        seed: Seed,
        inner_folds: usize,
        memo: Arc<Memo>,
    ) -> Self {
        let (outcome, patients, sites) = (outcome.into(), patients.into(), sites.map(Into::into));
        TrainRows { features, outcome, classes, ordered, patients, sites, seed, inner_folds, memo }
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        self.outcome.len()
    }

    /// The columns.
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// The class of each row, 0 … K−1.
    pub fn outcome(&self) -> &[u32] {
        &self.outcome
    }

    /// Number of classes K.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Whether the classes are ordered.
    pub fn ordered(&self) -> bool {
        self.ordered
    }

    /// The site of each row, as a number.
    pub fn sites(&self) -> Option<&[u32]> {
        self.sites.as_deref()
    }

    /// Number of inner folds for tuning and second stages.
    pub fn inner_folds(&self) -> usize {
        self.inner_folds
    }

    /// Share of each class among these rows.
    pub fn prevalence(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.classes];
        for &class in self.outcome.iter() {
            counts[class as usize] += 1.0;
        }
        counts.iter().map(|count| count / self.n() as f64).collect()
    }

    /// Cases per class among these rows.
    pub fn class_counts(&self) -> Vec<usize> {
        (0..self.classes as u32).map(|k| self.outcome.iter().filter(|&&class| class == k).count()).collect()
    }

    /// A generator for `purpose` in this fold.
    pub fn generator(&self, purpose: &str) -> Generator {
        self.seed.generator(purpose)
    }

    /// A number for `purpose` in this fold, for libraries that want a seed.
    pub fn seed_number(&self, purpose: &str) -> u64 {
        self.seed.number(purpose)
    }

    /// The same rows with other columns.
    ///
    /// # Errors
    /// [`Error::Numeric`] if the number of rows differs.
    pub fn with_features(&self, features: Features) -> Result<Self> {
        if features.n() != self.n() {
            return Err(Error::numeric(format!("{} rows of features for {} training rows", features.n(), self.n())));
        }
        Ok(TrainRows { features, memo: Arc::default(), ..self.clone() })
    }

    /// The rows at `rows`. Fewer training rows are training rows still; `place` names the choice for the seeds.
    pub fn select(&self, rows: &[usize], place: &str) -> Self {
        let pick = |values: &[u32]| rows.iter().map(|&i| values[i]).collect::<Vec<_>>();
        TrainRows::new(
            self.features.select_rows(rows),
            pick(&self.outcome),
            self.classes,
            self.ordered,
            pick(&self.patients),
            self.sites.as_deref().map(pick),
            self.seed.at(place),
            self.inner_folds,
            Arc::default(),
        )
    }

    /// Another question on the same rows: each class becomes another class, or leaves (`None`). Used by cascades and by
    /// one-versus-rest schemes.
    ///
    /// # Errors
    /// [`Error::Study`] if a new class has no row.
    pub fn relabel(&self, classes: usize, map: impl Fn(u32) -> Option<u32>, place: &str) -> Result<Self> {
        let rows: Vec<usize> = (0..self.n()).filter(|&i| map(self.outcome[i]).is_some()).collect();
        let mut smaller = self.select(&rows, place);
        smaller.outcome = rows.iter().filter_map(|&i| map(self.outcome[i])).collect();
        smaller.classes = classes;
        if let Some(k) = (0..classes as u32).find(|k| !smaller.outcome.contains(k)) {
            return Err(Error::study(format!("{place}: no training row in class {k}")));
        }
        Ok(smaller)
    }

    /// Fold numbers 0 … k−1, one per row, by patient and stratified by outcome, for tuning inside a classifier. `k` is cut to
    /// the number of rows in the smallest class.
    ///
    /// # Errors
    /// [`Error::Study`] if the smallest class has fewer than two rows.
    pub fn fold_ids(&self, k: usize, purpose: &str) -> Result<Vec<usize>> {
        assign_folds(&self.outcome, &self.patients, k, &mut self.generator(purpose))
    }

    /// Fits `learner` to these rows; the same learner is fitted once.
    pub fn fitted(&self, learner: &dyn Learner) -> Result<Arc<Box<dyn Predictor>>> {
        self.memo.fit(learner.fingerprint(), || learner.fit(self))
    }

    /// What `learner` predicts for each of these rows when it has not seen it: it is fitted on the other inner folds. The
    /// same learner is asked once.
    pub fn inner_scores(&self, learner: &dyn Learner) -> Result<Arc<InnerScores>> {
        self.memo.scores(learner.fingerprint(), || {
            let folds = self.fold_ids(self.inner_folds, "inner folds")?;
            let mut probabilities = Probabilities::undefined(self.n(), self.classes);
            for fold in 0..=folds.iter().copied().max().unwrap_or(0) {
                let (held_out, kept): (Vec<usize>, Vec<usize>) = (0..self.n()).partition(|&i| folds[i] == fold);
                let predictor = learner.fit(&self.select(&kept, &format!("inner{fold}")))?;
                probabilities.place(&held_out, &predictor.predict(&self.features.select_rows(&held_out))?);
            }
            Ok(InnerScores { probabilities, origin: self.origin() })
        })
    }

    /// Checks that scores were made from these very rows, and hands out their probabilities.
    ///
    /// # Errors
    /// [`Error::Study`] for scores of other rows: a second stage that learned from outer out-of-fold scores would have
    /// seen, through them, the outcome of the cases that it is tested on.
    pub fn accept<'a>(&self, scores: &'a InnerScores) -> Result<&'a Probabilities> {
        if scores.origin != self.origin() {
            return Err(Error::study(
                "these scores do not come from inner folds of these training rows; a second stage may learn from no others",
            ));
        }
        Ok(&scores.probabilities)
    }

    fn origin(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.number("origin").to_le_bytes());
        for (outcome, patient) in self.outcome.iter().zip(self.patients.iter()) {
            hash.update(outcome.to_le_bytes());
            hash.update(patient.to_le_bytes());
        }
        hash.finalize().into()
    }
}

impl TestRows {
    pub(super) fn new(features: Features, outcome: Vec<u32>, cases: Vec<usize>) -> Self {
        TestRows { features, outcome, cases }
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        self.cases.len()
    }

    /// The columns.
    pub fn features(&self) -> &Features {
        &self.features
    }

    pub(super) fn outcome(&self) -> &[u32] {
        &self.outcome
    }

    pub(super) fn cases(&self) -> &[usize] {
        &self.cases
    }
}

impl Split {
    /// The place of this split in the study, for seeds and messages.
    pub fn place(&self) -> String {
        format!("repeat {}, fold {}", self.repeat() + 1, self.fold() + 1)
    }
}
