//! The search for the transform of most mutual information at one resolution.
//!
//! A damped Newton method with an outer-product curvature, which needs about ten looks at the images where gradient descent needs a hundred.
//! It is written here because general optimisers do not know that rotations compose, nor that millimetres of displacement, not parameters,
//! are what a step and a bound should be measured by.

use super::metric::{Metric, Motions, Value};
use super::rigid::rotation;
use crate::image::AffineTransform;
use crate::image::grid::IDENTITY;
use crate::statistic::linear::Cholesky;

/// What may move, and how.
#[derive(Debug, Clone)]
pub(super) struct Freedom {
    pub motions: Motions,
    /// Whether steps keep distances.
    pub rigid: bool,
}

impl Freedom {
    /// Turns about and shifts along the fixed grid's axes; with `flat`, an axis of one voxel, only those within the slice. With `affine` any
    /// linear map of space or of the slice.
    pub(super) fn new(direction: &[[f64; 3]; 3], flat: Option<usize>, affine: bool) -> Freedom {
        let axis = |a: usize| direction.map(|row| row[a]);
        let shift = |a: usize| AffineTransform { matrix: [[0.0; 3]; 3], offset: axis(a) };
        let outer = |a: usize, b: usize| {
            let (to, from) = (axis(a), axis(b));
            to.map(|t| from.map(|f| t * f))
        };
        let kept: Vec<usize> = (0..3).filter(|a| Some(*a) != flat).collect();
        let mut motions: Vec<AffineTransform> = kept.iter().map(|a| shift(*a)).collect();
        for &a in &kept {
            for &b in &kept {
                let stretch = outer(a, b);
                if affine {
                    motions.push(AffineTransform { matrix: stretch, offset: [0.0; 3] });
                } else if a < b {
                    // A turn in the plane of two axes.
                    let back = outer(b, a);
                    let turn = [0, 1, 2].map(|r| [0, 1, 2].map(|c| back[r][c] - stretch[r][c]));
                    motions.push(AffineTransform { matrix: turn, offset: [0.0; 3] });
                }
            }
        }
        Freedom { motions: Motions(motions), rigid: !affine }
    }

    /// The map of a step, about a centre.
    pub(super) fn step(&self, amounts: &[f64], centre: [f64; 3]) -> AffineTransform {
        let (mut matrix, mut shift) = ([[0.0; 3]; 3], [0.0; 3]);
        for (motion, amount) in self.motions.0.iter().zip(amounts) {
            for r in 0..3 {
                shift[r] += amount * motion.offset[r];
                (0..3).for_each(|c| matrix[r][c] += amount * motion.matrix[r][c]);
            }
        }
        let matrix = if self.rigid {
            rotation([matrix[2][1], matrix[0][2], matrix[1][0]])
        } else {
            [0, 1, 2].map(|r| [0, 1, 2].map(|c| IDENTITY[r][c] + matrix[r][c]))
        };
        AffineTransform::about(matrix, centre, shift)
    }
}

/// What the search may do.
pub(super) struct Limits {
    /// Longest step, mm of the corner that moves most.
    pub step: f64,
    /// A step that moves no corner by more than this is the last, mm.
    pub tolerance: f64,
    /// No corner may end further than this from where `start` puts it, mm.
    pub reach: f64,
    pub start: AffineTransform,
    /// Least part of the places that must lie on the moving image.
    pub overlap: f64,
    pub iterations: usize,
    /// Corners of the box around the places, LPS, mm.
    pub corners: [[f64; 3]; 8],
}

/// Where a search ended.
#[derive(Debug, Clone)]
pub(super) struct Summit {
    pub transform: AffineTransform,
    pub value: Value,
    pub iterations: usize,
    /// Whether the steps became small before they were used up.
    pub converged: bool,
    /// Whether the reach held it back in the end.
    pub at_bound: bool,
}

/// Part of the reach that counts as its end.
const AT_BOUND: f64 = 1e-3;

