//! Plain tables of our own, such as predictions and folds: written as CSV or Parquet, and read back exactly.

use std::fs::File;
use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, NamedFrom, ParquetReader, ParquetWriter, PolarsError, SerReader, Series};

use super::file::{csv_safe, csv_unsafe, write_atomically};
use super::guard::guarded;
use super::number::{Decimal, parse_number};
use crate::error::{Error, InputError, Result};

/// The cells of a column of a [`PlainTable`]. A missing cell is `None`.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainColumn {
    /// Texts. An empty text reads back from CSV as missing.
    Text(Vec<Option<String>>),
    /// Real numbers; NaN is written as missing.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
}

impl PlainColumn {
    /// A column of texts without missing ones.
    pub fn text<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        PlainColumn::Text(values.into_iter().map(|value| Some(value.into())).collect())
    }

    /// A column of numbers without missing ones.
    pub fn number(values: impl IntoIterator<Item = f64>) -> Self {
        PlainColumn::Number(values.into_iter().map(Some).collect())
    }

    /// A column of whole numbers without missing ones.
    pub fn integer(values: impl IntoIterator<Item = i64>) -> Self {
        PlainColumn::Integer(values.into_iter().map(Some).collect())
    }

    fn len(&self) -> usize {
        match self {
            PlainColumn::Text(values) => values.len(),
            PlainColumn::Number(values) => values.len(),
            PlainColumn::Integer(values) => values.len(),
        }
    }

    /// The cell as CSV has it: numbers in the shortest form that reads back as the same number.
    fn cell(&self, row: usize) -> String {
        let cell = match self {
            PlainColumn::Text(values) => values[row].as_deref().map(|text| csv_safe(text).into_owned()),
            PlainColumn::Number(values) => values[row].filter(|value| !value.is_nan()).map(|value| value.to_string()),
            PlainColumn::Integer(values) => values[row].map(|value| value.to_string()),
        };
        cell.unwrap_or_default()
    }
}

/// A table of named columns of the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlainTable {
    columns: Vec<(String, PlainColumn)>,
}

impl PlainTable {
    /// A table of these columns, in this order.
    ///
    /// # Panics
    /// If columns differ in length or share a name: a fault of ours, not of data.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, PlainColumn)>) -> Self {
        let columns: Vec<(String, PlainColumn)> = columns.into_iter().map(|(name, column)| (name.into(), column)).collect();
        for (at, (name, column)) in columns.iter().enumerate() {
            assert_eq!(column.len(), columns[0].1.len(), "column `{name}` differs in length");
            assert!(columns[..at].iter().all(|(other, _)| other != name), "two columns `{name}`");
        }
        PlainTable { columns }
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The number of rows.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&PlainColumn> {
        self.columns.iter().find(|(other, _)| other == name).map(|(_, column)| column)
    }

