//! The mean filter.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::Source;
use super::boundary::Boundary;
use super::convolve::Kernel;
use super::separable::Separable;

/// Mean of the neighbourhood (IBSI `S60F`): smooths.
///
/// # Definition
/// The mean over `support` voxels (odd) along i, j and k, or along i and j alone.
///
/// # Reference
/// IBSI 2, mean filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mean {
    /// Voxels along each side of the neighbourhood; odd.
    pub support: usize,
    /// Slice by slice (axial), in two dimensions.
    #[serde(default)]
    pub by_slice: bool,
    /// What lies beyond the edge of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

impl Mean {
    pub(super) fn check(&self) -> Result<()> {
        if self.support % 2 == 1 && self.support < 1 << 16 {
            return Ok(());
        }
        Err(Error::usage(format!("the support of a mean filter must be an odd number of voxels, not {}", self.support)))
    }

    pub(super) fn name(&self) -> String {
        format!("mean-{}-{}", self.support, if self.by_slice { "2D" } else { "3D" })
    }

    pub(super) fn filter(&self) -> Separable {
        box_of(self.support, self.by_slice)
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Volume {
        self.filter().apply(&Source::whole(image), place, self.boundary).place(&image.grid, place)
    }
}

/// The filter that takes the mean over a box (or square) of `support` voxels.
pub(super) fn box_of(support: usize, by_slice: bool) -> Separable {
    let kernel = Some(Kernel::convolution(&vec![1.0 / support as f64; support]));
    Separable([kernel.clone(), kernel.clone(), if by_slice { None } else { kernel }])
}
