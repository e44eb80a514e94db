//! Table 1: who the patients are, by class of the outcome.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Row, Table};
use crate::study::results::Results;

/// The table, where the study has one.
pub fn tables(results: &Results) -> Vec<Table> {
    let Some(one) = &results.table_one else { return Vec::new() };
    let missing = one.rows.iter().any(|row| row.missing.is_some_and(|n| n > 0));
    let mut columns = vec![Column::left("Characteristic"), Column::centre(format!("All (n = {})", results.cohort.cases))];
    columns.extend(one.groups.iter().map(|group| Column::centre(format!("{} (n = {})", group.name, group.n))));
    if missing {
        columns.push(Column::right("Missing"));
    }
    columns.extend([Column::right("p"), Column::right("SMD"), Column::left("Test")]);
    let mut table = Table::new("characteristics", format!("Characteristics by class: {}", results.outcome.name), columns);
    for row in &one.rows {
        let mut cells = vec![Cell::text(&row.label), Cell::text(&row.overall)];
        cells.extend((0..one.groups.len()).map(|i| row.groups.get(i).map_or(Cell::Empty, Cell::text)));
        if missing {
            cells.push(row.missing.map_or(Cell::Empty, Cell::count));
        }
        cells.push(match row.p {
            Some(p) => Cell::P(p),
            None => Cell::Empty,
        });
        // Only its size: the interval of an SMD is read nowhere in a Table 1.
        cells.push(match row.smd.as_ref().map(|smd| (smd.value, smd.note.as_deref())) {
            Some((Some(value), _)) => Cell::Number(value, Format::Fixed(2)),
            Some((None, reason)) => table.undefined(reason),
            None => Cell::Empty,
        });
        cells.push(row.test.as_deref().map_or(Cell::Empty, Cell::text));
        table.rows.push(Row { cells, indent: row.indent, rule_above: false });
    }
    for note in &one.notes {
        table.note(note);
    }
    vec![table]
}
