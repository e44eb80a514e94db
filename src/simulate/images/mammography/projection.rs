//! The compressed breast as a detector sees it.
//!
//! # Definition
//! Compression is taken as uniform: a column of tissue along the rays of length `2h` becomes one of the compressed thickness at
//! most,
//! and the breast spreads across the rays by [`SPREAD`]. A pixel's attenuation is thickness times the mean over the column. The
//! lesion
//! is stiff: it keeps its shape, placed where its centre goes.

use crate::simulate::images::breast::Breast;
use crate::simulate::images::geometry::Point;

/// How much the breast spreads along the chest wall and towards the nipple.
pub const SPREAD: [f64; 2] = [1.12, 1.22];
/// Linear attenuation at 20 keV, 1/mm.
pub const FAT: f64 = 0.0456;
/// The same of glandular tissue, muscle and skin.
pub const GLAND: f64 = 0.0802;
/// Step along rays and of the cache, mm.
const STEP: f64 = 1.0;

/// The breast sampled once for all rays: share of gland and distance to the skin on a lattice.
pub struct Sampled {
    low: Point,
    size: [usize; 3],
    values: Vec<[f32; 2]>,
}

impl Sampled {
    /// Samples a breast in front of its muscle.
    pub fn new(breast: &Breast) -> Self {
        let [a, c, b] = breast.axes;
        let low = [-a - 4.0, -2.0, -b - 8.0];
        let high = [a + 4.0, c + 8.0, b + 4.0];
        let size: [usize; 3] = std::array::from_fn(|axis| ((high[axis] - low[axis]) / STEP).ceil() as usize + 2);
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            for j in 0..size[1] {
                for i in 0..size[0] {
                    let p = [low[0] + i as f64 * STEP, low[1] + j as f64 * STEP, low[2] + k as f64 * STEP];
                    let outline = breast.outline(p);
                    let gland = if outline < 0.0 { breast.gland(p) } else { 0.0 };
                    values.push([gland as f32, outline as f32]);
                }
            }
        }
        Sampled { low, size, values }
    }

    /// Share of gland and distance to the skin at a point; far outside beyond the lattice.
    fn at(&self, p: Point) -> [f32; 2] {
        let mut first = [0usize; 3];
        let mut t = [0.0f32; 3];
        for axis in 0..3 {
            let cell = (p[axis] - self.low[axis]) / STEP;
            if !(cell >= 0.0 && cell < (self.size[axis] - 1) as f64) {
                return [0.0, 50.0];
            }
            first[axis] = cell as usize;
            t[axis] = (cell - first[axis] as f64) as f32;
        }
        let row = |j: usize, k: usize| {
            let at = first[0] + self.size[0] * (first[1] + j + self.size[1] * (first[2] + k));
            let (a, b) = (self.values[at], self.values[at + 1]);
            [a[0] + t[0] * (b[0] - a[0]), a[1] + t[0] * (b[1] - a[1])]
        };
        let blend = |a: [f32; 2], b: [f32; 2], t: f32| [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
        blend(blend(row(0, 0), row(1, 0), t[1]), blend(row(0, 1), row(1, 1), t[1]), t[2])
    }

    /// Length of a ray within the breast before compression (mm) and the mean share of gland and skin along it. `across` is the
    /// unit vector in the picture along the chest wall, `along` that of the ray.
    pub fn ray(&self, s: f64, v: f64, across: Point, along: Point) -> (f64, f64) {
        let (mut inside, mut dense) = (0.0f64, 0.0f64);
        let half = 62.0;
        let mut q = -half;
        while q <= half {
            let p = [s * across[0] + q * along[0], v, s * across[2] + q * along[2]];
            let [gland, outline] = self.at(p);
            if outline < 0.0 {
                let skin = outline > -1.6;
                inside += STEP;
                dense += STEP * if skin { 1.0 } else { f64::from(gland) };
            }
            q += STEP;
        }
        (inside, if inside > 0.0 { dense / inside } else { 0.0 })
    }
}

/// The rays of a view on a raster of a millimetre, as fine as the breast is sampled.
pub struct Rays {
    low: f64,
    size: [usize; 2],
    values: Vec<[f32; 2]>,
}

/// Distance of rays, mm.
const RAY: f64 = 1.0;

impl Rays {
    /// Follows the rays of a picture from `low` to `high` along the chest wall and `depth` to the front, in mm of the picture.
    pub fn new(sampled: &Sampled, [low, high]: [f64; 2], depth: f64, (across, along): (Point, Point)) -> Self {
        let margin = 4.0;
        let low = low - margin;
        let size = [((high + margin - low) / RAY).ceil() as usize + 2, ((depth + 2.0 * margin) / RAY).ceil() as usize + 2];
        let mut values = Vec::with_capacity(size[0] * size[1]);
        for i in 0..size[0] {
            for j in 0..size[1] {
                let (x, v) = (low + i as f64 * RAY, j as f64 * RAY - margin);
                let (length, dense) = sampled.ray(x / SPREAD[0], v / SPREAD[1], across, along);
                values.push([length as f32, dense as f32]);
            }
        }
        Rays { low, size, values }
    }

    /// Length within the breast and mean share of gland at a place of the picture (mm).
    pub fn at(&self, x: f64, v: f64) -> (f64, f64) {
        let cell = |value: f64, n: usize| (value / RAY).clamp(0.0, n as f64 - 1.001);
        let (a, b) = (cell(x - self.low, self.size[0]), cell(v + 4.0, self.size[1]));
        let (i, j) = (a as usize, b as usize);
        let (s, t) = (a - i as f64, b - j as f64);
        let value = |i: usize, j: usize, which: usize| f64::from(self.values[i * self.size[1] + j][which]);
        let blend = |which: usize| {
            (1.0 - s) * ((1.0 - t) * value(i, j, which) + t * value(i, j + 1, which))
                + s * ((1.0 - t) * value(i + 1, j, which) + t * value(i + 1, j + 1, which))
        };
        (blend(0), blend(1))
    }
}
