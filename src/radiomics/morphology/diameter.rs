//! Greatest distances between points of the surface mesh, exact without comparing every pair.

use crate::radiomics::morphology::hull::Point;

/// Pairs that are measured side by side.
const LANES: usize = 8;

/// Greatest distance in mm between two of `points`, which lie on the half-voxel lattice of a grid with this spacing.
///
/// Only corners of the convex hull can be the ends of a diameter; the caller gives those, and they are few enough for all pairs.
pub(crate) fn diameter(points: &[Point], spacing: [f64; 3]) -> f64 {
    // By coordinate and in whole lanes, so that the inner loop runs over contiguous numbers; the last point fills the last lane up.
    let Some(last) = points.last() else { return 0.0 };
    let filled = points.len().next_multiple_of(LANES);
    let coordinate = |axis: usize| -> Vec<f64> {
        let all = points.iter().chain(std::iter::repeat(last)).take(filled);
        all.map(|point| 0.5 * f64::from(point[axis]) * spacing[axis]).collect()
    };
    let (x, y, z) = (coordinate(0), coordinate(1), coordinate(2));
    let mut greatest = [0f64; LANES];
    for at in 0..points.len() {
        let (a, b, c) = (x[at], y[at], z[at]);
        let until = (at + 1).next_multiple_of(LANES);
        let blocks = x[..until].chunks_exact(LANES).zip(y[..until].chunks_exact(LANES)).zip(z[..until].chunks_exact(LANES));
        for ((x, y), z) in blocks {
            for lane in 0..LANES {
                let (dx, dy, dz) = (x[lane] - a, y[lane] - b, z[lane] - c);
                let square = dx * dx + dy * dy + dz * dz;
                greatest[lane] = if square > greatest[lane] { square } else { greatest[lane] };
            }
        }
    }
    greatest.into_iter().fold(0.0, f64::max).sqrt()
}

/// The greatest diameter of several sets of points, none of which is compared with another.
pub(crate) fn greatest_diameter(sets: &[Vec<Point>], spacing: [f64; 3]) -> f64 {
    sets.iter().map(|points| diameter(points, spacing)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_counts_whatever_their_number() {
        for n in 1..40 {
            let points: Vec<Point> = (0..n).map(|at| [(at * 13) % 17, (at * 7) % 11, (at * 5) % 19]).collect();
            let square = |a: &Point, b: &Point| {
                (0..3).map(|axis| (f64::from(a[axis] - b[axis]) * 0.5 * (axis + 1) as f64).powi(2)).sum::<f64>()
            };
            let pairs = points.iter().flat_map(|a| points.iter().map(move |b| square(a, b)));
            let expected = pairs.fold(0.0, f64::max).sqrt();
            assert!((diameter(&points, [1.0, 2.0, 3.0]) - expected).abs() < 1e-12);
        }
        assert_eq!(diameter(&[], [1.0; 3]), 0.0);
    }
}
