//! The columns that a LASSO keeps.

use super::KeepColumns;
use crate::classifier::Lambda;
use crate::error::Result;
use crate::learn::{Column, FittedTransform, TrainRows, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Keeps the numeric columns with a coefficient other than 0 in a LASSO whose penalty is tuned on inner folds of the
/// training rows; for three or more classes, with a coefficient for any class.
///
/// # Reference
/// Tibshirani, J R Stat Soc B 1996;58:267; Friedman, Hastie, Tibshirani, J Stat Softw 2010;33(1) (glmnet).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LassoSelect {
    /// Which penalty of the path.
    pub lambda: Lambda,
}

impl LassoSelect {
    pub(super) fn words(&self) -> String {
        format!("columns kept that a LASSO keeps ({})", self.lambda.words())
    }
}

impl Transform for LassoSelect {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let numeric = train.with_features(train.features().select_columns(|column| column.numbers().is_some()))?;
        let columns = numeric.features().columns();
        if columns.is_empty() {
            return Ok(KeepColumns::dropping([]));
        }
        let scores = self.lambda.scores(&numeric, 1.0, true)?;
        let unused = |j: &usize| scores.iter().all(|score| score.coefficient(*j) == 0.0);
        let dropped: Vec<&Column> = (0..columns.len()).filter(unused).map(|j| &columns[j]).collect();
        Ok(KeepColumns::dropping(dropped))
    }
}
