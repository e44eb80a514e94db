//! A scalar image in patient space.

use crate::image::grid::Grid;

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
}
