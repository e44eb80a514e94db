//! Alignment: which point of one image of a patient is which point of another.
//!
//! | question | file |
//! |---|---|
//! | which rotations and translations is a rigid map? | `rigid` (any linear map: [`crate::image::AffineTransform`]) |
//! | transforms made elsewhere, and ours for other programs | `file` (ITK text, MATLAB version 4) |
//! | how does a moving image come to a fixed one? | `register` (settings, result), over `places`, `pyramid`, `metric`, `search` |
//! | how well do two images agree? | `quality` |
//! | all phases or sequences brought to one, with a row of quality each | `series` ([`Fixed::align_series`]) |
//!
//! The rule that holds here: a transform carries points of the fixed image to where they lie in the moving one, in LPS and mm, as in ITK; an
//! image is brought over by [`crate::image::resample::volume_through`], a region by [`crate::image::resample::mask_through`].

pub mod file;
mod metric;
mod places;
mod pyramid;
pub mod quality;
pub mod register;
pub mod rigid;
mod search;
pub mod series;

pub use file::{Stored, parse_transform, read_transform, write_transform};
pub use quality::{Gain, Quality};
pub use register::{Alignment, Fixed, Motion, RegistrationOptions, Start, Verdict, register};
pub use rigid::RigidTransform;
pub use series::{Aligned, QualityRow};
