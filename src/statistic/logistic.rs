//! Binary logistic regression by maximum likelihood, as `glm(family = binomial)` and `rms::lrm` fit it.
//!
//! The design is a list of columns; an intercept always comes first. Inference that needs further fits (profile
//! likelihood, dropped terms) is in [`super::logistic_inference`], the bias-reduced fit in [`super::firth`].

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Method, Test};
use super::fit_error::FitError;
use super::linear::{Square, dot};
use super::newton::{self, Likelihood, Maximum};
use super::{normal, separation};

pub use super::newton::Stop;

/// What a logistic regression is fitted to.
#[derive(Debug, Clone, Copy)]
pub struct LogisticData<'a> {
    /// Whether each case had the event.
    pub event: &'a [bool],
    /// The columns of the design, without the intercept.
    pub columns: &'a [&'a [f64]],
    /// A known part of the linear predictor.
    pub offset: Option<&'a [f64]>,
    /// Case weights (how often a case counts).
    pub weights: Option<&'a [f64]>,
}

impl<'a> LogisticData<'a> {
    /// Cases without offset, each counted once.
    pub fn new(event: &'a [bool], columns: &'a [&'a [f64]]) -> Self {
        LogisticData { event, columns, offset: None, weights: None }
    }

    /// The same with a known part of the linear predictor.
    pub fn with_offset(mut self, offset: &'a [f64]) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same with case weights.
    pub fn with_weights(mut self, weights: &'a [f64]) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Finds what no fit could survive.
    pub(crate) fn check(&self) -> Result<(), FitError> {
        let n = self.event.len();
        let vectors = self.columns.iter().copied().enumerate().map(|(j, c)| (Some(j), c));
        let extras = self.offset.into_iter().chain(self.weights).map(|v| (None, v));
        for (column, values) in vectors.chain(extras) {
            if values.len() != n {
                return Err(FitError::Lengths { expected: n, found: values.len() });
            }
            if !values.iter().all(|x| x.is_finite()) {
                return Err(FitError::NotFinite { column });
            }
        }
        if self.weights.is_some_and(|w| w.iter().any(|&w| w < 0.0)) {
            return Err(FitError::Weights);
        }
        let (events, total) = self.weight_of_events();
        if events <= 0.0 || events >= total {
            return Err(FitError::OneClass);
        }
        Ok(())
    }

    /// The case weight of case `i`.
    pub(crate) fn weight(&self, i: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[i])
    }

    /// Weight of the events and of all cases.
    pub(crate) fn weight_of_events(&self) -> (f64, f64) {
        match self.weights {
            None => (self.event.iter().filter(|&&e| e).count() as f64, self.event.len() as f64),
            Some(weights) => {
                let events = self.event.iter().zip(weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
                (events, weights.iter().sum())
            }
        }
    }
}

/// A fitted logistic regression; the intercept is coefficient 0, column j coefficient j + 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticFit {
    /// Log-odds coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance: the inverse of the information.
    pub covariance: Vec<Vec<f64>>,
    /// −2 log-likelihood.
    pub deviance: f64,
    /// −2 log-likelihood with the intercept (and offset) alone.
    pub null_deviance: f64,
    /// Cases of positive weight.
    pub cases: usize,
    /// Sum of the weights of cases with the event.
    pub events: f64,
    /// Sum of all weights.
    pub total_weight: f64,
    /// Newton steps taken.
    pub iterations: usize,
}

/// A coefficient as a table of odds ratios shows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Log odds ratio with standard error and Wald interval.
    pub log_odds: Estimate,
    /// Odds ratio with the interval carried over.
    pub odds_ratio: Estimate,
    /// Wald's z test.
    pub test: Test,
}

impl Coefficient {
    /// From a coefficient and its standard error.
    pub fn wald(value: f64, se: f64, level: f64) -> Self {
        let log_odds = Estimate::normal(value, se, level).by(Method::Wald);
        let z = value / se;
        Coefficient {
            log_odds,
            odds_ratio: exponentiated(&log_odds),
            test: Test { statistic: z, df: None, p: normal::two_sided(z) },
        }
    }
}

/// An odds ratio from a log odds ratio, its interval carried over.
pub fn exponentiated(log_odds: &Estimate) -> Estimate {
    Estimate {
        value: log_odds.value.exp(),
        se: None,
        lower: log_odds.lower.map(f64::exp),
        upper: log_odds.upper.map(f64::exp),
        ..*log_odds
    }
}

/// Fits a logistic regression without penalty.
///
/// # Definition
/// P(event | x) = 1 / (1 + e^−(β₀ + xβ + offset)); β maximises Σ w ln P(observed outcome). Newton's method on standardised
/// columns, with step halving; the covariance is (Xᵀ W X)⁻¹ at the maximum, W = w P (1 − P).
///
/// # Errors
/// [`FitError`]: a constant or collinear column and (quasi-)complete separation name the column.
///
/// # Reference
/// McCullagh and Nelder, Generalized Linear Models, 2nd ed., 1989, chapter 4. Albert and Anderson, Biometrika 1984;71:1 (separation).
///
/// # Example
/// ```
/// use vbx::statistic::logistic::{LogisticData, logistic};
/// let event = [false, true, false, true, true, false];
/// let dose = [1.0, 2.0, 3.0, 4.0, 5.0, 2.5];
/// let fit = logistic(&LogisticData::new(&event, &[&dose])).unwrap();
/// assert!(fit.coefficient(1, 0.95).odds_ratio.value > 1.0);
/// ```
pub fn logistic(data: &LogisticData) -> Result<LogisticFit, FitError> {
    logistic_until(data, Stop::Converged)
}

/// [`logistic`] with another rule for when to stop.
pub fn logistic_until(data: &LogisticData, stop: Stop) -> Result<LogisticFit, FitError> {
    data.check()?;
    let cases = data.weights.map_or(data.event.len(), |w| w.iter().filter(|&&w| w > 0.0).count());
    let parameters = data.columns.len() + 1;
    if cases < parameters {
        return Err(FitError::TooFewCases { cases, parameters });
    }
    let likelihood = Standardised::new(data)?;
    let maximum = likelihood.maximise(stop)?;
    let (events, total_weight) = data.weight_of_events();
    let null_deviance = match data.offset {
        _ if data.columns.is_empty() => maximum.deviance,
        Some(_) => Standardised::new(&LogisticData { columns: &[], ..*data })?.maximise(stop)?.deviance,
        None => {
            let others = total_weight - events;
            -2.0 * (events * (events / total_weight).ln() + others * (others / total_weight).ln())
        }
    };
    let (coefficients, covariance) = likelihood.on_the_scale_of_the_data(&maximum);
    Ok(LogisticFit {
        coefficients,
        covariance: covariance.to_rows(),
        deviance: maximum.deviance,
        null_deviance,
        cases,
        events,
        total_weight,
        iterations: maximum.iterations,
    })
}

impl LogisticFit {
    /// Standard error of coefficient `j` (0 is the intercept).
    pub fn se(&self, j: usize) -> f64 {
        self.covariance[j][j].sqrt()
    }

