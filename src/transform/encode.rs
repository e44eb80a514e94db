//! Categories to indicator columns.

use crate::error::Result;
use crate::learn::{Column, Features, FittedTransform, TrainRows, Transform, Values};
use crate::table::FeatureName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// One 0/1 column per level that occurs in training, but for the reference, which is the most frequent level there. A row
/// whose level did not occur in training has 0 in all of them; a missing category has a missing value in all of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Encode {}

struct FittedEncode {
    /// For each category: its levels but the reference, as (code, indicator's name).
    indicators: HashMap<String, Vec<(u32, Arc<FeatureName>)>>,
}

impl Transform for Encode {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        let mut indicators = HashMap::new();
        for column in train.features().columns() {
            let Values::Category { codes, levels } = &column.values else { continue };
            let mut counts = vec![0usize; levels.len()];
            codes.iter().flatten().for_each(|&code| counts[code as usize] += 1);
            let reference = (0..levels.len()).max_by_key(|&code| (counts[code], std::cmp::Reverse(code)));
            let named = |code: usize| {
                let name = format!("{}:{}", column.name.name(), levels[code]);
                Ok((code as u32, Arc::new(FeatureName::sanitised(column.name.modality(), &name)?)))
            };
            let kept = (0..levels.len()).filter(|&code| counts[code] > 0 && Some(code) != reference).map(named);
            indicators.insert(column.name.to_string(), kept.collect::<Result<Vec<_>>>()?);
        }
        Ok(Box::new(FittedEncode { indicators }))
    }
}

impl FittedTransform for FittedEncode {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let mut columns = Vec::new();
        for column in rows.columns() {
            match (&column.values, self.indicators.get(&column.name.to_string())) {
                (Values::Category { codes, .. }, Some(indicators)) => {
                    columns.extend(indicators.iter().map(|(level, name)| {
                        let value = |code: &Option<u32>| code.map_or(f64::NAN, |code| f64::from(u8::from(code == *level)));
                        Column::numeric(name.clone(), codes.iter().map(value).collect())
                    }));
                }
                (Values::Category { .. }, None) => {}
                _ => columns.push(column.clone()),
            }
        }
        Features::new(columns, rows.n())
    }
}
