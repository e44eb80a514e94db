//! NIfTI-1 files: `.nii`, or `.nii.gz` when the name says so.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Labels;
use crate::image::mask::Mask;
use crate::image::volume::Volume;

/// Fast compression: voxels are noise below the exponent, and higher levels cost far more than they save.
const LEVEL: u32 = 3;
const HEADER: usize = 348;

/// The stored types that are written: NIfTI's code and the width in bits.
#[derive(Clone, Copy)]
enum Stored {
    U8,
    I32,
    F32,
    F64,
}

/// Writes an image: as 32-bit numbers where that loses nothing, else as 64-bit numbers.
///
/// # Errors
/// When the file cannot be written, or an axis is longer than NIfTI-1 can say.
pub fn write_volume(path: &Path, image: &Volume) -> Result<()> {
    let exact = image.values.iter().all(|value| f64::from(*value as f32) == *value || value.is_nan());
    if exact {
        write(path, &image.grid, Stored::F32, |into| {
            image.values.iter().try_for_each(|n| into.write_all(&(*n as f32).to_le_bytes()))
        })
    } else {
        write(path, &image.grid, Stored::F64, |into| image.values.iter().try_for_each(|n| into.write_all(&n.to_le_bytes())))
    }
}

/// Writes a region: 1 inside, 0 outside.
///
/// # Errors
/// As [`write_volume`].
pub fn write_mask(path: &Path, mask: &Mask) -> Result<()> {
    write(path, &mask.grid, Stored::U8, |into| mask.inside.iter().try_for_each(|inside| into.write_all(&[u8::from(*inside)])))
}

/// Writes a label image.
///
/// # Errors
/// As [`write_volume`].
pub fn write_labels(path: &Path, labels: &Labels) -> Result<()> {
    let values = labels.to_values();
    if values.iter().all(|value| u8::try_from(*value).is_ok()) {
        write(path, &labels.grid, Stored::U8, |into| values.iter().try_for_each(|n| into.write_all(&[*n as u8])))
    } else {
        write(path, &labels.grid, Stored::I32, |into| values.iter().try_for_each(|n| into.write_all(&n.to_le_bytes())))
    }
}

fn write(path: &Path, grid: &Grid, stored: Stored, voxels: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let header = header(path, grid, stored)?;
    let compressed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    super::whole_file(path, |file| {
        if compressed {
            let mut encoder = GzEncoder::new(file, Compression::new(LEVEL));
            encoder.write_all(&header)?;
            voxels(&mut std::io::BufWriter::with_capacity(64 << 10, &mut encoder))?;
            encoder.finish()?;
            Ok(())
        } else {
            file.write_all(&header)?;
            voxels(file)
        }
    })
}

/// The header with its four bytes of extension flags. Space is told by the sform (scanner coordinates, RAS).
fn header(path: &Path, grid: &Grid, stored: Stored) -> Result<Vec<u8>> {
    let mut bytes = vec![0u8; HEADER + 4];
    let mut put = |at: usize, field: &[u8]| bytes[at..at + field.len()].copy_from_slice(field);
    put(0, &(HEADER as i32).to_le_bytes());
    put(40, &3i16.to_le_bytes());
    for (axis, n) in grid.size.iter().enumerate() {
        let Ok(n) = i16::try_from(*n) else {
            return Err(InputError::new(path, format!("{n} voxels along an axis"), "at most 32767 in a NIfTI-1 file").into());
        };
        put(42 + 2 * axis, &n.to_le_bytes());
        put(80 + 4 * axis, &(grid.spacing[axis] as f32).to_le_bytes());
    }
    for unused in 4..8 {
        put(40 + 2 * unused, &1i16.to_le_bytes());
    }
    let (datatype, bits) = match stored {
        Stored::U8 => (2i16, 8i16),
        Stored::I32 => (8, 32),
        Stored::F32 => (16, 32),
        Stored::F64 => (64, 64),
    };
    put(70, &datatype.to_le_bytes());
    put(72, &bits.to_le_bytes());
    put(76, &1f32.to_le_bytes());
    put(108, &((HEADER + 4) as f32).to_le_bytes());
    put(112, &1f32.to_le_bytes());
    put(123, &[2]);
    put(254, &1i16.to_le_bytes());
    for row in 0..3 {
        // LPS to RAS: x and y point the other way.
        let sign = if row < 2 { -1.0 } else { 1.0 };
        for axis in 0..3 {
            let step = sign * grid.direction[row][axis] * grid.spacing[axis];
            put(280 + 16 * row + 4 * axis, &((step + 0.0) as f32).to_le_bytes());
        }
        put(280 + 16 * row + 12, &((sign * grid.origin[row] + 0.0) as f32).to_le_bytes());
    }
    put(344, b"n+1\0");
    Ok(bytes)
}
