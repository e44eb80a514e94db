//! The Tofts models as a function of kep alone, tabulated once for all voxels of a series.
//!
//! Given kep, the tissue curve is linear in Ktrans and vp, so the best of these two follow in closed form (variable projection) and only kep
//! is searched. The tissue curve of unit Ktrans, g(kep), is tabulated with its derivative at nodes of kep; between nodes it is the cubic
//! through both (Hermite), whose error is below 10⁻⁷ of g. A voxel then needs inner products with a few nodes, whatever the number of
//! steps of the search.

use crate::parametric::aif::Aif;
use crate::parametric::convolution::Convolution;
use crate::parametric::minimum::minimum;

/// Upper bounds of the parameters; the lower bounds are zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Transfer constant, 1/min.
    pub ktrans: f64,
    /// Rate constant, 1/min.
    pub kep: f64,
    /// Extravascular extracellular volume fraction.
    pub ve: f64,
    /// Plasma volume fraction.
    pub vp: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { ktrans: 5.0, kep: 20.0, ve: 1.0, vp: 1.0 }
    }
}

/// The best parameters of a voxel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solution {
    /// Rate constant, 1/min.
    pub kep: f64,
    /// Transfer constant, 1/min.
    pub ktrans: f64,
    /// Plasma volume fraction.
    pub vp: f64,
    /// How much of the curve's sum of squares the model explains.
    pub explained: f64,
}

/// Inner products of the two columns (tissue curve of unit Ktrans, plasma curve) with each other and with the data.
#[derive(Debug, Clone, Copy, Default)]
pub struct Products {
    /// Tissue · tissue.
    pub gg: f64,
    /// Tissue · plasma.
    pub gc: f64,
    /// Plasma · plasma; zero without a plasma term.
    pub cc: f64,
    /// Data · tissue.
    pub yg: f64,
    /// Data · plasma.
    pub yc: f64,
}

impl Products {
    fn explained(&self, ktrans: f64, vp: f64) -> f64 {
        2.0 * (ktrans * self.yg + vp * self.yc) - (ktrans * ktrans * self.gg + 2.0 * ktrans * vp * self.gc + vp * vp * self.cc)
    }

    /// The best Ktrans and vp within [0, `ktrans`] and [0, `vp`], and what they explain.
    #[inline]
    pub fn solve(&self, ktrans: f64, vp: f64) -> (f64, f64, f64) {
        let determinant = self.gg * self.cc - self.gc * self.gc;
        if determinant > 1e-12 * self.gg * self.cc {
            let k = (self.yg * self.cc - self.yc * self.gc) / determinant;
            let v = (self.yc * self.gg - self.yg * self.gc) / determinant;
            if (0.0..=ktrans).contains(&k) && (0.0..=vp).contains(&v) {
                return (k, v, k * self.yg + v * self.yc);
            }
        }
        // The function is convex: with its lowest point outside the box, the best lies on an edge.
        let along_k = |v: f64| if self.gg > 0.0 { ((self.yg - v * self.gc) / self.gg).clamp(0.0, ktrans) } else { 0.0 };
        let along_v = |k: f64| if self.cc > 0.0 { ((self.yc - k * self.gc) / self.cc).clamp(0.0, vp) } else { 0.0 };
        let mut best = (along_k(0.0), 0.0, 0.0);
        best.2 = self.explained(best.0, best.1);
        if self.cc > 0.0 {
            for (k, v) in [(along_k(vp), vp), (0.0, along_v(0.0)), (ktrans, along_v(ktrans))] {
                let explained = self.explained(k, v);
                if explained > best.2 {
                    best = (k, v, explained);
                }
            }
        }
        best
    }
}

/// Inner product; four sums at a time, which the compiler turns into vector instructions.
#[inline]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// kep below which nodes are evenly spaced and above which they are spaced by a constant factor, 1/min.
const KNEE: f64 = 0.05;
/// Intervals between nodes; a multiple of the stride of the first search.
const INTERVALS: usize = 192;
/// Nodes between two that the first search visits.
const STRIDE: usize = 8;

