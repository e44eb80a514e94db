//! Local binary patterns on spheres: how the neighbours that are as bright as the voxel are spread around it.

use rustfft::num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Block, extent};
use super::icosphere::icosphere;
use super::spline;

/// Local binary pattern in three dimensions, made indifferent to rotation by spherical harmonics; `lbp-3D-m1`, …, `lbp-3D-k`.
///
/// # Definition
/// The image is interpolated by cubic splines (0 outside it) at the vertices `v` of an icosphere of `radius` voxels around each voxel;
/// `f_v = 1` where it is at least as bright as the voxel, else 0. With `Y_nm` at the vertices, `c_nm = Σ_v f_v Y_nm(v)`, and map `n + 1` is
/// the real part of `√Σ_v (Σ_m c_nm Y_nm(v))²`, for `n` below `levels`. The last map is the kurtosis (excess, biased) of the interpolated
/// intensities over the vertices. It is NaN where they are all equal.
///
/// Two traits of PyRadiomics are kept: the vertices' x runs along the slices, and the polar angle stands in the place of the azimuth in
/// `Y_nm`, and the reverse. One is not: of an integer image, PyRadiomics rounds the interpolated intensities to integers.
///
/// # Reference
/// Banerjee J et al. 3D LBP-based rotationally invariant region description. ACCV 2012 workshops. PyRadiomics `getLBP3DImage`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Lbp3d {
    /// Orders of spherical harmonics, one map for each: 1 to 8.
    pub levels: usize,
    /// Radius of the sphere in voxels.
    pub radius: f64,
    /// Times that the faces of the icosahedron are split: 0 to 3.
    pub subdivision: usize,
}

impl Default for Lbp3d {
    fn default() -> Self {
        Lbp3d { levels: 2, radius: 1.0, subdivision: 1 }
    }
}

/// Interpolated intensities held at a time.
const SLAB: usize = 1 << 21;

impl Lbp3d {
    pub(super) fn check(&self) -> Result<()> {
        let fits = self.radius > 0.0 && self.radius <= 64.0 && (1..=8).contains(&self.levels) && self.subdivision <= 3;
        if fits {
            return Ok(());
        }
        Err(Error::usage(
            "a 3-D local binary pattern needs a radius above 0 (at most 64 voxels), 1 to 8 levels and at most 3 subdivisions",
        ))
    }

    pub(super) fn support(&self) -> [usize; 3] {
        [self.reach() + spline::REACH; 3]
    }

    fn reach(&self) -> usize {
        self.radius.ceil() as usize + 2
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Vec<(String, Volume)> {
        let vertices = icosphere(self.subdivision, self.radius);
        let harmonics = Harmonics::new(&vertices, self.levels, self.radius);
        let size = extent(place);
        let mut maps = vec![Vec::with_capacity(size.iter().product()); self.levels + 1];
        let slices = (SLAB / (vertices.len() * size[0] * size[1])).clamp(1, size[2]);
        let coefficients = self.coefficients(image, place);
        for first in (0..size[2]).step_by(slices) {
            let slab = BoundingBox {
                start: [place.start[0], place.start[1], place.start[2] + first],
                end: [place.end[0], place.end[1], (place.start[2] + first + slices).min(place.end[2])],
            };
            self.slab(image, &slab, &coefficients, first, &vertices, &harmonics, &mut maps);
        }
        let name = |map: usize| if map < self.levels { format!("lbp-3D-m{}", map + 1) } else { "lbp-3D-k".to_string() };
        let volume = |values| Block { size, values }.place(&image.grid, place);
        maps.into_iter().enumerate().map(|(map, values)| (name(map), volume(values))).collect()
    }

    /// Spline coefficients around `place`, `reach` voxels further on each side, reflected about the edge of the image.
    fn coefficients(&self, image: &Volume, place: &BoundingBox) -> Block {
        let (reach, n) = (self.reach(), image.grid.size);
        let margin = reach + spline::REACH;
        let start: [usize; 3] = std::array::from_fn(|axis| place.start[axis].saturating_sub(margin));
        let end: [usize; 3] = std::array::from_fn(|axis| (place.end[axis] + margin).min(n[axis]));
        let known = extent(&BoundingBox { start, end });
        let block = Block::cut(image, start.map(|at| at as isize), known, super::Boundary::Nearest);
        let inside = spline::coefficients(block);
        let size = extent(place).map(|n| n + 2 * reach);
        let voxel = |axis: usize, at: usize| {
            let at = place.start[axis] as isize + at as isize - reach as isize;
            let period = (2 * n[axis] as isize - 2).max(1);
            let folded = at.rem_euclid(period);
            let folded = folded.min(period - folded).min(n[axis] as isize - 1) as usize;
            folded.clamp(start[axis], end[axis] - 1) - start[axis]
        };
        let columns: Vec<usize> = (0..size[0]).map(|i| voxel(0, i)).collect();
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            for j in 0..size[1] {
                let row = known[0] * (voxel(1, j) + known[1] * voxel(2, k));
                values.extend(columns.iter().map(|i| inside.values[row + i]));
            }
        }
        Block { size, values }
    }

