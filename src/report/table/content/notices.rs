//! What was noticed, as a table.

use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording;
use crate::study::results::{Level, Results};

/// Notices of the study, its arms and its comparisons; the gravest first.
pub fn tables(results: &Results) -> Vec<Table> {
    let all = wording::notices(results);
    if all.is_empty() {
        return Vec::new();
    }
    let columns = ["Level", "Concerns", "Notice", "Columns", "Code"].map(Column::left).to_vec();
    let mut table = Table::new("notices", "Notices", columns);
    for wording::Found { concerns, notice, .. } in all {
        let level = match notice.level {
            Level::Warning => "Warning",
            Level::Caution => "Caution",
            Level::Info => "Note",
        };
        let columns = notice.columns.join(", ");
        table.push([level, &concerns, &notice.message, &columns, &notice.code].map(Cell::text).to_vec());
    }
    vec![table]
}
