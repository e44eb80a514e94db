//! Clinical variables: what is written about each, and its law in each HER2 class.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Provenance;
use crate::simulate::class::PerClass;

/// One clinical variable (or, for receptors, two columns).
// An entry that changes an inherited one need not repeat `distribution`, so that the schema must not ask for it; reading does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("required" = []))]
pub struct Variable {
    /// Variables of a group make one score together, whose AUC the truth states and which may correlate with the images'.
    #[serde(default = "clinical")]
    pub group: String,
    /// Its law in each class. Given the class, variables are independent.
    pub distribution: Distribution,
    /// Share of patients whose value is not recorded, at random.
    #[serde(default)]
    pub missing: f64,
    /// Where the numbers come from.
    #[serde(default)]
    pub provenance: Provenance,
}

fn clinical() -> String {
    "clinical".into()
}

/// The law of a variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Normal in each class.
    Normal(Normal),
    /// Normal on the logarithmic scale in each class.
    LogNormal(LogNormal),
    /// 0 or 1.
    Binary(Binary),
    /// One of several levels.
    Category(Category),
    /// Oestrogen and progesterone receptor together, in per cent of cells: the columns `er_pct` and `pr_pct`.
    Receptors(Receptors),
    /// Levels cut from another variable of the same patient (T stage from size, menopause from age).
    Derived(Derived),
}

impl Distribution {
    /// Every class draws as HER2-zero does.
    pub(crate) fn forget_class(&mut self) {
        fn forget<T: Clone>(values: &mut PerClass<T>) {
            *values = PerClass::same(values.zero.clone());
        }
        match self {
            Distribution::Normal(law) => {
                forget(&mut law.mean);
                forget(&mut law.sd);
            }
            Distribution::LogNormal(law) => {
                forget(&mut law.median);
                forget(&mut law.sd_log);
            }
            Distribution::Binary(law) => forget(&mut law.probability),
            Distribution::Category(law) => forget(&mut law.probability),
            Distribution::Receptors(law) => {
                forget(&mut law.hr_positive);
                forget(&mut law.pr_positive);
            }
            Distribution::Derived(_) => {}
        }
    }
}

/// A normal variable. The written value is rounded and cut at the limits; the drawn one is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// Mean in each class.
    pub mean: PerClass<f64>,
    /// Standard deviation in each class.
    pub sd: PerClass<f64>,
    /// Decimals written.
    #[serde(default)]
    pub digits: u8,
    /// Smallest value written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// A variable whose logarithm is normal. The written value is rounded and cut at the limits; the drawn one is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Median in each class.
    pub median: PerClass<f64>,
    /// Standard deviation of the natural logarithm in each class.
    pub sd_log: PerClass<f64>,
    /// Decimals written.
    #[serde(default)]
    pub digits: u8,
    /// Smallest value written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest value written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// A yes-or-no variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Binary {
    /// Probability of 1 in each class.
    pub probability: PerClass<f64>,
}

/// A variable with named levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The levels.
    pub levels: Vec<String>,
    /// In each class one probability per level, summing to 1.
    pub probability: PerClass<Vec<f64>>,
}

/// Oestrogen and progesterone receptor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receptors {
    /// Share of hormone-receptor-positive tumours (ER or PR in at least 1 % of cells) in each class.
    pub hr_positive: PerClass<f64>,
    /// Share of PR-positive tumours in each class.
    pub pr_positive: PerClass<f64>,
    /// Share of hormone-receptor-positive tumours that are PR-positive without ER.
    pub pr_only: f64,
    /// Share of receptor-positive tumours with 1 to 10 % of cells (low positive), for ER and for PR.
    pub low_positive: f64,
}

/// Levels cut from another variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// The variable cut: a normal or log-normal one.
    pub from: String,
    /// Cut-offs, increasing; a value at the cut-off belongs to the lower level.
    pub cuts: Vec<f64>,
    /// The levels, one more than cut-offs.
    pub levels: Vec<String>,
    /// Standard deviation of noise added before cutting, in the other variable's unit.
    #[serde(default)]
    pub noise_sd: f64,
}
