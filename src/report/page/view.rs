//! Tables and figures as the templates see them: every text decided, nothing left to compute.

use crate::report::figure::Figure;
use crate::report::table::format::{self, Style};
use crate::report::table::{Align, Cell, Table, lies_on_its_side};
use serde::Serialize;

/// Rows beyond which a table scrolls inside its own frame.
const LONG: usize = 24;
/// Row labels up to this length do not wrap where there is room.
const SHORT: usize = 36;
/// Other words beyond this length get a column wide enough to read.
const WORDS: usize = 24;
/// Figures up to this width carry their caption at their side.
const NARROW_MM: f64 = 110.0;
/// Columns beyond which a table is printed in smaller type.
const FULL: usize = 8;

/// A table.
#[derive(Debug, Clone, Serialize)]
pub struct TableView {
    id: String,
    number: usize,
    title: String,
    groups: Vec<(String, usize)>,
    heads: Vec<Head>,
    rows: Vec<RowView>,
    notes: Vec<(String, String)>,
    long: bool,
    /// Printed on a page that lies on its side.
    wide: bool,
    /// Printed in smaller type.
    full: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Head {
    text: String,
    interval: &'static str,
    align: &'static str,
    grouped: bool,
}

#[derive(Debug, Clone, Serialize)]
struct RowView {
    heading: Option<String>,
    indent: bool,
    /// The label stays on one line.
    short: bool,
    rule: bool,
    cells: Vec<CellView>,
}

#[derive(Debug, Clone, Serialize)]
struct CellView {
    text: String,
    interval: String,
    mark: String,
    align: &'static str,
}

/// A figure.
#[derive(Debug, Clone, Serialize)]
pub struct FigureView {
    /// Its name.
    pub id: String,
    number: usize,
    title: String,
    caption: String,
    svg: String,
    width_mm: f64,
    narrow: bool,
}

impl TableView {
    /// The table in the given house style.
    pub fn of(table: &Table, style: &Style) -> Self {
        let suffix = format!(" ({})", format::INTERVAL);
        let heads = table.columns.iter().enumerate().map(|(i, column)| {
            let head = table.printed_head(i);
            let interval = head.strip_suffix(&suffix);
            Head {
                text: format::unbroken(interval.unwrap_or(&head)),
                interval: if interval.is_some() { format::INTERVAL } else { "" },
                align: align(column.align),
                grouped: column.group.is_some(),
            }
        });
        let groups = table.group_spans().into_iter().map(|(group, span)| (group.unwrap_or("").to_owned(), span));
        TableView {
            id: table.id.clone(),
            number: table.number,
            title: table.title.clone(),
            groups: if table.has_groups() { groups.collect() } else { Vec::new() },
            heads: heads.collect(),
            rows: table
                .rows
                .iter()
                .map(|row| RowView {
                    heading: row.is_heading().then(|| row.cells[0].printed(style)),
                    indent: row.indent > 0,
                    short: row.cells.first().is_some_and(|cell| cell.printed(style).chars().count() <= SHORT),
                    rule: row.rule_above,
                    cells: row
                        .cells
                        .iter()
                        .zip(&table.columns)
                        .map(|(cell, column)| cell_view(cell, align(column.align), style))
                        .collect(),
                })
                .collect(),
            notes: table.notes.iter().map(|note| (note.mark.clone().unwrap_or_default(), note.text.clone())).collect(),
            long: table.rows.len() > LONG,
            wide: lies_on_its_side(table, style),
            full: table.columns.len() > FULL,
        }
    }
}

fn cell_view(cell: &Cell, align: &'static str, style: &Style) -> CellView {
    let (text, interval) = match cell {
        Cell::Measure { value, limits, format: kind } => {
            (format::number(*value, *kind, style), format!("({})", format::interval(limits.0, limits.1, *kind, style)))
        }
        cell => (cell.printed(style), String::new()),
    };
    let align = match (cell, align) {
        (Cell::Text(words), _) if words.chars().count() > WORDS => "words",
        (Cell::Text(_), "centre") => "centre whole",
        (_, align) => align,
    };
    CellView { text, interval, mark: cell.mark().unwrap_or_default().to_owned(), align }
}

fn align(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Centre => "centre",
        Align::Right => "right",
    }
}

impl FigureView {
    /// The figure with its number on the page.
    pub fn of(figure: &Figure, number: usize) -> Self {
        FigureView {
            id: figure.id.clone(),
            number,
            title: figure.title.clone(),
            caption: figure.caption.clone(),
            svg: figure.svg.clone(),
            width_mm: figure.width_mm,
            narrow: figure.width_mm <= NARROW_MM,
        }
    }
}
