//! A table as programs want it: an interval becomes three columns, a level gets a column of its own.

use super::format::{Format, INTERVAL};
use super::model::{Cell, Row, Table};

/// One column of a spreadsheet or CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The column of the table.
    pub column: usize,
    /// What of its cells.
    pub which: Which,
}

/// What of a cell stands in the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The estimate, the number, the words.
    Value,
    /// The lower limit.
    Lower,
    /// The upper limit.
    Upper,
}

/// What a program reads in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'a> {
    /// Nothing.
    Empty,
    /// Words.
    Text(&'a str),
    /// A number and the kind of number it is; a p value has none.
    Number(f64, Option<Format>),
}

/// The columns of a table, intervals expanded.
pub fn parts(table: &Table) -> Vec<Part> {
    let one = |column, which| Part { column, which };
    (0..table.columns.len())
        .flat_map(|column| match table.has_intervals(column) {
            true => vec![one(column, Which::Value), one(column, Which::Lower), one(column, Which::Upper)],
            false => vec![one(column, Which::Value)],
        })
        .collect()
}

impl Part {
    /// The head of this column, without the head of its group.
    pub fn head(self, table: &Table) -> String {
        let head = &table.columns[self.column].head;
        match self.which {
            Which::Value => head.clone(),
            Which::Lower => format!("{head}, {INTERVAL} lower"),
            Which::Upper => format!("{head}, {INTERVAL} upper"),
        }
    }

    /// What stands in this column of a row.
    pub fn content(self, row: &Row) -> Content<'_> {
        match (&row.cells[self.column], self.which) {
            (Cell::Text(text), Which::Value) => Content::Text(text),
            (Cell::Number(value, format), Which::Value) => Content::Number(*value, Some(*format)),
            (Cell::P(p), Which::Value) => Content::Number(*p, None),
            (Cell::Measure { value, format, .. }, Which::Value) => Content::Number(*value, Some(*format)),
            (Cell::Measure { limits, format, .. }, Which::Lower) => Content::Number(limits.0, Some(*format)),
            (Cell::Measure { limits, format, .. }, Which::Upper) => Content::Number(limits.1, Some(*format)),
            _ => Content::Empty,
        }
    }
}
