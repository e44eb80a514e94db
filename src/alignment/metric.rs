//! Mutual information of two images under a transform, with its slope and curvature.

use rayon::prelude::*;

use super::pyramid::Level;
use crate::image::AffineTransform;
use crate::image::affine::{product, times, transposed};
use crate::statistic::linear::Square;

/// A place in the fixed image, relative to the centre of motion (mm), and the bin of the fixed image's value there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub at: [f32; 3],
    pub bin: u32,
}

/// Values to histogram bins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binning {
    low: f64,
    per_unit: f64,
    /// Bins between the least and the most value.
    pub bins: usize,
}

/// Bins beyond the least and the most value that the moving image's window reaches.
const BEYOND: usize = 2;

impl Binning {
    pub(super) fn new([low, high]: [f64; 2], bins: usize) -> Binning {
        Binning { low, per_unit: bins as f64 / (high - low), bins }
    }

    /// The bin of a value; values beyond the ends belong to the outer bins.
    pub(super) fn bin(&self, value: f64) -> u32 {
        (((value - self.low) * self.per_unit).max(0.0) as usize).min(self.bins - 1) as u32
    }

    /// Where a value lies among the bins, and by how much it moves per unit; at a standstill beyond the ends.
    fn position(&self, value: f64) -> (f64, f64) {
        let x = (value - self.low) * self.per_unit;
        let within = x.clamp(0.0, self.bins as f64);
        (within, if within == x { self.per_unit } else { 0.0 })
    }

    /// Columns of a histogram with a window of four bins.
    fn columns(&self) -> usize {
        self.bins + 2 * BEYOND
    }
}

/// The window of four bins: cubic B-spline weights at `t` past the second of them.
fn window(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [s * s * s / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0, (3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0, t * t * t / 6.0]
}

/// Its slope.
fn window_slope(t: f64) -> [f64; 4] {
    let s = 1.0 - t;
    [-0.5 * s * s, 1.5 * t * t - 2.0 * t, 2.0 * s - 1.5 * s * s, 0.5 * t * t]
}

/// How points can move: generators of displacement fields, x ↦ matrix · x + shift, x relative to the centre of motion.
#[derive(Debug, Clone)]
pub(super) struct Motions(pub Vec<AffineTransform>);

impl Motions {
    /// By how much the moving image's value at a place changes with each motion, given its slope there.
    #[inline]
    fn slopes<const N: usize>(rows: &[[f64; 12]; N], at: [f64; 3], h: [f64; 3]) -> [f64; N] {
        std::array::from_fn(|n| {
            let m = &rows[n];
            let x = m[0] * at[0] + m[1] * at[1] + m[2] * at[2] + m[9];
            let y = m[3] * at[0] + m[4] * at[1] + m[5] * at[2] + m[10];
            let z = m[6] * at[0] + m[7] * at[1] + m[8] * at[2] + m[11];
            h[0] * x + h[1] * y + h[2] * z
        })
    }
}

/// Mutual information (nats) at a transform, and what a search needs.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub information: f64,
    /// Part of the places that lie on the moving image.
    pub overlap: f64,
    /// Change per unit of each motion.
    pub gradient: Vec<f64>,
    /// Positive semi-definite stand-in for the negative second derivatives.
    pub curvature: Square,
}

/// A place that lies on the moving image.
#[derive(Clone, Copy)]
struct Hit {
    at: [f32; 3],
    /// Slope of the moving image's bin position along the fixed image's axes of patient space.
    slope: [f32; 3],
    bin: u32,
    /// The first of the window's four bins, and where within the window.
    first: u32,
    t: f64,
}

/// Places are dealt with in so many parts at most, each of so many at least: their sums are added in one order whatever the threads.
const PARTS: usize = 32;
const LEAST_PART: usize = 1024;

/// The measure between one fixed and one moving image at one resolution.
pub(super) struct Metric<'a> {
    pub places: &'a [Place],
    /// Bins of the fixed image.
    pub fixed_bins: usize,
    pub moving: &'a Level,
    pub moving_bins: Binning,
    /// Centre of motion, LPS, mm.
    pub centre: [f64; 3],
}

