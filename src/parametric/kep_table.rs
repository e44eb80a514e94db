//! The Tofts models as a function of kep alone, tabulated once for all voxels of a series.
//!
//! Given kep, the tissue curve is linear in Ktrans and vp, so the best of these two follow in closed form (variable projection) and only kep
//! is searched. The tissue curve of unit Ktrans, g(kep), is tabulated with its derivative at nodes of kep; between nodes it is the cubic
//! through both (Hermite), whose error is below 10⁻⁷ of g. All of it is kept as coordinates in the few directions that these curves span.
//! A voxel is projected onto them once, tried at every eighth node together with its neighbours, and then followed to its own lowest point.

use pulp::{Arch, Simd, WithSimd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::parametric::aif::Aif;
use crate::parametric::convolution::Convolution;
use crate::parametric::minimum::minimum;
use crate::parametric::products::{Prepared, Products, dot};
use crate::parametric::subspace::Subspace;

/// Upper bounds of the parameters; the lower bounds are zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
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
#[derive(Debug, Clone, Copy, PartialEq, Default)]
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

/// kep below which nodes are evenly spaced and above which they are spaced by a constant factor, 1/min.
const KNEE: f64 = 0.05;
/// Intervals between nodes; a multiple of the stride of the first search.
const INTERVALS: usize = 192;
/// Nodes between two that the first search visits.
const STRIDE: usize = 8;
/// Nodes between two of those from which the subspace is made.
const SPANNING: usize = 4;
/// Voxels that go through the first search together.
pub const TILE: usize = 8;
/// Directions that are summed at once: with their sums for a tile they fill the registers.
const TOGETHER: usize = 4;

/// The table for one series of times, one AIF and one delay.
pub struct KepTable {
    images: usize,
    bounds: Bounds,
    step: f64,
    subspace: Subspace,
    /// Numbers per node: the rank of the subspace, rounded up to whole groups.
    width: usize,
    /// Directions, image by image, `width` to an image.
    directions: Vec<f64>,
    /// Coordinates of the tissue curve of unit Ktrans, node by node.
    curves: Vec<f64>,
    /// Coordinates of its derivative along the nodes, times the distance of nodes.
    slopes: Vec<f64>,
    nodes: Vec<Prepared>,
    /// Inner products of the four vectors that span an interval, by interval.
    interval: Vec<[[f64; 4]; 4]>,
    /// Inner products with the plasma curve of curve and slope, by node; zero without a plasma term.
    with_plasma: Vec<[f64; 2]>,
    /// Coordinates of the plasma curve; zero without a plasma term.
    plasma: Vec<f64>,
    plasma_square: f64,
}

impl KepTable {
    /// The table for an AIF that reaches the tissue `delay` s after it is measured, with or without a plasma term.
    pub fn new(aif: &Aif, seconds: &[f64], delay: f64, with_vp: bool, bounds: Bounds) -> Self {
        let (images, count) = (seconds.len(), INTERVALS + 1);
        let step = (1.0 + bounds.kep / KNEE).ln() / INTERVALS as f64;
        let keps: Vec<f64> = (0..count).map(|node| KNEE * (node as f64 * step).exp_m1()).collect();
        let (mut curves, mut slopes) = (vec![0.0; count * images], vec![0.0; count * images]);
        let rows = curves.chunks_exact_mut(images).zip(slopes.chunks_exact_mut(images));
        for ((curve, slope), kep) in rows.zip(&keps) {
            Convolution::new(aif, *kep).at(seconds, delay, curve, slope);
            slope.iter_mut().for_each(|value| *value *= (kep + KNEE) * step);
        }
        let plasma: Vec<f64> = match with_vp {
            true => seconds.iter().map(|time| aif.at(time - delay)).collect(),
            false => vec![0.0; images],
        };
        // Some of the nodes span what lies between them as well.
        let some = |rows: &[f64]| rows.chunks_exact(images).step_by(SPANNING).map(<[f64]>::to_vec).collect::<Vec<_>>();
        let spanning = [some(&curves), some(&slopes), vec![plasma.clone()]].concat();
        let spanning: Vec<&[f64]> = spanning.iter().map(Vec::as_slice).collect();
        let subspace = Subspace::new(images, &spanning);
        let width = subspace.rank().next_multiple_of(TOGETHER);
        let padded = |row: &[f64]| row.iter().copied().chain(std::iter::repeat(0.0)).take(width).collect::<Vec<f64>>();
        let directions = (0..images).flat_map(|image| padded(subspace.at(image))).collect();
        let short =
            |rows: &[f64]| rows.chunks_exact(images).flat_map(|row| padded(&subspace.coordinates(row))).collect::<Vec<f64>>();
        let (curves, slopes, plasma) = (short(&curves), short(&slopes), short(&plasma));
        let row = |of: &[f64], node: usize| of[node * width..(node + 1) * width].to_vec();
        let interval = (0..INTERVALS)
            .map(|at| {
                let span = [row(&curves, at), row(&slopes, at), row(&curves, at + 1), row(&slopes, at + 1)];
                std::array::from_fn(|a| std::array::from_fn(|b| dot(&span[a], &span[b])))
            })
            .collect();
        let with_plasma: Vec<[f64; 2]> =
            (0..count).map(|node| [dot(&row(&curves, node), &plasma), dot(&row(&slopes, node), &plasma)]).collect();
        let plasma_square = dot(&plasma, &plasma);
        let mut table = KepTable {
            images,
            bounds,
            step,
            subspace,
            width,
            directions,
            curves,
            slopes,
            nodes: Vec::new(),
            interval,
            with_plasma,
            plasma,
            plasma_square,
        };
        table.nodes = (0..count)
            .map(|node| {
                let gg = dot(table.curve(node), table.curve(node));
                Prepared::new(gg, table.with_plasma[node][0], plasma_square, table.highest_ktrans(keps[node]), bounds.vp)
            })
            .collect();
        table
    }

    #[inline(always)]
    fn curve(&self, node: usize) -> &[f64] {
        &self.curves[node * self.width..(node + 1) * self.width]
    }

    #[inline(always)]
    fn slope(&self, node: usize) -> &[f64] {
        &self.slopes[node * self.width..(node + 1) * self.width]
    }

    /// Ktrans may not exceed its own bound, nor what the bound of ve leaves at this kep.
    #[inline(always)]
    fn highest_ktrans(&self, kep: f64) -> f64 {
        self.bounds.ktrans.min(kep * self.bounds.ve)
    }

    /// Number of directions that hold all curves of the table.
    pub fn rank(&self) -> usize {
        self.subspace.rank()
    }

    /// Place of a kep along the nodes, in intervals.
    pub fn place(&self, kep: f64) -> f64 {
        (kep / KNEE).ln_1p() / self.step
    }

    /// kep at a place along the nodes.
    #[inline(always)]
    pub fn kep(&self, place: f64) -> f64 {
        KNEE * (place * self.step).exp_m1()
    }

    /// The best parameters of several voxels. `curves` holds their concentrations image by image, `lanes` (a multiple of [`TILE`]) to an
    /// image; without `reversible` the tissue gives nothing back (kep = 0), where ve has no meaning and no bound.
    pub fn fit(&self, curves: &[f64], lanes: usize, reversible: bool, solutions: &mut [Solution]) {
        let tile = Tile { coordinates: vec![[0.0; TILE]; self.width], own: vec![0.0; self.width] };
        Arch::new().dispatch(Tiles { table: self, curves, lanes, reversible, tile, solutions });
    }

    #[inline(always)]
    fn fit_tile(&self, curves: &[f64], lanes: usize, first: usize, reversible: bool, tile: &mut Tile, found: &mut [Solution]) {
        self.project(curves, lanes, first, &mut tile.coordinates);
        let mut yc = [0.0; TILE];
        along(&tile.coordinates, &self.plasma, &mut yc);
        let mut best = [0.0; TILE];
        if reversible {
            let mut most = [f64::NEG_INFINITY; TILE];
            for node in (0..=INTERVALS).step_by(STRIDE) {
                let mut yg = [0.0; TILE];
                along(&tile.coordinates, self.curve(node), &mut yg);
                let (prepared, place) = (&self.nodes[node], node as f64);
                for lane in 0..TILE {
                    let explained = prepared.explained(yg[lane], yc[lane]);
                    let better = explained > most[lane];
                    most[lane] = if better { explained } else { most[lane] };
                    best[lane] = if better { place } else { best[lane] };
                }
            }
        }
        for (lane, found) in found.iter_mut().enumerate() {
            tile.own.iter_mut().zip(&tile.coordinates).for_each(|(own, row)| *own = row[lane]);
            *found = match reversible {
                true => self.follow(&tile.own, yc[lane], best[lane] as usize),
                false => self.irreversible(&tile.own, yc[lane]),
            };
        }
    }

    /// Coordinates of a tile of curves.
    #[inline(always)]
    fn project(&self, curves: &[f64], lanes: usize, first: usize, coordinates: &mut [[f64; TILE]]) {
        for (group, rows) in coordinates.chunks_exact_mut(TOGETHER).enumerate() {
            let mut sums = [[0.0; TILE]; TOGETHER];
            for image in 0..self.images {
                let values = &curves[image * lanes + first..image * lanes + first + TILE];
                let factors = &self.directions[image * self.width + group * TOGETHER..][..TOGETHER];
                for (sums, factor) in sums.iter_mut().zip(factors) {
                    for lane in 0..TILE {
                        sums[lane] = factor.mul_add(values[lane], sums[lane]);
                    }
                }
            }
            rows.copy_from_slice(&sums);
        }
    }

    /// The best Ktrans and vp of tissue that gives nothing back.
    #[inline(always)]
    fn irreversible(&self, own: &[f64], yc: f64) -> Solution {
        let products = Products {
            gg: self.interval[0][0][0],
            gc: self.with_plasma[0][0],
            cc: self.plasma_square,
            yg: dot(own, self.curve(0)),
            yc,
        };
        let (ktrans, vp, explained) = products.solve(self.bounds.ktrans, self.bounds.vp);
        Solution { kep: 0.0, ktrans, vp, explained }
    }

    /// Inner product with the curve of a node, and what is explained there.
    #[inline(always)]
    fn at_node(&self, own: &[f64], yc: f64, node: usize) -> (f64, f64) {
        let yg = dot(own, self.curve(node));
        (yg, self.nodes[node].explained(yg, yc))
    }

    /// From the best node of the first search to the best kep: halving the distance of nodes, then between two of them.
    #[inline(always)]
    fn follow(&self, own: &[f64], yc: f64, mut best: usize) -> Solution {
        let (mut yg, mut most) = self.at_node(own, yc, best);
        let mut stride = STRIDE / 2;
        while stride > 0 {
            let middle = best;
            for node in [middle.wrapping_sub(stride), middle + stride] {
                if node <= INTERVALS {
                    let (product, explained) = self.at_node(own, yc, node);
                    if explained > most {
                        (best, yg, most) = (node, product, explained);
                    }
                }
            }
            stride /= 2;
        }
        // The slope at the best node tells on which side of it the top lies.
        let slope_here = dot(own, self.slope(best));
        let right = best < INTERVALS && {
            let other = best + 1;
            self.rise([yg, slope_here, dot(own, self.curve(other)), dot(own, self.slope(other))], yc, best, 0.0).0 > 0.0
        };
        let (from, data) = match (right, best) {
            (true, _) => (best, [yg, slope_here, dot(own, self.curve(best + 1)), dot(own, self.slope(best + 1))]),
            // At kep = 0 and no rise from there, the bound is the answer.
            (false, 0) => return self.solution(0, 0.0, [yg, slope_here, 0.0, 0.0], yc),
            (false, _) => (best - 1, [dot(own, self.curve(best - 1)), dot(own, self.slope(best - 1)), yg, slope_here]),
        };
        let share = self.top(data, yc, from);
        let found = self.solution(from, share, data, yc);
        if found.explained >= most {
            return found;
        }
        self.solution(from, if right { 0.0 } else { 1.0 }, data, yc)
    }

    /// Share of an interval at which most is explained.
    #[inline(always)]
    fn top(&self, data: [f64; 4], yc: f64, from: usize) -> f64 {
        const ROUNDS: usize = 30;
        const CLOSE: f64 = 1e-6;
        let (mut low, mut high) = (0.0, 1.0);
        let (mut rise_low, mut rise_high) = (self.rise(data, yc, from, low).0, self.rise(data, yc, from, high).0);
        if !(rise_low > 0.0 && rise_high < 0.0) {
            // No change of sign: the top is an end of the range, or there are several.
            let share = minimum(0.0, 1.0, 1e-6, |share| -self.rise(data, yc, from, share).1);
            return [0.0, 1.0].into_iter().fold(share, |best, end| {
                if self.rise(data, yc, from, end).1 >= self.rise(data, yc, from, best).1 { end } else { best }
            });
        }
        // False position; an end that stays is halved, so that both close in (Illinois).
        let mut kept = 0;
        for _ in 0..ROUNDS {
            let share = low + (high - low) * rise_low / (rise_low - rise_high);
            let rise = self.rise(data, yc, from, share).0;
            let moved = if rise > 0.0 { share - low } else { high - share };
            if rise > 0.0 {
                (low, rise_low) = (share, rise);
                rise_high *= if kept == 1 { 0.5 } else { 1.0 };
                kept = 1;
            } else {
                (high, rise_high) = (share, rise);
                rise_low *= if kept == -1 { 0.5 } else { 1.0 };
                kept = -1;
            }
            if high - low < CLOSE || moved < CLOSE {
                return share;
            }
        }
        0.5 * (low + high)
    }

    /// How what is explained changes along an interval, and what is explained. The best Ktrans and vp change along with kep, but at their
    /// best that change counts only where the bound of ve moves Ktrans.
    #[inline(always)]
    fn rise(&self, data: [f64; 4], yc: f64, from: usize, share: f64) -> (f64, f64) {
        let (products, [gg, gc, yg]) = self.products(data, yc, from, share);
        let kep = self.kep(from as f64 + share);
        let highest = self.highest_ktrans(kep);
        let (k, v, explained) = products.solve(highest, self.bounds.vp);
        let mut rise = 2.0 * k * yg - k * k * gg - 2.0 * k * v * gc;
        if k >= highest && highest < self.bounds.ktrans {
            let gain = 2.0 * (products.yg - k * products.gg - v * products.gc);
            rise += gain * self.bounds.ve * (kep + KNEE) * self.step;
        }
        (rise, explained)
    }

    #[inline(always)]
    fn solution(&self, from: usize, share: f64, data: [f64; 4], yc: f64) -> Solution {
        let kep = self.kep(from as f64 + share);
        let (ktrans, vp, explained) = self.products(data, yc, from, share).0.solve(self.highest_ktrans(kep), self.bounds.vp);
        Solution { kep, ktrans, vp, explained }
    }

    /// Inner products within an interval, and how those with the tissue curve change along it.
    #[inline(always)]
    fn products(&self, data: [f64; 4], yc: f64, from: usize, share: f64) -> (Products, [f64; 3]) {
        let (weights, change) = hermite(share);
        let square = &self.interval[from];
        let mixed: [f64; 4] = std::array::from_fn(|row| mix(square[row], weights));
        let ([c0, c1], [c2, c3]) = (self.with_plasma[from], self.with_plasma[from + 1]);
        let plasma = [c0, c1, c2, c3];
        let products =
            Products { gg: mix(mixed, weights), gc: mix(plasma, weights), cc: self.plasma_square, yg: mix(data, weights), yc };
        (products, [2.0 * mix(mixed, change), mix(plasma, change), mix(data, change)])
    }
}

/// All tiles of some voxels: what is compiled for each width of registers.
struct Tiles<'a> {
    table: &'a KepTable,
    curves: &'a [f64],
    lanes: usize,
    reversible: bool,
    tile: Tile,
    solutions: &'a mut [Solution],
}

