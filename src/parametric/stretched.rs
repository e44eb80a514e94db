//! The stretched exponential: a spread of diffusivities in one voxel.

use crate::error::Result;
use crate::parametric::diffusion::{self, Scratch};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::map::VoxelModel;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 5] = [
    MapInfo::quantity("DDC", "distributed diffusion coefficient", "mm²/s", "Bennett 2003, Magn Reson Med 50:727"),
    MapInfo::quantity("alpha", "stretching exponent: heterogeneity of diffusion", "1", "Bennett 2003, Magn Reson Med 50:727"),
    S0,
    R2,
    RMSE,
];

/// The stretched-exponential model.
///
/// # Definition
/// S/S₀ = exp(−(b DDC)^α), 0 < α ≤ 1; α = 1 is one diffusivity. Maps: `DDC` (mm²/s), `alpha`, `S0`, `R2`, `RMSE`.
///
/// # Reference
/// Bennett 2003, Magn Reson Med 50:727.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretched {
    b: BValues,
    negative: bool,
}

impl Stretched {
    /// The model for a series.
    ///
    /// # Errors
    /// [`crate::error::Error::Study`] without an image at b = 0 or with fewer than three different b-values.
    pub fn new(b: BValues) -> Result<Self> {
        b.need_unweighted("the stretched exponential")?;
        b.need_different(3, "the stretched exponential")?;
        Ok(Stretched { b, negative: false })
    }

    /// Signals below zero are noise around zero (complex averaging, noise floor subtracted), not a fault: they are fitted.
    pub fn with_negative(mut self, negative: bool) -> Self {
        self.negative = negative;
        self
    }
}

impl VoxelModel for Stretched {
    type Scratch = Scratch;

    fn maps(&self) -> Vec<MapInfo> {
        MAPS.to_vec()
    }

    fn is_bounded(&self) -> bool {
        true
    }

    fn takes_negative(&self) -> bool {
        self.negative
    }

    fn images(&self) -> usize {
        self.b.values().len()
    }

    fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    fn fit(&self, _: usize, signal: &[f64], scratch: &mut Scratch, values: &mut [f64]) -> Result<Fit, Failure> {
        let bounds = [diffusion::DIFFUSIVITY, [0.05, 1.0], [0.0; 2]];
        let starts = [[1e-3, 0.8, 1.0], [2e-3, 0.6, 1.0]];
        let best = diffusion::fit(&self.b, signal, &starts, bounds, scratch, |&[ddc, alpha, _], b, out| {
            out.iter_mut().zip(b).for_each(|(out, b)| *out = (-(b * ddc).powf(alpha)).exp());
        })?;
        Ok(diffusion::write(signal, &best.parameters, best.squares, best.fit, values))
    }
}
