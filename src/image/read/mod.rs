//! Readers of image files: one file or folder per format.
//!
//! The rule here: a header is a claim. Sizes are checked against the file's length before memory is taken, values grow as bytes arrive,
//! and an error names the file, what was found and what was expected. Every reader also works on bytes in memory (`parse_…`), which is
//! what the fuzz targets call.

pub mod case;
pub mod dicom;
pub mod geometry;
pub mod nifti;
pub mod nrrd;
pub mod raster;
pub mod sample;
pub mod series;
pub mod stream;
pub mod voxels;

pub use case::{Case, Format, Image, ImageOptions, format_of, read_case, read_grid, read_image, read_labels, read_mask};
