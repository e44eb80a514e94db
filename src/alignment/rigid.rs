//! Rigid transforms as clinicians and ITK write them: three rotations, three translations, a centre.

use serde::{Deserialize, Serialize};

use crate::image::AffineTransform;
use crate::image::affine::product;

/// A turn about a centre, then a shift, in patient space (LPS, mm).
///
/// # Definition
/// y = R (x − centre) + centre + translation, R = R_z R_x R_y by the three angles, as in ITK's `Euler3DTransform`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RigidTransform {
    /// Angles about the axes x, y, z, in radians.
    pub rotation: [f64; 3],
    /// Shift in mm.
    pub translation: [f64; 3],
    /// The point about which is turned, LPS, in mm.
    pub centre: [f64; 3],
}

/// Entries of a rotation's matrixᵀ · matrix may leave the identity's by this much; more is no rounding error of a stored transform.
const ROUNDING: f64 = 1e-6;

/// R = R_z R_x R_y.
fn euler([x, y, z]: [f64; 3]) -> [[f64; 3]; 3] {
    let ((sx, cx), (sy, cy), (sz, cz)) = (x.sin_cos(), y.sin_cos(), z.sin_cos());
    let about_x = [[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]];
    let about_y = [[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]];
    let about_z = [[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]];
    product(&about_z, &product(&about_x, &about_y))
}

impl RigidTransform {
    /// The map that it is.
    pub fn affine(&self) -> AffineTransform {
        AffineTransform::about(euler(self.rotation), self.centre, self.translation)
    }

    /// A rigid map's angles and shift about a centre; `None` when the map is not rigid.
    ///
    /// # Definition
    /// As in ITK x = asin R₃₂; where cos x vanishes z is 0, for y and z then turn about one axis.
    pub fn of(map: &AffineTransform, centre: [f64; 3]) -> Option<RigidTransform> {
        if !map.is_rigid(ROUNDING) {
            return None;
        }
        let m = &map.matrix;
        let x = m[2][1].clamp(-1.0, 1.0).asin();
        let (y, z) = if x.cos().abs() > 5e-5 {
            ((-m[2][0]).atan2(m[2][2]), (-m[0][1]).atan2(m[1][1]))
        } else {
            ((x.signum() * m[1][0]).atan2(m[0][0]), 0.0)
        };
        let there = map.apply(centre);
        Some(RigidTransform { rotation: [x, y, z], translation: [0, 1, 2].map(|a| there[a] - centre[a]), centre })
    }

    /// The whole turn in radians, 0 to π, about whatever axis.
    pub fn angle(&self) -> f64 {
        turn(&euler(self.rotation))
    }
}

/// The angle of a rotation matrix, exact for small angles too.
pub fn turn(m: &[[f64; 3]; 3]) -> f64 {
    let sine = [m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]].iter().map(|s| s * s).sum::<f64>().sqrt();
    sine.atan2(m[0][0] + m[1][1] + m[2][2] - 1.0)
}

/// The turn about the axis of `by` by its length in radians.
///
/// # Reference
/// Rodrigues' formula.
pub(super) fn rotation(by: [f64; 3]) -> [[f64; 3]; 3] {
    let angle = by.iter().map(|w| w * w).sum::<f64>().sqrt();
    // Both factors are even in the angle and smooth at 0, where their quotients are not defined.
    let (first, second) =
        if angle < 1e-6 { (1.0, 0.5) } else { (angle.sin() / angle, 2.0 * ((0.5 * angle).sin() / angle).powi(2)) };
    let [x, y, z] = by;
    let cross = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]];
    let square = product(&cross, &cross);
    [0, 1, 2].map(|r| [0, 1, 2].map(|c| f64::from(u8::from(r == c)) + first * cross[r][c] + second * square[r][c]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_come_back_from_the_matrix() {
        for rotation in [[0.1, -0.2, 0.3], [1.2, 2.0, -3.0], [0.0; 3], [1e-9, 0.0, -1e-9]] {
            let rigid = RigidTransform { rotation, translation: [4.0, 5.0, 6.0], centre: [1.0, 2.0, 3.0] };
            let found = RigidTransform::of(&rigid.affine(), rigid.centre).unwrap();
            for (a, b) in found.rotation.iter().chain(&found.translation).zip(rotation.iter().chain(&rigid.translation)) {
                assert!((a - b).abs() < 1e-12, "{found:?}");
            }
        }
        // At 90° about x only the sum of the other two turns is defined: the map is kept.
        let upright =
            RigidTransform { rotation: [std::f64::consts::FRAC_PI_2, 0.3, 0.4], translation: [0.0; 3], centre: [0.0; 3] };
        let found = RigidTransform::of(&upright.affine(), [0.0; 3]).unwrap();
        let (a, b) = (found.affine().apply([1.0, 2.0, 3.0]), upright.affine().apply([1.0, 2.0, 3.0]));
        assert!((0..3).all(|axis| (a[axis] - b[axis]).abs() < 1e-9));
    }

    #[test]
    fn a_turn_about_one_axis_has_its_angle() {
        for angle in [1e-8, 0.01, 1.0, 3.0] {
            assert!((turn(&rotation([0.0, angle, 0.0])) - angle).abs() < 1e-12);
            let rigid = RigidTransform { rotation: [0.0, 0.0, angle], translation: [0.0; 3], centre: [0.0; 3] };
            assert!((rigid.angle() - angle).abs() < 1e-12);
            let (a, b) = (rotation([0.0, 0.0, angle]), rigid.affine().matrix);
            assert!((0..9).all(|n| (a[n / 3][n % 3] - b[n / 3][n % 3]).abs() < 1e-12));
        }
        assert!(
            RigidTransform::of(
                &AffineTransform::about([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.0; 3], [0.0; 3]),
                [0.0; 3]
            )
            .is_none()
        );
    }
}
