//! Multinomial (baseline-category) logistic regression, as `VGAM::multinomial` and `nnet::multinom` fit it.

use serde::{Deserialize, Serialize};

use super::fit_error::FitError;
use super::linear::{Square, dot};
use super::logistic::Coefficient;
use super::newton::{self, Likelihood, Stop};

/// What a multinomial regression is fitted to.
#[derive(Debug, Clone, Copy)]
pub struct MultinomialData<'a> {
    /// The class of each case, 0 being the reference.
    pub class: &'a [usize],
    /// Number of classes.
    pub classes: usize,
    /// The columns of the design, without the intercept.
    pub columns: &'a [&'a [f64]],
}

/// A fitted multinomial regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MultinomialFit {
    /// One row per class but the reference: intercept, then the columns.
    pub coefficients: Vec<Vec<f64>>,
    /// Covariance of all coefficients, row after row.
    pub covariance: Vec<Vec<f64>>,
    /// −2 log-likelihood.
    pub deviance: f64,
    /// −2 log-likelihood with intercepts alone.
    pub null_deviance: f64,
    /// Cases.
    pub cases: usize,
}

/// Fits a multinomial logistic regression without penalty.
///
/// # Definition
/// ln (P(class k | x) / P(class 0 | x)) = αₖ + x βₖ, k = 1..K−1.
///
/// # Errors
/// [`FitError`]: a constant or collinear column and separation name the column.
///
/// # Reference
/// Agresti, Categorical Data Analysis, 3rd ed., 2013, section 8.1.
pub fn multinomial(data: &MultinomialData) -> Result<MultinomialFit, FitError> {
    let equations = vec![Equation { columns: data.columns, offset: None }; data.classes.saturating_sub(1)];
    let fit = fit_equations(data.class, &equations)?;
    let parameters = data.columns.len() + 1;
    Ok(MultinomialFit {
        coefficients: fit.coefficients.chunks(parameters).map(<[f64]>::to_vec).collect(),
        covariance: fit.covariance.to_rows(),
        deviance: fit.deviance,
        null_deviance: null_deviance(data.class, data.classes),
        cases: data.class.len(),
    })
}

impl MultinomialFit {
    /// Coefficient `j` (0 is the intercept) of class `k` against the reference, k = 1..K−1, with Wald interval and test.
    pub fn coefficient(&self, k: usize, j: usize, level: f64) -> Coefficient {
        let at = (k - 1) * self.coefficients[0].len() + j;
        Coefficient::wald(self.coefficients[k - 1][j], self.covariance[at][at].sqrt(), level)
    }

    /// The log-likelihood at the maximum.
    pub fn log_likelihood(&self) -> f64 {
        -0.5 * self.deviance
    }

    /// Akaike's information criterion.
    pub fn aic(&self) -> f64 {
        self.deviance + 2.0 * self.covariance.len() as f64
    }

    /// Class probabilities of other rows, given as columns in the order of the fit: one row per case.
    pub fn probabilities(&self, columns: &[&[f64]]) -> Vec<Vec<f64>> {
        let rows = columns.first().map_or(0, |c| c.len());
        (0..rows)
            .map(|i| {
                let logits = self
                    .coefficients
                    .iter()
                    .map(|beta| beta[0] + beta[1..].iter().zip(columns).map(|(b, column)| b * column[i]).sum::<f64>());
                softmax(&std::iter::once(0.0).chain(logits).collect::<Vec<f64>>())
            })
            .collect()
    }
}

/// eˣ / Σ eˣ without overflow.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|x| (x - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|e| e / sum).collect()
}

/// −2 ln L of class frequencies.
pub(crate) fn null_deviance(class: &[usize], classes: usize) -> f64 {
    let mut counts = vec![0.0; classes];
    class.iter().for_each(|&k| counts[k] += 1.0);
    let size = class.len() as f64;
    -2.0 * counts.iter().filter(|c| **c > 0.0).map(|c| c * (c / size).ln()).sum::<f64>()
}

/// The logit of one class against the reference: an intercept, its own columns, and a known part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Equation<'a> {
    pub(crate) columns: &'a [&'a [f64]],
    pub(crate) offset: Option<&'a [f64]>,
}

/// Coefficients equation after equation, each with its intercept first.
pub(crate) struct EquationsFit {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) covariance: Square,
    pub(crate) deviance: f64,
}

/// Fits logits against class 0 that need not share their columns; equation e is of class e + 1.
pub(crate) fn fit_equations(class: &[usize], equations: &[Equation]) -> Result<EquationsFit, FitError> {
    let likelihood = BaselineLogits::new(class, equations)?;
    let maximum = newton::maximise(&likelihood, likelihood.start(), Stop::Converged)?;
    let p = maximum.beta.len();
    let mut t = Square::zeros(p);
    for block in likelihood.blocks() {
        t[(block.start, block.start)] = 1.0;
        for j in block.start + 1..block.end {
            let (mean, scale) = likelihood.scales[j];
            t[(j, j)] = 1.0 / scale;
            t[(block.start, j)] = -mean / scale;
        }
    }
    Ok(EquationsFit {
        coefficients: likelihood.on_the_scale_of_the_data(&maximum.beta),
        covariance: maximum.information.inverse().congruence(&t),
        deviance: maximum.deviance,
    })
}

