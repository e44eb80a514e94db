//! A reader of the few NIfTI files that the tests and benchmarks of filters need: 3-D, little-endian, compressed.

use std::io::Read;
use std::path::Path;

use vbx::image::{Grid, Volume};

/// The voxels of a file; the grid is taken to lie along the patient's axes.
pub fn read(path: &Path) -> Volume {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).expect("the reference image opens");
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).expect("the reference image inflates");
    let short = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let float = |at: usize| f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let size: [usize; 3] = std::array::from_fn(|axis| short(42 + 2 * axis) as usize);
    let spacing: [f64; 3] = std::array::from_fn(|axis| f64::from(float(80 + 4 * axis)));
    let data = &bytes[float(108) as usize..];
    let values: Vec<f64> = match short(70) {
        2 => data.iter().map(|byte| f64::from(*byte)).collect(),
        4 => data.chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect(),
        16 => data.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect(),
        other => panic!("data type {other} in {}", path.display()),
    };
    Volume::new(Grid::plain(size, spacing), values)
}
