//! The outcome of a table of predictions: which column, which classes.

use super::CompareOptions;
use crate::error::{Error, InputError, Result};
use crate::table::{RawColumn, RawTable};
use std::path::Path;

pub(super) fn column<'a>(table: &'a RawTable, options: &CompareOptions) -> Result<&'a RawColumn> {
    if let Some(name) = &options.outcome {
        return table.column(name);
    }
    let usual = ["outcome", "y", "y_true", "label", "target", "truth", "event", "class"];
    let found = usual.iter().find_map(|name| table.position(name));
    found
        .map(|at| &table.columns[at])
        .ok_or_else(|| Error::usage(format!("{}: which column is the outcome? Name it with --outcome", table.path.display())))
}

/// Turns a cell of the outcome into a class.
pub(super) type ClassOf = Box<dyn Fn(&str) -> Option<u32>>;

pub(super) fn classes(column: &RawColumn, options: &CompareOptions, path: &Path) -> Result<(Vec<String>, ClassOf)> {
    let mut values: Vec<String> =
        (0..column.cells.len()).filter_map(|row| column.text(row)).map(|text| text.trim().to_string()).collect();
    values.sort();
    values.dedup();
    if values.iter().all(|value| value.parse::<f64>().is_ok()) {
        values.sort_by(|a, b| a.parse::<f64>().unwrap_or(0.0).total_cmp(&b.parse::<f64>().unwrap_or(0.0)));
    }
    if !options.classes.is_empty() {
        let classes = options.classes.clone();
        if let Some(unknown) = classes.iter().find(|class| !values.contains(class)) {
            return Err(Error::usage(format!("--classes: no case has `{unknown}`; `{}` has {}", column.name, values.join(", "))));
        }
        let known = classes.clone();
        return Ok((classes, Box::new(move |text| known.iter().position(|class| class == text.trim()).map(|k| k as u32))));
    }
    if let Some(event) = &options.event {
        if !values.contains(event) {
            return Err(Error::usage(format!("--event: no case has `{event}`; `{}` has {}", column.name, values.join(", "))));
        }
        let (event, rest) = (event.clone(), values.iter().filter(|value| *value != event).cloned().collect::<Vec<_>>());
        let names = vec![if rest.len() == 1 { rest[0].clone() } else { format!("not {event}") }, event.clone()];
        return Ok((names, Box::new(move |text| Some(u32::from(text.trim() == event)))));
    }
    match values.as_slice() {
        [a, b] => {
            let says_yes =
                |value: &str| ["1", "true", "yes", "positive", "pos", "+", "event"].contains(&value.to_lowercase().as_str());
            let numbers = a.parse::<f64>().is_ok() && b.parse::<f64>().is_ok();
            let (no, yes) = if says_yes(a) && !says_yes(b) {
                (b.clone(), a.clone())
            } else if says_yes(b) || numbers {
                (a.clone(), b.clone())
            } else {
                return Err(Error::usage(format!("the outcome is `{a}` or `{b}`; say which is the event with --event")));
            };
            let event = yes.clone();
            Ok((vec![no, yes], Box::new(move |text| Some(u32::from(text.trim() == event)))))
        }
        [] | [_] => {
            Err(InputError::new(path, format!("one value only in `{}`", column.name), "an outcome with at least two classes")
                .into())
        }
        many if many.len() <= 10 => Err(Error::usage(format!(
            "`{}` has {} values ({}); give their order with --classes, or the event with --event",
            column.name,
            many.len(),
            many.join(", ")
        ))),
        many => Err(Error::usage(format!("`{}` has {} different values, which is no outcome", column.name, many.len()))),
    }
}
