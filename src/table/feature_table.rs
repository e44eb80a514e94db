//! The feature table: one row per case, one column per feature, no outcome.

use super::FeatureName;
use super::file::write_atomically;
use crate::error::{Error, InputError, Result};
use polars::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The values of a feature, one per case.
#[derive(Debug, Clone, PartialEq)]
pub enum FeatureValues {
    /// Numbers.
    Scalar(Vec<Option<f64>>),
    /// Categories, as codes into the levels.
    Category {
        /// One code per case.
        codes: Vec<Option<u32>>,
        /// The names of the levels.
        levels: Vec<String>,
    },
    /// Arrays of one shape per column (a bag of supervoxel vectors, an image crop), flattened in row-major order.
    Array {
        /// One array per case.
        values: Vec<Option<Vec<f32>>>,
        /// Their shape.
        shape: Vec<usize>,
    },
}

impl FeatureValues {
    /// Number of cases.
    pub fn len(&self) -> usize {
        match self {
            FeatureValues::Scalar(values) => values.len(),
            FeatureValues::Category { codes, .. } => codes.len(),
            FeatureValues::Array { values, .. } => values.len(),
        }
    }

    /// Whether there is no case.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the case has a value.
    pub fn is_present(&self, case: usize) -> bool {
        match self {
            FeatureValues::Scalar(values) => values[case].is_some(),
            FeatureValues::Category { codes, .. } => codes[case].is_some(),
            FeatureValues::Array { values, .. } => values[case].is_some(),
        }
    }
}

/// A feature's entry in the dictionary that stands beside the table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FeatureInfo {
    /// `{modality}.{name}`.
    pub name: String,
    /// `scalar`, `category` or `array`.
    pub kind: String,
    /// The levels of a category, the shape of an array.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// The unit, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The IBSI code, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibsi_code: Option<String>,
    /// The file that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The column's name in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// One modality's features before they are joined.
#[derive(Debug, Clone)]
pub struct FeatureBlock {
    /// The case of each row.
    pub cases: Vec<String>,
    /// The features.
    pub columns: Vec<(FeatureName, FeatureValues, FeatureInfo)>,
}

/// One row per case (lesion), one column per feature; the patient is the grouping unit. There is no outcome column: outcomes travel
/// apart, so that nothing can be fitted to this table by itself.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// The first column is `case_id`, the others are features under their written names.
    frame: DataFrame,
    names: Vec<FeatureName>,
    dictionary: Vec<FeatureInfo>,
}

const CASE: &str = "case_id";

fn fault(cause: impl std::fmt::Display) -> Error {
    Error::numeric(format!("the feature table could not be built: {cause}"))
}

fn series(name: &FeatureName, values: &FeatureValues) -> Result<Column> {
    let name = PlSmallStr::from_string(name.to_string());
    Ok(match values {
        FeatureValues::Scalar(values) => Column::new(name, values.as_slice()),
        FeatureValues::Category { codes, levels } => {
            let texts: Vec<Option<&str>> = codes.iter().map(|code| code.map(|code| levels[code as usize].as_str())).collect();
            Column::new(name, texts.as_slice())
        }
        FeatureValues::Array { values, .. } => {
            let lists: Vec<Option<Series>> =
                values.iter().map(|value| value.as_ref().map(|v| Series::new(PlSmallStr::EMPTY, v.as_slice()))).collect();
            Column::new(name, lists.as_slice())
        }
    })
}

impl FeatureTable {
    /// Joins the modalities' blocks: every case that any of them has becomes a row (outer join), in the order in which cases first
    /// appear.
    ///
    /// # Errors
    /// [`Error::Input`] if a block lists a case twice; [`Error::Usage`] if two blocks have a feature of one name.
    pub fn join(blocks: &[FeatureBlock]) -> Result<FeatureTable> {
        let mut order: Vec<String> = Vec::new();
        let mut place: HashMap<&str, usize> = HashMap::new();
        for block in blocks {
            for case in &block.cases {
                place.entry(case).or_insert_with(|| {
                    order.push(case.clone());
                    order.len() - 1
                });
            }
        }
        let mut columns = vec![Column::new(CASE.into(), order.as_slice())];
        let (mut names, mut dictionary) = (Vec::new(), Vec::new());
        for block in blocks {
            let mut rows: Vec<Option<usize>> = vec![None; order.len()];
            for (row, case) in block.cases.iter().enumerate() {
                if rows[place[case.as_str()]].replace(row).is_some() {
                    let file = block.columns.first().and_then(|(_, _, info)| info.file.clone()).unwrap_or_default();
                    return Err(InputError::new(file, "the same case twice", "one row per case").at_row(row + 2).into());
                }
            }
            for (name, values, info) in &block.columns {
                if names.contains(name) {
                    return Err(Error::usage(format!(
                        "two columns are called {name}; rename one, or exclude it in the study file"
                    )));
                }
                columns.push(series(name, &pick(values, &rows))?);
                names.push(name.clone());
                dictionary.push(info.clone());
            }
        }
        let frame = DataFrame::new(order.len(), columns).map_err(fault)?;
        Ok(FeatureTable { frame, names, dictionary })
    }

    /// Number of cases.
    pub fn n(&self) -> usize {
        self.frame.height()
    }

