//! Workbooks: xlsx, xlsb, xls and ods. Cells come typed; dates become ISO text, since a date is no quantity.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, ExcelDateTime, Reader, SheetVisible, Sheets, open_workbook_auto_from_rs};

use super::finding::Finding;
use super::limits::{check_shape, check_worksheet};
use super::raw::{RawTable, shortest};
use super::read::ReadOptions;
use super::sheet::{Sheet, SheetColumn, is_title, skipped_titles};
use crate::error::{InputError, Result};

type Workbook<'a> = Sheets<Cursor<&'a [u8]>>;

/// Reads the worksheet that was named, or the first visible one that is not empty.
///
/// # Errors
/// A damaged or encrypted workbook, no such sheet, no cells.
pub(super) fn read(path: &Path, bytes: &[u8], options: &ReadOptions, findings: &mut Vec<Finding>) -> Result<RawTable> {
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|cause| {
        if is_encrypted(bytes) {
            InputError::new(path, "a workbook protected by a password", "one without; save it without encryption")
        } else {
            InputError::new(path, format!("a damaged workbook ({cause})"), "an XLSX, XLS or ODS workbook; open and save it again")
        }
    })?;
    let (name, cells) = match &options.sheet {
        Some(wanted) => named(path, &mut workbook, wanted)?,
        None => first_filled(path, &mut workbook, findings)?,
    };
    let sheet = arrange(path, cells, options.skip_rows, findings)?;
    sheet.into_table(path, Some(name), &options.notation(false), findings)
}

/// A workbook that is encrypted lies inside an older container, in a part of this name.
fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

fn named(path: &Path, workbook: &mut Workbook<'_>, wanted: &str) -> Result<(String, Vec<Filled>)> {
    let names = workbook.sheet_names();
    let Some(name) = names.iter().find(|name| name.trim() == wanted.trim()) else {
        let there: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        return Err(InputError::new(path, format!("no sheet `{wanted}`"), format!("one of {}", there.join(", "))).into());
    };
    Ok((name.clone(), cells(path, workbook, name)?))
}

fn first_filled(path: &Path, workbook: &mut Workbook<'_>, findings: &mut Vec<Finding>) -> Result<(String, Vec<Filled>)> {
    let visible = |sheet: &&calamine::Sheet| sheet.visible == SheetVisible::Visible;
    let names: Vec<String> = workbook.sheets_metadata().iter().filter(visible).map(|sheet| sheet.name.clone()).collect();
    for (at, name) in names.iter().enumerate() {
        let cells = cells(path, workbook, name)?;
        if cells.is_empty() {
            continue;
        }
        if at + 1 < names.len() {
            let others: Vec<String> = names[at + 1..].iter().map(|name| format!("`{name}`")).collect();
            let message = format!("read sheet `{name}`, the first that is not empty; not read: {}", others.join(", "));
            findings.push(Finding::info("sheet", message).in_file(path));
        }
        return Ok((name.clone(), cells));
    }
    Err(InputError::new(path, "a workbook without any filled cell", "a sheet with a row of column names and one row per case")
        .into())
}

/// A cell that holds something.
struct Filled {
    row: u32,
    column: u32,
    text: String,
    number: Option<f64>,
}

