//! How well two images agree under a transform.

use serde::{Deserialize, Serialize};

use super::pyramid::{Level, range};
use crate::image::AffineTransform;

/// A place in the fixed image (LPS, mm) and the image's value there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Check {
    pub point: [f64; 3],
    pub value: f64,
}

/// Agreement of the moving with the fixed image, at places that the search did not use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Part of the fixed image's mask that lies on the moving image.
    pub overlap: f64,
    /// Normalised mutual information, 1 (independent) to 2 (one image tells the other); null where they hardly overlap or do not vary.
    ///
    /// # Definition
    /// (H(F) + H(M)) / H(F, M) over 32 × 32 bins between the 0.1 % and 99.9 % points of the values.
    ///
    /// # Reference
    /// Studholme, Hill and Hawkes 1999, Pattern Recognit 32:71.
    pub nmi: Option<f64>,
    /// Pearson's correlation of the two images' values; null where they hardly overlap or do not vary.
    pub pearson: Option<f64>,
}

/// Bins along each side of the joint histogram.
const BINS: usize = 32;
/// Part of the values beyond either end of the bins.
pub(super) const OUTLIERS: f64 = 1e-3;
/// Fewer pairs of values say nothing about a joint distribution.
const LEAST_PAIRS: usize = 100;
/// Blocks of neighbouring places whose mean gains are taken for independent.
const BLOCKS: usize = 16;

/// The moving image's value at each place, where it has one.
pub(super) fn values_at(places: &[Check], moving: &Level, transform: &AffineTransform) -> Vec<Option<f64>> {
    let map = moving.to_index.after(transform);
    places.iter().map(|place| moving.sample(map.apply(place.point)).map(|(value, _)| value)).collect()
}

/// Histogram bins of the pairs, and ln(p / (p_f p_m)) of each cell.
struct Joint {
    bins: [[f64; 2]; 2],
    log_ratio: Vec<f64>,
    nmi: Option<f64>,
}

impl Joint {
    fn new(pairs: &[(f64, f64)], bins: [[f64; 2]; 2]) -> Joint {
        let mut joint = Joint { bins, log_ratio: vec![0.0; BINS * BINS], nmi: None };
        let mut counts = vec![0.0; BINS * BINS];
        pairs.iter().for_each(|pair| counts[joint.cell(*pair)] += 1.0);
        let total = pairs.len() as f64;
        let marginal = |count: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..BINS).map(|a| (0..BINS).map(|b| count(a, b)).sum::<f64>()).collect()
        };
        let fixed = marginal(&|a, b| counts[a * BINS + b]);
        let moving = marginal(&|a, b| counts[b * BINS + a]);
        let entropy = |counts: &[f64]| -> f64 {
            counts.iter().filter(|count| **count > 0.0).map(|count| -count / total * (count / total).ln()).sum()
        };
        let together = entropy(&counts);
        joint.nmi = (together > 0.0).then(|| (entropy(&fixed) + entropy(&moving)) / together);
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            joint.log_ratio[at] = (count * total / (fixed[at / BINS] * moving[at % BINS])).ln();
        }
        joint
    }

    fn cell(&self, (fixed, moving): (f64, f64)) -> usize {
        let bin =
            |value: f64, [low, high]: [f64; 2]| (((value - low) / (high - low) * BINS as f64).max(0.0) as usize).min(BINS - 1);
        bin(fixed, self.bins[0]) * BINS + bin(moving, self.bins[1])
    }
}

fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| pairs.iter().map(part).sum::<f64>() / n;
    let (a, b) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |part: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| part(pair.0 - a, pair.1 - b)).sum::<f64>();
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

/// Quality under one transform; `bins` are the ends of the values of the fixed and of the moving image.
fn quality(places: &[Check], values: &[Option<f64>], bins: [[f64; 2]; 2]) -> (Quality, Joint) {
    let pairs: Vec<(f64, f64)> = places.iter().zip(values).filter_map(|(place, value)| Some((place.value, (*value)?))).collect();
    let joint = Joint::new(&pairs, bins);
    let enough = pairs.len() >= LEAST_PAIRS;
    let quality = Quality {
        overlap: pairs.len() as f64 / places.len().max(1) as f64,
        nmi: joint.nmi.filter(|_| enough),
        pearson: pearson(&pairs).filter(|_| enough),
    };
    (quality, joint)
}

/// Agreement before and after, and what was gained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Comparison {
    pub before: Quality,
    pub after: Quality,
    pub gain: Option<Gain>,
}

/// What alignment gained in mutual information, at places that the search did not use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// Mean over the places of the difference in ln(p(f, m) / (p(f) p(m))), in nats.
    pub mean: f64,
    /// Its standard error over 16 blocks of neighbouring places.
    pub error: f64,
}

/// Compares two transforms at the same places.
pub(super) fn compare(places: &[Check], moving: &Level, before: &AffineTransform, after: &AffineTransform) -> Option<Comparison> {
    let fixed = range(places.iter().map(|place| place.value as f32).collect(), OUTLIERS)?;
    let bins = [fixed, moving.range(OUTLIERS)?];
    let (first, second) = (values_at(places, moving, before), values_at(places, moving, after));
    let (quality_before, joint_before) = quality(places, &first, bins);
    let (quality_after, joint_after) = quality(places, &second, bins);
    let block = places.len().div_ceil(BLOCKS).max(1);
    let gains: Vec<f64> = (0..places.len())
        .step_by(block)
        .filter_map(|start| {
            let end = (start + block).min(places.len());
            let differences: Vec<f64> = (start..end)
                .filter_map(|at| {
                    let pair = |value: f64| (places[at].value, value);
                    let log_ratio = |joint: &Joint, value: f64| joint.log_ratio[joint.cell(pair(value))];
                    Some(log_ratio(&joint_after, second[at]?) - log_ratio(&joint_before, first[at]?))
                })
                .collect();
            (!differences.is_empty()).then(|| differences.iter().sum::<f64>() / differences.len() as f64)
        })
        .collect();
    let n = gains.len() as f64;
    let known = quality_before.nmi.is_some() && quality_after.nmi.is_some() && gains.len() > 2;
    let gain = known.then(|| {
        let mean = gains.iter().sum::<f64>() / n;
        let error = (gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        Gain { mean, error }
    });
    Some(Comparison { before: quality_before, after: quality_after, gain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn information_is_two_for_the_same_image_and_one_for_independent_ones() {
        let bins = [[0.0, 32.0], [0.0, 32.0]];
        let same: Vec<(f64, f64)> = (0..3200).map(|n| (f64::from(n % 32) + 0.5, f64::from(31 - n % 32) + 0.5)).collect();
        assert!((Joint::new(&same, bins).nmi.unwrap() - 2.0).abs() < 1e-12);
        assert!((pearson(&same).unwrap() + 1.0).abs() < 1e-12);
        let apart: Vec<(f64, f64)> = (0..1024).map(|n| (f64::from(n % 32) + 0.5, f64::from(n / 32) + 0.5)).collect();
        assert!((Joint::new(&apart, bins).nmi.unwrap() - 1.0).abs() < 1e-12);
        assert!(pearson(&apart).unwrap().abs() < 1e-12);
        assert!(pearson(&[(1.0, 2.0), (1.0, 3.0)]).is_none());
    }
}
