//! How well each arm tells the classes apart.

use super::{measures, per_class};
use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::arm_word;
use crate::study::results::{NamedMeasure, Results};

/// One row per arm; measures of single classes stand in the table per class.
pub fn tables(results: &Results) -> Vec<Table> {
    let lists: Vec<Vec<NamedMeasure>> =
        results.arms.iter().map(|arm| per_class::of_all_classes(results, &arm.performance.discrimination)).collect();
    let names = measures::union(lists.iter().map(Vec::as_slice));
    if names.is_empty() {
        return Vec::new();
    }
    let without = results.arms.iter().any(|arm| arm.performance.without_prediction > 0);
    let repeats = results.arms.iter().any(|arm| arm.performance.repeats.is_some());
    let mut columns = vec![Column::left(arm_word(results)), Column::right("Cases")];
    if without {
        columns.push(Column::right("No prediction"));
    }
    columns.extend(measures::columns(&names));
    if repeats {
        columns.extend(["between repeats", "over folds"].map(|head| Column::right(head).under("SD")));
    }
    let mut table = Table::new("discrimination", "Discrimination on cases that the models have not learned from", columns);
    for (arm, list) in results.arms.iter().zip(&lists) {
        let performance = &arm.performance;
        let mut cells = vec![Cell::text(&arm.label), Cell::count(performance.cases)];
        if without {
            cells.push(Cell::count(performance.without_prediction));
        }
        cells.extend(measures::cells(&mut table, &names, list));
        if repeats {
            let sd = |value: Option<f64>| value.map_or(Cell::Empty, |sd| Cell::Number(sd, Format::Fixed(3)));
            let spread = performance.repeats.as_ref();
            cells.extend([sd(spread.and_then(|r| r.sd)), sd(spread.and_then(|r| r.fold_sd))]);
        }
        table.push(cells);
    }
    measures::method_notes(&mut table, &names, lists.iter().map(Vec::as_slice));
    if repeats {
        table.note(
            "SD: standard deviation of the first measure. Between repeats it shows the luck of the split, over folds the \
             size of a fold; neither is the uncertainty of the estimate, which is the interval.",
        );
    }
    if without {
        table.note("No prediction: cases that lack what the arm needs.");
    }
    vec![table]
}