impl Metric<'_> {
    /// The measure where a place x lies at transform(x) in the moving image, and how it changes when the motions act before the transform.
    ///
    /// # Definition
    /// p(f, m) is the share of places whose fixed value lies in bin f, spread over four bins m by a cubic B-spline around the moving value (Parzen
    /// window); I = Σ p ln(p / (p_f p_m)). With ψ = ∂/∂m ln(p(f, m) / p_m(m)) at each place and s its moving value's change under a motion, the
    /// gradient is the mean of ψ s, and the curvature the mean of ψ² s sᵀ (the outer product of scores; Berndt, Hall, Hall and Hausman 1974).
    ///
    /// # Reference
    /// Mattes 2003, IEEE Trans Med Imaging 22:120; Thévenaz and Unser 2000, IEEE Trans Image Process 9:2083.
    pub(super) fn at(&self, transform: &AffineTransform, motions: &Motions) -> Value {
        match motions.0.len() {
            3 => self.with::<3>(transform, motions),
            6 => self.with::<6>(transform, motions),
            _ => self.with::<12>(transform, motions),
        }
    }

    /// Part of the places that lie on the moving image.
    pub(super) fn overlap(&self, transform: &AffineTransform) -> f64 {
        self.hits(transform).iter().map(Vec::len).sum::<usize>() as f64 / self.places.len().max(1) as f64
    }

    fn with<const N: usize>(&self, transform: &AffineTransform, motions: &Motions) -> Value {
        let rows: [[f64; 12]; N] = std::array::from_fn(|n| {
            let motion = &motions.0[n];
            std::array::from_fn(|c| if c < 9 { motion.matrix[c / 3][c % 3] } else { motion.offset[c - 9] })
        });
        let hits = self.hits(transform);
        let columns = self.moving_bins.columns();
        let counts = add(hits.par_iter().map(|part| histogram(part, self.fixed_bins, columns)).collect());
        let found: usize = hits.iter().map(Vec::len).sum();
        let overlap = found as f64 / self.places.len().max(1) as f64;
        let (information, ratio) = information(&counts, columns, found as f64);
        let parts: Vec<([f64; N], [[f64; N]; N])> = hits.par_iter().map(|part| scores(part, &ratio, columns, &rows)).collect();
        let mut gradient = vec![0.0; N];
        let mut curvature = Square::zeros(N);
        for (first, second) in &parts {
            for r in 0..N {
                gradient[r] += first[r] / found as f64;
                for c in 0..=r {
                    curvature[(r, c)] += second[r][c] / found as f64;
                }
            }
        }
        curvature.mirror_lower();
        Value { information, overlap, gradient, curvature }
    }

    /// The places that lie on the moving image, in parts.
    fn hits(&self, transform: &AffineTransform) -> Vec<Vec<Hit>> {
        let matrix = product(&self.moving.to_index.matrix, &transform.matrix);
        let offset = self.moving.to_index.apply(transform.apply(self.centre));
        let back = transposed(&matrix);
        let part = self.places.len().div_ceil(PARTS).max(LEAST_PART);
        let hit = |place: &Place| {
            let turned = times(&matrix, place.at.map(f64::from));
            let (value, slope) = self.moving.sample([0, 1, 2].map(|a| turned[a] + offset[a]))?;
            let (position, per_unit) = self.moving_bins.position(value);
            let base = (position as usize).min(self.moving_bins.bins - 1);
            let slope = times(&back, slope).map(|s| (s * per_unit) as f32);
            // The window's second bin is `base`, after the bins beyond the least value.
            let first = (base + BEYOND - 1) as u32;
            Some(Hit { at: place.at, slope, bin: place.bin, first, t: position - base as f64 })
        };
        self.places.par_chunks(part).map(|places| places.iter().filter_map(hit).collect()).collect()
    }
}

fn histogram(hits: &[Hit], rows: usize, columns: usize) -> Vec<f64> {
    let mut counts = vec![0.0; rows * columns];
    for hit in hits {
        let at = hit.bin as usize * columns + hit.first as usize;
        let Some(cells) = counts.get_mut(at..at + 4) else { continue };
        cells.iter_mut().zip(window(hit.t)).for_each(|(cell, weight)| *cell += weight);
    }
    counts
}

/// Sums in the order of the parts.
fn add(parts: Vec<Vec<f64>>) -> Vec<f64> {
    let mut parts = parts.into_iter();
    let mut total = parts.next().unwrap_or_default();
    for part in parts {
        total.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
    }
    total
}

/// Mutual information of a joint histogram of `total` counts, and ln(p / p_m) of each cell (0 where nothing is).
pub(super) fn information(counts: &[f64], columns: usize, total: f64) -> (f64, Vec<f64>) {
    let mut moving = vec![0.0; columns];
    for row in counts.chunks_exact(columns.max(1)) {
        moving.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
    }
    let mut ratio = vec![0.0; counts.len()];
    let mut information = 0.0;
    for (row, ratio) in counts.chunks_exact(columns.max(1)).zip(ratio.chunks_exact_mut(columns.max(1))) {
        let fixed: f64 = row.iter().sum();
        for ((count, ratio), moving) in row.iter().zip(ratio).zip(&moving) {
            if *count > 0.0 {
                *ratio = (count / moving).ln();
                information += count / total * (*ratio - (fixed / total).ln());
            }
        }
    }
    (information, ratio)
}

