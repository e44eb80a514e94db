//! A rectangle of cells as it stands in a file, and how it becomes a table: title rows, header, rows that describe the header.

use std::path::Path;

use super::finding::{Finding, count};
use super::header;
use super::infer::{Notation, infer};
use super::limits::check_shape;
use super::raw::{RawColumn, RawTable};
use super::text_cells::TextCells;
use crate::error::{InputError, Result};

/// A column of a sheet: its cells as text and, in formats that know types, as numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SheetColumn {
    /// Empty where the format stores the whole column as numbers.
    pub(super) texts: TextCells,
    /// The cells that the format itself stores as numbers; empty for text files.
    pub(super) numbers: Vec<Option<f64>>,
}

impl SheetColumn {
    /// A column of texts.
    pub(super) fn of_texts(texts: impl Iterator<Item = Option<String>>) -> Self {
        SheetColumn { texts: texts.map(Option::unwrap_or_default).collect(), numbers: Vec::new() }
    }

    /// Whether the format stores the whole column as numbers, without any text.
    pub(super) fn is_numeric(&self) -> bool {
        self.texts.len() == 0 && !self.numbers.is_empty()
    }

    /// Whether no cell holds anything.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.iter().all(str::is_empty) && self.numbers.iter().all(Option::is_none)
    }

    /// Takes away the first `rows` rows.
    pub(super) fn drop_first(&mut self, rows: usize) {
        self.texts = self.texts.iter().skip(rows).collect();
        self.numbers.drain(..rows.min(self.numbers.len()));
    }

    /// The number that the file format itself stores in this row.
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        self.numbers.get(row).copied().flatten()
    }
}

/// The cells of a file below its header.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The header as it stands there.
    pub(super) header: Vec<String>,
    /// One column per name of the header.
    pub(super) columns: Vec<SheetColumn>,
    /// The number of each row as a spreadsheet counts.
    pub(super) row_numbers: Vec<usize>,
}

impl Sheet {
    /// Cleans the names and decides the types.
    ///
    /// # Errors
    /// No column, no row, or too many of them.
    pub(super) fn into_table(
        self,
        path: &Path,
        sheet_name: Option<String>,
        notation: &Notation,
        findings: &mut Vec<Finding>,
    ) -> Result<RawTable> {
        check_shape(path, self.row_numbers.len(), self.columns.len())?;
        let from = findings.len();
        let (sheet, names) = header::clean(self, findings);
        if sheet.row_numbers.is_empty() || sheet.header.is_empty() {
            let found = if sheet.header.is_empty() { "an empty table" } else { "a header without any row below it" };
            return Err(
                InputError::new(path, found, "a row of column names, then one row per case; export the table again").into()
            );
        }
        let (cells, noticed) = infer(&sheet.columns, &names, &sheet.row_numbers, notation);
        findings.extend(noticed);
        for finding in &mut findings[from..] {
            finding.file = Some(path.to_path_buf());
        }
        let columns =
            names.into_iter().zip(sheet.header).zip(sheet.columns).zip(cells).map(|(((name, original), column), cells)| {
                let raw = RawColumn::new(name, cells).named_in_file(original);
                if column.is_numeric() { raw } else { raw.written_as(column.texts) }
            });
        Ok(RawTable::new(path, sheet_name, columns.collect(), sheet.row_numbers))
    }
}

/// Whether a row above the header is a title rather than the header: it fills one cell at most of a table of several columns.
pub(super) fn is_title(filled: usize, width: usize) -> bool {
    filled == 0 || (filled == 1 && width >= 2)
}

/// A finding for title rows that were skipped.
pub(super) fn skipped_titles(path: &Path, rows: &[usize]) -> Option<Finding> {
    (!rows.is_empty()).then(|| {
        let message = format!("{} above the header with a single cell, taken for a title and skipped", count(rows.len(), "row"));
        Finding::info("title-row", message).in_file(path).at_rows(rows.iter().copied())
    })
}
