//! Newton's method with step halving for log-likelihoods that are concave in their parameters: the engine of every regression here.

use super::fit_error::FitError;
use super::linear::{Cholesky, Square, dot};

/// When Newton's method has done enough.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Stop {
    /// When a step no longer moves the coefficients at double precision.
    #[default]
    Converged,
    /// After the first step that was taken where the deviance had changed by no more than this: the rule of `rms::lrm.fit` with 0.025. Its
    /// estimates agree with the converged ones to about 1e-8; only a digit-for-digit comparison with rms needs it.
    DevianceChange(f64),
}

/// A log-likelihood to be maximised.
pub(crate) trait Likelihood {
    /// Deviance at `beta`, and its score and information (of the log-likelihood). Infinite where the model is not defined.
    fn evaluate(&self, beta: &[f64], score: &mut [f64], information: &mut Square) -> f64;

    /// The fault, if the likelihood grows for ever along `direction`.
    fn separated(&self, direction: &[f64]) -> Option<FitError>;

    /// The column of the design behind parameter `row`; `None` for intercepts.
    fn column_of(&self, row: usize) -> Option<usize>;
}

/// Where the method ended.
pub(crate) struct Maximum {
    pub(crate) beta: Vec<f64>,
    pub(crate) information: Cholesky,
    pub(crate) deviance: f64,
    pub(crate) iterations: usize,
}

/// A column is collinear when the others leave less than this of its variance unexplained.
pub(crate) const COLLINEAR: f64 = 1e-11;
const MAX_ITERATIONS: usize = 50;

/// The maximum, sought from `start`; parameters should be on scales of about 1.
pub(crate) fn maximise(likelihood: &impl Likelihood, start: Vec<f64>, stop: Stop) -> Result<Maximum, FitError> {
    let mut at = Point::new(likelihood, start);
    let mut previous = f64::INFINITY;
    let mut step = Vec::new();
    for iterations in 1..=MAX_ITERATIONS {
        let factor = match Cholesky::new(&at.information, COLLINEAR) {
            Ok(factor) => factor,
            Err(row) if iterations == 1 => {
                return Err(match likelihood.column_of(row) {
                    Some(column) => FitError::Collinear { column },
                    None => FitError::NoConvergence { iterations },
                });
            }
            // Singular only later: the coefficients ran away.
            Err(_) => return Err(likelihood.separated(&step).unwrap_or(FitError::NoConvergence { iterations })),
        };
        step = factor.solve(&at.score);
        let change = (previous - at.deviance).abs();
        previous = at.deviance;
        let settled = at.advance(likelihood, &step);
        let done = match stop {
            Stop::Converged => settled,
            Stop::DevianceChange(limit) => change <= limit,
        };
        if done {
            return match Cholesky::new(&at.information, COLLINEAR) {
                Ok(information) => Ok(Maximum { beta: at.beta, information, deviance: at.deviance, iterations }),
                Err(_) => Err(likelihood.separated(&step).unwrap_or(FitError::NoConvergence { iterations })),
            };
        }
        // Towards separation every step moves the linear predictor by about 1 in the same direction for ever.
        if iterations >= 8
            && stop == Stop::Converged
            && let Some(error) = likelihood.separated(&step)
        {
            return Err(error);
        }
    }
    Err(FitError::NoConvergence { iterations: MAX_ITERATIONS })
}

/// The maximum among those β with aᵀβ = `value`: its deviance, the slope of the log-likelihood in `value` there (Lagrange's
/// multiplier), and β.
pub(crate) fn maximise_along(
    likelihood: &impl Likelihood,
    a: &[f64],
    value: f64,
    start: &[f64],
) -> Result<(f64, f64, Vec<f64>), FitError> {
    let failed = FitError::NoConvergence { iterations: MAX_ITERATIONS };
    let mut at = Point::new(likelihood, start.to_vec());
    // Onto the constraint first, by the shortest way in the metric of the information.
    let along = at.factor().ok_or_else(|| failed.clone())?.solve(a);
    let shift = (value - dot(a, &at.beta)) / dot(a, &along);
    let beta = at.beta.iter().zip(&along).map(|(b, d)| b + shift * d).collect();
    at = Point::new(likelihood, beta);
    for _ in 0..MAX_ITERATIONS {
        let factor = at.factor().ok_or_else(|| failed.clone())?;
        let (free, along) = (factor.solve(&at.score), factor.solve(a));
        let multiplier = dot(a, &free) / dot(a, &along);
        let step: Vec<f64> = free.iter().zip(&along).map(|(s, d)| s - multiplier * d).collect();
        if at.advance(likelihood, &step) {
            return Ok((at.deviance, multiplier, at.beta));
        }
    }
    Err(failed)
}

/// A point on the way, with all that is known there.
struct Point {
    beta: Vec<f64>,
    score: Vec<f64>,
    information: Square,
    deviance: f64,
}

impl Point {
    fn new(likelihood: &impl Likelihood, beta: Vec<f64>) -> Self {
        let p = beta.len();
        let (mut score, mut information) = (vec![0.0; p], Square::zeros(p));
        let deviance = likelihood.evaluate(&beta, &mut score, &mut information);
        Point { beta, score, information, deviance }
    }

    fn factor(&self) -> Option<Cholesky> {
        Cholesky::new(&self.information, COLLINEAR).ok()
    }

    /// Goes along `step`, halved until the deviance no longer rises; true when the way was too short to matter.
    fn advance(&mut self, likelihood: &impl Likelihood, step: &[f64]) -> bool {
        let mut fraction = 1.0;
        let mut trial = vec![0.0; step.len()];
        loop {
            for (j, t) in trial.iter_mut().enumerate() {
                *t = self.beta[j] + fraction * step[j];
            }
            let after = likelihood.evaluate(&trial, &mut self.score, &mut self.information);
            if after <= self.deviance + 1e-12 * (1.0 + self.deviance) || fraction < 1e-6 {
                self.deviance = after;
                self.beta = trial;
                break;
            }
            fraction *= 0.5;
        }
        let moved = fraction * step.iter().map(|s| s.abs()).sum::<f64>();
        moved <= 1e-9 * (1.0 + self.beta.iter().map(|b| b.abs()).sum::<f64>())
    }
}
