//! The course after diagnosis: what treatment does to the tumour until the second visit, and survival.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::biology::Biology;
use super::design::round;
use super::preset::Treatment;
use crate::simulate::class::Her2Class;

/// Months of follow-up after which everybody is censored, at least and at most.
const OBSERVED: [f64; 2] = [24.0, 84.0];
/// Scale of survival without disease and overall in the reference patient, months. Assumed.
const SCALE: [f64; 2] = [170.0, 260.0];
/// Weibull's shape: hazards rise a little at first. Assumed.
const SHAPE: f64 = 1.2;

/// What treatment did until the second visit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Factor of the diameter.
    pub diameter: f64,
    /// Factor of the volume transfer constant.
    pub ktrans: f64,
    /// Rise of ADC, 10⁻³ mm²/s.
    pub adc_rise: f64,
}

/// Draws the response of a patient.
pub fn response(biology: &Biology, treatment: &Treatment, rng: &mut impl Rng) -> Response {
    let which = usize::from(biology.pcr);
    let mut z = || rng.sample::<f64, _>(StandardNormal);
    Response {
        diameter: (treatment.diameter[which] * (treatment.spread * z()).exp()).clamp(0.15, 1.3),
        ktrans: treatment.ktrans[which] * (treatment.spread * z()).exp(),
        adc_rise: treatment.adc_rise[which] * (1.0 + treatment.spread * z()),
    }
}

/// Survival from diagnosis, in months.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// Linear predictor: logarithm of the hazard ratio against the reference patient.
    pub log_hazard: f64,
    /// Disease-free survival.
    pub dfs_m: f64,
    /// Whether disease came back, or the patient died.
    pub dfs_event: bool,
    /// Overall survival.
    pub os_m: f64,
    /// Whether the patient died.
    pub os_event: bool,
}

/// Logarithm of the hazard ratio. All coefficients assumed: grade, nodes, size, class, response.
pub fn log_hazard(biology: &Biology) -> f64 {
    0.35 * (f64::from(biology.grade) - 2.0)
        + 0.40 * f64::from(biology.n_stage)
        + 0.02 * (biology.size_mm - 23.0)
        + if biology.patient.class == Her2Class::Positive { 0.25 } else { 0.0 }
        - if biology.pcr { 0.8 } else { 0.0 }
}

/// Draws survival: Weibull times with proportional hazards, uniform censoring; nobody dies before disease comes back.
pub fn survival(biology: &Biology, rng: &mut impl Rng) -> Survival {
    let log_hazard = log_hazard(biology);
    let mut time = |scale: f64| {
        let u: f64 = rng.gen_range(1e-9..1.0);
        scale * (-u.ln() / log_hazard.exp()).powf(1.0 / SHAPE)
    };
    let recurrence = time(SCALE[0]);
    let death = recurrence.min(time(SCALE[1])) + time(SCALE[1]) * 0.25;
    let end = rng.gen_range(OBSERVED[0]..OBSERVED[1]);
    Survival {
        log_hazard,
        dfs_m: round(recurrence.min(end), 1),
        dfs_event: recurrence <= end,
        os_m: round(death.min(end), 1),
        os_event: death <= end,
    }
}