impl WithSimd for Tiles<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        for (at, found) in self.solutions.chunks_mut(TILE).enumerate() {
            self.table.fit_tile(self.curves, self.lanes, at * TILE, self.reversible, &mut self.tile, found);
        }
    }
}

/// Working memory of a tile.
struct Tile {
    coordinates: Vec<[f64; TILE]>,
    own: Vec<f64>,
}

/// Inner products of a tile of voxels with one curve, both as coordinates.
#[inline(always)]
fn along(coordinates: &[[f64; TILE]], curve: &[f64], sums: &mut [f64; TILE]) {
    for (row, factor) in coordinates.iter().zip(curve) {
        for lane in 0..TILE {
            sums[lane] = factor.mul_add(row[lane], sums[lane]);
        }
    }
}

#[inline(always)]
fn mix(a: [f64; 4], b: [f64; 4]) -> f64 {
    (a[0] * b[0] + a[1] * b[1]) + (a[2] * b[2] + a[3] * b[3])
}

/// Weights of value, slope, next value, next slope at a share of an interval, and how they change there.
#[inline(always)]
fn hermite(share: f64) -> ([f64; 4], [f64; 4]) {
    let (rest, square) = (1.0 - share, share * share);
    let weights = [(1.0 + 2.0 * share) * rest * rest, share * rest * rest, square * (3.0 - 2.0 * share), -square * rest];
    let bend = 6.0 * (square - share);
    (weights, [bend, rest * (1.0 - 3.0 * share), -bend, 3.0 * square - 2.0 * share])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parametric::aif::{HAEMATOCRIT, Population};

    #[test]
    fn the_subspace_holds_every_node() {
        let seconds: Vec<f64> = (0..60).map(|image| f64::from(image) * 6.0).collect();
        let aif = Aif::population(Population::Parker, 20.0, 400.0, HAEMATOCRIT).unwrap();
        let table = KepTable::new(&aif, &seconds, 0.0, true, Bounds::default());
        assert!(table.rank() < 25, "{}", table.rank());
        let (mut curve, mut slope) = (vec![0.0; 60], vec![0.0; 60]);
        for node in 0..=INTERVALS {
            let kep = table.kep(node as f64);
            Convolution::new(&aif, kep).at(&seconds, 0.0, &mut curve, &mut slope);
            slope.iter_mut().for_each(|value| *value *= (kep + KNEE) * table.step);
            for (full, short) in [(&curve, table.curve(node)), (&slope, table.slope(node))] {
                assert!((dot(full, full) / dot(short, short) - 1.0).abs() < 1e-8, "node {node}");
            }
        }
    }
}