    /// Coefficient `j` (0 is the intercept) with Wald interval and test.
    pub fn coefficient(&self, j: usize, level: f64) -> Coefficient {
        Coefficient::wald(self.coefficients[j], self.se(j), level)
    }

    /// The log-likelihood at the maximum.
    pub fn log_likelihood(&self) -> f64 {
        -0.5 * self.deviance
    }

    /// Akaike's information criterion, deviance + 2 k.
    pub fn aic(&self) -> f64 {
        self.deviance + 2.0 * self.coefficients.len() as f64
    }

    /// Schwarz's criterion, deviance + k ln n.
    pub fn bic(&self) -> f64 {
        self.deviance + self.coefficients.len() as f64 * (self.cases as f64).ln()
    }

    /// Likelihood-ratio test of all columns together.
    pub fn model_test(&self) -> Option<Test> {
        likelihood_ratio(self.null_deviance, self.deviance, self.coefficients.len() - 1)
    }

    /// Likelihood-ratio test against a fit of the same cases with some of the columns left out; `None` when nothing was left out or the
    /// cases differ.
    pub fn likelihood_ratio_test(&self, nested: &LogisticFit) -> Option<Test> {
        let same_cases = self.cases == nested.cases && self.events == nested.events && self.total_weight == nested.total_weight;
        let df = self.coefficients.len().checked_sub(nested.coefficients.len())?;
        if same_cases { likelihood_ratio(nested.deviance, self.deviance, df) } else { None }
    }

