//! Volume and area of the surface mesh that marching cubes lays around a region.

use crate::radiomics::morphology::bits::{BitGrid, next_voxel, ones};
use crate::radiomics::morphology::marching_cubes::{TRIANGLES, area};

/// The closed surface of a region, halfway between inside and outside voxels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mesh {
    /// Volume in mm³.
    pub volume: f64,
    /// Area in mm².
    pub area: f64,
}

/// What the cubes of one kind have in common: how many there are, and the sum of their positions.
#[derive(Debug, Clone, Copy, Default)]
struct Kind {
    count: u64,
    position: [u64; 3],
}

impl Mesh {
    /// Of a region on a grid with this spacing.
    ///
    /// # Definition
    /// Volume is Σ a · (b × c) / 6 over the triangles (a, b, c), from the first corner of the padded box. A triangle of a cube at p is one of
    /// its kind's, moved by p, and a · (b × c) grows by p · (a × b + b × c + c × a). So the cubes of a kind need only be counted and their
    /// positions summed, in integers, and each kind is worth one product at the end.
    pub fn of(region: &BitGrid, spacing: [f64; 3]) -> Mesh {
        let kinds = kinds(region);
        let half = spacing.map(|step| step / 2.0);
        let mut mesh = Mesh { volume: 0.0, area: 0.0 };
        for (kind, triangles) in kinds.iter().zip(TRIANGLES.iter()).filter(|(kind, _)| kind.count > 0) {
            let (mut triple, mut normal, mut size) = (0i64, [0i64; 3], 0.0);
            for triangle in triangles {
                let [a, b, c] = triangle.map(|point| point.map(i64::from));
                let cross =
                    |u: [i64; 3], v: [i64; 3]| [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
                let (ab, bc, ca) = (cross(a, b), cross(b, c), cross(c, a));
                triple += (0..3).map(|axis| a[axis] * bc[axis]).sum::<i64>();
                (0..3).for_each(|axis| normal[axis] += ab[axis] + bc[axis] + ca[axis]);
                size += area(triangle, half);
            }
            mesh.area += kind.count as f64 * size;
            // Positions count whole voxels, crossing points half ones: a factor 2 joins them.
            let moved: i64 = (0..3).map(|axis| 2 * kind.position[axis] as i64 * normal[axis]).sum();
            mesh.volume += (kind.count as i64 * triple + moved) as f64;
        }
        mesh.volume *= half.iter().product::<f64>() / 6.0;
        mesh
    }
}

/// Counts of the 256 kinds of cubes, and the sums of the positions of their first corners.
fn kinds(region: &BitGrid) -> [Kind; 256] {
    let [_, ny, nz] = region.size;
    let mut kinds = [Kind::default(); 256];
    for k in 0..nz - 1 {
        for j in 0..ny - 1 {
            let rows = [region.row(j, k), region.row(j + 1, k), region.row(j, k + 1), region.row(j + 1, k + 1)];
            for word in 0..rows[0].len() {
                let here = rows.map(|row| row[word]);
                let next = rows.map(|row| next_voxel(row, word));
                let any = here.iter().chain(&next).fold(0, |any, bits| any | bits);
                let all = here.iter().chain(&next).fold(!0, |all, bits| all & bits);
                for at in ones(any & !all) {
                    let pair = |row: usize| (here[row] >> at & 1) | (next[row] >> at & 1) << 1;
                    let kind = &mut kinds[(pair(0) | pair(1) << 2 | pair(2) << 4 | pair(3) << 6) as usize];
                    kind.count += 1;
                    kind.position[0] += (64 * word + at) as u64;
                    kind.position[1] += j as u64;
                    kind.position[2] += k as u64;
                }
            }
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mesh(size: [usize; 3], inside: impl Fn(usize, usize, usize) -> bool, spacing: [f64; 3]) -> Mesh {
        let voxels: Vec<bool> =
            (0..size.iter().product()).map(|at| inside(at % size[0], at / size[0] % size[1], at / (size[0] * size[1]))).collect();
        Mesh::of(&BitGrid::new(size, &voxels).unwrap(), spacing)
    }

    #[test]
    fn a_voxel_is_an_octahedron() {
        let found = mesh([3, 4, 5], |i, j, k| (i, j, k) == (1, 2, 3), [2.0, 2.0, 2.0]);
        // Half-axes of 1 mm: volume 4/3, eight equilateral triangles of side √2.
        assert!((found.volume - 4.0 / 3.0).abs() < 1e-12);
        assert!((found.area - 8.0 * 3f64.sqrt() / 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_box_loses_its_edges_and_corners() {
        // a × b × c voxels: the twelve edges lose a prism of 1/8 per voxel, and the corners what is left of them.
        let (a, b, c) = (70.0, 5.0, 4.0);
        let found = mesh([70, 5, 4], |_, _, _| true, [1.0, 1.0, 1.0]);
        let edges = (a - 1.0 + b - 1.0 + c - 1.0) * 4.0;
        let corners = 8.0 * (1.0 / 8.0 - 1.0 / 48.0);
        assert!((found.volume - (a * b * c - edges / 8.0 - corners)).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn turning_the_region_changes_nothing_but_the_axes() {
        let shape = |i: usize, j: usize, k: usize| (i * 7 + j * 3 + k * 5) % 11 < 6 && (i / 3 + j / 2 + k) % 4 != 1;
        let straight = mesh([9, 8, 7], shape, [1.0, 2.0, 3.0]);
        assert!(straight.area > 0.0 && straight.volume > 0.0);
        // The mirror image in all axes has the same surface up to which complements are taken, so only closed regions compare exactly.
        let ball =
            |i: usize, j: usize, k: usize| (i as f64 - 4.0).powi(2) + (j as f64 - 4.0).powi(2) + (k as f64 - 4.0).powi(2) < 14.0;
        let one = mesh([9, 9, 9], ball, [1.0, 2.0, 3.0]);
        let other = mesh([9, 9, 9], |i, j, k| ball(k, i, j), [2.0, 3.0, 1.0]);
        assert!((one.volume - other.volume).abs() < 1e-9 && (one.area - other.area).abs() < 1e-9);
    }
}
