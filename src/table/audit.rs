//! What is wrong with a table's columns, found, said and handled by stated rules.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::date::is_date;
use super::finding::{Finding, count, first_few};
use super::raw::{Cells, RawColumn, RawTable};
use super::text::{half_width, without_blanks};

/// A number beyond this is no measurement where all others of its column are below [`USUAL`].
const HUGE: f64 = 1e15;
const USUAL: f64 = 1e6;
/// A column with a larger share of missing cells is nearly empty.
const NEARLY_EMPTY: f64 = 0.95;
/// Text columns with more levels than this are not searched for levels that look alike.
const MANY_LEVELS: usize = 100;

/// Looks through the columns of a table except the `protected` ones (identifiers, the outcome), which stay as they are.
///
/// # Definition
/// In this order:
/// - `infinite-value`: infinite numbers become missing, and are counted;
/// - `huge-value`: numbers above 10¹⁵ in size become missing if all others of the column are below 10⁶; else they stay, and are
///   said;
/// - `all-missing-column`: a column without any value is dropped;
/// - `row-index`: a column without a name of its own that counts the rows is dropped;
/// - `constant-column`: a column with the same value in every row is dropped; with one value and missing cells it stays
///   (`one-value-column`);
/// - `nearly-empty-column`: missing in more than 95 %; it stays;
/// - `duplicate-column`: of columns with identical cells the first stays, the others are dropped;
/// - `similar-levels`: levels that differ only in case, width or spaces stay apart, and are said;
/// - `free-text-column`: a text that differs from row to row; it stays.
pub fn audit(table: RawTable, protected: &[usize]) -> (RawTable, Vec<Finding>) {
    let mut audit = Audit { dropped: vec![false; table.columns.len()], table, findings: Vec::new() };
    for &at in protected {
        // Marked as dropped while the audit runs, so that no rule looks at it.
        audit.dropped[at] = true;
    }
    audit.infinite();
    audit.huge();
    audit.without_information();
    audit.duplicates();
    audit.levels();
    let Audit { mut table, mut dropped, mut findings } = audit;
    for &at in protected {
        dropped[at] = false;
    }
    for finding in &mut findings {
        finding.file = Some(table.path.clone());
    }
    let mut dropped = dropped.into_iter();
    table.columns.retain(|_| !dropped.next().unwrap_or(false));
    (table, findings)
}

struct Audit {
    table: RawTable,
    dropped: Vec<bool>,
    findings: Vec<Finding>,
}

impl Audit {
    fn infinite(&mut self) {
        let touched = self.make_missing(|values| values.iter().map(|value| value.is_some_and(f64::is_infinite)).collect());
        let cells: usize = touched.iter().map(|touched| touched.rows.len()).sum();
        if cells > 0 {
            let message = format!("{} with an infinite number; made missing", count(cells, "cell"));
            self.findings.push(Touched::describe(&touched, Finding::caution("infinite-value", message)));
        }
    }

    fn huge(&mut self) {
        let is_huge = |value: &Option<f64>| value.is_some_and(|value| value.abs() > HUGE);
        let largest_usual = |values: &[Option<f64>]| {
            values
                .iter()
                .filter(|v| !is_huge(v))
                .flatten()
                .fold(None, |max: Option<f64>, v| Some(max.unwrap_or(0.0).max(v.abs())))
        };
        let touched = self.make_missing(|values| {
            let alone = largest_usual(values).is_some_and(|largest| largest < USUAL);
            values.iter().map(|value| alone && is_huge(value)).collect()
        });
        let cells: usize = touched.iter().map(|touched| touched.rows.len()).sum();
        if cells > 0 {
            let message =
                format!("{} beyond 1e15 in columns whose other numbers are below 1e6; made missing", count(cells, "cell"));
            self.findings.push(Touched::describe(&touched, Finding::warning("huge-value", message)));
        }
        let left = self.names(|column| column.numbers().is_some_and(|values| values.iter().any(is_huge)));
        if !left.is_empty() {
            let message =
                format!("{} with numbers beyond 1e15 among other large ones; left as they are", count(left.len(), "column"));
            self.findings.push(Finding::caution("huge-value", message).in_columns(left));
        }
    }

    fn without_information(&mut self) {
        let rows = self.table.n_rows();
        let all_missing = |column: &RawColumn| column.cells.missing() == rows;
        self.drop("all-missing-column", "without any value; dropped", all_missing);
        self.drop("row-index", "without a name of its own that counts the rows; dropped", is_row_index);
        // One case cannot show that a column is constant.
        if rows > 1 {
            self.drop("constant-column", "with the same value in every row; dropped", |column| {
                is_single(&column.cells) && column.cells.missing() == 0
            });
            self.note("one-value-column", "with a single value besides missing cells; left as it is", |column| {
                is_single(&column.cells)
            });
        }
        let nearly_empty = |column: &RawColumn| column.cells.missing() as f64 > NEARLY_EMPTY * rows as f64;
        self.note("nearly-empty-column", "missing in more than 95% of the rows; left as it is", nearly_empty);
    }

    fn duplicates(&mut self) {
        let mut first: HashMap<u64, Vec<usize>> = HashMap::new();
        let (mut pairs, mut names) = (Vec::new(), Vec::new());
        for at in 0..self.table.columns.len() {
            if self.dropped[at] {
                continue;
            }
            let cells = &self.table.columns[at].cells;
            let alike = first.entry(fingerprint(cells)).or_default();
            match alike.iter().find(|&&earlier| &self.table.columns[earlier].cells == cells) {
                Some(&earlier) => {
                    pairs.push(format!("`{}` = `{}`", self.table.columns[at].name, self.table.columns[earlier].name));
                    names.push(self.table.columns[at].name.clone());
                    self.dropped[at] = true;
                }
                None => alike.push(at),
            }
        }
        if !names.is_empty() {
            let what = count(names.len(), "column");
            let message = format!(
                "{what} with the cells of an earlier one ({}); the first is kept, the others are dropped",
                first_few(&pairs, 3)
            );
            self.findings.push(Finding::caution("duplicate-column", message).in_columns(names));
        }
    }

