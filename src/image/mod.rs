//! Images: volumes in patient space, and the files they come from.
//!
//! Axis i is fastest in memory everywhere; patient space is LPS; a two-dimensional image is a volume of one slice. Readers hand out
//! these types only, check every size that a header claims before memory is taken by it, and name file and fault when they refuse.

pub mod affine;
pub mod bias_field;
pub mod check;
pub mod components;
pub mod distance;
pub mod grid;
pub mod labels;
pub mod mask;
pub mod normalise;
pub mod protocol;
pub mod read;
pub mod resample;
pub mod series;
pub mod volume;
pub mod write;

pub use affine::AffineTransform;
pub use grid::Grid;
pub use labels::{CroppedMask, Label, Labels};
pub use mask::{BoundingBox, Mask};
pub use volume::Volume;
