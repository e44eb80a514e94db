//! Resampling: the values of an image and the voxels of a mask on another grid.
//!
//! | question | file |
//! |---|---|
//! | which grid? IBSI's aligned-centre grid, a window of it around a region | `target` |
//! | what is the value between voxels? | `taps` (weights of the neighbours), `prefilter` (spline coefficients) |
//! | an image or a mask on any other grid, oblique or not, or through a registration's transform | `onto` |
//! | image and mask of a case, as IBSI does it | `ibsi` |
//! | the same, as PyRadiomics does it | `pyradiomics` |
//!
//! The rule that holds here: what is needed is cropped first; grids whose axes run alike are resampled one axis at a time; beyond its outer
//! voxel centres an image goes on with the value of its edge, and never further than half a voxel unless it is asked to.

pub mod ibsi;
pub mod onto;
mod prefilter;
pub mod pyradiomics;
mod taps;
pub mod target;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use ibsi::Resampling;
pub use onto::{Beyond, mask_onto, mask_through, volume_onto, volume_through};
pub use target::{aligned_grid, window_around};

/// How a value between voxel centres is found.
///
/// # Reference
/// IBSI reference manual, section 2.4 (interpolation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolation {
    /// The value of the nearest voxel (at equal distance the one with the larger index).
    Nearest,
    /// Linear between the two neighbours along every axis: bilinear, trilinear.
    Linear,
    /// The cubic B-spline through all voxels (not a smoothing one), mirrored at the edges: bicubic, tricubic.
    CubicSpline,
}

/// How a mask is brought to another grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MaskInterpolation {
    /// The membership of the nearest voxel.
    Nearest,
    /// Linear interpolation of 0 and 1; a voxel belongs where the result is at least one half.
    #[default]
    Linear,
}