struct BaselineLogits<'a> {
    class: &'a [usize],
    equations: &'a [Equation<'a>],
    /// Standardised columns, equation after equation, each with its intercept first.
    z: Vec<Vec<f64>>,
    /// Mean and standard deviation of each; (0, 1) for intercepts.
    scales: Vec<(f64, f64)>,
    /// The column of the design behind each; `None` for intercepts.
    origin: Vec<Option<usize>>,
}

impl<'a> BaselineLogits<'a> {
    fn new(class: &'a [usize], equations: &'a [Equation<'a>]) -> Result<Self, FitError> {
        let (n, classes) = (class.len(), equations.len() + 1);
        let mut present = vec![false; classes];
        for &k in class {
            *present.get_mut(k).ok_or(FitError::Classes)? = true;
        }
        if classes < 2 || n == 0 {
            return Err(FitError::OneClass);
        }
        if present.contains(&false) {
            return Err(FitError::Classes);
        }
        let (mut z, mut scales, mut origin) = (Vec::new(), Vec::new(), Vec::new());
        for equation in equations {
            z.push(vec![1.0; n]);
            scales.push((0.0, 1.0));
            origin.push(None);
            if equation.offset.is_some_and(|o| o.len() != n || !o.iter().all(|x| x.is_finite())) {
                return Err(FitError::NotFinite { column: None });
            }
            for (column, x) in equation.columns.iter().enumerate() {
                let (standardised, mean, scale) = standardise(x, n, column)?;
                z.push(standardised);
                scales.push((mean, scale));
                origin.push(Some(column));
            }
        }
        if n < z.len() {
            return Err(FitError::TooFewCases { cases: n, parameters: z.len() });
        }
        Ok(BaselineLogits { class, equations, z, scales, origin })
    }

    /// The parameters of each equation.
    fn blocks(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        let block = |equation: &Equation| {
            let range = start..start + equation.columns.len() + 1;
            start = range.end;
            range
        };
        self.equations.iter().map(block).collect()
    }

    fn start(&self) -> Vec<f64> {
        let mut counts = vec![0.0f64; self.equations.len() + 1];
        self.class.iter().for_each(|&k| counts[k] += 1.0);
        let mut beta = vec![0.0; self.z.len()];
        for (e, block) in self.blocks().iter().enumerate() {
            let offset = self.equations[e].offset.map_or(0.0, |o| o.iter().sum::<f64>() / o.len() as f64);
            beta[block.start] = (counts[e + 1] / counts[0]).ln() - offset;
        }
        beta
    }

    /// The logits of each equation.
    fn logits(&self, beta: &[f64], with_offset: bool) -> Vec<Vec<f64>> {
        let n = self.class.len();
        self.blocks()
            .into_iter()
            .zip(self.equations)
            .map(|(block, equation)| {
                let offset = equation.offset.filter(|_| with_offset);
                let mut eta = offset.map_or_else(|| vec![0.0; n], <[f64]>::to_vec);
                for j in block {
                    eta.iter_mut().zip(&self.z[j]).for_each(|(eta, z)| *eta += beta[j] * z);
                }
                eta
            })
            .collect()
    }

    fn on_the_scale_of_the_data(&self, beta: &[f64]) -> Vec<f64> {
        let mut coefficients = beta.to_vec();
        for block in self.blocks() {
            for j in block.start + 1..block.end {
                let (mean, scale) = self.scales[j];
                coefficients[j] = beta[j] / scale;
                coefficients[block.start] -= coefficients[j] * mean;
            }
        }
        coefficients
    }
}

/// A column of mean 0 and standard deviation 1, with the mean and standard deviation that it had.
pub(crate) fn standardise(x: &[f64], n: usize, column: usize) -> Result<(Vec<f64>, f64, f64), FitError> {
    if x.len() != n {
        return Err(FitError::Lengths { expected: n, found: x.len() });
    }
    if !x.iter().all(|x| x.is_finite()) {
        return Err(FitError::NotFinite { column: Some(column) });
    }
    let mean = x.iter().sum::<f64>() / n as f64;
    let scale = (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64).sqrt();
    let largest = x.iter().fold(0.0f64, |a, x| a.max(x.abs()));
    if scale > 1e-13 * largest && scale.is_finite() {
        Ok((x.iter().map(|x| (x - mean) / scale).collect(), mean, scale))
    } else {
        Err(FitError::Constant { column })
    }
}

impl Likelihood for BaselineLogits<'_> {
    fn evaluate(&self, beta: &[f64], score: &mut [f64], information: &mut Square) -> f64 {
        let n = self.class.len();
        let mut p = self.logits(beta, true);
        let mut loglik = 0.0;
        for i in 0..n {
            // ln Σ eˣ around the largest logit, the reference's being 0.
            let largest = p.iter().map(|eta| eta[i]).fold(0.0, f64::max);
            let own = if self.class[i] == 0 { 0.0 } else { p[self.class[i] - 1][i] };
            let mut sum = (-largest).exp();
            for eta in &mut p {
                eta[i] = (eta[i] - largest).exp();
                sum += eta[i];
            }
            p.iter_mut().for_each(|e| e[i] /= sum);
            loglik += own - largest - sum.ln();
        }
        let blocks = self.blocks();
        let (mut weight, mut weighted) = (vec![0.0; n], vec![0.0; n]);
        for (e, rows) in blocks.iter().enumerate() {
            for i in 0..n {
                weight[i] = f64::from(u8::from(self.class[i] == e + 1)) - p[e][i];
            }
            for j in rows.clone() {
                score[j] = dot(&self.z[j], &weight);
            }
            for (f, columns) in blocks.iter().enumerate().take(e + 1) {
                for i in 0..n {
                    weight[i] = if e == f { p[e][i] * (1.0 - p[e][i]) } else { -p[e][i] * p[f][i] };
                }
                for j in rows.clone() {
                    for i in 0..n {
                        weighted[i] = weight[i] * self.z[j][i];
                    }
                    for k in columns.clone() {
                        information[(j, k)] = dot(&weighted, &self.z[k]);
                    }
                }
            }
        }
        information.mirror_lower();
        -2.0 * loglik
    }

