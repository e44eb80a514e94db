//! One of two columns that say the same.

use super::KeepColumns;
use crate::error::{Error, Result};
use crate::learn::{Column, FittedTransform, TrainRows, Transform};
use crate::statistic::{auc, rank};
use ndarray::{Array2, ShapeBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Correlation {
    /// Of ranks.
    #[default]
    Spearman,
    /// Of values.
    Pearson,
}

/// Which of two correlated columns stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// The one that separates the classes better by itself (largest |AUC − ½|, over classes, on training rows).
    #[default]
    Univariate,
    /// The one that stands first in the table.
    First,
    /// The one with the smaller mean |r| to all others still there (greedy recursive elimination).
    LeastCorrelated,
}

/// Drops columns until no two numeric columns have |r| above `threshold` on the training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CorrelationFilter {
    /// Which correlation.
    pub method: Correlation,
    /// |r| above which one of two columns goes.
    pub threshold: f64,
    /// Which of the two stays.
    pub keep: Keep,
}

impl Default for CorrelationFilter {
    fn default() -> Self {
        CorrelationFilter { method: Correlation::Spearman, threshold: 0.9, keep: Keep::Univariate }
    }
}

impl CorrelationFilter {
    pub(super) fn words(&self) -> String {
        let method = match self.method {
            Correlation::Spearman => "Spearman",
            Correlation::Pearson => "Pearson",
        };
        format!("one of two columns with |{method} r| > {} dropped", self.threshold)
    }
}

impl Transform for CorrelationFilter {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        if !(0.0..=1.0).contains(&self.threshold) {
            return Err(Error::usage(format!("correlation threshold {}: give a number from 0 to 1", self.threshold)));
        }
        let numeric: Vec<&Column> = train.features().columns().iter().filter(|column| column.numbers().is_some()).collect();
        if let Some(column) = numeric.iter().find(|c| c.numbers().is_some_and(|v| v.iter().any(|x| x.is_nan()))) {
            return Err(Error::study(format!(
                "{} has missing values; put the transform `impute` before `correlation-filter`",
                column.name
            )));
        }
        let r = self.correlations(&numeric, train.n())?;
        let dropped = match self.keep {
            Keep::LeastCorrelated => eliminate(&r, self.threshold),
            Keep::First => forward(&r, self.threshold, &(0..numeric.len()).collect::<Vec<_>>()),
            Keep::Univariate => {
                let strength: Vec<f64> = numeric.iter().map(|column| strength(column, train)).collect();
                let mut order: Vec<usize> = (0..numeric.len()).collect();
                order.sort_by(|&a, &b| strength[b].total_cmp(&strength[a]).then(a.cmp(&b)));
                forward(&r, self.threshold, &order)
            }
        };
        Ok(KeepColumns::dropping(numeric.iter().zip(&dropped).filter(|(_, dropped)| **dropped).map(|(column, _)| *column)))
    }
}

impl CorrelationFilter {
    /// |r| of every pair of columns; 0 where a column is constant.
    fn correlations(&self, columns: &[&Column], n: usize) -> Result<Array2<f64>> {
        let mut data = Vec::with_capacity(n * columns.len());
        for values in columns.iter().filter_map(|column| column.numbers()) {
            let values = match self.method {
                Correlation::Spearman => rank::midranks(values).map_err(Error::study)?,
                Correlation::Pearson => values.to_vec(),
            };
            let mean = values.iter().sum::<f64>() / n as f64;
            let norm = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
            data.extend(values.iter().map(|x| if norm > 0.0 { (x - mean) / norm } else { 0.0 }));
        }
        let unit = Array2::from_shape_vec((n, columns.len()).f(), data).expect("every column has n values");
        Ok(unit.t().dot(&unit).mapv_into(f64::abs))
    }
}

/// In the given order, a column stays unless it is too close to one that stays already.
fn forward(r: &Array2<f64>, threshold: f64, order: &[usize]) -> Vec<bool> {
    let mut dropped = vec![false; order.len()];
    let mut kept: Vec<usize> = Vec::new();
    for &column in order {
        if kept.iter().any(|&other| r[[column, other]] > threshold) {
            dropped[column] = true;
        } else {
            kept.push(column);
        }
    }
    dropped
}

/// While a pair is too close, the column with the largest mean |r| among those in such pairs goes.
fn eliminate(r: &Array2<f64>, threshold: f64) -> Vec<bool> {
    let p = r.nrows();
    let mut dropped = vec![false; p];
    let mut sum: Vec<f64> = (0..p).map(|i| r.row(i).sum() - r[[i, i]]).collect();
    let mut close: Vec<usize> = (0..p).map(|i| (0..p).filter(|&j| j != i && r[[i, j]] > threshold).count()).collect();
    while let Some(worst) =
        (0..p).filter(|&i| !dropped[i] && close[i] > 0).max_by(|&a, &b| sum[a].total_cmp(&sum[b]).then(b.cmp(&a)))
    {
        dropped[worst] = true;
        for i in (0..p).filter(|&i| i != worst) {
            sum[i] -= r[[i, worst]];
            close[i] -= usize::from(!dropped[i] && r[[i, worst]] > threshold);
        }
    }
    dropped
}

/// How well a column separates any class from the rest, by itself.
fn strength(column: &Column, train: &TrainRows) -> f64 {
    let Some(values) = column.numbers() else { return 0.0 };
    (0..train.classes() as u32)
        .filter_map(|k| {
            let class: Vec<bool> = train.outcome().iter().map(|&class| class == k).collect();
            auc::auc(&class, values).ok().map(|auc| (auc - 0.5).abs())
        })
        .fold(0.0, f64::max)
}
