//! Column names as they should be: without stray spaces, none empty, each once; and rows below the header that describe it.

use std::collections::{HashMap, HashSet};

use super::finding::{Finding, count};
use super::sheet::{Sheet, SheetColumn};
use super::text::squeeze;

/// Drops empty columns without a name and rows that describe the header, and returns the cleaned names.
pub(super) fn clean(sheet: Sheet, findings: &mut Vec<Finding>) -> (Sheet, Vec<String>) {
    let (sheet, positions) = drop_nameless_empty_columns(drop_describing_rows(sheet, findings), findings);
    let mut names: Vec<String> = sheet.header.iter().map(|name| squeeze(name)).collect();
    let nameless: Vec<usize> = (0..names.len()).filter(|&at| names[at].is_empty()).collect();
    for &at in &nameless {
        names[at] = format!("column {}", positions[at]);
    }
    if !nameless.is_empty() {
        let message = format!("{} without a name, named after its position", count(nameless.len(), "column"));
        findings.push(Finding::caution("empty-header", message).in_columns(nameless.iter().map(|&at| names[at].clone())));
    }
    let repeated = make_unique(&mut names);
    if !repeated.is_empty() {
        let message =
            format!("{} under a name that stands there already, told apart by .2, .3 …", count(repeated.len(), "column"));
        findings.push(Finding::caution("duplicate-header", message).in_columns(repeated));
    }
    (sheet, names)
}

/// Appends `.2`, `.3` … to names that occur before; returns the new names.
pub(super) fn make_unique(names: &mut [String]) -> Vec<String> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut changed = Vec::new();
    for name in names {
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        if *times == 1 {
            continue;
        }
        // `x, x, x.2`: the second x must not become the third column's name.
        while taken.contains(&format!("{name}.{times}")) {
            *times += 1;
        }
        *name = format!("{name}.{times}");
        taken.insert(name.clone());
        changed.push(name.clone());
    }
    changed
}

/// TCGA's biotab files have three header rows: names, older names, and identifiers such as `CDE_ID:2673794`.
fn drop_describing_rows(mut sheet: Sheet, findings: &mut Vec<Finding>) -> Sheet {
    let is_dictionary_row = |row: usize| {
        let cells = sheet.columns.iter().filter(|column| !column.is_numeric()).map(|column| column.texts.get(row));
        let (filled, marked) = cells.fold((0, 0), |(filled, marked), cell| {
            (filled + usize::from(!cell.is_empty()), marked + usize::from(cell.starts_with("CDE_ID:")))
        });
        marked > 0 && marked * 2 > filled
    };
    // The row of identifiers is the second or third of the header.
    let Some(last) = (0..sheet.row_numbers.len().min(2)).find(|&row| is_dictionary_row(row)) else { return sheet };
    let dropped: Vec<usize> = sheet.row_numbers.drain(..=last).collect();
    for column in &mut sheet.columns {
        column.drop_first(last + 1);
    }
    let message = format!(
        "{} below the header that describes the columns (a row of `CDE_ID:`), as in TCGA's biotab files; dropped",
        count(dropped.len(), "row")
    );
    findings.push(Finding::info("header-rows", message).at_rows(dropped));
    sheet
}

/// Spreadsheets often store columns of nothing to the right of the table. Returns the positions (from 1) of those that stay.
fn drop_nameless_empty_columns(mut sheet: Sheet, findings: &mut Vec<Finding>) -> (Sheet, Vec<usize>) {
    let is_nothing = |name: &str, column: &SheetColumn| squeeze(name).is_empty() && column.is_empty();
    let (header, columns) = (std::mem::take(&mut sheet.header), std::mem::take(&mut sheet.columns));
    let (before, mut positions) = (columns.len(), Vec::with_capacity(columns.len()));
    for (at, (name, column)) in header.into_iter().zip(columns).enumerate() {
        if !is_nothing(&name, &column) {
            positions.push(at + 1);
            sheet.header.push(name);
            sheet.columns.push(column);
        }
    }
    let dropped = before - positions.len();
    if dropped > 0 {
        let message = format!("{} without a name and without any value; dropped", count(dropped, "column"));
        findings.push(Finding::info("empty-column", message));
    }
    (sheet, positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_told_apart_without_new_clashes() {
        let mut names = ["x", "x", "x.2", "x", "y"].map(str::to_owned);
        assert_eq!(make_unique(&mut names), ["x.3", "x.4"]);
        assert_eq!(names, ["x", "x.3", "x.2", "x.4", "y"]);
    }
}
