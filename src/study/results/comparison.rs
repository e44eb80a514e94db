//! How two arms differ on the same cases.

use super::{Measure, NamedMeasure, Notice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A comparison of two arms on the cases that both predict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The arm compared against.
    pub reference: String,
    /// The arm that may be better.
    pub new: String,
    /// Whether the study file names it as the primary comparison.
    pub primary: bool,
    /// Whether the new model contains the reference model.
    pub nested: bool,
    /// Cases that both arms predict.
    pub cases: usize,
    /// Difference of the primary measure, new − reference.
    pub difference: Measure,
    /// Test of that difference (paired DeLong, within folds where there are folds).
    pub test: Option<TestResult>,
    /// Its p value after Holm's correction over all pairs.
    pub p_holm: Option<f64>,
    /// Its p value after Benjamini and Hochberg's correction over all pairs.
    pub p_bh: Option<f64>,
    /// For nested models: likelihood-ratio test of what the new model adds, on the cases that fitted it.
    pub likelihood_ratio: Option<TestResult>,
    /// NRI and IDI for two classes.
    pub reclassification: Option<Reclassification>,
    /// NRI and IDI for three or more classes.
    pub multiclass: Option<MulticlassReclassification>,
    /// McNemar's test of the decisions at each arm's threshold: among events, among non-events, and of correctness.
    pub mcnemar: Vec<TestResult>,
    /// Difference in net benefit, new − reference, over threshold probabilities, with an interval.
    pub net_benefit: Vec<super::CurvePoint>,
    /// What the comparison shows and does not show, a sentence each.
    pub words: Vec<String>,
    /// What was noticed about it.
    pub notices: Vec<Notice>,
}

/// A test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestResult {
    /// Its name, e.g. `paired DeLong test`.
    pub name: String,
    /// The statistic's name, e.g. `z`, `χ²`.
    pub statistic_name: String,
    /// The statistic; null where the test is exact or undefined.
    pub statistic: Option<f64>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Two-sided p value.
    pub p: Option<f64>,
    /// Why it is undefined, or what to know about it.
    pub note: Option<String>,
}

/// Joint test over all arms: Cochran's Q of correctness, or equality of all AUCs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JointTest {
    /// The arms that took part.
    pub arms: Vec<String>,
    /// Cases that all of them predict.
    pub cases: usize,
    /// The tests.
    pub tests: Vec<TestResult>,
}

/// NRI and IDI, as predicted and after cross-fitted recalibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reclassification {
    /// Mean predicted risk of the reference, of the new model, and the observed share of events.
    pub mean_risk: [f64; 3],
    /// Category-free and categorical NRI as predicted.
    pub nri: Vec<NriResult>,
    /// IDI as predicted.
    pub idi: IdiResult,
    /// The same after recalibration.
    pub recalibrated_nri: Vec<NriResult>,
    /// The same after recalibration.
    pub recalibrated_idi: Option<IdiResult>,
    /// Whether the two disagree; then the notice of the comparison says so.
    pub disagree: bool,
}

/// One NRI, event and non-event parts apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NriResult {
    /// `category-free`, or the cut-offs, e.g. `0.15, 0.30`.
    pub categories: String,
    /// Among events: share moved up − share moved down.
    pub event: Measure,
    /// Among non-events: share moved down − share moved up.
    pub non_event: Measure,
    /// Sum of both parts (between −2 and 2).
    pub total: Measure,
    /// Reclassification tables among events and among non-events (rows reference, columns new); empty if category-free.
    pub tables: Vec<Vec<Vec<usize>>>,
}

/// IDI with its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdiResult {
    /// Change of mean predicted risk among events.
    pub event: Measure,
    /// Change of mean predicted risk among non-events, sign turned.
    pub non_event: Measure,
    /// Sum.
    pub total: Measure,
}

/// NRI and IDI for three or more classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MulticlassReclassification {
    /// Totals under each convention: `nri-prevalence`, `nri-equal`, `idi-mcca`.
    pub totals: Vec<NamedMeasure>,
    /// Per class, one versus rest: category-free NRI and IDI.
    pub per_class: Vec<NamedMeasure>,
}
