//! Vectors, rotations and rigid motion in three dimensions.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

/// A point or a vector in mm.
pub type Point = [f64; 3];

/// `a − b`.
pub fn minus(a: Point, b: Point) -> Point {
    std::array::from_fn(|i| a[i] - b[i])
}

/// `a · b`.
pub fn dot(a: Point, b: Point) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Euclidean length.
pub fn length(a: Point) -> f64 {
    dot(a, a).sqrt()
}

/// A direction drawn uniformly from the sphere.
pub fn direction(rng: &mut impl Rng) -> Point {
    loop {
        let v: Point = std::array::from_fn(|_| rng.sample(StandardNormal));
        let norm = length(v);
        if norm > 1e-6 {
            return v.map(|x| x / norm);
        }
    }
}

/// An orthonormal frame drawn at random: its rows are its axes.
pub fn frame(rng: &mut impl Rng) -> [Point; 3] {
    let first = direction(rng);
    loop {
        let other = direction(rng);
        let along = dot(first, other);
        let rest: Point = std::array::from_fn(|i| other[i] - along * first[i]);
        let norm = length(rest);
        if norm > 0.1 {
            let second = rest.map(|x| x / norm);
            let third = [
                first[1] * second[2] - first[2] * second[1],
                first[2] * second[0] - first[0] * second[2],
                first[0] * second[1] - first[1] * second[0],
            ];
            return [first, second, third];
        }
    }
}

/// A rigid motion about a centre.
///
/// # Definition
/// Tissue at `p` in the reference image lies at `R (p − c) + c + t` in the moved one (LPS, mm); `R = Rz Ry Rx`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rigid {
    /// Angles about x, y, z in degrees.
    pub degrees: Point,
    /// `t`.
    pub translation: Point,
    /// `c`.
    pub centre: Point,
}

impl Rigid {
    /// No motion.
    pub fn none(centre: Point) -> Self {
        Rigid { degrees: [0.0; 3], translation: [0.0; 3], centre }
    }

    /// Angles and translations drawn from normal distributions.
    pub fn draw(centre: Point, mm: f64, degrees: f64, rng: &mut impl Rng) -> Self {
        let mut normal = |sd: f64| -> Point { std::array::from_fn(|_| sd * rng.sample::<f64, _>(StandardNormal)) };
        Rigid { translation: normal(mm), degrees: normal(degrees), centre }
    }

    /// Whether nothing moves.
    pub fn is_none(&self) -> bool {
        self.degrees.iter().chain(&self.translation).all(|x| *x == 0.0)
    }

    /// The rotation's rows.
    pub fn rotation(&self) -> [Point; 3] {
        let [x, y, z] = self.degrees.map(f64::to_radians);
        let (sx, cx, sy, cy, sz, cz) = (x.sin(), x.cos(), y.sin(), y.cos(), z.sin(), z.cos());
        [
            [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
            [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
            [-sy, cy * sx, cy * cx],
        ]
    }

    /// Where tissue of the reference image lies in the moved one.
    pub fn apply(&self, point: Point) -> Point {
        let from = minus(point, self.centre);
        let turned = self.rotation().map(|row| dot(row, from));
        std::array::from_fn(|i| turned[i] + self.centre[i] + self.translation[i])
    }

    /// Which tissue of the reference image lies at a point of the moved one.
    pub fn undo(&self, point: Point) -> Point {
        let from: Point = std::array::from_fn(|i| point[i] - self.centre[i] - self.translation[i]);
        let rotation = self.rotation();
        std::array::from_fn(|i| (0..3).map(|row| rotation[row][i] * from[row]).sum::<f64>() + self.centre[i])
    }

    /// The 4 × 4 matrix of [`Rigid::apply`], row by row.
    pub fn matrix(&self) -> [[f64; 4]; 4] {
        let origin = self.apply([0.0; 3]);
        let rotation = self.rotation();
        std::array::from_fn(|row| match row {
            3 => [0.0, 0.0, 0.0, 1.0],
            _ => [rotation[row][0], rotation[row][1], rotation[row][2], origin[row]],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::stream;

    #[test]
    fn motion_keeps_distances_and_is_undone() {
        let mut rng = stream(1, &["rigid"], 0);
        let motion = Rigid::draw([5.0, -3.0, 20.0], 2.0, 10.0, &mut rng);
        let (a, b) = ([1.0, 2.0, 3.0], [-40.0, 7.0, 12.0]);
        assert!((length(minus(motion.apply(a), motion.apply(b))) - length(minus(a, b))).abs() < 1e-12);
        assert!(length(minus(motion.undo(motion.apply(a)), a)) < 1e-12);
        let matrix = motion.matrix();
        let moved: Point = std::array::from_fn(|i| dot([matrix[i][0], matrix[i][1], matrix[i][2]], a) + matrix[i][3]);
        assert!(length(minus(moved, motion.apply(a))) < 1e-12);
        let [first, second, third] = frame(&mut rng);
        assert!(dot(first, second).abs() < 1e-12 && dot(third, first).abs() < 1e-12 && (length(third) - 1.0).abs() < 1e-12);
    }
}
