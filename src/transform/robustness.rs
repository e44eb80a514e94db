//! Features that change when the outline is drawn a little differently.

use super::KeepColumns;
use crate::error::Result;
use crate::learn::{Column, FittedTransform, TrainRows, Transform, Values};
use crate::statistic::icc::{IccModel, IccUnit, icc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What the column of a feature's repeated measurements is called: the feature's name and this.
pub const REPEATED: &str = ".repeated";

/// Drops features whose repeated measurements on perturbed outlines do not agree over the training cases.
///
/// # Definition
/// For each column `X` that has a column `X.repeated` (an array per case: the feature on each perturbed outline), the intraclass
/// correlation ICC(1,1) of the outlined and the perturbed measurements over training cases where all are known; `X` stays if it (or
/// the lower limit of its 95% interval) is at least the threshold. Where it is undefined, `X` is dropped. Columns without repeated
/// measurements stay, and the repeated measurements themselves go.
///
/// # Reference
/// Zwanenburg et al., Sci Rep 2019;9:614; Koo and Li, J Chiropr Med 2016;15:155 (0.75: good).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Robustness {
    /// The least ICC.
    pub icc: f64,
    /// Whether the lower limit of its 95% interval must reach it.
    pub lower_limit: bool,
}

impl Default for Robustness {
    fn default() -> Self {
        Robustness { icc: 0.75, lower_limit: false }
    }
}

impl Robustness {
    /// What it does, for the methods text.
    pub fn words(&self) -> String {
        let what = if self.lower_limit { "the lower 95% limit of the ICC(1,1)" } else { "an ICC(1,1)" };
        format!("features dropped that do not reach {what} of {} over perturbed outlines", self.icc)
    }

    fn keeps(&self, feature: &Column, repeated: &Column) -> bool {
        let (Some(values), Values::Array(arrays)) = (feature.numbers(), &repeated.values) else { return true };
        let known =
            |row: &usize| !values[*row].is_nan() && arrays[*row].as_ref().is_some_and(|a| a.iter().all(|x| x.is_finite()));
        let rows: Vec<usize> = (0..values.len()).filter(known).collect();
        let times = arrays.iter().flatten().map(|array| array.len()).max().unwrap_or(0);
        let mut raters = vec![rows.iter().map(|&row| values[row]).collect::<Vec<f64>>()];
        raters.extend((0..times).map(|time| {
            let of_row =
                |row: &usize| arrays[*row].as_ref().and_then(|array| array.iter().nth(time)).map_or(f64::NAN, |x| f64::from(*x));
            rows.iter().map(of_row).collect()
        }));
        let slices: Vec<&[f64]> = raters.iter().map(Vec::as_slice).collect();
        icc(&slices, IccModel::OneWay, IccUnit::Single, 0.95).is_ok_and(|found| {
            let estimate = found.estimate;
            if self.lower_limit { estimate.lower.is_some_and(|lower| lower >= self.icc) } else { estimate.value >= self.icc }
        })
    }
}

impl Transform for Robustness {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let columns = train.features().columns();
        let by_name: HashMap<String, &Column> = columns.iter().map(|column| (column.name.to_string(), column)).collect();
        let repeated = |column: &&Column| is_repeated(column);
        let unstable = columns.iter().filter(|column| {
            by_name.get(&format!("{}{REPEATED}", column.name)).is_some_and(|repeats| !self.keeps(column, repeats))
        });
        let unstable: Vec<&Column> = unstable.collect();
        let measured = columns.iter().filter(repeated).count();
        let notices = if measured > 0 {
            vec![format!("features that an outline drawn differently changes: {} of {measured} dropped", unstable.len())]
        } else {
            vec!["no repeated measurements: no feature was tested for robustness".to_string()]
        };
        Ok(KeepColumns::dropping_with(unstable.into_iter().chain(columns.iter().filter(repeated)), notices))
    }
}

/// Drops repeated measurements, for models that do not ask for robustness.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WithoutRepeats;

impl Transform for WithoutRepeats {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        Ok(KeepColumns::dropping(train.features().columns().iter().filter(|column| is_repeated(column))))
    }
}

fn is_repeated(column: &Column) -> bool {
    matches!(column.values, Values::Array(_)) && column.name.name().ends_with(REPEATED)
}
