//! From a raw table to clinical features.
//!
//! Each column is recognised, read cell by cell as the dictionary says, and handed over; nothing is dropped without a finding.

mod coding;
mod read;
mod receptors;
mod recognise;

use super::dictionary::{Kind, Reading, Variable};
use super::{ki67, receptor, stage};
use crate::error::Result;
use crate::modality::extracted::{Extracted, Source};
use crate::modality::imported::text_among_numbers;
use crate::modality::plain::{self, Plain};
use crate::table::{FeatureValues, Finding, RawColumn, RawTable};
use recognise::{Recognised, Role};
use std::collections::BTreeMap;

/// What a study may say about its clinical table.
#[derive(Debug, Clone, PartialEq)]
pub struct ClinicalOptions {
    /// The columns to use, by their names in the table or in the dictionary, with `*` for any run of characters; empty for all.
    /// `hr`, `er_low`, `t_stage` and `ki67_high` are derived where they are named here and not recorded.
    pub columns: Vec<String>,
    /// Columns that are no features, named likewise.
    pub exclude: Vec<String>,
    /// Columns with another role (id, outcome, site, date), or that give the outcome away, by their names in the table.
    pub reserved: Vec<String>,
    /// Columns that the dictionary does not know by their names, and the variables that they hold.
    pub variables: BTreeMap<String, String>,
    /// Per column: values as they stand in the table, and what they mean in the dictionary, e.g. `{ "2" = "negative" }`.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// ER and PR are positive from this percentage on.
    pub receptor_cutoff: f64,
    /// Ki-67 is high from this percentage on; `None` keeps it as a number.
    pub ki67_cutoff: Option<f64>,
    /// Whether columns that the dictionary does not know are used as they are.
    pub keep_unknown: bool,
}

impl Default for ClinicalOptions {
    fn default() -> Self {
        ClinicalOptions {
            columns: Vec::new(),
            exclude: Vec::new(),
            reserved: Vec::new(),
            variables: BTreeMap::new(),
            values: BTreeMap::new(),
            receptor_cutoff: receptor::DEFAULT_CUTOFF,
            ki67_cutoff: None,
            keep_unknown: true,
        }
    }
}

/// The clinical features of a table: `{modality}.{variable}` for what the dictionary knows, else the column's own name.
///
/// Numbers stay numbers, ordered and binary variables become the number of their level, nominal ones categories. A cell that is
/// none of its variable's values, or outside its plausible range, is missing and reported.
///
/// # Errors
/// [`Error::Usage`](crate::error::Error::Usage) if a variable is not in the dictionary, [`Error::Input`](crate::error::Error::Input)
/// if a column that is mapped is not in the table.
pub fn extract(table: &RawTable, modality: &str, options: &ClinicalOptions) -> Result<Extracted> {
    let mut made = Extracted::default();
    let roles = recognise::roles(table, options, &mut made.findings)?;
    for recognised in &roles {
        match recognised.role {
            Role::Variable(variable) => known(table, modality, options, &roles, recognised.column, variable, &mut made),
            Role::Unknown => unknown(table, modality, recognised.column, &mut made),
            Role::Other => {}
        }
    }
    derived(table, modality, options, &roles, &mut made);
    Ok(made)
}

