//! A number as a paper prints it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number with its interval, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The estimate; null where it is undefined.
    pub value: Option<f64>,
    /// Lower limit of the interval.
    pub lower: Option<f64>,
    /// Upper limit of the interval.
    pub upper: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// How the interval was made, e.g. `DeLong, logit`, or why the number is undefined.
    pub note: Option<String>,
}

impl Measure {
    /// An estimate without interval.
    pub fn of(value: f64) -> Self {
        Measure { value: Some(value), ..Default::default() }
    }

    /// An undefined number and its reason.
    pub fn undefined(reason: impl ToString) -> Self {
        Measure { note: Some(reason.to_string()), ..Default::default() }
    }
}

/// A measure with its name: `id` for programs, `label` for readers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedMeasure {
    /// Stable name, e.g. `auc`, `auc-macro`, `sensitivity`.
    pub id: String,
    /// Name in print, e.g. `AUC (macro)`.
    pub label: String,
    /// The number.
    pub measure: Measure,
}

impl NamedMeasure {
    /// Names a measure.
    pub fn new(id: impl Into<String>, label: impl Into<String>, measure: Measure) -> Self {
        NamedMeasure { id: id.into(), label: label.into(), measure }
    }
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Read before you conclude.
    Caution,
    /// The conclusion may be wrong.
    Warning,
}

/// Something that was noticed, and by which rule it was handled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// Stable name of this kind of notice, e.g. `leakage-suspect`.
    pub code: String,
    /// One or two sentences: what, where, how it was handled.
    pub message: String,
    /// The columns concerned (never patient identifiers).
    pub columns: Vec<String>,
}
