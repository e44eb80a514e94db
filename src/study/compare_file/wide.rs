//! Wide tables: a row per case, a column (or one per class) per model.

use super::outcome::ClassOf;
use super::probability::row_probabilities;
use super::{CompareOptions, Parsed};
use crate::error::{Error, InputError, Result};
use crate::study::results::{Count, Level, Notice};
use crate::study::scored::{Repeat, Scored};
use crate::table::{RawColumn, RawTable};

fn is_probability(column: &RawColumn) -> bool {
    let Some(values) = column.numbers() else { return false };
    let there: Vec<f64> = values.iter().flatten().copied().collect();
    let mut distinct = there.clone();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    !there.is_empty() && there.iter().all(|p| (0.0..=1.0).contains(p)) && distinct.len() > 2
}

/// The models of a wide table with their columns: one for two classes, one per class for more.
fn wide_models<'a>(
    table: &'a RawTable,
    outcome: &RawColumn,
    classes: &[String],
    options: &CompareOptions,
) -> Result<Vec<(String, Vec<&'a RawColumn>)>> {
    if classes.len() == 2 {
        if !options.models.is_empty() {
            return options.models.iter().map(|name| Ok((name.clone(), vec![table.column(name)?]))).collect();
        }
        let kept = table.columns.iter().filter(|column| column.name != outcome.name && is_probability(column));
        return Ok(kept.map(|column| (column.name.clone(), vec![column])).collect());
    }
    let last = classes.last().cloned().unwrap_or_default();
    let separators = ["_", ".", " ", "-"];
    let prefixes: Vec<String> = if options.models.is_empty() {
        let prefix = |column: &RawColumn| {
            separators.iter().find_map(|s| column.name.strip_suffix(&format!("{s}{last}")).map(String::from))
        };
        let mut found: Vec<String> = table.columns.iter().filter_map(prefix).collect();
        if found.is_empty() && classes.iter().all(|class| table.position(class).is_some()) {
            found.push(String::new());
        }
        found
    } else {
        options.models.clone()
    };
    prefixes
        .into_iter()
        .map(|prefix| {
            let of_class = |class: &String| {
                let names =
                    separators.iter().map(|s| format!("{prefix}{s}{class}")).chain(prefix.is_empty().then(|| class.clone()));
                let at = names.into_iter().find_map(|name| table.position(&name));
                at.map(|at| &table.columns[at]).ok_or_else(|| {
                    Error::usage(format!(
                        "model `{prefix}` has no column for the class `{class}` (looked for `{prefix}_{class}`)"
                    ))
                })
            };
            let columns = classes.iter().map(of_class).collect::<Result<Vec<_>>>()?;
            Ok((if prefix.is_empty() { "model".to_string() } else { prefix.clone() }, columns))
        })
        .collect()
}

pub(super) fn wide_arms(
    table: &RawTable,
    outcome: &RawColumn,
    classes: &[String],
    class_of: &ClassOf,
    options: &CompareOptions,
) -> Result<Parsed> {
    let models = wide_models(table, outcome, classes, options)?;
    let mut kept = Vec::new();
    let (mut no_outcome, mut other) = (0, 0);
    for row in 0..table.n_rows() {
        match outcome.text(row).map(|text| class_of(&text)) {
            Some(Some(class)) => kept.push((row, class)),
            Some(None) => other += 1,
            None => no_outcome += 1,
        }
    }
    let mut arms = Vec::new();
    let mut notices = Vec::new();
    for (name, columns) in models {
        let mut repeat = Repeat::default();
        for (case, (row, _)) in kept.iter().enumerate() {
            if let Some(p) = row_probabilities(table, &columns, *row)? {
                repeat.cases.push(case);
                repeat.folds.push(0);
                repeat.thresholds.push((p.len() == 2).then_some(options.threshold));
                repeat.probabilities.push(p);
            }
        }
        let missing = kept.len() - repeat.cases.len();
        if missing > 0 {
            notices.push(Notice {
                level: Level::Info,
                code: "missing-predictions".into(),
                message: format!(
                    "{name} has no prediction for {missing} cases; pairs of models are compared on the cases that both predict."
                ),
                columns: columns.iter().map(|column| column.name.clone()).collect(),
            });
        }
        if repeat.cases.is_empty() {
            return Err(InputError::new(&table.path, "no prediction at all", "probabilities").in_column(&name).into());
        }
        arms.push(Scored { name, repeats: vec![repeat], validation: None });
    }
    let excluded = [("outcome missing", no_outcome), ("outcome is none of the classes", other)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(name, n)| Count { name: name.into(), n })
        .collect();
    Ok(Parsed {
        outcome: kept.iter().map(|(_, class)| *class).collect(),
        arms,
        rows: table.n_rows(),
        excluded,
        notices,
        own_thresholds: false,
    })
}
