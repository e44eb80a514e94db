//! Random forest.

use super::forest::{self, Forest};
use crate::error::{Error, Result};
use crate::learn::{Features, Learner, Predictor, Probabilities, TrainRows, Weight};
use crate::table::FeatureName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Trees on bootstrap samples with a random choice of columns at each node; probabilities are the mean of the leaves' class
/// shares, as scikit-learn gives them.
///
/// # Reference
/// Breiman, Machine Learning 2001;45:5.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct RandomForest {
    /// Number of trees.
    pub trees: usize,
    /// Least cases in a leaf.
    pub min_leaf: usize,
    /// Largest depth; without it trees grow until their leaves are pure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_depth: Option<usize>,
    /// Columns tried at a node; by default √p.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<usize>,
    /// Weigh classes by the inverse of their frequency.
    pub balanced: bool,
}

impl Default for RandomForest {
    fn default() -> Self {
        RandomForest { trees: 500, min_leaf: 1, max_depth: None, columns: None, balanced: false }
    }
}
