//! The answer of a study as data: everything that the report, the tables and the figures show, and nothing that they would
//! have to compute. `results.json` is this type; the schema in `data-schema/` is generated from it.
//!
//! Rule: numbers live here once, with their interval and with the method that made them; an undefined number is a null with
//! its reason. To show something new, add it here, fill it in `study::compare`, and only then draw it in `report`.

mod arm;
mod cohort;
mod comparison;
mod image;
mod measure;
mod model;

pub use arm::{
    Arm, CalibrationResult, CurvePoint, DecisionCurveResult, Performance, RepeatSpread, RocCurveResult, SelectedFeature,
    ThresholdResult,
};
pub use cohort::{
    CohortSummary, Count, FlowStep, ModalitySummary, OutcomeSummary, PatternCount, SiteCount, TableOne, TableOneRow,
    ValidationSummary,
};
pub use comparison::{Comparison, IdiResult, JointTest, MulticlassReclassification, NriResult, Reclassification, TestResult};
pub use image::{FeatureOrigin, ImageExample};
pub use measure::{Level, Measure, NamedMeasure, Notice};
pub use model::{Association, LassoPathResult, NomogramAxis, NomogramProbabilityAxis, NomogramResult, PathCoefficient};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All results of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// Version of this layout.
    pub layout: u32,
    /// Name and version of the program that made them.
    pub software: String,
    /// What made them: a whole study (`vbx run`) or predictions of any tool (`vbx compare`).
    pub origin: Origin,
    /// Title of the study.
    pub title: String,
    /// The question in the researcher's words, if the study file gives one.
    pub question: Option<String>,
    /// The outcome and its classes.
    pub outcome: OutcomeSummary,
    /// The cohort that was analysed, its modalities and its sites.
    pub cohort: CohortSummary,
    /// Outlined lesions of modalities of images.
    #[serde(default)]
    pub images: Vec<ImageExample>,
    /// How patients became cases, step by step, with exclusions by reason.
    pub flow: Vec<FlowStep>,
    /// What was noticed about the data and about the study, and how it was handled.
    pub notices: Vec<Notice>,
    /// How performance was estimated.
    pub validation: ValidationSummary,
    /// One entry per arm, in the study file's order.
    pub arms: Vec<Arm>,
    /// Pairwise comparisons of arms; the primary one first.
    pub comparisons: Vec<Comparison>,
    /// Joint test that all arms have the same AUC.
    pub joint: Option<JointTest>,
    /// Characteristics by class of outcome.
    pub table_one: Option<TableOne>,
    /// Univariable and multivariable associations of the clinical variables with the outcome (apparent, all cases).
    pub associations: Vec<Association>,
    /// What the primary comparison shows, its size, its interval, and what it does not show: one sentence each.
    pub statement: Vec<String>,
    /// What limits the conclusions: one sentence each.
    pub limitations: Vec<String>,
    /// The methods in words, ready to be edited into a paper.
    pub methods: Vec<String>,
}

/// What made the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// `vbx run`.
    Study,
    /// `vbx compare`.
    Predictions,
}

impl Results {
    /// The arm called `name`.
    pub fn arm(&self, name: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| arm.name == name)
    }

    /// Whether the outcome has two classes.
    pub fn is_binary(&self) -> bool {
        self.outcome.classes.len() == 2
    }
}
