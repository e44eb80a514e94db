//! Series of images on one grid: opened by their headers, handed out image by image.
//!
//! | what | file |
//! |---|---|
//! | what is known of one image | `image_info` |
//! | a 4-D (or 3-D) NIfTI file as a stream | `nifti` |
//! | a DICOM folder, split into phases | `dicom`, `slice`, `split`, `vendor` |
//! | what lies beside a NIfTI file | `gradients` (.bval, .bvec), `sidecar` (.json) |
//! | all of them as one series | `reader` |
//!
//! The rule that holds here: one image is in memory at a time, a header is believed only as far as the file's length bears it
//! out, and images that lie on different grids are refused with both geometries. To add a source, add a part to `reader`.

pub mod dicom;
pub mod gradients;
pub mod image_info;
pub mod nifti;
pub mod reader;
pub mod sidecar;
pub mod slice;
pub mod split;
pub mod vendor;

use std::path::PathBuf;

use crate::error::Result;
use crate::image::read::case::{ImageOptions, read_image};
use crate::image::series::NamedMaps;

pub use image_info::ImageInfo;
pub use reader::{Images, SeriesOptions, SeriesReader};

/// Named maps from their files, any format: T1, T2, PD and their enhanced twins.
///
/// # Errors
/// As the reader of each; when there is none, a name comes twice, or grids differ.
pub fn read_maps(files: &[(String, PathBuf)]) -> Result<NamedMaps> {
    let maps: Result<Vec<_>> =
        files.iter().map(|(name, path)| Ok((name.clone(), read_image(path, &ImageOptions::default())?.volume))).collect();
    NamedMaps::new(maps?)
}