    /// Events, or non-events where these are fewer, per column: below 10 coefficients are unstable.
    pub fn events_per_variable(&self) -> Option<f64> {
        let columns = self.coefficients.len() - 1;
        (columns > 0).then(|| self.events.min(self.total_weight - self.events) / columns as f64)
    }

    /// The linear predictor of other rows, given as columns in the order of the fit.
    pub fn linear_predictor(&self, columns: &[&[f64]]) -> Vec<f64> {
        linear_predictor(&self.coefficients, columns, columns.first().map_or(0, |c| c.len()))
    }
}

/// β₀ + Xβ for `rows` rows.
pub(crate) fn linear_predictor(coefficients: &[f64], columns: &[&[f64]], rows: usize) -> Vec<f64> {
    let mut lp = vec![coefficients[0]; rows];
    for (beta, column) in coefficients[1..].iter().zip(columns) {
        for (sum, x) in lp.iter_mut().zip(*column) {
            *sum += beta * x;
        }
    }
    lp
}

/// 1 / (1 + e^−x), without overflow.
pub fn inverse_logit(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// ln (p / (1 − p)).
pub fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// −2 ln L of probabilities with these logits.
pub(crate) fn deviance_of(event: &[bool], lp: &[f64]) -> f64 {
    // ln(1 + eˣ) for the side that was wrong.
    let loss = |e: bool, x: f64| {
        let wrong = if e { -x } else { x };
        wrong.max(0.0) + (-x.abs()).exp().ln_1p()
    };
    2.0 * event.iter().zip(lp).map(|(&e, &x)| loss(e, x)).sum::<f64>()
}

/// χ² = difference of the deviances on `df` degrees of freedom; `None` without any.
pub fn likelihood_ratio(smaller_model: f64, larger_model: f64, df: usize) -> Option<Test> {
    if df == 0 {
        return None;
    }
    // The larger model cannot fit worse; what is left below zero is rounding.
    let statistic = (smaller_model - larger_model).max(0.0);
    Some(Test { statistic, df: Some(df as f64), p: normal::chi_square_sf(statistic, df as f64) })
}

/// The likelihood in terms of columns of mean 0 and standard deviation 1, which are made on the way: nothing of the size of the data is stored.
pub(crate) struct Standardised<'a> {
    data: LogisticData<'a>,
    mean: Vec<f64>,
    scale: Vec<f64>,
}

/// Rows handled at a time: their columns stay in the first-level cache.
const BLOCK: usize = 256;

impl<'a> Standardised<'a> {
    pub(crate) fn new(data: &LogisticData<'a>) -> Result<Self, FitError> {
        let n = data.event.len() as f64;
        let (mut mean, mut scale) = (Vec::new(), Vec::new());
        for (column, x) in data.columns.iter().enumerate() {
            let m = x.iter().sum::<f64>() / n;
            let sd = (x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / n).sqrt();
            let largest = x.iter().fold(0.0f64, |a, x| a.max(x.abs()));
            if !sd.is_finite() || sd <= 1e-13 * largest {
                return Err(FitError::Constant { column });
            }
            mean.push(m);
            scale.push(sd);
        }
        Ok(Standardised { data: *data, mean, scale })
    }

    /// Starts where the intercept alone would be.
    fn start(&self) -> Vec<f64> {
        let (events, total) = self.data.weight_of_events();
        let mean_offset = self.data.offset.map_or(0.0, |o| o.iter().sum::<f64>() / o.len() as f64);
        let mut beta = vec![0.0; self.mean.len() + 1];
        beta[0] = (events / (total - events)).ln() - mean_offset;
        beta
    }

    pub(crate) fn maximise(&self, stop: Stop) -> Result<Maximum, FitError> {
        newton::maximise(self, self.start(), stop)
    }

    /// `a` with aᵀβ = coefficient `j` on the scale of the data (0 is the intercept).
    pub(crate) fn functional(&self, j: usize) -> Vec<f64> {
        let mut a = vec![0.0; self.mean.len() + 1];
        if j == 0 {
            a[0] = 1.0;
            for (k, (m, s)) in self.mean.iter().zip(&self.scale).enumerate() {
                a[k + 1] = -m / s;
            }
        } else {
            a[j] = 1.0 / self.scale[j - 1];
        }
        a
    }

