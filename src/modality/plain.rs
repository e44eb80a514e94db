//! Columns that no dictionary explains: numbers and categories as they are, and what is neither.

use crate::table::{Cells, Column, Decimal, RawColumn, RawTable, is_date, parse_number};
use std::collections::BTreeSet;

/// Words of a column that is a category; with more it is free text, an identifier or the like.
pub(super) const MOST_LEVELS: usize = 20;
/// Characters of a level on average; with more it is free text.
const LONGEST_LEVEL: usize = 40;
/// Share of the cells that must be numbers for a column of numbers with stray texts in it.
const NEARLY_ALL: f64 = 0.9;

/// A column as it is.
pub(super) enum Plain {
    /// Numbers or categories, and the rows (as a spreadsheet counts) of texts among numbers, which became missing.
    Feature(Column, Vec<usize>),
    /// No feature, and why.
    Dropped(&'static str),
}

/// Numbers where nearly all cells are, categories where there are few words; anything else is no feature.
pub(super) fn read(table: &RawTable, column: &RawColumn) -> Plain {
    let rows = table.n_rows();
    if column.cells.missing() == rows {
        return Plain::Dropped("it has no value");
    }
    match &column.cells {
        Cells::Number(values) if is_numbering(column, values) => Plain::Dropped("it numbers the rows or the patients"),
        Cells::Number(values) => Plain::Feature(Column::scalar(values.iter().copied()), Vec::new()),
        Cells::Text(texts) => text(table, texts),
    }
}

fn text(table: &RawTable, texts: &[Option<String>]) -> Plain {
    let known = texts.iter().flatten().count();
    let numbers: Vec<Option<f64>> = texts
        .iter()
        .map(|cell| cell.as_deref().and_then(|cell| parse_number(cell, Decimal::Point)).filter(|number| number.is_finite()))
        .collect();
    let n_numbers = numbers.iter().flatten().count();
    if n_numbers as f64 >= NEARLY_ALL * known as f64 {
        let strays = (0..texts.len()).filter(|&row| texts[row].is_some() && numbers[row].is_none());
        let strays = strays.map(|row| table.row_number(row)).collect();
        return Plain::Feature(Column::scalar(numbers), strays);
    }
    if texts.iter().flatten().filter(|cell| is_date(cell)).count() as f64 >= NEARLY_ALL * known as f64 {
        return Plain::Dropped("it holds dates");
    }
    let levels: BTreeSet<&str> = texts.iter().flatten().map(String::as_str).collect();
    let characters: usize = levels.iter().map(|level| level.chars().count()).sum();
    if levels.len() > MOST_LEVELS || characters > LONGEST_LEVEL * levels.len() {
        return Plain::Dropped("it holds free text, identifiers or too many different words");
    }
    if known > 2 && levels.len() == known {
        return Plain::Dropped("every case has a word of its own");
    }
    Plain::Feature(Column::words(texts), Vec::new())
}

/// Whether a column of numbers is a running number or an identifier: whole, all different, and named so.
fn is_numbering(column: &RawColumn, values: &[Option<f64>]) -> bool {
    let name = column.name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let named = words.iter().any(|word| matches!(*word, "id" | "no" | "nr" | "index" | "unnamed" | "barcode" | "mrn" | "uid"))
        || ["号", "编号", "序号"].iter().any(|word| name.contains(word))
        || name.is_empty();
    let whole: Option<BTreeSet<i64>> =
        values.iter().flatten().map(|value| (value.fract() == 0.0 && value.abs() < 1e15).then_some(*value as i64)).collect();
    named && whole.is_some_and(|distinct| distinct.len() == values.iter().flatten().count())
}
