//! Filters that look at one voxel at a time, scaled to the range of the whole image.

/// What the filters of this file must know of the image as a whole.
///
/// They scale by the largest absolute intensity of the *whole* image; whoever filters a part of it hands this over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The largest absolute intensity, `max |x|`.
    pub largest: f64,
}

impl Range {
    /// The range of these intensities.
    pub fn of(values: &[f64]) -> Self {
        // Eight running maxima: a single one would wait for itself at every voxel.
        let mut lanes = [0.0_f64; 8];
        let chunks = values.chunks_exact(8);
        let rest = chunks.remainder();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                let size = value.abs();
                *lane = if size > *lane { size } else { *lane };
            }
        }
        Range { largest: lanes.iter().chain(rest).fold(0.0, |most, value| most.max(value.abs())) }
    }
}

/// Square: `f(x) = (c x)²` with `c = 1 / √max|x|`. An image of zeros stays one.
pub(super) fn square(values: &[f64], range: Range) -> Vec<f64> {
    let c = if range.largest > 0.0 { 1.0 / range.largest.sqrt() } else { 0.0 };
    values.iter().map(|x| (c * x) * (c * x)).collect()
}

/// Square root: `f(x) = sign(x) √(|x| · max|x|)`.
pub(super) fn square_root(values: &[f64], range: Range) -> Vec<f64> {
    values.iter().map(|x| signed(*x, (x.abs() * range.largest).sqrt())).collect()
}

/// Logarithm: `f(x) = sign(x) c log(|x| + 1)` with `c = max|x| / log(max|x| + 1)`. An image of zeros stays one.
pub(super) fn logarithm(values: &[f64], range: Range) -> Vec<f64> {
    let c = if range.largest > 0.0 { range.largest / (range.largest + 1.0).ln() } else { 0.0 };
    values.iter().map(|x| c * signed(*x, (x.abs() + 1.0).ln())).collect()
}

/// Exponential: `f(x) = exp(c x)` with `c = log(max|x|) / max|x|`. An image of zeros becomes one of ones (`c x = 0`).
pub(super) fn exponential(values: &[f64], range: Range) -> Vec<f64> {
    let c = if range.largest > 0.0 { range.largest.ln() / range.largest } else { 0.0 };
    values.iter().map(|x| (c * x).exp()).collect()
}

fn signed(x: f64, size: f64) -> f64 {
    if x < 0.0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_intensity_keeps_its_size() {
        let values: Vec<f64> = (0..19).map(|x| f64::from(x) - 12.0).collect();
        let range = Range::of(&values);
        assert_eq!(range.largest, 12.0);
        for filter in [square, square_root, logarithm] {
            let filtered = filter(&values, range);
            assert!((filtered[0].abs() - 12.0).abs() < 1e-12);
            assert_eq!(filtered[12], 0.0);
        }
        assert!((exponential(&values, range)[0] - 1.0 / 12.0).abs() < 1e-12);
        assert!((exponential(&[5.0, 1.0], Range { largest: 5.0 })[0] - 5.0).abs() < 1e-12);
    }

    #[test]
    fn an_image_of_zeros_has_finite_responses() {
        let range = Range::of(&[0.0; 3]);
        for filter in [square, square_root, logarithm] {
            assert_eq!(filter(&[0.0; 3], range), [0.0; 3]);
        }
        assert_eq!(exponential(&[0.0; 3], range), [1.0; 3]);
    }
}
