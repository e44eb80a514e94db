//! Views of fitted models: coefficients, paths, nomograms.

use super::Measure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Association of one variable with the outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Association {
    /// Variable and level, e.g. `ER: positive vs negative`, `Age (per 10 years)`.
    pub term: String,
    /// For three or more classes: which class against which.
    pub contrast: Option<String>,
    /// Cases in the univariable model.
    pub n: usize,
    /// Univariable odds ratio.
    pub univariable: Measure,
    /// Its p value (Wald).
    pub univariable_p: Option<f64>,
    /// Multivariable odds ratio; null where the variable is not in that model.
    pub multivariable: Option<Measure>,
    /// Its p value (Wald).
    pub multivariable_p: Option<f64>,
}

/// A regularisation path with its cross-validated deviance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LassoPathResult {
    /// Penalties, largest first.
    pub lambda: Vec<f64>,
    /// Cross-validated mean deviance.
    pub deviance: Vec<f64>,
    /// Its standard error.
    pub deviance_se: Vec<f64>,
    /// Number of non-zero coefficients.
    pub nonzero: Vec<usize>,
    /// λ of the smallest deviance.
    pub lambda_min: f64,
    /// Largest λ within one standard error of it.
    pub lambda_1se: f64,
    /// Coefficients of the features that enter anywhere on the path (the largest 40), on standardised columns.
    pub coefficients: Vec<PathCoefficient>,
}

/// One feature's coefficients along the path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathCoefficient {
    /// Feature name.
    pub name: String,
    /// Class, for multinomial models.
    pub class: Option<String>,
    /// One coefficient per λ.
    pub values: Vec<f64>,
}

/// A nomogram: points are a view of the model's coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NomogramResult {
    /// The model in words, e.g. `logistic model fitted on all 158 cases; scores are inner out-of-fold`.
    pub model: String,
    /// For one of several nomograms of a multinomial model: the class and the class it is held against.
    pub contrast: Option<[String; 2]>,
    /// One axis per variable.
    pub axes: Vec<NomogramAxis>,
    /// Largest total of points on the axis.
    pub total_max: f64,
    /// Ticks of the total-points axis.
    pub total_ticks: Vec<f64>,
    /// Linear predictor at zero points.
    pub lp_at_zero: f64,
    /// Linear predictor per point.
    pub lp_per_point: f64,
    /// Probability axes.
    pub probabilities: Vec<NomogramProbabilityAxis>,
}

/// The axis of one variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NomogramAxis {
    /// Variable in print.
    pub label: String,
    /// Feature name.
    pub name: String,
    /// Coefficient per unit (numeric) on the scale of the linear predictor; null for categories.
    pub coefficient: Option<f64>,
    /// Tick labels, values (numeric; null for categories) and points.
    pub ticks: Vec<(String, Option<f64>, f64)>,
    /// The value where the axis has zero points (numeric).
    pub zero: Option<f64>,
    /// Points per unit (numeric).
    pub points_per_unit: Option<f64>,
}

/// A probability axis under the total points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NomogramProbabilityAxis {
    /// E.g. `Probability of HER2 positive`, or `P(low or positive)`.
    pub label: String,
    /// Added to the linear predictor before the logistic function: probability = 1 / (1 + exp(−(lp + shift))).
    pub shift: f64,
    /// Probabilities and the total points where they lie.
    pub ticks: Vec<(f64, f64)>,
}
