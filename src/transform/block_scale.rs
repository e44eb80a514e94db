//! Equal weight for every modality's block.

use crate::error::Result;
use crate::learn::{Column, Features, FittedTransform, TrainRows, Transform};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Divides every numeric column of a modality by √(sum of the block's training variances), so that each block has a total
/// variance of 1: a block of 1,500 columns then does not drown one of 8 in a penalised or distance-based model.
///
/// # Reference
/// The block scaling of multiblock analysis (Westerhuis, Kourti, MacGregor, J Chemom 1998;12:301).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct BlockScale {}

struct FittedBlockScale {
    scale: HashMap<String, f64>,
}

impl Transform for BlockScale {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let mut scale: HashMap<String, f64> = HashMap::new();
        for column in train.features().columns() {
            let Some(values) = column.numbers() else { continue };
            let present: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
            let mean = present.iter().sum::<f64>() / present.len().max(1) as f64;
            let variance = present.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / present.len().max(1) as f64;
            *scale.entry(column.name.modality().to_string()).or_default() += variance;
        }
        scale.values_mut().for_each(|total| *total = if *total > 0.0 { total.sqrt() } else { 1.0 });
        Ok(Box::new(FittedBlockScale { scale }))
    }
}

impl FittedTransform for FittedBlockScale {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let scaled = |column: &Column| match (column.numbers(), self.scale.get(column.name.modality())) {
            (Some(values), Some(scale)) => Column::numeric(column.name.clone(), values.iter().map(|x| x / scale).collect()),
            _ => column.clone(),
        };
        Features::new(rows.columns().iter().map(scaled).collect(), rows.n())
    }
}
