//! The fractional order calculus model: diffusion in tissue whose structure repeats at many scales.

use crate::error::{Error, Result};
use crate::parametric::diffusion::{self, Scratch};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::least_squares::log_linear;
use crate::parametric::map::VoxelModel;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 6] = [
    MapInfo::quantity("D", "diffusion coefficient", "mm²/s", "Magin 2008, J Magn Reson 190:255"),
    MapInfo::quantity("beta", "fractional order of the derivative in space", "1", "Magin 2008, J Magn Reson 190:255"),
    MapInfo::quantity("mu", "length constant", "µm", "Magin 2008, J Magn Reson 190:255"),
    S0,
    R2,
    RMSE,
];

/// The fractional order calculus model.
///
/// # Definition
/// S/S₀ = exp(−D μ^(2(β−1)) (γGδ)^(2β) (Δ − (2β−1)/(2β+1) δ)), (γGδ)² = b/(Δ − δ/3), 0.5 < β ≤ 1; β = 1 is mono-exponential. D and μ enter as
/// one factor at fixed timing, so D comes first, mono-exponentially from the b-values up to a limit, then β and μ from all of them. Maps:
/// `D` (mm²/s), `beta`, `mu` (µm; null where β is 1), `S0`, `R2`, `RMSE`.
///
/// # Reference
/// Magin 2008, J Magn Reson 190:255; order of the fits: Sui 2015, Radiology 277:489.
#[derive(Debug, Clone, PartialEq)]
pub struct Froc {
    b: BValues,
    low: Vec<usize>,
    duration: f64,
    separation: f64,
}

/// Bounds of μ, µm.
const MU: [f64; 2] = [0.1, 100.0];
/// Bounds of β.
const BETA: [f64; 2] = [0.501, 1.0];

impl Froc {
    /// The model for a series whose gradients last `duration` (δ) and start `separation` (Δ) apart, s; D from b-values up to `low`, s/mm².
    ///
    /// # Errors
    /// [`Error::Study`] without an image at b = 0, with fewer than four different b-values or fewer than two up to `low`, or unless 0 < δ ≤ Δ.
    pub fn new(b: BValues, duration: f64, separation: f64, low: f64) -> Result<Self> {
        b.need_unweighted("the fractional order model")?;
        b.need_different(4, "the fractional order model")?;
        if !(duration > 0.0 && separation >= duration && separation.is_finite()) {
            return Err(Error::study(format!("gradients of {duration} s that start {separation} s apart: 0 < δ ≤ Δ is needed")));
        }
        let values = b.values();
        let used: Vec<usize> = (0..values.len()).filter(|&at| values[at] <= low).collect();
        BValues::new(used.iter().map(|&at| values[at]).collect()).map_err(|_| {
            Error::study(format!("the fractional order model takes D from two or more b-values up to {low} s/mm²"))
        })?;
        Ok(Froc { b, low: used, duration, separation })
    }

    /// S/S₀ at b-values; D in mm²/s, μ in µm.
    pub fn decay(&self, d: f64, beta: f64, mu: f64, b: &[f64], out: &mut [f64]) {
        let mu = mu * 1e-3;
        let time = self.separation - (2.0 * beta - 1.0) / (2.0 * beta + 1.0) * self.duration;
        for (out, b) in out.iter_mut().zip(b) {
            let wave = b / (self.separation - self.duration / 3.0);
            *out = (-d * mu.powf(2.0 * (beta - 1.0)) * wave.powf(beta) * time).exp();
        }
    }
}

impl VoxelModel for Froc {
    type Scratch = Scratch;

    fn maps(&self) -> Vec<MapInfo> {
        MAPS.to_vec()
    }

    fn is_bounded(&self) -> bool {
        true
    }

    fn images(&self) -> usize {
        self.b.values().len()
    }

    fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    fn fit(&self, _: usize, signal: &[f64], scratch: &mut Scratch, values: &mut [f64]) -> Result<Fit, Failure> {
        let b = self.b.values();
        let [_, d] = log_linear(signal, &self.low, |at| [1.0, -b[at]], true)?;
        if !(d > 0.0) {
            return Err(Failure::NoDecay);
        }
        // μ spans three decades: its logarithm is searched.
        let bounds = [BETA, MU.map(f64::ln), [0.0; 2]];
        let starts = [[0.8, 5f64.ln(), 1.0], [0.95, 10f64.ln(), 1.0], [0.7, 2f64.ln(), 1.0]];
        let best = diffusion::fit(&self.b, signal, &starts, bounds, scratch, |&[beta, ln_mu, _], b, out| {
            self.decay(d, beta, ln_mu.exp(), b, out);
        })?;
        let [beta, ln_mu, s0] = best.parameters;
        let mu = if beta < 1.0 - 1e-6 { ln_mu.exp() } else { f64::NAN };
        Ok(diffusion::write(signal, &[d, beta, mu, s0], best.squares, best.fit, values))
    }
}
