//! A common scale for all columns.

use crate::error::Result;
use crate::learn::{FittedTransform, TrainRows, Transform};
use crate::statistic::normal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How to scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StandardiseMethod {
    /// (x − mean) / SD; the SD divides by n, as scikit-learn's does.
    #[default]
    Z,
    /// (x − median) / interquartile range.
    Robust,
    /// The normal quantile of the share of training values below x (half of the equal ones counted).
    Rank,
}

/// Scales every numeric column by what is learned from its training values. A constant column becomes 0.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Standardise {
    /// How to scale.
    pub method: StandardiseMethod,
}

impl Standardise {
    pub(super) fn words(&self) -> String {
        match self.method {
            StandardiseMethod::Z => "z-standardised".into(),
            StandardiseMethod::Robust => "scaled by median and interquartile range".into(),
            StandardiseMethod::Rank => "replaced by normal scores of their ranks".into(),
        }
    }
}

impl Transform for Standardise {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let linear = |&(centre, scale): &(f64, f64), x: f64| if scale > 0.0 { (x - centre) / scale } else { 0.0 };
        Ok(match self.method {
            StandardiseMethod::Z => super::by_column(train, mean_and_sd, linear),
            StandardiseMethod::Robust => super::by_column(train, median_and_iqr, linear),
            StandardiseMethod::Rank => {
                super::by_column(train, |sorted| (!sorted.is_empty()).then(|| sorted.to_vec()), normal_score)
            }
        })
    }
}

fn mean_and_sd(sorted: &[f64]) -> Option<(f64, f64)> {
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let sd = (sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    // Rounding gives a constant column a tiny SD; dividing by it would blow noise up.
    let constant = sorted.first()? == sorted.last()?;
    Some((mean, if constant { 0.0 } else { sd }))
}

fn median_and_iqr(sorted: &[f64]) -> Option<(f64, f64)> {
    Some((quantile(sorted, 0.5)?, quantile(sorted, 0.75)? - quantile(sorted, 0.25)?))
}

/// The quantile of sorted values by linear interpolation (R's type 7).
pub(super) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let at = p * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(low + (high - low) * at.fract())
}

#[allow(clippy::ptr_arg)] // The learned parameter is a Vec, and `by_column` takes a plain function of it.
fn normal_score(sorted: &Vec<f64>, x: f64) -> f64 {
    let below = sorted.partition_point(|&v| v < x);
    let equal = sorted.partition_point(|&v| v <= x) - below;
    let n = sorted.len() as f64;
    // Half a case is kept at each end, so that a value beyond all training values has a finite score.
    let share = ((below as f64 + equal as f64 / 2.0) / n).clamp(0.5 / n, 1.0 - 0.5 / n);
    normal::quantile(share)
}
