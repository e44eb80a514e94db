//! Which columns are numbers, and in which notation: decided per column from all of its cells, then per file where a column
//! alone does not tell.
//!
//! The rule: a column is one of numbers when every cell that is not missing is a number in one notation; else it is text.
//!
//! - [`attempt`]: a column read in one notation
//! - [`settle`]: columns that two notations read differently, settled by the other columns of the file
//! - [`report`]: what was noticed, one finding per rule

mod attempt;
mod report;
mod settle;

use rayon::prelude::*;

use self::attempt::Attempt;
use super::finding::Finding;
use super::missing::{MissingWords, Presence, is_minus_mark, is_plus_mark};
use super::number::{Decimal, plain};
use super::raw::Cells;
use super::sheet::SheetColumn;

/// A text column of which at least this share are numbers holds text where a number belongs.
const NEARLY_ALL: f64 = 0.9;

/// What the user said about notation.
pub(super) struct Notation {
    pub(super) missing: MissingWords,
    /// The decimal sign, if the user gave one.
    pub(super) decimal: Option<Decimal>,
    /// Whether `<5` is read as 5.
    pub(super) limits_as_numbers: bool,
    /// The cells are separated by semicolons, as programs do where the comma is the decimal sign.
    pub(super) semicolons: bool,
}

/// One column once looked at.
struct Draft {
    cells: DraftCells,
    notes: Notes,
}

enum DraftCells {
    /// All numbers; `decimal` is the convention if the column gives evidence of one.
    Number {
        values: Vec<Option<f64>>,
        decimal: Option<Decimal>,
    },
    /// Both conventions read every cell, with different results (`1,234`).
    Ambiguous {
        point: Vec<Option<f64>>,
        comma: Vec<Option<f64>>,
    },
    Text,
}

/// What was noticed in a column.
#[derive(Default)]
struct Notes {
    /// Cells with a word for a missing value.
    missing_words: usize,
    grouped: bool,
    percent: bool,
    mixed_percent: bool,
    limits: bool,
    unsettled: bool,
    numbers: usize,
    /// Rows that hold a text in a column of numbers.
    strays: Vec<usize>,
    /// Words that are a level here, and a missing value elsewhere.
    kept_levels: Vec<String>,
}

impl Draft {
    fn is_number(&self) -> bool {
        matches!(self.cells, DraftCells::Number { .. })
    }

    fn decimal(&self) -> Option<Decimal> {
        match self.cells {
            DraftCells::Number { decimal, .. } => decimal,
            _ => None,
        }
    }
}

/// Decides every column of a sheet; the result has one [`Cells`] per column. `rows` are the rows' numbers in the file.
pub(super) fn infer(
    columns: &[SheetColumn],
    names: &[String],
    rows: &[usize],
    notation: &Notation,
) -> (Vec<Cells>, Vec<Finding>) {
    let mut drafts: Vec<Draft> = columns.par_iter().map(|column| draft(column, notation)).collect();
    settle::settle(&mut drafts, columns, notation);
    let findings = report::report(&drafts, names, rows);
    let decide = |(draft, column): (Draft, &SheetColumn)| match draft.cells {
        DraftCells::Number { values, .. } => Cells::Number(values),
        _ => Cells::Text(Words::new(column, notation).cells()),
    };
    (drafts.into_par_iter().zip(columns).map(decide).collect(), findings)
}

