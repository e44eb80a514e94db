//! The grey levels of a region as textures read them: with a border of outside voxels, so that no neighbour needs a test.

use std::ops::Range;

use crate::radiomics::discretise::Levels;

/// An offset from a voxel to another along i, j, k.
pub type Offset = [i32; 3];

/// The 13 directions in space (one of each opposite pair), or the first 4 of them within a slice, to neighbours at Chebyshev
/// distance 1.
pub(super) const DIRECTIONS: [Offset; 13] = [
    [1, 0, 0],
    [-1, 1, 0],
    [0, 1, 0],
    [1, 1, 0],
    [-1, -1, 1],
    [0, -1, 1],
    [1, -1, 1],
    [-1, 0, 1],
    [0, 0, 1],
    [1, 0, 1],
    [-1, 1, 1],
    [0, 1, 1],
    [1, 1, 1],
];

/// The directions within a slice, or in space, to neighbours at a distance.
pub(super) fn directions(in_space: bool, distance: usize) -> Vec<Offset> {
    let distance = i32::try_from(distance).unwrap_or(i32::MAX / 2);
    let used = if in_space { &DIRECTIONS[..] } else { &DIRECTIONS[..4] };
    used.iter().map(|direction| direction.map(|step| step.saturating_mul(distance))).collect()
}

/// A stretch of voxels along i that begins and ends in the region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Position of its first voxel in the padded box.
    pub start: usize,
    /// Number of voxels; there may be short gaps outside the region between the first and the last.
    pub length: usize,
}

/// Grey levels in a padded box.
#[derive(Debug, Clone)]
pub struct Field {
    /// Level per voxel of the padded box, 0 outside the region.
    pub(super) level: Vec<u16>,
    /// Voxels along i, j, k without the border.
    pub(super) size: [usize; 3],
    /// Width of the border along each axis.
    border: [usize; 3],
    /// Distance in memory of neighbours along i, j, k.
    pub(super) stride: [usize; 3],
    /// Stretches of the region in the order of memory.
    pub(super) rows: Vec<Row>,
    /// Which rows make up each slice that holds voxels of the region.
    slices: Vec<Range<usize>>,
    /// The highest level.
    pub(super) count: usize,
    /// Distance of neighbouring voxel centres in mm.
    pub(super) spacing: [f64; 3],
}

impl Field {
    /// The levels with a border as wide as `reach`, the farthest neighbour that will be asked for. Along an axis no neighbour
    /// that lies farther than the box is long can be in the region, so that offsets beyond it are left out by [`Field::within`].
    pub fn new(levels: &Levels, reach: usize) -> Field {
        let size = levels.size;
        let border = size.map(|n| reach.min(n));
        let padded: [usize; 3] = std::array::from_fn(|axis| size[axis] + 2 * border[axis]);
        let stride = [1, padded[0], padded[0] * padded[1]];
        let mut level = vec![0; padded.iter().product()];
        let (mut rows, mut slices) = (Vec::with_capacity(size[1] * size[2]), Vec::with_capacity(size[2]));
        for k in 0..size[2] {
            let before = rows.len();
            for j in 0..size[1] {
                let from = size[0] * (j + size[1] * k);
                let line = &levels.level[from..from + size[0]];
                let origin = border[0] + (border[1] + j) * stride[1] + (border[2] + k) * stride[2];
                for stretch in stretches(line) {
                    let start = origin + stretch.start;
                    level[start..start + stretch.len()].copy_from_slice(&line[stretch.clone()]);
                    rows.push(Row { start, length: stretch.len() });
                }
            }
            if rows.len() > before {
                slices.push(before..rows.len());
            }
        }
        Field { level, size, border, stride, rows, slices, count: levels.count, spacing: levels.spacing }
    }

    /// Number of slices that hold voxels of the region.
    pub(super) fn slices(&self) -> usize {
        self.slices.len()
    }

    /// The rows of some of the slices.
    pub(super) fn rows(&self, slices: &Range<usize>) -> &[Row] {
        match self.slices.get(slices.clone()) {
            Some([first, .., last]) => &self.rows[first.start..last.end],
            Some([only]) => &self.rows[only.clone()],
            _ => &[],
        }
    }

    /// Whether two voxels so far apart can both lie in the box; only such offsets may be given to the other functions.
    pub(super) fn within(&self, offset: &Offset) -> bool {
        offset.iter().zip(self.border).all(|(step, border)| step.unsigned_abs() as usize <= border)
    }

