//! Intensity normalisation: the arbitrary units of MRI and ultrasound brought to a common scale.
//!
//! | scheme | file | what it looks at |
//! |---|---|---|
//! | z-score, min–max, percentile | `scale` | one image, whole, within a mask or within the body |
//! | as PyRadiomics' `normalize` | `pyradiomics` | one whole image |
//! | white stripe | `white_stripe` | one image: the peak of one tissue in its histogram |
//! | Nyúl's histogram standardisation | `nyul` | a scale learned from given training images, frozen |
//! | the body | `body` | one image: Otsu's threshold |
//!
//! The rule that holds here: a scheme sees one image, and whatever is learned from several is an object that names itself and is handed in, never
//! learned on the way from a cohort that holds test cases.

pub mod body;
pub mod nyul;
pub mod pyradiomics;
pub mod scale;
pub mod white_stripe;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use body::body_mask;
pub use nyul::StandardScale;
pub use pyradiomics::normalize;
pub use white_stripe::WhiteStripe;

use crate::error::{Error, Result};
use crate::image::{Mask, Volume};

/// A normalisation that needs nothing but the image (and a mask).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Normalisation {
    /// (x − mean) / standard deviation.
    ZScore,
    /// The range to 0 … 1.
    MinMax,
    /// The range between two percentiles to 0 … 1, what lies beyond cut off.
    Percentile {
        /// Percent that becomes 0.
        low: f64,
        /// Percent that becomes 1.
        high: f64,
    },
    /// By the peak of one tissue.
    WhiteStripe(WhiteStripe),
}

impl Normalisation {
    /// The normalised image; its statistics are taken within `within`, or from all of it.
    ///
    /// # Errors
    /// A mask on another grid or without voxels, values there that are not finite or do not vary, percentiles that are none.
    pub fn apply(&self, image: &Volume, within: Option<&Mask>) -> Result<Volume> {
        match self {
            Normalisation::ZScore => scale::z_score(image, within),
            Normalisation::MinMax => scale::min_max(image, within),
            Normalisation::Percentile { low, high } => scale::percentile(image, within, *low, *high),
            Normalisation::WhiteStripe(stripe) => stripe.apply(image, within),
        }
    }
}

/// The values that statistics are taken from.
pub(crate) fn values_within(image: &Volume, within: Option<&Mask>) -> Result<Vec<f64>> {
    let values: Vec<f64> = match within {
        None => image.values.clone(),
        Some(mask) if mask.grid.agrees_with(&image.grid) => {
            image.values.iter().zip(&mask.inside).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect()
        }
        Some(mask) => {
            return Err(Error::study(format!(
                "the mask lies on another grid ({:?}) than the image ({:?})",
                mask.grid, image.grid
            )));
        }
    };
    if values.is_empty() {
        return Err(Error::study("there is no voxel to take the image's scale from"));
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Error::study("the image holds values that are not finite where its scale is taken from"));
    }
    Ok(values)
}

/// x ↦ (x − shift) · factor on every voxel.
pub(crate) fn linear(image: &Volume, shift: f64, factor: f64) -> Volume {
    Volume::new(image.grid.clone(), image.values.iter().map(|value| (value - shift) * factor).collect())
}

/// The p-th percentile of sorted values, linear between order statistics.
pub(crate) fn percentile_of(sorted: &[f64], percent: f64) -> f64 {
    let h = (percent / 100.0).clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let low = h.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (h - low as f64) * (sorted[high] - sorted[low])
}
