//! The contour drawn anew, along edges that the image itself suggests.

use rand::{Rng, RngCore};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::slic::{Slic, supervoxels};
use crate::error::{Error, Result};
use crate::image::components::fill_holes;
use crate::image::{Mask, Volume};
use crate::region::near::Near;

/// How a contour is randomised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ContourSpec {
    /// Edge of a supervoxel, mm; by default a fifth of the diameter of a ball of the lesion's volume, at least two voxels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervoxel_mm: Option<f64>,
    /// A supervoxel that lies in the lesion by less than this fraction is never taken.
    pub least: f64,
    /// One that lies in it by at least this fraction is always taken; between the two, with a probability equal to the fraction.
    pub sure: f64,
}

impl Default for ContourSpec {
    fn default() -> Self {
        ContourSpec { supervoxel_mm: None, least: 0.2, sure: 0.9 }
    }
}

/// A contour that another reader might have drawn: the lesion put together anew from supervoxels of the image around it.
///
/// # Definition
/// Supervoxels within a margin of two edges around the lesion (SLIC, compactness 0.3, of intensities that are clipped to the 1st to 99th
/// percentile there and smoothed twice by ¼, ½, ¼ along every axis);
/// each is taken with probability 0, its overlap fraction, or 1 as [`ContourSpec`] says; holes are filled. Should chance take none, the one
/// with the largest overlap is taken.
///
/// # Errors
/// An empty lesion, an image on another grid, values that are not finite around the lesion.
///
/// # Reference
/// Zwanenburg et al., Sci Rep 2019;9:614; MIRP. Theirs uses scikit-image's SLIC, so single contours differ.
pub fn randomise_contour(lesion: &Mask, image: &Volume, spec: &ContourSpec, random: &mut dyn RngCore) -> Result<Mask> {
    if !lesion.grid.agrees_with(&image.grid) {
        return Err(Error::study(format!(
            "the image lies on another grid ({:?}) than the lesion ({:?})",
            image.grid, lesion.grid
        )));
    }
    let volume = lesion.count() as f64 * lesion.grid.voxel_volume();
    let widest = (0..3).filter(|axis| lesion.grid.size[*axis] > 1).map(|axis| lesion.grid.spacing[axis]).fold(0.0, f64::max);
    let diameter = (6.0 * volume / std::f64::consts::PI).cbrt();
    let edge = spec.supervoxel_mm.unwrap_or((0.2 * diameter).max(2.0 * widest)).max(f64::MIN_POSITIVE);
    let near = Near::around(lesion, 2.0 * edge).ok_or_else(|| Error::study("the lesion's mask is empty: it has no contour"))?;
    let mut values: Vec<f64> = (0..near.grid.voxels()).map(|at| image.values[near.source(at)]).collect();
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Error::study("around the lesion the image has values that are not finite"));
    }
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let percentile = |p: f64| sorted[(p * (sorted.len() - 1) as f64).round() as usize];
    let (low, high) = (percentile(0.01), percentile(0.99));
    values.iter_mut().for_each(|value| *value = value.clamp(low, high));
    // Noise would tear the supervoxels into scattered voxels.
    smooth(&mut values, near.grid.size);
    let labels = supervoxels(&Volume::new(near.grid.clone(), values), Slic { edge, compactness: 0.3, rounds: 10 });

    let mut overlap = vec![(0.0, 0.0); labels.iter().max().map_or(0, |most| *most as usize + 1)];
    for (at, label) in labels.iter().enumerate() {
        let (inside, all) = &mut overlap[*label as usize];
        *inside += f64::from(u8::from(lesion.inside[near.source(at)]));
        *all += 1.0;
    }
    let fraction: Vec<f64> = overlap.iter().map(|(inside, all)| if *all > 0.0 { inside / all } else { 0.0 }).collect();
    let mut taken: Vec<bool> = fraction
        .iter()
        .map(|fraction| {
            // One draw per supervoxel, needed or not, so that the choice of one does not shift the others.
            let draw: f64 = random.r#gen();
            *fraction > 0.0 && *fraction >= spec.least && (*fraction >= spec.sure || draw < *fraction)
        })
        .collect();
    if !taken.contains(&true)
        && let Some(most) = (0..fraction.len()).max_by(|&a, &b| fraction[a].total_cmp(&fraction[b]))
    {
        taken[most] = true;
    }
    let drawn = fill_holes(&Mask::new(near.grid.clone(), labels.iter().map(|label| taken[*label as usize]).collect()));
    Ok(near.spread(&drawn.inside))
}

/// Twice ¼, ½, ¼ along every axis; the edge is repeated.
fn smooth(values: &mut [f64], size: [usize; 3]) {
    let mut line = Vec::new();
    let mut stride = 1;
    for length in size {
        for start in (0..values.len()).filter(|at| at / stride % length == 0) {
            line.clear();
            line.extend((0..length).map(|n| values[start + n * stride]));
            for _ in 0..2 {
                let mut before = line[0];
                for n in 0..length {
                    let here = line[n];
                    line[n] = 0.25 * (before + 2.0 * here + line[(n + 1).min(length - 1)]);
                    before = here;
                }
            }
            line.iter().enumerate().for_each(|(n, value)| values[start + n * stride] = *value);
        }
        stride *= length;
    }
}
