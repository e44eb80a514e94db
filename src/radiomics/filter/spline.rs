//! Cubic B-spline interpolation at a fixed offset from every voxel.

use super::block::Block;
use super::convolve::{Kernel, correlate};

/// The pole of the cubic B-spline.
const POLE: f64 = -0.267_949_192_431_122_7; // √3 − 2

/// Voxels after which the pole has decayed to a part in 10¹².
pub(super) const REACH: usize = 21;

/// Coefficients of the cubic B-spline through the values of a block, reflected about its edge voxels (each of them once).
///
/// # Reference
/// Unser M. Splines: a perfect fit for signal and image processing. IEEE Signal Process Mag 1999.
pub(super) fn coefficients(mut block: Block) -> Block {
    for axis in 0..3 {
        let n = block.size[axis];
        if n < 2 {
            continue;
        }
        let stride: usize = block.size[..axis].iter().product();
        for segment in block.values.chunks_exact_mut(n * stride) {
            for first in 0..stride {
                along(segment, first, stride, n);
            }
        }
    }
    block
}

fn along(values: &mut [f64], first: usize, stride: usize, n: usize) {
    let at = |t: usize| first + t * stride;
    for t in 0..n {
        values[at(t)] *= 6.0;
    }
    let last = POLE.powi(n as i32 - 1);
    let mut power = POLE;
    let mut start = values[at(0)] + last * values[at(n - 1)];
    for t in 1..n - 1 {
        start += power * (values[at(t)] + last * values[at(n - 1 - t)]);
        power *= POLE;
    }
    values[at(0)] = start / (1.0 - last * last);
    for t in 1..n {
        values[at(t)] += POLE * values[at(t - 1)];
    }
    values[at(n - 1)] = (POLE * values[at(n - 2)] + values[at(n - 1)]) * POLE / (POLE * POLE - 1.0);
    for t in (0..n - 1).rev() {
        values[at(t)] = POLE * (values[at(t + 1)] - values[at(t)]);
    }
}

/// The spline at `offset` (in voxels, along i, j, k) from each voxel `margin` inside the block of coefficients.
pub(super) fn shifted(coefficients: &Block, offset: [f64; 3], margin: usize) -> Block {
    let mut size = coefficients.size;
    let mut start = [0; 3];
    let weights = offset.map(|x| {
        let t = x - x.floor();
        let (s, t3) = (1.0 - t, t * t * t);
        let (w0, w3) = (s * s * s / 6.0, t3 / 6.0);
        let w1 = (t * t * (t - 2.0) * 3.0 + 4.0) / 6.0;
        let w2 = (s * s * (s - 2.0) * 3.0 + 4.0) / 6.0;
        vec![w0, w1, w2, w3]
    });
    for axis in 0..3 {
        start[axis] = (margin as isize + offset[axis].floor() as isize - 1) as usize;
        size[axis] = size[axis] - 2 * margin + 3;
    }
    let mut values = coefficients.inner(start, size);
    for (axis, taps) in weights.into_iter().enumerate() {
        values = correlate(&values, axis, &Kernel { taps, origin: 0, dilation: 1 });
    }
    values
}
