//! Boxes of voxels cut from an image, with what lies beyond its edge where they reach over it.

use crate::image::{BoundingBox, Grid, Volume};

use super::boundary::Boundary;

/// A box of values, axis i fastest. It does not know where it lies: that is its maker's business.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub size: [usize; 3],
    pub values: Vec<f64>,
}

impl Block {
    /// The part of `image` from `start` (which may lie before its first voxel) over `size` voxels.
    pub fn cut(image: &Volume, start: [isize; 3], size: [usize; 3], boundary: Boundary) -> Block {
        Self::cut_periods(image, start, size, boundary, image.grid.size)
    }

    /// As [`Block::cut`], of an image that is first made larger by periodisation, to `extent`.
    pub fn cut_periods(image: &Volume, start: [isize; 3], size: [usize; 3], boundary: Boundary, extent: [usize; 3]) -> Block {
        let whole = image.grid.size;
        let voxel = |axis: usize, at: isize| boundary.voxel(at, extent[axis]).map(|inside| inside % whole[axis]);
        let column: Vec<Option<usize>> = (0..size[0]).map(|i| voxel(0, start[0] + i as isize)).collect();
        // The stretch of the line that lies inside the image is copied in one piece.
        let first = (-start[0]).clamp(0, size[0] as isize) as usize;
        let last = (whole[0] as isize - start[0]).clamp(first as isize, size[0] as isize) as usize;
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            let plane = voxel(2, start[2] + k as isize);
            for j in 0..size[1] {
                let (Some(k), Some(j)) = (plane, voxel(1, start[1] + j as isize)) else {
                    values.resize(values.len() + size[0], 0.0);
                    continue;
                };
                let row = image.grid.at([0, j, k]);
                let line = &image.values[row..row + whole[0]];
                let outside = |at: &Option<usize>| at.map_or(0.0, |i| line[i]);
                values.extend(column[..first].iter().map(outside));
                if first < last {
                    let from = (start[0] + first as isize) as usize;
                    values.extend_from_slice(&line[from..from + (last - first)]);
                }
                values.extend(column[last..].iter().map(outside));
            }
        }
        Block { size, values }
    }

    /// The values `margin` inside the block.
    pub fn inner(&self, margin: [usize; 3], size: [usize; 3]) -> Block {
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            for j in 0..size[1] {
                let row = margin[0] + self.size[0] * (margin[1] + j + self.size[1] * (margin[2] + k));
                values.extend_from_slice(&self.values[row..row + size[0]]);
            }
        }
        Block { size, values }
    }

    /// The volume whose values these are, where `place` says that they lie in `grid`.
    pub fn place(self, grid: &Grid, place: &BoundingBox) -> Volume {
        Volume::new(part(grid, place), self.values)
    }
}

/// The grid of the voxels of `grid` in a box.
pub(super) fn part(grid: &Grid, place: &BoundingBox) -> Grid {
    Grid {
        size: extent(place),
        spacing: grid.spacing,
        origin: grid.point(place.start.map(|at| at as f64)),
        direction: grid.direction,
    }
}

/// Voxels along each side of a box.
pub(super) fn extent(place: &BoundingBox) -> [usize; 3] {
    std::array::from_fn(|axis| place.end[axis] - place.start[axis])
}