/// The filled cells of a worksheet. Formats that allow it are read cell by cell: a stray blank in the last corner of a sheet
/// must not make a rectangle of 17 billion cells.
fn cells(path: &Path, workbook: &mut Workbook<'_>, name: &str) -> Result<Vec<Filled>> {
    let damaged = |cause: String| {
        InputError::new(path, format!("a damaged sheet `{name}` ({cause})"), "a workbook; open and save it again")
    };
    let mut filled = Vec::new();
    match workbook {
        Sheets::Xlsx(xlsx) => {
            let mut reader = xlsx.worksheet_cells_reader(name).map_err(|cause| damaged(cause.to_string()))?;
            while let Some(cell) = reader.next_cell().map_err(|cause| damaged(cause.to_string()))? {
                let position = cell.get_position();
                filled.extend(Filled::new(position, cell.get_value().clone().into()));
                check_worksheet(path, filled.len())?;
            }
        }
        Sheets::Xlsb(xlsb) => {
            let mut reader = xlsb.worksheet_cells_reader(name).map_err(|cause| damaged(cause.to_string()))?;
            while let Some(cell) = reader.next_cell().map_err(|cause| damaged(cause.to_string()))? {
                let position = cell.get_position();
                filled.extend(Filled::new(position, cell.get_value().clone().into()));
                check_worksheet(path, filled.len())?;
            }
        }
        other => {
            let range = other.worksheet_range(name).map_err(|cause| damaged(cause.to_string()))?;
            let (first_row, first_column) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let position = (first_row + row as u32, first_column + column as u32);
                filled.extend(Filled::new(position, value.clone()));
            }
        }
    }
    Ok(filled)
}

impl Filled {
    fn new((row, column): (u32, u32), value: Data) -> Option<Self> {
        let (text, number) = match value {
            Data::Empty => return None,
            Data::Int(value) => (value.to_string(), Some(value as f64)),
            Data::Float(value) => (shortest(value), Some(value)),
            Data::String(text) | Data::DurationIso(text) => (text, None),
            Data::DateTimeIso(text) => (text.strip_suffix("T00:00:00").unwrap_or(&text).to_owned(), None),
            Data::Bool(value) => (value.to_string(), None),
            Data::DateTime(value) => date_or_number(value),
            Data::Error(error) => (error.to_string(), None),
        };
        (!super::text::trim(&text).is_empty()).then_some(Filled { row, column, text, number })
    }
}

/// A date as `2024-01-31` or `2024-01-31T10:20:30`; a duration stays a number, in days as the workbook stores it.
fn date_or_number(value: ExcelDateTime) -> (String, Option<f64>) {
    if !value.is_datetime() {
        return (shortest(value.as_f64()), Some(value.as_f64()));
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let text = if value.as_f64().fract() == 0.0 { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") };
    (text, None)
}

/// Puts filled cells into columns below their header.
fn arrange(path: &Path, mut cells: Vec<Filled>, skip_rows: usize, findings: &mut Vec<Finding>) -> Result<Sheet> {
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let mut rows = cells.chunk_by(|a, b| a.row == b.row).skip_while(|row| (row[0].row as usize) < skip_rows).peekable();
    let width = rows.clone().take(20).map(<[Filled]>::len).max().unwrap_or(0);
    let mut titles = Vec::new();
    while let Some(row) = rows.next_if(|row| is_title(row.len(), width)) {
        titles.push(row[0].row as usize + 1);
    }
    findings.extend(skipped_titles(path, &titles));
    let Some(header) = rows.next() else { return Ok(Sheet::default()) };
    let body: Vec<&[Filled]> = rows.collect();

    let all = || std::iter::once(header).chain(body.iter().copied());
    let first = all().map(|row| row[0].column).min().unwrap_or(0);
    let last = all().map(|row| row[row.len() - 1].column).max().unwrap_or(0);
    let n_columns = (last - first) as usize + 1;
    check_shape(path, body.len(), n_columns)?;

    let mut sheet = Sheet { header: vec![String::new(); n_columns], ..Sheet::default() };
    for cell in header {
        sheet.header[(cell.column - first) as usize] = cell.text.clone();
    }
    sheet.columns = vec![SheetColumn::default(); n_columns];
    for row in &body {
        let mut filled = row.iter().peekable();
        for (at, column) in sheet.columns.iter_mut().enumerate() {
            // A damaged file may place two values in one cell: the first counts.
            let mut here = None;
            while let Some(cell) = filled.next_if(|cell| (cell.column - first) as usize == at) {
                here = here.or(Some(cell));
            }
            column.texts.push(here.map_or("", |cell| &cell.text));
            column.numbers.push(here.and_then(|cell| cell.number));
        }
        sheet.row_numbers.push(row[0].row as usize + 1);
    }
    Ok(sheet)
}
