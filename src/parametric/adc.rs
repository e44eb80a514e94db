//! The apparent diffusion coefficient: how fast the diffusion-weighted signal falls with b.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{MapInfo, R2, RMSE, S0};
use crate::parametric::least_squares::{log_linear, quality};
use crate::parametric::map::VoxelModel;
use crate::parametric::series::BValues;

/// The maps.
pub const MAPS: [MapInfo; 4] =
    [MapInfo::quantity("ADC", "apparent diffusion coefficient", "mm²/s", "Le Bihan 1986, Radiology 161:401"), S0, R2, RMSE];

/// How the ADC is computed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// ln(S₁/S₂)/(b₂ − b₁) from the lowest and the highest b-value used; repeats are averaged.
    TwoPoint,
    /// Least squares of ln S over all b-values used.
    #[default]
    LeastSquares,
    /// The same, weighted by the squared signal, which undoes what the logarithm does to the noise.
    Weighted,
}

/// ADC of a diffusion series.
///
/// # Definition
/// S = S₀ e^(−b ADC). Maps: `ADC` (mm²/s), `S0`, `R2` and `RMSE` (of the signals used; null for two points). Null where the signal does not fall.
#[derive(Debug, Clone, PartialEq)]
pub struct Adc {
    b: BValues,
    used: Vec<usize>,
    method: Method,
}

impl Adc {
    /// From the images with b-values within `range` (both ends included): 200 and above leaves out most of the blood flow.
    ///
    /// # Errors
    /// [`Error::Study`] when fewer than two different b-values are within it.
    pub fn new(b: BValues, range: [f64; 2], method: Method) -> Result<Self> {
        let values = b.values();
        let used: Vec<usize> = (0..values.len()).filter(|&at| (range[0]..=range[1]).contains(&values[at])).collect();
        if used.iter().all(|&at| values[at] == values[used[0]]) {
            let [low, high] = range;
            return Err(Error::study(format!("ADC needs two or more different b-values from {low} to {high} s/mm²")));
        }
        Ok(Adc { b, used, method })
    }

    fn line(&self, signal: &[f64]) -> Result<[f64; 2], Failure> {
        let values = self.b.values();
        if self.method != Method::TwoPoint {
            return log_linear(signal, &self.used, |at| [1.0, -values[at]], self.method == Method::Weighted);
        }
        let extreme = |pick: fn(f64, f64) -> f64, start: f64| self.used.iter().map(|&at| values[at]).fold(start, pick);
        let at = |b: f64| {
            let signals: Vec<f64> = self.used.iter().filter(|&&at| values[at] == b).map(|&at| signal[at]).collect();
            signals.iter().sum::<f64>() / signals.len() as f64
        };
        let (low, high) = (extreme(f64::min, f64::INFINITY), extreme(f64::max, 0.0));
        if !(at(low) > 0.0 && at(high) > 0.0) {
            return Err(Failure::NotPositive);
        }
        let adc = (at(low) / at(high)).ln() / (high - low);
        Ok([at(low).ln() + low * adc, adc])
    }
}

impl VoxelModel for Adc {
    type Scratch = Vec<f64>;

    fn maps(&self) -> Vec<MapInfo> {
        MAPS.to_vec()
    }

    fn images(&self) -> usize {
        self.b.values().len()
    }

    fn scratch(&self) -> Vec<f64> {
        Vec::new()
    }

    fn fit(&self, _: usize, signal: &[f64], data: &mut Vec<f64>, values: &mut [f64]) -> Result<Fit, Failure> {
        let [ln_s0, adc] = self.line(signal)?;
        if !(adc > 0.0) {
            return Err(Failure::NoDecay);
        }
        data.clear();
        data.extend(self.used.iter().map(|&at| signal[at]));
        let squares: f64 = self.used.iter().map(|&at| (signal[at] - (ln_s0 - self.b.values()[at] * adc).exp()).powi(2)).sum();
        let [r2, rmse] = if self.method == Method::TwoPoint { [f64::NAN; 2] } else { quality(data, squares) };
        values.copy_from_slice(&[adc, ln_s0.exp(), r2, rmse]);
        Ok(Fit::Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_methods_agree_on_a_pure_exponential_and_refuse_a_rising_signal() {
        let b = BValues::new(vec![800.0, 0.0, 400.0, 0.0]).unwrap();
        let signal: Vec<f64> = b.values().iter().map(|b| 250.0 * (-b * 1.1e-3).exp()).collect();
        for method in [Method::TwoPoint, Method::LeastSquares, Method::Weighted] {
            let model = Adc::new(b.clone(), [0.0, 2000.0], method).unwrap();
            let mut values = [0.0; 4];
            model.fit(0, &signal, &mut Vec::new(), &mut values).unwrap();
            assert!((values[0] - 1.1e-3).abs() < 1e-14 && (values[1] - 250.0).abs() < 1e-9);
            assert_eq!(model.fit(0, &[300.0, 100.0, 200.0, 100.0], &mut Vec::new(), &mut values), Err(Failure::NoDecay));
            assert_eq!(model.fit(0, &[0.0, 100.0, 50.0, 100.0], &mut Vec::new(), &mut values), Err(Failure::NotPositive));
        }
        assert!(Adc::new(b, [500.0, 900.0], Method::LeastSquares).is_err());
    }
}