    #[allow(clippy::too_many_arguments)]
    fn slab(
        &self,
        image: &Volume,
        slab: &BoundingBox,
        coefficients: &Block,
        first: usize,
        vertices: &[[f64; 3]],
        harmonics: &Harmonics,
        maps: &mut [Vec<f64>],
    ) {
        let (size, n, reach) = (extent(slab), image.grid.size, self.reach());
        let around = [coefficients.size[0], coefficients.size[1], size[2] + 2 * reach];
        let part = coefficients.inner([0, 0, first], around);
        let intensities: Vec<Vec<f64>> = vertices
            .iter()
            .map(|&[x, y, z]| {
                let offset = [z, y, x];
                let mut values = spline::shifted(&part, offset, reach).values;
                let outside = |axis: usize, at: usize| {
                    let place = (slab.start[axis] + at) as f64 + offset[axis];
                    place < 0.0 || place > n[axis] as f64 - 1.0
                };
                for (row, line) in values.chunks_exact_mut(size[0]).enumerate() {
                    if outside(1, row % size[1]) || outside(2, row / size[1]) {
                        line.fill(0.0);
                    } else {
                        (0..size[0]).filter(|i| outside(0, *i)).for_each(|i| line[i] = 0.0);
                    }
                }
                values
            })
            .collect();
        let mut around = vec![0.0; vertices.len()];
        for at in 0..size.iter().product() {
            let voxel = [at % size[0], at / size[0] % size[1], at / size[0] / size[1]];
            let home = image.values[image.grid.at(std::array::from_fn(|axis| slab.start[axis] + voxel[axis]))];
            around.iter_mut().zip(&intensities).for_each(|(value, intensities)| *value = intensities[at]);
            for (level, map) in maps[..self.levels].iter_mut().enumerate() {
                map.push(harmonics.norm(level, around.iter().map(|value| *value >= home)));
            }
            maps[self.levels].push(kurtosis(&around));
        }
    }
}

/// Spherical harmonics at the vertices of the sphere, by order.
struct Harmonics {
    /// `Y_nm` of each vertex, then m from −n to n.
    at_vertices: Vec<Vec<Complex64>>,
    /// `Σ_v Y_nm(v) Y_nm'(v)`.
    products: Vec<Vec<Complex64>>,
}

impl Harmonics {
    fn new(vertices: &[[f64; 3]], levels: usize, radius: f64) -> Self {
        let orders = |n: usize| -(n as i32)..=n as i32;
        let angles = |v: &[f64; 3]| [(v[2] / radius).clamp(-1.0, 1.0).acos(), v[1].atan2(v[0])];
        let at_vertices: Vec<Vec<Complex64>> = (0..levels)
            .map(|n| vertices.iter().map(angles).flat_map(|a| orders(n).map(move |m| harmonic(n as i32, m, a))).collect())
            .collect();
        let products = at_vertices
            .iter()
            .enumerate()
            .map(|(n, y)| {
                let width = 2 * n + 1;
                let product = |m: usize, l: usize| y.chunks_exact(width).map(|y| y[m] * y[l]).sum();
                (0..width * width).map(|at| product(at / width, at % width)).collect()
            })
            .collect();
        Harmonics { at_vertices, products }
    }

    /// `Re √Σ_v (Σ_m c_m Y_m(v))²` with `c_m` the sum of `Y_m` over the vertices that are set.
    fn norm(&self, level: usize, set: impl Iterator<Item = bool>) -> f64 {
        let width = 2 * level + 1;
        let mut c = [Complex64::ZERO; 17];
        for (y, _) in self.at_vertices[level].chunks_exact(width).zip(set).filter(|(_, set)| *set) {
            c.iter_mut().zip(y).for_each(|(c, y)| *c += y);
        }
        let product = |m: usize| c[m] * (0..width).map(|l| self.products[level][m * width + l] * c[l]).sum::<Complex64>();
        (0..width).map(product).sum::<Complex64>().sqrt().re
    }
}

/// `Y_nm` with the first angle as azimuth and the second as polar angle.
fn harmonic(n: i32, m: i32, [azimuth, polar]: [f64; 2]) -> Complex64 {
    let order = m.abs();
    let ratio: f64 = ((n - order + 1)..=(n + order)).map(f64::from).product();
    let scale = (f64::from(2 * n + 1) / (4.0 * std::f64::consts::PI) / ratio).sqrt();
    let y = Complex64::from_polar(scale * legendre(n, order, polar.cos()), f64::from(order) * azimuth);
    match (m < 0, order % 2) {
        (false, _) => y,
        (true, 0) => y.conj(),
        (true, _) => -y.conj(),
    }
}

/// The associated Legendre function `P_n^m(x)`, `m ≥ 0`, with the sign of Condon and Shortley.
fn legendre(n: i32, m: i32, x: f64) -> f64 {
    let root = ((1.0 - x) * (1.0 + x)).max(0.0).sqrt();
    let (mut before, mut now) = (0.0, (1..=m).map(|l| -f64::from(2 * l - 1) * root).product::<f64>());
    for l in m + 1..=n {
        let next = (f64::from(2 * l - 1) * x * now - f64::from(l + m - 1) * before) / f64::from(l - m);
        (before, now) = (now, next);
    }
    now
}

/// Excess kurtosis, biased; NaN where the values are equal up to rounding.
fn kurtosis(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let (second, fourth) = values.iter().fold((0.0, 0.0), |(second, fourth), value| {
        let square = (value - mean) * (value - mean);
        (second + square, fourth + square * square)
    });
    let (second, fourth) = (second / n, fourth / n);
    let resolution = f64::EPSILON * mean;
    if second <= resolution * resolution { f64::NAN } else { fourth / (second * second) - 3.0 }
}
