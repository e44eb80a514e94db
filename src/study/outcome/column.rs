//! Any column as an outcome.

use super::{CaseOutcome, Outcome};
use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::{self, Question};
use crate::modality::clinical::{key, sign};
use crate::table::{Cells, RawColumn, RawTable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Values that are no class are named in the flow diagram up to this many.
const MOST_NAMED_VALUES: usize = 5;

/// A column whose values are the classes.
///
/// Classes come from `classes` (their names in order), or from `event` (this value against all others), or, where neither is
/// given, from the column itself if it says yes and no in any of the usual ways. `values` renames or merges values first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ColumnOutcome {
    /// The column.
    pub column: String,
    /// What is predicted, in words; the column's name where left out.
    pub name: Option<String>,
    /// The classes in order. A value that is none of them leaves its row out.
    pub classes: Vec<String>,
    /// The value that is the event: of two classes it becomes the last.
    pub event: Option<String>,
    /// Whether the classes are ordered.
    pub ordered: bool,
    /// Values as they stand in the table, and the classes they belong to, e.g. `{ normal = "benign" }`.
    pub values: BTreeMap<String, String>,
}

impl ColumnOutcome {
    /// The outcome of every row.
    ///
    /// # Errors
    /// [`Error::Input`] if the column is not there, [`Error::Usage`] if classes and event contradict each other or are needed and
    /// missing, [`Error::Study`] if a class has no case.
    pub fn derive(&self, table: &RawTable) -> Result<Outcome> {
        let column = table.column(&self.column)?;
        let classes = self.class_names(column)?;
        let texts: Vec<_> = (0..table.n_rows()).map(|row| column.text(row)).collect();
        let class = |text: &str| self.class_of(text, &classes);
        let others: BTreeSet<&str> = texts.iter().flatten().map(AsRef::as_ref).filter(|text| class(text).is_none()).collect();
        let reason = |text: &str| match others.len() {
            // A few other values are named, each with its count; many would not fit into a flow diagram.
            ..=MOST_NAMED_VALUES => format!("`{}` is {text}, which is no class of the study", column.name),
            _ => format!("`{}` is no class of the study", column.name),
        };
        let cases: Vec<CaseOutcome> = texts
            .iter()
            .map(|text| match text {
                None => CaseOutcome::Excluded(format!("`{}` is missing", column.name)),
                Some(text) => class(text).map_or_else(|| CaseOutcome::Excluded(reason(text)), CaseOutcome::Class),
            })
            .collect();
        let mut rules = vec![format!("The outcome is the column `{}` with the classes {}.", column.name, classes.join(", "))];
        rules.extend(self.values.iter().map(|(from, to)| format!("The value `{from}` counts as `{to}`.")));
        Outcome {
            name: self.name.clone().unwrap_or_else(|| column.name.clone()),
            classes,
            ordered: self.ordered,
            stages: Vec::new(),
            cases,
            rules,
            findings: Vec::new(),
            columns: vec![column.name.clone()],
            question: question_of(&column.name),
        }
        .with_every_class()
    }

    /// Names of the classes, the event last.
    fn class_names(&self, column: &RawColumn) -> Result<Vec<String>> {
        let mut classes = self.classes.clone();
        for (at, class) in classes.iter().enumerate() {
            if classes[..at].iter().any(|other| same(other, class)) {
                return Err(Error::usage(format!("outcome: the class `{class}` is listed twice")));
            }
        }
        match (&self.event, classes.len()) {
            (None, 0) => self.signs(column),
            (Some(event), 0) => Ok(vec![format!("not {event}"), event.clone()]),
            (_, 1) => Err(Error::usage("outcome: one class alone leaves nothing to predict; list at least two")),
            (None, _) => Ok(classes),
            (Some(event), n) => {
                let Some(at) = classes.iter().position(|class| same(class, event)) else {
                    return Err(Error::usage(format!("outcome: the event `{event}` is none of the classes {}", classes.join(", "))));
                };
                if n > 2 {
                    return Err(Error::usage("outcome: an event goes with two classes; leave `event` out, or list two classes"));
                }
                if self.ordered && at != n - 1 {
                    return Err(Error::usage(format!("outcome: ordered classes end with the event; list `{event}` last")));
                }
                let event = classes.remove(at);
                classes.push(event);
                Ok(classes)
            }
        }
    }

    /// Classes of a column that says yes and no.
    fn signs(&self, column: &RawColumn) -> Result<Vec<String>> {
        let values = (0..column.cells.len()).filter_map(|row| column.text(row));
        let all_signs = values.into_iter().all(|text| sign(self.renamed(&text)).is_ok());
        if all_signs {
            return Ok(vec!["negative".to_string(), "positive".to_string()]);
        }
        let hint = match &column.cells {
            Cells::Number(_) => "it holds numbers",
            Cells::Text(_) => "it holds other words than yes and no",
        };
        Err(Error::usage(format!("outcome: name the classes of `{}` in order, or its event; {hint}", column.name)))
    }

    fn class_of(&self, text: &str, classes: &[String]) -> Option<usize> {
        let value = self.renamed(text);
        if let Some(class) = classes.iter().position(|class| same(class, value)) {
            return Some(class);
        }
        match (self.classes.is_empty(), &self.event) {
            (true, Some(_)) => Some(0),
            (true, None) => sign(value).ok().flatten().map(usize::from),
            (false, _) => None,
        }
    }

    /// The value that stands for `text`.
    fn renamed<'a>(&'a self, text: &'a str) -> &'a str {
        self.values.iter().find(|(from, _)| same(from, text)).map_or(text, |(_, to)| to.as_str())
    }
}

/// Whether two values are the same: as numbers (`1` and `1.0`), else without regard to capitals, blanks and punctuation.
fn same(a: &str, b: &str) -> bool {
    match (a.trim().parse::<f64>(), b.trim().parse::<f64>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => key(a) == key(b),
    }
}

/// What a column asks, as far as the dictionary knows it.
fn question_of(column: &str) -> Question {
    dictionary::variable_of_column(column).and_then(|variable| variable.defines.first().copied()).unwrap_or(Question::Other)
}
