//! Connected components of a region.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::image::Mask;

/// Which voxels are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Connectivity {
    /// Those that share a face: 6, within a slice 4.
    #[default]
    Faces,
    /// Those that share a face or an edge: 18, within a slice 8.
    Edges,
    /// Those that share a face, an edge or a corner: 26, within a slice 8.
    Corners,
}

impl Connectivity {
    /// Steps to the neighbours that come earlier in memory.
    fn earlier(self) -> Vec<[isize; 3]> {
        let most = match self {
            Connectivity::Faces => 1,
            Connectivity::Edges => 2,
            Connectivity::Corners => 3,
        };
        let steps = -1..=1isize;
        steps
            .clone()
            .flat_map(|k| steps.clone().flat_map(move |j| (-1..=1).map(move |i| [i, j, k])))
            .take_while(|step| *step != [0, 0, 0])
            .filter(|step| step.iter().map(|s| s.abs()).sum::<isize>() <= most)
            .collect()
    }
}

/// The connected parts of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Components {
    /// Per voxel 0 outside, else the number of its part, counted from 1 in the order in which the parts are first met in memory.
    pub part: Vec<u32>,
    /// Voxels per part; part n is at n − 1.
    pub sizes: Vec<usize>,
}

impl Components {
    /// Number of the largest part, the first of equals; `None` where there is none.
    pub fn largest(&self) -> Option<u32> {
        let most = self.sizes.iter().max()?;
        self.sizes.iter().position(|size| size == most).map(|n| n as u32 + 1)
    }
}

/// The connected parts of a region, by union and find over the voxels in memory order.
pub fn components(mask: &Mask, connectivity: Connectivity) -> Components {
    let [nx, ny, nz] = mask.grid.size;
    let steps = connectivity.earlier();
    let mut part = vec![0u32; mask.inside.len()];
    // parent[label]; a root is its own parent.
    let mut parent = vec![0u32];
    for k in 0..nz {
        for j in 0..ny {
            let row = mask.grid.at([0, j, k]);
            for i in (0..nx).filter(|i| mask.inside[row + i]) {
                let mut label = 0;
                for [di, dj, dk] in &steps {
                    let (Some(i), Some(j), Some(k)) =
                        (i.checked_add_signed(*di), j.checked_add_signed(*dj), k.checked_add_signed(*dk))
                    else {
                        continue;
                    };
                    if i >= nx || j >= ny {
                        continue;
                    }
                    let neighbour = part[mask.grid.at([i, j, k])];
                    if neighbour == 0 {
                        continue;
                    }
                    label = if label == 0 { root(&mut parent, neighbour) } else { unite(&mut parent, label, neighbour) };
                }
                if label == 0 {
                    label = parent.len() as u32;
                    parent.push(label);
                }
                part[row + i] = label;
            }
        }
    }
    let mut number = vec![0; parent.len()];
    let mut sizes = Vec::new();
    for label in part.iter_mut().filter(|label| **label > 0) {
        let root = root(&mut parent, *label) as usize;
        if number[root] == 0 {
            sizes.push(0);
            number[root] = sizes.len() as u32;
        }
        *label = number[root];
        sizes[*label as usize - 1] += 1;
    }
    Components { part, sizes }
}

fn root(parent: &mut [u32], mut label: u32) -> u32 {
    while parent[label as usize] != label {
        // Every other link is shortened on the way.
        parent[label as usize] = parent[parent[label as usize] as usize];
        label = parent[label as usize];
    }
    label
}

fn unite(parent: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b) as usize] = a.min(b);
    a.min(b)
}

/// The largest connected part of a region, the first of equals; an empty region stays empty.
pub fn largest_component(mask: &Mask, connectivity: Connectivity) -> Mask {
    let parts = components(mask, connectivity);
    let largest = parts.largest();
    Mask::new(mask.grid.clone(), parts.part.iter().map(|part| *part > 0 && Some(*part) == largest).collect())
}

