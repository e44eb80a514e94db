//! Models of class probabilities, for two and more classes.
//!
//! The rule that holds here: a classifier gets numbers without gaps (the transforms see to that) and gives probabilities;
//! what it tunes, it tunes on inner folds of its training rows. To add one: a file (or folder) with its options and its two
//! `impl`s, an entry in [`ClassifierSpec`], and an oracle in `tests/`; `tests/contract.rs` then tests it for leaks, flipped
//! classes and noise by itself.

pub mod elastic_net;
pub mod forest;

mod linear;
mod logistic;
mod ordinal;
mod penalised;
mod prevalence;
mod random_forest;

pub use logistic::Logistic;
pub use ordinal::Ordinal;
pub use penalised::{ElasticNet, Lambda, Lasso, Ridge, tuned_path};
pub use prevalence::Prevalence;
pub use random_forest::RandomForest;

use crate::learn::Learner;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A classifier as a study file names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClassifierSpec {
    /// The featureless baseline: the training share of each class.
    Prevalence(Prevalence),
    /// Logistic regression without penalty (multinomial for three or more classes).
    Logistic(Logistic),
    /// Proportional-odds regression for ordered classes.
    Ordinal(Ordinal),
    /// Logistic regression with an L2 penalty tuned on inner folds.
    Ridge(Ridge),
    /// Logistic regression with an L1 penalty tuned on inner folds.
    Lasso(Lasso),
    /// Logistic regression with both penalties, tuned on inner folds.
    ElasticNet(ElasticNet),
    /// Random forest.
    RandomForest(RandomForest),
}

impl ClassifierSpec {
    /// The classifier itself.
    pub fn build(&self) -> Arc<dyn Learner> {
        match self.clone() {
            ClassifierSpec::Prevalence(c) => Arc::new(c),
            ClassifierSpec::Logistic(c) => Arc::new(c),
            ClassifierSpec::Ordinal(c) => Arc::new(c),
            ClassifierSpec::Ridge(c) => Arc::new(c),
            ClassifierSpec::Lasso(c) => Arc::new(c),
            ClassifierSpec::ElasticNet(c) => Arc::new(c),
            ClassifierSpec::RandomForest(c) => Arc::new(c),
        }
    }

    /// The same classifier, taking columns on the scale on which they come.
    pub fn without_standardising(mut self) -> Self {
        match &mut self {
            ClassifierSpec::Ridge(c) => c.standardise = false,
            ClassifierSpec::Lasso(c) => c.standardise = false,
            ClassifierSpec::ElasticNet(c) => c.standardise = false,
            _ => {}
        }
        self
    }

    /// Its name in print.
    pub fn words(&self) -> String {
        match self {
            ClassifierSpec::Prevalence(_) => "training prevalence (no features)".into(),
            ClassifierSpec::Logistic(_) => "logistic regression without penalty".into(),
            ClassifierSpec::Ordinal(_) => "proportional-odds regression".into(),
            ClassifierSpec::Ridge(c) => format!("ridge logistic regression ({})", c.lambda.words()),
            ClassifierSpec::Lasso(c) => format!("LASSO logistic regression ({})", c.lambda.words()),
            ClassifierSpec::ElasticNet(c) => format!("elastic-net logistic regression (α = {}, {})", c.alpha, c.lambda.words()),
            ClassifierSpec::RandomForest(c) => format!("random forest of {} trees", c.trees),
        }
    }

    /// One of each with its defaults, for documentation and for the contract tests.
    pub fn all() -> Vec<ClassifierSpec> {
        vec![
            ClassifierSpec::Prevalence(Prevalence::default()),
            ClassifierSpec::Logistic(Logistic::default()),
            ClassifierSpec::Ordinal(Ordinal::default()),
            ClassifierSpec::Ridge(Ridge::default()),
            ClassifierSpec::Lasso(Lasso::default()),
            ClassifierSpec::ElasticNet(ElasticNet::default()),
            ClassifierSpec::RandomForest(RandomForest::default()),
        ]
    }
}
