//! Bias-field correction: the slow shading that coils lay over an MR image, estimated and divided out (N4).
//!
//! | step | file |
//! |---|---|
//! | the loop over resolutions and iterations, its settings, its result | this one |
//! | a smooth field through scattered values: a cubic B-spline lattice | `lattice` |
//! | the histogram with the shading's blur taken out | `sharpen` |

mod lattice;
mod sharpen;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::lattice::{Basis, Lattice};
use self::sharpen::Sharpener;
use super::normalise::{body_mask, values_within};
use super::{Grid, Mask, Volume};
use crate::error::{Error, Result};

/// Settings of N4; the defaults are ITK's, with the customary shrink factor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct N4 {
    /// The field is estimated from every n-th voxel along each axis (axes keep at least 16): it bounds the time.
    pub shrink: usize,
    /// Resolutions; the lattice's mesh is halved from one to the next.
    pub levels: usize,
    /// Iterations per resolution, at most.
    pub iterations: usize,
    /// A resolution ends when the field's change varies by less than this (coefficient of variation).
    pub tolerance: f64,
    /// Full width at half maximum of the Gaussian that the field is taken to blur the log histogram by.
    pub width: f64,
    /// Noise of the Wiener filter that takes it out.
    pub noise: f64,
    /// Bins of the histogram.
    pub bins: usize,
}

impl Default for N4 {
    fn default() -> Self {
        N4 { shrink: 4, levels: 4, iterations: 50, tolerance: 0.001, width: 0.15, noise: 0.01, bins: 200 }
    }
}

/// An estimated field: a smooth function over the image.
#[derive(Debug, Clone)]
pub struct BiasField {
    grid: Grid,
    lattice: Lattice,
    mesh: usize,
    /// Subtracted from the logarithm, so that its mean is 0 where it was estimated.
    offset: f64,
}

impl N4 {
    /// The field, estimated from the voxels of the mask whose value is positive; without a mask, from the body.
    ///
    /// # Definition
    /// With v the logarithm of the image and b the logarithm of the field (at first 0): E = the expectation of the true v given v − b, from the
    /// histogram of v − b sharpened by Wiener deconvolution of a Gaussian; b ← b + the B-spline fit of (v − b) − E; until the change of the
    /// field falls below the tolerance; then again with half the mesh. Unlike ITK's, the field is scaled to a geometric mean of 1 within the
    /// mask, so that a corrected image keeps its brightness.
    ///
    /// # Errors
    /// Settings that are none, a mask on another grid, no positive voxel, values that are not finite.
    ///
    /// # Reference
    /// Tustison et al., IEEE Trans Med Imaging 2010;29:1310; Sled et al., ibid. 1998;17:87.
    pub fn estimate(&self, image: &Volume, within: Option<&Mask>) -> Result<BiasField> {
        self.check()?;
        values_within(image, within)?;
        let coarse = match within {
            Some(mask) => Coarse::new(image, mask, self.shrink),
            None => Coarse::new(image, &body_mask(image)?, self.shrink),
        };
        if !coarse.inside.contains(&true) {
            return Err(Error::study("no voxel of the mask is positive: a multiplicative field cannot be estimated"));
        }
        let mut log_field = vec![0.0; coarse.log.len()];
        let mut mesh = 1;
        let mut basis = coarse.basis(mesh);
        let mut lattice = Lattice::zero(&basis);
        for level in 0..self.levels {
            if level > 0 {
                lattice = lattice.refined(&basis);
                mesh *= 2;
                basis = coarse.basis(mesh);
            }
            for _ in 0..self.iterations {
                let uncorrected: Vec<f64> = coarse.log.iter().zip(&log_field).map(|(v, b)| v - b).collect();
                let Some(sharpener) = Sharpener::new(self, &uncorrected, &coarse.inside) else { break };
                let residual: Vec<f64> = uncorrected.iter().map(|u| u - sharpener.expected(*u)).collect();
                let update = Lattice::fit(&basis, &residual, &coarse.inside);
                let change = update.evaluate(&basis);
                lattice.add(&update);
                log_field.iter_mut().zip(&change).for_each(|(b, change)| *b += change);
                if variation(&change, &coarse.inside) < self.tolerance {
                    break;
                }
            }
        }
        let inside = || log_field.iter().zip(&coarse.inside).filter(|(_, inside)| **inside).map(|(b, _)| *b);
        let offset = inside().sum::<f64>() / inside().count() as f64;
        Ok(BiasField { grid: image.grid.clone(), lattice, mesh, offset })
    }

