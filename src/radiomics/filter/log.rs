//! Laplacian of Gaussian as IBSI 2 defines it: sampled, and cut off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Block, Source};
use super::boundary::Boundary;
use super::convolve::Kernel;
use super::separable::Separable;

/// Laplacian of Gaussian of IBSI 2 (`L6PA`): bright and dark blobs of about the width σ.
///
/// # Definition
/// Convolution with `−1/σ² (1/√(2π) σ)^D (D − r²/σ²) exp(−r²/2σ²)` in `D` dimensions, `σ` and `r` in voxels, sampled at the voxels of the cube
/// that reaches `⌊truncate · σ + ½⌋` voxels along each axis. The voxels must be as long as wide (and as high).
///
/// # Reference
/// IBSI 2, Laplacian of Gaussian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Log {
    /// Standard deviation of the Gaussian in mm.
    pub sigma: f64,
    /// Where the filter is cut off, in standard deviations.
    #[serde(default = "four")]
    pub truncate: f64,
    /// Slice by slice (axial), in two dimensions.
    #[serde(default)]
    pub by_slice: bool,
    /// What lies beyond the edge of the image.
    #[serde(default)]
    pub boundary: Boundary,
}

fn four() -> f64 {
    4.0
}

impl Log {
    pub(super) fn check(&self) -> Result<()> {
        if self.sigma > 0.0 && self.sigma.is_finite() && self.truncate > 0.0 && self.truncate.is_finite() {
            return Ok(());
        }
        Err(Error::usage("a Laplacian of Gaussian needs a sigma and a cut-off above 0"))
    }

    pub(super) fn name(&self) -> String {
        let sigma = format!("{:?}", self.sigma).replace('.', "-");
        format!("ibsi-log-sigma-{sigma}-mm-{}", if self.by_slice { "2D" } else { "3D" })
    }

    fn axes(&self) -> usize {
        if self.by_slice { 2 } else { 3 }
    }

    pub(super) fn support(&self, spacing: [f64; 3]) -> [usize; 3] {
        let radius = (self.truncate * self.sigma / spacing[0] + 0.5).floor() as usize;
        std::array::from_fn(|axis| if axis < self.axes() { radius } else { 0 })
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Result<Volume> {
        isotropic(image, &[0, 1, 2][..self.axes()])?;
        let sigma = self.sigma / image.grid.spacing[0];
        let radius = self.support(image.grid.spacing)[0] as i32;
        let gaussian = |x: i32| {
            let x = f64::from(x) / sigma;
            (-x * x / 2.0).exp() / ((2.0 * std::f64::consts::PI).sqrt() * sigma)
        };
        let kernel = |f: &dyn Fn(i32) -> f64| Kernel::convolution(&(-radius..=radius).map(f).collect::<Vec<_>>());
        let smooth = kernel(&gaussian);
        let curved = kernel(&|x| gaussian(x) * ((f64::from(x) / sigma).powi(2) - 1.0) / (sigma * sigma));
        // The sampled kernel is exactly the sum of one separable kernel for each axis.
        let mut total: Option<Block> = None;
        for axis in 0..self.axes() {
            let along = |other: usize| (other < self.axes()).then(|| if other == axis { curved.clone() } else { smooth.clone() });
            let response = Separable(std::array::from_fn(along)).apply(&Source::whole(image), place, self.boundary);
            match &mut total {
                None => total = Some(response),
                Some(total) => total.values.iter_mut().zip(&response.values).for_each(|(sum, value)| *sum += value),
            }
        }
        total.map(|total| total.place(&image.grid, place)).ok_or_else(|| Error::usage("a Laplacian of Gaussian needs an axis"))
    }
}

/// Whether the voxels are equally long along these axes, as the filters of IBSI 2 need.
pub(super) fn isotropic(image: &Volume, axes: &[usize]) -> Result<()> {
    let spacing = image.grid.spacing;
    if axes.iter().all(|axis| (spacing[*axis] - spacing[axes[0]]).abs() <= 1e-3 * spacing[axes[0]]) {
        return Ok(());
    }
    Err(Error::study(format!(
        "this filter needs voxels of equal sides, not {} × {} × {} mm: interpolate the image first",
        spacing[0], spacing[1], spacing[2]
    )))
}
