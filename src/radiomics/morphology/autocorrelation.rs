//! Spatial autocorrelation of the intensities in a region: do near voxels resemble each other?

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};
use std::ops::Range;
use std::sync::Arc;

use crate::radiomics::roi::Roi;

/// Moran's I and Geary's C of the intensity mask; `None` where all intensities are equal.
///
/// # Definition
/// With weights w_ij = 1 / distance of the centres of voxels i ≠ j, and n voxels of mean μ:
/// I = n / Σw · Σ w_ij (x_i − μ)(x_j − μ) / Σ (x_i − μ)², C = (n − 1) / (2 Σw) · Σ w_ij (x_i − x_j)² / Σ (x_i − μ)².
///
/// All pairs are quadratically many. Each sum is a correlation of two images weighted by distance, though, and two Fourier transforms of the
/// box, padded so that it does not wrap, give them all in n log n. That is exact up to rounding: no pair is left out or approximated.
pub(crate) fn moran_and_geary(roi: &Roi) -> Option<[f64; 2]> {
    // What surrounds the region would only make the transforms larger.
    let roi = &roi.tight().ok()?;
    let values = roi.values();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    if !(squares > 0.0) || values.iter().all(|x| *x == values[0]) {
        return None;
    }
    let sums = weighted_sums(roi, mean);
    let moran = n / sums.weights * sums.products / squares;
    let geary = (n - 1.0) / (2.0 * sums.weights) * sums.squared_differences / squares;
    Some([moran, geary])
}

/// Sums over all ordered pairs of different voxels, each weighted by 1 / distance.
struct WeightedSums {
    /// Σ w
    weights: f64,
    /// Σ w (x_i − μ)(x_j − μ)
    products: f64,
    /// Σ w (x_i − x_j)²
    squared_differences: f64,
}

/// A size that the transform likes: the least product of 2, 3 and 5 that is not below `n`.
fn smooth(n: usize) -> usize {
    let has_only_small_factors = |mut n: usize| {
        for factor in [2, 3, 5] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    (n..).find(|n| has_only_small_factors(*n)).unwrap_or(n)
}

/// Bytes that the spectra of one pass may take.
const ROOM: usize = 32 << 20;

/// By Parseval, Σ w(d) (a ⋆ b)(d) = Σ_f W(f) A(f)* B(f) / total, where W is real since w(d) = w(−d). The images are real, so that half of
/// the frequencies along i tell all. They are gone through in passes, each of as many as there is room for, so that the memory
/// does not grow with the region: eight times its box, for every image, would be more than the scan itself.
fn weighted_sums(roi: &Roi, mean: f64) -> WeightedSums {
    let size = roi.size.map(|n| smooth(2 * n - 1));
    let half = size[0] / 2 + 1;
    let mut planner = FftPlanner::new();
    let plans = size.map(|n| planner.plan_fft_forward(n));
    let mut planes = Planes::new(roi.size, size, &plans);
    let each = size_of::<Complex64>() * 3 * roi.size[1] * roi.size[2] + size_of::<f64>() * planes.corner[0] * planes.corner[1];
    let together = (ROOM / each.max(1)).clamp(1, half);
    let mut sums = [0.0; 3];
    for first in (0..half).step_by(together) {
        let frequencies = first..(first + together).min(half);
        let images = along_rows(roi, mean, size[0], &plans[0], &frequencies);
        let weights = weights_along_rows(roi, size, planes.corner, &plans[0], &frequencies);
        let (rows, corner) = (roi.size[1] * roi.size[2], planes.corner[0] * planes.corner[1]);
        for (at, frequency) in frequencies.enumerate() {
            // All but the first frequency, and the middle one of an even number, stand for their mirror image too.
            let twice = if frequency == 0 || 2 * frequency == size[0] { 1.0 } else { 2.0 };
            let of = |image: &Vec<Complex64>| image[at * rows..(at + 1) * rows].to_vec();
            let found = planes.sums([0, 1, 2].map(|n| of(&images[n])), &weights[at * corner..(at + 1) * corner]);
            sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += twice * found);
        }
    }
    let total: usize = size.iter().product();
    let [weights, products, squares] = sums.map(|sum| sum / total as f64);
    WeightedSums { weights, products, squared_differences: 2.0 * (squares - products) }
}

