//! How arms are compared, and how the report is written.

use crate::learn::ThresholdRule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How arms are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CompareSpec {
    /// The primary comparison, reference first; by default the first single arm against the last arm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<[String; 2]>,
    /// Cut-offs of the risk categories for NRI, e.g. `[0.2, 0.5]`; without them only the category-free NRI is given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nri_categories: Vec<f64>,
    /// How the decision threshold is chosen on training cases (two classes).
    pub threshold: ThresholdRule,
    /// Threshold probabilities of the decision curves, from and to.
    pub decision_range: [f64; 2],
    /// Bootstrap replicates for NRI, IDI, decision curves and bands.
    pub bootstrap: usize,
}

impl Default for CompareSpec {
    fn default() -> Self {
        CompareSpec {
            primary: None,
            nri_categories: Vec::new(),
            threshold: ThresholdRule::default(),
            decision_range: [0.01, 0.99],
            bootstrap: 1000,
        }
    }
}

/// How the report is written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ReportSpec {
    /// How p values are printed.
    pub p_values: PValueStyle,
}

/// How p values are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PValueStyle {
    /// `0.017`.
    #[default]
    LeadingZero,
    /// `.017`.
    NoLeadingZero,
}
