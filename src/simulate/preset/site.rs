//! Centres: who they are and how they differ.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Provenance;
use crate::simulate::class::PerClass;

/// The centres of a cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sites {
    /// How many, or which.
    pub layout: SiteLayout,
    /// Adds one more site, named `external`, with this share of the patients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_share: Option<f64>,
    /// Every separation `d` of a feature block is multiplied by this at an external site.
    pub external_effect: f64,
    /// Sites draw their prevalence from a Dirichlet distribution around the cohort's, with this concentration (the larger, the more
    /// alike). Absent: the same prevalence everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevalence_concentration: Option<f64>,
    /// Each feature is shifted at each site by a draw from N(0, this), in standard deviations within a class.
    pub location_sd: f64,
    /// Each feature is scaled at each site by the exponential of a draw from N(0, this).
    pub scale_sd_log: f64,
    /// Sites draw the share of each missing examination from a beta distribution around the block's, with this concentration.
    /// Absent: the same share everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_concentration: Option<f64>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

impl Default for Sites {
    fn default() -> Self {
        Sites {
            layout: SiteLayout::Number(1),
            external_share: None,
            external_effect: 0.85,
            prevalence_concentration: None,
            location_sd: 0.0,
            scale_sd_log: 0.0,
            missing_concentration: None,
            provenance: Provenance::default(),
        }
    }
}

/// How many sites, or which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SiteLayout {
    /// So many sites of equal size, named `site-1`, `site-2`, …
    Number(usize),
    /// These sites.
    Listed(Vec<SiteSpec>),
}

/// One site of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSpec {
    /// Its name in the column `site`.
    pub name: String,
    /// Its size relative to the other sites of the list.
    #[serde(default = "one")]
    pub share: f64,
    /// Whether effects are weaker here (`external_effect`).
    #[serde(default)]
    pub external: bool,
    /// Its own class shares, instead of drawn or common ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prevalence: Option<PerClass<f64>>,
}

fn one() -> f64 {
    1.0
}
