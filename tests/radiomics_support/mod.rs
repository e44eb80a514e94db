//! What the radiomics tests share: reference images, and the tables they are held to.
#![allow(dead_code)]

use std::path::Path;

use vbx::image::read::nifti;
use vbx::image::{Label, Mask, Volume};

/// The voxels of a NIfTI file.
pub fn read_nifti(path: &Path) -> Volume {
    nifti::read_volume(path).expect("the reference image is read")
}

/// A mask file: everything that is not 0.
pub fn read_mask(path: &Path) -> Mask {
    nifti::read_labels(path).expect("the reference mask is read").mask(Label::AnyNonzero).expect("a region")
}

/// The rows of a CSV file as maps from column to cell.
pub fn rows(path: &Path) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    reader.records().map(|row| headers.iter().cloned().zip(row.unwrap().iter().map(str::to_string)).collect()).collect()
}

/// Whether two numbers agree within a relative difference.
pub fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) || (a - b).abs() < 1e-12
}