/// Looks at one column by itself.
fn draft(column: &SheetColumn, notation: &Notation) -> Draft {
    let missing = &notation.missing;
    if column.is_numeric() {
        let values = column.numbers.iter().map(|value| value.filter(|&value| !missing.has_number(value))).collect();
        return Draft { cells: DraftCells::Number { values, decimal: None }, notes: Notes::default() };
    }
    let mut notes = Notes::default();
    let mut values = Vec::with_capacity(column.texts.len());
    let (mut points, mut words_among_numbers) = (false, 0);
    // Rows that are neither missing nor a plain number.
    let mut others = Vec::new();
    for (row, text) in column.texts.iter().enumerate() {
        let typed = column.number(row);
        let value = typed.or_else(|| plain(text));
        values.push(value.filter(|&value| !missing.has_number(value)));
        if value.is_some() {
            notes.numbers += 1;
            points |= typed.is_none() && text.contains('.');
            continue;
        }
        match missing.presence(text) {
            Presence::Missing => notes.missing_words += usize::from(!text.is_empty()),
            Presence::MissingAmongNumbers => words_among_numbers += 1,
            Presence::Value => others.push(row),
        }
    }
    let only_words = notes.numbers == 0 && others.is_empty() && words_among_numbers > 0;
    let only_plain = others.is_empty() && !(points && notation.decimal == Some(Decimal::Comma));
    let cells = if only_words {
        DraftCells::Text
    } else if only_plain {
        DraftCells::Number { values, decimal: points.then_some(Decimal::Point) }
    } else {
        study(column, notation, &values, &others, &mut notes)
    };
    if matches!(cells, DraftCells::Text) {
        let words = Words::new(column, notation);
        notes.kept_levels = words.kept();
        notes.missing_words = words.missing();
    } else {
        notes.missing_words += words_among_numbers;
    }
    Draft { cells, notes }
}

/// Reads a column in both conventions and keeps the one that reads all of it.
fn study(column: &SheetColumn, notation: &Notation, plain: &[Option<f64>], others: &[usize], notes: &mut Notes) -> DraftCells {
    let attempt = |decimal| Attempt::new(column, notation, plain, others, decimal);
    let (attempt, decimal) = match notation.decimal {
        Some(decimal) => (attempt(decimal), Some(decimal)),
        None => {
            let (point, comma) = (attempt(Decimal::Point), attempt(Decimal::Comma));
            match (point.strays.is_empty(), comma.strays.is_empty()) {
                (true, true) if point.values == comma.values => (point, None),
                (true, true) => return DraftCells::Ambiguous { point: point.values, comma: comma.values },
                (true, false) => (point, Some(Decimal::Point)),
                (false, true) => (comma, Some(Decimal::Comma)),
                (false, false) if comma.strays.len() < point.strays.len() => (comma, None),
                (false, false) => (point, None),
            }
        }
    };
    notes.numbers = attempt.present - attempt.strays.len();
    if !attempt.strays.is_empty() {
        if notes.numbers as f64 >= NEARLY_ALL * attempt.present as f64 {
            notes.strays = attempt.strays;
        }
        return DraftCells::Text;
    }
    notes.grouped = attempt.grouped;
    notes.percent = attempt.percents > 0;
    notes.mixed_percent = attempt.mixes_percents_and_fractions();
    notes.limits = attempt.limits > 0;
    if notes.mixed_percent || (notes.limits && !notation.limits_as_numbers) {
        return DraftCells::Text;
    }
    DraftCells::Number { values: attempt.values, decimal }
}

/// A column read as words.
struct Words<'a> {
    column: &'a SheetColumn,
    notation: &'a Notation,
    /// Whether a plus occurs, beside which a minus is a result.
    plus: bool,
}

impl<'a> Words<'a> {
    fn new(column: &'a SheetColumn, notation: &'a Notation) -> Self {
        Words { column, notation, plus: column.texts.iter().any(is_plus_mark) }
    }

    fn is_missing(&self, row: usize) -> bool {
        let text = self.column.texts.get(row);
        self.column.number(row).is_some_and(|value| self.notation.missing.has_number(value))
            || (self.notation.missing.presence(text) == Presence::Missing && !(self.plus && is_minus_mark(text)))
    }

    fn cells(&self) -> Vec<Option<String>> {
        let cell = |row| (!self.is_missing(row)).then(|| self.column.texts.get(row).to_owned());
        (0..self.column.texts.len()).map(cell).collect()
    }

    /// How many cells hold a word for a missing value.
    fn missing(&self) -> usize {
        (0..self.column.texts.len()).filter(|&row| self.is_missing(row) && !self.column.texts.get(row).is_empty()).count()
    }

    /// The levels that would be missing elsewhere.
    fn kept(&self) -> Vec<String> {
        let elsewhere = |row: &usize| self.notation.missing.presence(self.column.texts.get(*row)) != Presence::Value;
        let rows = (0..self.column.texts.len()).filter(|&row| !self.is_missing(row)).filter(elsewhere);
        let mut kept: Vec<String> = rows.map(|row| self.column.texts.get(row).to_owned()).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }
}
