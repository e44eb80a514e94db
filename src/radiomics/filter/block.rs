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
        Source::whole(image).cut(start, size, boundary)
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
        Volume::new(grid.part(place), self.values)
    }
}

/// What is known of an image: a box of its values, which stands for all that a cut asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub values: &'a [f64],
    /// Where the values lie in the image.
    pub held: BoundingBox,
    /// Size of the image that a boundary continues.
    pub extent: [usize; 3],
}

impl<'a> Source<'a> {
    /// The whole of an image.
    pub fn whole(image: &'a Volume) -> Self {
        Source { values: &image.values, held: BoundingBox { start: [0; 3], end: image.grid.size }, extent: image.grid.size }
    }

    /// The values from `start` (which may lie before the first voxel) over `size` voxels.
    pub fn cut(&self, start: [isize; 3], size: [usize; 3], boundary: Boundary) -> Block {
        let known = extent(&self.held);
        // An image made larger by periodisation holds, beyond its values, its first ones again.
        let voxel = |axis: usize, at: isize| {
            let inside = boundary.voxel(at, self.extent[axis])? - self.held.start[axis];
            Some(inside % known[axis])
        };
        let column: Vec<Option<usize>> = (0..size[0]).map(|i| voxel(0, start[0] + i as isize)).collect();
        // The stretch of a line that lies inside is copied in one piece.
        let begin = self.held.start[0] as isize - start[0];
        let first = begin.clamp(0, size[0] as isize) as usize;
        let last = (begin + known[0] as isize).clamp(first as isize, size[0] as isize) as usize;
        let mut values = Vec::with_capacity(size.iter().product());
        for k in 0..size[2] {
            let plane = voxel(2, start[2] + k as isize);
            for j in 0..size[1] {
                let (Some(k), Some(j)) = (plane, voxel(1, start[1] + j as isize)) else {
                    values.resize(values.len() + size[0], 0.0);
                    continue;
                };
                let row = known[0] * (j + known[1] * k);
                let line = &self.values[row..row + known[0]];
                let outside = |at: &Option<usize>| at.map_or(0.0, |i| line[i]);
                values.extend(column[..first].iter().map(outside));
                if first < last {
                    let from = (first as isize - begin) as usize;
                    values.extend_from_slice(&line[from..from + (last - first)]);
                }
                values.extend(column[last..].iter().map(outside));
            }
        }
        Block { size, values }
    }
}

/// The voxels that a filter of this reach asks for in order to answer in a box, as far as they lie in the image.
pub(super) fn asked(place: &BoundingBox, reach: [[usize; 2]; 3], extent: [usize; 3], boundary: Boundary) -> BoundingBox {
    let mut asked = *place;
    for axis in 0..3 {
        let [before, after] = reach[axis];
        if boundary == Boundary::Periodic && (place.start[axis] < before || place.end[axis] + after > extent[axis]) {
            (asked.start[axis], asked.end[axis]) = (0, extent[axis]);
            continue;
        }
        asked.start[axis] = place.start[axis].saturating_sub(before);
        asked.end[axis] = (place.end[axis] + after).min(extent[axis]);
        // A reflection that reaches further than the image is long comes back to its other voxels.
        if boundary == Boundary::Mirror && before.max(after) >= place.end[axis] - place.start[axis] {
            let far = before.max(after) + 1;
            if place.start[axis] < far {
                asked.end[axis] = asked.end[axis].max((far - place.start[axis]).min(extent[axis]));
            }
            if place.end[axis] + far > extent[axis] {
                asked.start[axis] = asked.start[axis].min((2 * extent[axis]).saturating_sub(place.end[axis] + far));
            }
        }
    }
    asked
}

/// Voxels along each side of a box.
pub(super) fn extent(place: &BoundingBox) -> [usize; 3] {
    std::array::from_fn(|axis| place.end[axis] - place.start[axis])
}
