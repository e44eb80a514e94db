//! The body, as apart from the air around it.

use super::values_within;
use crate::error::{Error, Result};
use crate::image::components::{Connectivity, fill_holes, largest_component};
use crate::image::{Mask, Volume};

/// Steps of the histogram that the threshold is sought in.
const BINS: usize = 1024;

/// Otsu's threshold: what lies above it and what does not differ most.
///
/// # Definition
/// The edge of a histogram of 1,024 bins between least and most value where w₀ w₁ (μ₁ − μ₀)² is largest (weights and means of the two sides; the
/// middle of the edges where several are equally good).
///
/// # Errors
/// Values that do not vary.
///
/// # Reference
/// Otsu, IEEE Trans Syst Man Cybern 1979;9:62.
pub fn otsu_threshold(values: &[f64]) -> Result<f64> {
    let (least, most) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    if !(most > least && (most - least).is_finite()) {
        return Err(Error::study("the image does not vary: no threshold parts it"));
    }
    let width = (most - least) / BINS as f64;
    let mut bins = vec![(0.0, 0.0); BINS];
    for value in values {
        let (count, sum) = &mut bins[(((value - least) / width) as usize).min(BINS - 1)];
        *count += 1.0;
        *sum += value - least;
    }
    let (n, total) = bins.iter().fold((0.0, 0.0), |(n, total), (count, sum)| (n + count, total + sum));
    let (mut below, mut sum_below) = (0.0, 0.0);
    let (mut best, mut first, mut last) = (f64::NEG_INFINITY, 0, 0);
    for (edge, (count, sum)) in bins.iter().enumerate().take(BINS - 1) {
        below += count;
        sum_below += sum;
        if below == 0.0 || below == n {
            continue;
        }
        let apart = below * (n - below) * ((total - sum_below) / (n - below) - sum_below / below).powi(2);
        if apart > best {
            (best, first) = (apart, edge);
        }
        if apart >= best {
            last = edge;
        }
    }
    Ok(least + width * (0.5 * (first + last) as f64 + 1.0))
}

/// The body or breast: the largest connected part above Otsu's threshold, its holes filled.
///
/// # Errors
/// An image that does not vary or has values that are not finite.
pub fn body_mask(image: &Volume) -> Result<Mask> {
    let threshold = otsu_threshold(&values_within(image, None)?)?;
    let bright = Mask::new(image.grid.clone(), image.values.iter().map(|value| *value > threshold).collect());
    Ok(fill_holes(&largest_component(&bright, Connectivity::Faces)))
}
