//! Excel: numbers as numbers with the digits of print, intervals in columns of their own, header frozen, notes below.

use super::expand::{Content, Part, Which, parts};
use super::format::{PStyle, Style, number};
use super::layout;
use super::model::{Align, Table};
use crate::error::{Error, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::collections::BTreeSet;

/// One table as a workbook.
///
/// # Errors
/// [`Error::Numeric`] if the workbook cannot be made (more than a million rows).
pub fn single(table: &Table, style: &Style) -> Result<Vec<u8>> {
    all(&[table], style)
}

/// All tables in one workbook, one sheet each.
///
/// # Errors
/// As [`single`].
pub fn all(tables: &[&Table], style: &Style) -> Result<Vec<u8>> {
    build(tables, style).map_err(|cause| Error::numeric(format!("the Excel workbook of the tables cannot be made: {cause}")))
}

fn build(tables: &[&Table], style: &Style) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date: the same results give the same file.
    let date = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&date).set_author("vbx"));
    let mut names = BTreeSet::new();
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&table.id, &mut names))?;
        fill(sheet, table, style)?;
    }
    workbook.save_to_buffer()
}

/// A name of at most 31 characters, unlike the others in any case of letters.
fn sheet_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let safe: String =
        id.chars().map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') { '-' } else { c }).collect();
    let mut name: String = safe.chars().take(31).collect();
    let mut next = 2;
    while name.is_empty() || !taken.insert(name.to_lowercase()) {
        let suffix = format!("~{next}");
        name = safe.chars().take(31 - suffix.len()).collect::<String>() + &suffix;
        next += 1;
    }
    name
}

fn base() -> Format {
    Format::new().set_font_name("Arial").set_font_size(9).set_align(FormatAlign::Top)
}

fn fill(sheet: &mut Worksheet, table: &Table, style: &Style) -> std::result::Result<(), XlsxError> {
    let parts = parts(table);
    sheet.set_screen_gridlines(false);
    sheet.write_string_with_format(0, 0, table.caption(), &base().set_bold().set_font_size(11))?;
    let first = 2;
    let head = heads(sheet, table, &parts, first)?;
    sheet.set_freeze_panes(head + 1, 1)?;
    sheet.set_repeat_rows(first, head)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);

    let mut at = head;
    for (i, row) in table.rows.iter().enumerate() {
        at += 1;
        let mut frame = base();
        if row.rule_above {
            frame = frame.set_border_top(FormatBorder::Hair);
        }
        if i + 1 == table.rows.len() {
            frame = frame.set_border_bottom(FormatBorder::Medium);
        }
        if row.is_heading() {
            frame = frame.set_bold();
        }
        for (j, part) in (0u16..).zip(&parts) {
            let align = table.columns[part.column].align;
            let cell = if j == 0 { frame.clone().set_indent(row.indent) } else { frame.clone().set_align(aligned(align)) };
            match part.content(row) {
                Content::Empty => sheet.write_blank(at, j, &cell)?,
                Content::Text(text) if j == 0 && !row.is_heading() => {
                    sheet.write_string_with_format(at, j, text, &cell.set_text_wrap())?
                }
                Content::Text(text) => sheet.write_string_with_format(at, j, text, &cell)?,
                Content::Number(value, kind) if value.is_finite() => {
                    let shown = kind.map_or_else(|| p_format(style).to_owned(), |kind| kind.spreadsheet(value, style));
                    sheet.write_number_with_format(at, j, value, &cell.set_num_format(shown))?
                }
                Content::Number(value, _) => {
                    sheet.write_string_with_format(at, j, if value > 0.0 { "∞" } else { "−∞" }, &cell)?
                }
            };
        }
    }
    for (j, part) in (0u16..).zip(&parts) {
        sheet.set_column_width(j, width(table, *part, style))?;
    }
    at += 1;
    for note in &table.notes {
        at += 1;
        let mark = note.mark.as_ref().map_or(String::new(), |mark| format!("{mark}  "));
        sheet.write_string_with_format(at, 0, mark + &note.text, &base().set_italic())?;
    }
    Ok(())
}

/// Writes group heads, where there are any, and heads; returns the row of the heads.
fn heads(sheet: &mut Worksheet, table: &Table, parts: &[Part], first: u32) -> std::result::Result<u32, XlsxError> {
    let bold = base().set_bold().set_text_wrap().set_align(FormatAlign::Bottom);
    let mut row = first;
    if table.has_groups() {
        let mut column = 0u16;
        let mut source = 0;
        for (group, span) in table.group_spans() {
            let wide = parts.iter().filter(|part| (source..source + span).contains(&part.column)).count() as u16;
            let frame = bold.clone().set_border_top(FormatBorder::Medium);
            match group {
                Some(group) if wide > 1 => {
                    let frame = frame.set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Hair);
                    sheet.merge_range(row, column, row, column + wide - 1, group, &frame)?;
                }
                _ => {
                    for j in column..column + wide {
                        sheet.write_string_with_format(row, j, group.unwrap_or(""), &frame)?;
                    }
                }
            }
            column += wide;
            source += span;
        }
        row += 1;
    }
    for (j, part) in (0u16..).zip(parts) {
        let mut frame = bold.clone().set_border_bottom(FormatBorder::Thin).set_align(aligned(table.columns[part.column].align));
        if row == first {
            frame = frame.set_border_top(FormatBorder::Medium);
        }
        sheet.write_string_with_format(row, j, part.head(table), &frame)?;
    }
    Ok(row)
}

/// The digits of a p value; Excel's conditions let a small one read `<0.001` and stay a number.
fn p_format(style: &Style) -> &'static str {
    match style.p {
        PStyle::LeadingZero => r#"[<0.001]"<0.001";[<0.1]0.000;0.00"#,
        PStyle::NoLeadingZero => r#"[<0.001]"<.001";[<0.1].000;.00"#,
    }
}

fn aligned(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Centre | Align::Right => FormatAlign::Right,
    }
}

fn width(table: &Table, part: Part, style: &Style) -> f64 {
    let cells = table.rows.iter().filter(|row| !row.is_heading()).map(|row| match part.content(row) {
        Content::Empty => 0.0,
        Content::Text(text) => layout::width(text) + f64::from(row.indent) * 2.0,
        Content::Number(value, kind) => kind.map_or(8.0, |kind| layout::width(&number(value, kind, style))),
    });
    let head = part.head(table).split_whitespace().map(layout::width).fold(0.0, f64::max);
    let (least, most) = if part.which == Which::Value { (7.0, 56.0) } else { (9.0, 16.0) };
    cells.fold(head, f64::max).clamp(least, most) + 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_short_and_unique() {
        let mut taken = BTreeSet::new();
        let long = "nomogram-points-of-an-arm-with-a-very-long-name";
        let names: Vec<String> = [long, long, "Table", "table", "a/b"].iter().map(|id| sheet_name(id, &mut taken)).collect();
        assert!(names.iter().all(|name| name.chars().count() <= 31));
        assert_eq!(names.iter().map(|n| n.to_lowercase()).collect::<BTreeSet<_>>().len(), 5);
        assert_eq!(names[4], "a-b");
    }
}
