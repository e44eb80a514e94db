//! Which regions of a lesion a study looks at, and what they are called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::largest_slice::{Axis, largest_slice};
use super::ring::{Shell, ring, with_ring};
use crate::error::{Error, Result};
use crate::image::Mask;

/// A region made from the outlined lesion.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RegionSpec {
    /// The lesion as outlined.
    #[default]
    Lesion,
    /// The tissue around it, between two distances.
    Ring(RingSpec),
    /// The lesion and the tissue around it, as one region.
    LesionAndRing(ReachSpec),
    /// The slice where the lesion's area is largest.
    LargestSlice(SliceSpec),
}

/// A peritumoral ring: cumulative (0 to r) or a shell (r1 to r2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RingSpec {
    /// Distance from the lesion that is left out, mm.
    #[serde(default)]
    pub from_mm: f64,
    /// Distance from the lesion that is reached, mm.
    pub to_mm: f64,
    /// Whether the ring is drawn in each slice by itself.
    #[serde(default)]
    pub in_plane: bool,
}

/// How far around the lesion.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReachSpec {
    /// Distance from the lesion that is reached, mm.
    pub to_mm: f64,
    /// Whether the ring is drawn in each slice by itself.
    #[serde(default)]
    pub in_plane: bool,
}

/// The largest slice.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SliceSpec {
    /// The axis that the slice lies across.
    pub axis: Axis,
    /// If given, the ring of this width, in mm, around the lesion within that slice (across k) takes the lesion's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_mm: Option<f64>,
}

impl RegionSpec {
    /// The region, on the lesion's grid; `body` clips what lies around the lesion.
    ///
    /// # Errors
    /// An empty lesion, distances that are no ring, a body on another grid, a region without voxels.
    pub fn make(&self, lesion: &Mask, body: Option<&Mask>) -> Result<Mask> {
        match self {
            RegionSpec::Lesion => {
                if !lesion.inside.contains(&true) {
                    return Err(Error::study("the lesion's mask is empty"));
                }
                Ok(lesion.clone())
            }
            RegionSpec::Ring(RingSpec { from_mm, to_mm, in_plane }) => {
                ring(lesion, Shell { from: *from_mm, to: *to_mm, in_plane: *in_plane }, body)
            }
            RegionSpec::LesionAndRing(ReachSpec { to_mm, in_plane }) => with_ring(lesion, *to_mm, *in_plane, body),
            RegionSpec::LargestSlice(SliceSpec { axis, ring_mm }) => {
                let slice = largest_slice(lesion, *axis)?;
                let Some(to) = *ring_mm else { return Ok(slice) };
                if *axis != Axis::K {
                    return Err(Error::usage("a ring within the largest slice is drawn across the axis k only"));
                }
                ring(&slice, Shell { from: 0.0, to, in_plane: true }, body)
            }
        }
    }

    /// How far it reaches beyond the lesion, mm.
    pub fn reach_mm(&self) -> f64 {
        match self {
            RegionSpec::Lesion => 0.0,
            RegionSpec::Ring(ring) => ring.to_mm,
            RegionSpec::LesionAndRing(ring) => ring.to_mm,
            RegionSpec::LargestSlice(slice) => slice.ring_mm.unwrap_or(0.0),
        }
    }

    /// Its place in a feature's name: `lesion`, `peri3mm`, `peri2to4mm`, `lesion_peri3mm`, `largest_slice`, `largest_slice_peri3mm`;
    /// `peri3mm_2d` where distances are measured within the slices.
    pub fn name(&self) -> String {
        let flat = |in_plane: bool| if in_plane { "_2d" } else { "" };
        match self {
            RegionSpec::Lesion => "lesion".into(),
            RegionSpec::Ring(r) if r.from_mm == 0.0 => format!("peri{}mm{}", r.to_mm, flat(r.in_plane)),
            RegionSpec::Ring(r) => format!("peri{}to{}mm{}", r.from_mm, r.to_mm, flat(r.in_plane)),
            RegionSpec::LesionAndRing(r) => format!("lesion_peri{}mm{}", r.to_mm, flat(r.in_plane)),
            RegionSpec::LargestSlice(SliceSpec { axis, ring_mm }) => {
                let across = match axis {
                    Axis::I => "_i",
                    Axis::J => "_j",
                    Axis::K => "",
                };
                let around = ring_mm.map_or(String::new(), |to| format!("_peri{to}mm"));
                format!("largest_slice{across}{around}")
            }
        }
    }
}