fn scores<const N: usize>(hits: &[Hit], ratio: &[f64], columns: usize, rows: &[[f64; 12]; N]) -> ([f64; N], [[f64; N]; N]) {
    let (mut first, mut second) = ([0.0; N], [[0.0; N]; N]);
    for hit in hits {
        let at = hit.bin as usize * columns + hit.first as usize;
        let Some(cells) = ratio.get(at..at + 4) else { continue };
        let score: f64 = cells.iter().zip(window_slope(hit.t)).map(|(ratio, weight)| ratio * weight).sum();
        let slopes = Motions::slopes(rows, hit.at.map(f64::from), hit.slope.map(f64::from)).map(|slope| slope * score);
        for r in 0..N {
            first[r] += slopes[r];
            for c in 0..=r {
                second[r][c] += slopes[r] * slopes[c];
            }
        }
    }
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alignment::search::Freedom;
    use crate::image::grid::IDENTITY;
    use crate::image::{Grid, Volume};

    fn blobs() -> Volume {
        let grid = Grid { origin: [-20.0, -21.0, -24.0], ..Grid::plain([41, 43, 25], [1.0, 1.0, 2.0]) };
        let value = |at: usize| {
            let p = grid.point([(at % 41) as f64, (at / 41 % 43) as f64, (at / (41 * 43)) as f64]);
            (0.21 * p[0] + 0.05 * p[1]).sin() + (0.17 * p[1]).cos() * (0.13 * p[2]).sin() + 0.01 * p[2]
        };
        let values = (0..grid.voxels()).map(value).collect();
        Volume::new(grid, values)
    }

    /// Places well within the image, so that all of them stay on it.
    fn places(level: &Level, bins: usize, centre: [f64; 3]) -> Vec<Place> {
        let binning = Binning::new([-2.3, 2.3], bins);
        let coordinate = |n: usize, step: usize| (n * step % 2003) as f64 / 2003.0 - 0.5;
        let at = (0..4000).map(|n| [20.0 * coordinate(n, 271), 20.0 * coordinate(n, 733), 22.0 * coordinate(n, 1117)]);
        at.map(|at| {
            let point = [0, 1, 2].map(|a| at[a] + centre[a]);
            let value = level.sample(level.to_index.apply(point)).unwrap().0;
            Place { at: at.map(|x| x as f32), bin: binning.bin((1.5 * value).sin()) }
        })
        .collect()
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let (image, centre) = (blobs(), [1.0, -2.0, 0.5]);
        let level = Level::new(&image, 0.0).unwrap();
        let places = places(&level, 16, centre);
        let moving_bins = Binning::new([-2.0, 2.0], 20);
        let metric = Metric { places: &places, fixed_bins: 16, moving: &level, moving_bins, centre };
        let from = AffineTransform::about(super::super::rigid::rotation([0.05, -0.02, 0.04]), centre, [0.7, -0.4, 0.3]);
        for (affine, flat) in [(false, None), (true, None), (false, Some(2)), (true, Some(2))] {
            let freedom = Freedom::new(&IDENTITY, flat, affine);
            let here = metric.at(&from, &freedom.motions);
            assert!(here.overlap == 1.0);
            for n in 0..freedom.motions.0.len() {
                let aside = |by: f64| {
                    let mut amounts = vec![0.0; freedom.motions.0.len()];
                    amounts[n] = by;
                    metric.at(&from.after(&freedom.step(&amounts, centre)), &freedom.motions).information
                };
                let h = 1e-4;
                let slope = (aside(h) - aside(-h)) / (2.0 * h);
                let scale = if n < if flat.is_some() { 2 } else { 3 } { 1.0 } else { 10.0 };
                assert!((here.gradient[n] - slope).abs() < 2e-3 * scale, "{affine} {n}: {} is not {slope}", here.gradient[n]);
            }
        }
    }

    /// Two equal images of k equally frequent values share ln k.
    #[test]
    fn information_of_known_tables() {
        let mut counts = vec![0.0; 64];
        (0..8).for_each(|n| counts[9 * n] = 5.0);
        assert!((information(&counts, 8, 40.0).0 - 8f64.ln()).abs() < 1e-12);
        assert!(information(&[1.0; 64], 8, 64.0).0.abs() < 1e-12);
    }

    #[test]
    fn window_weights_sum_to_one_and_their_slopes_to_nothing() {
        for t in [0.0, 0.3, 0.99, 1.0] {
            assert!((window(t).iter().sum::<f64>() - 1.0).abs() < 1e-14);
            assert!(window_slope(t).iter().sum::<f64>().abs() < 1e-14);
            let h = 1e-6;
            let (up, down) = (window(t + h), window(t - h));
            assert!((0..4).all(|n| ((up[n] - down[n]) / (2.0 * h) - window_slope(t)[n]).abs() < 1e-8));
        }
    }
}
