//! How performance is estimated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

fn five() -> usize {
    5
}

/// How cases are kept apart from the models that predict them. Tuning is always nested: whatever is tuned is tuned on
/// `inner-folds` folds of the training cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ValidationSpec {
    /// k folds, repeated, by patient, stratified by outcome and site.
    #[serde(rename_all = "kebab-case")]
    RepeatedKFold {
        /// Folds.
        #[serde(default = "five")]
        folds: usize,
        /// Repeats.
        #[serde(default = "five")]
        repeats: usize,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// A share of the patients is set aside at random.
    #[serde(rename_all = "kebab-case")]
    Holdout {
        /// The share that tests, e.g. 0.3.
        share: f64,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// The named sites test, all others train.
    #[serde(rename_all = "kebab-case")]
    ExternalSites {
        /// The sites that test.
        sites: Vec<String>,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// Patients examined from a date on test (temporal validation).
    #[serde(rename_all = "kebab-case")]
    FromDate {
        /// The date, `2024-05-31`.
        date: String,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// Each site in turn tests.
    #[serde(rename_all = "kebab-case")]
    LeaveOneSiteOut {
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// Folds given in a table with the columns `case_id`, `fold` and, for several repeats, `repeat`. If the folds are called
    /// `train` and `test`, it is a hold-out.
    #[serde(rename_all = "kebab-case")]
    Given {
        /// The table, relative to the study file.
        file: PathBuf,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
    /// Bootstrap samples; performance is the .632+ combination of apparent and left-out performance.
    #[serde(rename_all = "kebab-case")]
    Bootstrap {
        /// Samples.
        samples: usize,
        /// Inner folds.
        #[serde(default = "five")]
        inner_folds: usize,
    },
}

impl Default for ValidationSpec {
    fn default() -> Self {
        ValidationSpec::RepeatedKFold { folds: 5, repeats: 5, inner_folds: 5 }
    }
}

impl ValidationSpec {
    /// The number of inner folds.
    pub fn inner_folds(&self) -> usize {
        match self {
            ValidationSpec::RepeatedKFold { inner_folds, .. }
            | ValidationSpec::Holdout { inner_folds, .. }
            | ValidationSpec::ExternalSites { inner_folds, .. }
            | ValidationSpec::FromDate { inner_folds, .. }
            | ValidationSpec::LeaveOneSiteOut { inner_folds }
            | ValidationSpec::Given { inner_folds, .. }
            | ValidationSpec::Bootstrap { inner_folds, .. } => *inner_folds,
        }
    }

    /// Its name in the study file.
    pub fn name(&self) -> &'static str {
        match self {
            ValidationSpec::RepeatedKFold { .. } => "repeated-k-fold",
            ValidationSpec::Holdout { .. } => "holdout",
            ValidationSpec::ExternalSites { .. } => "external-sites",
            ValidationSpec::FromDate { .. } => "from-date",
            ValidationSpec::LeaveOneSiteOut { .. } => "leave-one-site-out",
            ValidationSpec::Given { .. } => "given",
            ValidationSpec::Bootstrap { .. } => "bootstrap",
        }
    }
}
