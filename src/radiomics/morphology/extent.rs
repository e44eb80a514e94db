//! How far the points of the surface mesh reach: all that convex hulls and diameters need to know of them.

use crate::radiomics::morphology::bits::{BitGrid, next_voxel, ones};
use crate::radiomics::morphology::hull::{Point, hull_of_sorted};

/// Lowest and highest coordinate on a line of the lattice; empty where the first exceeds the second.
type Span = [i32; 2];
const EMPTY: Span = [i32::MAX, i32::MIN];

/// For each line of the half-voxel lattice, between which ends the mesh has points on it.
///
/// The mesh's points lie halfway between an inside and an outside neighbour, thus in half voxels at one odd and two even coordinates.
/// Points between the ends of a line are never corners of a convex hull, nor ends of a diameter.
#[derive(Debug, Clone)]
pub(crate) struct Extent {
    /// Lattice points along i, j, k.
    size: [usize; 3],
    /// Ends in i of the lines (j, k).
    along_i: Vec<Span>,
    /// Ends in j of the lines (i, k).
    along_j: Vec<Span>,
}

impl Extent {
    pub fn of(region: &BitGrid) -> Extent {
        let [nx, ny, nz] = region.size;
        let size = [2 * nx, 2 * ny, 2 * nz];
        let mut extent = Extent { size, along_i: vec![EMPTY; size[1] * size[2]], along_j: vec![EMPTY; size[0] * size[2]] };
        for k in 0..nz - 1 {
            for j in 0..ny - 1 {
                let row = region.row(j, k);
                let (below, behind) = (region.row(j + 1, k), region.row(j, k + 1));
                extent.add_line(row.iter().enumerate().map(|(at, word)| word ^ next_voxel(row, at)), [1, 2 * j, 2 * k]);
                extent.add_line(row.iter().zip(below).map(|(a, b)| a ^ b), [0, 2 * j + 1, 2 * k]);
                extent.add_line(row.iter().zip(behind).map(|(a, b)| a ^ b), [0, 2 * j, 2 * k + 1]);
            }
        }
        extent
    }

    /// Adds the points of one line along i, a bit each; the first bit is at `start`.
    fn add_line(&mut self, bits: impl Iterator<Item = u64>, start: [usize; 3]) {
        let [offset, j, k] = start;
        let mut ends = EMPTY;
        for (word, bits) in bits.enumerate() {
            for at in ones(bits) {
                let i = 2 * (64 * word + at) + offset;
                grow(&mut ends, i as i32);
                grow(&mut self.along_j[i + self.size[0] * k], j as i32);
            }
        }
        if ends[0] <= ends[1] {
            let line = &mut self.along_i[j + self.size[1] * k];
            ends.iter().for_each(|end| grow(line, *end));
        }
    }

    /// In each plane across k, the corners of the convex hull of its points.
    pub fn planes_across_k(&self) -> Vec<Vec<Point>> {
        let plane = |k: usize| corners((0..self.size[1]).map(|j| (j, self.along_i[j + self.size[1] * k])));
        (0..self.size[2]).map(|k| plane(k).into_iter().map(|[j, i]| [i, j, k as i32]).collect()).collect()
    }

    /// In each plane across j, the corners of the convex hull of its points.
    pub fn planes_across_j(&self) -> Vec<Vec<Point>> {
        let plane = |j: usize| corners((0..self.size[2]).map(|k| (k, self.along_i[j + self.size[1] * k])));
        (0..self.size[1]).map(|j| plane(j).into_iter().map(|[k, i]| [i, j as i32, k]).collect()).collect()
    }

    /// In each plane across i, the corners of the convex hull of its points.
    pub fn planes_across_i(&self) -> Vec<Vec<Point>> {
        let plane = |i: usize| corners((0..self.size[2]).map(|k| (k, self.along_j[i + self.size[0] * k])));
        (0..self.size[0]).map(|i| plane(i).into_iter().map(|[k, j]| [i as i32, j, k]).collect()).collect()
    }
}

fn grow(span: &mut Span, to: i32) {
    *span = [span[0].min(to), span[1].max(to)];
}

/// Hull of the ends of parallel lines: points (line, end).
fn corners(lines: impl ExactSizeIterator<Item = (usize, Span)>) -> Vec<[i32; 2]> {
    let mut points = Vec::with_capacity(2 * lines.len());
    for (line, [low, high]) in lines {
        if low <= high {
            points.push([line as i32, low]);
        }
        if low < high {
            points.push([line as i32, high]);
        }
    }
    hull_of_sorted(&points)
}
