//! Maps of patient space that keep straight lines straight: where a point of one image lies in another.

use serde::{Deserialize, Serialize};

use super::grid::IDENTITY;
use super::resample::target::inverse;

/// An affine map of patient space (LPS, mm): turning, shifting, scaling and shearing.
///
/// # Definition
/// y = matrix · x + offset. As in ITK, the map of a registration carries points of the fixed image to where they lie in the moving one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffineTransform {
    /// Row-major.
    pub matrix: [[f64; 3]; 3],
    /// Image of the origin, mm.
    pub offset: [f64; 3],
}

/// Matrix times vector.
pub(crate) fn times(matrix: &[[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}

/// Matrix times matrix.
pub(crate) fn product(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    a.map(|row| [0, 1, 2].map(|c| row[0] * b[0][c] + row[1] * b[1][c] + row[2] * b[2][c]))
}

/// Rows become columns.
pub(crate) fn transposed(m: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    [0, 1, 2].map(|r| [0, 1, 2].map(|c| m[c][r]))
}

impl AffineTransform {
    /// Every point stays where it is.
    pub const IDENTITY: AffineTransform = AffineTransform { matrix: IDENTITY, offset: [0.0; 3] };

    /// The map y = matrix · (x − centre) + centre + translation.
    pub fn about(matrix: [[f64; 3]; 3], centre: [f64; 3], translation: [f64; 3]) -> Self {
        let turned = times(&matrix, centre);
        AffineTransform { matrix, offset: [0, 1, 2].map(|a| translation[a] + centre[a] - turned[a]) }
    }

    /// A shift.
    pub fn shift(by: [f64; 3]) -> Self {
        AffineTransform { matrix: IDENTITY, offset: by }
    }

    /// Where a point (LPS, mm) comes to lie.
    #[inline]
    pub fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        let turned = times(&self.matrix, point);
        [0, 1, 2].map(|a| self.offset[a] + turned[a])
    }

    /// This map after another: x ↦ self(first(x)).
    pub fn after(&self, first: &AffineTransform) -> AffineTransform {
        AffineTransform { matrix: product(&self.matrix, &first.matrix), offset: self.apply(first.offset) }
    }

    /// The way back; `None` when the map flattens space.
    pub fn inverse(&self) -> Option<AffineTransform> {
        let matrix = inverse(&self.matrix)?;
        let offset = times(&matrix, self.offset).map(|x| -x);
        (matrix.iter().flatten().chain(&offset).all(|x| x.is_finite())).then_some(AffineTransform { matrix, offset })
    }

    /// By how much volumes grow; negative for a mirror image.
    pub fn determinant(&self) -> f64 {
        let [a, b, c] = &self.matrix;
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
    }

    /// Whether distances are kept and nothing is mirrored: matrixᵀ · matrix is the identity to within `tolerance` in every entry.
    pub fn is_rigid(&self, tolerance: f64) -> bool {
        let square = product(&transposed(&self.matrix), &self.matrix);
        let near = (0..3).all(|r| (0..3).all(|c| (square[r][c] - IDENTITY[r][c]).abs() <= tolerance));
        near && self.determinant() > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skewed() -> AffineTransform {
        AffineTransform::about([[1.1, 0.1, 0.2], [-0.1, 0.9, 0.05], [0.02, 0.03, 1.05]], [10.0, 20.0, 30.0], [4.0, 5.0, 6.0])
    }

    #[track_caller]
    fn near(a: [f64; 3], b: [f64; 3]) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a:?} is not {b:?}");
    }

    #[test]
    fn the_way_there_and_back_ends_where_it_began() {
        let (there, point) = (skewed(), [3.0, -7.0, 11.0]);
        near(there.inverse().unwrap().apply(there.apply(point)), point);
        near(there.apply([10.0, 20.0, 30.0]), [14.0, 25.0, 36.0]);
        let shifted = AffineTransform::shift([1.0, 2.0, 3.0]);
        near(there.after(&shifted).apply(point), there.apply(shifted.apply(point)));
        let flat = AffineTransform { matrix: [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]], offset: [0.0; 3] };
        assert!(flat.inverse().is_none());
    }

    #[test]
    fn rigid_is_told_from_affine_and_mirrored() {
        assert!(AffineTransform::IDENTITY.is_rigid(0.0));
        assert!(!skewed().is_rigid(1e-3));
        let mirror = AffineTransform { matrix: [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], offset: [0.0; 3] };
        assert!(!mirror.is_rigid(1e-9));
        assert!((skewed().inverse().unwrap().determinant() * skewed().determinant() - 1.0).abs() < 1e-12);
    }
}
