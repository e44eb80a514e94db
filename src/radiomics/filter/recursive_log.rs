//! Laplacian of Gaussian as PyRadiomics computes it: by recursion, scaled to be comparable between widths.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::Block;
use super::recursive::{Order, Recursion, View, recurse};

/// Laplacian of Gaussian of PyRadiomics: bright and dark blobs of about the width σ; `log-sigma-1-0-mm-3D`.
///
/// # Definition
/// `σ² Σ_a ∂²(G_σ ∗ x) / ∂a²` in mm over the three axes, with the Gaussian of standard deviation σ mm approximated by a fourth-order
/// recursive filter; beyond the edge the image goes on with its edge voxel.
///
/// # Reference
/// ITK `LaplacianRecursiveGaussianImageFilter` with `NormalizeAcrossScale`, as PyRadiomics uses it. SimpleITK rounds intermediate
/// images to 32 bits, so its responses differ from these by a part in 10⁷ of their range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RecursiveLog {
    /// Standard deviation of the Gaussian in mm.
    pub sigma: f64,
}

/// Weight, relative to that of the voxel itself, at which the tail of the recursion is cut where only a part is filtered.
const TAIL: f64 = 1e-10;

impl RecursiveLog {
    /// The margin beyond which a voxel is not felt (to a part in 10¹⁰).
    pub(super) fn support(&self, spacing: [f64; 3]) -> [usize; 3] {
        spacing.map(|s| Recursion::reach(self.sigma, s, TAIL))
    }

    pub(super) fn name(&self) -> String {
        format!("log-sigma-{}-mm-3D", format!("{:?}", self.sigma).replace('.', "-"))
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.sigma > 0.0 && self.sigma.is_finite() {
            return Ok(());
        }
        Err(Error::usage(format!("the sigma of a Laplacian of Gaussian must be above 0 mm, not {}", self.sigma)))
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Result<Volume> {
        let (size, spacing) = (image.grid.size, image.grid.spacing);
        let needed = spacing.map(|s| ((self.sigma / s).ceil() + 1.0).max(4.0));
        if (0..3).any(|axis| (size[axis] as f64) < needed[axis]) {
            return Err(Error::study(format!(
                "an image of {} × {} × {} voxels is too small for a 3-D Laplacian of Gaussian with sigma {} mm: {} × {} × {} are needed",
                size[0], size[1], size[2], self.sigma, needed[0], needed[1], needed[2]
            )));
        }
        let margin = self.support(spacing);
        let start: [usize; 3] = std::array::from_fn(|axis| place.start[axis].saturating_sub(margin[axis]));
        let end: [usize; 3] = std::array::from_fn(|axis| (place.end[axis] + margin[axis]).min(size[axis]));
        let around = View::of(image, &BoundingBox { start, end });
        let kept = |axis: usize| [place.start[axis] - start[axis], place.end[axis] - start[axis]];
        let filters = |axis: usize| {
            let second = Recursion::new(Order::Second, self.sigma, spacing[axis]);
            [Recursion::new(Order::Smooth, self.sigma, spacing[axis]), second]
        };
        let per_mm2 = |response: &mut Block, axis: usize| {
            let scale = 1.0 / (spacing[axis] * spacing[axis]);
            response.values.iter_mut().for_each(|value| *value *= scale);
        };
        // Curvatures along j and k share the smoothing along i: seven passes in place of nine. The first passes see the whole margin,
        // the last ones little of it, so the axis whose lines are scattered in memory comes last.
        let [smooth_j, mut second_j] = recurse(around, 1, &filters(1), kept(1));
        per_mm2(&mut second_j, 1);
        let [smooth_k, second_k] = filters(2);
        let [smooth_jk, mut across] = recurse((&smooth_j).into(), 2, &[smooth_k, second_k], kept(2));
        per_mm2(&mut across, 2);
        let [other] = recurse((&second_j).into(), 2, &[smooth_k], kept(2));
        add(&mut across, &other);
        let [smooth_i, second_i] = filters(0);
        let [mut response] = recurse((&smooth_jk).into(), 0, &[second_i], kept(0));
        per_mm2(&mut response, 0);
        let [across] = recurse((&across).into(), 0, &[smooth_i], kept(0));
        add(&mut response, &across);
        Ok(response.place(&image.grid, place))
    }
}

fn add(sum: &mut Block, other: &Block) {
    for (sum, value) in sum.values.iter_mut().zip(&other.values) {
        *sum += value;
    }
}
