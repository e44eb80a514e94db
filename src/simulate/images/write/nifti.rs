//! NIfTI-1 files of 16-bit or real numbers with one or several images, compressed.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, InputError, Result};
use crate::image::Grid;

const HEADER: usize = 348;

/// Voxels as they are stored.
pub(super) enum Voxels<'a> {
    /// 16-bit numbers, image after image.
    Short(&'a [Vec<i16>]),
    /// One image of real numbers.
    Real(&'a [f32]),
    /// One image of small labels.
    Label(&'a [u8]),
}

/// Writes images on a grid; `step_s` is the time between them.
///
/// # Errors
/// When the file cannot be written, or an axis is longer than NIfTI-1 can say.
pub(super) fn write(path: &Path, grid: &Grid, step_s: f64, voxels: &Voxels) -> Result<()> {
    let (datatype, bits, images) = match voxels {
        Voxels::Short(images) => (4i16, 16i16, images.len()),
        Voxels::Real(_) => (16, 32, 1),
        Voxels::Label(_) => (2, 8, 1),
    };
    let mut header = vec![0u8; HEADER + 4];
    let mut put = |at: usize, field: &[u8]| header[at..at + field.len()].copy_from_slice(field);
    put(0, &(HEADER as i32).to_le_bytes());
    let dimensions = [grid.size[0], grid.size[1], grid.size[2], images, 1, 1, 1];
    put(40, &(if images > 1 { 4i16 } else { 3 }).to_le_bytes());
    for (axis, n) in dimensions.iter().enumerate() {
        let n = i16::try_from(*n).map_err(|_| InputError::new(path, format!("{n} voxels along an axis"), "at most 32767"))?;
        put(42 + 2 * axis, &n.to_le_bytes());
    }
    put(70, &datatype.to_le_bytes());
    put(72, &bits.to_le_bytes());
    put(76, &1f32.to_le_bytes());
    for axis in 0..3 {
        put(80 + 4 * axis, &(grid.spacing[axis] as f32).to_le_bytes());
    }
    put(92, &(step_s as f32).to_le_bytes());
    put(108, &((HEADER + 4) as f32).to_le_bytes());
    put(112, &1f32.to_le_bytes());
    // Millimetres and seconds.
    put(123, &[2 | 8]);
    put(254, &1i16.to_le_bytes());
    for row in 0..3 {
        // LPS to RAS: x and y point the other way.
        let sign = if row < 2 { -1.0 } else { 1.0 };
        for axis in 0..3 {
            put(280 + 16 * row + 4 * axis, &((sign * grid.direction[row][axis] * grid.spacing[axis] + 0.0) as f32).to_le_bytes());
        }
        put(280 + 16 * row + 12, &((sign * grid.origin[row] + 0.0) as f32).to_le_bytes());
    }
    put(344, b"n+1\0");

    let mut bytes = header;
    match voxels {
        Voxels::Short(images) => bytes.extend(images.iter().flatten().flat_map(|n| n.to_le_bytes())),
        Voxels::Real(values) => bytes.extend(values.iter().flat_map(|n| n.to_le_bytes())),
        Voxels::Label(labels) => bytes.extend_from_slice(labels),
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(2));
    encoder
        .write_all(&bytes)
        .and_then(|()| encoder.finish())
        .map_err(|cause| Error::io(path, cause))
        .and_then(|compressed| super::put(path, &compressed))
}
