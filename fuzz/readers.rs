//! What the fuzz targets call, and the test of CI with them: each reader on bytes. None may panic, whatever the bytes.

use std::path::Path;

use vbx::image::read::{dicom as read_dicom, nifti as read_nifti, nrrd as read_nrrd, raster as read_raster};
use vbx::image::{Grid, Label};

/// Takes bytes as a file; whether anything could be read.
pub type Reader = fn(&[u8]) -> bool;

/// Every target, by the name of its file in `fuzz_targets/`.
#[allow(dead_code)]
pub const READERS: [(&str, Reader); 5] =
    [("nifti", nifti), ("nrrd", nrrd), ("raster", raster), ("dicom", dicom), ("dicom_region", dicom_region)];

fn name() -> &'static Path {
    Path::new("fuzz")
}

/// A NIfTI image, and a label image.
pub fn nifti(bytes: &[u8]) -> bool {
    read_nifti::parse_volume(name(), bytes).is_ok() | read_nifti::parse_labels(name(), bytes).is_ok()
}

/// An NRRD image, and a label image.
pub fn nrrd(bytes: &[u8]) -> bool {
    read_nrrd::parse_volume(name(), bytes).is_ok() | read_nrrd::parse_labels(name(), bytes).is_ok()
}

/// A flat image, and a mask.
pub fn raster(bytes: &[u8]) -> bool {
    read_raster::parse_volume(name(), bytes, [1.0; 2]).is_ok() | read_raster::parse_labels(name(), bytes, [1.0; 2]).is_ok()
}

/// A DICOM image.
pub fn dicom(bytes: &[u8]) -> bool {
    read_dicom::parse_series(name(), bytes).is_ok()
}

/// A DICOM SEG or RTSTRUCT on a small grid.
pub fn dicom_region(bytes: &[u8]) -> bool {
    let grid = Grid { origin: [1.0, 2.0, 3.0], ..Grid::plain([8, 8, 4], [0.25, 0.5, 2.0]) };
    read_dicom::parse_mask(name(), bytes, Label::AnyNonzero, &grid).is_ok()
}
