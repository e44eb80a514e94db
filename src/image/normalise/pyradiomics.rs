//! Normalisation as PyRadiomics does it.

use super::scale::mean_and_deviation;
use super::values_within;
use crate::error::Result;
use crate::image::Volume;

/// PyRadiomics' `normalize`: z-score of the whole image, then outliers beyond `remove_outliers` standard deviations set to that bound, then
/// times `normalize_scale`.
///
/// # Definition
/// s · clamp((x − μ)/σ, −n, n) with mean μ and sample standard deviation σ (n − 1) of all voxels, inside the region or not.
///
/// # Errors
/// An image that does not vary or has values that are not finite.
///
/// # Reference
/// `radiomics.imageoperations.normalizeImage` of PyRadiomics 3 over `itk::NormalizeImageFilter`.
pub fn normalize(image: &Volume, normalize_scale: f64, remove_outliers: Option<f64>) -> Result<Volume> {
    let (mean, deviation) = mean_and_deviation(&values_within(image, None)?)?;
    let factor = 1.0 / deviation;
    let bound = remove_outliers.map_or(f64::INFINITY, f64::abs);
    let scaled = |value: &f64| ((value - mean) * factor).clamp(-bound, bound) * normalize_scale;
    Ok(Volume::new(image.grid.clone(), image.values.iter().map(scaled).collect()))
}
