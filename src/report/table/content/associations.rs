//! Clinical variables and the outcome: odds ratios.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::Results;

/// Univariable and multivariable odds ratios, under a heading per contrast where there are several.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.associations.is_empty() {
        return Vec::new();
    }
    let mut columns = vec![Column::left("Variable"), Column::right("n")];
    for model in ["Univariable", "Multivariable"] {
        columns.extend([Column::centre("Odds ratio").under(model), Column::right("p").under(model)]);
    }
    let mut table = Table::new("odds-ratios", "Clinical variables and the outcome", columns);
    let mut contrast = None;
    for association in &results.associations {
        if association.contrast != contrast {
            contrast.clone_from(&association.contrast);
            table.push_heading(contrast.as_deref().unwrap_or("All contrasts"));
        }
        let mut cells = vec![Cell::text(&association.term), Cell::count(association.n)];
        cells.push(table.measure(&association.univariable, Format::Ratio));
        cells.push(association.univariable_p.map_or(Cell::Empty, Cell::P));
        match &association.multivariable {
            Some(ratio) => {
                cells.push(table.measure(ratio, Format::Ratio));
                cells.push(association.multivariable_p.map_or(Cell::Empty, Cell::P));
            }
            None => cells.extend([Cell::Empty, Cell::Empty]),
        }
        if contrast.is_some() { table.push_indented(cells) } else { table.push(cells) }
    }
    table.note("Wald intervals and p values; fitted on all cases, so they describe this cohort and estimate no performance.");
    vec![table]
}
