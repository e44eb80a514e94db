//! Two levels at the training median, for variables whose cut-off is "the median of the cohort".

use crate::error::Result;
use crate::learn::{FittedTransform, TrainRows, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Makes the named numeric columns 1 above the training median and 0 otherwise. A median of all cases would be learned from
/// the test cases too, which is why a cut-off at the cohort's median is a transform and not an adapter's rule.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct MedianSplit {
    /// Feature names, `{modality}.{name}`.
    pub columns: Vec<String>,
}

impl Transform for MedianSplit {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let chosen = train.features().select_columns(|column| self.columns.contains(&column.name.to_string()));
        let train = train.with_features(chosen)?;
        Ok(super::by_column(
            &train,
            |sorted| {
                let n = sorted.len();
                (n > 0).then(|| (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0)
            },
            |median, x| f64::from(u8::from(x > *median)),
        ))
    }
}
