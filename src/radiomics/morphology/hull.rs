//! Convex hulls of points with integer coordinates, exactly: of a plane set by a chain, of a solid set by quickhull.

/// A point of the half-voxel lattice.
pub(crate) type Point = [i32; 3];

/// Points of a plane set that may be corners of its convex hull, from points sorted by their first coordinate and then by the second.
pub(crate) fn hull_of_sorted(points: &[[i32; 2]]) -> Vec<[i32; 2]> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let left_turn = |a: [i32; 2], b: [i32; 2], c: [i32; 2]| {
        let d = |p: [i32; 2], axis: usize| i64::from(p[axis] - a[axis]);
        d(b, 0) * d(c, 1) - d(b, 1) * d(c, 0) > 0
    };
    // Along one side, then back along the other, in one piece of memory.
    let mut hull: Vec<[i32; 2]> = Vec::with_capacity(points.len() + 1);
    let mut add = |point: [i32; 2], least: usize| {
        while hull.len() >= least && !left_turn(hull[hull.len() - 2], hull[hull.len() - 1], point) {
            hull.pop();
        }
        hull.push(point);
        hull.len()
    };
    let mut there = 0;
    points.iter().for_each(|point| there = add(*point, 2));
    points.iter().rev().skip(1).for_each(|point| _ = add(*point, there + 1));
    hull.pop();
    hull
}

/// A convex polyhedron with triangular faces; faces that share a plane stay apart.
#[derive(Debug, Clone)]
pub(crate) struct Hull {
    /// Corners of the faces, turning so that normals point outwards.
    pub faces: Vec<[Point; 3]>,
}

impl Hull {
    /// The corners, each once.
    pub fn corners(&self) -> Vec<Point> {
        let mut corners: Vec<Point> = self.faces.iter().flatten().copied().collect();
        corners.sort_unstable();
        corners.dedup();
        corners
    }

    /// Volume and area for lattice steps of `unit` mm.
    pub fn volume_and_area(&self, unit: [f64; 3]) -> (f64, f64) {
        let origin = self.faces[0][0];
        let (mut volume, mut area) = (0i64, 0.0);
        for [a, b, c] in &self.faces {
            let normal = cross(minus(*b, *a), minus(*c, *a));
            volume += dot(normal, minus(*a, origin));
            // A cross product scales with the two other axes.
            let scaled = [
                normal[0] as f64 * unit[1] * unit[2],
                normal[1] as f64 * unit[2] * unit[0],
                normal[2] as f64 * unit[0] * unit[1],
            ];
            area += scaled.iter().map(|x| x * x).sum::<f64>().sqrt() / 2.0;
        }
        (volume as f64 * unit.iter().product::<f64>() / 6.0, area)
    }
}

fn minus(a: Point, b: Point) -> [i64; 3] {
    std::array::from_fn(|axis| i64::from(a[axis]) - i64::from(b[axis]))
}

fn cross(u: [i64; 3], v: [i64; 3]) -> [i64; 3] {
    [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
}

fn dot(u: [i64; 3], v: [i64; 3]) -> i64 {
    u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
}

/// A face under construction.
struct Face {
    corners: [u32; 3],
    /// `neighbours[e]` lies across the edge from corner e to corner e + 1.
    neighbours: [u32; 3],
    normal: [i64; 3],
    offset: i64,
    /// Points outside this face and not yet given to another.
    outside: Vec<u32>,
    farthest: (i64, u32),
    alive: bool,
}

struct Builder<'a> {
    points: &'a [Point],
    faces: Vec<Face>,
}

