//! Recursive Gaussian: smoothing and its second derivative in a time that does not depend on the width.

use pulp::Arch;

use crate::image::{BoundingBox, Volume};

use super::block::{Block, extent};

/// Lines that are filtered side by side: the recursion waits for itself along one line, not across eight.
const LANES: usize = 8;
type Lane = [f64; LANES];

/// Which derivative of the Gaussian a filter convolves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The Gaussian itself.
    Smooth,
    /// Its second derivative, times σ² in mm² (normalised across scales) and per voxel², as in ITK.
    Second,
}

/// Coefficients of a fourth-order recursive filter that runs once forward and once backward.
///
/// # Definition
/// Forward `p[t] = Σ_{m=0..3} n_m x[t − m] − Σ_{m=1..4} d_m p[t − m]`, backward `q[t] = Σ_{m=1..4} (a_m x[t + m] − d_m q[t + m])`,
/// response `p + q`; beyond its ends the line goes on with its end values, on which both recursions have settled.
///
/// # Reference
/// Deriche R. Recursively implementing the Gaussian and its derivatives. INRIA RR-1893, 1993; the fit of Farnebäck & Westin
/// (Improving Deriche-style recursive Gaussian filters, J Math Imaging Vis 2006) as in ITK `RecursiveGaussianImageFilter`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recursion {
    n: [f64; 4],
    a: [f64; 4],
    d: [f64; 4],
}

/// Frequencies and decay rates of the two damped oscillations, for σ = 1.
const FREQUENCY: [f64; 2] = [0.6681, 2.0787];
const DECAY: [f64; 2] = [-1.3932, -1.3732];
/// Cosine and sine amplitudes of both, for the Gaussian and for its second derivative.
const GAUSSIAN: [[f64; 2]; 2] = [[1.3530, 1.8151], [-0.3531, 0.0902]];
const CURVATURE: [[f64; 2]; 2] = [[-1.3563, 5.2318], [0.3446, -2.2355]];

/// Sums of coefficients, of their products with their lag, and with its square.
fn moments(coefficients: impl Iterator<Item = (usize, f64)>) -> [f64; 3] {
    coefficients.fold([0.0; 3], |[s, d, e], (lag, c)| {
        let lag = lag as f64;
        [s + c, d + lag * c, e + lag * lag * c]
    })
}

impl Recursion {
    /// The filter of width `sigma_mm` on voxels `spacing` mm apart.
    pub fn new(order: Order, sigma_mm: f64, spacing: f64) -> Self {
        let sigma = sigma_mm / spacing;
        let damped = [0, 1].map(|o| {
            let (sin, cos) = (FREQUENCY[o] / sigma).sin_cos();
            (sin, cos, (DECAY[o] / sigma).exp())
        });
        let d = denominator(damped);
        let [sd, dd, ed] = moments(std::iter::once(1.0).chain(d).enumerate());
        let smooth = numerator(GAUSSIAN, damped);
        let [s0, ..] = moments(smooth.into_iter().enumerate());
        let n = match order {
            Order::Smooth => {
                // The response to a constant is that constant.
                let gain = 2.0 * s0 / sd - smooth[0];
                smooth.map(|c| c / gain)
            }
            Order::Second => {
                // No response to a constant; the response to t² is 2 (times σ²).
                let curved = numerator(CURVATURE, damped);
                let [s2, ..] = moments(curved.into_iter().enumerate());
                let beta = -(2.0 * s2 - sd * curved[0]) / (2.0 * s0 - sd * smooth[0]);
                let n: [f64; 4] = std::array::from_fn(|m| curved[m] + beta * smooth[m]);
                let [s, dn, e] = moments(n.into_iter().enumerate());
                let gain = (e * sd * sd - ed * s * sd - 2.0 * dn * dd * sd + 2.0 * dd * dd * s) / (sd * sd * sd);
                n.map(|c| c * sigma_mm * sigma_mm / gain)
            }
        };
        let a = std::array::from_fn(|m| n.get(m + 1).unwrap_or(&0.0) - d[m] * n[0]);
        Recursion { n, a, d }
    }

    /// How far a voxel is felt, in voxels: beyond, its weight is below `share` of its weight at home.
    pub fn reach(sigma_mm: f64, spacing: f64, share: f64) -> usize {
        (share.ln() / DECAY[1] * sigma_mm / spacing).ceil() as usize
    }

    /// Filters eight lines of `x` side by side; `forward` is scratch, the response ends in `response`.
    #[inline(always)]
    fn run(&self, x: &[Lane], response: &mut [Lane]) {
        let (n, a, d) = (self.n, self.a, self.d);
        let decay: f64 = 1.0 + d.iter().sum::<f64>();
        let settle = |gain: f64, end: Lane| end.map(|value| value * gain / decay);
        let mut past = [x[0]; 3];
        let mut before = [settle(n.iter().sum(), x[0]); 4];
        for (now, out) in x.iter().zip(response.iter_mut()) {
            let mut y = [0.0; LANES];
            for l in 0..LANES {
                let fed = n[0] * now[l] + n[1] * past[0][l] + n[2] * past[1][l] + n[3] * past[2][l];
                y[l] = fed - d[3] * before[3][l] - d[2] * before[2][l] - d[1] * before[1][l] - d[0] * before[0][l];
            }
            past = [*now, past[0], past[1]];
            before = [y, before[0], before[1], before[2]];
            *out = y;
        }
        let end = x[x.len() - 1];
        let mut past = [end; 4];
        let mut before = [settle(a.iter().sum(), end); 4];
        for (now, out) in x.iter().zip(response.iter_mut()).rev() {
            let mut y = [0.0; LANES];
            for l in 0..LANES {
                let fed = a[0] * past[0][l] + a[1] * past[1][l] + a[2] * past[2][l] + a[3] * past[3][l];
                y[l] = fed - d[3] * before[3][l] - d[2] * before[2][l] - d[1] * before[1][l] - d[0] * before[0][l];
                out[l] += y[l];
            }
            past = [*now, past[0], past[1], past[2]];
            before = [y, before[0], before[1], before[2]];
        }
    }
}

