//! CSV for programs: UTF-8, one header row, numbers unrounded with an ASCII minus, no title and no notes;
//! no text that a spreadsheet would run as a formula.
//!
//! A level under a heading row repeats the heading in the first column and stands in a column `Level` of its own, so that each
//! row can be understood alone. An undefined number is an empty field.

use super::expand::{Content, parts};
use super::format::raw;
use super::model::{Cell, Table};
use crate::table::file::csv_safe;

/// The table as CSV.
pub fn text(table: &Table) -> String {
    let parts = parts(table);
    let levels = table.has_indents();
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut header: Vec<String> = parts
        .iter()
        .map(|part| match &table.columns[part.column].group {
            Some(group) => format!("{group}: {}", part.head(table)),
            None => part.head(table),
        })
        .collect();
    if levels {
        header.insert(1, "Level".to_owned());
    }
    write(&mut writer, &header);
    let mut parent = "";
    for row in &table.rows {
        let mut record: Vec<String> = parts
            .iter()
            .map(|part| match part.content(row) {
                Content::Empty => String::new(),
                Content::Text(text) => csv_safe(text).into_owned(),
                Content::Number(value, _) => raw(value),
            })
            .collect();
        if levels {
            if row.indent == 0 {
                if row.is_heading() && table.rows.iter().all(|row| row.indent > 0 || row.is_heading()) {
                    parent = label(&row.cells);
                    continue; // Its rows repeat it.
                }
                parent = label(&row.cells);
                record.insert(1, String::new());
            } else {
                record.insert(0, csv_safe(parent).into_owned());
            }
        }
        write(&mut writer, &record);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn label(cells: &[Cell]) -> &str {
    match cells.first() {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}

fn write(writer: &mut csv::Writer<Vec<u8>>, record: &[String]) {
    // A vector takes every byte and all records have the same length by construction.
    let written = writer.write_record(record);
    debug_assert!(written.is_ok(), "{written:?}");
}
