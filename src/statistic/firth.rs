//! Firth's bias-reduced logistic regression: finite coefficients even where the classes separate.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Method, Test};
use super::fit_error::FitError;
use super::linear::{Cholesky, Square, dot};
use super::logistic::LogisticData;
use super::newton::COLLINEAR;
use super::normal;

/// A bias-reduced fit; the intercept is coefficient 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirthFit {
    /// Log-odds coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance: the inverse of the information of the data augmented by the leverages, as logistf ≥ 1.24 gives it.
    pub covariance: Vec<Vec<f64>>,
    /// Penalised log-likelihood at its maximum.
    pub penalised_log_likelihood: f64,
}

/// Fits a logistic regression with Firth's penalty.
///
/// # Definition
/// Maximises ln L(β) + ½ ln |I(β)|, I = Xᵀ W X. Weights are those of [`LogisticData`]; an offset enters the linear predictor.
///
/// # Reference
/// Firth, Biometrika 1993;80:27. Heinze and Schemper, Statistics in Medicine 2002;21:2409. R `logistf`.
pub fn firth(data: &LogisticData) -> Result<FirthFit, FitError> {
    let design = Design::new(data)?;
    let (beta, value) = design.maximise(None, vec![0.0; design.columns.len()])?;
    let state = design.evaluate(&beta)?;
    Ok(FirthFit { coefficients: beta, covariance: state.augmented()?.inverse().to_rows(), penalised_log_likelihood: value })
}

/// Profile interval and penalised likelihood-ratio test of coefficient `j` (0 is the intercept).
///
/// # Definition
/// With the coefficient held and the others refitted, the penalty keeping the information of all columns: bounds where twice the drop of
/// the penalised log-likelihood is the `level` quantile of χ²₁; the test is twice the drop at 0.
pub fn firth_profile(data: &LogisticData, fit: &FirthFit, j: usize, level: f64) -> Result<(Estimate, Test), FitError> {
    let design = Design::new(data)?;
    let top = fit.penalised_log_likelihood;
    let held_at = |value: f64, start: &[f64]| {
        let mut start = start.to_vec();
        start[j] = value;
        design.maximise(Some(j), start)
    };
    let (_, at_zero) = held_at(0.0, &fit.coefficients)?;
    let statistic = 2.0 * (top - at_zero).max(0.0);
    let test = Test { statistic, df: Some(1.0), p: normal::chi_square_sf(statistic, 1.0) };

    let (estimate, se) = (fit.coefficients[j], fit.covariance[j][j].sqrt());
    let z = normal::critical(level);
    let bound = |side: f64| -> Result<f64, FitError> {
        // Secant steps on the signed root, which is nearly a straight line through (estimate, 0).
        let (mut at, mut start) = (estimate + side * z * se, fit.coefficients.clone());
        let (mut previous, mut root_before) = (estimate, 0.0);
        for _ in 0..100 {
            let (beta, value) = held_at(at, &start)?;
            let root = (2.0 * (top - value)).max(0.0).sqrt();
            if (root - z).abs() <= 1e-9 * z {
                return Ok(at);
            }
            let slope = (root - root_before) / (at - previous);
            let next = at + if slope != 0.0 && slope.is_finite() { (z - root) / slope } else { side * se };
            (previous, root_before, start) = (at, root, beta);
            let present = (at - estimate) * side;
            at = estimate + side * ((next - estimate) * side).clamp(0.2 * present, 3.0 * present);
        }
        Err(FitError::NoConvergence { iterations: 100 })
    };
    let interval = Estimate::with_interval(estimate, Some(se), bound(-1.0)?, bound(1.0)?, level, Method::ProfileLikelihood);
    Ok((interval, test))
}

/// The columns with the intercept in front.
struct Design<'a> {
    data: LogisticData<'a>,
    columns: Vec<Vec<f64>>,
}

struct State {
    value: f64,
    /// The information with every case counted 1 + its leverage times.
    augmented: Square,
    score: Vec<f64>,
}

impl State {
    fn augmented(&self) -> Result<Cholesky, FitError> {
        Cholesky::new(&self.augmented, 0.0).map_err(|_| FitError::NoConvergence { iterations: 0 })
    }
}

impl<'a> Design<'a> {
    fn new(data: &LogisticData<'a>) -> Result<Self, FitError> {
        data.check()?;
        let n = data.event.len();
        let mut columns = vec![vec![1.0; n]];
        columns.extend(data.columns.iter().map(|c| c.to_vec()));
        if n < columns.len() {
            return Err(FitError::TooFewCases { cases: n, parameters: columns.len() });
        }
        Ok(Design { data: *data, columns })
    }

