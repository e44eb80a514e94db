//! Random forest.

use super::forest::{self, Forest};
use super::prevalence::Shares;
use crate::error::{Error, Result};
use crate::learn::{Features, Learner, Predictor, Probabilities, TrainRows, Weight};
use crate::table::FeatureName;
use ndarray::Array2;
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

impl Learner for RandomForest {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let x = train.features().matrix()?;
        if x.ncols() == 0 {
            return Ok(Box::new(Shares(train.prevalence())));
        }
        let class: Vec<usize> = train.outcome().iter().map(|&class| class as usize).collect();
        let counts = train.class_counts();
        let balance = |&n: &usize| train.n() as f64 / (train.classes() * n.max(1)) as f64;
        let options = forest::Options {
            trees: self.trees,
            columns: self.columns.unwrap_or_else(|| (x.ncols() as f64).sqrt() as usize).clamp(1, x.ncols()),
            min_leaf: self.min_leaf,
            min_split: 2,
            max_depth: self.max_depth,
            bootstrap: true,
            class_weights: self.balanced.then(|| counts.iter().map(balance).collect()),
            seed: train.seed_number("forest"),
            ..forest::Options::default()
        };
        let forest = forest::fit(x.view(), &class, train.classes(), &options)?;
        let columns = train.features().columns().iter().map(|column| column.name.clone()).collect();
        Ok(Box::new(FittedForest { forest, columns, classes: train.classes() }))
    }

    fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

struct FittedForest {
    forest: Forest,
    columns: Vec<Arc<FeatureName>>,
    classes: usize,
}

impl Predictor for FittedForest {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        if !rows.columns().iter().map(|column| &column.name).eq(self.columns.iter()) {
            return Err(Error::numeric("the columns differ from those that the forest was grown on"));
        }
        let x = rows.matrix()?;
        let mut all = Array2::zeros((rows.n(), self.classes));
        for (i, case) in x.rows().into_iter().enumerate() {
            all.row_mut(i).iter_mut().zip(self.forest.probabilities(case)).for_each(|(place, p)| *place = p);
        }
        Probabilities::new(all)
    }

    fn weights(&self) -> Vec<Weight> {
        let weight = |(name, value): (&Arc<FeatureName>, f64)| Weight { name: name.clone(), value, signed: false };
        self.columns.iter().zip(self.forest.importance()).map(weight).filter(|weight| weight.value > 0.0).collect()
    }
}
