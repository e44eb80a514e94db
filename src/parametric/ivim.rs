//! Intravoxel incoherent motion: the share of the signal that flows, beside diffusion.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::parametric::diffusion::{self, Scratch};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::least_squares::log_linear;
use crate::parametric::map::VoxelModel;
use crate::parametric::minimum::minimum;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 6] = [
    MapInfo::quantity("D", "diffusion coefficient of tissue", "mm²/s", "Le Bihan 1988, Radiology 168:497"),
    MapInfo::quantity("D_star", "pseudo-diffusion coefficient of flow", "mm²/s", "Le Bihan 1988, Radiology 168:497"),
    MapInfo::quantity("f", "perfusion fraction", "1", "Le Bihan 1988, Radiology 168:497"),
    S0,
    R2,
    RMSE,
];

/// How the model is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Method {
    /// D from the b-values at and above a threshold (200 is usual, s/mm²), f from what that line lacks at b = 0, then D* alone.
    Segmented {
        /// b-value from which flow no longer counts, s/mm².
        from: f64,
    },
    /// All parameters together by bounded least squares, from several starts.
    Full,
}

/// IVIM of a diffusion series.
///
/// # Definition
/// S/S₀ = f e^(−b D*) + (1 − f) e^(−b D); 0 ≤ f ≤ 1, D ≤ 0.005 ≤ D* ≤ 0.2 mm²/s. Maps: `D`, `D_star` (mm²/s; null where f is 0), `f`, `S0`,
/// `R2`, `RMSE`.
///
/// # Reference
/// Le Bihan 1988, Radiology 168:497.
#[derive(Debug, Clone, PartialEq)]
pub struct Ivim {
    b: BValues,
    high: Vec<usize>,
    method: Method,
    negative: bool,
}

/// Bounds of the pseudo-diffusion coefficient, mm²/s.
const PSEUDO: [f64; 2] = [0.005, 0.2];
/// b-value from which the starts of the full fit take D.
const START_FROM: f64 = 200.0;

impl Ivim {
    /// The model for a series.
    ///
    /// # Errors
    /// [`crate::error::Error::Study`] without an image at b = 0, with fewer than four different b-values, or fewer than two of them from the
    /// threshold on.
    pub fn new(b: BValues, method: Method) -> Result<Self> {
        b.need_unweighted("IVIM")?;
        b.need_different(4, "IVIM")?;
        let from = match method {
            Method::Segmented { from } => from,
            Method::Full => START_FROM,
        };
        let values = b.values();
        let high: Vec<usize> = (0..values.len()).filter(|&at| values[at] >= from).collect();
        BValues::new(high.iter().map(|&at| values[at]).collect())
            .map_err(|_| crate::error::Error::study(format!("IVIM needs two or more different b-values from {from} s/mm² on")))?;
        Ok(Ivim { b, high, method, negative: false })
    }

    /// Signals below zero are noise around zero (complex averaging, noise floor subtracted), not a fault: they are fitted.
    pub fn with_negative(mut self, negative: bool) -> Self {
        self.negative = negative;
        self
    }

    fn segmented(&self, signal: &[f64]) -> Result<([f64; 4], f64), Failure> {
        let (values, s0) = (self.b.values(), self.b.unweighted_signal(signal)?);
        let [intercept, d] = log_linear(signal, &self.high, |at| [1.0, -values[at]], true)?;
        if !(d > 0.0) {
            return Err(Failure::NoDecay);
        }
        let (d, f) = (d.min(diffusion::DIFFUSIVITY[1]), (1.0 - intercept.exp() / s0).clamp(0.0, 1.0));
        let squares = |pseudo: f64| -> f64 {
            let model = |b: f64| s0 * (f * (-b * pseudo).exp() + (1.0 - f) * (-b * d).exp());
            values.iter().zip(signal).map(|(b, signal)| (signal - model(*b)).powi(2)).sum()
        };
        // A factor of D* changes the curve alike everywhere, so the search runs on its logarithm.
        let pseudo = minimum(PSEUDO[0].ln(), PSEUDO[1].ln(), 1e-8, |ln| squares(ln.exp())).exp();
        Ok(([d, pseudo, f, s0], squares(pseudo)))
    }
}

impl VoxelModel for Ivim {
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
        let (mut parameters, squares, fit) = match self.method {
            Method::Segmented { .. } => {
                let (parameters, squares) = self.segmented(signal)?;
                let [d, pseudo, f, _] = parameters;
                let near = |bound: f64| (pseudo / bound).ln().abs() < 1e-6;
                let at_bound = f == 0.0 || f == 1.0 || d == diffusion::DIFFUSIVITY[1] || PSEUDO.iter().any(|bound| near(*bound));
                (parameters, squares, if at_bound { Fit::AtBound } else { Fit::Inside })
            }
            Method::Full => {
                let guess = self.segmented(signal).map_or([1e-3, 0.02, 0.1, 1.0], |([d, pseudo, f, _], _)| [d, pseudo, f, 1.0]);
                let f = guess[2].clamp(0.02, 0.9);
                let starts = [[guess[0], guess[1], f, 1.0], [guess[0], 0.01, f, 1.0], [guess[0], 0.08, f, 1.0]];
                let bounds = [diffusion::DIFFUSIVITY, PSEUDO, [0.0, 1.0], [0.0; 2]];
                let best = diffusion::fit(&self.b, signal, &starts, bounds, scratch, |&[d, pseudo, f, _], b, out| {
                    out.iter_mut().zip(b).for_each(|(out, b)| *out = f * (-b * pseudo).exp() + (1.0 - f) * (-b * d).exp());
                })?;
                (best.parameters, best.squares, best.fit)
            }
        };
        if parameters[2] == 0.0 {
            parameters[1] = f64::NAN;
        }
        Ok(diffusion::write(signal, &parameters, squares, fit, values))
    }
}
