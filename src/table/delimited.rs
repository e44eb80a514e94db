//! Text tables: CSV, TSV, semicolons, and what laboratories call .txt.

use std::path::Path;

use super::finding::{Finding, count};
use super::limits::check_shape;
use super::sheet::{Sheet, SheetColumn, is_title, skipped_titles};
use super::sniff;
use crate::error::{InputError, Result};

/// The cells of a text table below its header.
///
/// Rows that hold nothing are left out. Every other row must have as many cells as the header; empty cells too many at its end
/// are forgiven, and so is a header that lacks the name above R's row names.
///
/// # Errors
/// [`InputError`] at the first row that is too short or too long.
pub(super) fn cut(path: &Path, text: &str, delimiter: u8, skip_rows: usize, findings: &mut Vec<Finding>) -> Result<Sheet> {
    let mut found = Vec::new();
    let mut outcome = Cutter::new(path, text, delimiter, skip_rows, true).run(&mut found);
    // In tab-separated text a quotation mark is often an inch sign or a part of the name, and quotes nothing.
    if outcome.is_err() && delimiter == b'\t' && text.contains('"') {
        let mut found_unquoted = Vec::new();
        if let Ok(sheet) = Cutter::new(path, text, delimiter, skip_rows, false).run(&mut found_unquoted) {
            let message = "quotation marks do not come in pairs; they were read as part of the text";
            found_unquoted.push(Finding::info("unpaired-quote", message).in_file(path));
            (outcome, found) = (Ok(sheet), found_unquoted);
        }
    }
    findings.append(&mut found);
    outcome
}

/// Excel's own hint at the separator, `sep=;` on a first line: the separator and the rest of the text.
pub(super) fn separator_hint(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    match line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?.as_bytes() {
        [delimiter] => Some((*delimiter, rest)),
        _ => None,
    }
}

struct Cutter<'a> {
    path: &'a Path,
    text: &'a str,
    delimiter: u8,
    reader: csv::Reader<&'a [u8]>,
    record: csv::StringRecord,
    /// The row of `record` as a spreadsheet counts.
    row: usize,
    skip_rows: usize,
    /// The most frequent number of cells per row.
    usual_width: usize,
}

impl<'a> Cutter<'a> {
    fn new(path: &'a Path, text: &'a str, delimiter: u8, skip_rows: usize, quoting: bool) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .quoting(quoting)
            .from_reader(text.as_bytes());
        let usual_width = sniff::width(text, delimiter);
        Cutter { path, text, delimiter, reader, record: csv::StringRecord::new(), row: 0, skip_rows, usual_width }
    }

    fn run(mut self, findings: &mut Vec<Finding>) -> Result<Sheet> {
        let mut sheet = self.header(findings)?;
        let mut cells = 0usize;
        while self.next()? {
            if filled(&self.record) == 0 {
                continue;
            }
            let first = sheet.row_numbers.is_empty();
            if first
                && self.record.len() == sheet.header.len() + 1
                && sheet.header.len() >= 2
                && self.record.len() == self.usual_width
            {
                name_row_names(&mut sheet, self.path, findings);
            }
            self.check_width(sheet.header.len())?;
            cells += sheet.header.len();
            check_shape(self.path, cells / sheet.header.len().max(1), sheet.header.len())?;
            for (column, cell) in sheet.columns.iter_mut().zip(&self.record) {
                column.texts.push(cell);
            }
            sheet.row_numbers.push(self.row);
        }
        Ok(sheet)
    }

    /// Skips what was asked for and title rows, and reads the header.
    fn header(&mut self, findings: &mut Vec<Finding>) -> Result<Sheet> {
        let mut titles = Vec::new();
        let mut header = Vec::new();
        while self.next()? {
            if self.row <= self.skip_rows {
                continue;
            }
            if is_title(filled(&self.record), self.usual_width) {
                if filled(&self.record) > 0 {
                    titles.push(self.row);
                }
                continue;
            }
            header = self.record.iter().map(str::to_owned).collect();
            break;
        }
        findings.extend(skipped_titles(self.path, &titles));
        check_shape(self.path, 0, header.len())?;
        let columns = vec![SheetColumn::default(); header.len()];
        Ok(Sheet { header, columns, row_numbers: Vec::new() })
    }

    /// Reads the next record and finds its row: lines without any character are no records, but a spreadsheet counts them.
    fn next(&mut self) -> Result<bool> {
        let start = self.reader.position().clone();
        let more =
            self.reader.read_record(&mut self.record).map_err(|cause| InputError::new(self.path, cause, "a text table"))?;
        if !more {
            return Ok(false);
        }
        let end = self.reader.position();
        let raw = &self.text.as_bytes()[start.byte() as usize..end.byte() as usize];
        self.row += 1 + blank_lines(raw, start.byte() > 0 && self.text.as_bytes()[start.byte() as usize - 1] == b'\r');
        let runs_over_lines = end.line() - start.line() > 1 && self.record.iter().any(|cell| cell.contains('\n'));
        // A quotation mark that is never closed swallows rows without a trace.
        if runs_over_lines && !quotes_are_closed(raw, self.delimiter) {
            let expected = "a quotation mark that opens a cell to be closed at its end; look for one in a text (5\" for inches)";
            return Err(InputError::new(self.path, "a cell that runs over several rows", expected).at_row(self.row).into());
        }
        Ok(true)
    }

    fn check_width(&self, width: usize) -> Result<()> {
        let surplus_is_empty = self.record.iter().skip(width).all(|cell| cell.trim().is_empty());
        if self.record.len() >= width && surplus_is_empty {
            return Ok(());
        }
        let advice = "look for a separator inside a text (quote the text) or for a missing cell";
        let expected = format!("{} as in the header; {advice}", count(width, "cell"));
        Err(InputError::new(self.path, count(self.record.len(), "cell"), expected).at_row(self.row).into())
    }
}

