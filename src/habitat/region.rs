//! The voxels of a lesion and their vectors.

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Grid, Mask, Volume};

use super::vectors::Vectors;

/// Whether all maps lie on the region's grid.
///
/// # Errors
/// [`Error::Study`] that names the first which does not.
pub(super) fn on_grid(grid: &Grid, maps: &[(&str, &Volume)]) -> Result<()> {
    match maps.iter().find(|(_, volume)| !volume.grid.agrees_with(grid)) {
        Some((name, volume)) => {
            Err(Error::study(format!("the map {name} lies on another grid than the region: {} against {grid}", volume.grid)))
        }
        None => Ok(()),
    }
}

/// The voxels of a region in which every map has a value.
pub(super) struct Lesion {
    /// Their positions in memory, rising.
    pub voxels: Vec<usize>,
    /// The smallest box around them.
    pub bounds: BoundingBox,
    /// Voxels of the region that were left out, since a map has no value there.
    pub left_out: usize,
    columns: Vec<Vec<f64>>,
}

impl Lesion {
    /// The voxels where all maps are finite; a fit that failed leaves a voxel out.
    ///
    /// # Errors
    /// [`Error::Study`] for maps on another grid than the region, or no voxel at all.
    pub fn new(mask: &Mask, maps: &[(&str, &Volume)]) -> Result<Self> {
        on_grid(&mask.grid, maps)?;
        let whole = |at: &usize| mask.inside[*at] && maps.iter().all(|(_, volume)| volume.values[*at].is_finite());
        let voxels: Vec<usize> = (0..mask.inside.len()).filter(whole).collect();
        let left_out = mask.count() - voxels.len();
        let mut inside = vec![false; mask.inside.len()];
        voxels.iter().for_each(|at| inside[*at] = true);
        let Some(bounds) = BoundingBox::around(mask.grid.size, &inside).filter(|_| !maps.is_empty()) else {
            return Err(Error::study(format!(
                "habitats need at least one map and a voxel in which every map has a value: the region has {} voxels, {} maps",
                mask.count(),
                maps.len()
            )));
        };
        let column = |(_, volume): &(&str, &Volume)| voxels.iter().map(|at| volume.values[*at]).collect();
        let columns = maps.iter().map(column).collect();
        Ok(Lesion { voxels, bounds, left_out, columns })
    }

    /// As [`Lesion::new`], but every voxel of the region must have its values.
    pub fn strict(mask: &Mask, maps: &[(&str, &Volume)]) -> Result<Self> {
        let lesion = Lesion::new(mask, maps)?;
        if lesion.left_out > 0 {
            return Err(Error::study(format!(
                "maps are not finite in {} voxels of the region: leave these out of it",
                lesion.left_out
            )));
        }
        Ok(lesion)
    }

    /// The vectors of the voxels, in their order.
    pub fn vectors(&self) -> Result<Vectors> {
        Vectors::new(self.columns.clone())
    }
}
