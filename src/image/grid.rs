//! Where a volume lies: the regular grid of voxel centres in patient space.

use std::fmt;

use crate::image::mask::BoundingBox;

/// A regular grid of voxels in patient space, LPS (x to the patient's left, y to the back, z to the head), as in DICOM and ITK.
///
/// # Definition
/// Voxel `(i, j, k)` has its centre at `origin + direction · diag(spacing) · (i, j, k)`. Axes may be oblique and of either handedness.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Voxels along the axes i (fastest in memory), j, k.
    pub size: [usize; 3],
    /// Distance of neighbouring voxel centres along i, j, k, in mm; positive.
    pub spacing: [f64; 3],
    /// Centre of voxel (0, 0, 0), LPS, in mm.
    pub origin: [f64; 3],
    /// Row-major; column `a` is the unit vector along which index axis `a` runs, LPS.
    pub direction: [[f64; 3]; 3],
}

/// The axes of a grid that is not turned.
pub const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Grid {
    /// A grid along the patient's axes with its first voxel in the origin.
    pub fn plain(size: [usize; 3], spacing: [f64; 3]) -> Self {
        Grid { size, spacing, origin: [0.0; 3], direction: IDENTITY }
    }

    /// Number of voxels.
    pub fn voxels(&self) -> usize {
        self.size.iter().product()
    }

    /// Position of voxel `(i, j, k)` in memory.
    #[inline]
    pub fn at(&self, [i, j, k]: [usize; 3]) -> usize {
        i + self.size[0] * (j + self.size[1] * k)
    }

    /// Volume of one voxel in mm³.
    pub fn voxel_volume(&self) -> f64 {
        self.spacing.iter().product()
    }

    /// Patient coordinates (LPS, mm) of a point given in (fractional) voxel indices.
    pub fn point(&self, index: [f64; 3]) -> [f64; 3] {
        let step = [index[0] * self.spacing[0], index[1] * self.spacing[1], index[2] * self.spacing[2]];
        std::array::from_fn(|row| {
            let turned: f64 = self.direction[row].iter().zip(step).map(|(d, s)| d * s).sum();
            self.origin[row] + turned
        })
    }

    /// Whether two grids hold the same voxels: equal sizes, and spacing, origin and axes within a hundredth of a voxel.
    pub fn agrees_with(&self, other: &Grid) -> bool {
        let step = self.spacing.iter().copied().fold(f64::INFINITY, f64::min) * 1e-2;
        let corners = |grid: &Grid| {
            let far = grid.size.map(|n| n.saturating_sub(1) as f64);
            [[0.0; 3], [far[0], 0.0, 0.0], [0.0, far[1], 0.0], [0.0, 0.0, far[2]]].map(|corner| grid.point(corner))
        };
        let near = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= step);
        self.size == other.size
            && self.spacing.iter().zip(&other.spacing).all(|(a, b)| (a - b).abs() <= 1e-2 * a.min(*b))
            && corners(self).iter().zip(&corners(other)).all(|(a, b)| near(a, b))
    }

    /// The grid of a part of the voxels: same spacing and axes, origin in the box's first voxel.
    pub fn part(&self, bounds: &BoundingBox) -> Grid {
        Grid {
            size: std::array::from_fn(|axis| bounds.end[axis].saturating_sub(bounds.start[axis])),
            spacing: self.spacing,
            origin: self.point(bounds.start.map(|first| first as f64)),
            direction: self.direction,
        }
    }

    /// The box of all voxels.
    pub fn whole(&self) -> BoundingBox {
        BoundingBox { start: [0; 3], end: self.size }
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |numbers: [f64; 3], between: &str| numbers.map(|n| format!("{}", (n * 1e6).round() / 1e6 + 0.0)).join(between);
        let axes = [0, 1, 2].map(|axis| format!("({})", join([0, 1, 2].map(|row| self.direction[row][axis]), ", ")));
        write!(
            f,
            "{} voxels of {} mm, first voxel at ({}) mm LPS, axes {}",
            self.size.map(|n| n.to_string()).join("×"),
            join(self.spacing, "×"),
            join(self.origin, ", "),
            axes.join(" ")
        )
    }
}
