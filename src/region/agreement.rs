//! How well two outlines of a lesion agree: two readers, or a reader and a program.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::distance::squared_distance;
use crate::image::{BoundingBox, Grid, Mask};
use crate::statistic::estimate::{Defined, Undefined};
use crate::statistic::quantile::quantile;

/// Agreement of two outlines A and B.
///
/// # Definition
/// Dice 2|A∩B| / (|A|+|B|), Jaccard |A∩B| / |A∪B|. A mask's surface is its voxels that have a face neighbour outside it; the edge of the
/// image counts as outside, an axis of one voxel has no neighbours. With d(a, B) the distance in mm of a surface voxel's centre of A to the
/// nearest one of B: Hausdorff distance max(max d(a, B), max d(b, A)); its 95 % form takes the larger of the two 95th percentiles (linear
/// between order statistics); the average surface distance is the mean over the surface voxels of both together.
///
/// # Reference
/// Taha and Hanbury, BMC Med Imaging 2015;15:29; the 95 % form as in MONAI (medpy pools both directions).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Dice coefficient.
    pub dice: Defined<f64>,
    /// Jaccard index.
    pub jaccard: Defined<f64>,
    /// Hausdorff distance, mm.
    pub hausdorff: Defined<f64>,
    /// 95 % Hausdorff distance, mm.
    pub hausdorff95: Defined<f64>,
    /// Average symmetric surface distance, mm.
    pub average_surface_distance: Defined<f64>,
}

/// Agreement of two outlines on one grid.
///
/// # Errors
/// Masks on different grids. What two empty masks, or one, do not determine is undefined within the result, with its reason.
pub fn agreement(a: &Mask, b: &Mask) -> Result<Agreement> {
    if !a.grid.agrees_with(&b.grid) {
        return Err(Error::study(format!("the outlines lie on different grids: {:?} and {:?}", a.grid, b.grid)));
    }
    let both = a.inside.iter().zip(&b.inside).filter(|(a, b)| **a && **b).count() as f64;
    let (in_a, in_b) = (a.count() as f64, b.count() as f64);
    let ratio = |part: f64, whole: f64| {
        if whole > 0.0 { Ok(part / whole) } else { Err(Undefined::because("both outlines are empty")) }
    };
    let distances = surface_distances(a, b);
    let from = |what: &dyn Fn(&[f64], &[f64]) -> f64| distances.as_ref().map(|(a, b)| what(a, b)).map_err(Undefined::clone);
    let largest = |d: &[f64]| d.iter().copied().fold(0.0, f64::max);
    let percentile = |d: &[f64]| quantile(d, 0.95).unwrap_or(0.0);
    Ok(Agreement {
        dice: ratio(2.0 * both, in_a + in_b),
        jaccard: ratio(both, in_a + in_b - both),
        hausdorff: from(&|a, b| largest(a).max(largest(b))),
        hausdorff95: from(&|a, b| percentile(a).max(percentile(b))),
        average_surface_distance: from(&|a, b| a.iter().chain(b).sum::<f64>() / (a.len() + b.len()) as f64),
    })
}

/// Distances of A's surface voxels to B's surface, and of B's to A's.
fn surface_distances(a: &Mask, b: &Mask) -> Defined<(Vec<f64>, Vec<f64>)> {
    let (Some(box_a), Some(box_b)) = (a.bounding_box(), b.bounding_box()) else {
        return Err(Undefined::because("an outline is empty: it has no surface"));
    };
    let window = BoundingBox {
        start: std::array::from_fn(|axis| box_a.start[axis].min(box_b.start[axis])),
        end: std::array::from_fn(|axis| box_a.end[axis].max(box_b.end[axis])),
    };
    let grid = a.grid.part(&window);
    let (surface_a, surface_b) = (surface(a, &window, &grid), surface(b, &window, &grid));
    let directed = |from: &[bool], to: &[bool]| {
        let squared = squared_distance(&grid, |at| to[at]);
        from.iter().zip(squared).filter(|(on, _)| **on).map(|(_, squared)| squared.sqrt()).collect()
    };
    Ok((directed(&surface_a, &surface_b), directed(&surface_b, &surface_a)))
}

/// Which voxels of the window are on the mask's surface.
fn surface(mask: &Mask, window: &BoundingBox, near: &Grid) -> Vec<bool> {
    let size = mask.grid.size;
    let stride = [1, size[0], size[0] * size[1]];
    let mut on = Vec::with_capacity(near.voxels());
    for k in window.start[2]..window.end[2] {
        for j in window.start[1]..window.end[1] {
            for i in window.start[0]..window.end[0] {
                let (index, at) = ([i, j, k], mask.grid.at([i, j, k]));
                let open = |axis: usize| {
                    let (first, last) = (index[axis] == 0, index[axis] + 1 == size[axis]);
                    size[axis] > 1 && (first || last || !mask.inside[at - stride[axis]] || !mask.inside[at + stride[axis]])
                };
                on.push(mask.inside[at] && (0..3).any(open));
            }
        }
    }
    // A mask that fills an image of one voxel has no neighbours at all: then every voxel of it is surface.
    if !on.contains(&true) {
        on.fill(true);
    }
    on
}
