//! Which column is what, and which become features.

use super::ClinicalOptions;
use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::{self, Kind, Variable};
use crate::modality::pattern::fits;
use crate::table::{Finding, RawColumn, RawTable};

/// A column and what it is.
pub(super) struct Recognised<'a> {
    pub(super) column: &'a RawColumn,
    /// The variable that it holds; `None` where the dictionary does not know it, or the study has another use for the column.
    pub(super) variable: Option<&'static Variable>,
    pub(super) used: Use,
}

/// Whether a column becomes a feature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It does.
    Feature,
    /// It does not; other features may still be derived from it.
    None,
}

/// The column that holds a variable, whether it becomes a feature or not.
pub(super) fn column_of<'a>(columns: &[Recognised<'a>], variable: &str) -> Option<&'a RawColumn> {
    let holds = |recognised: &&Recognised| recognised.variable.is_some_and(|known| known.name == variable);
    columns.iter().find(holds).map(|recognised| recognised.column)
}

/// What each column of a table is.
pub(super) fn columns<'a>(
    table: &'a RawTable,
    options: &ClinicalOptions,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Recognised<'a>>> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut known = dictionary::identify(&names);
    for (column, variable) in &options.variables {
        table.column(column)?;
        let named = dictionary::variable(variable)
            .ok_or_else(|| Error::usage(format!("`{column}`: there is no variable `{variable}` in the data dictionary")))?;
        if let Some(at) = table.position(column) {
            known[at] = Some(named);
        }
    }
    let mut all: Vec<Recognised> = Vec::new();
    let mut not_known = Vec::new();
    for (column, variable) in table.columns.iter().zip(known) {
        let reserved = options.reserved.iter().any(|name| *name == column.name || *name == column.original_name);
        let mut recognised = Recognised { column, variable: variable.filter(|_| !reserved), used: Use::None };
        let wanted = options.columns.is_empty() || is_named(column, variable, &options.columns);
        if wanted && !reserved && !is_named(column, variable, &options.exclude) {
            recognised.used = match variable {
                Some(variable) if variable.kind == Kind::Identifier => Use::None,
                None if !options.keep_unknown && options.columns.is_empty() => {
                    not_known.push(column.name.clone());
                    Use::None
                }
                _ => Use::Feature,
            };
        }
        let twice = recognised.variable.and_then(|variable| column_of(&all, variable.name).map(|first| (first, variable)));
        if let Some((first, variable)) = twice.filter(|(_, variable)| variable.kind != Kind::Identifier) {
            let message = format!(
                "`{}` and `{}` both hold `{}`; the first is taken for it, the second is used as it stands.",
                first.name, column.name, variable.name
            );
            let finding = Finding::caution("variable-twice", message).in_file(&table.path);
            findings.push(finding.in_columns([&first.name, &column.name]));
            recognised.variable = None;
        }
        all.push(recognised);
    }
    report(table, &all, not_known, findings);
    Ok(all)
}

/// Whether patterns name a column, by its name in the table or in the dictionary.
fn is_named(column: &RawColumn, variable: Option<&Variable>, patterns: &[String]) -> bool {
    let names = [Some(column.name.as_str()), Some(column.original_name.as_str()), variable.map(|variable| variable.name)];
    names.into_iter().flatten().any(|name| patterns.iter().any(|pattern| fits(pattern, name)))
}

/// What was recognised, and what is not used.
fn report(table: &RawTable, all: &[Recognised], not_known: Vec<String>, findings: &mut Vec<Finding>) {
    let pair = |recognised: &Recognised| {
        let variable = recognised.variable.filter(|_| recognised.used == Use::Feature)?;
        let column = &recognised.column.name;
        Some(if variable.name == column { format!("`{column}`") } else { format!("`{column}` as {}", variable.name) })
    };
    let pairs: Vec<String> = all.iter().filter_map(pair).collect();
    if !pairs.is_empty() {
        let message = format!("Recognised by the data dictionary: {}.", pairs.join(", "));
        findings.push(Finding::info("recognised", message).in_file(&table.path));
    }
    if !not_known.is_empty() {
        let message = "These columns are not in the data dictionary and are not used; name them under `columns` to use them.";
        findings.push(Finding::info("not-in-dictionary", message).in_file(&table.path).in_columns(not_known));
    }
}
