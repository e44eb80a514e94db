//! The slice that shows most of a lesion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::Mask;

/// An axis of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// The fastest: along the rows of a slice.
    I,
    /// Along the columns of a slice.
    J,
    /// Across the slices.
    #[default]
    K,
}

/// The lesion in the one slice across `axis` where its area is largest (the first of equals); elsewhere nothing.
///
/// # Errors
/// An empty lesion.
pub fn largest_slice(lesion: &Mask, axis: Axis) -> Result<Mask> {
    let axis = axis as usize;
    let size = lesion.grid.size;
    let (below, length) = (size[..axis].iter().product::<usize>().max(1), size[axis]);
    let slice = |at: usize| at / below % length.max(1);
    let mut area = vec![0usize; length];
    for (at, _) in lesion.inside.iter().enumerate().filter(|(_, inside)| **inside) {
        area[slice(at)] += 1;
    }
    let most = area.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Err(Error::study("the lesion's mask is empty: it has no largest slice"));
    }
    let chosen = area.iter().position(|voxels| *voxels == most).unwrap_or(0);
    let inside = lesion.inside.iter().enumerate().map(|(at, inside)| *inside && slice(at) == chosen).collect();
    Ok(Mask::new(lesion.grid.clone(), inside))
}