    /// Intercept and slopes on the scale of the data.
    fn slopes(&self, beta: &[f64]) -> Vec<f64> {
        let mut slopes = vec![beta[0]];
        for ((b, m), s) in beta[1..].iter().zip(&self.mean).zip(&self.scale) {
            slopes.push(b / s);
            slopes[0] -= b * m / s;
        }
        slopes
    }

    /// Coefficients and covariance of the columns as they were handed in.
    pub(crate) fn on_the_scale_of_the_data(&self, maximum: &Maximum) -> (Vec<f64>, Square) {
        let p = maximum.beta.len();
        let mut t = Square::zeros(p);
        t[(0, 0)] = 1.0;
        for j in 1..p {
            t[(j, j)] = 1.0 / self.scale[j - 1];
            t[(0, j)] = -self.mean[j - 1] / self.scale[j - 1];
        }
        (self.slopes(&maximum.beta), maximum.information.inverse().congruence(&t))
    }
}

impl Likelihood for Standardised<'_> {
    fn evaluate(&self, beta: &[f64], score: &mut [f64], information: &mut Square) -> f64 {
        let data = &self.data;
        let p = beta.len();
        let mut z = vec![[1.0f64; BLOCK]; p];
        let mut weighted = [0.0f64; BLOCK];
        let (mut eta, mut residual, mut variance) = ([0.0f64; BLOCK], [0.0f64; BLOCK], [0.0f64; BLOCK]);
        score.fill(0.0);
        information.clear();
        let mut deviance = 0.0;
        for start in (0..data.event.len()).step_by(BLOCK) {
            let rows = BLOCK.min(data.event.len() - start);
            match data.offset {
                Some(offset) => eta[..rows].iter_mut().zip(&offset[start..]).for_each(|(eta, o)| *eta = beta[0] + o),
                None => eta[..rows].fill(beta[0]),
            }
            for (j, column) in data.columns.iter().enumerate() {
                let (m, s, b) = (self.mean[j], 1.0 / self.scale[j], beta[j + 1]);
                for ((z, eta), x) in z[j + 1][..rows].iter_mut().zip(&mut eta).zip(&column[start..]) {
                    *z = (x - m) * s;
                    *eta += b * *z;
                }
            }
            // Σ ln(1 + e^−|η|) as one logarithm per block where all weights are 1: the product of 256 factors below 2 is finite.
            let mut product = 1.0;
            for i in 0..rows {
                let e = (-eta[i].abs()).exp();
                let inverse = 1.0 / (1.0 + e);
                let event = data.event[start + i];
                // |η| is lost where the prediction points the wrong way; `miss` is the probability of the other outcome.
                let right = (eta[i] >= 0.0) == event;
                let miss = if right { e * inverse } else { inverse };
                let r = if event { miss } else { -miss };
                let v = e * inverse * inverse;
                let lost = if right { 0.0 } else { eta[i].abs() };
                match data.weights {
                    None => {
                        product *= 1.0 + e;
                        deviance += lost;
                        (residual[i], variance[i]) = (r, v);
                    }
                    Some(weights) => {
                        let w = weights[start + i];
                        deviance += w * (lost + e.ln_1p());
                        (residual[i], variance[i]) = (w * r, w * v);
                    }
                }
            }
            deviance += product.ln();
            for j in 0..p {
                score[j] += dot(&z[j][..rows], &residual[..rows]);
                for ((out, z), v) in weighted[..rows].iter_mut().zip(&z[j]).zip(&variance) {
                    *out = z * v;
                }
                for k in 0..=j {
                    information[(j, k)] += dot(&weighted[..rows], &z[k][..rows]);
                }
            }
        }
        information.mirror_lower();
        2.0 * deviance
    }

    fn separated(&self, direction: &[f64]) -> Option<FitError> {
        separation::certify(&self.data, &self.slopes(direction))
    }

