//! Columns that say nothing because they hardly vary.

use super::{KeepColumns, sorted_present};
use crate::error::Result;
use crate::learn::{FittedTransform, TrainRows, Transform, Values};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Drops columns whose most frequent training value covers more than `largest-share` of the training rows, or whose variance
/// (dividing by n) is at most `threshold`. By default only constant columns go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Variance {
    /// Variance up to which a numeric column is dropped.
    pub threshold: f64,
    /// Share of one value above which a column is dropped; 1 drops constant columns only.
    pub largest_share: f64,
}

impl Default for Variance {
    fn default() -> Self {
        Variance { threshold: 0.0, largest_share: 1.0 }
    }
}

impl Transform for Variance {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        Ok(KeepColumns::dropping(train.features().columns().iter().filter(|column| match &column.values {
            Values::Scalar(values) => self.drops_numbers(&sorted_present(values)),
            Values::Category { codes, levels } => {
                let mut counts = vec![0; levels.len()];
                codes.iter().flatten().for_each(|&code| counts[code as usize] += 1);
                self.drops_share(counts.iter().copied().max().unwrap_or(0), counts.iter().sum())
            }
            Values::Array(_) => false,
        })))
    }
}

impl Variance {
    fn drops_numbers(&self, sorted: &[f64]) -> bool {
        let n = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / n;
        let variance = sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        let most = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0);
        variance <= self.threshold || self.drops_share(most, sorted.len())
    }

    fn drops_share(&self, most: usize, of: usize) -> bool {
        most == of || most as f64 > self.largest_share * of as f64
    }
}
