//! Who was taken for what.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::arm_word;
use crate::study::results::Results;

/// Confusion matrices, one under the other.
pub fn tables(results: &Results) -> Vec<Table> {
    let classes = &results.outcome.classes;
    let mut columns = vec![Column::left(format!("{} and true class", arm_word(results)))];
    columns.extend(classes.iter().map(|class| Column::right(&class.name).under("Predicted class")));
    let mut table = Table::new("confusion", "Confusion matrices", columns);
    let mut averaged = false;
    for arm in &results.arms {
        let Some(threshold) = arm.performance.threshold.as_ref().filter(|t| t.confusion.len() == classes.len()) else { continue };
        table.push_heading(&arm.label);
        for (class, counts) in classes.iter().zip(&threshold.confusion) {
            let mut cells = vec![Cell::text(&class.name)];
            for k in 0..classes.len() {
                let count = counts.get(k).copied().unwrap_or(f64::NAN);
                averaged |= count.fract() != 0.0;
                cells.push(if count.is_nan() { Cell::Empty } else { Cell::Number(count, digits(count)) });
            }
            table.push_indented(cells);
        }
    }
    if averaged {
        table.note("Counts are averaged over the repeats of the folds.");
    }
    if table.rows.is_empty() { Vec::new() } else { vec![table] }
}

fn digits(count: f64) -> Format {
    if count.fract() == 0.0 { Format::Count } else { Format::Fixed(1) }
}