    fn column_of(&self, row: usize) -> Option<usize> {
        row.checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_table_in_closed_form() {
        // 10/40 exposed and 5/45 unexposed with the event: ln OR and its Woolf standard error.
        let mut event = Vec::new();
        let mut exposed = Vec::new();
        for (count, e, x) in [(10, true, 1.0), (30, false, 1.0), (5, true, 0.0), (40, false, 0.0)] {
            event.extend(std::iter::repeat_n(e, count));
            exposed.extend(std::iter::repeat_n(x, count));
        }
        let fit = logistic(&LogisticData::new(&event, &[&exposed])).unwrap();
        assert!((fit.coefficients[1] - (10.0f64 * 40.0 / (30.0 * 5.0)).ln()).abs() < 1e-12);
        assert!((fit.coefficients[0] - (5.0f64 / 40.0).ln()).abs() < 1e-12);
        assert!((fit.se(1) - (0.1f64 + 1.0 / 30.0 + 0.2 + 0.025).sqrt()).abs() < 1e-12);

        // The same as weights.
        let weighted = logistic(
            &LogisticData::new(&[true, false, true, false], &[&[1.0, 1.0, 0.0, 0.0]]).with_weights(&[10.0, 30.0, 5.0, 40.0]),
        )
        .unwrap();
        assert!((weighted.coefficients[1] - fit.coefficients[1]).abs() < 1e-12);
        assert!((weighted.deviance - fit.deviance).abs() < 1e-11);
        assert!((weighted.null_deviance - fit.null_deviance).abs() < 1e-11);
    }

    #[test]
    fn an_offset_is_a_slope_of_one() {
        let event: Vec<bool> = (0..40).map(|i| (i * 7) % 11 < 4 + i / 10).collect();
        let x: Vec<f64> = (0..40).map(|i| f64::from(i) / 10.0 - 2.0).collect();
        let free = logistic(&LogisticData::new(&event, &[&x])).unwrap();
        let offset: Vec<f64> = x.iter().map(|x| free.coefficients[1] * x).collect();
        let fixed = logistic(&LogisticData::new(&event, &[]).with_offset(&offset)).unwrap();
        assert!((fixed.coefficients[0] - free.coefficients[0]).abs() < 1e-10);
        assert!((fixed.deviance - free.deviance).abs() < 1e-10);
    }

    #[test]
    fn shifting_and_scaling_a_column_changes_only_its_coefficient() {
        let event: Vec<bool> = (0..60).map(|i| (i * 13) % 17 < 7).collect();
        let x: Vec<f64> = (0..60).map(|i| f64::from((i * 29) % 31)).collect();
        let moved: Vec<f64> = x.iter().map(|x| 1e6 + 1e-3 * x).collect();
        let a = logistic(&LogisticData::new(&event, &[&x])).unwrap();
        let b = logistic(&LogisticData::new(&event, &[&moved])).unwrap();
        assert!((a.coefficients[1] / (1e-3 * b.coefficients[1]) - 1.0).abs() < 1e-7);
        assert!((a.deviance - b.deviance).abs() < 1e-8);
    }

    #[test]
    fn faults_name_the_column() {
        let event = [true, false, true, false, true, false, true, false];
        let x = [1.0, 2.0, 3.0, 4.0, 4.0, 3.0, 2.0, 1.5];
        let constant = [2.0; 8];
        let double: Vec<f64> = x.iter().map(|x| 2.0 * x - 1.0).collect();
        let fit = |columns: &[&[f64]]| logistic(&LogisticData::new(&event, columns)).unwrap_err();
        assert_eq!(fit(&[&x, &constant]), FitError::Constant { column: 1 });
        assert_eq!(fit(&[&x, &double]), FitError::Collinear { column: 1 });
        assert_eq!(fit(&[&x[..4]]), FitError::Lengths { expected: 8, found: 4 });
        assert_eq!(fit(&[&x, &[f64::NAN; 8]]), FitError::NotFinite { column: Some(1) });
        assert_eq!(logistic(&LogisticData::new(&[true; 8], &[&x])).unwrap_err(), FitError::OneClass);
        assert_eq!(logistic(&LogisticData::new(&[], &[])).unwrap_err(), FitError::OneClass);
        assert_eq!(
            logistic(&LogisticData::new(&[true, false], &[&[1.0, 2.0], &[2.0, 1.5]])).unwrap_err(),
            FitError::TooFewCases { cases: 2, parameters: 3 }
        );
    }
}
