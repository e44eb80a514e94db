//! The blocks of data: modalities, which cases have which of them, sites.

use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::modality;
use crate::study::results::Results;

/// Modalities, their patterns where a case lacks one, and sites where there are any.
pub fn tables(results: &Results) -> Vec<Table> {
    [modalities(results), patterns(results), sites(results)].into_iter().flatten().collect()
}

fn modalities(results: &Results) -> Option<Table> {
    let all = &results.cohort.modalities;
    let heads = ["Modality", "Source"].map(Column::left).into_iter();
    let columns = heads.chain(["Columns", "Cases with it", "Cases without it"].map(Column::right)).collect();
    let mut table = Table::new("modalities", "Modalities and the cases that have them", columns);
    for m in all {
        let counts = [m.features, m.present, m.missing].map(Cell::count);
        table.push([Cell::text(&m.label), Cell::text(&m.source)].into_iter().chain(counts).collect());
    }
    table.note("Columns: those that arms may use, after duplicates, constants and excluded columns were dropped.");
    (!all.is_empty()).then_some(table)
}

fn patterns(results: &Results) -> Option<Table> {
    let modalities = &results.cohort.modalities;
    let mut columns = vec![Column::left("Combination")];
    columns.extend(modalities.iter().map(|m| Column::centre(&m.label)));
    columns.push(Column::right("Cases"));
    let mut table = Table::new("modality-patterns", "Combinations of modalities", columns);
    for pattern in &results.cohort.patterns {
        let present: Vec<&str> = pattern.present.iter().map(|name| modality(results, name)).collect();
        let name = if present.is_empty() { "none".to_owned() } else { present.join(" + ") };
        let mut cells = vec![Cell::text(name)];
        cells.extend(modalities.iter().map(|m| Cell::text(if pattern.present.contains(&m.name) { "✓" } else { "·" })));
        cells.push(Cell::count(pattern.n));
        table.push(cells);
    }
    // With one combination the table of modalities has said it all.
    (results.cohort.patterns.len() > 1).then_some(table)
}

fn sites(results: &Results) -> Option<Table> {
    let mut columns = vec![Column::left("Site")];
    columns.extend(results.outcome.classes.iter().map(|class| Column::right(&class.name)));
    let mut table = Table::new("sites", "Cases of each site by class", columns);
    for site in &results.cohort.sites {
        let counts = (0..results.outcome.classes.len()).map(|k| site.classes.get(k).map_or(Cell::Empty, |n| Cell::count(*n)));
        table.push(std::iter::once(Cell::text(&site.name)).chain(counts).collect());
    }
    (!results.cohort.sites.is_empty()).then_some(table)
}
