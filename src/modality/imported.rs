//! Features that another program extracted, as columns of a table.

use super::extracted::{Extracted, Source};
use super::pattern::{fits, fits_any};
use super::plain::{self, Plain};
use crate::error::Result;
use crate::table::{Finding, Kind, RawColumn, RawTable};
use std::collections::BTreeMap;

/// Which columns of a table belong to a modality.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImportedOptions {
    /// Columns that begin with this; it is cut off their names.
    pub prefix: Option<String>,
    /// Columns that end with this; it is cut off their names.
    pub suffix: Option<String>,
    /// Columns by name, with `*` for any run of characters; empty for all.
    pub columns: Vec<String>,
    /// Columns that are left out, with `*` for any run of characters.
    pub exclude: Vec<String>,
    /// Columns with another role (id, outcome, site, date); they never become features.
    pub reserved: Vec<String>,
    /// Whether columns of words become categories; otherwise only numbers are taken.
    pub categories: bool,
}

impl ImportedOptions {
    /// The name within the modality of a column that belongs to it.
    fn claims<'a>(&self, column: &'a str) -> Option<&'a str> {
        if self.reserved.iter().any(|reserved| reserved == column) || fits_any(&self.exclude, column) {
            return None;
        }
        if !self.columns.is_empty() && !fits_any(&self.columns, column) {
            return None;
        }
        let mut name = column;
        for (part, cut) in [(&self.prefix, true), (&self.suffix, false)] {
            if let Some(part) = part {
                name = if cut { name.strip_prefix(part.as_str())? } else { name.strip_suffix(part.as_str())? };
            }
        }
        let name = name.trim_matches(['_', '.', '-', ' ']);
        Some(if name.is_empty() { column } else { name })
    }
}

/// The features of a modality.
///
/// Columns of numbers are taken as they are. PyRadiomics' `diagnostics_*` columns are no features; what they say about the
/// extraction becomes a finding. Texts among numbers become missing. Columns of words are left out unless categories are asked for.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) if the modality's name is none.
pub fn extract(table: &RawTable, modality: &str, options: &ImportedOptions) -> Result<Extracted> {
    let mut made = Extracted::default();
    let mut dropped: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    let claimed = || table.columns.iter().filter_map(|column| options.claims(&column.name).map(|name| (column, name)));
    for (column, name) in claimed().filter(|(_, name)| diagnostic(name).is_none()) {
        let source = Source { table, column: Some(&column.name), unit: None };
        match plain::read(table, column) {
            Plain::Dropped(why) => dropped.entry(why).or_default().push(&column.name),
            Plain::Feature(values, _) if values.kind() == Kind::Category && !options.categories => {
                dropped.entry("it holds words").or_default().push(&column.name);
            }
            Plain::Feature(values, strays) => {
                made.findings.extend(text_among_numbers(table, column, strays));
                made.push(modality, name, values, source)?;
            }
        }
    }
    for (why, columns) in dropped {
        let message =
            format!("{} no feature of {modality}: {why}.", if columns.len() == 1 { "1 column is" } else { "Some columns are" });
        made.findings.push(Finding::info("no-feature", message).in_file(&table.path).in_columns(columns));
    }
    made.findings.extend(pyradiomics(table, claimed().map(|(column, _)| column)));
    missing_patterns(table, modality, options, &mut made);
    Ok(made)
}

/// Columns that no modality claims and that have no other role: they take no part in the study.
///
/// `blocks` are the options of all modalities that read this table.
pub fn unclaimed(table: &RawTable, blocks: &[&ImportedOptions]) -> Option<Finding> {
    let left: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| {
            !blocks.iter().any(|block| block.reserved.iter().any(|reserved| reserved == name) || block.claims(name).is_some())
        })
        .collect();
    (!left.is_empty()).then(|| {
        let n = left.len();
        let message =
            format!("{n} column{} to no modality and take no part in the study.", if n == 1 { " belongs" } else { "s belong" });
        Finding::info("column-of-no-modality", message).in_file(&table.path).in_columns(left)
    })
}

/// The finding that texts in a column of numbers became missing.
pub(super) fn text_among_numbers(table: &RawTable, column: &RawColumn, strays: Vec<usize>) -> Option<Finding> {
    (!strays.is_empty()).then(|| {
        let message =
            format!("`{}` is a column of numbers with {} texts, which were taken as missing.", column.name, strays.len());
        Finding::caution("text-among-numbers", message).in_file(&table.path).in_columns([&column.name]).at_rows(strays)
    })
}

/// A warning for patterns that no column fits.
fn missing_patterns(table: &RawTable, modality: &str, options: &ImportedOptions, made: &mut Extracted) {
    let unused: Vec<&String> =
        options.columns.iter().filter(|pattern| !table.columns.iter().any(|column| fits(pattern, &column.name))).collect();
    if !unused.is_empty() {
        let message =
            format!("{modality}: no column fits {}.", unused.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", "));
        made.findings.push(Finding::warning("no-such-column", message).in_file(&table.path));
    }
}

/// What a PyRadiomics diagnostics column is about, behind any prefix: `Versions_PyRadiomics`.
fn diagnostic(column: &str) -> Option<&str> {
    let (before, what) = column.split_once("diagnostics_")?;
    (before.is_empty() || before.ends_with(['_', '.', '-'])).then_some(what)
}

/// What PyRadiomics says about how it extracted: versions and settings, and whether all rows were extracted alike.
fn pyradiomics<'a>(table: &RawTable, columns: impl Iterator<Item = &'a RawColumn>) -> Vec<Finding> {
    let mut names = Vec::new();
    let (mut same, mut differ) = (Vec::new(), Vec::new());
    for (column, what) in columns.filter_map(|column| diagnostic(&column.name).map(|what| (column, what))) {
        names.push(column.name.as_str());
        if !what.starts_with("Versions_") && !what.starts_with("Configuration_") {
            continue;
        }
        let mut values: Vec<String> =
            (0..table.n_rows()).filter_map(|row| column.text(row)).map(|text| text.into_owned()).collect();
        values.sort();
        values.dedup();
        let label = what.trim_start_matches("Versions_").trim_start_matches("Configuration_");
        match values.as_slice() {
            [] => {}
            [value] => same.push(format!("{label} {value}")),
            several => differ.push(format!("{label} ({})", shortened(several))),
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "{} columns say how PyRadiomics extracted the features; they are kept as provenance and are no features. {}",
        names.len(),
        if same.is_empty() { "No version is recorded.".to_string() } else { format!("{}.", same.join("; ")) }
    );
    let mut findings = vec![Finding::info("pyradiomics-diagnostics", message).in_file(&table.path).in_columns(names)];
    if !differ.is_empty() {
        let message = format!("The rows were not all extracted alike: {}.", differ.join("; "));
        findings.push(Finding::warning("pyradiomics-settings-differ", message).in_file(&table.path));
    }
    findings
}

/// Up to three values, and how many more there are.
fn shortened(values: &[String]) -> String {
    let shown = values.iter().take(3).cloned().collect::<Vec<_>>().join(" | ");
    if values.len() > 3 { format!("{shown} and {} more", values.len() - 3) } else { shown }
}
