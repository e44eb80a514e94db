//! Word: a real table with three lines, caption above, notes below, its header repeated on every page.

use super::format::{self, Style, Typeface};
use super::layout::{Widths, unbroken};
use super::model::{Align, Cell, Row, Table};
use crate::error::{Error, Result};
use docx_rs::{
    AlignmentType, BorderType, Docx, LineSpacing, PageMargin, PageOrientationType, PageSize, Paragraph, Run, RunFonts, Section,
    SpecialIndentType, TableBorder, TableBorderPosition, TableBorders, TableCell, TableCellBorder, TableCellBorderPosition,
    TableCellBorders, TableCellMargins, TableRow, VAlignType, VertAlignType, WidthType,
};
use std::io::Cursor;

/// A4 in twentieths of a point, and its margins (2 cm).
const SHORT_EDGE: u32 = 11_906;
const LONG_EDGE: u32 = 16_838;
const MARGIN: i32 = 1_134;
/// Rules of a journal table, in eighths of a point: outer and inner.
const THICK: usize = 12;
const THIN: usize = 6;
/// Room at both sides of a cell, in twentieths of a point.
const PADDING: usize = 60;

/// One table as a Word file.
///
/// # Errors
/// [`Error::Numeric`] if the archive cannot be made in memory.
pub fn single(table: &Table, style: &Style) -> Result<Vec<u8>> {
    pack(std::slice::from_ref(&table), style)
}

/// All tables of a study in one Word file, each on its own page.
///
/// # Errors
/// As [`single`].
pub fn all(tables: &[&Table], style: &Style) -> Result<Vec<u8>> {
    pack(tables, style)
}

fn pack(tables: &[&Table], style: &Style) -> Result<Vec<u8>> {
    let font = match style.typeface {
        Typeface::Times => "Times New Roman",
        Typeface::Arial => "Arial",
    };
    let fonts = RunFonts::new().ascii(font).hi_ansi(font).cs(font).east_asia("SimSun");
    let mut document = Docx::new().default_fonts(fonts).default_size(18);
    for (i, table) in tables.iter().enumerate() {
        let page = Page::of(table, style);
        let body = built(table, &page, style);
        if i + 1 < tables.len() {
            let section = Section::new().page_size(page.size()).page_margin(margins()).page_orient(page.orientation());
            let section = section.add_paragraph(caption(table)).add_table(body);
            document = document.add_section(notes(table).into_iter().fold(section, Section::add_paragraph));
        } else {
            let size = page.edges();
            document = document.page_size(size.0, size.1).page_margin(margins()).page_orient(page.orientation());
            document = document.add_paragraph(caption(table)).add_table(body);
            document = notes(table).into_iter().fold(document, Docx::add_paragraph);
        }
    }
    let mut parts = document.build();
    parts.document = mended(&parts.document).into_bytes();
    parts.doc_props.core = String::from_utf8_lossy(&parts.doc_props.core).replace("unknown", "vbx").into_bytes();
    let mut file = Cursor::new(Vec::new());
    parts.pack(&mut file).map_err(|cause| Error::numeric(format!("the Word file of the tables cannot be made: {cause}")))?;
    Ok(file.into_inner())
}

/// The page that a table needs.
struct Page {
    landscape: bool,
    /// Widths of the columns in twentieths of a point.
    columns: Vec<usize>,
    /// Font size in half points.
    size: usize,
}

impl Page {
    /// The first of portrait 9 pt and landscape 9, 8, 7, 6 pt on which no number has to break, else the last.
    fn of(table: &Table, style: &Style) -> Page {
        const CHOICES: [(bool, usize); 5] = [(false, 18), (true, 18), (true, 16), (true, 14), (true, 12)];
        let widths = Widths::of(table, style);
        let fitted = |(landscape, size): (bool, usize)| {
            let room = (if landscape { LONG_EDGE } else { SHORT_EDGE }) as f64 - 2.0 * f64::from(MARGIN);
            let digit = size as f64 * 10.0 * 0.5;
            let gap = (2 * PADDING) as f64 / digit;
            let (columns, whole) = widths.within(room / digit, gap);
            let columns = columns.iter().map(|width| ((width + gap) * digit).ceil() as usize).collect();
            (Page { landscape, columns, size }, whole)
        };
        let last = CHOICES[CHOICES.len() - 1];
        CHOICES.into_iter().map(fitted).find(|(_, whole)| *whole).map_or_else(|| fitted(last).0, |(page, _)| page)
    }

    fn edges(&self) -> (u32, u32) {
        if self.landscape { (LONG_EDGE, SHORT_EDGE) } else { (SHORT_EDGE, LONG_EDGE) }
    }

    fn size(&self) -> PageSize {
        let (width, height) = self.edges();
        PageSize::new().size(width, height).orient(self.orientation())
    }

    fn orientation(&self) -> PageOrientationType {
        if self.landscape { PageOrientationType::Landscape } else { PageOrientationType::Portrait }
    }
}

fn margins() -> PageMargin {
    PageMargin { top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN, header: 567, footer: 567, gutter: 0 }
}

fn caption(table: &Table) -> Paragraph {
    Paragraph::new()
        .keep_next(true)
        .line_spacing(LineSpacing::new().after(80))
        .add_run(Run::new().size(20).bold().add_text(format!("Table {}. ", table.number)))
        .add_run(Run::new().size(20).add_text(&table.title))
}

