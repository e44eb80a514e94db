//! From a modality's two scores to its image parameters.
//!
//! # Definition
//! The tabular cohort gives each patient and modality a score `T = (T₁, T₂)`, one per contrast, with the AUC and the correlation
//! between modalities that the preset asks for. With `u` standard normal and unit vectors `q₁ ⟂ q₂` over the parameters,
//! ```text
//! x = u + q₁ (T₁ − q₁ᵀu) + q₂ (T₂ − q₂ᵀu)
//! ```
//! are the parameters in standard deviations within a class: independent, each differing by `q_c d_c` between the classes of
//! contrast `c`, and no function of them separates the classes better than `d_c` (as in [`block`](crate::simulate::block), but
//! with the directions `q` given by the literature's effects). `q₂` is made orthogonal to `q₁`.

use std::collections::BTreeMap;

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::preset::Parameter;
use crate::error::{Error, Result};
use crate::simulate::binormal;
use crate::simulate::class::{Contrast, PerContrast};

/// The parameters of one modality, ready to draw from.
#[derive(Debug, Clone)]
pub struct ModalityEffect {
    /// Name of the modality: its block in the cohort.
    pub name: &'static str,
    parameters: Vec<(String, Parameter)>,
    direction: PerContrast<Vec<f64>>,
    separation: PerContrast<f64>,
}

/// What is true of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterTruth {
    /// Its name.
    pub name: String,
    /// Mean (or median) in HER2-zero, in its unit.
    pub centre: f64,
    /// Standard deviation within a class, of the logarithm if `log`.
    pub sd: f64,
    /// Whether the logarithm is what is normal.
    pub log: bool,
    /// Difference between the classes of each contrast, in standard deviations within a class, at a site without loss of effect.
    pub difference: PerContrast<f64>,
}

/// The truth of a modality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModalityTruth {
    /// Its name.
    pub name: String,
    /// AUC of the best score of all its parameters.
    pub auc: PerContrast<f64>,
    /// The parameters.
    pub parameters: Vec<ParameterTruth>,
}

impl ModalityEffect {
    /// The parameters of a modality whose best score has the given AUCs.
    ///
    /// # Errors
    /// [`Error::Usage`] if an AUC above 0.5 is asked of parameters without effect.
    pub fn new(name: &'static str, given: &BTreeMap<String, Parameter>, auc: PerContrast<f64>) -> Result<Self> {
        let effect = |contrast| given.values().map(|parameter| parameter.effect.get(contrast)).collect::<Vec<f64>>();
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut first = effect(Contrast::PositiveVsNegative);
        let mut second = effect(Contrast::LowVsZero);
        if norm(&first) > 0.0 {
            let along: f64 = first.iter().zip(&second).map(|(a, b)| a * b).sum::<f64>() / norm(&first).powi(2);
            second.iter_mut().zip(&first).for_each(|(b, a)| *b -= along * a);
        }
        for (direction, auc) in [(&mut first, auc.positive_vs_negative), (&mut second, auc.low_vs_zero)] {
            let length = norm(direction);
            if length < 1e-9 && auc > 0.5 {
                let message = format!("the parameters of `{name}` have no effect of their own that could give an AUC of {auc}");
                return Err(Error::usage(message));
            }
            direction.iter_mut().for_each(|x| *x = if length < 1e-9 { 0.0 } else { *x / length });
        }
        Ok(ModalityEffect {
            name,
            parameters: given.iter().map(|(name, parameter)| (name.clone(), parameter.clone())).collect(),
            direction: PerContrast { positive_vs_negative: first, low_vs_zero: second },
            separation: PerContrast::of(|contrast| binormal::separation(auc.get(contrast))),
        })
    }

    /// Draws one patient's parameters, in standard deviations within a class.
    pub fn draw(&self, scores: PerContrast<f64>, rng: &mut impl Rng) -> Vec<f64> {
        let u: Vec<f64> = self.parameters.iter().map(|_| rng.sample(StandardNormal)).collect();
        let mut x = u.clone();
        for contrast in Contrast::ALL {
            let q = self.direction.at(contrast);
            // A contrast without direction carries nothing, so that nothing is exchanged.
            let along: f64 = q.iter().zip(&u).map(|(q, u)| q * u).sum();
            x.iter_mut().zip(q).for_each(|(x, q)| *x += q * (scores.get(contrast) - along));
        }
        x
    }

    /// The parameters in their units.
    pub fn values(&self, standard: &[f64]) -> Vec<f64> {
        self.parameters.iter().zip(standard).map(|((_, parameter), x)| parameter.value(*x)).collect()
    }

    /// What is true of them.
    pub fn truth(&self) -> ModalityTruth {
        let parameters = self.parameters.iter().enumerate().map(|(index, (name, parameter))| ParameterTruth {
            name: name.clone(),
            centre: parameter.centre,
            sd: parameter.sd,
            log: parameter.log,
            difference: PerContrast::of(|contrast| self.direction.at(contrast)[index] * self.separation.get(contrast)),
        });
        ModalityTruth {
            name: self.name.to_string(),
            auc: PerContrast::of(|contrast| binormal::auc(self.separation.get(contrast))),
            parameters: parameters.collect(),
        }
    }
}