/// The convex hull of points that do not lie in one plane; `None` where they do.
///
/// Quickhull (Barber et al., ACM Trans Math Softw 1996;22:469) in integers: a face is seen by a point only if the point lies strictly above
/// it, and nothing is ever nearly so. Coordinates up to ±2¹⁸ keep every product within 64 bits.
pub(crate) fn convex_hull(points: &[Point]) -> Option<Hull> {
    let mut builder = Builder { points, faces: Vec::with_capacity(4 * points.len()) };
    builder.start()?;
    let mut pending: Vec<u32> = (0..4).collect();
    let (mut visible, mut horizon) = (Vec::new(), Vec::new());
    // face_from[p]: the new face whose base edge starts in point p.
    let mut face_from = vec![u32::MAX; points.len()];
    while let Some(at) = pending.pop() {
        let face = &builder.faces[at as usize];
        if !face.alive || face.outside.is_empty() {
            continue;
        }
        let eye = face.farthest.1;
        builder.look(at, eye, &mut visible, &mut horizon);
        let first = builder.faces.len() as u32;
        for (base, (from, to, beyond)) in horizon.iter().enumerate() {
            let new = first + base as u32;
            builder.add([*from, *to, eye], [*beyond, u32::MAX, u32::MAX]);
            let beyond = &mut builder.faces[*beyond as usize];
            for edge in 0..3 {
                if beyond.corners[edge] == *to && beyond.corners[(edge + 1) % 3] == *from {
                    beyond.neighbours[edge] = new;
                }
            }
            face_from[*from as usize] = new;
        }
        for (base, (_, to, _)) in horizon.iter().enumerate() {
            let (new, next) = (first + base as u32, face_from[*to as usize]);
            builder.faces[new as usize].neighbours[1] = next;
            builder.faces[next as usize].neighbours[2] = new;
        }
        for old in &visible {
            let orphans = std::mem::take(&mut builder.faces[*old as usize].outside);
            builder.hand_out(orphans.into_iter().filter(|point| *point != eye), first as usize);
        }
        pending.extend(first..builder.faces.len() as u32);
    }
    let corners = |face: &Face| face.corners.map(|corner| points[corner as usize]);
    Some(Hull { faces: builder.faces.iter().filter(|face| face.alive).map(corners).collect() })
}

