//! The continuous-time random walk: water that pauses and jumps.

use crate::error::Result;
use crate::parametric::diffusion::{self, Scratch};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::map::VoxelModel;
use crate::parametric::mittag_leffler::MittagLeffler;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 6] = [
    MapInfo::quantity("D", "anomalous diffusion coefficient", "mm²/s", "Ingo 2014, Magn Reson Med 71:617"),
    MapInfo::quantity("alpha", "temporal heterogeneity: pauses", "1", "Ingo 2014, Magn Reson Med 71:617"),
    MapInfo::quantity("beta", "spatial heterogeneity: jumps", "1", "Ingo 2014, Magn Reson Med 71:617"),
    S0,
    R2,
    RMSE,
];

/// The continuous-time random walk model.
///
/// # Definition
/// S/S₀ = E_α(−(b D)^β), E_α the Mittag-Leffler function, 0 < α ≤ 1 (pauses), 0 < β ≤ 1 (jumps); α = β = 1 is mono-exponential and
/// α = 1 alone is the stretched exponential. Maps: `D` (mm²/s), `alpha`, `beta`, `S0`, `R2`, `RMSE`.
///
/// # Reference
/// Ingo 2014, Magn Reson Med 71:617; Karaman 2016, Magn Reson Med 76:1149.
#[derive(Debug, Clone, PartialEq)]
pub struct Ctrw {
    b: BValues,
    negative: bool,
}

impl Ctrw {
    /// The model for a series.
    ///
    /// # Errors
    /// [`crate::error::Error::Study`] without an image at b = 0 or with fewer than four different b-values.
    pub fn new(b: BValues) -> Result<Self> {
        b.need_unweighted("the random walk model")?;
        b.need_different(4, "the random walk model")?;
        Ok(Ctrw { b, negative: false })
    }

    /// Signals below zero are noise around zero (complex averaging, noise floor subtracted), not a fault: they are fitted.
    pub fn with_negative(mut self, negative: bool) -> Self {
        self.negative = negative;
        self
    }

    /// S/S₀ at b-values.
    pub fn decay(d: f64, alpha: f64, beta: f64, b: &[f64], out: &mut [f64]) {
        let mut function = MittagLeffler::new(alpha);
        out.iter_mut().zip(b).for_each(|(out, b)| *out = function.at((b * d).powf(beta)));
    }
}

impl VoxelModel for Ctrw {
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
        let bounds = [diffusion::DIFFUSIVITY, [0.2, 1.0], [0.2, 1.0], [0.0; 2]];
        let starts = [[1e-3, 0.9, 0.9, 1.0], [1e-3, 0.7, 0.9, 1.0]];
        let best = diffusion::fit(&self.b, signal, &starts, bounds, scratch, |&[d, alpha, beta, _], b, out| {
            Ctrw::decay(d, alpha, beta, b, out);
        })?;
        Ok(diffusion::write(signal, &best.parameters, best.squares, best.fit, values))
    }
}
