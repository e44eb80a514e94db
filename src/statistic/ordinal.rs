//! Ordinal logistic regression with proportional odds, in the form of `rms::lrm`: logit P(Y ≥ j) = αⱼ + xβ.

use serde::{Deserialize, Serialize};

use super::estimate::Test;
use super::fit_error::FitError;
use super::linear::Square;
use super::logistic::{Coefficient, inverse_logit, likelihood_ratio, linear_predictor, logit};
use super::multinomial::{null_deviance, standardise};
use super::newton::{self, Likelihood, Stop};

/// What an ordinal regression is fitted to.
#[derive(Debug, Clone, Copy)]
pub struct OrdinalData<'a> {
    /// The class of each case, 0 being the lowest.
    pub class: &'a [usize],
    /// Number of classes.
    pub classes: usize,
    /// The columns of the design, without intercepts.
    pub columns: &'a [&'a [f64]],
}

/// A fitted proportional-odds model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrdinalFit {
    /// αⱼ of P(Y ≥ j), j = 1..K−1: descending.
    pub intercepts: Vec<f64>,
    /// β, one per column: the log odds ratio of being in a higher class, the same at every cut.
    pub slopes: Vec<f64>,
    /// Covariance of intercepts, then slopes.
    pub covariance: Vec<Vec<f64>>,
    /// −2 log-likelihood.
    pub deviance: f64,
    /// −2 log-likelihood with intercepts alone.
    pub null_deviance: f64,
    /// Cases.
    pub cases: usize,
}

/// Fits a proportional-odds model without penalty.
///
/// # Definition
/// P(Y ≥ j | x) = 1 / (1 + e^−(αⱼ + xβ)), j = 1..K−1; the coefficients maximise Σ ln (P(Y ≥ yᵢ) − P(Y ≥ yᵢ + 1)).
///
/// # Errors
/// [`FitError`]: a constant or collinear column and separation name the column.
///
/// # Reference
/// McCullagh, Journal of the Royal Statistical Society B 1980;42:109. Walker and Duncan, Biometrika 1967;54:167.
pub fn ordinal(data: &OrdinalData) -> Result<OrdinalFit, FitError> {
    let likelihood = Cumulative::new(data, true)?;
    let maximum = newton::maximise(&likelihood, likelihood.start(), Stop::Converged)?;
    let (cuts, p) = (data.classes - 1, maximum.beta.len());
    let mut t = Square::zeros(p);
    let mut intercepts = maximum.beta[..cuts].to_vec();
    let mut slopes = Vec::new();
    for j in 0..p {
        t[(j, j)] = 1.0;
    }
    for (column, &(mean, scale)) in likelihood.scales.iter().enumerate() {
        let j = cuts + column;
        t[(j, j)] = 1.0 / scale;
        slopes.push(maximum.beta[j] / scale);
        for cut in 0..cuts {
            t[(cut, j)] = -mean / scale;
            intercepts[cut] -= maximum.beta[j] * mean / scale;
        }
    }
    Ok(OrdinalFit {
        intercepts,
        slopes,
        covariance: maximum.information.inverse().congruence(&t).to_rows(),
        deviance: maximum.deviance,
        null_deviance: null_deviance(data.class, data.classes),
        cases: data.class.len(),
    })
}

/// Whether one slope per column does for all cuts: likelihood-ratio test against a model with a slope per cut and column.
///
/// # Errors
/// Besides those of [`ordinal`], [`FitError::NoConvergence`] where the larger model has no maximum inside the region in which its
/// cumulative probabilities descend.
pub fn proportional_odds_test(data: &OrdinalData) -> Result<Test, FitError> {
    let parallel = ordinal(data)?;
    let likelihood = Cumulative::new(data, false)?;
    let free = newton::maximise(&likelihood, likelihood.start(), Stop::Converged)?;
    let df = data.columns.len() * data.classes.saturating_sub(2);
    likelihood_ratio(parallel.deviance, free.deviance, df).ok_or(FitError::Classes)
}