/// The largest distance between where two maps put the corners.
pub(super) fn apart(a: &AffineTransform, b: &AffineTransform, corners: &[[f64; 3]]) -> f64 {
    let distance = |corner: &[f64; 3]| {
        let (a, b) = (a.apply(*corner), b.apply(*corner));
        (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt()
    };
    corners.iter().map(distance).fold(0.0, f64::max)
}

/// Climbs from a transform.
///
/// # Reference
/// Damping: Marquardt 1963, J Soc Indust Appl Math 11:431; curvature: see [`Metric::at`].
pub(super) fn climb(metric: &Metric, freedom: &Freedom, from: AffineTransform, limits: &Limits) -> Summit {
    let value = metric.at(&from, &freedom.motions);
    let mut here = Summit { transform: from, value, iterations: 0, converged: false, at_bound: false };
    let mut damping = 1e-2;
    // The outer product overstates the curvature where noise is steep; steps grow while they gain more than foretold.
    let mut stride = 1.0;
    while here.iterations < limits.iterations && !here.converged {
        here.iterations += 1;
        let Some(mut step) = newton(&here.value, damping) else { break };
        step.iter_mut().for_each(|amount| *amount *= stride);
        let map = |share: f64| {
            let amounts: Vec<f64> = step.iter().map(|amount| share * amount).collect();
            here.transform.after(&freedom.step(&amounts, metric.centre))
        };
        let length = apart(&map(1.0), &here.transform, &limits.corners);
        let mut share = if length > limits.step { limits.step / length } else { 1.0 };
        let beyond = |share: f64| apart(&map(share), &limits.start, &limits.corners) > limits.reach;
        if beyond(share) {
            let (mut inside, mut outside) = (0.0, share);
            for _ in 0..30 {
                let middle = 0.5 * (inside + outside);
                if beyond(middle) { outside = middle } else { inside = middle }
            }
            share = inside;
        }
        let there = map(share);
        let moved = apart(&there, &here.transform, &limits.corners);
        let value = metric.at(&there, &freedom.motions);
        let gain = value.information - here.value.information;
        if gain > 0.0 && value.overlap >= limits.overlap && there.determinant() > 0.0 {
            let kept = gain / foretold(&here.value, &step, share);
            stride = if kept > 0.9 { (stride * 1.5f64).min(4.0) } else { (stride * 0.7).max(1.0) };
            // A step that gains far less than foretold has gone too far, though not downhill yet.
            damping = (damping
                * if kept > 0.5 {
                    0.2
                } else if kept > 0.25 {
                    1.0
                } else {
                    4.0
                })
            .max(1e-6);
            (here.transform, here.value) = (there, value);
        } else {
            damping *= 8.0;
            stride = 1.0;
        }
        here.converged = moved <= limits.tolerance;
    }
    here.at_bound = apart(&here.transform, &limits.start, &limits.corners) > (1.0 - AT_BOUND) * limits.reach;
    here
}

/// The damped Newton step; `None` when nothing can be told from the images.
fn newton(value: &Value, damping: f64) -> Option<Vec<f64>> {
    let n = value.gradient.len();
    let mut damped = value.curvature.clone();
    for r in 0..n {
        damped[(r, r)] *= 1.0 + damping;
    }
    let largest = (0..n).map(|r| damped[(r, r)]).fold(0.0, f64::max);
    if !(largest > 0.0) {
        return None;
    }
    // A motion that changes nothing (stripes slid along themselves) stays as it is.
    for r in 0..n {
        damped[(r, r)] += 1e-12 * largest;
    }
    Cholesky::new(&damped, 0.0).ok().map(|factor| factor.solve(&value.gradient))
}

/// What the quadratic model gains by a share of the step.
fn foretold(value: &Value, step: &[f64], share: f64) -> f64 {
    let n = step.len();
    let slope: f64 = step.iter().zip(&value.gradient).map(|(s, g)| s * g).sum();
    let bend: f64 = (0..n).map(|r| (0..n).map(|c| step[r] * value.curvature[(r, c)] * step[c]).sum::<f64>()).sum();
    share * slope - 0.5 * share * share * bend
}
