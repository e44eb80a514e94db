//! Several AUCs of the same cases with their covariance: intervals, paired tests, and a test that all are equal.
//!
//! Whatever produces such a set ([`super::delong`], [`super::stratified`], [`super::multiclass`]) is compared here and nowhere else.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Method, Test, Undefined, undefined};
use super::normal;
use super::quadratic_form::quadratic_form;

/// AUCs of several scores (or models) on the same cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelatedAucs {
    /// The AUCs, in the order in which the scores were given. Never flipped: below ½ stays below ½.
    pub auc: Vec<f64>,
    /// Their covariance matrix, row by row, or why there is none (a single event has no variance).
    pub covariance: Defined<Vec<f64>>,
    /// Where the covariance comes from.
    pub method: Method,
}

/// Two AUCs of the same cases, compared: first minus second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AucComparison {
    /// AUC of the first minus AUC of the second, with its interval (not cut: a difference may be anything in [−1, 1]).
    pub difference: Estimate,
    /// z and its two-sided p.
    pub test: Test,
    /// One-sided p for "the first is greater".
    pub p_greater: f64,
    /// Correlation of the two estimated AUCs; absent when one of them has no variance.
    pub correlation: Option<f64>,
}

impl CorrelatedAucs {
    /// The number of AUCs.
    pub fn len(&self) -> usize {
        self.auc.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.auc.is_empty()
    }

    /// Covariance of the AUCs `i` and `j`.
    ///
    /// # Errors
    /// The reason why there is no covariance.
    pub fn covariance(&self, i: usize, j: usize) -> Defined<f64> {
        match &self.covariance {
            Ok(values) => Ok(values[i * self.len() + j]),
            Err(reason) => Err(reason.clone()),
        }
    }