    /// The image divided by its field.
    ///
    /// # Errors
    /// See [`N4::estimate`].
    pub fn correct(&self, image: &Volume, within: Option<&Mask>) -> Result<Volume> {
        let field = self.estimate(image, within)?.log_field();
        let values = image.values.iter().zip(field.values).map(|(value, log)| value / log.exp()).collect();
        Ok(Volume::new(image.grid.clone(), values))
    }

    fn check(&self) -> Result<()> {
        let sizes = (1..=64).contains(&self.shrink) && (1..=8).contains(&self.levels) && (2..=65_536).contains(&self.bins);
        if sizes && self.width > 0.0 && self.noise > 0.0 && self.tolerance >= 0.0 {
            return Ok(());
        }
        Err(Error::usage(format!(
            "N4 needs shrink 1 to 64, levels 1 to 8, bins 2 to 65536, width and noise above 0, tolerance not below; found {self:?}"
        )))
    }
}

impl BiasField {
    /// Natural logarithm of the field, at every voxel of the image.
    pub fn log_field(&self) -> Volume {
        let basis = self.grid.size.map(|n| Basis::new((0..n).map(|x| x as f64), n, self.mesh));
        let mut log = self.lattice.evaluate(&basis);
        log.iter_mut().for_each(|log| *log -= self.offset);
        Volume::new(self.grid.clone(), log)
    }
}

/// Coefficient of variation of the factor that a change of the log field means.
fn variation(change: &[f64], inside: &[bool]) -> f64 {
    let factors = || change.iter().zip(inside).filter(|(_, inside)| **inside).map(|(change, _)| change.exp());
    let n = factors().count() as f64;
    let mean = factors().sum::<f64>() / n;
    let squares: f64 = factors().map(|factor| (factor - mean).powi(2)).sum();
    (squares / (n - 1.0).max(1.0)).sqrt() / mean
}

/// The logarithm of the image at every n-th voxel: the middle ones of blocks. (Means of blocks would mix tissues, and the histogram is what the
/// field is read from.)
struct Coarse {
    full: [usize; 3],
    factor: [usize; 3],
    size: [usize; 3],
    /// 0 outside.
    log: Vec<f64>,
    /// Within the mask, and positive.
    inside: Vec<bool>,
}

impl Coarse {
    fn new(image: &Volume, mask: &Mask, shrink: usize) -> Coarse {
        let full = image.grid.size;
        let factor = full.map(|n| shrink.min((n / 16).max(1)));
        let size = [0, 1, 2].map(|axis| full[axis].div_ceil(factor[axis]));
        let voxels: usize = size.iter().product();
        let mut coarse = Coarse { full, factor, size, log: Vec::with_capacity(voxels), inside: Vec::with_capacity(voxels) };
        for k in 0..size[2] {
            for j in 0..size[1] {
                for i in 0..size[0] {
                    let at = image.grid.at([coarse.middle(0, i), coarse.middle(1, j), coarse.middle(2, k)]);
                    let inside = mask.inside[at] && image.values[at] > 0.0;
                    coarse.inside.push(inside);
                    coarse.log.push(if inside { image.values[at].ln() } else { 0.0 });
                }
            }
        }
        coarse
    }

    /// The voxel that stands for a block.
    fn middle(&self, axis: usize, block: usize) -> usize {
        (block * self.factor[axis] + self.factor[axis] / 2).min(self.full[axis] - 1)
    }

    /// The B-splines of a mesh over the whole image, at the voxels that stand for the blocks.
    fn basis(&self, mesh: usize) -> [Basis; 3] {
        [0, 1, 2].map(|axis| {
            let positions = (0..self.size[axis]).map(|block| self.middle(axis, block) as f64);
            Basis::new(positions, self.full[axis], mesh)
        })
    }
}
