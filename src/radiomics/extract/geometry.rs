//! Image and mask on one grid.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::image::resample::{MaskInterpolation, mask_onto};
use crate::image::{Grid, Mask};

/// The mask on the image's grid: as it is where the grids agree within `tolerance` mm; brought there, each voxel taking its nearest
/// neighbour, where `correct` says so.
///
/// # Errors
/// [`Error::Study`] where the grids differ and must not.
pub(super) fn on_grid_of<'a>(image: &Grid, mask: &'a Mask, tolerance: f64, correct: bool) -> Result<Cow<'a, Mask>> {
    if image.agrees_with(&mask.grid) {
        return Ok(Cow::Borrowed(mask));
    }
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance);
    let within = image.size == mask.grid.size
        && near(&image.spacing, &mask.grid.spacing)
        && near(&image.origin, &mask.grid.origin)
        && near(image.direction.as_flattened(), mask.grid.direction.as_flattened());
    if within {
        return Ok(Cow::Owned(Mask::new(image.clone(), mask.inside.clone())));
    }
    if correct {
        return Ok(Cow::Owned(mask_onto(mask, image, MaskInterpolation::Nearest)?));
    }
    Err(Error::study(format_args!(
        "image and mask lie on different grids: the image has {:?} voxels of {:?} mm from {:?}, the mask {:?} of {:?} mm from {:?}; \
         `correctMask: true` brings the mask to the image's grid",
        image.size, image.spacing, image.origin, mask.grid.size, mask.grid.spacing, mask.grid.origin
    )))
}
