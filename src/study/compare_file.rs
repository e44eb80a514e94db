//! Predictions of any tool, compared with the statistics of a study.

use super::compare::{self, ArmFacts, CompareInput};
use super::describe::{LAYOUT, software};
use super::results::{CohortSummary, Count, FlowStep, Level, Notice, Origin, OutcomeSummary, Results, ValidationSummary};
use super::scored::{Repeat, Scored};
use super::spec::CompareSpec;
use crate::error::{Error, InputError, Result};
use crate::learn::ThresholdRule;
use crate::table::{RawColumn, RawTable, ReadOptions, read};
use std::collections::BTreeMap;
use std::path::Path;

/// What `vbx compare` was asked.
#[derive(Debug, Clone, Default)]
pub struct CompareOptions {
    /// The column with the outcome.
    pub outcome: Option<String>,
    /// The value that is the event.
    pub event: Option<String>,
    /// The classes in order.
    pub classes: Vec<String>,
    /// The models, in order.
    pub models: Vec<String>,
    /// Reference and new model of the primary comparison.
    pub primary: Option<[String; 2]>,
    /// Cut-offs of risk categories.
    pub nri_categories: Vec<f64>,
    /// The decision threshold.
    pub threshold: f64,
    /// Bootstrap replicates.
    pub bootstrap: usize,
    /// Seed.
    pub seed: u64,
}

/// Reads a table of predictions, wide or tidy, and compares the models in it.
///
/// Wide: one row per case; for two classes one column of probabilities per model, for more `MODEL_CLASS` columns. Tidy: the columns `arm`,
/// `case_id`, the outcome, and `probability` or one `p_CLASS` column per class, perhaps `repeat`, `fold` and `threshold`.
///
/// # Errors
/// [`Error::Usage`] for options that the table cannot meet, [`Error::Input`] for its faults.
pub fn compare_file(path: &Path, options: &CompareOptions) -> Result<Results> {
    let (table, findings) = read(path, &ReadOptions::default())?;
    let outcome = outcome_column(&table, options)?;
    let (classes, event_is) = classes(outcome, options, path)?;
    let tidy = table.position("arm").is_some() && table.position("case_id").is_some();
    let parsed = if tidy {
        tidy_arms(&table, outcome, &classes, &event_is, options)?
    } else {
        wide_arms(&table, outcome, &classes, &event_is, options)?
    };
    if parsed.arms.is_empty() {
        return Err(Error::usage(format!("{}: no column of probabilities was found; name them with --models", path.display())));
    }
    if let Some(primary) = &options.primary {
        for name in primary {
            if !parsed.arms.iter().any(|arm| arm.name == *name) {
                let known: Vec<&str> = parsed.arms.iter().map(|arm| arm.name.as_str()).collect();
                return Err(Error::usage(format!("--primary speaks of `{name}`; the models are {}", known.join(", "))));
            }
        }
    }
    for (k, class) in classes.iter().enumerate() {
        if !parsed.outcome.iter().any(|&c| c as usize == k) {
            return Err(Error::study(format!("no case with predictions has the outcome `{class}`; there is nothing to compare")));
        }
    }
    let facts = parsed
        .arms
        .iter()
        .map(|arm| ArmFacts {
            name: arm.name.clone(),
            label: arm.name.clone(),
            fusion: "external".into(),
            description: "predictions as given".into(),
            ..ArmFacts::default()
        })
        .collect();
    let spec = CompareSpec {
        primary: options.primary.clone(),
        nri_categories: options.nri_categories.clone(),
        threshold: ThresholdRule::Fixed(options.threshold),
        bootstrap: options.bootstrap,
        ..CompareSpec::default()
    };
    let input = CompareInput {
        outcome: parsed.outcome.clone(),
        classes: classes.clone(),
        arms: parsed.arms,
        facts,
        rule: if parsed.own_thresholds {
            "as given in the table".into()
        } else {
            spec.threshold.words().replace("in the study file", "by --threshold")
        },
        options: spec,
        seed: options.seed,
    };
    let compared = compare::compare(&input)?;
    let mut notices: Vec<Notice> = findings.iter().map(super::plan::notice_of).collect();
    notices.extend(parsed.notices);
    notices.extend(compared.notices);
    notices.push(Notice {
        level: Level::Info,
        code: "made-elsewhere".into(),
        message:
            "These predictions were made elsewhere: whether their models saw the cases that they predict cannot be checked here."
                .into(),
        columns: Vec::new(),
    });
    let n = parsed.outcome.len();
    let file = path.file_name().unwrap_or_default().to_string_lossy().to_string();
    let repeats = input.arms.iter().map(|arm| arm.repeats.len()).max().unwrap_or(1);
    Ok(Results {
        layout: LAYOUT,
        software: software(),
        origin: Origin::Predictions,
        title: format!("Comparison of predictions in {file}"),
        question: None,
        outcome: OutcomeSummary {
            name: outcome.name.clone(),
            event: (classes.len() == 2).then(|| classes[1].clone()),
            ordered: false,
            rules: Vec::new(),
            classes: classes
                .iter()
                .enumerate()
                .map(|(k, name)| Count { name: name.clone(), n: parsed.outcome.iter().filter(|&&c| c as usize == k).count() })
                .collect(),
        },
        cohort: CohortSummary { cases: n, patients: n, sites: Vec::new(), modalities: Vec::new(), patterns: Vec::new() },
        images: Vec::new(),
        flow: vec![
            FlowStep { label: "Rows in the table".into(), cases: parsed.rows, patients: parsed.rows, excluded: parsed.excluded },
            FlowStep { label: "Compared".into(), cases: n, patients: n, excluded: Vec::new() },
        ],
        notices,
        validation: ValidationSummary {
            scheme: "given".into(),
            sentence: "Predictions were made elsewhere and are taken as they are.".into(),
            folds: 1,
            repeats,
            inner_folds: 0,
            seed: options.seed,
            folds_hash: String::new(),
        },
        arms: compared.arms,
        comparisons: compared.comparisons,
        joint: compared.joint,
        table_one: None,
        associations: Vec::new(),
        statement: compared.statement,
        limitations: vec!["How the predictions were made is not known here; intervals account for the cases only.".into()],
        methods: vec![
            "AUC with DeLong's interval, compared by the paired DeLong test; NRI and IDI with event and non-event parts, as predicted and \
             after 10-fold cross-fitted logistic recalibration; calibration; decision curves."
                .into(),
            format!("Software: {}; seed {}.", software(), options.seed),
        ],
    })
}

