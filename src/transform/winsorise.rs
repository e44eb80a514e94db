//! Outliers pulled in to training quantiles.

use super::standardise::quantile;
use crate::error::{Error, Result};
use crate::learn::{FittedTransform, TrainRows, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Values below the `lower` or above the `upper` quantile of the training values are set to that quantile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Winsorise {
    /// Lower quantile, 0 to 1.
    pub lower: f64,
    /// Upper quantile, 0 to 1.
    pub upper: f64,
}

impl Default for Winsorise {
    fn default() -> Self {
        Winsorise { lower: 0.01, upper: 0.99 }
    }
}

impl Transform for Winsorise {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        if !(0.0 <= self.lower && self.lower < self.upper && self.upper <= 1.0) {
            return Err(Error::usage(format!("winsorise between {} and {}: give 0 ≤ lower < upper ≤ 1", self.lower, self.upper)));
        }
        let (lower, upper) = (self.lower, self.upper);
        let limits = move |sorted: &[f64]| Some((quantile(sorted, lower)?, quantile(sorted, upper)?));
        Ok(super::by_column(train, limits, |&(low, high), x| x.clamp(low, high)))
    }
}
