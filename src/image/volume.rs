//! A scalar image in patient space.

use crate::image::grid::Grid;
use crate::image::mask::BoundingBox;

/// A scalar image: one value per voxel of its grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Where the voxels lie.
    pub grid: Grid,
    /// Values, axis i fastest, in the unit of the image (HU, arbitrary units, grey levels); as many as the grid has voxels.
    pub values: Vec<f64>,
}

impl Volume {
    /// A volume of the given values.
    ///
    /// # Panics
    /// If the number of values is not the number of voxels: a fault of the caller, never of a file.
    pub fn new(grid: Grid, values: Vec<f64>) -> Self {
        assert_eq!(grid.voxels(), values.len(), "one value per voxel");
        Volume { grid, values }
    }

    /// Number of voxels that are no number (NaN) or infinite.
    pub fn non_finite(&self) -> usize {
        self.values.iter().filter(|value| !value.is_finite()).count()
    }

    /// A part of the volume.
    ///
    /// # Panics
    /// If the box reaches beyond the volume: a fault of the caller, never of a file.
    pub fn part(&self, bounds: &BoundingBox) -> Volume {
        Volume::new(self.grid.part(bounds), bounds.crop(self.grid.size, &self.values))
    }
}