impl OrdinalFit {
    /// Slope `j` with Wald interval and test.
    pub fn coefficient(&self, j: usize, level: f64) -> Coefficient {
        let at = self.intercepts.len() + j;
        Coefficient::wald(self.slopes[j], self.covariance[at][at].sqrt(), level)
    }

    /// The log-likelihood at the maximum.
    pub fn log_likelihood(&self) -> f64 {
        -0.5 * self.deviance
    }

    /// Likelihood-ratio test of all columns together.
    pub fn model_test(&self) -> Option<Test> {
        likelihood_ratio(self.null_deviance, self.deviance, self.slopes.len())
    }

    /// αⱼ + xβ of other rows for the cut j = 1..K−1.
    pub fn linear_predictor(&self, j: usize, columns: &[&[f64]]) -> Vec<f64> {
        let coefficients: Vec<f64> = std::iter::once(self.intercepts[j - 1]).chain(self.slopes.iter().copied()).collect();
        linear_predictor(&coefficients, columns, columns.first().map_or(0, |c| c.len()))
    }

    /// Class probabilities of other rows, one row per case.
    pub fn probabilities(&self, columns: &[&[f64]]) -> Vec<Vec<f64>> {
        let cuts: Vec<Vec<f64>> = (1..=self.intercepts.len()).map(|j| self.linear_predictor(j, columns)).collect();
        (0..cuts.first().map_or(0, Vec::len))
            .map(|i| {
                let logits: Vec<f64> = cuts.iter().map(|eta| eta[i]).collect();
                (0..=logits.len()).map(|k| between(k.checked_sub(1).map(|j| logits[j]), logits.get(k).copied())).collect()
            })
            .collect()
    }
}

/// F(upper) − F(lower) of the logistic distribution F, the class between two cuts; `None` is the end of the scale. Computed as a product, so
/// that it keeps its digits in the tails.
fn between(at_least: Option<f64>, above: Option<f64>) -> f64 {
    match (at_least, above) {
        (None, None) => 1.0,
        (Some(a), None) => inverse_logit(a),
        (None, Some(b)) => inverse_logit(-b),
        (Some(a), Some(b)) => inverse_logit(a) * inverse_logit(-b) * -(b - a).exp_m1(),
    }
}

/// The cumulative logit model; parameters are the cuts' intercepts, then the slopes: one per column where cuts share them, else all columns
/// of the first cut, all of the second, …
struct Cumulative<'a> {
    class: &'a [usize],
    cuts: usize,
    shared: bool,
    /// Standardised columns, row by row.
    z: Vec<f64>,
    scales: Vec<(f64, f64)>,
}

impl<'a> Cumulative<'a> {
    fn new(data: &OrdinalData<'a>, shared: bool) -> Result<Self, FitError> {
        let (n, p) = (data.class.len(), data.columns.len());
        let mut present = vec![false; data.classes];
        for &k in data.class {
            *present.get_mut(k).ok_or(FitError::Classes)? = true;
        }
        if data.classes < 2 || n == 0 {
            return Err(FitError::OneClass);
        }
        if present.contains(&false) {
            return Err(FitError::Classes);
        }
        let cuts = data.classes - 1;
        let parameters = cuts + if shared { p } else { p * cuts };
        if n < parameters {
            return Err(FitError::TooFewCases { cases: n, parameters });
        }
        let (mut z, mut scales) = (vec![0.0; n * p], Vec::new());
        for (column, x) in data.columns.iter().enumerate() {
            let (standardised, mean, scale) = standardise(x, n, column)?;
            scales.push((mean, scale));
            standardised.iter().enumerate().for_each(|(i, value)| z[i * p + column] = *value);
        }
        Ok(Cumulative { class: data.class, cuts, shared, z, scales })
    }

    fn columns(&self) -> usize {
        self.scales.len()
    }

    fn parameters(&self) -> usize {
        self.cuts + if self.shared { self.columns() } else { self.columns() * self.cuts }
    }

    /// The parameter of `column` at `cut`.
    fn slope(&self, cut: usize, column: usize) -> usize {
        self.cuts + column + if self.shared { 0 } else { cut * self.columns() }
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.z[i * self.columns()..(i + 1) * self.columns()]
    }

