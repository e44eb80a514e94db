//! What a user may ask of a simulated cohort: a TOML file, every key of it checked.
//!
//! A preset says everything, or says `extends = "default"` (a built-in name, or a path relative to the file) and only what differs.
//! Then keys of a table replace keys; below the fields of one variable or block a value is replaced whole. An entry that is changed
//! loses the provenance of the one it replaces, because another's source does not vouch for a new number.

mod block;
mod check;
mod load;
mod site;
mod variable;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use block::{Block, Correlation, FeatureNames, Missing, Noise, Pair, Units};
pub use check::{HIGHEST_SEED, MOST_PATIENTS, RESERVED_COLUMNS};
pub use load::{BUILT_IN, preset, presets};
pub use site::{SiteLayout, SiteSpec, Sites};
pub use variable::{Binary, Category, Derived, Distribution, LogNormal, Normal, Receptors, Variable};

use super::class::PerClass;

/// A simulated cohort as a user describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CohortPreset {
    /// What the cohort is for, in a sentence.
    pub description: String,
    /// The preset that this one starts from: a built-in name, or a path relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Number of patients, up to a million.
    pub n: usize,
    /// Seed of everything random: same preset and seed, same bytes.
    pub seed: u64,
    /// Switches every effect off: all classes draw as HER2-zero does and every AUC is 0.5.
    pub null: bool,
    /// Examinations fall uniformly between these two days.
    pub exam_dates: ExamDates,
    /// Share of each HER2 class.
    pub prevalence: Prevalence,
    /// Centres and how they differ.
    pub sites: Sites,
    /// How HER2 was assayed.
    pub her2: Her2Assay,
    /// Within-class correlation between the scores of blocks and groups of variables.
    pub correlation: Correlation,
    /// Clinical variables: the columns of `clinical.csv`.
    pub variable: BTreeMap<String, Variable>,
    /// Feature blocks: one table each.
    pub block: BTreeMap<String, Block>,
}

impl Default for CohortPreset {
    fn default() -> Self {
        CohortPreset {
            description: String::new(),
            extends: None,
            n: 400,
            seed: 1,
            null: false,
            exam_dates: ExamDates::default(),
            prevalence: Prevalence::default(),
            sites: Sites::default(),
            her2: Her2Assay::default(),
            correlation: Correlation::default(),
            variable: BTreeMap::new(),
            block: BTreeMap::new(),
        }
    }
}

impl CohortPreset {
    /// The preset as it is drawn from: where `null` is set, without any effect.
    pub(crate) fn effective(&self) -> CohortPreset {
        let mut preset = self.clone();
        if self.null {
            for block in preset.block.values_mut() {
                block.auc.positive_vs_negative = 0.5;
                block.auc.low_vs_zero = 0.5;
            }
            for variable in preset.variable.values_mut() {
                variable.distribution.forget_class();
            }
        }
        preset
    }
}

/// Where the numbers of an entry come from: each of them is either published or assumed, and is listed under one of the two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Provenance {
    /// Values taken from the literature, with their source.
    pub published: Vec<String>,
    /// Values assumed, with the reason where there is one.
    pub assumed: Vec<String>,
}

/// First and last day on which examinations take place (`YYYY-MM-DD`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamDates {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

impl Default for ExamDates {
    fn default() -> Self {
        ExamDates { from: "2018-01-01".into(), to: "2023-12-31".into() }
    }
}

/// Share of each HER2 class; the three sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prevalence {
    /// Share of HER2-zero.
    pub zero: f64,
    /// Share of HER2-low.
    pub low: f64,
    /// Share of HER2-positive.
    pub positive: f64,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: Provenance,
}

impl Prevalence {
    /// The shares in the order zero, low, positive.
    pub fn as_array(&self) -> [f64; 3] {
        [self.zero, self.low, self.positive]
    }
}

impl Default for Prevalence {
    fn default() -> Self {
        Prevalence { zero: 0.29, low: 0.41, positive: 0.30, provenance: Provenance::default() }
    }
}

impl From<&Prevalence> for PerClass<f64> {
    fn from(prevalence: &Prevalence) -> Self {
        PerClass { zero: prevalence.zero, low: prevalence.low, positive: prevalence.positive }
    }
}

/// How HER2 was assayed: IHC in everyone, ISH where IHC is 2+ and now and then elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Her2Assay {
    /// Share of HER2-low tumours that are IHC 2+ with negative ISH; the others are IHC 1+.
    pub low_ihc_2plus: f64,
    /// Share of HER2-positive tumours that are IHC 2+ with positive ISH; the others are IHC 3+.
    pub positive_ihc_2plus: f64,
    /// Share of IHC 2+ tumours whose ISH was never done: their HER2 status cannot be derived.
    pub ish_missing: f64,
    /// Share of IHC 0, 1+ and 3+ tumours in which ISH was done although it decides nothing.
    pub ish_extra: f64,
    /// Share of IHC 0 tumours with faint staining in up to 10 % of cells (ultralow).
    pub ultralow: f64,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

impl Default for Her2Assay {
    fn default() -> Self {
        Her2Assay {
            low_ihc_2plus: 0.4,
            positive_ihc_2plus: 0.18,
            ish_missing: 0.06,
            ish_extra: 0.08,
            ultralow: 0.4,
            provenance: Provenance::default(),
        }
    }
}
