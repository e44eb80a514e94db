//! The cells of a column, read as the dictionary says.

use super::coding::{self, Scale};
use crate::error::Result;
use crate::modality::clinical::dictionary::{Kind, Reading, Value, Variable};
use crate::modality::clinical::{Interval, key};
use crate::table::{Column, Finding, RawColumn, RawTable};
use std::collections::{BTreeMap, HashMap};

/// A column that was read.
pub(super) struct Cells {
    /// The values, as a feature.
    pub(super) values: Column,
    /// Numeric variables: the values with their reported ranges.
    pub(super) intervals: Vec<Option<Interval>>,
    /// What was noticed.
    pub(super) findings: Vec<Finding>,
    /// Whether at least half of the recorded cells are values of the variable.
    pub(super) fits: bool,
}

/// Reads a column.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) if two levels of a variable have one name, which a test of the dictionary rules out.
pub(super) fn cells(
    table: &RawTable,
    column: &RawColumn,
    variable: &Variable,
    meanings: Option<&BTreeMap<String, String>>,
) -> Result<Cells> {
    let texts = texts(table, column, meanings);
    let numeric = variable.kind == Kind::Numeric;
    let scale = if numeric { coding::scale(variable, &column.name, &texts) } else { Scale::none() };
    let unreadable_numbers = !numeric && coding::numbers_are_no_levels(variable, &texts);
    let mut odd = Odd::default();
    let mut intervals = vec![None; texts.len()];
    // Descriptors repeat from row to row, so each spelling is looked up once.
    let mut known: HashMap<&str, Value> = HashMap::new();
    let mut values = Vec::with_capacity(texts.len());
    for (row, text) in texts.iter().enumerate() {
        let Some(text) = text.as_deref() else {
            values.push(Value::Nothing);
            continue;
        };
        let mut value = match known.get(text) {
            Some(value) => value.clone(),
            None if unreadable_numbers && coding::is_number(text) => Value::Unknown,
            None => variable.read(text),
        };
        if !numeric && !known.contains_key(text) {
            known.insert(text, value.clone());
        }
        if numeric && value != Value::Nothing {
            let interval = Interval::read(text).map(|interval| interval.times(scale.factor));
            let interval = interval.map(|x| if variable.unit == Some("%") { x.within(0.0, 100.0) } else { x });
            intervals[row] = interval;
            value = interval.map_or(Value::Unknown, |interval| Value::Number(interval.point(), !interval.is_exact()));
        }
        match &value {
            Value::Unknown => odd.unknown.push((row, text.to_string())),
            Value::Number(_, true) if numeric => odd.ranges.push(row),
            Value::Number(_, true) | Value::Level(_, true) => odd.several.push(row),
            _ => {}
        }
        values.push(value);
    }
    let recorded = values.iter().filter(|value| **value != Value::Nothing).count();
    let fits = 2 * odd.unknown.len() <= recorded;
    let mut findings: Vec<Finding> = scale.finding(table, column).into_iter().collect();
    let values = match variable.kind {
        Kind::Nominal => categories(&values, variable)?,
        _ => {
            let numbers = values.iter().map(|value| if let Value::Number(x, _) = value { Some(*x) } else { None }).collect();
            Column::scalar(plausible(table, column, variable, numbers, &mut intervals, &mut findings))
        }
    };
    findings.extend(odd.findings(table, column, variable, unreadable_numbers));
    Ok(Cells { values, intervals, findings, fits })
}

/// The cells as texts, with the study's own meanings put in.
pub(super) fn texts(table: &RawTable, column: &RawColumn, meanings: Option<&BTreeMap<String, String>>) -> Vec<Option<String>> {
    (0..table.n_rows())
        .map(|row| {
            let text = column.text(row)?;
            let meaning = meanings.and_then(|all| all.iter().find(|(from, _)| key(from) == key(&text)).map(|(_, to)| to));
            Some(meaning.cloned().unwrap_or_else(|| text.into_owned()))
        })
        .collect()
}

/// Values of a nominal variable: the levels of the dictionary, or, where it has none, the words of the column.
fn categories(values: &[Value], variable: &Variable) -> Result<Column> {
    if variable.levels.is_empty() {
        let words: Vec<_> = values.iter().map(|value| if let Value::Word(word) = value { Some(word) } else { None }).collect();
        return Ok(Column::words(&words));
    }
    let levels = variable.levels.iter().map(|level| level.name.to_string()).collect();
    let code = |value: &Value| if let Value::Level(level, _) = value { Some(*level as u32) } else { None };
    Column::category(values.iter().map(code).collect(), levels)
}

