//! Linear normalisations: z-score, min–max, percentile.

use super::{linear, percentile_of, values_within};
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};

/// Mean and sample standard deviation (n − 1).
///
/// # Errors
/// Fewer than two values, or values that do not vary.
pub fn mean_and_deviation(values: &[f64]) -> Result<(f64, f64)> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / (n - 1.0)).sqrt();
    if !(deviation > 8.0 * f64::EPSILON * mean.abs()) {
        return Err(Error::study("the image does not vary where its scale is taken from"));
    }
    Ok((mean, deviation))
}

/// (x − mean) / standard deviation, with mean and sample standard deviation (n − 1) within the mask, or of the whole image.
///
/// # Errors
/// See [`super::Normalisation::apply`].
pub fn z_score(image: &Volume, within: Option<&Mask>) -> Result<Volume> {
    let (mean, deviation) = mean_and_deviation(&values_within(image, within)?)?;
    Ok(linear(image, mean, 1.0 / deviation))
}

/// (x − least) / (most − least), with the range within the mask, or of the whole image; voxels outside the mask may leave 0 … 1.
///
/// # Errors
/// See [`super::Normalisation::apply`].
pub fn min_max(image: &Volume, within: Option<&Mask>) -> Result<Volume> {
    let values = values_within(image, within)?;
    let (least, most) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if !(most > least) {
        return Err(Error::study("the image does not vary where its scale is taken from"));
    }
    Ok(linear(image, least, 1.0 / (most - least)))
}

/// The values between two percentiles (linear between order statistics) to 0 … 1; beyond them 0 and 1.
///
/// # Errors
/// Percentiles that are none, and as [`super::Normalisation::apply`].
pub fn percentile(image: &Volume, within: Option<&Mask>, low: f64, high: f64) -> Result<Volume> {
    if !(0.0 <= low && low < high && high <= 100.0) {
        return Err(Error::usage(format!("the percentiles {low} and {high} are no range within 0 and 100")));
    }
    let mut values = values_within(image, within)?;
    values.sort_unstable_by(f64::total_cmp);
    let (bottom, top) = (percentile_of(&values, low), percentile_of(&values, high));
    if !(top > bottom) {
        return Err(Error::study(format!("percentiles {low} and {high} of the image are equal: {bottom}")));
    }
    let mut scaled = linear(image, bottom, 1.0 / (top - bottom));
    scaled.values.iter_mut().for_each(|value| *value = value.clamp(0.0, 1.0));
    Ok(scaled)
}
