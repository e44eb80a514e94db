//! Who was analysed, on what outcome, and how performance was estimated.

use super::Measure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The outcome (reference standard) and its classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeSummary {
    /// What is predicted, in words, e.g. `HER2 positive versus low or zero`.
    pub name: String,
    /// Classes in order, with their numbers of cases.
    pub classes: Vec<Count>,
    /// For two classes: the name of the event (the class whose probability is predicted); it is the last class.
    pub event: Option<String>,
    /// Whether the classes are ordered (zero < low < positive).
    pub ordered: bool,
    /// The rules by which the classes were derived, a sentence each.
    pub rules: Vec<String>,
}

/// A name and a number of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// What is counted.
    pub name: String,
    /// How many.
    pub n: usize,
}

/// One box of the flow diagram, with what left the study there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlowStep {
    /// What the box holds, e.g. `Patients in the clinical table`.
    pub label: String,
    /// Cases (lesions) in it.
    pub cases: usize,
    /// Patients in it.
    pub patients: usize,
    /// Excluded on the way to the next box, by reason.
    pub excluded: Vec<Count>,
}

/// The cohort that was analysed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortSummary {
    /// Cases (lesions).
    pub cases: usize,
    /// Patients.
    pub patients: usize,
    /// Sites, with the cases of each class; empty where there is no site column.
    pub sites: Vec<SiteCount>,
    /// Modalities, in the study file's order.
    pub modalities: Vec<ModalitySummary>,
    /// How many cases have which combination of modalities, most frequent first.
    pub patterns: Vec<PatternCount>,
}

/// Cases of one site by class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCount {
    /// The site.
    pub name: String,
    /// Cases per class, in the order of the classes.
    pub classes: Vec<usize>,
}

/// One modality's block of columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModalitySummary {
    /// Its name in the study file, e.g. `mri`.
    pub name: String,
    /// Its name in print, e.g. `MRI`.
    pub label: String,
    /// Where it comes from: adapter and file names.
    pub source: String,
    /// Columns that arms may use.
    pub features: usize,
    /// Analysed cases that have it.
    pub present: usize,
    /// Analysed cases that lack it.
    pub missing: usize,
    /// The rules by which its features were made, a sentence each.
    pub rules: Vec<String>,
}

/// A combination of modalities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatternCount {
    /// The modalities that are there.
    pub present: Vec<String>,
    /// How many cases.
    pub n: usize,
}

/// How performance was estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidationSummary {
    /// Its name in the study file, e.g. `repeated-k-fold`.
    pub scheme: String,
    /// What was done, in a sentence or two.
    pub sentence: String,
    /// Outer folds per repeat.
    pub folds: usize,
    /// Repeats.
    pub repeats: usize,
    /// Inner folds, for tuning, thresholds and stacking.
    pub inner_folds: usize,
    /// The study's seed.
    pub seed: u64,
    /// SHA-256 of the assignment of cases to folds: two tables with the same hash were made on the same folds.
    pub folds_hash: String,
}

/// Characteristics by class ("Table 1").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableOne {
    /// Column heads: the classes, with their numbers of cases.
    pub groups: Vec<Count>,
    /// Rows in order; a categorical variable has a head row and one row per level.
    pub rows: Vec<TableOneRow>,
    /// Footnotes: which tests, which summaries.
    pub notes: Vec<String>,
}

/// A row of Table 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableOneRow {
    /// Variable, or level (then `indent` is 1).
    pub label: String,
    /// 0 for a variable, 1 for a level of the variable above.
    pub indent: u8,
    /// Over all cases, as printed, e.g. `52.1 (11.3)` or `41 (26.0%)`.
    pub overall: String,
    /// Per class, as printed.
    pub groups: Vec<String>,
    /// Cases in which the variable is missing (head rows).
    pub missing: Option<usize>,
    /// The test, e.g. `Welch t`, `Fisher exact`.
    pub test: Option<String>,
    /// Its p value.
    pub p: Option<f64>,
    /// Standardised mean difference (largest over pairs of classes).
    pub smd: Option<Measure>,
}