/// The region with its holes filled: voxels outside it from which no path over faces leads to the border of the grid. On one slice the
/// border is that of the slice.
pub fn fill_holes(mask: &Mask) -> Mask {
    let outside = Mask::new(mask.grid.clone(), mask.inside.iter().map(|inside| !inside).collect());
    let parts = components(&outside, Connectivity::Faces);
    let size = mask.grid.size;
    let mut open = vec![false; parts.sizes.len() + 1];
    for k in 0..size[2] {
        for j in 0..size[1] {
            for i in 0..size[0] {
                let border = (0..3).any(|axis| size[axis] > 1 && ([i, j, k][axis] == 0 || [i, j, k][axis] + 1 == size[axis]));
                open[parts.part[mask.grid.at([i, j, k])] as usize] |= border;
            }
        }
    }
    let inside = parts.part.iter().zip(&mask.inside).map(|(part, inside)| *inside || !open[*part as usize]).collect();
    Mask::new(mask.grid.clone(), inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    fn slice(rows: &[&str]) -> Mask {
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        Mask::new(Grid::plain([rows[0].len(), rows.len(), 1], [1.0; 3]), inside)
    }

    #[test]
    fn diagonals_connect_where_they_may() {
        let mask = slice(&["##..#", "..#.#", "...##"]);
        assert_eq!(components(&mask, Connectivity::Faces).sizes, [2, 4, 1]);
        assert_eq!(components(&mask, Connectivity::Edges).sizes, [7]);
        assert_eq!(largest_component(&mask, Connectivity::Faces).count(), 4);
        let mut corners = Mask::new(Grid::plain([2, 2, 2], [1.0; 3]), vec![false; 8]);
        (corners.inside[0], corners.inside[7]) = (true, true);
        assert_eq!(components(&corners, Connectivity::Edges).sizes, [1, 1]);
        assert_eq!(components(&corners, Connectivity::Corners).sizes, [2]);
    }

    #[test]
    fn a_spiral_is_one_and_a_hole_is_filled() {
        let spiral = slice(&["#####", "....#", "###.#", "#...#", "#####"]);
        assert_eq!(components(&spiral, Connectivity::Faces).sizes, [17]);
        assert_eq!(fill_holes(&spiral).count(), 17);
        let ring = slice(&["####.", "#..#.", "####."]);
        assert_eq!(fill_holes(&ring).count(), 12);
        let empty = slice(&["...", "..."]);
        assert_eq!((components(&empty, Connectivity::Corners).sizes.len(), fill_holes(&empty).count()), (0, 0));
        assert_eq!(largest_component(&empty, Connectivity::Faces).count(), 0);
    }

    /// Against a flood fill.
    #[test]
    fn as_many_parts_as_floods() {
        for (seed, connectivity) in [(3, Connectivity::Faces), (5, Connectivity::Edges), (7, Connectivity::Corners)] {
            let grid = Grid::plain([11, 9, 7], [1.0; 3]);
            let inside: Vec<bool> = (0..grid.voxels()).map(|v| (v * v * seed + v * 7919) % 10 < 4).collect();
            let mask = Mask::new(grid.clone(), inside);
            let found = components(&mask, connectivity);
            let mut seen = vec![false; mask.inside.len()];
            let mut sizes = Vec::new();
            for start in 0..seen.len() {
                if seen[start] || !mask.inside[start] {
                    continue;
                }
                let (mut stack, mut size) = (vec![start], 0);
                seen[start] = true;
                while let Some(at) = stack.pop() {
                    size += 1;
                    assert_eq!(found.part[at], found.part[start]);
                    let here = [at % 11, at / 11 % 9, at / 99].map(|n| n as isize);
                    for step in connectivity.earlier().iter().flat_map(|s| [*s, s.map(|s| -s)]) {
                        let there: [isize; 3] = std::array::from_fn(|axis| here[axis] + step[axis]);
                        if (0..3).all(|axis| (0..grid.size[axis] as isize).contains(&there[axis])) {
                            let there = grid.at(there.map(|n| n as usize));
                            if mask.inside[there] && !seen[there] {
                                seen[there] = true;
                                stack.push(there);
                            }
                        }
                    }
                }
                sizes.push(size);
            }
            assert_eq!(found.sizes, sizes);
        }
    }
}
