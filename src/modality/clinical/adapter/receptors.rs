//! ER and PR of every row, from a column of results, a column of percentages, or both.

use super::recognise::{Recognised, column_of};
use super::{ClinicalOptions, read};
use crate::error::Result;
use crate::modality::clinical::dictionary;
use crate::modality::clinical::receptor::{self, NumberCoding, ReceptorEntry};
use crate::modality::clinical::says_nothing;
use crate::table::{Decimal, Finding, RawColumn, RawTable, parse_number};

/// One receptor of every row.
pub(super) struct Receptor {
    /// 1 positive, 0 negative.
    pub(super) positive: Vec<Option<f64>>,
    /// Percentage of stained nuclei.
    pub(super) percent: Vec<Option<f64>>,
    /// 1 low positive, 0 not.
    pub(super) low_positive: Vec<Option<f64>>,
}

/// The status of `name` (`er` or `pr`).
pub(super) fn status(
    table: &RawTable,
    options: &ClinicalOptions,
    columns: &[Recognised],
    name: &str,
    findings: &mut Vec<Finding>,
) -> Result<Receptor> {
    let mut entries = vec![ReceptorEntry::default(); table.n_rows()];
    let mut names = Vec::new();
    if let Some(column) = column_of(columns, name) {
        entries = results(table, column, options, findings);
        names.push(column.name.clone());
    }
    if let Some(variable) = dictionary::variable(&format!("{name}_pct"))
        && let Some(column) = column_of(columns, variable.name)
    {
        names.push(column.name.clone());
        let percents = read::cells(table, column, variable, options.values.get(&column.name))?.intervals;
        for (entry, percent) in entries.iter_mut().zip(percents) {
            entry.percent = percent.or(entry.percent);
        }
    }
    let outcomes: Vec<_> = entries.iter().map(|entry| receptor::status(entry, options.receptor_cutoff)).collect();
    let contradictions: Vec<usize> =
        (0..outcomes.len()).filter(|&row| outcomes[row].contradiction).map(|row| table.row_number(row)).collect();
    if !contradictions.is_empty() {
        let message = format!(
            "{name}: in {} rows the stated result and the percentage disagree at a cut-off of {} %; the percentage was used.",
            contradictions.len(),
            options.receptor_cutoff
        );
        findings.push(
            Finding::caution("receptor-contradiction", message).in_file(&table.path).in_columns(names).at_rows(contradictions),
        );
    }
    Ok(Receptor {
        positive: outcomes.iter().map(|outcome| outcome.positive.ok().map(f64::from)).collect(),
        percent: entries.iter().map(|entry| entry.percent.map(|percent| percent.within(0.0, 100.0).point())).collect(),
        low_positive: outcomes.iter().map(|outcome| outcome.low_positive.map(f64::from)).collect(),
    })
}

/// The entries of a column of results.
fn results(table: &RawTable, column: &RawColumn, options: &ClinicalOptions, findings: &mut Vec<Finding>) -> Vec<ReceptorEntry> {
    let texts = read::texts(table, column, options.values.get(&column.name));
    let number = |text: &str| parse_number(text, Decimal::Point).filter(|_| !text.contains(['%', '+', '％', '＋']));
    let numbers: Vec<f64> = texts.iter().flatten().filter_map(|text| number(text)).collect();
    let coding = NumberCoding::of(numbers.iter().copied());
    let mut unknown = Vec::new();
    let entries = texts
        .iter()
        .enumerate()
        .map(|(row, text)| {
            let Some(text) = text.as_deref().filter(|text| !says_nothing(text) || *text == "-") else {
                return ReceptorEntry::default();
            };
            let entry = match number(text) {
                Some(x) => coding.entry(x),
                None => ReceptorEntry::read(text).ok(),
            };
            entry.unwrap_or_else(|| {
                unknown.push((row, text));
                ReceptorEntry::default()
            })
        })
        .collect();
    if matches!(coding, NumberCoding::Percent | NumberCoding::Fraction | NumberCoding::Intensity) {
        let what = match coding {
            NumberCoding::Percent => "percentages",
            NumberCoding::Fraction => "fractions",
            _ => "intensities (0 negative, 1 to 3 positive)",
        };
        let message = format!("`{}`: its numbers were read as {what}.", column.name);
        findings.push(Finding::caution("receptor-coding", message).in_file(&table.path).in_columns([&column.name]));
    }
    if !unknown.is_empty() {
        let mut found: Vec<&str> = unknown.iter().map(|(_, text)| *text).collect();
        found.sort_unstable();
        found.dedup();
        let shown: Vec<String> = found.iter().take(5).map(|text| format!("`{text}`")).collect();
        let message = format!(
            "`{}`: found {} in {} rows; expected positive, negative or a percentage. Taken as missing; give their meaning under `values`.",
            column.name,
            shown.join(", "),
            unknown.len()
        );
        let rows: Vec<usize> = unknown.iter().map(|(row, _)| table.row_number(*row)).collect();
        findings.push(Finding::caution("unknown-value", message).in_file(&table.path).in_columns([&column.name]).at_rows(rows));
    }
    entries
}
