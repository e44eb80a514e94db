//! Spatial autocorrelation of the intensities in a region: do near voxels resemble each other?

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};
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

fn weighted_sums(roi: &Roi, mean: f64) -> WeightedSums {
    let size = roi.size.map(|n| smooth(2 * n - 1));
    let total: usize = size.iter().product();
    // Two real images ride in each complex one: deviation + i · mask, and deviation² + i · weight.
    let mut images = [vec![Complex64::ZERO; total], vec![Complex64::ZERO; total]];
    for (at, _) in roi.inside.iter().enumerate().filter(|(_, inside)| **inside) {
        let [i, j, k] = roi.voxel(at);
        let to = i + size[0] * (j + size[1] * k);
        let deviation = roi.intensity[at] - mean;
        images[0][to] = Complex64::new(deviation, 1.0);
        images[1][to].re = deviation * deviation;
    }
    let square = |axis: usize, at: usize| (at.min(size[axis] - at) as f64 * roi.spacing[axis]).powi(2);
    let by_axis: [Vec<f64>; 3] = std::array::from_fn(|axis| (0..size[axis]).map(|at| square(axis, at)).collect());
    for k in 0..size[2] {
        for j in 0..size[1] {
            let row = &mut images[1][size[0] * (j + size[1] * k)..][..size[0]];
            let across = by_axis[1][j] + by_axis[2][k];
            row.iter_mut().zip(&by_axis[0]).for_each(|(at, along)| at.im = 1.0 / (across + along).sqrt());
        }
    }
    images[1][0].im = 0.0;
    let mut planner = FftPlanner::new();
    let plans = size.map(|n| planner.plan_fft_forward(n));
    transform(&mut images[0], size, &plans, roi.size);
    transform(&mut images[1], size, &plans, size);

    // By Parseval, Σ w(d) (a ⋆ b)(d) = Σ_f W(f) A(f)* B(f) / total. W is real, since w(d) = w(−d).
    let mut sums = [0.0; 3];
    let opposite = |at: usize, n: usize| if at == 0 { 0 } else { n - at };
    for k in 0..size[2] {
        for j in 0..size[1] {
            let row = size[0] * (j + size[1] * k);
            let mirrored = size[0] * (opposite(j, size[1]) + size[1] * opposite(k, size[2]));
            for i in 0..size[0] {
                let (here, there) = (row + i, mirrored + opposite(i, size[0]));
                // Two real images are told apart by the symmetry of their transforms.
                let (z, mirror) = (images[0][here], images[0][there].conj());
                let deviation = (z + mirror) * 0.5;
                let mask = (z - mirror) * Complex64::new(0.0, -0.5);
                let (z, mirror) = (images[1][here], images[1][there].conj());
                let squares = (z + mirror) * 0.5;
                let weight = (z.im - mirror.im, z.re - mirror.re);
                let weight = Complex64::new(weight.0, -weight.1).re * 0.5;
                sums[0] += weight * mask.norm_sqr();
                sums[1] += weight * deviation.norm_sqr();
                sums[2] += weight * (squares * mask.conj()).re;
            }
        }
    }
    let [weights, products, squares] = sums.map(|sum| sum / total as f64);
    WeightedSums { weights, products, squared_differences: 2.0 * (squares - products) }
}

/// The transform of a block along its three axes; outside `filled` the block is zero, and rows of zeros are left alone.
fn transform(block: &mut [Complex64], size: [usize; 3], plans: &[Arc<dyn Fft<f64>>; 3], filled: [usize; 3]) {
    let [nx, ny, nz] = size;
    let mut scratch = vec![Complex64::ZERO; plans.iter().map(|plan| plan.get_inplace_scratch_len()).max().unwrap_or(0)];
    for k in 0..filled[2] {
        for j in 0..filled[1] {
            plans[0].process_with_scratch(&mut block[nx * (j + ny * k)..][..nx], &mut scratch);
        }
    }
    // Columns are gathered several at a time, so that memory is read in lines.
    const TOGETHER: usize = 8;
    let mut columns =
        |block: &mut [Complex64], plan: &Arc<dyn Fft<f64>>, first: usize, stride: usize, length: usize, width: usize| {
            let mut gathered = vec![Complex64::ZERO; length * width];
            for at in 0..length {
                for column in 0..width {
                    gathered[column * length + at] = block[first + at * stride + column];
                }
            }
            plan.process_with_scratch(&mut gathered, &mut scratch);
            for at in 0..length {
                for column in 0..width {
                    block[first + at * stride + column] = gathered[column * length + at];
                }
            }
        };
    for k in 0..filled[2] {
        for i in (0..nx).step_by(TOGETHER) {
            columns(block, &plans[1], i + nx * ny * k, nx, ny, TOGETHER.min(nx - i));
        }
    }
    for j in 0..ny {
        for i in (0..nx).step_by(TOGETHER) {
            columns(block, &plans[2], i + nx * j, nx * ny, nz, TOGETHER.min(nx - i));
        }
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
