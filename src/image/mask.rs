//! A region as a set of voxels.

use crate::image::grid::Grid;

/// A region of interest: which voxels of a grid belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// Where the voxels lie.
    pub grid: Grid,
    /// Membership, axis i fastest; as many as the grid has voxels.
    pub inside: Vec<bool>,
}

/// The smallest box around a region, in voxel indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundingBox {
    /// First voxel along i, j, k.
    pub start: [usize; 3],
    /// One beyond the last voxel along i, j, k.
    pub end: [usize; 3],
}

impl Mask {
    /// A mask of the given membership.
    ///
    /// # Panics
    /// If the number of entries is not the number of voxels: a fault of the caller, never of a file.
    pub fn new(grid: Grid, inside: Vec<bool>) -> Self {
        assert_eq!(grid.voxels(), inside.len(), "one entry per voxel");
        Mask { grid, inside }
    }

    /// The part of the region within a box.
    ///
    /// # Panics
    /// If the box reaches beyond the grid: a fault of the caller, never of a file.
    pub fn part(&self, bounds: &BoundingBox) -> Mask {
        Mask::new(self.grid.part(bounds), bounds.crop(self.grid.size, &self.inside))
    }

    /// Number of voxels in the region.
    pub fn count(&self) -> usize {
        self.inside.iter().filter(|inside| **inside).count()
    }

    /// The smallest box around the region; `None` when it is empty.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.grid.size, &self.inside)
    }
}

impl BoundingBox {
    /// The voxels of a grid that lie in the box.
    pub fn mask(&self, grid: &Grid) -> Mask {
        let [nx, ny, _] = grid.size;
        let holds = |voxel: [usize; 3]| (0..3).all(|axis| (self.start[axis]..self.end[axis]).contains(&voxel[axis]));
        let inside = (0..grid.voxels()).map(|at| holds([at % nx, at / nx % ny, at / (nx * ny)])).collect();
        Mask::new(grid.clone(), inside)
    }

    /// The smallest box around what is `true` in a block of `size` voxels, axis i fastest; `None` when nothing is.
    pub fn around(size: [usize; 3], inside: &[bool]) -> Option<BoundingBox> {
        let [nx, ny, _] = size;
        let (mut start, mut end) = ([usize::MAX; 3], [0; 3]);
        for (row, line) in inside.chunks_exact(nx.max(1)).enumerate() {
            // Nearly all rows of a volume are empty; without an early exit the compiler tests 32 voxels at a time.
            if !line.iter().fold(false, |any, inside| any | inside) {
                continue;
            }
            let Some(first) = line.iter().position(|inside| *inside) else { continue };
            let last = line.iter().rposition(|inside| *inside).unwrap_or(first);
            let (j, k) = (row % ny, row / ny);
            for (axis, (low, high)) in [(first, last), (j, j), (k, k)].into_iter().enumerate() {
                start[axis] = start[axis].min(low);
                end[axis] = end[axis].max(high + 1);
            }
        }
        (end[0] > 0).then_some(BoundingBox { start, end })
    }

    /// Voxels along i, j, k.
    pub fn size(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.end[axis] - self.start[axis])
    }

    /// The box grown by `margin` voxels on every side, as far as a grid of `size` reaches.
    pub fn grown(&self, margin: [usize; 3], size: [usize; 3]) -> BoundingBox {
        BoundingBox {
            start: std::array::from_fn(|axis| self.start[axis].saturating_sub(margin[axis])),
            end: std::array::from_fn(|axis| self.end[axis].saturating_add(margin[axis]).min(size[axis])),
        }
    }

    /// What a block of `size` voxels holds inside the box, axis i fastest.
    pub fn crop<T: Copy>(&self, size: [usize; 3], block: &[T]) -> Vec<T> {
        let [width, height, depth] = self.size();
        let mut cropped = Vec::with_capacity(width * height * depth);
        for k in self.start[2]..self.end[2] {
            for j in self.start[1]..self.end[1] {
                let first = self.start[0] + size[0] * (j + size[1] * k);
                cropped.extend_from_slice(&block[first..first + width]);
            }
        }
        cropped
    }
}
