//! Which column is what.

use super::{ClinicalOptions, is_identifier};
use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::{self, Variable};
use crate::modality::pattern::fits;
use crate::table::{Finding, RawColumn, RawTable};

/// A column and what it is.
pub(super) struct Recognised<'a> {
    pub(super) column: &'a RawColumn,
    pub(super) role: Role,
}

/// What a column is.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// A variable of the dictionary.
    Variable(&'static Variable),
    /// Not in the dictionary, to be used as it stands.
    Unknown,
    /// No feature.
    Other,
}

impl Role {
    /// Whether it is the variable of this name.
    pub(super) fn is(&self, name: &str) -> bool {
        matches!(self, Role::Variable(variable) if variable.name == name)
    }
}

/// The column that holds a variable.
pub(super) fn column_of<'a>(roles: &[Recognised<'a>], variable: &str) -> Option<&'a RawColumn> {
    roles.iter().find(|recognised| recognised.role.is(variable)).map(|recognised| recognised.column)
}

/// The role of each column of a table.
pub(super) fn roles<'a>(table: &'a RawTable, options: &ClinicalOptions, findings: &mut Vec<Finding>) -> Result<Vec<Recognised<'a>>> {
    for (column, variable) in &options.variables {
        table.column(column)?;
        if dictionary::variable(variable).is_none() {
            return Err(Error::usage(format!("`{column}`: there is no variable `{variable}` in the data dictionary")));
        }
    }
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut known = dictionary::identify(&names);
    for (column, variable) in &options.variables {
        if let Some(at) = table.position(column) {
            known[at] = dictionary::variable(variable);
        }
    }
    let mut seen: Vec<(&str, &str)> = Vec::new();
    let mut unused = Vec::new();
    let mut roles = Vec::new();
    for (column, variable) in table.columns.iter().zip(known) {
        let role = role(column, variable, options);
        let role = match role {
            Role::Variable(variable) => match seen.iter().find(|(name, _)| *name == variable.name) {
                None => {
                    seen.push((variable.name, &column.name));
                    role
                }
                Some((_, first)) => {
                    let message = format!(
                        "`{first}` and `{}` both hold `{}`; the first is taken for it, the second is used as it stands.",
                        column.name, variable.name
                    );
                    let finding = Finding::caution("variable-twice", message).in_file(&table.path);
                    findings.push(finding.in_columns([first.to_string(), column.name.clone()]));
                    Role::Unknown
                }
            },
            other => other,
        };
        let role = if matches!(role, Role::Unknown) && !options.keep_unknown && !is_named(column, variable, &options.columns) {
            unused.push(column.name.clone());
            Role::Other
        } else {
            role
        };
        roles.push(Recognised { column, role });
    }
    report(table, &seen, unused, findings);
    Ok(roles)
}

/// The role of one column by itself.
fn role(column: &RawColumn, variable: Option<&'static Variable>, options: &ClinicalOptions) -> Role {
    let reserved = options.reserved.iter().any(|name| *name == column.name || *name == column.original_name);
    let wanted = options.columns.is_empty() || is_named(column, variable, &options.columns);
    if reserved || !wanted || is_named(column, variable, &options.exclude) || variable.is_some_and(is_identifier) {
        return Role::Other;
    }
    variable.map_or(Role::Unknown, Role::Variable)
}

/// Whether patterns name a column, by its name in the table or in the dictionary.
fn is_named(column: &RawColumn, variable: Option<&Variable>, patterns: &[String]) -> bool {
    let names = [Some(column.name.as_str()), Some(column.original_name.as_str()), variable.map(|variable| variable.name)];
    names.into_iter().flatten().any(|name| patterns.iter().any(|pattern| fits(pattern, name)))
}

/// What was recognised, and what is not used.
fn report(table: &RawTable, seen: &[(&str, &str)], unused: Vec<String>, findings: &mut Vec<Finding>) {
    if !seen.is_empty() {
        let pairs: Vec<String> = seen
            .iter()
            .map(|(variable, column)| if variable == column { format!("`{column}`") } else { format!("`{column}` as {variable}") })
            .collect();
        let message = format!("Recognised by the data dictionary: {}.", pairs.join(", "));
        findings.push(Finding::info("recognised", message).in_file(&table.path));
    }
    if !unused.is_empty() {
        let message = "These columns are not in the data dictionary and are not used; name them under `columns` to use them.";
        findings.push(Finding::info("not-in-dictionary", message).in_file(&table.path).in_columns(unused));
    }
}