    fn levels(&mut self) {
        self.note(
            "similar-levels",
            "of words that differ only in case, width or spaces (`Luminal A`, `luminal A`); left apart: write them alike",
            |column| {
                let levels = levels(&column.cells);
                let folded: std::collections::HashSet<String> = levels.keys().map(|level| fold(level)).collect();
                levels.len() <= MANY_LEVELS && folded.len() < levels.len()
            },
        );
        self.note(
            "free-text-column",
            "of text that differs from row to row, such as an identifier or a remark; left as it is",
            |column| {
                let levels = levels(&column.cells);
                let dated = levels.keys().all(|level| is_date(level));
                !dated && levels.len() > 20 && levels.len() * 10 > 9 * (column.cells.len() - column.cells.missing())
            },
        );
    }

    /// Turns the chosen numbers of every open column into missing cells.
    fn make_missing(&mut self, choose: impl Fn(&[Option<f64>]) -> Vec<bool>) -> Vec<Touched> {
        let mut all = Vec::new();
        let Audit { table, dropped, .. } = self;
        let row_numbers: Vec<usize> = (0..table.n_rows()).map(|row| table.row_number(row)).collect();
        for (column, _) in table.columns.iter_mut().zip(dropped).filter(|(_, dropped)| !**dropped) {
            let Cells::Number(values) = &mut column.cells else { continue };
            let chosen = choose(values);
            let rows: Vec<usize> = (0..values.len()).filter(|&row| chosen[row]).collect();
            if !rows.is_empty() {
                rows.iter().for_each(|&row| values[row] = None);
                all.push(Touched { name: column.name.clone(), rows: rows.iter().map(|&row| row_numbers[row]).collect() });
            }
        }
        all
    }

    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.table.columns.len()).filter(|&at| !self.dropped[at])
    }

    fn names(&self, applies: impl Fn(&RawColumn) -> bool) -> Vec<String> {
        self.open().map(|at| &self.table.columns[at]).filter(|column| applies(column)).map(|column| column.name.clone()).collect()
    }

    fn note(&mut self, code: &str, what: &str, applies: impl Fn(&RawColumn) -> bool) {
        let names = self.names(applies);
        if !names.is_empty() {
            self.findings.push(Finding::caution(code, format!("{} {what}", count(names.len(), "column"))).in_columns(names));
        }
    }

    fn drop(&mut self, code: &str, what: &str, applies: impl Fn(&RawColumn) -> bool) {
        let chosen: Vec<usize> = self.open().filter(|&at| applies(&self.table.columns[at])).collect();
        if !chosen.is_empty() {
            let names = chosen.iter().map(|&at| self.table.columns[at].name.clone());
            self.findings.push(Finding::info(code, format!("{} {what}", count(chosen.len(), "column"))).in_columns(names));
            chosen.into_iter().for_each(|at| self.dropped[at] = true);
        }
    }
}

/// The cells of a column that a rule changed.
struct Touched {
    name: String,
    rows: Vec<usize>,
}

impl Touched {
    fn describe(touched: &[Touched], finding: Finding) -> Finding {
        let mut rows: Vec<usize> = touched.iter().flat_map(|touched| touched.rows.iter().copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        finding.in_columns(touched.iter().map(|touched| touched.name.clone())).at_rows(rows)
    }
}

/// Columns that programs add by themselves: an index without a name, counting from 0 or 1.
fn is_row_index(column: &RawColumn) -> bool {
    let nameless = column.original_name.trim().is_empty()
        || column.name.starts_with("Unnamed: ")
        || column.name.starts_with("__index_level_")
        || column.name == "row.names";
    nameless
        && column.cells.len() > 1
        && column.numbers().is_some_and(|values| {
            let start = values[0].unwrap_or(f64::NAN);
            (start == 0.0 || start == 1.0) && values.iter().enumerate().all(|(row, value)| *value == Some(start + row as f64))
        })
}

/// Whether all cells that are not missing are alike, and there is one.
fn is_single(cells: &Cells) -> bool {
    fn single<T: PartialEq>(values: &[Option<T>]) -> bool {
        let mut present = values.iter().flatten();
        present.next().is_some_and(|first| present.all(|value| value == first))
    }
    match cells {
        Cells::Number(values) => single(values),
        Cells::Text(values) => single(values),
    }
}

fn fingerprint(cells: &Cells) -> u64 {
    let mut hash = DefaultHasher::new();
    match cells {
        // Zero has two signs that are equal: adding 0 leaves the positive one.
        Cells::Number(values) => values.iter().for_each(|value| value.map(|value| (value + 0.0).to_bits()).hash(&mut hash)),
        Cells::Text(values) => values.hash(&mut hash),
    }
    hash.finish()
}

fn levels(cells: &Cells) -> HashMap<&str, usize> {
    let mut levels = HashMap::new();
    if let Cells::Text(values) = cells {
        for value in values.iter().flatten() {
            *levels.entry(value.as_str()).or_default() += 1;
        }
    }
    levels
}

fn fold(level: &str) -> String {
    without_blanks(&half_width(level)).to_lowercase()
}
