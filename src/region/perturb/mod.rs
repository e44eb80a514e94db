//! Perturbed outlines: would a feature have been the same, had the contour been drawn a little differently?
//!
//! | perturbation | file |
//! |---|---|
//! | the grid or the mask shifted by part of a voxel, or turned | `pose` |
//! | the lesion grown or shrunk to a volume | `volume` |
//! | the contour drawn anew along supervoxels | `contour` (supervoxels: `slic`) |
//!
//! The rule that holds here: every random choice comes from the generator that is passed in, so that a perturbation can be drawn again.
//!
//! # Reference
//! Zwanenburg et al., Sci Rep 2019;9:614 (assessing robustness by image perturbation).

pub mod contour;
pub mod pose;
pub mod slic;
pub mod volume;

use rand::RngCore;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::resample::{MaskInterpolation, mask_onto};
use crate::image::{Mask, Volume};

pub use pose::Pose;

/// A change of a lesion's outline, the image staying where it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Perturbation {
    /// Shifted and turned.
    Pose(Pose),
    /// Grown (positive) or shrunk (negative) by this fraction of its volume.
    Volume(f64),
    /// Drawn anew along supervoxels of the image.
    Contour(contour::ContourSpec),
}

impl Perturbation {
    /// The perturbed outline, on the lesion's grid.
    ///
    /// # Errors
    /// An empty lesion, or one that the perturbation would wipe out; an image on another grid.
    pub fn apply(&self, lesion: &Mask, image: &Volume, random: &mut dyn RngCore) -> Result<Mask> {
        match self {
            Perturbation::Pose(pose) => {
                let moved = Mask::new(pose.grid(&lesion.grid, lesion)?, lesion.inside.clone());
                not_empty(mask_onto(&moved, &lesion.grid, MaskInterpolation::Linear)?)
            }
            Perturbation::Volume(fraction) => volume::change_volume(lesion, *fraction, random),
            Perturbation::Contour(spec) => contour::randomise_contour(lesion, image, spec, random),
        }
    }
}

fn not_empty(mask: Mask) -> Result<Mask> {
    if mask.inside.contains(&true) {
        return Ok(mask);
    }
    Err(Error::study("the perturbation leaves nothing of the lesion"))
}
