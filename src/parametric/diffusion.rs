//! What the diffusion models that need a search have in common.

use crate::parametric::failure::{Failure, Fit};
use crate::parametric::least_squares::{Minimum, levenberg_marquardt, quality};
use crate::parametric::series::BValues;

/// Bounds of S₀ over the measured signal at b = 0.
const S0: [f64; 2] = [0.5, 1.5];

/// Bounds of a diffusivity that a single component has, mm²/s (free water at body temperature has 0.003).
pub const DIFFUSIVITY: [f64; 2] = [1e-6, 5e-3];

/// Fits a model of S/S₀ with its own scale (the last parameter) from several starts and keeps the nearest. `P` counts the model's parameters and
/// the scale; `decay` writes S/S₀ at each b-value from the model's parameters.
///
/// # Errors
/// Why there is none: no signal at b = 0, or no start settled.
pub fn fit<const P: usize>(
    b: &BValues,
    signal: &[f64],
    starts: &[[f64; P]],
    mut bounds: [[f64; 2]; P],
    scratch: &mut Scratch,
    mut decay: impl FnMut(&[f64; P], &[f64], &mut [f64]),
) -> Result<Minimum<P>, Failure> {
    let base = b.unweighted_signal(signal)?;
    bounds[P - 1] = S0;
    scratch.data.clear();
    scratch.data.extend(signal.iter().map(|value| value / base));
    let mut best: Option<Minimum<P>> = None;
    for start in starts {
        let found = levenberg_marquardt(&scratch.data, *start, bounds, &mut scratch.room, |parameters, out| {
            decay(parameters, b.values(), out);
            out.iter_mut().for_each(|value| *value *= parameters[P - 1]);
        });
        if let Ok(found) = found
            && best.is_none_or(|best| found.squares < best.squares)
        {
            best = Some(found);
        }
    }
    let mut best = best.ok_or(Failure::NoConvergence)?;
    best.parameters[P - 1] *= base;
    best.squares *= base * base;
    Ok(best)
}

/// Writes parameters and quality of a fit, in the order of the maps.
pub fn write(signal: &[f64], parameters: &[f64], squares: f64, fit: Fit, values: &mut [f64]) -> Fit {
    let all = parameters.iter().copied().chain(quality(signal, squares));
    values.iter_mut().zip(all).for_each(|(place, value)| *place = value);
    fit
}

/// Working memory of a thread.
#[derive(Default)]
pub struct Scratch {
    data: Vec<f64>,
    room: Vec<f64>,
}
