//! Voxels from a stream: a box of an image as numbers, a label image as runs.

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Labels;
use crate::image::mask::BoundingBox;
use crate::image::read::sample::Sample;
use crate::image::read::stream::Stream;

/// Bytes decoded at once: they stay in the cache between inflating and decoding.
const CHUNK: usize = 64 << 10;

/// Bytes of all voxels, or an error when the product is beyond all memory.
///
/// # Errors
/// [`InputError`] for sizes that no file has.
pub fn byte_count(stream: &Stream, size: [usize; 3], sample: &Sample) -> Result<u64> {
    let product = size.iter().try_fold(sample.kind.width(), |bytes, n| bytes.checked_mul(*n));
    let Some(bytes) = product.filter(|bytes| *bytes <= isize::MAX as usize / 8) else {
        let found = format!("a header that claims {} voxels", size.map(|n| n.to_string()).join("×"));
        return Err(InputError::new(stream.path(), found, "sizes that fit into memory").into());
    };
    Ok(bytes as u64)
}

/// Refuses a box that is empty or reaches beyond the image.
///
/// # Errors
/// [`InputError`] with both.
pub fn within(path: &Path, grid: &Grid, needed: &BoundingBox) -> Result<()> {
    if (0..3).all(|axis| needed.start[axis] < needed.end[axis] && needed.end[axis] <= grid.size[axis]) {
        return Ok(());
    }
    let expected = format!("the voxels {:?} to {:?}", needed.start, needed.end);
    Err(InputError::new(path, format!("an image of {grid}"), expected).into())
}

/// The voxels of a box, axis i fastest. The stream stands at voxel (0, 0, 0) and is left after the last voxel of the box.
///
/// # Errors
/// [`InputError`] when the file is shorter than the whole grid needs (seen at once where it is not compressed), or damaged.
pub fn read_box(stream: &mut Stream, size: [usize; 3], sample: &Sample, bounds: &BoundingBox) -> Result<Vec<f64>> {
    let width = sample.kind.width();
    stream.can_hold(byte_count(stream, size, sample)?)?;
    let extent: [usize; 3] = std::array::from_fn(|axis| bounds.end[axis] - bounds.start[axis]);
    let whole = extent == size;
    let wanted: usize = extent.iter().product();
    let room = if whole { stream.trusted(wanted, width) } else { wanted.min(CHUNK) };
    let mut values = Growing::with_capacity(room);
    let mut scratch = vec![0u8; CHUNK];
    let mut position = 0u64;
    // Rows that lie behind one another in the file are read as one.
    let rows = if extent[0] == size[0] { extent[1] } else { 1 };
    for k in bounds.start[2]..bounds.end[2] {
        for j in (bounds.start[1]..bounds.end[1]).step_by(rows.max(1)) {
            let start = (bounds.start[0] + size[0] * (j + size[1] * k)) as u64 * width as u64;
            stream.skip(start - position)?;
            let mut left = extent[0] * rows * width;
            position = start + left as u64;
            while left > 0 {
                let step = left.min(CHUNK);
                stream.read_exact(&mut scratch[..step])?;
                sample.decode(&scratch[..step], values.room_for(step / width));
                left -= step;
            }
        }
    }
    Ok(values.finish())
}

/// Numbers of which it is not known how many will come. A vector that doubles holds its old and its new memory at once: up to three times
/// what arrived. These grow piece by piece and are joined when all are there, so that it is never more than twice.
struct Growing {
    pieces: Vec<Vec<f64>>,
}

impl Growing {
    fn with_capacity(room: usize) -> Self {
        Growing { pieces: vec![Vec::with_capacity(room)] }
    }

    /// A piece that takes `count` more numbers without moving.
    fn room_for(&mut self, count: usize) -> &mut Vec<f64> {
        let last = self.pieces.len() - 1;
        let at = if self.pieces[last].capacity() - self.pieces[last].len() >= count {
            last
        } else {
            // An eighth more than is there: few pieces, and little memory that stays unused.
            let there: usize = self.pieces.iter().map(Vec::len).sum();
            self.pieces.push(Vec::with_capacity(count.max(there / 8)));
            last + 1
        };
        &mut self.pieces[at]
    }

    fn finish(mut self) -> Vec<f64> {
        if self.pieces.len() == 1 {
            return self.pieces.remove(0);
        }
        let mut values = Vec::with_capacity(self.pieces.iter().map(Vec::len).sum());
        for piece in self.pieces {
            values.extend_from_slice(&piece);
        }
        values
    }
}

/// A label image. The stream stands at voxel (0, 0, 0).
///
/// # Errors
/// [`InputError`] when a value is no whole number, or the file is short or damaged.
pub fn read_labels(stream: &mut Stream, grid: Grid, sample: &Sample) -> Result<Labels> {
    let mut left = byte_count(stream, grid.size, sample)?;
    stream.can_hold(left)?;
    let width = sample.kind.width();
    let mut labels = Labels::empty(grid);
    let mut scratch = vec![0u8; CHUNK];
    let mut values = Vec::with_capacity(BLOCK);
    let mut at = 0;
    while left > 0 {
        let step = left.min(CHUNK as u64) as usize;
        stream.read_exact(&mut scratch[..step])?;
        for block in scratch[..step].chunks(BLOCK) {
            // Most of a mask is zero, and a block of zero bytes is zero in every type.
            let zero = sample.zero_is_zero() && block.iter().fold(0, |any, byte| any | byte) == 0;
            if !zero {
                values.clear();
                sample.decode(block, &mut values);
                for (offset, value) in values.iter().enumerate() {
                    labels.push(at + offset, whole_number(stream.path(), *value)?);
                }
            }
            at += block.len() / width;
        }
        left -= step as u64;
    }
    stream.finish()?;
    Ok(labels)
}

/// Bytes looked at together in a label image; a multiple of every width.
const BLOCK: usize = 256;

/// A label from a stored number; a thousandth of slack pays for scaled or resampled files, and no more.
pub(crate) fn whole_number(path: &Path, value: f64) -> Result<i32> {
    let nearest = value.round();
    if (value - nearest).abs() <= 1e-3 && nearest.abs() <= f64::from(i32::MAX) {
        return Ok(nearest as i32);
    }
    let found = format!("the value {value} in a mask");
    Err(InputError::new(path, found, "whole numbers: labels (is this the image, or a map of probabilities?)").into())
}
