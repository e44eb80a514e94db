//! Alignment: which point of one image of a patient is which point of another.
//!
//! | question | file |
//! |---|---|
//! | which rotations and translations is a rigid map? | `rigid` (any linear map: [`crate::image::AffineTransform`]) |
//! | transforms made elsewhere, and ours for other programs | `file` (ITK text, MATLAB version 4) |
//!
//! The rule that holds here: a transform carries points of the fixed image to where they lie in the moving one, in LPS and mm, as in ITK; an
//! image is brought over by [`crate::image::resample::volume_through`], a region by [`crate::image::resample::mask_through`].

pub mod file;
pub mod rigid;

pub use file::{Stored, parse_transform, read_transform, write_transform};
pub use rigid::RigidTransform;
