//! Who is in the study, and what is predicted.

use crate::modality::clinical::her2::Her2Rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who is in the study. Id columns are found by their usual names where they are not given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CohortSpec {
    /// Column that names the case (lesion); by default the patient is the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// Column that names the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<String>,
    /// Column that names the site (centre, scanner), in the outcome's table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Column with the date of examination (ISO, `2024-05-31`), in the outcome's table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Conditions that a case must meet, in order; what they exclude is counted in the flow diagram.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Condition>,
}

/// A condition on a column of the outcome's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// Its value must be one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// Its value must be none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is_not: Vec<String>,
    /// Its number must be at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// Its number must be at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// The reason for exclusion as the flow diagram prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is predicted: a question about HER2 status, or any column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OutcomeSpec {
    /// The modality whose table holds the outcome; by default the first that has the columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// A question about HER2 status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
    /// Where HER2 status is found and how it is derived.
    #[serde(default)]
    pub her2: Her2Spec,
    /// Any column as the outcome, instead of `task`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// With `column` and two classes: the value that is the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// With `column`: the values in order; cases with another value are excluded and counted. For two classes the last is
    /// the event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// With `column`: values that count as another, e.g. `{ normal = "benign" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// With `column`: whether three or more classes are ordered.
    #[serde(default)]
    pub ordered: bool,
    /// How the outcome is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A question about HER2 status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// HER2 positive against low or zero.
    PositiveVsRest,
    /// Low against zero, among those that are not positive.
    LowVsZero,
    /// Low or positive against zero (the event is "not zero").
    ZeroVsRest,
    /// Positive against low, among those that are not zero.
    LowVsPositive,
    /// Low against zero or positive.
    LowVsRest,
    /// Zero, low, positive.
    ThreeClass,
    /// Zero, low, positive, as two binary questions in sequence.
    Cascade,
    /// IHC 3+ against IHC 2+ with amplified ISH, among those that are positive.
    ThreePlusVsTwoPlusAmplified,
    /// Ultralow against null, among those with IHC 0 whose faint staining is recorded.
    UltralowVsNull,
    /// Null, ultralow, low, positive; IHC 0 without recorded faint staining is left out.
    FourClass,
}

/// Where HER2 status is found, and the rules of its derivation (ASCO/CAP 2018, affirmed 2023). A column that is left out is found
/// by its usual names; an empty text says that it is not to be used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Her2Spec {
    /// Column with the IHC score (0, 1+, 2+, 3+).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ihc: Option<String>,
    /// Column with the ISH result (positive, negative).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ish: Option<String>,
    /// Column with the HER2/CEP17 ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<String>,
    /// Column with the HER2 copy number per cell, dual probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<String>,
    /// Column with the HER2 copy number per cell, single probe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_probe_copies: Option<String>,
    /// Column with HER2 status as stated by the laboratory (positive, negative, or zero, low, positive).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Column with the share of faintly stained cells in %, for HER2-ultralow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faint: Option<String>,
    /// Choices where the guideline leaves one, or the records contradict each other.
    pub rules: Her2Rules,
}
