//! The feature table as a Parquet file: identifiers, one column per feature, and the dictionary inside the file.

use std::fs::File;
use std::path::Path;

use polars::prelude::{
    DataFrame, DataType, Float32Type, KeyValueMetadata, ListBuilderTrait, ListPrimitiveChunkedBuilder, NamedFrom, ParquetReader,
    ParquetWriter, PolarsError, SerReader, Series,
};

use super::column::{Column, ColumnView, Kind};
use super::dictionary::{FeatureDictionary, FeatureInfo};
use super::feature_table::{Feature, FeatureTable};
use super::file::write_atomically;
use super::guard::guarded;
use crate::error::{Error, InputError, Result};

/// The key of the dictionary in the file's metadata.
const DICTIONARY: &str = "vbx.feature_dictionary";
const CASE: &str = "case_id";
const PATIENT: &str = "patient_id";
const SITE: &str = "site";

impl FeatureTable {
    /// Writes the table: `case_id`, `patient_id`, `site` if known, then one column per feature (numbers, texts for categories,
    /// lists for arrays), with the dictionary in the file's metadata.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses; the file is then as it was.
    pub fn to_parquet(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let refused = |cause: PolarsError| Error::io(path, cause);
        let mut columns = vec![Series::new(CASE.into(), self.cases()), Series::new(PATIENT.into(), self.patients())];
        columns.extend(self.sites().map(|sites| Series::new(SITE.into(), sites)));
        columns.extend(self.features().iter().map(series));
        let columns = columns.into_iter().map(polars::prelude::Column::from).collect();
        let mut frame = DataFrame::new(self.n_cases(), columns).map_err(refused)?;
        let dictionary = serde_json::to_string(&self.dictionary()).map_err(|cause| Error::io(path, cause))?;
        write_atomically(path, |file| {
            let metadata = KeyValueMetadata::from_static(vec![(DICTIONARY.to_owned(), dictionary)]);
            ParquetWriter::new(file).with_key_value_metadata(Some(metadata)).finish(&mut frame).map_err(refused)?;
            Ok(())
        })
    }

    /// Reads a table that [`to_parquet`](Self::to_parquet) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses, [`InputError`] for a file that is not such a table.
    pub fn from_parquet(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        guarded(path, || Self::decode(path))
    }

    fn decode(path: &Path) -> Result<Self> {
        let damaged =
            |cause: &dyn std::fmt::Display| Error::from(InputError::new(path, cause, "a feature table as vbx writes it"));
        let file = File::open(path).map_err(|cause| Error::io(path, cause))?;
        let mut reader = ParquetReader::new(file);
        let metadata = reader.get_metadata().map_err(|cause| damaged(&cause))?;
        let entry = metadata.key_value_metadata().iter().flatten().find(|entry| entry.key == DICTIONARY);
        let Some(dictionary) = entry.and_then(|entry| entry.value.as_deref()) else {
            return Err(damaged(&"a Parquet file without a feature dictionary"));
        };
        let dictionary: FeatureDictionary = serde_json::from_str(dictionary).map_err(|cause| damaged(&cause))?;
        let frame = reader.finish().map_err(|cause| damaged(&cause))?;

        let column = |name: &str| frame.column(name).map_err(|cause| damaged(&cause));
        let texts = |name: &str| -> Result<Vec<Option<String>>> { texts(column(name)?).map_err(|cause| damaged(&cause)) };
        let ids = |name: &str| -> Result<Vec<String>> {
            texts(name)?.into_iter().collect::<Option<_>>().ok_or_else(|| damaged(&format!("a missing `{name}`")))
        };
        let sites = if frame.column(SITE).is_ok() { Some(texts(SITE)?) } else { None };
        let mut table = FeatureTable::new(ids(CASE)?, ids(PATIENT)?, sites)?;
        for info in dictionary.0 {
            let values = values(&info, column(&info.name.to_string())?).map_err(|cause| damaged(&cause))?;
            table.push(info.name, values, info.origin)?;
        }
        Ok(table)
    }
}

fn series(feature: &Feature) -> Series {
    let name = feature.name.to_string().into();
    match feature.column.view() {
        ColumnView::Scalar(values) => Series::new(name, values),
        ColumnView::Category { codes, levels } => {
            let words: Vec<Option<&str>> = codes.iter().map(|code| code.map(|code| levels[code as usize].as_str())).collect();
            Series::new(name, words)
        }
        ColumnView::Array(array) => {
            let (cases, size) = (feature.column.len(), array.shape().iter().product::<usize>());
            let mut lists = ListPrimitiveChunkedBuilder::<Float32Type>::new(name, cases, cases * size, DataType::Float32);
            for row in 0..cases {
                match array.case(row) {
                    Some(values) => lists.append_slice(values),
                    None => lists.append_null(),
                }
            }
            polars::prelude::IntoSeries::into_series(lists.finish())
        }
    }
}

/// The values of a feature as its dictionary entry describes them.
fn values(info: &FeatureInfo, column: &polars::prelude::Column) -> Result<Column, Box<dyn std::error::Error>> {
    match info.kind {
        Kind::Scalar => Ok(Column::scalar(column.f64()?.iter())),
        Kind::Category => {
            let code = |word: Option<String>| match word {
                None => Ok(None),
                Some(word) => match info.levels.iter().position(|level| *level == word) {
                    Some(code) => Ok(Some(code as u32)),
                    None => Err(format!("a level of `{}` that its dictionary does not know", info.name)),
                },
            };
            let codes = texts(column)?.into_iter().map(code).collect::<Result<_, _>>()?;
            Ok(Column::category(codes, info.levels.clone())?)
        }
        Kind::Array => {
            let lists = column.list()?;
            let mut cases = Vec::with_capacity(lists.len());
            for row in 0..lists.len() {
                cases.push(match lists.get_as_series(row) {
                    Some(list) => Some(list.f32()?.iter().map(|value| value.unwrap_or(f32::NAN)).collect()),
                    None => None,
                });
            }
            Ok(Column::array(info.shape.clone(), cases)?)
        }
    }
}

fn texts(column: &polars::prelude::Column) -> Result<Vec<Option<String>>, PolarsError> {
    Ok(column.str()?.iter().map(|text| text.map(str::to_owned)).collect())
}