/// Transforms along i of the deviations, the mask and the squared deviations: of each frequency, the rows of the region.
fn along_rows(roi: &Roi, mean: f64, length: usize, plan: &Arc<dyn Fft<f64>>, frequencies: &Range<usize>) -> [Vec<Complex64>; 3] {
    let rows = roi.size[1] * roi.size[2];
    let mut images = [0, 1, 2].map(|_| vec![Complex64::ZERO; rows * frequencies.len()]);
    let mut scratch = vec![Complex64::ZERO; plan.get_inplace_scratch_len()];
    let (mut packed, mut squares) = (vec![Complex64::ZERO; length], vec![Complex64::ZERO; length]);
    for row in 0..rows {
        packed.fill(Complex64::ZERO);
        squares.fill(Complex64::ZERO);
        let mut any = false;
        let line = row * roi.size[0]..(row + 1) * roi.size[0];
        for (i, (inside, value)) in roi.inside[line.clone()].iter().zip(&roi.intensity[line]).enumerate() {
            if *inside {
                // Two real images ride in one complex: deviation + i · mask.
                packed[i] = Complex64::new(value - mean, 1.0);
                squares[i].re = (value - mean) * (value - mean);
                any = true;
            }
        }
        if !any {
            continue;
        }
        plan.process_with_scratch(&mut packed, &mut scratch);
        plan.process_with_scratch(&mut squares, &mut scratch);
        for (at, frequency) in frequencies.clone().enumerate() {
            // They are told apart by the symmetry of their transforms.
            let (z, mirror) = (packed[frequency], packed[(length - frequency) % length].conj());
            images[0][at * rows + row] = (z + mirror) * 0.5;
            images[1][at * rows + row] = (z - mirror) * Complex64::new(0.0, -0.5);
            images[2][at * rows + row] = squares[frequency];
        }
    }
    images
}

/// Transforms along i of 1 / distance, which are real: of each frequency, the rows at the distances along j and k that occur.
fn weights_along_rows(
    roi: &Roi,
    size: [usize; 3],
    corner: [usize; 2],
    plan: &Arc<dyn Fft<f64>>,
    frequencies: &Range<usize>,
) -> Vec<f64> {
    let square = |axis: usize, at: usize| (at as f64 * roi.spacing[axis]).powi(2);
    let along: Vec<f64> = (0..size[0]).map(|at| square(0, at.min(size[0] - at))).collect();
    let rows = corner[0] * corner[1];
    let mut weights = vec![0.0; rows * frequencies.len()];
    let mut scratch = vec![Complex64::ZERO; plan.get_inplace_scratch_len()];
    let mut packed = vec![Complex64::ZERO; size[0]];
    for pair in (0..rows).step_by(2) {
        let across = |row: usize| square(1, row % corner[0]) + square(2, row / corner[0]);
        let weight = |along: f64, across: f64| if along + across > 0.0 { 1.0 / (along + across).sqrt() } else { 0.0 };
        let (one, other) = (across(pair), across(pair + 1));
        for (at, along) in packed.iter_mut().zip(&along) {
            *at = Complex64::new(weight(*along, one), weight(*along, other));
        }
        plan.process_with_scratch(&mut packed, &mut scratch);
        for (at, frequency) in frequencies.clone().enumerate() {
            weights[at * rows + pair] = packed[frequency].re;
            if pair + 1 < rows {
                weights[at * rows + pair + 1] = packed[frequency].im;
            }
        }
    }
    weights
}

/// What remains to be transformed once a frequency along i is fixed: planes along j and k.
struct Planes<'a> {
    filled: [usize; 2],
    size: [usize; 2],
    /// Distances along j and k that occur, zero among them.
    corner: [usize; 2],
    plans: [&'a Arc<dyn Fft<f64>>; 2],
    scratch: Vec<Complex64>,
}

impl<'a> Planes<'a> {
    fn new(filled: [usize; 3], size: [usize; 3], plans: &'a [Arc<dyn Fft<f64>>; 3]) -> Self {
        let longest = plans.iter().map(|plan| plan.get_inplace_scratch_len()).max().unwrap_or(0);
        Planes {
            filled: [filled[1], filled[2]],
            size: [size[1], size[2]],
            corner: [size[1] / 2 + 1, size[2] / 2 + 1],
            plans: [&plans[1], &plans[2]],
            scratch: vec![Complex64::ZERO; longest],
        }
    }