    /// Along a direction that never lowers the own class's logit below another's the likelihood only grows.
    fn separated(&self, direction: &[f64]) -> Option<FitError> {
        let logits = self.logits(direction, false);
        let of = |k: usize, i: usize| if k == 0 { 0.0 } else { logits[k - 1][i] };
        let (mut smallest, mut largest) = (f64::INFINITY, 0.0f64);
        for (i, &own) in self.class.iter().enumerate() {
            for k in (0..=self.equations.len()).filter(|&k| k != own) {
                let margin = of(own, i) - of(k, i);
                smallest = smallest.min(margin);
                largest = largest.max(margin.abs());
            }
        }
        if !largest.is_finite() || largest <= 0.1 || smallest < -1e-6 * largest {
            return None;
        }
        // On standardised columns the slopes say which columns carry the direction.
        let reach = |j: usize| direction[j].abs();
        let top = (0..direction.len()).filter(|&j| self.origin[j].is_some()).map(reach).fold(0.0, f64::max);
        let mut columns: Vec<usize> =
            (0..direction.len()).filter(|&j| reach(j) > 1e-3 * top).filter_map(|j| self.origin[j]).collect();
        columns.sort_unstable();
        columns.dedup();
        Some(FitError::Separated { columns, complete: smallest > 1e-6 * largest })
    }

    fn column_of(&self, row: usize) -> Option<usize> {
        self.origin[row]
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
        let a = multinomial(&MultinomialData { class: &class, classes: 2, columns: &[&x] }).unwrap();
        let b = logistic(&LogisticData::new(&event, &[&x])).unwrap();
        for j in 0..2 {
            assert!((a.coefficients[0][j] - b.coefficients[j]).abs() < 1e-10);
            assert!((a.coefficient(1, j, 0.95).log_odds.se.unwrap() - b.se(j)).abs() < 1e-10);
        }
        assert!((a.null_deviance - b.null_deviance).abs() < 1e-10);
    }

    #[test]
    fn intercepts_alone_are_log_ratios_of_counts() {
        let class = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
        let fit = multinomial(&MultinomialData { class: &class, classes: 3, columns: &[] }).unwrap();
        assert!((fit.coefficients[0][0] - (2.0f64 / 3.0).ln()).abs() < 1e-12);
        assert!((fit.coefficients[1][0] - (5.0f64 / 3.0).ln()).abs() < 1e-12);
        assert!((fit.deviance - fit.null_deviance).abs() < 1e-12);
    }

    #[test]
    fn faults_are_named() {
        let class = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let fit =
            |columns: &[&[f64]], class: &[usize], classes| multinomial(&MultinomialData { class, classes, columns }).unwrap_err();
        assert_eq!(fit(&[&x], &class, 3), FitError::Separated { columns: vec![0], complete: true });
        assert_eq!(fit(&[&x], &class, 4), FitError::Classes);
        assert_eq!(fit(&[&x], &class, 2), FitError::Classes);
        assert_eq!(fit(&[], &[], 1), FitError::OneClass);
        assert_eq!(fit(&[&[1.0; 9]], &class, 3), FitError::Constant { column: 0 });
    }

    #[test]
    fn probabilities_sum_to_one_and_average_to_the_frequencies() {
        let class: Vec<usize> = (0..60).map(|i| (i * i + i / 7) % 3).collect();
        let x: Vec<f64> = (0..60).map(|i| f64::from((i * 29) % 31)).collect();
        let data = MultinomialData { class: &class, classes: 3, columns: &[&x] };
        let p = multinomial(&data).unwrap().probabilities(&[&x]);
        for k in 0..3 {
            let mean = p.iter().map(|row| row[k]).sum::<f64>() / 60.0;
            let share = class.iter().filter(|&&c| c == k).count() as f64 / 60.0;
            assert!((mean - share).abs() < 1e-10);
        }
        assert!(p.iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-14));
    }
}