fn denominator([(_, cos1, exp1), (_, cos2, exp2)]: [(f64, f64, f64); 2]) -> [f64; 4] {
    // (1 − 2 e₁ c₁ z + e₁² z²)(1 − 2 e₂ c₂ z + e₂² z²)
    let (p, q) = ([-2.0 * exp1 * cos1, exp1 * exp1], [-2.0 * exp2 * cos2, exp2 * exp2]);
    [p[0] + q[0], p[1] + q[1] + p[0] * q[0], p[0] * q[1] + p[1] * q[0], p[1] * q[1]]
}

fn numerator(amplitude: [[f64; 2]; 2], damped: [(f64, f64, f64); 2]) -> [f64; 4] {
    // Each oscillation is (A + (B sin − A cos) e z) / (1 − 2 e cos z + e² z²); both over their common denominator.
    let [one, two] = [0, 1].map(|o| {
        let ((sin, cos, exp), [a, b]) = (damped[o], amplitude[o]);
        ([a, exp * (b * sin - a * cos)], [1.0, -2.0 * exp * cos, exp * exp])
    });
    let mut n = [0.0; 4];
    for ((top, _), (_, bottom)) in [(one, two), (two, one)] {
        for (m, t) in top.iter().enumerate() {
            for (l, b) in bottom.iter().enumerate() {
                n[m + l] += t * b;
            }
        }
    }
    n
}

/// A box of voxels where it lies in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    values: &'a [f64],
    stride: [usize; 3],
    size: [usize; 3],
}

impl<'a> View<'a> {
    /// The voxels of an image in a box.
    pub fn of(image: &'a Volume, place: &BoundingBox) -> Self {
        let [nx, ny, _] = image.grid.size;
        View { values: &image.values[image.grid.at(place.start)..], stride: [1, nx, nx * ny], size: extent(place) }
    }
}

impl<'a> From<&'a Block> for View<'a> {
    fn from(block: &'a Block) -> Self {
        let [nx, ny, _] = block.size;
        View { values: &block.values, stride: [1, nx, nx * ny], size: block.size }
    }
}

/// Filters a box along `axis` with each recursion, and keeps the responses from `kept[0]` up to `kept[1]` along it.
pub(super) fn recurse<const M: usize>(view: View, axis: usize, recursions: &[Recursion; M], kept: [usize; 2]) -> [Block; M] {
    let n = view.size[axis];
    let mut size = view.size;
    size[axis] = kept[1] - kept[0];
    let mut responses: [Block; M] = std::array::from_fn(|_| Block { size, values: vec![0.0; size.iter().product()] });
    let (mut x, mut response) = (vec![[0.0; LANES]; n], vec![[0.0; LANES]; n]);
    // Lines that are neighbours along i lie side by side in memory; lines along i themselves are taken from neighbouring rows.
    let [side, other] = [[1, 2], [0, 2], [0, 1]][axis];
    let (from, to) = (view.stride, [1, size[0], size[0] * size[1]]);
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for slice in 0..size[other] {
                for first in (0..size[side]).step_by(LANES) {
                    let count = LANES.min(size[side] - first);
                    let together = side == 0 && count == LANES;
                    let source = slice * from[other] + first * from[side];
                    for (t, lane) in x.iter_mut().enumerate() {
                        let at = source + t * from[axis];
                        if together {
                            lane.copy_from_slice(&view.values[at..at + LANES]);
                        } else {
                            *lane = std::array::from_fn(|l| view.values[at + l.min(count - 1) * from[side]]);
                        }
                    }
                    let target = slice * to[other] + first * to[side];
                    for (recursion, out) in recursions.iter().zip(&mut responses) {
                        recursion.run(&x, &mut response);
                        for (t, lane) in response[kept[0]..kept[1]].iter().enumerate() {
                            let at = target + t * to[axis];
                            if together {
                                out.values[at..at + LANES].copy_from_slice(lane);
                            } else {
                                (0..count).for_each(|l| out.values[at + l * to[side]] = lane[l]);
                            }
                        }
                    }
                }
            }
        },
    );
    responses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_have_the_derivatives_that_they_have() {
        let n = 120;
        let line = |f: &dyn Fn(f64) -> f64| Block { size: [n, 1, 1], values: (0..n).map(|t| f(t as f64)).collect() };
        for (sigma, spacing) in [(1.0, 1.0), (2.5, 0.8), (3.0, 2.0)] {
            let recursions = [Order::Smooth, Order::Second].map(|order| Recursion::new(order, sigma, spacing));
            let [smooth, second] = recurse((&line(&|_| 4.0)).into(), 0, &recursions, [0, n]);
            assert!(smooth.values.iter().all(|y| (y - 4.0).abs() < 1e-12), "a constant is kept, its ends too");
            assert!(second.values.iter().all(|y| y.abs() < 1e-10));
            let [_, second] = recurse((&line(&|t| t * t)).into(), 0, &recursions, [60, 61]);
            assert!((second.values[0] - 2.0 * sigma * sigma).abs() < 1e-6 * sigma * sigma, "{}", second.values[0]);
        }
    }
}