    fn eta(&self, beta: &[f64], i: usize, cut: usize) -> f64 {
        beta[cut] + self.row(i).iter().enumerate().map(|(c, z)| beta[self.slope(cut, c)] * z).sum::<f64>()
    }

    /// The cuts below and above the class of case `i`.
    fn cuts_of(&self, i: usize) -> (Option<usize>, Option<usize>) {
        let k = self.class[i];
        (k.checked_sub(1), (k < self.cuts).then_some(k))
    }

    fn start(&self) -> Vec<f64> {
        let mut beta = vec![0.0; self.parameters()];
        for (cut, intercept) in beta[..self.cuts].iter_mut().enumerate() {
            let above = self.class.iter().filter(|&&k| k > cut).count();
            *intercept = logit(above as f64 / self.class.len() as f64);
        }
        beta
    }
}

impl Likelihood for Cumulative<'_> {
    fn evaluate(&self, beta: &[f64], score: &mut [f64], information: &mut Square) -> f64 {
        score.fill(0.0);
        information.clear();
        let mut loglik = 0.0;
        // The parameters that a case touches, with d η / d parameter at its lower (a) and upper (b) cut.
        let mut touched: Vec<(usize, f64, f64)> = Vec::new();
        for i in 0..self.class.len() {
            let (lower, upper) = self.cuts_of(i);
            let (a, b) = (lower.map(|c| self.eta(beta, i, c)), upper.map(|c| self.eta(beta, i, c)));
            let p = between(a, b);
            if p.is_nan() || p <= 0.0 {
                return f64::INFINITY;
            }
            loglik += p.ln();
            // p = F(a) − F(b): derivatives of ln p in a and b, f = F (1 − F), f' = f (1 − 2 F).
            let density = |x: Option<f64>| {
                x.map_or((0.0, 0.0), |x| {
                    let (up, down) = (inverse_logit(x), inverse_logit(-x));
                    (up * down, up * down * (down - up))
                })
            };
            let ((fa, ga), (fb, gb)) = (density(a), density(b));
            let (da, db) = (fa / p, -fb / p);
            let (haa, hbb, hab) = (da * da - ga / p, db * db + gb / p, da * db);

            touched.clear();
            touched.extend(lower.map(|c| (c, 1.0, 0.0)));
            touched.extend(upper.map(|c| (c, 0.0, 1.0)));
            for (c, &z) in self.row(i).iter().enumerate() {
                if self.shared {
                    touched.push((
                        self.slope(0, c),
                        if lower.is_some() { z } else { 0.0 },
                        if upper.is_some() { z } else { 0.0 },
                    ));
                } else {
                    touched.extend(lower.map(|cut| (self.slope(cut, c), z, 0.0)));
                    touched.extend(upper.map(|cut| (self.slope(cut, c), 0.0, z)));
                }
            }
            for (s, &(j, ja, jb)) in touched.iter().enumerate() {
                score[j] += da * ja + db * jb;
                for &(k, ka, kb) in &touched[..=s] {
                    let value = haa * ja * ka + hbb * jb * kb + hab * (ja * kb + jb * ka);
                    information[(j.max(k), j.min(k))] += value;
                }
            }
        }
        information.mirror_lower();
        -2.0 * loglik
    }

    /// Along a direction that raises the cut below and lowers the cut above every case the likelihood only grows.
    fn separated(&self, direction: &[f64]) -> Option<FitError> {
        let (mut smallest, mut largest) = (f64::INFINITY, 0.0f64);
        for i in 0..self.class.len() {
            let (lower, upper) = self.cuts_of(i);
            let up = lower.map(|c| self.eta(direction, i, c));
            let down = upper.map(|c| -self.eta(direction, i, c));
            for margin in up.into_iter().chain(down) {
                smallest = smallest.min(margin);
                largest = largest.max(margin.abs());
            }
        }
        if !largest.is_finite() || largest <= 0.1 || smallest < -1e-6 * largest {
            return None;
        }
        let reach = |j: &usize| direction[*j].abs();
        let slopes = self.cuts..direction.len();
        let top = slopes.clone().map(|j| reach(&j)).fold(0.0, f64::max);
        let mut columns: Vec<usize> = slopes.filter(|j| reach(j) > 1e-3 * top).filter_map(|j| self.column_of(j)).collect();
        columns.sort_unstable();
        columns.dedup();
        Some(FitError::Separated { columns, complete: smallest > 1e-6 * largest })
    }

    fn column_of(&self, row: usize) -> Option<usize> {
        (row >= self.cuts).then(|| (row - self.cuts) % self.columns())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::logistic::{LogisticData, logistic};

    #[test]
    fn two_classes_are_logistic_regression() {
        let class: Vec<usize> = (0..40).map(|i| usize::from((i * 7) % 11 < 3 + i / 10)).collect();
        let event: Vec<bool> = class.iter().map(|&k| k == 1).collect();
        let x: Vec<f64> = (0..40).map(|i| f64::from((i * 13) % 17)).collect();
        let a = ordinal(&OrdinalData { class: &class, classes: 2, columns: &[&x] }).unwrap();
        let b = logistic(&LogisticData::new(&event, &[&x])).unwrap();
        assert!((a.intercepts[0] - b.coefficients[0]).abs() < 1e-10);
        assert!((a.slopes[0] - b.coefficients[1]).abs() < 1e-10);
        assert!((a.coefficient(0, 0.95).log_odds.se.unwrap() - b.se(1)).abs() < 1e-10);
    }

    #[test]
    fn the_score_vanishes_and_information_is_its_derivative() {
        let class: Vec<usize> = (0..60).map(|i| ((i * 17) % 23 + i / 6) % 4).collect();
        let x: Vec<f64> = (0..60).map(|i| f64::from((i * 29) % 31)).collect();
        let z: Vec<f64> = (0..60).map(|i| f64::from(i % 7)).collect();
        let columns: [&[f64]; 2] = [&x, &z];
        for shared in [true, false] {
            let likelihood = Cumulative::new(&OrdinalData { class: &class, classes: 4, columns: &columns }, shared).unwrap();
            let p = likelihood.parameters();
            let mut beta = likelihood.start();
            beta.iter_mut().enumerate().for_each(|(j, b)| *b += 0.01 * (j as f64 - 2.0));
            let (mut score, mut information, mut other) = (vec![0.0; p], Square::zeros(p), Square::zeros(p));
            likelihood.evaluate(&beta, &mut score, &mut information);
            for j in 0..p {
                let (h, mut up, mut down) = (1e-5, vec![0.0; p], vec![0.0; p]);
                let mut at = beta.clone();
                at[j] += h;
                let high = likelihood.evaluate(&at, &mut up, &mut other);
                at[j] -= 2.0 * h;
                let low = likelihood.evaluate(&at, &mut down, &mut other);
                assert!((-0.5 * (high - low) / (2.0 * h) - score[j]).abs() < 1e-6);
                for k in 0..p {
                    assert!((-(up[k] - down[k]) / (2.0 * h) - information[(j, k)]).abs() < 1e-5, "{shared} {j} {k}");
                }
            }
        }
    }

    #[test]
    fn probabilities_sum_to_one() {
        let class: Vec<usize> = (0..60).map(|i| ((i * 17) % 23 + i / 6) % 3).collect();
        let x: Vec<f64> = (0..60).map(|i| f64::from((i * 29) % 31)).collect();
        let fit = ordinal(&OrdinalData { class: &class, classes: 3, columns: &[&x] }).unwrap();
        let p = fit.probabilities(&[&x]);
        assert!(p.iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-14 && row.iter().all(|p| *p > 0.0)));
        assert!(fit.intercepts[0] > fit.intercepts[1]);
    }

    #[test]
    fn faults_are_named() {
        let class = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let error = |columns: &[&[f64]], classes| ordinal(&OrdinalData { class: &class, classes, columns }).unwrap_err();
        assert_eq!(error(&[&x], 3), FitError::Separated { columns: vec![0], complete: true });
        assert_eq!(error(&[&x, &x], 3), FitError::Collinear { column: 1 });
        assert_eq!(error(&[&x], 4), FitError::Classes);
    }
}
