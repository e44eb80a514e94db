//! What the radiomics tests share: reference images, and the tables they are held to.
#![allow(dead_code)]

use std::io::Read;
use std::path::Path;

use vbx::image::{Grid, Mask, Volume};

/// The voxels of a little-endian NIfTI-1 file in gzip, in patient space as far as features care: sizes and spacing.
pub fn read_nifti(path: &Path) -> Volume {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    let short = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let float = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(i32::from_le_bytes(bytes[..4].try_into().unwrap()), 348);
    let size: [usize; 3] = std::array::from_fn(|axis| short(42 + 2 * axis).max(1) as usize);
    let spacing = std::array::from_fn(|axis| shortest(float(80 + 4 * axis)));
    let first = float(108) as usize;
    let (slope, intercept) = (f64::from(float(112)), f64::from(float(116)));
    let count: usize = size.iter().product();
    let raw = |width: usize| bytes[first..first + width * count].chunks_exact(width);
    let values: Vec<f64> = match short(70) {
        2 => raw(1).map(|b| f64::from(b[0])).collect(),
        4 => raw(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect(),
        512 => raw(2).map(|b| f64::from(u16::from_le_bytes([b[0], b[1]]))).collect(),
        8 => raw(4).map(|b| f64::from(i32::from_le_bytes(b.try_into().unwrap()))).collect(),
        16 => raw(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect(),
        64 => raw(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
        other => panic!("data type {other} in {}", path.display()),
    };
    let scaled = if slope == 0.0 || (slope == 1.0 && intercept == 0.0) {
        values
    } else {
        values.into_iter().map(|value| value * slope + intercept).collect()
    };
    Volume::new(Grid::plain(size, spacing), scaled)
}

/// The value that was written as a 32-bit float: the decimal that prints like it.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap()
}

/// A mask file: everything that is not 0.
pub fn read_mask(path: &Path) -> Mask {
    let volume = read_nifti(path);
    Mask::new(volume.grid, volume.values.iter().map(|value| *value != 0.0).collect())
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
