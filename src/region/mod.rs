//! Regions of interest made from other regions: rings, largest slice, perturbed contours; and how well two readers agree.
//!
//! | question | file |
//! |---|---|
//! | which regions of a lesion does a study look at? | `spec` ([`RegionSpec`], its place in a feature's name) |
//! | the tissue around the lesion | `ring` |
//! | the slice that shows most of it | `largest_slice` |
//! | do two readers outline the same? | `agreement` (Dice, Jaccard, Hausdorff and mean surface distance in mm) |
//! | would another contour give the same feature? | `perturb` (shift, rotation, volume, random contour) |
//!
//! The rule that holds here: lengths are millimetres in patient space, whatever the spacing; a region without voxels is an error with its
//! reason, never an empty mask that features would be computed on. To add a region: one file, a variant of [`RegionSpec`] with its name.

pub mod agreement;
pub mod largest_slice;
mod near;
pub mod perturb;
pub mod ring;
pub mod spec;

pub use agreement::Agreement;
pub use spec::RegionSpec;
