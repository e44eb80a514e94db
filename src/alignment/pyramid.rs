//! An image at a coarser resolution: smoothed and thinned out, axis by axis.

use rayon::prelude::*;

use crate::image::resample::target::IndexMap;
use crate::image::{AffineTransform, Grid, Volume};

/// A Gaussian is cut off at so many standard deviations.
const CUT: f64 = 3.0;
/// A thinned voxel is NaN where NaN makes up more than this part of its Gaussian.
const MOST_MISSING: f32 = 0.5;
/// Values that differ by less than this part of themselves are the same.
const ROUNDING: f32 = 4e-6;

/// A smoothed, thinned image that can be asked for its value anywhere.
#[derive(Debug, Clone)]
pub(super) struct Level {
    size: [usize; 3],
    values: Vec<f32>,
    /// From patient space to (fractional) voxel indices of this level.
    pub to_index: AffineTransform,
    /// The outer faces of the image's voxels, in indices of this level.
    low: [f64; 3],
    high: [f64; 3],
}

/// One axis of the thinning.
struct Thinning {
    /// Per new voxel the first voxel that it is made of, and the weights.
    taps: Vec<(usize, Vec<f32>)>,
    /// Position of the first new voxel and distance of the others, in voxels.
    first: f64,
    factor: f64,
}

impl Thinning {
    /// To `resolution` mm: every ⌊resolution / spacing⌋-th voxel of the image smoothed by σ = √(resolution² − spacing²) / 2.
    ///
    /// # Definition
    /// A voxel of the wanted size has the spread of a Gaussian of about half its width; what the voxel's own width has of it is left out, so
    /// that thick slices are not blurred further and voxels of unequal sides come out alike.
    fn new(n: usize, spacing: f64, resolution: f64) -> Thinning {
        let factor = ((resolution / spacing + 1e-6).floor().clamp(1.0, n as f64)) as usize;
        let sigma = 0.5 * (resolution * resolution - spacing * spacing).max(0.0).sqrt() / spacing;
        let count = n / factor;
        let first = 0.5 * ((n - 1) as f64 - ((count - 1) * factor) as f64);
        let taps = (0..count)
            .map(|at| {
                let centre = first + (at * factor) as f64;
                if n == 1 || sigma < 0.05 {
                    return (centre.round() as usize, vec![1.0]);
                }
                let start = (centre - CUT * sigma).ceil().max(0.0) as usize;
                let end = ((centre + CUT * sigma).floor() as usize).min(n - 1);
                let weight = |x: usize| (-0.5 * ((x as f64 - centre) / sigma).powi(2)).exp();
                // At the image's edges the part of the Gaussian that lies on the image counts as the whole.
                let total: f64 = (start..=end).map(weight).sum();
                (start, (start..=end).map(|x| (weight(x) / total) as f32).collect())
            })
            .collect();
        Thinning { taps, first, factor: factor as f64 }
    }

    /// Replaces an axis of `data` (blocks of `n` rows of `inner` values).
    fn apply(&self, data: &[f32], n: usize, inner: usize) -> Vec<f32> {
        let count = self.taps.len();
        let mut out = vec![0.0; data.len() / n * count];
        out.par_chunks_mut(count * inner).zip(data.par_chunks(n * inner)).for_each(|(out, block)| {
            for ((start, weights), row) in self.taps.iter().zip(out.chunks_exact_mut(inner)) {
                if inner == 1 {
                    row[0] = weights.iter().zip(&block[*start..]).map(|(w, x)| w * x).sum();
                    continue;
                }
                for (weight, from) in weights.iter().zip(block[start * inner..].chunks_exact(inner)) {
                    row.iter_mut().zip(from).for_each(|(sum, x)| *sum += weight * x);
                }
            }
        });
        out
    }
}