    /// Σ W |mask|², Σ W |deviation|² and Σ W Re(square · mask*) over the frequencies along j and k.
    fn sums(&mut self, images: [Vec<Complex64>; 3], weights: &[f64]) -> [f64; 3] {
        let [ny, nz] = self.size;
        let padded = |rows: &[Complex64]| -> Vec<Complex64> {
            let mut wide = vec![Complex64::ZERO; ny * self.filled[1]];
            for (wide, row) in wide.chunks_exact_mut(ny).zip(rows.chunks_exact(self.filled[0])) {
                wide[..row.len()].copy_from_slice(row);
            }
            wide
        };
        let mut wide = images.map(|image| padded(&image));
        for image in &mut wide {
            self.plans[0].process_with_scratch(image, &mut self.scratch);
        }
        // The weights' rows are even and real; two of them ride in one complex.
        let [cy, cz] = self.corner;
        let mut even = vec![0.0; ny * cz];
        let mut packed = vec![Complex64::ZERO; ny];
        for k in (0..cz).step_by(2) {
            let other = (k + 1).min(cz - 1);
            for (j, at) in packed.iter_mut().enumerate() {
                let j = j.min(ny - j);
                *at = Complex64::new(weights[j + cy * k], weights[j + cy * other]);
            }
            self.plans[0].process_with_scratch(&mut packed, &mut self.scratch);
            for (j, at) in packed.iter().enumerate() {
                even[j + ny * other] = at.im;
                even[j + ny * k] = at.re;
            }
        }
        // Columns are gathered several at a time, so that memory is read in lines.
        const TOGETHER: usize = 8;
        let mut columns = [0, 1, 2, 3].map(|_| vec![Complex64::ZERO; nz * TOGETHER]);
        let mut sums = [0.0; 3];
        for first in (0..ny).step_by(TOGETHER) {
            let width = TOGETHER.min(ny - first);
            for (column, image) in columns.iter_mut().zip(&wide) {
                column.fill(Complex64::ZERO);
                for k in 0..self.filled[1] {
                    for at in 0..width {
                        column[at * nz + k] = image[first + at + ny * k];
                    }
                }
            }
            for k in 0..nz {
                for at in 0..width {
                    columns[3][at * nz + k] = Complex64::new(even[first + at + ny * k.min(nz - k)], 0.0);
                }
            }
            for column in &mut columns {
                self.plans[1].process_with_scratch(&mut column[..width * nz], &mut self.scratch);
            }
            let [deviation, mask, square, weight] = &columns;
            for at in 0..width * nz {
                let weight = weight[at].re;
                sums[0] += weight * mask[at].norm_sqr();
                sums[1] += weight * deviation[at].norm_sqr();
                sums[2] += weight * (square[at] * mask[at].conj()).re;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transform_gives_the_sums_over_all_pairs() {
        let size = [7, 5, 4];
        let intensity: Vec<f64> = (0..140).map(|at| 100.0 + ((at * 37) % 23) as f64 + at as f64 * 0.1).collect();
        let inside: Vec<bool> = (0..140).map(|at| at % 3 != 0 && at % 11 != 2).collect();
        let roi = Roi { size, spacing: [0.7, 1.1, 3.0], start: [0; 3], intensity, morphology: inside.clone(), inside };
        let members: Vec<usize> = (0..140).filter(|at| roi.inside[*at]).collect();
        let n = members.len() as f64;
        let mean = members.iter().map(|at| roi.intensity[*at]).sum::<f64>() / n;
        let (mut weights, mut products, mut differences) = (0.0, 0.0, 0.0);
        for a in &members {
            for b in members.iter().filter(|b| *b != a) {
                let (p, q) = (roi.voxel(*a), roi.voxel(*b));
                let square: f64 = (0..3).map(|axis| ((p[axis] as f64 - q[axis] as f64) * roi.spacing[axis]).powi(2)).sum();
                let (x, y, weight) = (roi.intensity[*a], roi.intensity[*b], 1.0 / square.sqrt());
                weights += weight;
                products += weight * (x - mean) * (y - mean);
                differences += weight * (x - y) * (x - y);
            }
        }
        let found = weighted_sums(&roi, mean);
        for (found, expected) in [(found.weights, weights), (found.products, products), (found.squared_differences, differences)]
        {
            assert!((found - expected).abs() < 1e-11 * expected.abs().max(1.0) * 10.0, "{found} {expected}");
        }
    }
}
