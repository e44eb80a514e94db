//! A grid or a mask moved by parts of a voxel and turned about the lesion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{Grid, Mask};

/// A rigid motion: first a turn about the lesion's centre around axis k, then a shift.
///
/// Apply it to the sampling grid of image and mask alike (resample both onto [`Pose::grid`]) to ask whether a feature depends on where the
/// voxels happen to lie; apply it to the mask alone ([`super::Perturbation::Pose`]) to ask whether it depends on where the contour was put.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Pose {
    /// Shift along i, j, k, as fractions of a voxel.
    pub shift: [f64; 3],
    /// Turn around axis k, degrees, from axis i towards axis j.
    pub degrees: f64,
}

impl Pose {
    /// The moved grid; the turn is about the mean of the lesion's voxel centres.
    ///
    /// # Errors
    /// An empty lesion.
    pub fn grid(&self, grid: &Grid, lesion: &Mask) -> Result<Grid> {
        let centre = centre(lesion).ok_or_else(|| Error::study("the lesion's mask is empty: it cannot be moved"))?;
        let column = |axis: usize| [0, 1, 2].map(|row| grid.direction[row][axis]);
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let (i, j) = (column(0), column(1));
        let turned: [[f64; 3]; 3] =
            std::array::from_fn(|row| [cos * i[row] + sin * j[row], cos * j[row] - sin * i[row], grid.direction[row][2]]);
        // The origin, seen from the centre in the old axes, keeps its components in the new ones.
        let arm: [f64; 3] = std::array::from_fn(|row| grid.origin[row] - centre[row]);
        let along: [f64; 3] = std::array::from_fn(|axis| (0..3).map(|row| column(axis)[row] * arm[row]).sum());
        let origin = std::array::from_fn(|row| {
            let step = |axis: usize| along[axis] + self.shift[axis] * grid.spacing[axis];
            centre[row] + (0..3).map(|axis| turned[row][axis] * step(axis)).sum::<f64>()
        });
        Ok(Grid { origin, direction: turned, ..grid.clone() })
    }
}

/// Mean of the voxel centres of a region, in patient space.
fn centre(mask: &Mask) -> Option<[f64; 3]> {
    let [nx, ny, _] = mask.grid.size;
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for (at, _) in mask.inside.iter().enumerate().filter(|(_, inside)| **inside) {
        for (total, index) in sum.iter_mut().zip([at % nx, at / nx % ny, at / (nx * ny)]) {
            *total += index as f64;
        }
        count += 1.0;
    }
    (count > 0.0).then(|| mask.grid.point(sum.map(|total| total / count)))
}
