//! Who may learn from what. The roles are types: [`TrainRows`] are the only rows that a `fit` accepts, [`TestRows`] carry
//! features only, [`OutOfFold`] is made by [`cross_fit`] (and [`Holdout::open`]) alone, so that leakage does not compile.
//!
//! The rule that holds here: whatever is learned across patients is a [`Transform`] or a [`Learner`], and is fitted on
//! [`TrainRows`]. Tuning, thresholds and scores of a second stage come from *inner* folds of the training rows
//! ([`TrainRows::inner_scores`]). Nothing here reads or writes a file, and a modality is known by its name only.
//!
//! To add a way of validating, add a constructor to [`Folds`].

mod cohort;
mod cross_fit;
mod features;
mod folds;
mod holdout;
mod memo;
mod out_of_fold;
mod pipeline;
mod probabilities;
mod rows;
mod seed;

pub use cohort::{Cohort, CohortParts};
pub use cross_fit::{CrossFit, ThresholdRule, cross_fit};
pub use features::{Column, Features, Values};
pub use folds::{Folds, Split, Validation};
pub use holdout::Holdout;
pub use out_of_fold::{FoldResult, OutOfFold};
pub use pipeline::{Pipeline, fit_transforms};
pub use probabilities::Probabilities;
pub use rows::{InnerScores, TestRows, TrainRows};
pub use seed::{Generator, Seed};

use crate::error::Result;
use crate::table::FeatureName;
use std::sync::Arc;

/// Something that is learned on training rows and then changes the columns of any rows, one row independently of another.
pub trait Transform: Send + Sync {
    /// Learns from training rows.
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>>;
}

/// A transform after learning.
pub trait FittedTransform: Send + Sync {
    /// Changes the columns. The value of a row depends on that row only.
    fn transform(&self, rows: &Features) -> Result<Features>;

    /// What a reader should know about the fit, e.g. a column that was missing in all training rows.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Something that is learned on training rows and then predicts class probabilities: a classifier, a pipeline, a fusion.
pub trait Learner: Send + Sync {
    /// Learns from training rows.
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>>;

    /// A text that is the same for two learners exactly when they would learn the same from the same rows. It keys the
    /// memory of a fold, so that arms which share a modality model fit it once.
    fn fingerprint(&self) -> String;

    /// Probabilities for the training rows that the learner has not fitted to, from inner folds. Thresholds are chosen on
    /// them. A fusion whose second stage is small may compute them from the inner scores of its first stage.
    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities>;
}

/// A learner after learning.
pub trait Predictor: Send + Sync {
    /// Class probabilities, n × K; a row that lacks what the model needs is undefined. One row at a time gives the same
    /// as all rows at once.
    fn predict(&self, rows: &Features) -> Result<Probabilities>;

    /// The features that the model uses, with their coefficient on standardised columns or their importance.
    fn weights(&self) -> Vec<Weight> {
        Vec::new()
    }

    /// What a reader should know about the fit.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// The coefficients, where the model is a regression: the raw material of a nomogram and of likelihood-ratio tests.
    fn regression(&self) -> Option<&Regression> {
        None
    }
}

/// How a regression's linear predictors become class probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Two classes: log odds of the event.
    Logistic,
    /// K classes: log p_k / p_0 for k = 1 … K−1.
    Multinomial,
    /// K ordered classes: log odds of P(class ≥ k) for k = 1 … K−1, with common slopes.
    Ordinal,
}

/// A fitted regression on columns as the classifier saw them.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The link.
    pub link: Link,
    /// One intercept per linear predictor.
    pub intercepts: Vec<f64>,
    /// Column and its coefficients, one per linear predictor (one only for ordinal models).
    pub terms: Vec<(Arc<FeatureName>, Vec<f64>)>,
    /// Maximised log-likelihood on the training rows; `None` for penalised fits.
    pub log_likelihood: Option<f64>,
}

/// A feature that a fitted model uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// The feature.
    pub name: Arc<FeatureName>,
    /// Coefficient (signed) or importance (not negative). For three or more classes the coefficient largest in size.
    pub value: f64,
    /// Whether the sign of `value` has a meaning.
    pub signed: bool,
}
