//! Whether predicted risks come true.

use super::measures;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::arm_word;
use crate::study::results::Results;

/// One row per arm; with three or more classes one per arm and class.
pub fn tables(results: &Results) -> Vec<Table> {
    let lists = results.arms.iter().flat_map(|arm| &arm.performance.calibration).map(|c| c.measures.as_slice());
    let names = measures::union(lists.clone());
    if names.is_empty() {
        return Vec::new();
    }
    let binary = results.is_binary();
    let first = if binary { arm_word(results).to_owned() } else { format!("{} and class", arm_word(results)) };
    let columns = std::iter::once(Column::left(first)).chain(measures::columns(&names)).collect();
    let mut table = Table::new("calibration", "Calibration of the predicted probabilities", columns);
    for arm in &results.arms {
        if !binary && !arm.performance.calibration.is_empty() {
            table.push_heading(&arm.label);
        }
        for class in &arm.performance.calibration {
            let cells = measures::cells(&mut table, &names, &class.measures);
            if binary {
                table.push(std::iter::once(Cell::text(&arm.label)).chain(cells).collect());
            } else {
                table.push_indented(std::iter::once(Cell::text(&class.class)).chain(cells).collect());
            }
        }
    }
    measures::method_notes(&mut table, &names, lists);
    vec![table]
}
