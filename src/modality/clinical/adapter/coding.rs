//! What a whole column says about its own coding: fraction or percentage, unit, numbers for levels.

use super::read::is_percent;
use crate::modality::clinical::dictionary::{Kind, Reading, Value, Variable};
use crate::modality::clinical::{Interval, fold};
use crate::table::{Decimal, Finding, RawColumn, RawTable, parse_number};

/// The factor between a column's unit and the dictionary's.
pub(super) struct Scale {
    pub(super) factor: f64,
    why: String,
}

impl Scale {
    pub(super) fn none() -> Self {
        Scale { factor: 1.0, why: String::new() }
    }

    fn by(factor: f64, why: &str) -> Self {
        Scale { factor, why: why.to_string() }
    }

    pub(super) fn finding(&self, table: &RawTable, column: &RawColumn) -> Option<Finding> {
        (self.factor != 1.0).then(|| {
            let message = format!("`{}`: {}; its values were multiplied by {}.", column.name, self.why, self.factor);
            Finding::caution("unit", message).in_file(&table.path).in_columns([&column.name])
        })
    }
}

/// The unit of a numeric column.
///
/// # Definition
/// Percentages: if all numbers lie in 0–1 and one strictly between, they are fractions. Lengths: `cm` in the column's name. Diffusion
/// (1e-3 mm²/s): a median above 100 says 1e-6 mm²/s, one below 0.02 mm²/s.
pub(super) fn scale(variable: &Variable, column: &str, texts: &[Option<String>]) -> Scale {
    let mut numbers: Vec<f64> = texts.iter().flatten().filter_map(|text| Interval::read(text)).map(|x| x.point()).collect();
    numbers.sort_by(f64::total_cmp);
    let Some(&median) = numbers.get(numbers.len() / 2) else { return Scale::none() };
    let signed_percent = texts.iter().flatten().any(|text| fold(text).contains('%'));
    if is_percent(variable) && !signed_percent {
        let fraction = numbers.iter().all(|x| (0.0..=1.0).contains(x)) && numbers.iter().any(|&x| x > 0.0 && x < 1.0);
        if fraction {
            return Scale::by(100.0, "all numbers lie between 0 and 1, so that they are fractions and not percentages");
        }
    }
    let name = fold(column);
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    match variable.unit {
        Some("mm") if words().any(|word| word == "cm") || name.contains("厘米") => Scale::by(10.0, "its name says centimetres"),
        Some("1e-3 mm2/s") if median > 100.0 => Scale::by(1e-3, "its numbers are in 1e-6 mm2/s"),
        Some("1e-3 mm2/s") if median < 0.02 && median > 0.0 => Scale::by(1e3, "its numbers are in mm2/s"),
        _ => Scale::none(),
    }
}

/// Whether a cell is a bare number.
pub(super) fn is_number(text: &str) -> bool {
    parse_number(text, Decimal::Point).is_some()
}

/// Whether bare numbers stand for levels in a way that the dictionary does not know: one of them is no level. Then no number of the
/// column can be trusted, as `1` means another thing beside `2` than beside `0`.
pub(super) fn numbers_are_no_levels(variable: &Variable, texts: &[Option<String>]) -> bool {
    let coded = matches!(variable.kind, Kind::Binary | Kind::Ordinal | Kind::Nominal) && !variable.levels.is_empty();
    coded
        && variable.reading == Reading::Plain
        && texts.iter().flatten().any(|text| is_number(text) && variable.read(text) == Value::Unknown)
}