    /// Penalised log-likelihood, information and modified score at `beta`.
    fn evaluate(&self, beta: &[f64]) -> Result<State, FitError> {
        let (n, p) = (self.data.event.len(), beta.len());
        let mut eta = self.data.offset.map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
        for (b, x) in beta.iter().zip(&self.columns) {
            eta.iter_mut().zip(x).for_each(|(eta, x)| *eta += b * x);
        }
        let mut loglik = 0.0;
        let (mut probability, mut variance) = (vec![0.0; n], vec![0.0; n]);
        for i in 0..n {
            let e = (-eta[i].abs()).exp();
            let w = self.data.weight(i);
            let lost = if (eta[i] >= 0.0) == self.data.event[i] { 0.0 } else { eta[i].abs() };
            loglik -= w * (lost + e.ln_1p());
            probability[i] = super::logistic::inverse_logit(eta[i]);
            variance[i] = w * e / ((1.0 + e) * (1.0 + e));
        }
        let information = self.cross_products(&variance);
        let factor = Cholesky::new(&information, COLLINEAR).map_err(|row| match row {
            0 => FitError::NoConvergence { iterations: 0 },
            _ => FitError::Collinear { column: row - 1 },
        })?;
        let mut residual = vec![0.0; n];
        let mut row = vec![0.0; p];
        for i in 0..n {
            row.iter_mut().zip(&self.columns).for_each(|(r, x)| *r = x[i]);
            let leverage = variance[i] * factor.half_solve(&row).iter().map(|x| x * x).sum::<f64>();
            let observed = f64::from(u8::from(self.data.event[i]));
            residual[i] = self.data.weight(i) * (observed - probability[i]) + leverage * (0.5 - probability[i]);
            variance[i] *= 1.0 + leverage;
        }
        let augmented = self.cross_products(&variance);
        let score = self.columns.iter().map(|x| dot(x, &residual)).collect();
        Ok(State { value: loglik + 0.5 * factor.log_determinant(), augmented, score })
    }

    /// Xᵀ diag(weight) X.
    fn cross_products(&self, weight: &[f64]) -> Square {
        let p = self.columns.len();
        let mut products = Square::zeros(p);
        for j in 0..p {
            let weighted: Vec<f64> = self.columns[j].iter().zip(weight).map(|(x, v)| x * v).collect();
            for k in 0..=j {
                products[(j, k)] = dot(&weighted, &self.columns[k]);
            }
        }
        products.mirror_lower();
        products
    }

    /// Scoring on all coefficients, or all but `held`. The curvature is that of the augmented data: with the information alone a step overshoots
    /// twofold where leverages are near 1, and goes back and forth for ever.
    fn maximise(&self, held: Option<usize>, mut beta: Vec<f64>) -> Result<(Vec<f64>, f64), FitError> {
        let free: Vec<usize> = (0..beta.len()).filter(|&j| Some(j) != held).collect();
        let mut state = self.evaluate(&beta)?;
        for _ in 0..500 {
            let score: Vec<f64> = free.iter().map(|&j| state.score[j]).collect();
            let Ok(factor) = Cholesky::new(&state.augmented.submatrix(&free), 0.0) else { break };
            let step = factor.solve(&score);
            // Scaled by the information, so that the unit of a column does not matter.
            let decrement = dot(&score, &step);
            if decrement <= 1e-18 * (1.0 + state.value.abs()) {
                return Ok((beta, state.value));
            }
            let mut fraction = 1.0;
            loop {
                let mut trial = beta.clone();
                for (&j, s) in free.iter().zip(&step) {
                    trial[j] += fraction * s;
                }
                match self.evaluate(&trial) {
                    Ok(next) if next.value >= state.value - 1e-13 * state.value.abs() => {
                        (beta, state) = (trial, next);
                        break;
                    }
                    _ if fraction < 1e-6 => return Ok((beta, state.value)),
                    _ => fraction *= 0.5,
                }
            }
        }
        Err(FitError::NoConvergence { iterations: 500 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_half_to_every_cell_of_a_two_by_two_table() {
        // For one indicator the penalty is the same as adding 1/2 to each of the four counts, also to an empty one.
        let mut event = Vec::new();
        let mut x = Vec::new();
        for (count, e, value) in [(6, true, 1.0), (0, false, 1.0), (3, true, 0.0), (9, false, 0.0)] {
            event.extend(std::iter::repeat_n(e, count));
            x.extend(std::iter::repeat_n(value, count));
        }
        let columns: [&[f64]; 1] = [&x];
        let data = LogisticData::new(&event, &columns);
        let fit = firth(&data).unwrap();
        let closed = (6.5f64 * 9.5 / (0.5 * 3.5)).ln();
        assert!((fit.coefficients[1] - closed).abs() < 1e-8, "{} {closed}", fit.coefficients[1]);
        let (interval, test) = firth_profile(&data, &fit, 1, 0.95).unwrap();
        assert!(interval.lower.unwrap() > 0.0 && test.p < 0.01);
    }
}