    /// Variance of the AUC `i`.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn variance(&self, i: usize) -> Defined<f64> {
        self.covariance(i, i)
    }

    /// AUC ± z · se, cut at 0 and 1. Without a variance it is the AUC alone.
    pub fn estimate(&self, i: usize, level: f64) -> Estimate {
        match self.variance(i) {
            Ok(variance) => Estimate::normal(self.auc[i], variance.sqrt(), level).clipped(0.0, 1.0).by(self.method),
            Err(_) => Estimate { level, ..Estimate::point(self.auc[i]) },
        }
    }

    /// The interval on the logit scale: logit(AUC) ± z · se / (AUC (1 − AUC)), carried back; it never leaves (0, 1) and covers
    /// better than the plain one near 1.
    ///
    /// # Errors
    /// No variance, or an AUC of exactly 0 or 1, which has no logit.
    pub fn logit_estimate(&self, i: usize, level: f64) -> Defined<Estimate> {
        let auc = self.auc[i];
        let se = self.variance(i)?.sqrt();
        if auc <= 0.0 || auc >= 1.0 {
            undefined!("an AUC of exactly {auc} has no logit");
        }
        let centre = (auc / (1.0 - auc)).ln();
        let half = normal::critical(level) * se / (auc * (1.0 - auc));
        let back = |x: f64| 1.0 / (1.0 + (-x).exp());
        let method = if self.method == Method::Delong { Method::DelongLogit } else { Method::Logit };
        Ok(Estimate::with_interval(auc, Some(se), back(centre - half), back(centre + half), level, method))
    }

    /// What a reader must be told about the AUC `i`, if anything: an interval of no width is not a precise one.
    pub fn caution(&self, i: usize) -> Option<String> {
        let auc = self.auc[i];
        match self.variance(i) {
            Err(Undefined(reason)) => Some(reason),
            Ok(variance) if variance > 0.0 => None,
            Ok(_) if auc == 0.0 || auc == 1.0 => Some(format!(
                "AUC is exactly {auc}: every event and non-event are told apart, the estimated variance is 0 and the interval \
                 has no width; that is no proof of precision, give the score interval"
            )),
            Ok(_) => Some("the estimated variance is 0 (as for a constant score); the interval has no width".into()),
        }
    }

    /// Compares the AUCs `a` and `b`: z = (AUCₐ − AUC_b) / √(Vₐ + V_b − 2 C). Two identical rankings give z = 0 and p = 1.
    ///
    /// # Errors
    /// No covariance, or AUCs that differ although the estimated variance of their difference is 0.
    pub fn compare(&self, a: usize, b: usize, level: f64) -> Defined<AucComparison> {
        let (va, vb, cov) = (self.variance(a)?, self.variance(b)?, self.covariance(a, b)?);
        let difference = self.auc[a] - self.auc[b];
        let se = (va + vb - 2.0 * cov).max(0.0).sqrt();
        let z = match (difference == 0.0, se == 0.0) {
            (true, true) => 0.0,
            (false, true) => {
                undefined!("the AUCs differ by {difference}, but the estimated variance of the difference is 0: no test")
            }
            _ => difference / se,
        };
        Ok(AucComparison {
            difference: Estimate::normal(difference, se, level).by(self.method),
            test: Test { statistic: z, df: None, p: normal::two_sided(z) },
            p_greater: normal::sf(z),
            correlation: (va > 0.0 && vb > 0.0).then(|| cov / (va * vb).sqrt()),
        })
    }

    /// Tests that all AUCs are equal.
    ///
    /// # Definition
    /// χ² = (Lθ)′ (L S L′)⁺ Lθ with L the successive differences; the degrees of freedom are the rank of L S L′, so curves that
    /// repeat each other do not count twice. All curves identical: χ² = 0 with 0 degrees of freedom, p = 1.
    ///
    /// # Errors
    /// Fewer than two AUCs, no covariance, or AUCs that differ where there is no variance.
    pub fn equality_test(&self) -> Defined<Test> {
        let k = self.len();
        if k < 2 {
            undefined!("{k} curve has nothing to be compared with");
        }
        let contrasts: Vec<f64> = self.auc.windows(2).map(|w| w[0] - w[1]).collect();
        let mut matrix = Vec::with_capacity((k - 1) * (k - 1));
        for i in 0..k - 1 {
            for j in 0..k - 1 {
                let c = |r, s| self.covariance(r, s);
                matrix.push(c(i, j)? - c(i, j + 1)? - c(i + 1, j)? + c(i + 1, j + 1)?);
            }
        }
        let form = quadratic_form(&contrasts, &matrix)?;
        let p = if form.rank == 0 { 1.0 } else { normal::chi_square_sf(form.value, form.rank as f64) };
        Ok(Test { statistic: form.value, df: Some(form.rank as f64), p })
    }

    /// Linear combinations of the AUCs, each row of `weights` one (a macro average over classes, a mean over repeats).
    pub fn combine(&self, weights: &[Vec<f64>]) -> CorrelatedAucs {
        let k = self.len();
        let auc = weights.iter().map(|w| w.iter().zip(&self.auc).map(|(w, a)| w * a).sum()).collect();
        let covariance = self.covariance.as_ref().map_err(Clone::clone).map(|matrix| {
            let half: Vec<Vec<f64>> =
                weights.iter().map(|w| (0..k).map(|j| (0..k).map(|i| w[i] * matrix[i * k + j]).sum()).collect()).collect();
            let product = |h: &Vec<f64>, w: &Vec<f64>| h.iter().zip(w).map(|(h, w)| h * w).sum::<f64>();
            half.iter().flat_map(|h| weights.iter().map(move |w| product(h, w))).collect()
        });
        CorrelatedAucs { auc, covariance, method: self.method }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(auc: [f64; 2], covariance: [f64; 4]) -> CorrelatedAucs {
        CorrelatedAucs { auc: auc.to_vec(), covariance: Ok(covariance.to_vec()), method: Method::Delong }
    }

    #[test]
    fn no_variance_is_said_and_not_tested() {
        let perfect_and_inverted = two([1.0, 0.0], [0.0; 4]);
        assert!(perfect_and_inverted.compare(0, 1, 0.95).is_err());
        assert!(perfect_and_inverted.equality_test().is_err());
        assert!(perfect_and_inverted.caution(0).unwrap().contains("exactly 1"));
        assert!(perfect_and_inverted.logit_estimate(0, 0.95).is_err());
        let both_perfect = two([1.0, 1.0], [0.0; 4]);
        let test = both_perfect.compare(0, 1, 0.95).unwrap().test;
        assert_eq!((test.statistic, test.p), (0.0, 1.0));
        assert_eq!(both_perfect.equality_test().unwrap(), Test { statistic: 0.0, df: Some(0.0), p: 1.0 });
    }

    #[test]
    fn two_curves_tested_jointly_are_the_paired_test_squared() {
        let set = two([0.8, 0.7], [0.002, 0.001, 0.001, 0.003]);
        let z = set.compare(0, 1, 0.95).unwrap().test;
        let chi = set.equality_test().unwrap();
        assert!((chi.statistic - z.statistic.powi(2)).abs() < 1e-12);
        assert!((chi.p - z.p).abs() < 1e-13);
    }

    #[test]
    fn combinations_carry_their_covariance() {
        let set = two([0.8, 0.6], [0.002, 0.001, 0.001, 0.003]);
        let mean = set.combine(&[vec![0.5, 0.5], vec![1.0, -1.0]]);
        assert!((mean.auc[0] - 0.7).abs() < 1e-15 && (mean.auc[1] - 0.2).abs() < 1e-15);
        assert!((mean.variance(0).unwrap() - 0.25 * (0.002 + 0.003 + 0.002)).abs() < 1e-17);
        assert!((mean.covariance(0, 1).unwrap() - 0.5 * (0.002 - 0.003)).abs() < 1e-17);
    }
}
