//! A table before it is a file: cells that still hold their numbers.

use super::format::{self, Format, INTERVAL, NONE, Style};
use crate::study::results::Measure;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Stable name; the files are called after it.
    pub id: String,
    /// Its place among the tables of the study, from 1.
    pub number: usize,
    /// What it shows.
    pub title: String,
    /// Columns; the first holds the row labels.
    pub columns: Vec<Column>,
    /// Rows, as many cells each as there are columns.
    pub rows: Vec<Row>,
    /// Footnotes in order.
    pub notes: Vec<Note>,
    /// A full listing for programs, too long for a page: written as CSV and XLSX only.
    pub listing: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// How its cells are aligned.
    pub align: Align,
    /// A head that spans neighbouring columns of the same group.
    pub group: Option<String>,
    /// A head printed as it is, where cells differ in kind and the notes say what stands where.
    pub plain: bool,
}

/// Alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Estimates with intervals.
    Centre,
    /// Numbers.
    Right,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// 0, or 1 for a row under a heading row.
    pub indent: u8,
    /// A thin rule above.
    pub rule_above: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing to say here.
    Empty,
    /// Words.
    Text(String),
    /// A number.
    Number(f64, Format),
    /// A p value.
    P(f64),
    /// An estimate with its interval.
    Measure {
        /// The estimate.
        value: f64,
        /// Its limits.
        limits: (f64, f64),
        /// The kind of number.
        format: Format,
    },
    /// No number, and the mark of the footnote that says why.
    Undefined(String),
}

/// A footnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The superscript that leads here; none for a note on the whole table.
    pub mark: Option<String>,
    /// The note.
    pub text: String,
}

impl Table {
    /// A table without rows yet; its number is given by the registry.
    pub fn new(id: impl Into<String>, title: impl Into<String>, columns: Vec<Column>) -> Self {
        Table { id: id.into(), number: 0, title: title.into(), columns, rows: Vec::new(), notes: Vec::new(), listing: false }
    }

    /// Makes every text one line of characters that any format can hold, as XML, and so Word and Excel, refuse control characters;
    /// a number that is none becomes undefined.
    pub fn tidy(&mut self) {
        for cell in self.rows.iter_mut().flat_map(|row| &mut row.cells) {
            let nan = match cell {
                Cell::Number(value, _) | Cell::P(value) => value.is_nan(),
                Cell::Measure { value, limits, .. } => value.is_nan() || limits.0.is_nan() || limits.1.is_nan(),
                _ => false,
            };
            if nan {
                *cell = Cell::Undefined(String::new());
            }
        }
        let heads = self.columns.iter_mut().flat_map(|column| std::iter::once(&mut column.head).chain(&mut column.group));
        let cells = self.rows.iter_mut().flat_map(|row| &mut row.cells).filter_map(|cell| match cell {
            Cell::Text(text) => Some(text),
            _ => None,
        });
        let notes = self.notes.iter_mut().map(|note| &mut note.text);
        for text in std::iter::once(&mut self.title).chain(heads).chain(cells).chain(notes) {
            if text.contains(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
                let lines = text.replace(['\n', '\r', '\t'], " ");
                *text = lines.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
            }
        }
    }

    /// Adds a note on the whole table.
    pub fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() && !self.notes.iter().any(|note| note.text == text) {
            self.notes.push(Note { mark: None, text });
        }
    }

    /// A cell for a measure: the number, its interval, or a mark that leads to the reason why there is none.
    pub fn measure(&mut self, measure: &Measure, format: Format) -> Cell {
        let finite = |x: Option<f64>| x.filter(|x| !x.is_nan());
        match (finite(measure.value), finite(measure.lower), finite(measure.upper)) {
            (Some(value), Some(lower), Some(upper)) => Cell::Measure { value, limits: (lower, upper), format },
            (Some(value), ..) => Cell::Number(value, format),
            (None, ..) => self.undefined(measure.note.as_deref()),
        }
    }

    /// A cell for a p value that may be missing.
    pub fn p(&mut self, p: Option<f64>, reason: Option<&str>) -> Cell {
        match p.filter(|p| !p.is_nan()) {
            Some(p) => Cell::P(p),
            None => self.undefined(reason),
        }
    }

    /// A cell without a number; the reason becomes a footnote, once.
    pub fn undefined(&mut self, reason: Option<&str>) -> Cell {
        let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) else {
            return Cell::Undefined(String::new());
        };
        if let Some(mark) = self.notes.iter().find(|n| n.mark.is_some() && n.text == reason).and_then(|n| n.mark.clone()) {
            return Cell::Undefined(mark);
        }
        let mark = mark(self.notes.iter().filter(|note| note.mark.is_some()).count());
        self.notes.push(Note { mark: Some(mark.clone()), text: reason.to_owned() });
        Cell::Undefined(mark)
    }

    /// Appends a row.
    pub fn push(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "table {}", self.id);
        self.rows.push(Row { cells, ..Row::default() });
    }

    /// Appends a row under the last heading row.
    pub fn push_indented(&mut self, cells: Vec<Cell>) {
        self.push(cells);
        if let Some(row) = self.rows.last_mut() {
            row.indent = 1;
        }
    }

    /// Appends a heading row: a label, and empty cells.
    pub fn push_heading(&mut self, label: impl Into<String>) {
        let mut cells = vec![Cell::Empty; self.columns.len()];
        cells[0] = Cell::Text(label.into());
        let rule_above = !self.rows.is_empty();
        self.rows.push(Row { cells, indent: 0, rule_above });
    }

    /// Whether a column holds intervals, which programs want in columns of their own.
    pub fn has_intervals(&self, column: usize) -> bool {
        self.rows.iter().any(|row| matches!(row.cells[column], Cell::Measure { .. }))
    }

    /// The head of a column in print: with `, %` and `(95% CI)` where its cells are so.
    pub fn printed_head(&self, column: usize) -> String {
        let mut head = self.columns[column].head.clone();
        if self.columns[column].plain {
            return head;
        }
        let mut formats = self.rows.iter().filter_map(|row| row.cells[column].format());
        if formats.next().is_some_and(|f| matches!(f, Format::Percent(_))) && formats.all(|f| matches!(f, Format::Percent(_))) {
            head += ", %";
        }
        if self.has_intervals(column) {
            head += &format!(" ({INTERVAL})");
        }
        head
    }

    /// Whether neighbouring columns stand under a common head.
    pub fn has_groups(&self) -> bool {
        self.columns.iter().any(|column| column.group.is_some())
    }

    /// Runs of columns under one group head: the head and how many columns it spans.
    pub fn group_spans(&self) -> Vec<(Option<&str>, usize)> {
        let mut spans: Vec<(Option<&str>, usize)> = Vec::new();
        for column in &self.columns {
            let group = column.group.as_deref();
            match spans.last_mut() {
                Some((last, span)) if *last == group && group.is_some() => *span += 1,
                _ => spans.push((group, 1)),
            }
        }
        spans
    }

    /// Whether rows are indented under others.
    pub fn has_indents(&self) -> bool {
        self.rows.iter().any(|row| row.indent > 0)
    }

    /// Title with its number: `Table 2. Discrimination`.
    pub fn caption(&self) -> String {
        format!("Table {}. {}", self.number, self.title)
    }
}

