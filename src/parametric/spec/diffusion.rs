//! Options of the diffusion maps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::parametric::adc::{self, Adc};
use crate::parametric::ctrw::Ctrw;
use crate::parametric::froc::Froc;
use crate::parametric::ivim::{self, Ivim};
use crate::parametric::kurtosis::Kurtosis;
use crate::parametric::series::BValues;
use crate::parametric::stretched::Stretched;

/// The apparent diffusion coefficient.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct AdcSpec {
    /// How it is computed.
    pub method: adc::Method,
    /// Lowest b-value used, s/mm²; 200 leaves out most of the blood flow.
    pub min_b: f64,
    /// Highest b-value used, s/mm²; by default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_b: Option<f64>,
}

impl AdcSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Adc> {
        Adc::new(b.clone(), [self.min_b, self.max_b.unwrap_or(f64::INFINITY)], self.method)
    }
}

/// Intravoxel incoherent motion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct IvimSpec {
    /// How it is fitted.
    pub method: ivim::Method,
    /// Whether signals below zero are fitted as noise around zero; by default such voxels are null.
    pub negative: bool,
}

impl Default for IvimSpec {
    fn default() -> Self {
        IvimSpec { method: ivim::Method::Segmented { from: 200.0 }, negative: false }
    }
}

impl IvimSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Ivim> {
        Ok(Ivim::new(b.clone(), self.method)?.with_negative(self.negative))
    }
}

/// Diffusion kurtosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct KurtosisSpec {
    /// Highest b-value used, s/mm²; beyond about 2000 the expansion turns upwards again.
    pub max_b: f64,
}

impl Default for KurtosisSpec {
    fn default() -> Self {
        KurtosisSpec { max_b: 2000.0 }
    }
}

impl KurtosisSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Kurtosis> {
        Kurtosis::new(b.clone(), self.max_b)
    }
}

/// The stretched exponential.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StretchedSpec {
    /// Whether signals below zero are fitted as noise around zero; by default such voxels are null.
    pub negative: bool,
}

impl StretchedSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Stretched> {
        Ok(Stretched::new(b.clone())?.with_negative(self.negative))
    }
}

/// The continuous-time random walk.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CtrwSpec {
    /// Whether signals below zero are fitted as noise around zero; by default such voxels are null.
    pub negative: bool,
}

impl CtrwSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Ctrw> {
        Ok(Ctrw::new(b.clone())?.with_negative(self.negative))
    }
}

/// Fractional order calculus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FrocSpec {
    /// Duration δ of the diffusion gradients, ms.
    pub duration: f64,
    /// Time Δ between their starts, ms.
    pub separation: f64,
    /// Highest b-value from which D is taken, s/mm².
    #[serde(default = "thousand")]
    pub low_b: f64,
}

fn thousand() -> f64 {
    1000.0
}

impl FrocSpec {
    pub(super) fn model(&self, b: &BValues) -> Result<Froc> {
        Froc::new(b.clone(), self.duration * 1e-3, self.separation * 1e-3, self.low_b)
    }
}