fn notes(table: &Table) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = table
        .notes
        .iter()
        .map(|note| {
            let mut paragraph = Paragraph::new().line_spacing(LineSpacing::new().before(40));
            if let Some(mark) = &note.mark {
                paragraph = paragraph.add_run(superscript(mark, 16)).add_run(Run::new().size(16).add_text(" "));
            }
            paragraph.add_run(Run::new().size(16).add_text(&note.text))
        })
        .collect();
    if paragraphs.is_empty() {
        paragraphs.push(Paragraph::new()); // Word wants a paragraph after a table.
    }
    paragraphs
}

fn superscript(mark: &str, size: usize) -> Run {
    let mut run = Run::new().size(size).add_text(mark);
    run.run_property = run.run_property.vert_align(VertAlignType::SuperScript);
    run
}

fn built(table: &Table, page: &Page, style: &Style) -> docx_rs::Table {
    let mut rows = Vec::with_capacity(table.rows.len() + 2);
    if table.has_groups() {
        rows.push(group_row(table, page));
    }
    rows.push(head_row(table, page));
    for (i, row) in table.rows.iter().enumerate() {
        // A rule above is drawn below the row before: a heading spans all columns, and a spanning cell carries no border here,
        // as the library writes the two properties in an order that Word's schema does not know.
        let rule_below = table.rows.get(i + 1).is_some_and(|next| next.rule_above);
        rows.push(if row.is_heading() { heading_row(row, page) } else { body_row(table, row, rule_below, page, style) });
    }
    let line = |position| TableBorder::new(position).size(THICK).color("000000").border_type(BorderType::Single);
    let borders = TableBorders::with_empty().set(line(TableBorderPosition::Top)).set(line(TableBorderPosition::Bottom));
    docx_rs::Table::without_borders(rows)
        .set_grid(page.columns.clone())
        .width(page.columns.iter().sum(), WidthType::Dxa)
        .set_borders(borders)
        .margins(TableCellMargins::new().margin(25, PADDING, 25, PADDING))
}

/// The row of heads that span several columns.
fn group_row(table: &Table, page: &Page) -> TableRow {
    let mut column = 0;
    let cells = table.group_spans().into_iter().map(|(group, span)| {
        let width = page.columns[column..column + span].iter().sum();
        column += span;
        let text = Paragraph::new()
            .align(AlignmentType::Center)
            .add_run(Run::new().size(page.size).bold().add_text(group.unwrap_or("")));
        let cell = TableCell::new().width(width, WidthType::Dxa).add_paragraph(text);
        if span > 1 { cell.grid_span(span) } else { cell }
    });
    TableRow::new(cells.collect()).cant_split()
}

fn head_row(table: &Table, page: &Page) -> TableRow {
    let cells = table.columns.iter().enumerate().map(|(i, column)| {
        let text = Paragraph::new()
            .align(alignment(column.align))
            .add_run(Run::new().size(page.size).bold().add_text(format::unbroken(&table.printed_head(i))));
        let mut borders = cell_line(TableCellBorderPosition::Bottom, THIN);
        if column.group.is_some() {
            borders = borders.set(TableCellBorder::new(TableCellBorderPosition::Top).size(4).color("000000"));
        }
        TableCell::new()
            .width(page.columns[i], WidthType::Dxa)
            .set_borders(borders)
            .vertical_align(VAlignType::Bottom)
            .add_paragraph(text)
    });
    TableRow::new(cells.collect()).cant_split()
}

fn heading_row(row: &Row, page: &Page) -> TableRow {
    let label = match row.cells.first() {
        Some(Cell::Text(text)) => text.as_str(),
        _ => "",
    };
    let text = Paragraph::new().keep_next(true).add_run(Run::new().size(page.size).bold().add_text(label));
    let cell = TableCell::new().width(page.columns.iter().sum(), WidthType::Dxa).add_paragraph(text);
    TableRow::new(vec![if page.columns.len() > 1 { cell.grid_span(page.columns.len()) } else { cell }])
}

fn body_row(table: &Table, row: &Row, rule_below: bool, page: &Page, style: &Style) -> TableRow {
    let cells = row.cells.iter().enumerate().map(|(i, cell)| {
        let mut text = Paragraph::new().align(alignment(table.columns[i].align));
        if i == 0 && row.indent > 0 {
            text = text.indent(Some(200 * i32::from(row.indent)), None::<SpecialIndentType>, None, None);
        }
        text = text.add_run(Run::new().size(page.size).add_text(unbroken(cell, style)));
        if let Some(mark) = cell.mark() {
            text = text.add_run(superscript(mark, page.size));
        }
        let mut built = TableCell::new().width(page.columns[i], WidthType::Dxa);
        if rule_below {
            built = built.set_borders(cell_line(TableCellBorderPosition::Bottom, 4));
        }
        built.add_paragraph(text)
    });
    TableRow::new(cells.collect())
}

fn alignment(align: Align) -> AlignmentType {
    match align {
        Align::Left => AlignmentType::Left,
        Align::Centre => AlignmentType::Center,
        Align::Right => AlignmentType::Right,
    }
}

fn cell_line(position: TableCellBorderPosition, size: usize) -> TableCellBorders {
    TableCellBorders::with_empty().set(TableCellBorder::new(position).size(size).color("000000"))
}

/// Says what the library cannot: header rows repeat on every page, body rows do not split, and no paragraph carries an
/// identifier that counts over the whole process, so that the same table gives the same file.
fn mended(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document)
        .replace("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />")
        .replace("<w:trPr />", "<w:trPr><w:cantSplit /></w:trPr>");
    let mut parts = text.split(" w14:paraId=\"");
    let mut mended = parts.next().unwrap_or("").to_owned();
    for part in parts {
        mended.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    mended
}
