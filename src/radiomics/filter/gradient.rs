//! Gradient magnitude: how steep the image is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::image::{BoundingBox, Volume};

use super::block::{Block, extent};
use super::boundary::Boundary;

/// Gradient magnitude: large where tissue borders on other tissue.
///
/// # Definition
/// `√Σ_a ((x[v + e_a] − x[v − e_a]) / (2 s_a))²` over the three axes `a`, with `s_a` the spacing in mm, or 1; beyond the edge the
/// image goes on with its edge voxel.
///
/// # Reference
/// ITK `GradientMagnitudeImageFilter`, as PyRadiomics uses it (`gradientUseSpacing`). ITK rounds its response to 32 bits; this does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Gradient {
    /// Per mm (else per voxel).
    #[serde(default = "yes")]
    pub use_spacing: bool,
}

impl Default for Gradient {
    fn default() -> Self {
        Gradient { use_spacing: true }
    }
}

fn yes() -> bool {
    true
}

impl Gradient {
    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Volume {
        let size = extent(place);
        let padded = Block::cut(image, place.start.map(|at| at as isize - 1), size.map(|n| n + 2), Boundary::Nearest);
        let half = image.grid.spacing.map(|s| if self.use_spacing { 0.5 / s } else { 0.5 });
        let (line, plane) = (padded.size[0], padded.size[0] * padded.size[1]);
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            for j in 0..size[1] {
                let centre = line * (j + 1) + plane * (k + 1) + 1;
                let row = |offset: isize| {
                    let from = (centre as isize + offset) as usize;
                    &padded.values[from..from + size[0]]
                };
                let (line, plane) = (line as isize, plane as isize);
                let pairs = [[row(-1), row(1)], [row(-line), row(line)], [row(-plane), row(plane)]];
                values.extend((0..size[0]).map(|i| {
                    let steep = |axis: usize| (pairs[axis][1][i] - pairs[axis][0][i]) * half[axis];
                    (0..3).map(|axis| steep(axis) * steep(axis)).sum::<f64>().sqrt()
                }));
            }
        }
        Block { size, values }.place(&image.grid, place)
    }
}
