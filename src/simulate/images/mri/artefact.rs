//! What scanners and patients add: noise, an uneven receive field, motion between images.

use rand::Rng;
use rand_distr::StandardNormal;

use crate::image::Grid;
use crate::simulate::images::field::SmoothField;
use crate::simulate::images::geometry::{Rigid, minus};

/// The magnitude of a signal with independent Gaussian noise of standard deviation `sd` in both channels.
///
/// # Definition
/// `√((S + n₁)² + n₂²)`: Rician. Without signal it is Rayleigh's law with mean `sd √(π/2)`.
///
/// # Reference
/// Gudbjartsson and Patz 1995, Magn Reson Med 34:910.
pub fn rician(signal: f64, sd: f64, rng: &mut impl Rng) -> f64 {
    let (real, imaginary): (f64, f64) = (rng.sample(StandardNormal), rng.sample(StandardNormal));
    (signal + sd * real).hypot(sd * imaginary)
}

/// A smooth positive receive field over a grid: the exponential of a smooth random field.
pub fn receive_field(grid: &Grid, strength: f64, rng: &mut impl Rng) -> Vec<f32> {
    let far = grid.point(grid.size.map(|n| n as f64 - 1.0));
    let field = SmoothField::new(grid.origin, far, 75.0, rng);
    // The field is smooth over centimetres: every fourth voxel along i is enough, straight lines between.
    let [nx, ny, nz] = grid.size;
    let mut values = Vec::with_capacity(grid.voxels());
    for k in 0..nz {
        for j in 0..ny {
            let knots: Vec<f64> = (0..=nx / 4 + 1)
                .map(|knot| (strength * field.at(grid.point([(4 * knot) as f64, j as f64, k as f64]))).exp())
                .collect();
            values.extend((0..nx).map(|i| {
                let (knot, t) = (i / 4, (i % 4) as f64 / 4.0);
                (knots[knot] * (1.0 - t) + knots[knot + 1] * t) as f32
            }));
        }
    }
    values
}

/// An image after motion: at every voxel what lay where its tissue came from, by cubic convolution; 0 beyond the edge.
///
/// # Reference
/// Keys 1981, IEEE Trans Acoust 29:1153, with a = −1/2.
pub fn moved(grid: &Grid, image: &[f32], motion: &Rigid) -> Vec<f32> {
    if motion.is_none() {
        return image.to_vec();
    }
    let [nx, ny, nz] = grid.size;
    let mut values = vec![0.0f32; image.len()];
    let index_of = |point: [f64; 3]| {
        let from = minus(motion.undo(point), grid.origin);
        [0, 1, 2].map(|axis| from[axis] / grid.spacing[axis])
    };
    // The motion is affine: the place of a voxel is that of the first voxel plus whole steps.
    let first = index_of(grid.point([0.0; 3]));
    let steps: [[f64; 3]; 3] =
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|unit| minus(index_of(grid.point(unit)), first));
    for k in 0..nz {
        for j in 0..ny {
            for i in 0..nx {
                let at: [f64; 3] = std::array::from_fn(|axis| {
                    first[axis] + steps[0][axis] * i as f64 + steps[1][axis] * j as f64 + steps[2][axis] * k as f64
                });
                if !is_air(grid, image, at) {
                    values[grid.at([i, j, k])] = cubic(grid, image, at);
                }
            }
        }
    }
    values
}

/// Whether the voxels two steps around a place hold nothing: most of an image, for which interpolation would be wasted.
fn is_air(grid: &Grid, image: &[f32], at: [f64; 3]) -> bool {
    let probe = |offset: [f64; 3]| {
        let index: [usize; 3] =
            std::array::from_fn(|axis| (at[axis] + offset[axis]).round().clamp(0.0, grid.size[axis] as f64 - 1.0) as usize);
        image[grid.at(index)] == 0.0
    };
    let steps = [-2.0, 2.0];
    probe([0.0; 3]) && steps.iter().all(|x| steps.iter().all(|y| steps.iter().all(|z| probe([*x, *y, *z]))))
}

fn cubic(grid: &Grid, image: &[f32], at: [f64; 3]) -> f32 {
    let mut first = [0isize; 3];
    let mut taps = [[0.0f32; 4]; 3];
    for axis in 0..3 {
        let whole = at[axis].floor();
        if whole < -1.0 || whole > grid.size[axis] as f64 - 1.0 {
            return 0.0;
        }
        let t = (at[axis] - whole) as f32;
        first[axis] = whole as isize - 1;
        taps[axis] = [
            ((-0.5 * t + 1.0) * t - 0.5) * t,
            (1.5 * t - 2.5) * t * t + 1.0,
            ((-1.5 * t + 2.0) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ];
    }
    let inside = |axis: usize, tap: usize| {
        let index = first[axis] + tap as isize;
        (index >= 0 && (index as usize) < grid.size[axis]).then_some(index as usize)
    };
    let mut sum = 0.0;
    for c in 0..4 {
        let Some(k) = inside(2, c) else { continue };
        for b in 0..4 {
            let Some(j) = inside(1, b) else { continue };
            let row = grid.size[0] * (j + grid.size[1] * k);
            let weight = taps[2][c] * taps[1][b];
            for (a, tap) in taps[0].iter().enumerate() {
                if let Some(i) = inside(0, a) {
                    sum += weight * tap * image[row + i];
                }
            }
        }
    }
    // A magnitude image has no negative signal; overshoot at edges would make one.
    sum.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::stream;

    #[test]
    fn background_noise_has_rayleighs_mean_and_signal_its_own() {
        let mut rng = stream(2, &["noise"], 0);
        let n = 200_000;
        let mean = |signal: f64, rng: &mut _| (0..n).map(|_| rician(signal, 7.0, rng)).sum::<f64>() / n as f64;
        let background = mean(0.0, &mut rng);
        // Standard error: 7 √(2 − π/2) / √n = 0.0103.
        assert!((background - 7.0 * (std::f64::consts::PI / 2.0).sqrt()).abs() < 0.05, "{background}");
        // At high signal the mean is S + sd²/2S.
        assert!((mean(700.0, &mut rng) - (700.0 + 49.0 / 1400.0)).abs() < 0.08);
    }

    #[test]
    fn a_shift_by_whole_voxels_moves_the_image_and_a_linear_image_survives_any_shift() {
        let grid = Grid::plain([20, 18, 16], [1.0, 2.0, 1.5]);
        let image: Vec<f32> = (0..grid.voxels()).map(|at| 100.0 + (at % 20) as f32 * 3.0 + (at / 360) as f32).collect();
        let shift = |mm| Rigid { translation: mm, ..Rigid::none([10.0, 10.0, 10.0]) };
        let by_voxels = moved(&grid, &image, &shift([2.0, 0.0, 3.0]));
        assert_eq!(by_voxels[grid.at([10, 9, 8])], image[grid.at([8, 9, 6])]);
        let by_part = moved(&grid, &image, &shift([0.3, 0.0, 0.6]));
        let expected = image[grid.at([10, 9, 8])] - 0.9 - 0.4;
        assert!((by_part[grid.at([10, 9, 8])] - expected).abs() < 1e-3);
    }
}
