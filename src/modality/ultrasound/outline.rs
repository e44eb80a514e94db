//! The outline of a lesion in a flat image: its border pixels in order, its extent, its moments, its hull.

use crate::image::Mask;

/// The largest connected part of a flat region, in millimetres (or pixels, where their size is unknown).
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// Centres of the border pixels in order around the region.
    pub points: Vec<[f64; 2]>,
    /// Centre of mass.
    pub centre: [f64; 2],
    /// Extent along the skin and in depth, from pixel edge to pixel edge.
    pub extent: [f64; 2],
    /// Second central moments xx, yy, xy per pixel.
    pub moments: [f64; 3],
    /// Area.
    pub area: f64,
    /// Size of a pixel.
    pub spacing: [f64; 2],
    corners: Vec<[f64; 2]>,
}

/// Neighbours of a pixel, clockwise as seen on the screen, from the left.
const AROUND: [[i64; 2]; 8] = [[-1, 0], [-1, -1], [0, -1], [1, -1], [1, 0], [1, 1], [0, 1], [-1, 1]];

impl Contour {
    /// The outline of the largest (8-connected) part of the region in the first slice where it has voxels; `None` where it is empty.
    pub fn of(mask: &Mask) -> Option<Contour> {
        let [nx, ny, nz] = mask.grid.size;
        let slice = (0..nz).find(|k| mask.inside[k * nx * ny..(k + 1) * nx * ny].contains(&true))?;
        let inside = largest_part(&mask.inside[slice * nx * ny..(slice + 1) * nx * ny], nx);
        let spacing = [mask.grid.spacing[0], mask.grid.spacing[1]];
        let pixels: Vec<[usize; 2]> = (0..nx * ny).filter(|&at| inside[at]).map(|at| [at % nx, at / nx]).collect();
        let n = pixels.len() as f64;
        let place = |[x, y]: [usize; 2]| [x as f64 * spacing[0], y as f64 * spacing[1]];
        let sum = pixels.iter().map(|p| place(*p)).fold([0.0; 2], |[a, b], [x, y]| [a + x, b + y]);
        let centre = sum.map(|total| total / n);
        let mut moments = [0.0; 3];
        for [x, y] in pixels.iter().map(|p| place(*p)) {
            let (x, y) = (x - centre[0], y - centre[1]);
            moments = [moments[0] + x * x / n, moments[1] + y * y / n, moments[2] + x * y / n];
        }
        let range = |axis: usize| {
            let low = pixels.iter().map(|p| p[axis]).min().unwrap_or(0);
            let high = pixels.iter().map(|p| p[axis]).max().unwrap_or(0);
            (high - low + 1) as f64 * spacing[axis]
        };
        // The first and last pixel of each row carry every corner of the hull.
        let mut corners = Vec::new();
        for row in pixels.chunk_by(|a, b| a[1] == b[1]) {
            let (first, last) = (row[0], row[row.len() - 1]);
            for (x, side) in [(first[0], -0.5), (last[0], 0.5)] {
                corners.extend([-0.5, 0.5].map(|up| [(x as f64 + side) * spacing[0], (first[1] as f64 + up) * spacing[1]]));
            }
        }
        Some(Contour {
            points: border(&inside, nx, pixels[0]).into_iter().map(place).collect(),
            centre,
            extent: [range(0), range(1)],
            moments,
            area: n * spacing[0] * spacing[1],
            spacing,
            corners,
        })
    }

    /// Area of the convex hull of the pixels' corners.
    pub fn hull_area(&self) -> Option<f64> {
        let hull = convex_hull(&self.corners);
        let twice: f64 = (0..hull.len()).map(|i| cross([0.0, 0.0], hull[i], hull[(i + 1) % hull.len()])).sum();
        (twice > 0.0).then_some(twice / 2.0)
    }
}