    /// Distance in memory of two voxels so far apart.
    pub(super) fn shift(&self, offset: &Offset) -> isize {
        offset.iter().zip(self.stride).map(|(step, stride)| *step as isize * stride as isize).sum()
    }

    /// Levels of the voxels that lie `shift` from those of a row.
    #[inline(always)]
    pub(super) fn neighbours(&self, row: &Row, shift: isize) -> &[u16] {
        let start = row.start.wrapping_add_signed(shift);
        &self.level[start..start + row.length]
    }

    /// Coordinates along i, j, k of the voxels of the region, in the padded box.
    pub(super) fn region(&self) -> impl Iterator<Item = Offset> + '_ {
        let coordinates =
            |at: usize| [at % self.stride[1], at % self.stride[2] / self.stride[1], at / self.stride[2]].map(|x| x as i32);
        let voxels = self.rows.iter().flat_map(|row| row.start..row.start + row.length);
        voxels.filter(|at| self.level[*at] != 0).map(coordinates)
    }

    /// Whether all voxels of the region have one level.
    pub(super) fn is_flat(&self) -> bool {
        let mut levels = self.level.iter().filter(|level| **level != 0);
        levels.next().is_none_or(|first| levels.all(|level| level == first))
    }

    /// Copies values of the unpadded box, one per voxel, into a padded one.
    pub(super) fn padded<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        let mut padded = vec![T::default(); self.level.len()];
        for (at, line) in values.chunks_exact(self.size[0].max(1)).enumerate() {
            let (j, k) = (at % self.size[1], at / self.size[1]);
            let start = self.border[0] + (self.border[1] + j) * self.stride[1] + (self.border[2] + k) * self.stride[2];
            padded[start..start + line.len()].copy_from_slice(line);
        }
        padded
    }
}

/// The stretches of a line that hold the region. Gaps of a few voxels are not worth an interruption.
fn stretches(line: &[u16]) -> impl Iterator<Item = Range<usize>> + '_ {
    const GAP: usize = 8;
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + line[from..].iter().position(|level| *level != 0)?;
        let mut end = start;
        loop {
            end += line[end..].iter().position(|level| *level == 0).unwrap_or(line.len() - end);
            match line[end..].iter().take(GAP).position(|level| *level != 0) {
                Some(gap) => end += gap,
                None => break,
            }
        }
        from = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiomics::discretise::{Discretisation, Levels};

    #[test]
    fn directions_are_one_of_each_opposite_pair() {
        for (at, direction) in DIRECTIONS.iter().enumerate() {
            let opposite = direction.map(|step| -step);
            assert!(!DIRECTIONS[..at].contains(direction) && !DIRECTIONS.contains(&opposite) && opposite != *direction);
            assert_eq!(at < 4, direction[2] == 0);
        }
    }

    #[test]
    fn stretches_end_at_long_gaps_only() {
        let mut line = [0_u16; 40];
        [2, 3, 6, 20, 29, 39].iter().for_each(|at| line[*at] = 5);
        assert_eq!(stretches(&line).collect::<Vec<_>>(), [2..7, 20..21, 29..30, 39..40]);
        line[28] = 1;
        assert_eq!(stretches(&line).collect::<Vec<_>>(), [2..7, 20..30, 39..40]);
        assert_eq!(stretches(&[0; 9]).count(), 0);
    }

    #[test]
    fn neighbours_outside_are_zero() {
        let intensity: Vec<f64> = (1..=12).map(f64::from).collect();
        let inside: Vec<bool> = (0..12).map(|at| at % 5 != 0).collect();
        let levels = Levels::new([3, 2, 2], [1.0; 3], &intensity, &inside, Discretisation::None).unwrap();
        let field = Field::new(&levels, 1);
        let row = field.rows(&(0..1))[1];
        // Row j = 1 of slice 0 has levels 4, 5, (6 is outside).
        assert_eq!(field.neighbours(&row, 0), [4, 5]);
        assert_eq!(field.neighbours(&row, field.shift(&[1, 0, 0])), [5, 0]);
        assert_eq!(field.neighbours(&row, field.shift(&[0, -1, 1])), [7, 8]);
        assert_eq!(field.neighbours(&row, field.shift(&[0, 1, 0])), [0, 0]);
        assert_eq!(field.padded(&levels.level), field.level);
    }
}
