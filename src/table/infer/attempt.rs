//! A column read in one notation.

use super::super::number::{Decimal, written};
use super::super::sheet::SheetColumn;
use super::Notation;

/// What came of reading a column with one decimal sign.
pub(super) struct Attempt {
    pub(super) values: Vec<Option<f64>>,
    /// Cells that are not missing.
    pub(super) present: usize,
    /// Rows whose cell is neither missing nor a number, ascending.
    pub(super) strays: Vec<usize>,
    /// Thousands were separated.
    pub(super) grouped: bool,
    /// Cells with a percent sign.
    pub(super) percents: usize,
    /// Cells with a sign such as `<` before the number.
    pub(super) limits: usize,
    /// Cells without a percent sign whose value lies strictly between -1 and 1, and is not 0.
    fractions: usize,
}

impl Attempt {
    /// Reads `column`, of which `plain` has the cells that are plain numbers, and `others` are the rows to look at otherwise.
    pub(super) fn new(
        column: &SheetColumn,
        notation: &Notation,
        plain: &[Option<f64>],
        others: &[usize],
        decimal: Decimal,
    ) -> Self {
        let mut attempt = Attempt {
            values: plain.to_vec(),
            present: others.len(),
            strays: Vec::new(),
            grouped: false,
            percents: 0,
            limits: 0,
            fractions: 0,
        };
        for (row, value) in plain.iter().enumerate() {
            let Some(value) = *value else { continue };
            attempt.present += 1;
            // With the comma as decimal sign, the point of a plain number is a thousands separator, or an error.
            if decimal == Decimal::Comma && column.number(row).is_none() && column.texts.get(row).contains('.') {
                attempt.read(row, column, notation, decimal);
            } else {
                attempt.fractions += usize::from(is_fraction(value));
            }
        }
        for &row in others {
            attempt.read(row, column, notation, decimal);
        }
        attempt.strays.sort_unstable();
        attempt
    }

    fn read(&mut self, row: usize, column: &SheetColumn, notation: &Notation, decimal: Decimal) {
        let Some(number) = written(column.texts.get(row), decimal) else {
            self.values[row] = None;
            self.strays.push(row);
            return;
        };
        self.values[row] = (!notation.missing.has_number(number.value)).then_some(number.value);
        self.grouped |= number.grouped;
        self.percents += usize::from(number.percent);
        self.limits += usize::from(number.limit);
        self.fractions += usize::from(!number.percent && is_fraction(number.value));
    }

    /// Percents beside plain numbers are read as percents, unless a plain number looks like a fraction: 0.15 beside 15%.
    pub(super) fn mixes_percents_and_fractions(&self) -> bool {
        self.percents > 0 && self.fractions > 0
    }
}

fn is_fraction(value: f64) -> bool {
    value != 0.0 && value.abs() < 1.0
}
