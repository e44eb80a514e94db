//! Tables: built once from [`Results`], written in five formats.
//!
//! Rule: `content/` decides what a table says and keeps numbers as numbers; `format` decides digits; each export only sets them.
//! To add a table, add one file in `content/` and name it in its registry; to add a format, add one file here and name it in
//! [`Export::ALL`].

mod content;
mod csv;
mod docx;
mod expand;
pub mod format;
mod latex;
mod layout;
mod markdown;
pub mod model;
mod xlsx;

pub use format::{PStyle, Style, Typeface};
pub use model::{Align, Cell, Column, Note, Row, Table};

use crate::error::Result;
use crate::study::results::Results;

/// Every table that the results can fill, numbered in the order of the report.
pub fn all(results: &Results) -> Vec<Table> {
    let mut tables: Vec<Table> = content::TABLES.iter().flat_map(|build| build(results)).collect();
    let mut taken = std::collections::BTreeSet::new();
    for (i, table) in tables.iter_mut().enumerate() {
        table.number = i + 1;
        // Arms whose names differ only in signs give the same file name.
        while !taken.insert(table.id.clone()) {
            table.id = format!("{}-{}", table.id, i + 1);
        }
        table.tidy();
        table.notes.sort_by_key(|note| note.mark.is_some()); // Notes on the whole table come first.
    }
    tables
}

/// A file format for one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// CSV for programs.
    Csv,
    /// LaTeX.
    Latex,
    /// Markdown.
    Markdown,
}

impl Export {
    /// All formats.
    pub const ALL: [Export; 5] = [Export::Docx, Export::Xlsx, Export::Csv, Export::Latex, Export::Markdown];

    /// The ending of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Export::Docx => "docx",
            Export::Xlsx => "xlsx",
            Export::Csv => "csv",
            Export::Latex => "tex",
            Export::Markdown => "md",
        }
    }

    /// Whether a table is written in this format: a full listing is for programs only.
    pub fn takes(self, table: &Table) -> bool {
        !table.listing || matches!(self, Export::Xlsx | Export::Csv)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`crate::error::Error::Numeric`] if a Word or Excel archive cannot be made in memory.
    pub fn bytes(self, table: &Table, style: &Style) -> Result<Vec<u8>> {
        Ok(match self {
            Export::Docx => docx::single(table, style)?,
            Export::Xlsx => xlsx::single(table, style)?,
            Export::Csv => csv::text(table).into_bytes(),
            Export::Latex => latex::text(table, style).into_bytes(),
            Export::Markdown => markdown::text(table, style).into_bytes(),
        })
    }
}

/// Whether a table does not fit upright on a printed page in small type.
pub fn lies_on_its_side(table: &Table, style: &Style) -> bool {
    /// Digits of 6.5 pt on a line of A4.
    const ROOM: f64 = 150.0;
    layout::Widths::of(table, style).shortest_line() > ROOM
}

/// The table as CSV.
pub fn csv(table: &Table) -> String {
    csv::text(table)
}

/// All tables in one Word file.
///
/// # Errors
/// As [`Export::bytes`].
pub fn word(tables: &[Table], style: &Style) -> Result<Vec<u8>> {
    docx::all(&tables.iter().filter(|table| Export::Docx.takes(table)).collect::<Vec<_>>(), style)
}

/// All tables in one Excel workbook.
///
/// # Errors
/// As [`Export::bytes`].
pub fn workbook(tables: &[Table], style: &Style) -> Result<Vec<u8>> {
    xlsx::all(&tables.iter().collect::<Vec<_>>(), style)
}
