//! Greatest distances between points of the surface mesh, exact without comparing every pair.

use crate::radiomics::morphology::hull::Point;

/// Greatest distance in mm between two of `points`, which lie on the half-voxel lattice of a grid with this spacing.
///
/// Only corners of the convex hull can be the ends of a diameter; the caller gives those, and they are few enough for all pairs.
pub(crate) fn diameter(points: &[Point], spacing: [f64; 3]) -> f64 {
    let positions: Vec<[f64; 3]> =
        points.iter().map(|point| std::array::from_fn(|axis| 0.5 * f64::from(point[axis]) * spacing[axis])).collect();
    // By coordinate, so that the inner loop runs over contiguous numbers.
    let [x, y, z]: [Vec<f64>; 3] = std::array::from_fn(|axis| positions.iter().map(|position| position[axis]).collect());
    let mut greatest = 0f64;
    for (at, [a, b, c]) in positions.iter().enumerate() {
        let others = x[..at].iter().zip(&y[..at]).zip(&z[..at]);
        let square = others.fold(0f64, |most, ((x, y), z)| {
            let square = (x - a) * (x - a) + (y - b) * (y - b) + (z - c) * (z - c);
            if square > most { square } else { most }
        });
        greatest = greatest.max(square);
    }
    greatest.sqrt()
}

/// The greatest diameter of several sets of points, none of which is compared with another.
pub(crate) fn greatest_diameter(sets: &[Vec<Point>], spacing: [f64; 3]) -> f64 {
    sets.iter().map(|points| diameter(points, spacing)).fold(0.0, f64::max)
}
