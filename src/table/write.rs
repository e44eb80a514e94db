//! Plain tables written for other programs: folds, predictions.

use super::file::{spreadsheet_safe, write_atomically};
use crate::error::{Error, InputError, Result};
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

/// A column of a plain table.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainColumn {
    /// Whole numbers.
    Integer(Vec<i64>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Texts.
    Text(Vec<Option<String>>),
}

/// Writes named columns of equal length, as Parquet or, where the path ends in `.csv`, as CSV.
pub fn write_table(path: &Path, columns: &[(&str, PlainColumn)]) -> Result<()> {
    if path.extension().is_some_and(|ending| ending == "csv") {
        return write_csv(path, columns);
    }
    let made: Vec<Column> = columns
        .iter()
        .map(|(name, column)| {
            let name = PlSmallStr::from_str(name);
            match column {
                PlainColumn::Integer(values) => Column::new(name, values.as_slice()),
                PlainColumn::Number(values) => Column::new(name, values.as_slice()),
                PlainColumn::Text(values) => Column::new(name, values.as_slice()),
            }
        })
        .collect();
    let height = made.first().map_or(0, Column::len);
    let mut frame = DataFrame::new(height, made).map_err(|cause| Error::io(path, cause))?;
    write_parquet(path, &mut frame)
}

fn write_csv(path: &Path, columns: &[(&str, PlainColumn)]) -> Result<()> {
    let rows = columns.iter().map(|(_, column)| column.len()).max().unwrap_or(0);
    write_atomically(path, |out| {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns.iter().map(|(name, _)| spreadsheet_safe(name)))?;
        for row in 0..rows {
            writer.write_record(columns.iter().map(|(_, column)| column.cell(row)))?;
        }
        writer.flush()
    })
}

impl PlainColumn {
    fn len(&self) -> usize {
        match self {
            PlainColumn::Integer(values) => values.len(),
            PlainColumn::Number(values) => values.len(),
            PlainColumn::Text(values) => values.len(),
        }
    }

    fn cell(&self, row: usize) -> String {
        match self {
            PlainColumn::Integer(values) => values[row].to_string(),
            PlainColumn::Number(values) => values[row].map_or_else(String::new, |x| x.to_string()),
            PlainColumn::Text(values) => values[row].as_deref().map_or_else(String::new, spreadsheet_safe),
        }
    }
}

pub(super) fn write_parquet(path: &Path, frame: &mut DataFrame) -> Result<()> {
    // Polars wants a writer that it can own; the table is small enough to be made in memory first.
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(frame).map_err(|cause| Error::io(path, cause))?;
    write_atomically(path, |out| out.write_all(&bytes))
}

pub(super) fn read_parquet(path: &Path) -> Result<DataFrame> {
    let file = File::open(path).map_err(|cause| Error::io(path, cause))?;
    Ok(ParquetReader::new(file).finish().map_err(|cause| InputError::new(path, cause, "a Parquet table"))?)
}
