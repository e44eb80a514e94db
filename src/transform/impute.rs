//! Filling missing values with what is typical of the training rows.

use crate::error::Result;
use crate::learn::{Column, Features, FittedTransform, TrainRows, Transform, Values};
use crate::table::FeatureName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// What fills a missing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImputeMethod {
    /// The training median.
    #[default]
    Median,
    /// The training mean.
    Mean,
    /// The most frequent training value.
    Mode,
}

/// Fills missing numbers by `method` and missing categories by the most frequent level. Where `flag` is set, an indicator
/// column says which rows were missing: one per pattern of missingness within a modality, so that a modality which a case
/// lacks altogether gives one indicator, not hundreds. A column without any training value is dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Impute {
    /// What fills a missing number.
    pub method: ImputeMethod,
    /// Whether to add indicators of missingness.
    pub flag: bool,
}

impl Default for Impute {
    fn default() -> Self {
        Impute { method: ImputeMethod::Median, flag: true }
    }
}

impl Impute {
    pub(super) fn words(&self) -> String {
        let what = match self.method {
            ImputeMethod::Median => "median",
            ImputeMethod::Mean => "mean",
            ImputeMethod::Mode => "most frequent value",
        };
        format!("missing values filled with the training {what}{}", if self.flag { " and flagged" } else { "" })
    }

    fn number(&self, sorted: &[f64]) -> Option<f64> {
        let n = sorted.len();
        let (first, last) = (sorted.first()?, sorted.last()?);
        Some(match self.method {
            ImputeMethod::Median => (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0,
            ImputeMethod::Mean => (sorted.iter().sum::<f64>() / n as f64).clamp(*first, *last),
            ImputeMethod::Mode => most_frequent(sorted),
        })
    }
}

fn most_frequent(sorted: &[f64]) -> f64 {
    let runs = sorted.chunk_by(|a, b| a == b);
    // The smallest of equally frequent values, so that the choice does not depend on the order of rows.
    runs.fold((0, f64::NAN), |best, run| if run.len() > best.0 { (run.len(), run[0]) } else { best }).1
}

enum Fill {
    Number(f64),
    Level(u32),
    Nothing,
    Drop,
}

struct FittedImpute {
    fill: HashMap<String, Fill>,
    /// Indicator columns: their name, and the column whose missingness they show.
    flags: Vec<(Arc<FeatureName>, String)>,
    notices: Vec<String>,
}

impl Transform for Impute {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let mut fill = HashMap::new();
        let mut notices = Vec::new();
        let mut patterns: HashMap<(String, Vec<bool>), String> = HashMap::new();
        let mut flags = Vec::new();
        for column in train.features().columns() {
            let name = column.name.to_string();
            let filling = match &column.values {
                Values::Scalar(values) => self.number(&super::sorted_present(values)).map(Fill::Number),
                Values::Category { codes, .. } => most_frequent_level(codes).map(Fill::Level),
                Values::Array(_) => Some(Fill::Nothing),
            };
            if filling.is_none() {
                notices.push(format!("{name} has no value in the training rows and was dropped"));
            }
            let missing: Vec<bool> = (0..train.n()).map(|i| !column.is_present(i)).collect();
            let wanted = self.flag && !matches!(filling, None | Some(Fill::Nothing)) && missing.contains(&true);
            if wanted && !patterns.contains_key(&(column.name.modality().to_string(), missing.clone())) {
                patterns.insert((column.name.modality().to_string(), missing), name.clone());
                let flag = FeatureName::sanitised(column.name.modality(), &format!("{}_missing", column.name.name()))?;
                flags.push((Arc::new(flag), name.clone()));
            }
            fill.insert(name, filling.unwrap_or(Fill::Drop));
        }
        Ok(Box::new(FittedImpute { fill, flags, notices }))
    }
}

fn most_frequent_level(codes: &[Option<u32>]) -> Option<u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    codes.iter().flatten().for_each(|&code| *counts.entry(code).or_default() += 1);
    counts.into_iter().max_by_key(|&(code, n)| (n, std::cmp::Reverse(code))).map(|(code, _)| code)
}

impl FittedTransform for FittedImpute {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let mut columns = Vec::with_capacity(rows.columns().len() + self.flags.len());
        for column in rows.columns() {
            let values = match (self.fill.get(&column.name.to_string()), &column.values) {
                (Some(Fill::Drop), _) => continue,
                (Some(Fill::Number(fill)), Values::Scalar(values)) if values.iter().any(|x| x.is_nan()) => {
                    Values::Scalar(values.iter().map(|&x| if x.is_nan() { *fill } else { x }).collect())
                }
                (Some(Fill::Level(fill)), Values::Category { codes, levels }) => {
                    Values::Category { codes: codes.iter().map(|code| code.or(Some(*fill))).collect(), levels: levels.clone() }
                }
                (_, values) => values.clone(),
            };
            columns.push(Column { name: column.name.clone(), values });
        }
        for (flag, of) in &self.flags {
            if let Some(column) = rows.columns().iter().find(|column| column.name.to_string() == *of) {
                let values = (0..rows.n()).map(|i| f64::from(u8::from(!column.is_present(i)))).collect();
                columns.push(Column::numeric(flag.clone(), values));
            }
        }
        Features::new(columns, rows.n())
    }

    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }
}