/// The table for one series of times, one AIF and one delay.
pub struct KepTable {
    images: usize,
    bounds: Bounds,
    step: f64,
    keps: Vec<f64>,
    /// Tissue curve of unit Ktrans at each node, node by node.
    curves: Vec<f64>,
    /// Its derivative along the nodes, times the distance of nodes.
    slopes: Vec<f64>,
    /// Inner products of the four vectors that span an interval, by interval.
    interval: Vec<[[f64; 4]; 4]>,
    /// Inner products with the plasma curve of curve and slope, by node; zero without a plasma term.
    with_plasma: Vec<[f64; 2]>,
    /// Plasma curve; empty without a plasma term.
    plasma: Vec<f64>,
    plasma_square: f64,
}

impl KepTable {
    /// The table for an AIF that reaches the tissue `delay` s after it is measured, with or without a plasma term.
    pub fn new(aif: &Aif, seconds: &[f64], delay: f64, with_vp: bool, bounds: Bounds) -> Self {
        let (images, nodes) = (seconds.len(), INTERVALS + 1);
        let step = (1.0 + bounds.kep / KNEE).ln() / INTERVALS as f64;
        let keps: Vec<f64> = (0..nodes).map(|node| KNEE * (node as f64 * step).exp_m1()).collect();
        let (mut curves, mut slopes) = (vec![0.0; nodes * images], vec![0.0; nodes * images]);
        let rows = curves.chunks_exact_mut(images).zip(slopes.chunks_exact_mut(images));
        for ((curve, slope), kep) in rows.zip(&keps) {
            Convolution::new(aif, *kep).at(seconds, delay, curve, slope);
            slope.iter_mut().for_each(|value| *value *= (kep + KNEE) * step);
        }
        let plasma: Vec<f64> = if with_vp { seconds.iter().map(|time| aif.at(time - delay)).collect() } else { Vec::new() };
        let row = |of: &[f64], node: usize| of[node * images..(node + 1) * images].to_vec();
        let interval = (0..INTERVALS)
            .map(|at| {
                let span = [row(&curves, at), row(&slopes, at), row(&curves, at + 1), row(&slopes, at + 1)];
                std::array::from_fn(|a| std::array::from_fn(|b| dot(&span[a], &span[b])))
            })
            .collect();
        let with_plasma = (0..nodes)
            .map(|node| match with_vp {
                true => [dot(&row(&curves, node), &plasma), dot(&row(&slopes, node), &plasma)],
                false => [0.0; 2],
            })
            .collect();
        let plasma_square = dot(&plasma, &plasma);
        KepTable { images, bounds, step, keps, curves, slopes, interval, with_plasma, plasma, plasma_square }
    }

    fn curve(&self, node: usize) -> &[f64] {
        &self.curves[node * self.images..(node + 1) * self.images]
    }

    fn slope(&self, node: usize) -> &[f64] {
        &self.slopes[node * self.images..(node + 1) * self.images]
    }

    /// Ktrans may not exceed its own bound, nor what the bound of ve leaves at this kep.
    fn highest_ktrans(&self, kep: f64) -> f64 {
        self.bounds.ktrans.min(kep * self.bounds.ve)
    }

    /// Place of a kep along the nodes, in intervals.
    pub fn place(&self, kep: f64) -> f64 {
        (kep / KNEE).ln_1p() / self.step
    }

    /// kep at a place along the nodes.
    pub fn kep(&self, place: f64) -> f64 {
        KNEE * (place * self.step).exp_m1()
    }

    fn at_node(&self, node: usize, curve: &[f64], yc: f64, known: &mut [f64; INTERVALS + 1]) -> f64 {
        if known[node].is_nan() {
            known[node] = dot(curve, self.curve(node));
        }
        let gg = match node {
            INTERVALS => self.interval[node - 1][2][2],
            _ => self.interval[node][0][0],
        };
        let products = Products { gg, gc: self.with_plasma[node][0], cc: self.plasma_square, yg: known[node], yc };
        products.solve(self.highest_ktrans(self.keps[node]), self.bounds.vp).2
    }