/// The lines without any character before a record. `in_line_end`: the carriage return of the line before has been read.
fn blank_lines(record: &[u8], in_line_end: bool) -> usize {
    let ends: Vec<u8> = record.iter().copied().take_while(|b| matches!(b, b'\r' | b'\n')).collect();
    let ends = if in_line_end { ends.strip_prefix(b"\n").unwrap_or(&ends) } else { &ends };
    let pairs = ends.windows(2).filter(|pair| pair == b"\r\n").count();
    ends.len() - pairs
}

/// Whether every quotation mark that opens a cell is closed right before a separator, the end of the line or of the text.
fn quotes_are_closed(record: &[u8], delimiter: u8) -> bool {
    let ends_cell = |b: u8| b == delimiter || b == b'\n' || b == b'\r';
    let mut at = 0;
    while at < record.len() {
        if record[at] != b'"' {
            at += record[at..].iter().position(|&b| ends_cell(b)).map_or(record.len(), |cell| cell + 1);
            continue;
        }
        at += 1;
        loop {
            let Some(quote) = record[at..].iter().position(|&b| b == b'"') else { return false };
            at += quote + 1;
            match record.get(at) {
                Some(b'"') => at += 1,
                Some(&b) if ends_cell(b) => break,
                Some(_) => return false,
                None => return true,
            }
        }
        at += 1;
    }
    true
}

/// Gives R's row names, which stand below no name, a column of their own.
fn name_row_names(sheet: &mut Sheet, path: &Path, findings: &mut Vec<Finding>) {
    sheet.header.insert(0, "row.names".to_owned());
    sheet.columns.insert(0, SheetColumn::default());
    let message = "the rows have one cell more than the header, as R writes row names; the first column is named `row.names`";
    findings.push(Finding::info("row-names", message).in_file(path));
}

fn filled(record: &csv::StringRecord) -> usize {
    record.iter().filter(|cell| !cell.trim().is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str, delimiter: u8) -> (Result<Sheet>, Vec<Finding>) {
        let mut findings = Vec::new();
        let sheet = cut(Path::new("f.csv"), text, delimiter, 0, &mut findings);
        (sheet, findings)
    }

    fn column(sheet: &Sheet, at: usize) -> Vec<&str> {
        sheet.columns[at].texts.iter().collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["id,note", "", "1,\"two", "lines\"", ",", "2,x", "", "", "3,y", ""].join(end);
            let sheet = cut_text(&text, b',').0.unwrap();
            assert_eq!(sheet.row_numbers, [3, 5, 8], "{text:?}");
            assert_eq!(column(&sheet, 0), ["1", "2", "3"]);
        }
    }

    #[test]
    fn ragged_rows_are_refused_at_their_row() {
        let message = |text| cut_text(text, b',').0.unwrap_err().to_string();
        assert!(message("a,b\n1,2\n3\n").starts_with("f.csv, row 3: found 1 cell; expected 2 cells"));
        assert!(message("a,b\n1,2\n3,4,5\n4,5\n").starts_with("f.csv, row 3: found 3 cells"));
        for unclosed in ["a,b\n1,\"2\n3,4\n5,6", "a,b\n1,2\n\n3,\"4 in\n5,6\n7,\"8 in\n"] {
            assert!(message(unclosed).contains("to be closed"), "{unclosed}");
        }
        assert!(message("a,b\n1,2\n\n3,\"4 in\n5,6\n").contains("row 4"));
        assert!(cut_text("a,b\n1,2,,\n", b',').0.is_ok());
    }

    #[test]
    fn row_names_of_r_get_a_column() {
        let (sheet, findings) = cut_text("x y\n\"1\" 0.5 2\n\"2\" 0.7 3\n", b' ');
        let sheet = sheet.unwrap();
        assert_eq!(sheet.header, ["row.names", "x", "y"]);
        assert_eq!(column(&sheet, 2), ["2", "3"]);
        assert_eq!(findings[0].code, "row-names");
    }

    #[test]
    fn titles_are_skipped_and_inches_are_no_quotes() {
        let (sheet, findings) = cut_text("Table 1,,\nid,a,b\n1,2,3\n", b',');
        assert_eq!((sheet.unwrap().header, findings[0].code.as_str()), (vec!["id".into(), "a".into(), "b".into()], "title-row"));
        let (sheet, findings) = cut_text("id\tsize\n1\t\"5 in\n2\t4\n", b'\t');
        assert_eq!(column(&sheet.unwrap(), 1), ["\"5 in", "4"]);
        assert_eq!(findings[0].code, "unpaired-quote");
    }

    #[test]
    fn excels_hint_is_understood() {
        assert_eq!(separator_hint("sep=;\r\na;b\n"), Some((b';', "a;b\n")));
        assert_eq!(separator_hint("a;b\n1;2\n"), None);
    }
}
