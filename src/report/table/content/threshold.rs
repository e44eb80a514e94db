//! Decisions: at a threshold for two classes, by the most probable class for more.

use super::{measures, per_class};
use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::arm_word;
use crate::study::results::{NamedMeasure, Results};

/// One row per arm; measures of single classes stand in the table per class.
pub fn tables(results: &Results) -> Vec<Table> {
    let lists: Vec<Vec<NamedMeasure>> = results
        .arms
        .iter()
        .map(|arm| arm.performance.threshold.as_ref().map_or(Vec::new(), |t| per_class::of_all_classes(results, &t.measures)))
        .collect();
    let names = measures::union(lists.iter().map(Vec::as_slice));
    if names.is_empty() {
        return Vec::new();
    }
    let value = results.arms.iter().any(|arm| arm.performance.threshold.as_ref().is_some_and(|t| t.value.is_some()));
    let mut columns = vec![Column::left(arm_word(results))];
    if value {
        columns.extend(["mean", "lowest", "highest"].map(|head| Column::right(head).under("Threshold")));
    }
    columns.extend(measures::columns(&names));
    let mut table = Table::new("threshold", "Decisions of the models", columns);
    for (arm, list) in results.arms.iter().zip(&lists) {
        let Some(threshold) = &arm.performance.threshold else { continue };
        let mut cells = vec![Cell::text(&arm.label)];
        if value {
            let range = threshold.range;
            cells.extend([threshold.value, range.map(|r| r[0]), range.map(|r| r[1])].map(number));
        }
        cells.extend(measures::cells(&mut table, &names, list));
        table.push(cells);
    }
    for arm in &results.arms {
        if let Some(threshold) = &arm.performance.threshold {
            table.note(format!("Rule: {}.", threshold.rule.trim_end_matches('.')));
        }
    }
    if value {
        table.note("Mean, lowest and highest threshold over the folds.");
    }
    measures::method_notes(&mut table, &names, lists.iter().map(Vec::as_slice));
    vec![table]
}

fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Number(value, Format::Fixed(3)))
}
