//! Diffusion kurtosis: how far diffusion departs from that of free water.

use crate::error::{Error, Result};
use crate::parametric::diffusion::{self, Scratch};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::least_squares::log_linear;
use crate::parametric::map::VoxelModel;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 5] = [
    MapInfo::quantity("MD", "mean diffusivity", "mm²/s", "Jensen 2005, Magn Reson Med 53:1432"),
    MapInfo::quantity("MK", "mean kurtosis", "1", "Jensen 2005, Magn Reson Med 53:1432"),
    S0,
    R2,
    RMSE,
];

/// Diffusion kurtosis from trace-weighted images.
///
/// # Definition
/// ln S = ln S₀ − b MD + b² MD² MK/6, weighted least squares. Maps: `MD` (mm²/s), `MK`, `S0`, `R2`, `RMSE`.
///
/// # Reference
/// Jensen 2005, Magn Reson Med 53:1432.
#[derive(Debug, Clone, PartialEq)]
pub struct Kurtosis {
    b: BValues,
    used: Vec<usize>,
}

impl Kurtosis {
    /// From the images with b-values up to `highest` (about 2000 s/mm²: beyond, the expansion turns upwards again).
    ///
    /// # Errors
    /// [`Error::Study`] with fewer than three different b-values up to there.
    pub fn new(b: BValues, highest: f64) -> Result<Self> {
        let values = b.values();
        let used: Vec<usize> = (0..values.len()).filter(|&at| values[at] <= highest).collect();
        BValues::new(used.iter().map(|&at| values[at]).collect())
            .and_then(|used| used.need_different(3, "diffusion kurtosis"))
            .map_err(|_| Error::study(format!("diffusion kurtosis needs three or more different b-values up to {highest} s/mm²")))?;
        Ok(Kurtosis { b, used })
    }
}

impl VoxelModel for Kurtosis {
    type Scratch = Scratch;

    fn maps(&self) -> Vec<MapInfo> {
        MAPS.to_vec()
    }

    fn images(&self) -> usize {
        self.b.values().len()
    }

    fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    fn fit(&self, _: usize, signal: &[f64], _: &mut Scratch, values: &mut [f64]) -> Result<Fit, Failure> {
        // In units of 1000 s/mm² the three columns are of one size.
        let b = |at: usize| self.b.values()[at] * 1e-3;
        let [ln_s0, slope, bend] = log_linear(signal, &self.used, |at| [1.0, -b(at), b(at) * b(at)], true)?;
        if !(slope > 0.0) {
            return Err(Failure::NoDecay);
        }
        let model = |at: usize| (ln_s0 - b(at) * slope + b(at) * b(at) * bend).exp();
        let squares: f64 = self.used.iter().map(|&at| (signal[at] - model(at)).powi(2)).sum();
        let used: Vec<f64> = self.used.iter().map(|&at| signal[at]).collect();
        let parameters = [slope * 1e-3, 6.0 * bend / (slope * slope), ln_s0.exp()];
        Ok(diffusion::write(&used, &parameters, squares, Fit::Inside, values))
    }
}