impl Builder<'_> {
    fn add(&mut self, corners: [u32; 3], neighbours: [u32; 3]) {
        let [a, b, c] = corners.map(|corner| self.points[corner as usize]);
        let normal = cross(minus(b, a), minus(c, a));
        let offset = dot(normal, minus(a, [0; 3]));
        self.faces.push(Face { corners, neighbours, normal, offset, outside: Vec::new(), farthest: (0, 0), alive: true });
    }

    /// How far above the face a point lies, in units that differ from face to face.
    #[inline]
    fn height(&self, face: usize, point: u32) -> i64 {
        let face = &self.faces[face];
        dot(face.normal, minus(self.points[point as usize], [0; 3])) - face.offset
    }

    /// Gives each point to the first of the faces from `first` on that it lies above.
    fn hand_out(&mut self, points: impl Iterator<Item = u32>, first: usize) {
        for point in points {
            for face in first..self.faces.len() {
                let height = self.height(face, point);
                if height > 0 {
                    let face = &mut self.faces[face];
                    face.outside.push(point);
                    face.farthest = face.farthest.max((height, point));
                    break;
                }
            }
        }
    }

    /// A first tetrahedron of far-apart points.
    fn start(&mut self) -> Option<()> {
        let points = self.points;
        let indices = || 0..points.len() as u32;
        let at = |index: u32| points[index as usize];
        let a = indices().min_by_key(|index| at(*index))?;
        let b = indices().max_by_key(|index| at(*index))?;
        let along = minus(at(b), at(a));
        let from_line = |index: u32| {
            let off = cross(along, minus(at(index), at(a)));
            dot(off, off)
        };
        let c = indices().max_by_key(|index| from_line(*index)).filter(|index| from_line(*index) > 0)?;
        let normal = cross(along, minus(at(c), at(a)));
        let from_plane = |index: u32| dot(normal, minus(at(index), at(a)));
        let d = indices().max_by_key(|index| from_plane(*index).abs()).filter(|index| from_plane(*index) != 0)?;
        // Turned so that d lies below the face a, b, c.
        let (b, c) = if from_plane(d) > 0 { (c, b) } else { (b, c) };
        self.add([a, b, c], [3, 2, 1]);
        self.add([a, d, b], [1, 2, 0]);
        self.add([b, d, c], [1, 3, 0]);
        self.add([c, d, a], [2, 1, 0]);
        // Across the edges of each face, found by their ends.
        for face in 0..4 {
            for edge in 0..3 {
                let (from, to) = (self.faces[face].corners[edge], self.faces[face].corners[(edge + 1) % 3]);
                let across = |other: &Face| (0..3).any(|e| other.corners[e] == to && other.corners[(e + 1) % 3] == from);
                self.faces[face].neighbours[edge] = self.faces.iter().position(across)? as u32;
            }
        }
        self.hand_out(indices().filter(|index| ![a, b, c, d].contains(index)), 0);
        Some(())
    }

    /// Removes the faces that `eye` sees, beginning with `seen`; leaves them in `visible` and the edges around them, each with the face
    /// that stays beyond it, in `horizon`.
    fn look(&mut self, seen: u32, eye: u32, visible: &mut Vec<u32>, horizon: &mut Vec<(u32, u32, u32)>) {
        visible.clear();
        horizon.clear();
        visible.push(seen);
        self.faces[seen as usize].alive = false;
        let mut next = 0;
        while next < visible.len() {
            let (corners, neighbours) = {
                let face = &self.faces[visible[next] as usize];
                (face.corners, face.neighbours)
            };
            for edge in 0..3 {
                let beyond = neighbours[edge];
                if !self.faces[beyond as usize].alive {
                    continue;
                }
                if self.height(beyond as usize, eye) > 0 {
                    self.faces[beyond as usize].alive = false;
                    visible.push(beyond);
                } else {
                    horizon.push((corners[edge], corners[(edge + 1) % 3], beyond));
                }
            }
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hull_of_a_lattice_box_is_the_box() {
        let points: Vec<Point> = (0..5 * 4 * 3).map(|at| [at % 5, at / 5 % 4, at / 20]).collect();
        let hull = convex_hull(&points).unwrap();
        let (volume, area) = hull.volume_and_area([1.0, 2.0, 3.0]);
        assert!((volume - 4.0 * 6.0 * 6.0).abs() < 1e-12 && (area - 2.0 * (24.0 + 36.0 + 24.0)).abs() < 1e-12, "{volume} {area}");
    }

    #[test]
    fn no_point_lies_above_a_face_and_every_edge_has_two() {
        let mut state = 7u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) % bound) as i32
        };
        for bound in [4, 12, 300] {
            let points: Vec<Point> = (0..400).map(|_| [next(bound), next(bound), next(bound)]).collect();
            let hull = convex_hull(&points).unwrap();
            let mut edges = std::collections::BTreeMap::new();
            for [a, b, c] in &hull.faces {
                let normal = cross(minus(*b, *a), minus(*c, *a));
                assert_ne!(normal, [0; 3]);
                assert!(points.iter().all(|p| dot(normal, minus(*p, *a)) <= 0));
                for (from, to) in [(a, b), (b, c), (c, a)] {
                    *edges.entry((*from.min(to), *from.max(to))).or_insert(0) += 1;
                }
            }
            assert!(edges.values().all(|count| *count == 2));
        }
        assert!(convex_hull(&[[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]).is_none());
    }

    #[test]
    fn the_plane_hull_keeps_corners_only() {
        let mut points: Vec<[i32; 2]> = (0..25).map(|at| [at / 5, at % 5]).collect();
        points.sort_unstable();
        let mut hull = hull_of_sorted(&points);
        hull.sort_unstable();
        assert_eq!(hull, [[0, 0], [0, 4], [4, 0], [4, 4]]);
    }
}