    /// The best Ktrans and vp of tissue that gives nothing back (kep = 0), where ve has no meaning and no bound.
    pub fn fit_irreversible(&self, curve: &[f64]) -> Solution {
        let yc = if self.plasma.is_empty() { 0.0 } else { dot(curve, &self.plasma) };
        let (gg, gc) = (self.interval[0][0][0], self.with_plasma[0][0]);
        let products = Products { gg, gc, cc: self.plasma_square, yg: dot(curve, self.curve(0)), yc };
        let (ktrans, vp, explained) = products.solve(self.bounds.ktrans, self.bounds.vp);
        Solution { kep: 0.0, ktrans, vp, explained }
    }

    /// The kep, Ktrans and vp within the bounds that explain most of a concentration curve.
    pub fn fit(&self, curve: &[f64]) -> Solution {
        let yc = if self.plasma.is_empty() { 0.0 } else { dot(curve, &self.plasma) };
        let mut known = [f64::NAN; INTERVALS + 1];
        let (mut best, mut most) = (0, f64::NEG_INFINITY);
        for node in (0..=INTERVALS).step_by(STRIDE) {
            let explained = self.at_node(node, curve, yc, &mut known);
            if explained > most {
                (best, most) = (node, explained);
            }
        }
        let mut stride = STRIDE / 2;
        while stride > 0 {
            for node in [best.checked_sub(stride), Some(best + stride).filter(|node| *node <= INTERVALS)].into_iter().flatten() {
                let explained = self.at_node(node, curve, yc, &mut known);
                if explained > most {
                    (best, most) = (node, explained);
                }
            }
            stride /= 2;
        }
        let (from, to) = (best.saturating_sub(1), (best + 1).min(INTERVALS));
        let mut data = [[0.0; 2]; 3];
        for (node, pair) in (from..=to).zip(&mut data) {
            *pair = [if known[node].is_nan() { dot(curve, self.curve(node)) } else { known[node] }, dot(curve, self.slope(node))];
        }
        let products = |place: f64| {
            let at = (place.floor() as usize).clamp(from, to - 1);
            let weights = hermite(place - at as f64);
            let ([y0, y1], [c0, c1]) = ([data[at - from], data[at - from + 1]], [self.with_plasma[at], self.with_plasma[at + 1]]);
            let mix = |a: [f64; 2], b: [f64; 2]| weights[0] * a[0] + weights[1] * a[1] + weights[2] * b[0] + weights[3] * b[1];
            let square = |rows: &[[f64; 4]; 4]| -> f64 {
                rows.iter().zip(&weights).map(|(row, w)| w * row.iter().zip(&weights).map(|(g, v)| g * v).sum::<f64>()).sum()
            };
            Products { gg: square(&self.interval[at]), gc: mix(c0, c1), cc: self.plasma_square, yg: mix(y0, y1), yc }
        };
        let solve = |place: f64| products(place).solve(self.highest_ktrans(self.kep(place)), self.bounds.vp);
        let place = minimum(from as f64, to as f64, 1e-7, |place| -solve(place).2);
        // The search keeps off the ends of its interval; the ends of the whole range are bounds that a fit may reach.
        let ends = [0, INTERVALS].into_iter().filter(|node| *node == best).map(|node| node as f64);
        let place = ends.fold(place, |place, end| if solve(end).2 >= solve(place).2 { end } else { place });
        let (ktrans, vp, explained) = solve(place);
        Solution { kep: self.kep(place), ktrans, vp, explained }
    }
}

/// Weights of value, slope, next value, next slope at a share of an interval.
#[inline]
fn hermite(share: f64) -> [f64; 4] {
    let rest = 1.0 - share;
    [(1.0 + 2.0 * share) * rest * rest, share * rest * rest, share * share * (3.0 - 2.0 * share), -share * share * rest]
}