/// What a table of predictions holds.
struct Parsed {
    outcome: Vec<u32>,
    arms: Vec<Scored>,
    rows: usize,
    excluded: Vec<Count>,
    notices: Vec<Notice>,
    own_thresholds: bool,
}

fn outcome_column<'a>(table: &'a RawTable, options: &CompareOptions) -> Result<&'a RawColumn> {
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
type ClassOf = Box<dyn Fn(&str) -> Option<u32>>;

fn classes(column: &RawColumn, options: &CompareOptions, path: &Path) -> Result<(Vec<String>, ClassOf)> {
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

fn is_probability(column: &RawColumn) -> bool {
    let Some(values) = column.numbers() else { return false };
    let there: Vec<f64> = values.iter().flatten().copied().collect();
    let mut distinct = there.clone();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    !there.is_empty() && there.iter().all(|p| (0.0..=1.0).contains(p)) && distinct.len() > 2
}

/// A probability in a cell, or a fault that names it.
fn probability(table: &RawTable, column: &RawColumn, row: usize) -> Result<Option<f64>> {
    let fault = |found: String| {
        let fault = InputError::new(&table.path, found, "a probability from 0 to 1").at_row(table.row_number(row));
        Error::from(fault.in_column(&column.name))
    };
    let Some(values) = column.numbers() else { return Err(fault(format!("`{}`", column.text(row).unwrap_or_default()))) };
    match values[row] {
        Some(p) if !(0.0..=1.0).contains(&p) => Err(fault(p.to_string())),
        p => Ok(p),
    }
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

/// Class probabilities from the cells of a row. For several classes they may be off one by rounding, and are brought back to it.
fn row_probabilities(table: &RawTable, columns: &[&RawColumn], row: usize) -> Result<Option<Vec<f64>>> {
    let mut p = Vec::with_capacity(columns.len().max(2));
    for column in columns {
        match probability(table, column, row)? {
            Some(value) => p.push(value),
            None => return Ok(None),
        }
    }
    if let [event] = p.as_slice() {
        return Ok(Some(vec![1.0 - event, *event]));
    }
    let sum: f64 = p.iter().sum();
    if (sum - 1.0).abs() > 0.02 {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let fault =
            InputError::new(&table.path, format!("probabilities that sum to {sum:.4}"), "class probabilities that sum to 1");
        return Err(fault.at_row(table.row_number(row)).in_column(names.join(", ")).into());
    }
    // Probabilities that sum to one within rounding are left as they are: dividing would break ties that the other tool has.
    if (sum - 1.0).abs() > 1e-9 {
        p.iter_mut().for_each(|x| *x /= sum);
    }
    Ok(Some(p))
}

fn wide_arms(
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

/// Case, fold, class probabilities, threshold.
type TidyRow = (usize, String, Vec<f64>, Option<f64>);

fn tidy_arms(
    table: &RawTable,
    outcome: &RawColumn,
    classes: &[String],
    class_of: &ClassOf,
    options: &CompareOptions,
) -> Result<Parsed> {
    let (arm, case) = (table.column("arm")?, table.column("case_id")?);
    let optional = |name: &str| table.position(name).map(|at| &table.columns[at]);
    let (repeat, fold, threshold) = (optional("repeat"), optional("fold"), optional("threshold"));
    let columns: Vec<&RawColumn> = match optional("probability") {
        Some(column) if classes.len() == 2 => vec![column],
        _ => {
            let of_class = |class: &String| {
                let found = optional(&format!("p_{class}")).or_else(|| optional(class));
                found.ok_or_else(|| Error::usage(format!("there is neither a column `probability` nor `p_{class}`")))
            };
            let all = classes.iter().map(of_class).collect::<Result<Vec<_>>>()?;
            if classes.len() == 2 { vec![all[1]] } else { all }
        }
    };
    let text =
        |column: Option<&RawColumn>, row: usize| column.and_then(|c| c.text(row)).map(|t| t.to_string()).unwrap_or_default();
    let mut cases: BTreeMap<String, (usize, u32)> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut rows: BTreeMap<(usize, String), Vec<TidyRow>> = BTreeMap::new();
    let mut without_outcome = 0;
    for row in 0..table.n_rows() {
        let Some(class) = outcome.text(row).and_then(|text| class_of(&text)) else {
            without_outcome += 1;
            continue;
        };
        let (Some(name), Some(id)) = (arm.text(row), case.text(row)) else {
            return Err(InputError::new(&table.path, "a row without arm or case_id", "both")
                .at_row(table.row_number(row))
                .into());
        };
        let next = cases.len();
        let (at, known) = *cases.entry(id.to_string()).or_insert((next, class));
        if known != class {
            return Err(InputError::new(
                &table.path,
                "another outcome than in an earlier row of the case",
                "one outcome per case",
            )
            .at_row(table.row_number(row))
            .in_column(&outcome.name)
            .into());
        }
        let place = order.iter().position(|known| *known == name.as_ref()).unwrap_or_else(|| {
            order.push(name.to_string());
            order.len() - 1
        });
        if let Some(p) = row_probabilities(table, &columns, row)? {
            let own = threshold.and_then(|c| c.numbers()).and_then(|values| values[row]);
            rows.entry((place, text(repeat, row))).or_default().push((at, text(fold, row), p, own));
        }
    }
    let mut arms: Vec<Scored> =
        order.iter().map(|name| Scored { name: name.clone(), repeats: Vec::new(), validation: None }).collect();
    for ((place, _), mut entries) in rows {
        entries.sort_by_key(|entry| entry.0);
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(InputError::new(
                &table.path,
                format!("a case twice in arm `{}`", order[place]),
                "one row per arm, case and repeat",
            )
            .into());
        }
        let mut folds: Vec<String> = entries.iter().map(|entry| entry.1.clone()).collect();
        folds.sort();
        folds.dedup();
        let mut repeat = Repeat::default();
        for (at, fold, p, own) in entries {
            repeat.cases.push(at);
            repeat.folds.push(folds.binary_search(&fold).unwrap_or(0));
            repeat.thresholds.push((p.len() == 2).then_some(own.unwrap_or(options.threshold)));
            repeat.probabilities.push(p);
        }
        arms[place].repeats.push(repeat);
    }
    if !options.models.is_empty() {
        let mut chosen = Vec::new();
        for name in &options.models {
            let found = arms.iter().find(|arm| arm.name == *name);
            chosen.push(
                found
                    .cloned()
                    .ok_or_else(|| Error::usage(format!("there is no arm `{name}`; there are {}", order.join(", "))))?,
            );
        }
        arms = chosen;
    }
    let mut outcome: Vec<(usize, u32)> = cases.into_values().collect();
    outcome.sort_unstable();
    let excluded = if without_outcome > 0 {
        vec![Count { name: "rows without a known outcome".into(), n: without_outcome }]
    } else {
        Vec::new()
    };
    Ok(Parsed {
        outcome: outcome.into_iter().map(|(_, class)| class).collect(),
        arms,
        rows: table.n_rows(),
        excluded,
        notices: Vec::new(),
        own_thresholds: threshold.is_some(),
    })
}