    /// Writes the table as CSV, safe to open in a spreadsheet.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let refused = |cause: csv::Error| Error::io(path, cause);
        write_atomically(path, |file| {
            let mut writer = csv::Writer::from_writer(file);
            writer.write_record(self.names().map(csv_safe).map(|name| name.into_owned())).map_err(refused)?;
            for row in 0..self.n_rows() {
                writer.write_record(self.columns.iter().map(|(_, column)| column.cell(row))).map_err(refused)?;
            }
            writer.flush().map_err(|cause| Error::io(path, cause))
        })
    }

    /// Reads a CSV that [`write_csv`](Self::write_csv) wrote. All columns are text; [`numbers`](Self::numbers) and
    /// [`integers`](Self::integers) read them as what they are.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses, [`InputError`] for rows that are not as wide as the header.
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let mut reader = csv::Reader::from_path(path).map_err(|cause| Error::io(path, cause))?;
        let damaged = |cause: csv::Error| Error::from(InputError::new(path, cause, "a CSV table as vbx writes it"));
        let names: Vec<String> = reader.headers().map_err(damaged)?.iter().map(|name| csv_unsafe(name).to_owned()).collect();
        let mut columns = vec![Vec::new(); names.len()];
        for record in reader.records() {
            for (column, cell) in columns.iter_mut().zip(&record.map_err(damaged)?) {
                column.push((!cell.is_empty()).then(|| csv_unsafe(cell).to_owned()));
            }
        }
        Ok(PlainTable { columns: names.into_iter().zip(columns.into_iter().map(PlainColumn::Text)).collect() })
    }

    /// Writes the table as Parquet.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses.
    pub fn write_parquet(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let refused = |cause: PolarsError| Error::io(path, cause);
        let columns = self.columns.iter().map(|(name, column)| {
            let name = name.as_str().into();
            Column::from(match column {
                PlainColumn::Text(values) => Series::new(name, values),
                PlainColumn::Number(values) => {
                    Series::new(name, values.iter().map(|v| v.filter(|v| !v.is_nan())).collect::<Vec<_>>())
                }
                PlainColumn::Integer(values) => Series::new(name, values),
            })
        });
        let mut frame = DataFrame::new(self.n_rows(), columns.collect()).map_err(refused)?;
        write_atomically(path, |file| ParquetWriter::new(file).finish(&mut frame).map(|_| ()).map_err(refused))
    }

    /// Reads a Parquet file that [`write_parquet`](Self::write_parquet) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses, [`InputError`] for a file that is not such a table.
    pub fn read_parquet(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let damaged = |cause: PolarsError| Error::from(InputError::new(path, cause, "a Parquet table as vbx writes it"));
        let file = File::open(path).map_err(|cause| Error::io(path, cause))?;
        let frame = guarded(path, || ParquetReader::new(file).finish().map_err(damaged))?;
        let mut columns = Vec::new();
        for column in frame.columns() {
            let cells = match column.dtype() {
                DataType::String => {
                    PlainColumn::Text(column.str().map_err(damaged)?.iter().map(|v| v.map(str::to_owned)).collect())
                }
                DataType::Float64 => PlainColumn::Number(column.f64().map_err(damaged)?.iter().collect()),
                DataType::Int64 => PlainColumn::Integer(column.i64().map_err(damaged)?.iter().collect()),
                other => {
                    let found = format!("a column of type {other:?}");
                    return Err(InputError::new(path, found, "text, numbers or whole numbers").in_column(column.name()).into());
                }
            };
            columns.push((column.name().to_string(), cells));
        }
        Ok(PlainTable { columns })
    }

    /// The texts of a column; numbers in their shortest form.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such column.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>> {
        Ok(match self.require(name)? {
            PlainColumn::Text(values) => values.clone(),
            PlainColumn::Number(values) => values.iter().map(|value| value.map(|value| value.to_string())).collect(),
            PlainColumn::Integer(values) => values.iter().map(|value| value.map(|value| value.to_string())).collect(),
        })
    }

    /// The numbers of a column.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such column or a cell is no number.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        match self.require(name)? {
            PlainColumn::Text(values) => parse(name, values, |text| parse_number(text, Decimal::Point), "a number"),
            PlainColumn::Number(values) => Ok(values.clone()),
            PlainColumn::Integer(values) => Ok(values.iter().map(|value| value.map(|value| value as f64)).collect()),
        }
    }

    /// The whole numbers of a column.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such column or a cell is no whole number.
    pub fn integers(&self, name: &str) -> Result<Vec<Option<i64>>> {
        match self.require(name)? {
            PlainColumn::Text(values) => parse(name, values, |text| text.parse().ok(), "a whole number"),
            PlainColumn::Integer(values) => Ok(values.clone()),
            PlainColumn::Number(_) => Err(Error::usage(format!("column `{name}` holds real numbers, not whole ones"))),
        }
    }

    fn require(&self, name: &str) -> Result<&PlainColumn> {
        self.column(name).ok_or_else(|| Error::usage(format!("the table has no column `{name}`")))
    }
}

fn parse<T>(name: &str, values: &[Option<String>], read: impl Fn(&str) -> Option<T>, what: &str) -> Result<Vec<Option<T>>> {
    let cell = |(row, text): (usize, &Option<String>)| match text {
        None => Ok(None),
        Some(text) => {
            let value = read(text)
                .ok_or_else(|| Error::usage(format!("column `{name}`, row {}: found `{text}`, not {what}", row + 2)))?;
            Ok(Some(value))
        }
    };
    values.iter().enumerate().map(cell).collect()
}
