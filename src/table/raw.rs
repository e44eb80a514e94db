//! A table as it was read: columns by name, cells as numbers or text, before anybody says what they mean.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::text_cells::TextCells;
use crate::error::{InputError, Result};

/// The cells of a column. A missing cell is `None`, never 0, NaN or an empty text.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Every cell that is not missing is a number (perhaps an infinite one, which [`audit`](super::audit()) removes).
    Number(Vec<Option<f64>>),
    /// At least one cell is not a number.
    Text(Vec<Option<String>>),
}

impl Cells {
    /// How many cells there are, missing ones included.
    pub fn len(&self) -> usize {
        match self {
            Cells::Number(values) => values.len(),
            Cells::Text(values) => values.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the cell of row `row` (from 0) is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Cells::Number(values) => values[row].is_none(),
            Cells::Text(values) => values[row].is_none(),
        }
    }

    /// How many cells are missing.
    pub fn missing(&self) -> usize {
        (0..self.len()).filter(|&row| self.is_missing(row)).count()
    }
}

/// A column as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    /// The name without stray spaces, unique in its table.
    pub name: String,
    /// The name as it stands in the file.
    pub original_name: String,
    /// The cells.
    pub cells: Cells,
    /// Each cell as it was written, where that may differ from the number it stands for.
    written: Option<TextCells>,
}

impl RawColumn {
    /// A column that was not read from a file.
    pub fn new(name: impl Into<String>, cells: Cells) -> Self {
        let name = name.into();
        RawColumn { original_name: name.clone(), name, cells, written: None }
    }

    /// The cells of the given rows, from 0, in the given order.
    pub(super) fn take(&self, rows: &[usize]) -> Self {
        let cells = match &self.cells {
            Cells::Number(values) => Cells::Number(rows.iter().map(|&row| values[row]).collect()),
            Cells::Text(texts) => Cells::Text(rows.iter().map(|&row| texts[row].clone()).collect()),
        };
        let written = self.written.as_ref().map(|written| rows.iter().map(|&row| written.get(row)).collect());
        RawColumn { name: self.name.clone(), original_name: self.original_name.clone(), cells, written }
    }

    pub(super) fn named_in_file(mut self, original_name: String) -> Self {
        self.original_name = original_name;
        self
    }

    pub(super) fn written_as(mut self, written: TextCells) -> Self {
        self.written = Some(written);
        self
    }

    /// The cell of row `row` (from 0) as text: as it was written where the file says so (`007` stays `007`), else the number
    /// in its shortest form (a spreadsheet's `1.0` is `1`).
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        match &self.cells {
            Cells::Text(values) => values[row].as_deref().map(Cow::from),
            Cells::Number(values) => {
                let value = values[row]?;
                match &self.written {
                    Some(written) => Some(written.get(row).into()),
                    None => Some(shortest(value).into()),
                }
            }
        }
    }

    /// The cells as numbers, or `None` if the column is text.
    pub fn numbers(&self) -> Option<&[Option<f64>]> {
        match &self.cells {
            Cells::Number(values) => Some(values),
            Cells::Text(_) => None,
        }
    }
}

/// A number in the shortest decimal form that reads back as the same number, whole numbers without a point.
pub(super) fn shortest(value: f64) -> String {
    value.to_string()
}

/// A table as it was read from one file.
#[derive(Debug, Clone, PartialEq)]
pub struct RawTable {
    /// The file.
    pub path: PathBuf,
    /// The worksheet, for workbooks.
    pub sheet: Option<String>,
    /// The columns in the file's order, all of the same length.
    pub columns: Vec<RawColumn>,
    /// The row of the first case as a spreadsheet counts: 2 where the header is the first row.
    pub first_data_row: usize,
    /// The row of each case as a spreadsheet counts; empty rows leave gaps.
    row_numbers: Vec<usize>,
}

impl RawTable {
    /// A table of columns that all have one cell per entry of `row_numbers`.
    pub(super) fn new(path: &Path, sheet: Option<String>, columns: Vec<RawColumn>, row_numbers: Vec<usize>) -> Self {
        debug_assert!(columns.iter().all(|column| column.cells.len() == row_numbers.len()));
        let first_data_row = row_numbers.first().copied().unwrap_or(2);
        RawTable { path: path.to_path_buf(), sheet, columns, first_data_row, row_numbers }
    }

    /// A table that was not read from a file (a simulated one): the header counts as row 1, the cases follow.
    ///
    /// # Errors
    /// [`InputError`] if the columns differ in length.
    pub fn from_columns(path: impl AsRef<Path>, columns: Vec<RawColumn>) -> Result<Self> {
        let rows = columns.first().map_or(0, |column| column.cells.len());
        if let Some(column) = columns.iter().find(|column| column.cells.len() != rows) {
            let found = format!("{} cells", column.cells.len());
            return Err(InputError::new(path, found, format!("{rows} as in the first column")).in_column(&column.name).into());
        }
        Ok(RawTable::new(path.as_ref(), None, columns, (2..rows + 2).collect()))
    }

    /// The number of cases.
    pub fn n_rows(&self) -> usize {
        self.row_numbers.len()
    }

    /// The row of case `row` (from 0) as a spreadsheet counts it.
    pub fn row_number(&self, row: usize) -> usize {
        self.row_numbers[row]
    }

    /// The given rows, from 0, in the given order.
    pub(super) fn take(&self, rows: &[usize]) -> RawTable {
        let columns = self.columns.iter().map(|column| column.take(rows)).collect();
        RawTable::new(&self.path, self.sheet.clone(), columns, rows.iter().map(|&row| self.row_number(row)).collect())
    }

    /// The position of the column of this name, without regard to stray spaces.
    pub fn position(&self, name: &str) -> Option<usize> {
        let name = super::text::squeeze(name);
        self.columns.iter().position(|column| column.name == name)
    }

    /// The column of this name, without regard to stray spaces.
    ///
    /// # Errors
    /// [`InputError`] that names the most similar columns.
    pub fn column(&self, name: &str) -> Result<&RawColumn> {
        self.position(name).map(|at| &self.columns[at]).ok_or_else(|| self.no_column(name))
    }

    fn no_column(&self, name: &str) -> crate::error::Error {
        let wanted = name.to_lowercase();
        let mut alike: Vec<(f64, &str)> = self
            .columns
            .iter()
            .map(|column| (strsim::jaro_winkler(&wanted, &column.name.to_lowercase()), column.name.as_str()))
            .collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        let alike: Vec<_> = alike.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
        InputError::new(&self.path, "no such column", format!("a column of the file, such as {}", alike.join(", ")))
            .in_column(name)
            .into()
    }
}
