//! A lesion grown or shrunk to a wanted volume.

use rand::{Rng, RngCore};

use crate::error::{Error, Result};
use crate::image::distance::squared_distance;
use crate::image::{Grid, Mask};
use crate::region::near::Near;

/// The lesion grown (positive fraction) or shrunk (negative) by exactly this fraction of its voxels, the number rounded.
///
/// # Definition
/// Voxels outside are added in the order of their distance in mm to the lesion, voxels inside are taken away in the order of their distance to
/// what is outside; among voxels of equal distance chance decides. (MIRP dilates and erodes by whole voxels and fills the last rim at random: the
/// same on isotropic grids, but for the shape of its structuring element.) The edge of the image counts as outside.
///
/// # Errors
/// An empty lesion, a fraction that is not above −1, a result without voxels, or growth that the image has no room for.
pub fn change_volume(lesion: &Mask, fraction: f64, random: &mut dyn RngCore) -> Result<Mask> {
    let count = lesion.count();
    if count == 0 {
        return Err(Error::study("the lesion's mask is empty: it can neither grow nor shrink"));
    }
    if !(fraction > -1.0 && fraction.is_finite()) {
        return Err(Error::usage(format!("a volume cannot change by the fraction {fraction}: above −1")));
    }
    let wanted = (count as f64 * (1.0 + fraction)).round();
    if wanted < 1.0 {
        return Err(Error::study(format!("{count} voxels changed by the fraction {fraction} leave nothing")));
    }
    let mut changed = lesion.clone();
    if wanted as usize > count {
        for at in nearest_outside(lesion, wanted as usize - count, random)? {
            changed.inside[at] = true;
        }
    } else {
        for at in nearest_inside(lesion, count - wanted as usize, random) {
            changed.inside[at] = false;
        }
    }
    Ok(changed)
}

/// The first `wanted` of (distance, voxel), equal distances in random order.
fn first(candidates: Vec<(f64, usize)>, wanted: usize, random: &mut dyn RngCore) -> Vec<usize> {
    let mut ranked: Vec<(f64, u64, usize)> =
        candidates.into_iter().map(|(distance, at)| (distance, random.r#gen::<u64>(), at)).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().take(wanted).map(|(_, _, at)| at).collect()
}

fn nearest_outside(lesion: &Mask, wanted: usize, random: &mut dyn RngCore) -> Result<Vec<usize>> {
    let extent = (0..3).map(|axis| lesion.grid.size[axis] as f64 * lesion.grid.spacing[axis]).fold(0.0, f64::max);
    // Within the margin every distance is exact and complete; it is doubled until it holds enough voxels.
    let mut margin = 2.0 * lesion.grid.spacing.iter().copied().fold(0.0, f64::max);
    loop {
        let Some(near) = Near::around(lesion, margin) else {
            return Err(Error::study("the lesion's mask is empty: it cannot grow"));
        };
        let squared = squared_distance(&near.grid, |at| lesion.inside[near.source(at)]);
        let all = margin > extent;
        let candidates: Vec<(f64, usize)> = squared
            .into_iter()
            .enumerate()
            .filter(|(_, squared)| *squared > 0.0 && (all || *squared <= margin * margin))
            .map(|(at, squared)| (squared, near.source(at)))
            .collect();
        if candidates.len() >= wanted {
            return Ok(first(candidates, wanted, random));
        }
        if all {
            return Err(Error::study(format!("the image has no room for {wanted} voxels more")));
        }
        margin *= 2.0;
    }
}

fn nearest_inside(lesion: &Mask, wanted: usize, random: &mut dyn RngCore) -> Vec<usize> {
    let Some(region) = lesion.bounding_box() else { return Vec::new() };
    // One voxel of rim, which is outside even where the image ends; an axis of one voxel has none.
    let rim: [usize; 3] = lesion.grid.size.map(|n| usize::from(n > 1));
    let size: [usize; 3] = std::array::from_fn(|axis| region.end[axis] - region.start[axis] + 2 * rim[axis]);
    let padded = Grid::plain(size, lesion.grid.spacing);
    let at_lesion = |at: usize| {
        let index = [at % size[0], at / size[0] % size[1], at / (size[0] * size[1])];
        let within = (0..3).all(|axis| index[axis] >= rim[axis] && index[axis] + rim[axis] < size[axis]);
        within.then(|| lesion.grid.at(std::array::from_fn(|axis| index[axis] + region.start[axis] - rim[axis])))
    };
    let squared = squared_distance(&padded, |at| at_lesion(at).is_none_or(|at| !lesion.inside[at]));
    let candidates = squared
        .into_iter()
        .enumerate()
        .filter(|(_, squared)| *squared > 0.0)
        .filter_map(|(at, squared)| Some((squared, at_lesion(at)?)))
        .collect();
    first(candidates, wanted, random)
}
