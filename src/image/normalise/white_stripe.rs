//! White stripe: the z-score of one tissue that every patient has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scale::mean_and_deviation;
use super::{linear, values_within};
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};

/// Which peak of the histogram is the tissue's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Peak {
    /// The highest: the commonest tissue. In a breast on T1 without fat suppression that is fat.
    #[default]
    Highest,
    /// The one of the largest intensity: white matter on T1 in the brain (where the scheme comes from), fat on T1 or T2 in the breast.
    Last,
    /// The one of the least intensity: fat under fat suppression; fibroglandular tissue on T1 without it.
    First,
}

/// Normalisation by the voxels around the peak of one tissue.
///
/// # Definition
/// Within the body, the density of the intensities is a histogram of 512 bins between the 0.1th and 99.9th percentile, smoothed by a Gaussian
/// (standard deviation 8 bins); a peak is a local maximum of at least a tenth of the highest. With F the distribution function and μ the
/// peak, the stripe is the voxels between the quantiles F(μ) − width and F(μ) + width; the image becomes (x − mean) / sd of the stripe.
///
/// # Reference
/// Shinohara et al., NeuroImage Clin 2014;6:9. They smooth by penalised splines; the peak's place differs by fractions of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct WhiteStripe {
    /// Which tissue.
    pub peak: Peak,
    /// Half the share of voxels in the stripe.
    pub width: f64,
}

impl Default for WhiteStripe {
    fn default() -> Self {
        WhiteStripe { peak: Peak::Highest, width: 0.05 }
    }
}

const BINS: usize = 512;
const SMOOTHING: f64 = 8.0;
const LEAST_PEAK: f64 = 0.1;

impl WhiteStripe {
    /// The image in standard deviations of the stripe, 0 at its mean.
    ///
    /// # Errors
    /// A width outside (0, ½), a stripe whose values do not vary, and as [`super::Normalisation::apply`].
    pub fn apply(&self, image: &Volume, within: Option<&Mask>) -> Result<Volume> {
        let (mean, deviation) = self.stripe(image, within)?;
        Ok(linear(image, mean, 1.0 / deviation))
    }

    /// Mean and standard deviation of the stripe.
    ///
    /// # Errors
    /// See [`WhiteStripe::apply`].
    pub fn stripe(&self, image: &Volume, within: Option<&Mask>) -> Result<(f64, f64)> {
        if !(self.width > 0.0 && self.width < 0.5) {
            return Err(Error::usage(format!("the width {} of the white stripe is no share within 0 and 0.5", self.width)));
        }
        let mut values = values_within(image, within)?;
        values.sort_unstable_by(f64::total_cmp);
        let peak = self.peak_of(&values)?;
        let n = values.len();
        let below = values.partition_point(|value| *value <= peak) as f64 / n as f64;
        let at = |share: f64| ((share * n as f64).round().clamp(0.0, n as f64)) as usize;
        mean_and_deviation(&values[at(below - self.width)..at(below + self.width)])
            .map_err(|_| Error::study("the voxels of the white stripe do not vary"))
    }

    fn peak_of(&self, sorted: &[f64]) -> Result<f64> {
        let (least, most) = (super::percentile_of(sorted, 0.1), super::percentile_of(sorted, 99.9));
        if !(most > least) {
            return Err(Error::study("the image does not vary where its scale is taken from"));
        }
        let width = (most - least) / BINS as f64;
        let mut counts = vec![0.0; BINS];
        for value in sorted.iter().filter(|value| (least..=most).contains(*value)) {
            counts[(((value - least) / width) as usize).min(BINS - 1)] += 1.0;
        }
        let density = smoothed(&counts);
        let highest = density.iter().copied().fold(0.0, f64::max);
        let before = |bin: usize| if bin == 0 { 0.0 } else { density[bin - 1] };
        let after = |bin: usize| density.get(bin + 1).copied().unwrap_or(0.0);
        let mut peaks = (0..BINS)
            .filter(|bin| density[*bin] > before(*bin) && density[*bin] >= after(*bin) && density[*bin] >= LEAST_PEAK * highest);
        let bin = match self.peak {
            Peak::First => peaks.next(),
            Peak::Last => peaks.next_back(),
            Peak::Highest => peaks.find(|bin| density[*bin] == highest),
        };
        let bin = bin.ok_or_else(|| Error::study("the image's histogram has no peak"))?;
        Ok(least + width * (bin as f64 + 0.5))
    }
}

fn smoothed(counts: &[f64]) -> Vec<f64> {
    let reach = (4.0 * SMOOTHING) as usize;
    let weight: Vec<f64> = (0..=reach).map(|d| (-0.5 * (d as f64 / SMOOTHING).powi(2)).exp()).collect();
    (0..counts.len())
        .map(|bin| {
            let window = bin.saturating_sub(reach)..(bin + reach + 1).min(counts.len());
            window.map(|other| weight[other.abs_diff(bin)] * counts[other]).sum()
        })
        .collect()
}
