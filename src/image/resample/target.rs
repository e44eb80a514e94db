//! The grid to resample to.

use crate::error::{Error, Result};
use crate::image::affine::{AffineTransform, times};
use crate::image::{BoundingBox, Grid, Mask};

/// More voxels than any scan holds: a spacing typed in the wrong unit.
const MOST_VOXELS: f64 = 4e9;

/// The grid of the wanted voxel spacing whose centre is the image's centre.
///
/// A spacing of 0 keeps the image's along that axis (2-D resampling within the slices has 0 for k); an axis of one voxel is kept as well,
/// for nothing lies between its voxels.
///
/// # Definition
/// n′ = ⌈n s / s′⌉ voxels along each axis, the middle of all centres unmoved: the first new centre lies at index ((n − 1) − (n′ − 1) s′/s) / 2.
///
/// # Errors
/// A spacing that is negative or not finite, or so small that the grid would hold more voxels than any scan.
///
/// # Reference
/// IBSI reference manual, section 2.4: align grid centres.
pub fn aligned_grid(from: &Grid, spacing: [f64; 3]) -> Result<Grid> {
    if let Some(wrong) = spacing.iter().find(|s| !(s.is_finite() && **s >= 0.0)) {
        return Err(Error::usage(format!(
            "the voxel spacing {wrong} mm cannot be resampled to: 0 keeps the image's, else it is positive"
        )));
    }
    let mut to = from.clone();
    let mut first = [0.0; 3];
    let mut voxels = 1.0;
    for axis in 0..3 {
        let n = from.size[axis];
        let ratio = spacing[axis] / from.spacing[axis];
        if spacing[axis] > 0.0 && n > 1 {
            // A spacing that divides the extent would give a voxel more by a rounding error: a millionth of a voxel is none.
            let count = (n as f64 / ratio - 1e-6).ceil().max(1.0);
            first[axis] = 0.5 * ((n as f64 - 1.0) - (count - 1.0) * ratio);
            to.spacing[axis] = spacing[axis];
            to.size[axis] = count.min(u32::MAX.into()) as usize;
        }
        voxels *= to.size[axis] as f64;
    }
    if voxels > MOST_VOXELS {
        return Err(Error::usage(format!("resampling to {spacing:?} mm would make an image of {voxels:.1e} voxels")));
    }
    to.origin = from.point(first);
    Ok(to)
}

/// The box of voxels of `grid` that covers a region (which may lie on another grid), and `margin` mm more on every side where the grid
/// goes on; `None` when the region is empty or lies outside.
pub fn window_around(mask: &Mask, grid: &Grid, margin: f64) -> Option<BoundingBox> {
    let region = mask.bounding_box()?;
    let map = IndexMap::new(&mask.grid, grid)?;
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for corner in 0..8 {
        let index = std::array::from_fn(|axis| {
            let far = corner >> axis & 1 == 1;
            if far { region.end[axis] as f64 - 0.5 } else { region.start[axis] as f64 - 0.5 }
        });
        for (axis, x) in map.apply(index).into_iter().enumerate() {
            low[axis] = low[axis].min(x);
            high[axis] = high[axis].max(x);
        }
    }
    let (mut start, mut end) = ([0; 3], [0; 3]);
    for axis in 0..3 {
        let extra = margin.max(0.0) / grid.spacing[axis];
        // A new voxel may belong to the region when its centre lies within the region's outer faces, or half a voxel beyond.
        let first = (low[axis] - extra - 0.5).floor().max(0.0);
        let last = (high[axis] + extra + 0.5).ceil().min(grid.size[axis] as f64 - 1.0);
        if !(first <= last) {
            return None;
        }
        (start[axis], end[axis]) = (first as usize, last as usize + 1);
    }
    Some(BoundingBox { start, end })
}

/// From the voxel indices of one grid to those of another.
pub(crate) struct IndexMap {
    /// Row-major.
    pub(crate) matrix: [[f64; 3]; 3],
    /// Index, in the second grid, of voxel (0, 0, 0) of the first.
    pub(crate) offset: [f64; 3],
}

impl IndexMap {
    /// `None` when the second grid's axes do not span space.
    pub(crate) fn new(from: &Grid, to: &Grid) -> Option<IndexMap> {
        IndexMap::through(from, &AffineTransform::IDENTITY, to)
    }

