//! Where two images are compared: places drawn over the fixed image's mask, and how far the mask reaches.

use rand::Rng;

use super::pyramid::Level;
use super::quality::Check;
use crate::error::{Error, Result};
use crate::image::{Grid, Volume};

/// The axis of one voxel, if there is one.
pub(super) fn flat_axis(grid: &Grid) -> Result<Option<usize>> {
    let flat: Vec<usize> = (0..3).filter(|a| grid.size[*a] == 1).collect();
    match flat[..] {
        [] if grid.voxels() > 0 => Ok(None),
        [axis] => Ok(Some(axis)),
        _ => Err(Error::study(format!("an image of {} voxels cannot be registered", grid.size.map(|n| n.to_string()).join("×")))),
    }
}

/// Places spread evenly over the `count` voxels within: every n-th voxel, at a random spot inside it.
pub(super) fn draw(
    grid: &Grid,
    within: impl Fn(usize) -> bool,
    count: usize,
    wanted: usize,
    rng: &mut impl Rng,
) -> Vec<[f64; 3]> {
    let wanted = wanted.min(count);
    let every = count as f64 / wanted.max(1) as f64;
    let [nx, ny, _] = grid.size;
    let mut points = Vec::with_capacity(wanted);
    let mut next = (rng.r#gen::<f64>() * every) as usize;
    let selected = (0..grid.voxels()).filter(|at| within(*at));
    for (number, at) in selected.enumerate() {
        if number < next || points.len() == wanted {
            continue;
        }
        let index = [at % nx, at / nx % ny, at / (nx * ny)];
        let spot = |a: usize| index[a] as f64 + if grid.size[a] > 1 { rng.r#gen::<f64>() - 0.5 } else { 0.0 };
        let [i, j, k] = [0, 1, 2].map(spot);
        points.push(grid.point([i, j, k]));
        // The next stretch of voxels gives one at random.
        next = (((points.len() as f64) + rng.r#gen::<f64>()) * every) as usize;
        next = next.max(number + 1);
    }
    points
}

/// The level's values at points, where it has one.
pub(super) fn values(level: &Level, points: Vec<[f64; 3]>) -> Vec<Check> {
    let value = |point: [f64; 3]| level.sample(level.to_index.apply(point)).map(|(value, _)| Check { point, value });
    points.into_iter().filter_map(value).collect()
}

/// First and last voxel of each row within, in patient space.
pub(super) fn row_ends(grid: &Grid, within: impl Fn(usize) -> bool) -> Vec<[f64; 3]> {
    let [nx, ny, nz] = grid.size;
    let mut ends = Vec::new();
    for (j, k) in (0..nz).flat_map(|k| (0..ny).map(move |j| (j, k))) {
        let row = grid.at([0, j, k]);
        let inside = |i: &usize| within(row + *i);
        if let (Some(first), Some(last)) = ((0..nx).find(inside), (0..nx).rev().find(inside)) {
            ends.extend([first, last].map(|i| grid.point([i as f64, j as f64, k as f64])));
        }
    }
    ends
}

/// Corners of the box (along the grid's axes) around points, and its middle.
pub(super) fn surroundings(grid: &Grid, points: &[[f64; 3]]) -> ([[f64; 3]; 8], [f64; 3]) {
    let along = |point: &[f64; 3], a: usize| (0..3).map(|r| grid.direction[r][a] * point[r]).sum::<f64>();
    let ends = [0, 1, 2].map(|a| {
        points.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], point| {
            let x = along(point, a);
            [low.min(x), high.max(x)]
        })
    });
    let place = |x: [f64; 3]| [0, 1, 2].map(|r| (0..3).map(|a| grid.direction[r][a] * x[a]).sum::<f64>());
    let corners = std::array::from_fn(|n| place([0, 1, 2].map(|a| ends[a][n >> a & 1])));
    (corners, place(ends.map(|[low, high]| 0.5 * (low + high))))
}

/// Mean position weighted by intensity above the least; `None` for an image that does not vary.
pub(super) fn centre_of_mass(image: &Volume) -> Option<[f64; 3]> {
    let least = image.values.iter().copied().filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
    let [nx, ny, _] = image.grid.size;
    let (mut total, mut sums) = (0.0, [0.0; 3]);
    for (at, value) in image.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        let weight = value - least;
        total += weight;
        sums[0] += weight * (at % nx) as f64;
        sums[1] += weight * (at / nx % ny) as f64;
        sums[2] += weight * (at / (nx * ny)) as f64;
    }
    (total > 0.0).then(|| image.grid.point(sums.map(|sum| sum / total)))
}