/// A column that the dictionary knows.
fn known(
    table: &RawTable,
    modality: &str,
    options: &ClinicalOptions,
    roles: &[Recognised],
    column: &RawColumn,
    variable: &'static Variable,
    made: &mut Extracted,
) {
    let source = Source { table, column: Some(&column.name), unit: variable.unit };
    let partner = |name: &str| roles.iter().any(|other| other.role.is(name));
    if variable.reading == Reading::Receptor {
        let receptor = receptors::status(table, options, roles, variable.name, &mut made.findings);
        made.push(modality, variable.name, numbers(receptor.positive), Source { unit: None, ..source });
        let percent_column = format!("{}_pct", variable.name);
        if receptor.percent.iter().any(Option::is_some) && !partner(&percent_column) {
            made.push(modality, &percent_column, numbers(receptor.percent), Source { unit: Some("%"), ..source });
        }
        add_rule(made, receptor::sentence(options.receptor_cutoff));
        return;
    }
    let cells = read::cells(table, column, variable, options.values.get(&column.name));
    if !cells.fits {
        made.findings.push(
            Finding::caution(
                "not-the-variable",
                format!(
                    "`{}` is named like `{}` ({}), but most of its values are not: expected {}. It is used as it stands.",
                    column.name,
                    variable.name,
                    variable.description,
                    variable.expected()
                ),
            )
            .in_file(&table.path)
            .in_columns([&column.name]),
        );
        return unknown(table, modality, column, made);
    }
    made.findings.extend(cells.findings);
    if variable.name == "ki67_pct"
        && let Some(cutoff) = options.ki67_cutoff
    {
        let high = cells.intervals.iter().map(|percent| percent.and_then(|p| ki67::is_high(p, cutoff)).map(f64::from)).collect();
        made.push(modality, "ki67_high", numbers(high), Source { unit: None, ..source });
        add_rule(made, ki67::sentence(cutoff));
        return;
    }
    made.push(modality, variable.name, cells.values, source);
    // A percentage alone implies the status.
    if let Some(name) = variable.name.strip_suffix("_pct").filter(|name| matches!(*name, "er" | "pr") && !partner(name)) {
        let receptor = receptors::status(table, options, roles, name, &mut made.findings);
        made.push(modality, name, numbers(receptor.positive), Source { unit: None, ..source });
        add_rule(made, receptor::sentence(options.receptor_cutoff));
    }
}

/// A column that the dictionary does not know.
fn unknown(table: &RawTable, modality: &str, column: &RawColumn, made: &mut Extracted) {
    match plain::read(table, column) {
        Plain::Feature(values, strays) => {
            made.findings.extend(text_among_numbers(table, column, strays));
            made.push(modality, &column.name, values, Source { table, column: Some(&column.name), unit: None });
        }
        Plain::Dropped(why) => {
            let message = format!("`{}` is no feature: {why}.", column.name);
            made.findings.push(Finding::info("no-feature", message).in_file(&table.path).in_columns([&column.name]));
        }
    }
}

/// Variables that follow from others, where they are named and not recorded.
fn derived(table: &RawTable, modality: &str, options: &ClinicalOptions, roles: &[Recognised], made: &mut Extracted) {
    let asked = |name: &str| options.columns.iter().any(|column| column == name) && !roles.iter().any(|other| other.role.is(name));
    let source = Source { table, column: None, unit: None };
    if asked("hr") {
        let mut quiet = Vec::new();
        let [er, pr] = ["er", "pr"].map(|name| receptors::status(table, options, roles, name, &mut quiet).positive);
        let positive = |x: Option<f64>| x.map(|x| x > 0.0);
        let hr = er.into_iter().zip(pr).map(|(er, pr)| receptor::hormone_receptor(positive(er), positive(pr)).map(f64::from));
        made.push(modality, "hr", FeatureValues::Scalar(hr.collect()), source);
        add_rule(made, "Hormone receptor is positive where ER or PR is, negative where both are.".to_string());
    }
    if asked("er_low") {
        let low = receptors::status(table, options, roles, "er", &mut Vec::new()).low_positive;
        made.push(modality, "er_low", numbers(low), source);
        add_rule(made, "ER is low positive from 1 to 10 % stained nuclei (ASCO/CAP 2020).".to_string());
    }
    if asked("t_stage")
        && let Some(size) = recognise::column_of(roles, "size_mm")
        && let Some(variable) = super::dictionary::variable("size_mm")
    {
        let cells = read::cells(table, size, variable, options.values.get(&size.name));
        let stages = cells.intervals.iter().map(|size| size.and_then(|size| stage::t_stage_of_size(size.point())).map(f64::from));
        made.push(modality, "t_stage", FeatureValues::Scalar(stages.collect()), source);
        add_rule(made, "T category is derived from the largest diameter: up to 20 mm T1, up to 50 mm T2, above T3.".to_string());
    }
}

fn numbers(values: Vec<Option<f64>>) -> FeatureValues {
    FeatureValues::Scalar(values)
}

/// Adds a rule unless it has been said.
fn add_rule(made: &mut Extracted, rule: String) {
    if !made.rules.contains(&rule) {
        made.rules.push(rule);
    }
}

/// Whether a variable is never a feature.
fn is_identifier(variable: &Variable) -> bool {
    variable.kind == Kind::Identifier
}
