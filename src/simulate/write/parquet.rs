//! The tables as Parquet.

use std::path::Path;

use crate::error::Result;
use crate::simulate::cohort::SimulatedCohort;
use crate::simulate::design::Design;
use crate::simulate::preset::RESERVED_COLUMNS;
use crate::simulate::variable::{Cell, Column};
use crate::table::{PlainColumn, PlainTable};

/// Writes clinical data and one table per block.
pub(super) fn write_tables(design: &Design, folder: &Path) -> Result<()> {
    let cohort = design.in_memory();
    clinical(&cohort).write_parquet(folder.join("clinical.parquet"))?;
    for block in &cohort.blocks {
        let rows: Vec<usize> = (0..cohort.patient_id.len()).filter(|&row| block.examined[row]).collect();
        let id = PlainColumn::text(rows.iter().map(|&row| cohort.patient_id[row].clone()));
        let features = block
            .features
            .iter()
            .zip(block.values.columns())
            .map(|(name, values)| (name.clone(), PlainColumn::number(rows.iter().map(|&row| values[row]))));
        let columns = std::iter::once((RESERVED_COLUMNS[0].to_string(), id)).chain(features);
        PlainTable::new(columns).write_parquet(folder.join(format!("{}.parquet", block.name)))?;
    }
    Ok(())
}

fn clinical(cohort: &SimulatedCohort) -> PlainTable {
    let sites = cohort.site.iter().map(|&site| cohort.truth.sites[site].name.clone());
    let dates = cohort.exam_date.iter().map(ToString::to_string);
    let fixed = [PlainColumn::text(cohort.patient_id.iter().cloned()), PlainColumn::text(sites), PlainColumn::text(dates)];
    let variables = cohort.clinical_columns.iter().zip(&cohort.clinical);
    let variables = variables.map(|(column, cells)| (column.name.clone(), cells_of(column, cells)));
    PlainTable::new(RESERVED_COLUMNS.map(String::from).into_iter().zip(fixed).chain(variables))
}

fn cells_of(column: &Column, cells: &[Cell]) -> PlainColumn {
    let text = |levels: &[String], cell: &Cell| match cell {
        Cell::Level(level) => Some(levels[*level].clone()),
        _ => None,
    };
    let number = |cell: &Cell| match cell {
        Cell::Number(value) => Some(*value),
        _ => None,
    };
    match &column.levels {
        Some(levels) => PlainColumn::Text(cells.iter().map(|cell| text(levels, cell)).collect()),
        None => PlainColumn::Number(cells.iter().map(number).collect()),
    }
}
