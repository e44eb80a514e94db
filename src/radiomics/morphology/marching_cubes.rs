//! The triangles that marching cubes puts into each of the 256 kinds of cube, derived from a rule.
//!
//! Corners of a cube are numbered `di + 2 dj + 4 dk`, and bit `c` of a kind says that corner `c` is inside. Crossing points lie halfway
//! on the edges. On each face of the cube the surface cuts every run of inside corners off (two inside corners across a diagonal are
//! separated); the cuts close into loops, and each loop becomes a fan of triangles. Kinds that hold [`TURNING_CORNER`] are those of their
//! complement turned inside out. This is the surface of Lorensen and Cline, and the triangles are as large as those of the table that
//! PyRadiomics uses, which a test on its baselines holds.

use std::sync::LazyLock;

/// The corner whose presence turns a cube into its complement (i = 0, j = 1, k = 1).
const TURNING_CORNER: usize = 6;

/// The faces, each by its corners in the order in which they are seen, turning the same way, from outside.
const FACES: [[usize; 4]; 6] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];

/// A crossing point in half voxels from the cube's first corner.
type Point = [i32; 3];

/// Three crossing points, turning so that the normal points out of the region.
pub(crate) type Triangle = [Point; 3];

/// The triangles of each kind of cube.
pub(crate) static TRIANGLES: LazyLock<[Vec<Triangle>; 256]> = LazyLock::new(|| std::array::from_fn(triangles));

fn corner(at: usize) -> Point {
    [at & 1, at >> 1 & 1, at >> 2 & 1].map(|half| half as i32)
}

/// Twice the middle of an edge, which is what the sum of its ends is.
fn crossing(a: usize, b: usize) -> Point {
    std::array::from_fn(|axis| corner(a)[axis] + corner(b)[axis])
}

fn triangles(kind: usize) -> Vec<Triangle> {
    if kind >> TURNING_CORNER & 1 == 1 {
        return triangles(kind ^ 0xff).into_iter().map(|[a, b, c]| [a, c, b]).collect();
    }
    loops(kind).iter().flat_map(|points| fan(points)).collect()
}

/// Closed lines in which the surface leaves the cube.
fn loops(kind: usize) -> Vec<Vec<Point>> {
    let inside = |corner: usize| kind >> corner & 1 == 1;
    let mut cuts: Vec<(Point, Point)> = Vec::new();
    for face in FACES {
        for start in 0..4 {
            // A run of inside corners begins here: cut it off from where it was entered to where it is left.
            if inside(face[start]) && !inside(face[(start + 3) % 4]) {
                let end = (start..start + 4).find(|at| !inside(face[(at + 1) % 4])).unwrap_or(start);
                let entered = crossing(face[(start + 3) % 4], face[start]);
                let left = crossing(face[end % 4], face[(end + 1) % 4]);
                cuts.push((entered, left));
            }
        }
    }
    let mut found = Vec::new();
    while let Some((first, mut at)) = cuts.pop() {
        let mut points = vec![first];
        while at != first {
            points.push(at);
            match cuts.iter().position(|(from, _)| *from == at) {
                Some(next) => at = cuts.swap_remove(next).1,
                None => unreachable!("every crossing point is entered on one face and left on the other"),
            }
        }
        found.push(points);
    }
    found
}

/// A fan of triangles over a loop: around the point that gives the largest area, except that a loop of seven points, which is its own
/// mirror image, is fanned around the point on the mirror.
fn fan(points: &[Point]) -> Vec<Triangle> {
    let n = points.len();
    let around = |apex: usize| -> Vec<Triangle> {
        (1..n - 1).map(|step| [points[apex], points[(apex + step) % n], points[(apex + step + 1) % n]]).collect()
    };
    let areas: Vec<f64> = (0..n).map(|apex| around(apex).iter().map(|t| area(t, [0.5; 3])).sum()).collect();
    let alike = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let apex = if n == 7 {
        (0..n).find(|apex| (1..n).all(|step| alike(areas[(apex + step) % n], areas[(apex + n - step) % n])))
    } else {
        let largest = areas.iter().copied().fold(0.0, f64::max);
        (0..n).find(|apex| alike(areas[*apex], largest))
    };
    around(apex.unwrap_or(0))
}

/// Area of a triangle whose coordinates are multiples of `unit`.
pub(crate) fn area([a, b, c]: &Triangle, unit: [f64; 3]) -> f64 {
    let side = |to: &Point| -> [f64; 3] { std::array::from_fn(|axis| f64::from(to[axis] - a[axis]) * unit[axis]) };
    let ([x, y, z], [u, v, w]) = (side(b), side(c));
    0.5 * ((y * w - z * v).powi(2) + (z * u - x * w).powi(2) + (x * v - y * u).powi(2)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_closes_its_loops_and_uses_at_most_five_triangles() {
        for (kind, triangles) in TRIANGLES.iter().enumerate() {
            assert_eq!(triangles.is_empty(), kind == 0 || kind == 255);
            assert!(triangles.len() <= 5, "{kind}: {}", triangles.len());
        }
    }

    #[test]
    fn normals_point_out_of_the_region() {
        // One inside corner at the origin: the normal has positive components.
        let [a, b, c] = TRIANGLES[1][0];
        let normal_x = (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1]);
        assert!(normal_x > 0);
    }
}
