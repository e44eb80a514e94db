//! Any column as an outcome.

use super::{CaseOutcome, Outcome};
use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::{self, Question};
use crate::modality::clinical::{key, sign};
use crate::study::spec::OutcomeSpec;
use crate::table::{Cells, RawColumn, RawTable};
use std::collections::BTreeSet;

/// Values that are no class are named in the flow diagram up to this many.
const MOST_NAMED_VALUES: usize = 5;

/// The values of a column as the outcome of every row.
///
/// Classes come from `classes` (their names in order), or from `event` (this value against all others), or, where neither is
/// given, from the column itself if it says yes and no in any of the usual ways. `values` renames or merges values first.
pub(super) fn derive(spec: &OutcomeSpec, column: &str, table: &RawTable) -> Result<Outcome> {
    let column = table.column(column)?;
    let classes = Classes { spec, names: class_names(spec, column)? };
    let texts: Vec<_> = (0..table.n_rows()).map(|row| column.text(row)).collect();
    let others: BTreeSet<&str> =
        texts.iter().flatten().map(AsRef::as_ref).filter(|text| classes.position(text).is_none()).collect();
    let reason = |text: &str| match others.len() {
        // A few other values are named, each with its count; many would not fit into a flow diagram.
        ..=MOST_NAMED_VALUES => format!("`{}` is {text}, which is no class of the study", column.name),
        _ => format!("`{}` is no class of the study", column.name),
    };
    let cases: Vec<CaseOutcome> = texts
        .iter()
        .map(|text| match text {
            None => CaseOutcome::Excluded(format!("`{}` is missing", column.name)),
            Some(text) => classes.position(text).map_or_else(|| CaseOutcome::Excluded(reason(text)), CaseOutcome::Class),
        })
        .collect();
    let mut rules = vec![format!("The outcome is the column `{}` with the classes {}.", column.name, classes.names.join(", "))];
    rules.extend(spec.values.iter().map(|(from, to)| format!("The value `{from}` counts as `{to}`.")));
    Ok(Outcome {
        name: column.name.clone(),
        classes: classes.names,
        ordered: spec.ordered,
        stages: Vec::new(),
        cases,
        rules,
        findings: Vec::new(),
        columns: vec![column.name.clone()],
        question: question_of(&column.name),
    })
}

/// Names of the classes, the event last.
fn class_names(spec: &OutcomeSpec, column: &RawColumn) -> Result<Vec<String>> {
    let mut classes = spec.classes.clone();
    for (at, class) in classes.iter().enumerate() {
        if classes[..at].iter().any(|other| same(other, class)) {
            return Err(Error::usage(format!("outcome: the class `{class}` is listed twice")));
        }
    }
    match (&spec.event, classes.len()) {
        (None, 0) => signs(spec, column),
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
            let event = classes.remove(at);
            classes.push(event);
            Ok(classes)
        }
    }
}

/// Classes of a column that says yes and no.
fn signs(spec: &OutcomeSpec, column: &RawColumn) -> Result<Vec<String>> {
    let mut values = (0..column.cells.len()).filter_map(|row| column.text(row));
    if values.all(|text| sign(renamed(spec, &text)).is_ok()) {
        return Ok(vec!["negative".to_string(), "positive".to_string()]);
    }
    let hint = match &column.cells {
        Cells::Number(_) => "it holds other numbers than 0 and 1",
        Cells::Text(_) => "it holds other words than yes and no",
    };
    Err(Error::usage(format!("outcome: name the classes of `{}` in order, or its event; {hint}", column.name)))
}

/// Classes by name, and how values fall into them.
struct Classes<'a> {
    spec: &'a OutcomeSpec,
    names: Vec<String>,
}

impl Classes<'_> {
    fn position(&self, text: &str) -> Option<usize> {
        let value = renamed(self.spec, text);
        if let Some(class) = self.names.iter().position(|class| same(class, value)) {
            return Some(class);
        }
        match (self.spec.classes.is_empty(), &self.spec.event) {
            (true, Some(_)) => Some(0),
            (true, None) => sign(value).ok().flatten().map(usize::from),
            (false, _) => None,
        }
    }
}

/// The value that stands for `text`.
fn renamed<'a>(spec: &'a OutcomeSpec, text: &'a str) -> &'a str {
    spec.values.iter().find(|(from, _)| same(from, text)).map_or(text, |(_, to)| to.as_str())
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
