//! How patients became cases, as a table.

use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::Results;

/// Steps, with exclusions under them.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.flow.is_empty() {
        return Vec::new();
    }
    let columns = std::iter::once(Column::left("Step")).chain(["Patients", "Cases", "Excluded"].map(Column::right)).collect();
    let mut table = Table::new("flow", "Cohort flow", columns);
    for step in &results.flow {
        table.push(vec![Cell::text(&step.label), Cell::count(step.patients), Cell::count(step.cases), Cell::Empty]);
        for reason in &step.excluded {
            table.push_indented(vec![Cell::text(&reason.name), Cell::Empty, Cell::Empty, Cell::count(reason.n)]);
        }
    }
    vec![table]
}