    /// From the first grid's voxels over a map of patient space to the second grid's; `None` when the second grid's axes do not span space.
    pub(crate) fn through(from: &Grid, transform: &AffineTransform, to: &Grid) -> Option<IndexMap> {
        let inverse = inverse(&to.direction)?;
        let row = |axis: usize, v: [f64; 3]| inverse[axis].iter().zip(v).map(|(a, b)| a * b).sum::<f64>() / to.spacing[axis];
        let column = |b: usize| times(&transform.matrix, [0, 1, 2].map(|r| from.direction[r][b] * from.spacing[b]));
        let origin = transform.apply(from.origin);
        let shift = [0, 1, 2].map(|axis| origin[axis] - to.origin[axis]);
        Some(IndexMap {
            matrix: [0, 1, 2].map(|axis| [0, 1, 2].map(|b| row(axis, column(b)))),
            offset: [0, 1, 2].map(|axis| row(axis, shift)),
        })
    }

    /// The index in the second grid.
    #[inline]
    pub(crate) fn apply(&self, index: [f64; 3]) -> [f64; 3] {
        let m = &self.matrix;
        [0, 1, 2].map(|r| self.offset[r] + (m[r][0] * index[0] + m[r][1] * index[1] + m[r][2] * index[2]))
    }

    /// Whether each axis of the first grid runs along the same axis of the second, so closely that over `size` voxels less than a
    /// millionth of a voxel is lost.
    pub(crate) fn is_parallel(&self, size: [usize; 3]) -> bool {
        (0..3).all(|r| (0..3).all(|c| r == c || (self.matrix[r][c] * size[c] as f64).abs() < 1e-6))
    }
}

/// The inverse of a 3 × 3 matrix by elimination with row pivots, which for axes along the patient's is the reciprocal without a rounding error.
pub(crate) fn inverse(matrix: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let (mut m, mut out) = (*matrix, crate::image::grid::IDENTITY);
    for column in 0..3 {
        let pivot = (column..3).max_by(|&a, &b| m[a][column].abs().total_cmp(&m[b][column].abs()))?;
        m.swap(column, pivot);
        out.swap(column, pivot);
        let scale = m[column][column];
        if !(scale.abs() > 1e-12) {
            return None;
        }
        for row in (0..3).filter(|row| *row != column) {
            let factor = m[row][column] / scale;
            if factor != 0.0 {
                for c in 0..3 {
                    m[row][c] -= factor * m[column][c];
                    out[row][c] -= factor * out[column][c];
                }
            }
        }
    }
    Some([0, 1, 2].map(|row| out[row].map(|value| value / m[row][row])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_stays_where_it_is() {
        let from = Grid::plain([204, 201, 60], [0.9765625, 0.9765625, 3.0]);
        let to = aligned_grid(&from, [2.0, 2.0, 2.0]).unwrap();
        assert_eq!(to.size, [100, 99, 90]);
        let middle = |g: &Grid| g.point(g.size.map(|n| 0.5 * (n as f64 - 1.0)));
        for (a, b) in middle(&from).iter().zip(middle(&to)) {
            assert!((a - b).abs() < 1e-10);
        }
    }

    #[test]
    fn zero_and_single_slices_are_kept() {
        let from = Grid::plain([10, 10, 1], [0.1, 0.3, 5.0]);
        let to = aligned_grid(&from, [0.2, 0.0, 1.0]).unwrap();
        assert_eq!((to.size, to.spacing), ([5, 10, 1], [0.2, 0.3, 5.0]));
        // 0.3 divides 0.9 into three, whatever rounding says.
        assert_eq!(aligned_grid(&Grid::plain([9, 9, 9], [0.1; 3]), [0.3; 3]).unwrap().size, [3; 3]);
        assert!(aligned_grid(&from, [-1.0, 0.0, 0.0]).is_err());
        assert!(aligned_grid(&from, [f64::NAN, 0.0, 0.0]).is_err());
        assert!(aligned_grid(&from, [1e-12, 1e-12, 0.0]).is_err());
    }

    #[test]
    fn a_map_goes_there_and_back() {
        let (c, s) = (0.8, 0.6);
        let turned = Grid {
            size: [5; 3],
            spacing: [1.0, 2.0, 3.0],
            origin: [4.0, 5.0, 6.0],
            direction: [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, -1.0]],
        };
        let plain = Grid::plain([9; 3], [0.5; 3]);
        let there = IndexMap::new(&turned, &plain).unwrap();
        let back = IndexMap::new(&plain, &turned).unwrap();
        let index = back.apply(there.apply([1.0, 2.0, 3.0]));
        for (found, wanted) in index.into_iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-12);
        }
        assert!(!there.is_parallel([5; 3]));
    }
}