impl Column {
    /// A column of words.
    pub fn left(head: impl Into<String>) -> Self {
        Column { head: head.into(), align: Align::Left, group: None, plain: false }
    }

    /// A column of estimates with intervals.
    pub fn centre(head: impl Into<String>) -> Self {
        Column { head: head.into(), align: Align::Centre, group: None, plain: false }
    }

    /// A column of numbers.
    pub fn right(head: impl Into<String>) -> Self {
        Column { head: head.into(), align: Align::Right, group: None, plain: false }
    }

    /// Leaves the head as it is.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Puts the column under a common head.
    pub fn under(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }
}

impl Row {
    /// Whether only the label says anything: a heading over the rows below.
    pub fn is_heading(&self) -> bool {
        matches!(self.cells.first(), Some(Cell::Text(_))) && self.cells[1..].iter().all(|cell| *cell == Cell::Empty)
    }
}

impl Cell {
    /// Words; none are an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// A count.
    pub fn count(n: usize) -> Self {
        Cell::Number(n as f64, Format::Count)
    }

    /// The cell in print, without the mark of a footnote.
    pub fn printed(&self, style: &Style) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number(value, kind) => format::number(*value, *kind, style),
            Cell::P(p) => format::p_value(*p, style),
            Cell::Measure { value, limits, format } => format::estimate(*value, Some(*limits), *format, style),
            Cell::Undefined(_) => NONE.to_owned(),
        }
    }

    /// The mark of its footnote.
    pub fn mark(&self) -> Option<&str> {
        match self {
            Cell::Undefined(mark) if !mark.is_empty() => Some(mark),
            _ => None,
        }
    }

    /// The kind of its number.
    pub fn format(&self) -> Option<Format> {
        match self {
            Cell::Number(_, format) | Cell::Measure { format, .. } => Some(*format),
            _ => None,
        }
    }
}

/// Footnote marks: a, b, … z, aa, ab, …
fn mark(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    let prefix = if index >= 26 { mark(index / 26 - 1) } else { String::new() };
    format!("{prefix}{letter}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_like_columns_of_a_spreadsheet() {
        assert_eq!([0, 1, 25, 26, 27, 52, 702].map(mark), ["a", "b", "z", "aa", "ab", "ba", "aaa"]);
    }

    #[test]
    fn an_undefined_number_leads_to_its_reason_once() {
        let mut table = Table::new("t", "T", vec![Column::left("Arm"), Column::centre("AUC")]);
        let first = table.measure(&Measure::undefined("one class only"), Format::Auc);
        let second = table.measure(&Measure::undefined("one class only"), Format::Auc);
        let third = table.p(None, Some("no test"));
        assert_eq!((first.mark(), second.mark(), third.mark()), (Some("a"), Some("a"), Some("b")));
        assert_eq!(table.notes.len(), 2);
        assert_eq!(first.printed(&Style::default()), "–");
    }

    #[test]
    fn heads_say_percent_and_interval_where_cells_are_so() {
        let mut table = Table::new("t", "T", vec![Column::left("Arm"), Column::centre("Sensitivity"), Column::right("p")]);
        let cell = Cell::Measure { value: 0.5, limits: (0.4, 0.6), format: Format::Percent(1) };
        table.push(vec![Cell::text("A"), cell, Cell::P(0.5)]);
        assert_eq!(table.printed_head(1), "Sensitivity, % (95% CI)");
        assert_eq!(table.printed_head(2), "p");
    }
}
