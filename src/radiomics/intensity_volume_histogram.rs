//! Intensity–volume histogram: how much of a region has at least a given intensity (IBSI family P88C).

use crate::radiomics::{Definition, Values};

/// The family's features.
pub const DEFINITIONS: [Definition; 6] = {
    const fn of(name: &'static str, code: &'static str, unit: &'static str) -> Definition {
        Definition { name, code, unit }
    }
    [
        of("VolumeAtIntensityFraction10", "BC2M", ""),
        of("VolumeAtIntensityFraction90", "BC2M", ""),
        of("IntensityAtVolumeFraction10", "GBPN", "intensity"),
        of("IntensityAtVolumeFraction90", "GBPN", "intensity"),
        of("VolumeFractionDifference10And90", "DDTU", ""),
        of("IntensityFractionDifference10And90", "CNV2", "intensity"),
    ]
};

/// The grey levels over which the histogram runs: `first`, `first + step`, … up to `last`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// Lowest level.
    pub first: f64,
    /// Distance of neighbouring levels; positive.
    pub step: f64,
    /// Highest level.
    pub last: f64,
}

/// Features of the values inside the intensity mask, which must not be none. Values lie on `levels`: integer intensities as they are
/// (step 1), bin numbers, or the centres of bins of a fixed size.
///
/// # Definition
/// For each level i, ν(i) is the fraction of voxels with at least that level, and γ(i) = (i − first) / (last − first). V_x is the largest
/// ν with γ ≥ x; I_x is the lowest level with ν ≤ x, one step above the last where no level has.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; El Naqa et al., Pattern Recognit
/// 2009;42:1162.
pub fn intensity_volume_histogram(values: &[f64], levels: Levels) -> Values {
    let Levels { first, step, last } = levels;
    let count = ((last - first) / step).round().max(0.0) as usize + 1;
    // at_least[i]: voxels of level i or more. Rounding forgives what bin centres lose in floating point.
    let mut at_least = vec![0usize; count + 1];
    for value in values {
        let level = ((value - first) / step).round().max(0.0) as usize;
        at_least[level.min(count - 1)] += 1;
    }
    for level in (0..count).rev() {
        at_least[level] += at_least[level + 1];
    }
    let fraction = |level: usize| at_least[level] as f64 / values.len() as f64;
    let intensity = |level: usize| first + step * level as f64;
    // Where there is one level only, its intensity fraction is 0 / 0.
    let volume_at = |x: f64| {
        (count > 1)
            .then(|| (0..count).find(|level| *level as f64 >= x * (count - 1) as f64 * (1.0 - 1e-12)).map_or(0.0, fraction))
    };
    let intensity_at = |x: f64| (0..=count).find(|level| fraction(*level) <= x).map(intensity);
    let [v10, v90] = [volume_at(0.1), volume_at(0.9)];
    let [i10, i90] = [intensity_at(0.1), intensity_at(0.9)];
    let difference = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
    vec![v10, v90, i10, i90, difference(v10, v90), difference(i10, i90)]
}
