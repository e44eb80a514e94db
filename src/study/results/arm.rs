//! What one arm is, and how it performs on cases that it has not learned from.

use super::FeatureOrigin;
use super::{LassoPathResult, Measure, NamedMeasure, NomogramResult, Notice};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One arm of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name in the study file.
    pub name: String,
    /// Its name in print.
    pub label: String,
    /// `single`, `early`, `late`, `stacking`, `nomogram`, or `external` for predictions of another tool.
    pub fusion: String,
    /// The modalities that it uses.
    pub modalities: Vec<String>,
    /// What is fitted, in a sentence: transforms, classifier, tuning.
    pub description: String,
    /// What happens to a case that lacks one of its modalities, in a sentence.
    pub missing_rule: Option<String>,
    /// Performance on out-of-fold, hold-out or external cases.
    pub performance: Performance,
    /// Features that the fitted models use, most often selected first.
    pub features: Vec<SelectedFeature>,
    /// The regularisation path on all training cases (description only, no performance comes from it).
    pub lasso_path: Option<LassoPathResult>,
    /// The nomogram of the model fitted on all training cases; for a multinomial model one per class against the first.
    pub nomograms: Vec<NomogramResult>,
    /// What was noticed about this arm.
    pub notices: Vec<Notice>,
}

/// A feature and how often the arm's models use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectedFeature {
    /// Feature name, `{modality}.{name}`.
    pub name: String,
    /// Share of the fitted models (outer folds × repeats) that use it.
    pub frequency: f64,
    /// Mean coefficient (on standardised columns) or importance over the models that use it; null where there is none.
    pub weight: Option<f64>,
    /// Share of those models in which the coefficient has the sign of the mean (linear models).
    pub sign_agreement: Option<f64>,
    /// Where in an image it comes from, if it was extracted here.
    #[serde(default)]
    pub origin: Option<FeatureOrigin>,
}

/// Performance of one arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Performance {
    /// Cases with a prediction.
    pub cases: usize,
    /// Cases per class among them.
    pub classes: Vec<usize>,
    /// Cases without a prediction (they lack what the arm needs).
    pub without_prediction: usize,
    /// Discrimination; the primary measure (`auc` or `auc-macro`) is first.
    pub discrimination: Vec<NamedMeasure>,
    /// Spread of the primary measure over repeats of the folds.
    pub repeats: Option<RepeatSpread>,
    /// Calibration: one entry for two classes, one per class otherwise.
    pub calibration: Vec<CalibrationResult>,
    /// Performance at thresholds chosen on training rows.
    pub threshold: Option<ThresholdResult>,
    /// ROC curves: one for two classes, one per class (one versus rest) otherwise.
    pub roc: Vec<RocCurveResult>,
    /// Decision curves, likewise.
    pub decision: Vec<DecisionCurveResult>,
}

impl Performance {
    /// The primary measure of discrimination.
    pub fn primary(&self) -> Option<&NamedMeasure> {
        self.discrimination.first()
    }
}

/// Spread over repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatSpread {
    /// The measure in each repeat.
    pub values: Vec<f64>,
    /// Standard deviation between repeats. It shows the luck of the split, not the uncertainty of the estimate.
    pub sd: Option<f64>,
    /// Standard deviation over single folds, as cross-validation is often printed.
    pub fold_sd: Option<f64>,
}

/// Calibration of one class's probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalibrationResult {
    /// The class whose probability it is.
    pub class: String,
    /// Intercept, slope, Brier, E50, E90, ICI and others.
    pub measures: Vec<NamedMeasure>,
    /// The smoothed curve: predicted (x), observed (y), pointwise interval.
    pub curve: Vec<CurvePoint>,
    /// Groups of predictions: mean predicted (x), observed share (y), Wilson interval, number.
    pub groups: Vec<CurvePoint>,
    /// Numbers of cases in 20 equal bins of predicted probability: without and with the event.
    pub histogram: Vec<[usize; 2]>,
}

/// A point of a curve with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Cases behind it, where that has a meaning.
    pub n: Option<usize>,
}

/// Performance at a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdResult {
    /// How the threshold was chosen, in words.
    pub rule: String,
    /// Its mean over folds; null for the most probable class of three or more.
    pub value: Option<f64>,
    /// Its smallest and largest value over folds.
    pub range: Option<[f64; 2]>,
    /// Sensitivity, specificity, PPV, NPV, accuracy, F1, MCC, kappa … (per class and macro for three or more classes).
    pub measures: Vec<NamedMeasure>,
    /// Confusion matrix: rows are true classes, columns predicted classes, counts averaged over repeats.
    pub confusion: Vec<Vec<f64>>,
}

/// A ROC curve: x is 1 − specificity, y is sensitivity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RocCurveResult {
    /// The class against the rest.
    pub class: String,
    /// The area as the legend prints it.
    pub auc: Measure,
    /// Points from (0, 0) to (1, 1), with a pointwise interval of the sensitivity.
    pub points: Vec<CurvePoint>,
}

/// A decision curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionCurveResult {
    /// The class whose probability decides.
    pub class: String,
    /// Threshold probability (x) and net benefit (y) of the model.
    pub model: Vec<CurvePoint>,
    /// Net benefit of treating all, at the same thresholds.
    pub treat_all: Vec<f64>,
}