/// Numbers outside the plausible range become missing, unless most of them are: then the range does not fit the column's unit.
fn plausible(
    table: &RawTable,
    column: &RawColumn,
    variable: &Variable,
    mut numbers: Vec<Option<f64>>,
    intervals: &mut [Option<Interval>],
    findings: &mut Vec<Finding>,
) -> Vec<Option<f64>> {
    let Some((low, high)) = variable.range else { return numbers };
    let outside: Vec<usize> =
        (0..numbers.len()).filter(|&row| numbers[row].is_some_and(|x| !(low..=high).contains(&x))).collect();
    if outside.is_empty() {
        return numbers;
    }
    let rows = outside.iter().map(|&row| table.row_number(row)).collect::<Vec<_>>();
    let (first, n, expected) = (numbers[outside[0]].unwrap_or_default(), outside.len(), variable.expected());
    let finding = if 2 * n > numbers.iter().flatten().count() {
        let message = format!(
            "`{}`: most values ({n}) are not plausible, such as {first}; expected {expected}. They were kept.",
            column.name
        );
        Finding::warning("implausible-column", message)
    } else {
        for &row in &outside {
            numbers[row] = None;
            intervals[row] = None;
        }
        let plural = if n == 1 { "value is" } else { "values are" };
        let message =
            format!("`{}`: {n} {plural} not plausible, such as {first}; expected {expected}. Taken as missing.", column.name);
        Finding::caution("implausible-value", message)
    };
    findings.push(finding.in_file(&table.path).in_columns([&column.name]).at_rows(rows));
    numbers
}

/// Cells that needed a rule.
#[derive(Default)]
struct Odd {
    unknown: Vec<(usize, String)>,
    ranges: Vec<usize>,
    several: Vec<usize>,
}

impl Odd {
    fn findings(&self, table: &RawTable, column: &RawColumn, variable: &Variable, unreadable_numbers: bool) -> Vec<Finding> {
        let at = |finding: Finding, rows: &mut dyn Iterator<Item = usize>| {
            let rows: Vec<usize> = rows.map(|row| table.row_number(row)).collect();
            finding.in_file(&table.path).in_columns([&column.name]).at_rows(rows)
        };
        let mut findings = Vec::new();
        if !self.unknown.is_empty() {
            let mut found: Vec<&str> = self.unknown.iter().map(|(_, text)| text.as_str()).collect();
            found.sort_unstable();
            found.dedup();
            let shown: Vec<String> = found.iter().take(5).map(|text| format!("`{}`", shortened(text))).collect();
            let more = if found.len() > 5 { format!(" and {} more", found.len() - 5) } else { String::new() };
            let code = if unreadable_numbers { "unknown-coding" } else { "unknown-value" };
            let hint = if unreadable_numbers { " What the numbers mean is not known; give it under `values`." } else { "" };
            let message = format!(
                "`{}`: found {}{more} in {}; expected {}. Taken as missing.{hint}",
                column.name,
                shown.join(", "),
                if self.unknown.len() == 1 { "1 row".to_string() } else { format!("{} rows", self.unknown.len()) },
                variable.expected()
            );
            findings.push(at(Finding::caution(code, message), &mut self.unknown.iter().map(|(row, _)| *row)));
        }
        if !self.ranges.is_empty() {
            let message = format!(
                "`{}`: {} ranges or bounds (`90-99`, `<10`) were read as their middle or bound.",
                column.name,
                self.ranges.len()
            );
            findings.push(at(Finding::info("range-as-number", message), &mut self.ranges.iter().copied()));
        }
        if !self.several.is_empty() {
            let message = format!(
                "`{}`: {} cells name several levels; the last in the dictionary's order counts, which for descriptors is the most suspicious.",
                column.name,
                self.several.len()
            );
            findings.push(at(Finding::info("several-levels", message), &mut self.several.iter().copied()));
        }
        findings
    }
}

/// At most 40 characters of a text.
fn shortened(text: &str) -> String {
    if text.chars().count() > 40 { format!("{}…", text.chars().take(40).collect::<String>()) } else { text.to_string() }
}

/// Whether a variable is read as a percentage.
pub(super) fn is_percent(variable: &Variable) -> bool {
    variable.reading == Reading::Percent
}
