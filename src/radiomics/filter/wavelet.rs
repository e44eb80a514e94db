//! Stationary wavelets as PyRadiomics computes them: `wavelet-LLH` and its seven siblings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::axis::Axis;
use super::block::{Block, Source, extent};
use super::boundary::Boundary;
use super::convolve::{Kernel, correlate, correlate_into};
use super::family::{Family, Pair};

/// Undecimated separable wavelets of PyRadiomics: the image split into coarse (`L`) and fine (`H`) along each axis.
///
/// # Definition
/// The letters of a band are those of the filters along i, j and k (`wavelet-LLH`: fine along k only). One level convolves along each
/// axis with the low- or high-pass decomposition filter, periodically, on the image made even in size by one more periodic voxel.
/// Level 2 does the same with the *same* filters to the band `LLL` of level 1 (not à trous), and so on; `level` bands sets are
/// returned, after `start_level` approximations. The approximation is returned of the last level only.
///
/// # Reference
/// PyRadiomics `getWaveletImage` with PyWavelets `swtn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Wavelet {
    /// The wavelet: `coif1` unless said otherwise.
    #[serde(default)]
    pub wavelet: Family,
    /// Approximations taken before the first bands that are returned.
    #[serde(default)]
    pub start_level: usize,
    /// Levels of bands that are returned.
    #[serde(default = "one")]
    pub level: usize,
    /// The axis that is left alone, for two-dimensional bands (`wavelet-LH`): PyRadiomics' `force2D`, where k is dimension 0.
    #[serde(default)]
    pub leave: Option<Axis>,
}

impl Default for Wavelet {
    fn default() -> Self {
        Wavelet { wavelet: Family::default(), start_level: 0, level: 1, leave: None }
    }
}

fn one() -> usize {
    1
}

impl Wavelet {
    fn axes(&self) -> Vec<usize> {
        (0..3).filter(|axis| self.leave.is_none_or(|left| left.index() != *axis)).collect()
    }

    /// Voxels needed before and after a voxel along each axis, for `levels` levels in a row.
    fn reach(&self, pair: &Pair, levels: usize) -> [[usize; 2]; 3] {
        let axes = self.axes();
        std::array::from_fn(|axis| match axes.contains(&axis) {
            true => pair.low.reach().map(|voxels| voxels * levels),
            false => [0, 0],
        })
    }

    /// The margin that the filter needs; near the edge of the image it wraps around, which a part of it cannot know.
    pub(super) fn support(&self) -> [usize; 3] {
        super::separable::margin(self.reach(&self.wavelet.pair(), self.start_level + self.level))
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.level == 0 {
            return Err(Error::usage("a wavelet filter needs a level of at least 1"));
        }
        if self.start_level.saturating_add(self.level) > 16 {
            return Err(Error::usage("a wavelet filter takes at most 16 levels"));
        }
        Ok(())
    }

    /// The bands in PyRadiomics' order: of each level from `LLH` to `HHH`, then `LLL` of the last.
    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Vec<(String, Volume)> {
        let pair = self.wavelet.pair();
        let axes = self.axes();
        let levels = self.start_level + self.level;
        let (reach, size) = (self.reach(&pair, levels), extent(place));
        let even = image.grid.size.map(|n| n + n % 2);
        let start = std::array::from_fn(|axis| place.start[axis] as isize - reach[axis][0] as isize);
        let padded = std::array::from_fn(|axis| size[axis] + reach[axis][0] + reach[axis][1]);
        let mut image_of_level = Source { extent: even, ..Source::whole(image) }.cut(start, padded, Boundary::Periodic);
        let mut named = Vec::new();
        for level in 0..levels {
            if level < self.start_level {
                image_of_level = axes.iter().fold(image_of_level, |block, axis| correlate(&block, *axis, &pair.low));
                continue;
            }
            // Later levels need more of the approximation than is returned of this one.
            let rest = self.reach(&pair, levels - level - 1);
            let mut bands = decompose(image_of_level, &axes, &pair);
            let approximation = bands.remove(0).1;
            let ordinal = level - self.start_level + 1;
            let prefix = if ordinal == 1 { "wavelet".to_string() } else { format!("wavelet{ordinal}") };
            for (letters, band) in bands {
                let inner = if levels == level + 1 { band } else { band.inner(rest.map(|[before, _]| before), size) };
                named.push((format!("{prefix}-{letters}"), inner.place(&image.grid, place)));
            }
            image_of_level = approximation;
            if levels == level + 1 {
                named.push((format!("{prefix}-{}", "L".repeat(axes.len())), image_of_level.place(&image.grid, place)));
                break;
            }
        }
        named
    }
}

/// All bands of one level, `LLL` first, the letter of the last axis changing fastest. Bands that begin alike share their passes.
fn decompose(block: Block, axes: &[usize], pair: &Pair) -> Vec<(String, Block)> {
    let mut bands = vec![(String::new(), block)];
    for &axis in axes {
        let mut finer = Vec::with_capacity(2 * bands.len());
        for (letters, mut band) in bands {
            let pass = |kernel: &Kernel, letter: char| (format!("{letters}{letter}"), correlate(&band, axis, kernel));
            let high = pass(&pair.high, 'H');
            let mut low = Block { size: band.size, values: Vec::new() };
            correlate_into(&band, axis, &pair.low, &mut low);
            band.values = Vec::new();
            finer.push((format!("{letters}L"), low));
            finer.push(high);
        }
        bands = finer;
    }
    bands
}
