//! Columns that equal another column.

use super::KeepColumns;
use crate::error::Result;
use crate::learn::{Column, FittedTransform, TrainRows, Transform, Values};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Drops a numeric column whose training values are the same as those of an earlier one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Duplicates {}

impl Transform for Duplicates {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let mut seen: HashSet<Vec<u64>> = HashSet::new();
        let mut repeated = |column: &&Column| match &column.values {
            Values::Scalar(values) => !seen.insert(values.iter().map(|x| x.to_bits()).collect()),
            _ => false,
        };
        let dropped: Vec<&Column> = train.features().columns().iter().filter(|column| repeated(column)).collect();
        Ok(KeepColumns::dropping(dropped))
    }
}