/// The largest 8-connected part; of equal ones the first.
fn largest_part(inside: &[bool], nx: usize) -> Vec<bool> {
    let ny = inside.len() / nx;
    let mut part = vec![0usize; inside.len()];
    let (mut best, mut parts) = ((0, 0), 0);
    for start in 0..inside.len() {
        if !inside[start] || part[start] != 0 {
            continue;
        }
        parts += 1;
        let (mut size, mut open) = (0, vec![start]);
        part[start] = parts;
        while let Some(at) = open.pop() {
            size += 1;
            for [dx, dy] in AROUND {
                let (x, y) = ((at % nx) as i64 + dx, (at / nx) as i64 + dy);
                if x < 0 || y < 0 || x >= nx as i64 || y >= ny as i64 {
                    continue;
                }
                let next = x as usize + nx * y as usize;
                if inside[next] && part[next] == 0 {
                    part[next] = parts;
                    open.push(next);
                }
            }
        }
        if size > best.0 {
            best = (size, parts);
        }
    }
    part.into_iter().map(|p| p != 0 && p == best.1).collect()
}

/// The border pixels in order, by Moore's tracing: from the first pixel (the leftmost of the top row) around the region until the
/// first two steps would repeat.
fn border(inside: &[bool], nx: usize, first: [usize; 2]) -> Vec<[usize; 2]> {
    let ny = inside.len() / nx;
    let there = |[x, y]: [i64; 2]| x >= 0 && y >= 0 && x < nx as i64 && y < ny as i64 && inside[x as usize + nx * y as usize];
    // The first pixel was entered from its left, where there is background.
    let step = |[x, y]: [i64; 2], from: usize| {
        (1..=8).map(|turn| (from + turn) % 8).find(|&d| there([x + AROUND[d][0], y + AROUND[d][1]])).map(|d| {
            let next = [x + AROUND[d][0], y + AROUND[d][1]];
            // The search goes on from the background pixel that was looked at last, seen from the new pixel.
            let back = [x + AROUND[(d + 7) % 8][0] - next[0], y + AROUND[(d + 7) % 8][1] - next[1]];
            (next, AROUND.iter().position(|a| *a == back).unwrap_or(0))
        })
    };
    let start = [first[0] as i64, first[1] as i64];
    let mut points = vec![first];
    let Some((second, mut from)) = step(start, 0) else { return points };
    let mut at = second;
    // A border pixel is entered at most from its eight sides.
    for _ in 0..8 * inside.len() {
        let Some((next, back)) = step(at, from) else { break };
        if at == start && next == second {
            break;
        }
        points.push([at[0] as usize, at[1] as usize]);
        (at, from) = (next, back);
    }
    if points.len() > 1 && points.last() == points.first() {
        points.pop();
    }
    points
}

fn cross(o: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

/// Corners of the convex hull, counter-clockwise (Andrew's monotone chain).
fn convex_hull(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let half = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for point in points {
            while chain.len() > 1 && cross(chain[chain.len() - 2], chain[chain.len() - 1], point) <= 0.0 {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut sorted.iter().copied());
    hull.extend(half(&mut sorted.iter().rev().copied()));
    hull
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Grid;

    fn mask(rows: &[&str]) -> Mask {
        let grid = Grid::plain([rows[0].len(), rows.len(), 1], [1.0; 3]);
        Mask::new(grid, rows.iter().flat_map(|row| row.bytes().map(|b| b == b'#')).collect())
    }

    #[test]
    fn the_border_goes_once_around_the_largest_part() {
        let contour = Contour::of(&mask(&["......", ".###..", ".###..", ".###..", "......", "#....."])).unwrap();
        assert_eq!(contour.points.len(), 8);
        assert_eq!((contour.area, contour.centre), (9.0, [2.0, 2.0]));
        let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        assert!((0..8).all(|i| apart(contour.points[i], contour.points[(i + 1) % 8]) == 1.0));
    }

    #[test]
    fn a_line_is_traced_there_and_back_and_a_pixel_is_a_point() {
        assert_eq!(Contour::of(&mask(&["....", ".###", "...."])).unwrap().points.len(), 4);
        assert_eq!(Contour::of(&mask(&["...", ".#.", "..."])).unwrap().points.len(), 1);
        assert!(Contour::of(&mask(&["...", "..."])).is_none());
    }

    #[test]
    fn the_hull_of_an_l_has_its_missing_corner_cut() {
        // Two pixels below one: area 3, hull 4 less the triangle of half a pixel.
        assert_eq!(Contour::of(&mask(&["#.", "##"])).unwrap().hull_area(), Some(3.5));
    }
}