impl Level {
    /// The image at a resolution in mm; 0 for the image as it is. `None` when its axes do not span space.
    pub(super) fn new(image: &Volume, resolution: f64) -> Option<Level> {
        let grid = &image.grid;
        let axes = [0, 1, 2].map(|a| Thinning::new(grid.size[a], grid.spacing[a], resolution));
        let thin = |mut data: Vec<f32>| {
            let mut inner = 1;
            for (axis, thinning) in axes.iter().enumerate() {
                data = thinning.apply(&data, grid.size[axis], inner);
                inner *= thinning.taps.len();
            }
            data
        };
        let values = if image.values.iter().all(|value| value.is_finite()) {
            thin(image.values.iter().map(|value| *value as f32).collect())
        } else {
            let known = |value: &f64| if value.is_finite() { 1.0 } else { 0.0 };
            let filled = |value: &f64| if value.is_finite() { *value as f32 } else { 0.0 };
            let weights = thin(image.values.iter().map(known).collect());
            let sums = thin(image.values.iter().map(filled).collect());
            let mean = |(sum, weight): (f32, f32)| if weight > MOST_MISSING { sum / weight } else { f32::NAN };
            sums.into_iter().zip(weights).map(mean).collect()
        };
        let to_grid = to_index(grid)?;
        // Index of the level from index of the image.
        let scale = axes.each_ref().map(|axis| 1.0 / axis.factor);
        let level_of = |x: [f64; 3]| [0, 1, 2].map(|a| (x[a] - axes[a].first) * scale[a]);
        let to_index = AffineTransform {
            matrix: [0, 1, 2].map(|a| to_grid.matrix[a].map(|entry| entry * scale[a])),
            offset: level_of(to_grid.offset),
        };
        Some(Level {
            size: axes.each_ref().map(|axis| axis.taps.len()),
            values,
            to_index,
            low: level_of([-0.5; 3]),
            high: level_of(grid.size.map(|n| n as f64 - 0.5)),
        })
    }

    /// Least and most finite value among the level's voxels, leaving out the `share` of them at either end; `None` when they do not vary.
    pub(super) fn range(&self, share: f64) -> Option<[f64; 2]> {
        let finite: Vec<f32> = self.values.iter().copied().filter(|value| value.is_finite()).collect();
        range(finite, share)
    }

    /// Value, linear between the voxels, and its slope along the index axes, at a position in voxel indices; `None` outside the image or
    /// beside a NaN.
    #[inline]
    pub(super) fn sample(&self, x: [f64; 3]) -> Option<(f64, [f64; 3])> {
        let (mut at, mut step, mut t, mut slope) = (0, [0; 3], [0.0; 3], [1.0; 3]);
        let mut stride = 1;
        for a in 0..3 {
            let n = self.size[a];
            if !(x[a] >= self.low[a] && x[a] < self.high[a]) {
                return None;
            }
            let last = (n - 1) as f64;
            let within = x[a].clamp(0.0, last);
            // Beyond the outer centres the edge goes on, level.
            slope[a] = if within == x[a] { 1.0 } else { 0.0 };
            if n > 1 {
                let base = (within as usize).min(n - 2);
                (t[a], step[a]) = (within - base as f64, stride);
                at += base * stride;
            }
            stride *= n;
        }
        let [i, j, k] = step;
        let corner = self.values.get(at..=at + i + j + k)?;
        let [v000, v100, v010, v110] = [0, i, j, i + j].map(|n| f64::from(corner[n]));
        let [v001, v101, v011, v111] = [k, i + k, j + k, i + j + k].map(|n| f64::from(corner[n]));
        let [tx, ty, tz] = t;
        let [d00, d10, d01, d11] = [v100 - v000, v110 - v010, v101 - v001, v111 - v011];
        let [c00, c10, c01, c11] = [v000 + tx * d00, v010 + tx * d10, v001 + tx * d01, v011 + tx * d11];
        let (e0, e1) = (c10 - c00, c11 - c01);
        let (c0, c1) = (c00 + ty * e0, c01 + ty * e1);
        let (d0, d1) = (d00 + ty * (d10 - d00), d01 + ty * (d11 - d01));
        let value = c0 + tz * (c1 - c0);
        if !value.is_finite() {
            return None;
        }
        Some((value, [slope[0] * (d0 + tz * (d1 - d0)), slope[1] * (e0 + tz * (e1 - e0)), slope[2] * (c1 - c0)]))
    }
}