    /// The cases, in the order of the rows.
    pub fn cases(&self) -> Result<Vec<String>> {
        let cases = self.frame.column(CASE).map_err(fault)?.str().map_err(fault)?;
        Ok(cases.iter().map(|case| case.unwrap_or_default().to_string()).collect())
    }

    /// The names of the features.
    pub fn names(&self) -> &[FeatureName] {
        &self.names
    }

    /// What is known of each feature, in the order of the names.
    pub fn dictionary(&self) -> &[FeatureInfo] {
        &self.dictionary
    }

    /// The values of a feature.
    pub fn values(&self, name: &FeatureName) -> Result<FeatureValues> {
        let at = self.names.iter().position(|known| known == name);
        let at = at.ok_or_else(|| Error::usage(format!("there is no feature {name}")))?;
        let column = self.frame.column(&name.to_string()).map_err(fault)?;
        let info = &self.dictionary[at];
        Ok(match column.dtype() {
            DataType::String => {
                let text = column.str().map_err(fault)?;
                let code = |text: &str| info.levels.iter().position(|level| level == text).map(|code| code as u32);
                FeatureValues::Category {
                    codes: text.iter().map(|text| text.and_then(code)).collect(),
                    levels: info.levels.clone(),
                }
            }
            DataType::List(_) => {
                let lists = column.list().map_err(fault)?;
                let array = |list: Option<Series>| {
                    list.map(|l| l.f32().map(|v| v.iter().flatten().collect::<Vec<f32>>()).unwrap_or_default())
                };
                let values = (0..lists.len()).map(|i| array(lists.get_as_series(i))).collect();
                FeatureValues::Array { values, shape: info.levels.iter().filter_map(|side| side.parse().ok()).collect() }
            }
            _ => FeatureValues::Scalar(column.f64().map_err(fault)?.iter().collect()),
        })
    }

    /// The rows at `rows`, in that order.
    pub fn select(&self, rows: &[usize]) -> Result<FeatureTable> {
        let index: IdxCa = rows.iter().map(|&row| row as IdxSize).collect_ca("rows".into());
        Ok(FeatureTable { frame: self.frame.take(&index).map_err(fault)?, ..self.clone() })
    }

    /// Without the features that `drop` names.
    pub fn without(&self, drop: &[FeatureName]) -> FeatureTable {
        let kept: Vec<usize> = (0..self.names.len()).filter(|&j| !drop.contains(&self.names[j])).collect();
        let dropped: Vec<String> = drop.iter().map(|name| name.to_string()).collect();
        FeatureTable {
            frame: self.frame.drop_many(dropped),
            names: kept.iter().map(|&j| self.names[j].clone()).collect(),
            dictionary: kept.iter().map(|&j| self.dictionary[j].clone()).collect(),
        }
    }

    /// For each modality that has columns, in their order: whether each case has any value of it.
    pub fn presence(&self) -> Result<Vec<(String, Vec<bool>)>> {
        let mut all: Vec<(String, Vec<bool>)> = Vec::new();
        for name in &self.names {
            let at = match all.iter().position(|(modality, _)| modality == name.modality()) {
                Some(at) => at,
                None => {
                    all.push((name.modality().to_string(), vec![false; self.n()]));
                    all.len() - 1
                }
            };
            let missing = self.frame.column(&name.to_string()).map_err(fault)?.is_not_null();
            all[at].1.iter_mut().zip(missing.iter()).for_each(|(any, here)| *any |= here == Some(true));
        }
        Ok(all)
    }

    /// Writes the table as Parquet and the dictionary beside it as JSON.
    pub fn write(&self, table: &Path, dictionary: &Path) -> Result<()> {
        let mut frame = self.frame.clone();
        super::write::write_parquet(table, &mut frame)?;
        let text = serde_json::to_vec_pretty(&self.dictionary).map_err(fault)?;
        write_atomically(dictionary, |out| out.write_all(&text))
    }

    /// Reads what [`FeatureTable::write`] wrote.
    pub fn read(table: &Path, dictionary: &Path) -> Result<FeatureTable> {
        let text = std::fs::read(dictionary).map_err(|cause| Error::io(dictionary, cause))?;
        let infos: Vec<FeatureInfo> = serde_json::from_slice(&text)
            .map_err(|cause| InputError::new(dictionary, cause, "a feature dictionary as vbx writes it"))?;
        let frame = super::write::read_parquet(table)?;
        let parsed: Option<Vec<FeatureName>> = infos.iter().map(|info| FeatureName::parse(&info.name)).collect();
        let names = parsed.filter(|names| names.iter().all(|name| frame.column(&name.to_string()).is_ok()));
        let names = names
            .ok_or_else(|| InputError::new(dictionary, "features that the table does not have", "the table's dictionary"))?;
        Ok(FeatureTable { frame, names, dictionary: infos })
    }
}

fn pick(values: &FeatureValues, rows: &[Option<usize>]) -> FeatureValues {
    match values {
        FeatureValues::Scalar(values) => FeatureValues::Scalar(rows.iter().map(|row| row.and_then(|row| values[row])).collect()),
        FeatureValues::Category { codes, levels } => FeatureValues::Category {
            codes: rows.iter().map(|row| row.and_then(|row| codes[row])).collect(),
            levels: levels.clone(),
        },
        FeatureValues::Array { values, shape } => FeatureValues::Array {
            values: rows.iter().map(|row| row.and_then(|row| values[row].clone())).collect(),
            shape: shape.clone(),
        },
    }
}
