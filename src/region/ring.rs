//! Peritumoral rings: the tissue around a lesion, between two distances from it.

use super::near::Near;
use crate::error::{Error, Result};
use crate::image::distance::squared_distance;
use crate::image::{Grid, Mask};

/// A ring's inner and outer distance from the lesion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shell {
    /// Distance that is left out, mm; 0 for a ring that begins at the lesion.
    pub from: f64,
    /// Distance that it reaches to, mm.
    pub to: f64,
    /// Whether distances are measured within each slice (i, j) instead of in space.
    pub in_plane: bool,
}

/// Distances that are equal but for rounding count as equal.
const ROUNDING: f64 = 1e-9;

/// The voxels around the lesion at more than `from` and at most `to` mm, within the body or breast where one is given.
///
/// # Definition
/// { x ∉ lesion : from < d(x) ≤ to } ∩ body with d(x) the distance of the voxel's centre to the nearest voxel centre of the lesion: the
/// lesion's outermost voxel centres are its boundary, so that the ring is its dilation by a ball of `to` mm without its dilation by one of `from` mm.
/// Slices further apart than `to` are not reached. A ring that begins at 0 and one that begins where it ends partition the wider ring.
///
/// # Errors
/// Distances that are no ring; an empty lesion; a body on another grid; a ring without voxels.
pub fn ring(lesion: &Mask, shell: Shell, body: Option<&Mask>) -> Result<Mask> {
    let Shell { from, to, in_plane } = shell;
    if !(from >= 0.0 && to > from && to.is_finite()) {
        return Err(Error::usage(format!("a ring from {from} to {to} mm is none: 0 ≤ from < to")));
    }
    if let Some(body) = body.filter(|body| !body.grid.agrees_with(&lesion.grid)) {
        return Err(Error::study(format!(
            "the body mask lies on another grid ({:?}) than the lesion ({:?})",
            body.grid, lesion.grid
        )));
    }
    let near =
        Near::around(lesion, to).ok_or_else(|| Error::study("the lesion's mask is empty: there is no tissue around it"))?;
    let measured = if in_plane { slices_apart(&near.grid) } else { near.grid.clone() };
    let squared = squared_distance(&measured, |at| lesion.inside[near.source(at)]);
    let (least, most) = (from * from * (1.0 + ROUNDING), to * to * (1.0 + ROUNDING));
    let around = |squared: f64| squared > least && squared <= most;
    let inside: Vec<bool> = squared
        .into_iter()
        .enumerate()
        .map(|(at, squared)| around(squared) && body.is_none_or(|body| body.inside[near.source(at)]))
        .collect();
    if !inside.contains(&true) {
        let within = if body.is_some() { " within the body" } else { "" };
        let spacing = lesion.grid.spacing;
        return Err(Error::study(format!(
            "no voxel lies {from} to {to} mm from the lesion{within}: the spacing is {spacing:?} mm"
        )));
    }
    Ok(near.spread(&inside))
}

/// The lesion together with the ring around it, from 0 to `to` mm.
///
/// # Errors
/// As [`ring`].
pub fn with_ring(lesion: &Mask, to: f64, in_plane: bool, body: Option<&Mask>) -> Result<Mask> {
    let mut both = ring(lesion, Shell { from: 0.0, to, in_plane }, body)?;
    for (inside, lesion) in both.inside.iter_mut().zip(&lesion.inside) {
        *inside |= lesion;
    }
    Ok(both)
}

/// The same grid with its slices too far apart to matter.
fn slices_apart(grid: &Grid) -> Grid {
    let [x, y, _] = grid.spacing;
    Grid { spacing: [x, y, 1e9], ..grid.clone() }
}