/// Least and most value, leaving out the `share` of them at either end; `None` when they do not vary.
pub(super) fn range(mut values: Vec<f32>, share: f64) -> Option<[f64; 2]> {
    if values.is_empty() {
        return None;
    }
    let skip = (share * values.len() as f64) as usize;
    let last = values.len() - 1;
    let low = *values.select_nth_unstable_by(skip, f32::total_cmp).1;
    let high = *values.select_nth_unstable_by(last - skip, f32::total_cmp).1;
    let [low, high] = if low < high {
        [low, high]
    } else {
        // Nearly all voxels are alike (air): what varies lies at the ends.
        values.iter().fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| [low.min(*value), high.max(*value)])
    };
    // Smoothing a constant leaves rounding errors of single precision, which are no variation.
    (high - low > ROUNDING * low.abs().max(high.abs())).then_some([f64::from(low), f64::from(high)])
}

/// From patient space to voxel indices; `None` when the axes do not span space.
pub(super) fn to_index(grid: &Grid) -> Option<AffineTransform> {
    let map = IndexMap::new(&Grid::plain([1; 3], [1.0; 3]), grid)?;
    Some(AffineTransform { matrix: map.matrix, offset: map.offset })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::affine::{times, transposed};

    fn ramp(grid: &Grid, slope: [f64; 3]) -> Volume {
        let [nx, ny, _] = grid.size;
        let value = |at: usize| {
            let p = grid.point([(at % nx) as f64, (at / nx % ny) as f64, (at / (nx * ny)) as f64]);
            (0..3).map(|a| slope[a] * p[a]).sum::<f64>()
        };
        Volume::new(grid.clone(), (0..grid.voxels()).map(value).collect())
    }

    #[test]
    fn a_ramp_stays_a_ramp_at_every_resolution() {
        let direction = [[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, -1.0]];
        let grid = Grid { origin: [-10.0, 20.0, 5.0], direction, ..Grid::plain([41, 38, 17], [0.8, 0.9, 2.0]) };
        let (slope, image) = ([1.0, -2.0, 0.5], ramp(&grid, [1.0, -2.0, 0.5]));
        for resolution in [0.0, 1.5, 2.0, 4.0] {
            let level = Level::new(&image, resolution).unwrap();
            let point = grid.point([20.3, 18.1, 8.2]);
            let (value, along) = level.sample(level.to_index.apply(point)).unwrap();
            let expected: f64 = (0..3).map(|a| slope[a] * point[a]).sum();
            assert!((value - expected).abs() < 2e-4 * expected.abs(), "{resolution}: {value} is not {expected}");
            let turned = transposed(&level.to_index.matrix);
            let found = times(&turned, along);
            assert!((0..3).all(|a| (found[a] - slope[a]).abs() < 1e-3), "{found:?}");
            assert!(level.sample(level.to_index.apply(grid.point([-0.6, 0.0, 0.0]))).is_none());
            assert!(level.sample(level.to_index.apply(grid.point([-0.4, 37.4, 16.4]))).is_some());
        }
    }

    #[test]
    fn nan_is_left_out_of_the_smoothing() {
        let grid = Grid::plain([20, 20, 1], [1.0; 3]);
        let mut image = Volume::new(grid.clone(), vec![7.0; 400]);
        image.values[grid.at([10, 10, 0])] = f64::NAN;
        image.values[..120].fill(f64::INFINITY);
        let level = Level::new(&image, 2.0).unwrap();
        assert_eq!(level.size, [10, 10, 1]);
        assert!(level.values[..10].iter().all(|value| value.is_nan()));
        assert!(level.values[50..].iter().all(|value| (value - 7.0).abs() < 1e-5));
        assert!(level.range(0.0).is_none(), "one value does not vary");
    }
}
