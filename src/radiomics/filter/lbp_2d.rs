//! Local binary patterns of slices: which neighbours on a circle are as bright as the voxel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::axis::Axis;
use super::block::{Block, extent};

/// Local binary pattern in two dimensions: a code of the texture around each voxel of a slice; `lbp-2D`.
///
/// # Definition
/// `samples` points lie on a circle of `radius` voxels in the slice, the first along the columns, then counter-clockwise; their
/// intensities are bilinearly interpolated (0 outside the image). Bit `p` is set where point `p` is at least as bright as the voxel.
/// The code follows from the bits by `method`. Points and voxel are compared exactly, so in a region of equal intensities the code
/// depends on rounding; it does so as in scikit-image.
///
/// # Reference
/// Ojala T, Pietikäinen M, Mäenpää T. Multiresolution gray-scale and rotation invariant texture classification with local binary
/// patterns. IEEE TPAMI 2002. scikit-image `local_binary_pattern`, as PyRadiomics uses it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Lbp2d {
    /// Radius of the circle in voxels.
    pub radius: f64,
    /// Points on the circle, 1 to 24.
    pub samples: usize,
    /// How bits become a code.
    pub method: LbpMethod,
    /// The axis across which slices are taken: k for axial slices.
    pub normal: Axis,
}

/// How the bits of a local binary pattern become a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LbpMethod {
    /// The bits as a binary number.
    Default,
    /// The smallest number that rotating the bits gives.
    Ror,
    /// The number of set bits where at most two neighbouring bits differ (last and first are not compared), else `samples + 1`.
    #[default]
    Uniform,
    /// As `uniform`, told apart by where the set bits begin.
    NriUniform,
}

impl Default for Lbp2d {
    fn default() -> Self {
        Lbp2d { radius: 1.0, samples: 8, method: LbpMethod::Uniform, normal: Axis::K }
    }
}

impl Lbp2d {
    pub(super) fn check(&self) -> Result<()> {
        if !(self.radius > 0.0 && self.radius.is_finite() && (1..=24).contains(&self.samples)) {
            return Err(Error::usage("a 2-D local binary pattern needs a radius above 0 and 1 to 24 samples"));
        }
        Ok(())
    }

    /// Axes of the rows and of the columns of a slice.
    fn plane(&self) -> [usize; 2] {
        match self.normal {
            Axis::K => [1, 0],
            Axis::J => [2, 0],
            Axis::I => [1, 2],
        }
    }

    pub(super) fn support(&self) -> [usize; 3] {
        let mut margin = [self.radius.ceil() as usize; 3];
        margin[self.normal.index()] = 0;
        margin
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Volume {
        let size = extent(place);
        let [rows, columns] = self.plane();
        // scikit-image holds the radius in 32 bits and rounds the points to five decimals.
        let round = |x: f64| (x * 1e5).round_ties_even() / 1e5;
        let radius = f64::from(self.radius as f32);
        let points: Vec<[f64; 2]> = (0..self.samples)
            .map(|p| 2.0 * std::f64::consts::PI * p as f64 / self.samples as f64)
            .map(|angle| [round(-radius * angle.sin()), round(radius * angle.cos())])
            .collect();
        let codes: Vec<f64> = (0..1_usize << self.samples.min(12)).map(|bits| self.code(bits as u32)).collect();
        let mut values = Vec::with_capacity(size.iter().product());
        for k in place.start[2]..place.end[2] {
            for j in place.start[1]..place.end[1] {
                for i in place.start[0]..place.end[0] {
                    let voxel = [i, j, k];
                    let home = image.values[image.grid.at(voxel)];
                    let bit = |p: usize| u32::from(interpolated(image, voxel, [rows, columns], points[p]) - home >= 0.0) << p;
                    let bits = (0..self.samples).map(bit).sum::<u32>();
                    values.push(codes.get(bits as usize).copied().unwrap_or_else(|| self.code(bits)));
                }
            }
        }
        Block { size, values }.place(&image.grid, place)
    }

    fn code(&self, bits: u32) -> f64 {
        let n = self.samples as u32;
        let changes = if n < 2 { 0 } else { ((bits ^ (bits >> 1)) & ((1 << (n - 1)) - 1)).count_ones() };
        let ones = bits.count_ones();
        let code = match self.method {
            LbpMethod::Default => bits,
            LbpMethod::Ror => (0..n).map(|turn| (bits >> turn | bits << (n - turn)) & ((1 << n) - 1)).min().unwrap_or(bits),
            LbpMethod::Uniform if changes <= 2 => ones,
            LbpMethod::Uniform => n + 1,
            LbpMethod::NriUniform if changes > 2 => n * (n - 1) + 2,
            LbpMethod::NriUniform if ones == 0 => 0,
            LbpMethod::NriUniform if ones == n => n * (n - 1) + 1,
            LbpMethod::NriUniform => {
                let turn = if bits & 1 == 1 {
                    ones as i64 - i64::from(bits.trailing_ones())
                } else {
                    i64::from(n - bits.trailing_zeros())
                };
                return ((i64::from(ones) - 1) * i64::from(n) + 1 + turn) as f64;
            }
        };
        f64::from(code)
    }
}

/// The intensity at a point off a voxel in its slice, with the order of operations of scikit-image.
fn interpolated(image: &Volume, voxel: [usize; 3], [rows, columns]: [usize; 2], point: [f64; 2]) -> f64 {
    let [r, c] = [voxel[rows] as f64 + point[0], voxel[columns] as f64 + point[1]];
    let (dr, dc) = (r - r.floor(), c - c.floor());
    let at = |row: f64, column: f64| {
        let size = image.grid.size;
        if row < 0.0 || column < 0.0 || row >= size[rows] as f64 || column >= size[columns] as f64 {
            return 0.0;
        }
        let mut neighbour = voxel;
        (neighbour[rows], neighbour[columns]) = (row as usize, column as usize);
        image.values[image.grid.at(neighbour)]
    };
    let top = (1.0 - dc) * at(r.floor(), c.floor()) + dc * at(r.floor(), c.ceil());
    let bottom = (1.0 - dc) * at(r.ceil(), c.floor()) + dc * at(r.ceil(), c.ceil());
    (1.0 - dr) * top + dr * bottom
}
