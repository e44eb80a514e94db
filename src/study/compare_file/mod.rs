//! Predictions of any tool, compared with the statistics of a study.

mod outcome;
mod probability;
mod tidy;
mod wide;

use crate::error::{Error, Result};
use crate::learn::ThresholdRule;
use crate::study::compare::{self, ArmFacts, CompareInput};
use crate::study::describe::{LAYOUT, software};
use crate::study::results::{CohortSummary, Count, FlowStep, Level, Notice, Origin, OutcomeSummary, Results, ValidationSummary};
use crate::study::scored::Scored;
use crate::study::spec::CompareSpec;
use crate::table::{ReadOptions, read};
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
    let outcome = outcome::column(&table, options)?;
    let (classes, event_is) = outcome::classes(outcome, options, path)?;
    let tidy = table.position("arm").is_some() && table.position("case_id").is_some();
    let parsed = if tidy {
        tidy::tidy_arms(&table, outcome, &classes, &event_is, options)?
    } else {
        wide::wide_arms(&table, outcome, &classes, &event_is, options)?
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
