//! From the steps between voxels, as headers state them, to a grid.

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;

/// A grid from the patient-space step along each index axis (LPS, mm).
///
/// # Errors
/// [`InputError`] for steps that are zero, not finite, or not at right angles to each other.
pub fn grid_of_steps(path: &Path, size: [usize; 3], origin: [f64; 3], steps: [[f64; 3]; 3]) -> Result<Grid> {
    let refuse = |found: String, expected: &str| Err(InputError::new(path, found, expected).into());
    let spacing = steps.map(length);
    if !origin.iter().chain(steps.iter().flatten()).all(|n| n.is_finite()) {
        return refuse("a position or axis that is not a number".into(), "a finite geometry");
    }
    if !spacing.iter().all(|step| *step > 0.0 && step.is_finite()) {
        return refuse(format!("a voxel spacing of {} mm", spacing.map(|n| n.to_string()).join("×")), "positive spacing");
    }
    if size.contains(&0) {
        return refuse(format!("an image of {} voxels", size.map(|n| n.to_string()).join("×")), "at least one voxel");
    }
    let axes: [[f64; 3]; 3] = std::array::from_fn(|axis| steps[axis].map(|n| n / spacing[axis]));
    let worst = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| dot(axes[a], axes[b]).abs()).into_iter().fold(0.0, f64::max);
    if worst > SKEW {
        let found = format!("axes that are not at right angles (cosine {worst:.4})");
        return refuse(found, "a rectangular grid: resample the image onto one");
    }
    let direction = std::array::from_fn(|row| std::array::from_fn(|axis| axes[axis][row]));
    Ok(Grid { size, spacing, origin, direction })
}

/// Cosine between axes below which rounding in a header is taken as its cause.
const SKEW: f64 = 1e-3;

/// Scalar product.
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Euclidean length.
pub fn length(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

/// Vector product.
pub fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The (fractional) voxel indices of a point in patient space: the inverse of [`Grid::point`].
pub fn index_of(grid: &Grid, point: [f64; 3]) -> [f64; 3] {
    let steps: [[f64; 3]; 3] =
        std::array::from_fn(|axis| std::array::from_fn(|row| grid.direction[row][axis] * grid.spacing[axis]));
    let offset: [f64; 3] = std::array::from_fn(|row| point[row] - grid.origin[row]);
    let volume = dot(steps[0], cross(steps[1], steps[2]));
    // Cramer's rule.
    [
        dot(offset, cross(steps[1], steps[2])) / volume,
        dot(offset, cross(steps[2], steps[0])) / volume,
        dot(offset, cross(steps[0], steps[1])) / volume,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_the_inverse_of_point() {
        let (sine, cosine) = 0.7f64.sin_cos();
        let steps = [[0.5 * cosine, 0.5 * sine, 0.0], [0.0, 0.0, -0.75], [3.0 * sine, -3.0 * cosine, 0.0]];
        let grid = grid_of_steps(Path::new("x"), [5, 6, 7], [10.0, -20.0, 30.0], steps).unwrap();
        let index = index_of(&grid, grid.point([1.5, 2.25, 6.0]));
        assert!(index.iter().zip([1.5, 2.25, 6.0]).all(|(a, b)| (a - b).abs() < 1e-12), "{index:?}");
    }
}
