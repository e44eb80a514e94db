//! The featureless baseline: what a model must beat.

use crate::error::Result;
use crate::learn::{Features, Learner, Predictor, Probabilities, TrainRows};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every case gets the training share of each class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Prevalence {}

impl Learner for Prevalence {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        Ok(Box::new(Shares(train.prevalence())))
    }

    fn fingerprint(&self) -> String {
        "prevalence".into()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

/// The same probabilities for every row.
pub(super) struct Shares(pub(super) Vec<f64>);

impl Predictor for Shares {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        Probabilities::constant(rows.n(), &self.0)
    }
}
