//! The K-by-K table of predicted against real classes, and what is read off it.

use serde::{Deserialize, Serialize};

use super::classes::{ByClass, highest};
use super::confusion::Confusion;
use super::estimate::{Defined, Estimate, undefined};
use super::proportion::{ProportionInterval, proportion};

/// Counts of predicted classes against outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassConfusion {
    /// One row per real class, one column per predicted class.
    pub table: Vec<Vec<u64>>,
}

/// How disagreements between ordered classes are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KappaWeight {
    /// Every disagreement counts alike.
    Unweighted,
    /// By the distance between the classes.
    Linear,
    /// By its square.
    Quadratic,
}

impl ClassConfusion {
    /// Counts predictions of `k` classes.
    ///
    /// # Errors
    /// Lengths that differ, a class number that is too high.
    pub fn new(class: &[usize], predicted: &[usize], k: usize) -> Defined<Self> {
        if class.len() != predicted.len() {
            undefined!("{} outcomes but {} predictions", class.len(), predicted.len());
        }
        let mut table = vec![vec![0; k]; k];
        for (i, (&c, &p)) in class.iter().zip(predicted).enumerate() {
            if c >= k || p >= k {
                undefined!("case {} has class {c}, predicted {p}, of {k}", i + 1);
            }
            table[c][p] += 1;
        }
        Ok(ClassConfusion { table })
    }

    /// Predicts for each case the class with the highest score; of several, the first.
    ///
    /// # Errors
    /// Rows that do not fit, a class without a case.
    pub fn from_scores(class: &[usize], scores: &[Vec<f64>]) -> Defined<Self> {
        let k = ByClass::new(class, scores)?.k();
        Self::new(class, &scores.iter().map(|row| highest(row)).collect::<Vec<usize>>(), k)
    }

    /// The number of classes.
    pub fn k(&self) -> usize {
        self.table.len()
    }

    fn total(&self) -> u64 {
        self.table.iter().flatten().sum()
    }

    fn right(&self) -> u64 {
        (0..self.k()).map(|c| self.table[c][c]).sum()
    }

    /// Cases of class `c`.
    fn real(&self, c: usize) -> u64 {
        self.table[c].iter().sum()
    }

    /// Cases predicted as class `c`.
    fn predicted(&self, c: usize) -> u64 {
        self.table.iter().map(|row| row[c]).sum()
    }

    /// One class against all others.
    pub fn against_rest(&self, c: usize) -> Confusion {
        let hit = self.table[c][c];
        let (false_negatives, false_positives) = (self.real(c) - hit, self.predicted(c) - hit);
        Confusion {
            true_positives: hit,
            false_positives,
            false_negatives,
            true_negatives: self.total() - hit - false_negatives - false_positives,
        }
    }

    /// Share of the cases that are predicted right (mcca's CCP).
    ///
    /// # Errors
    /// No cases.
    pub fn accuracy(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.right(), self.total(), level, interval)
    }

    /// Mean over the classes of something read off each class's table against the rest.
    fn class_mean(&self, weight: impl Fn(usize) -> f64, of: impl Fn(&Confusion) -> Defined<f64>) -> Defined<f64> {
        let total: f64 = (0..self.k()).map(&weight).sum();
        if total == 0.0 {
            undefined!("no cases");
        }
        let mut sum = 0.0;
        for c in 0..self.k() {
            sum += weight(c) * of(&self.against_rest(c))?;
        }
        Ok(sum / total)
    }

    /// Mean of the classes' sensitivities (balanced accuracy, macro recall).
    ///
    /// # Errors
    /// A class without a case.
    pub fn balanced_accuracy(&self) -> Defined<f64> {
        self.class_mean(|_| 1.0, |t| Ok(t.sensitivity(Estimate::LEVEL, ProportionInterval::Wilson)?.value))
    }

    /// Mean of the classes' specificities.
    ///
    /// # Errors
    /// All cases are of one class.
    pub fn macro_specificity(&self) -> Defined<f64> {
        self.class_mean(|_| 1.0, |t| Ok(t.specificity(Estimate::LEVEL, ProportionInterval::Wilson)?.value))
    }

    /// Mean of the classes' positive predictive values.
    ///
    /// # Errors
    /// A class that is never predicted (scikit-learn counts it as 0).
    pub fn macro_ppv(&self) -> Defined<f64> {
        self.class_mean(|_| 1.0, |t| Ok(t.ppv(Estimate::LEVEL, ProportionInterval::Wilson)?.value))
    }

    /// Mean of the classes' F1.
    ///
    /// # Errors
    /// A class that is neither predicted nor real.
    pub fn macro_f1(&self) -> Defined<f64> {
        self.class_mean(|_| 1.0, Confusion::f1)
    }

    /// F1 weighted by the classes' numbers of cases.
    ///
    /// # Errors
    /// A class that is neither predicted nor real.
    pub fn weighted_f1(&self) -> Defined<f64> {
        self.class_mean(|c| self.real(c) as f64, Confusion::f1)
    }

    /// Matthews' correlation for K classes (Gorodkin's R_K).
    ///
    /// # Errors
    /// Outcomes or predictions all alike.
    ///
    /// # Reference
    /// Gorodkin, Comput Biol Chem 2004;28:367.
    pub fn mcc(&self) -> Defined<f64> {
        let n = self.total() as f64;
        let sum = |of: &dyn Fn(usize) -> f64| (0..self.k()).map(of).sum::<f64>();
        let cross = self.right() as f64 * n - sum(&|c| self.real(c) as f64 * self.predicted(c) as f64);
        let spread_real = n * n - sum(&|c| (self.real(c) as f64).powi(2));
        let spread_predicted = n * n - sum(&|c| (self.predicted(c) as f64).powi(2));
        if spread_real == 0.0 || spread_predicted == 0.0 {
            undefined!("outcomes or predictions are all alike: no correlation");
        }
        Ok(cross / (spread_real.sqrt() * spread_predicted.sqrt()))
    }

    /// Cohen's kappa of predicted and real classes, 1 − Σ w O / Σ w E with disagreement weights w, observed O and chance E.
    ///
    /// # Errors
    /// Outcomes and predictions all alike.
    pub fn kappa(&self, weight: KappaWeight) -> Defined<f64> {
        let n = self.total() as f64;
        let disagreement = |a: usize, b: usize| {
            let distance = a.abs_diff(b) as f64;
            match weight {
                KappaWeight::Unweighted => f64::from(u8::from(a != b)),
                KappaWeight::Linear => distance,
                KappaWeight::Quadratic => distance * distance,
            }
        };
        let (mut observed, mut chance) = (0.0, 0.0);
        for a in 0..self.k() {
            for b in 0..self.k() {
                observed += disagreement(a, b) * self.table[a][b] as f64;
                chance += disagreement(a, b) * self.real(a) as f64 * self.predicted(b) as f64 / n;
            }
        }
        if n == 0.0 || chance == 0.0 {
            undefined!("outcomes and predictions are all alike: no agreement beyond chance is possible");
        }
        Ok(1.0 - observed / chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_classes_agree_with_the_two_by_two_table() {
        let class = [0, 0, 0, 1, 1, 1, 1, 0, 1];
        let predicted = [0, 1, 0, 1, 1, 0, 1, 0, 1];
        let table = ClassConfusion::new(&class, &predicted, 2).unwrap();
        let two = table.against_rest(1);
        assert!((table.mcc().unwrap() - two.mcc().unwrap()).abs() < 1e-15);
        assert!((table.kappa(KappaWeight::Quadratic).unwrap() - two.kappa().unwrap()).abs() < 1e-15);
        assert!((table.balanced_accuracy().unwrap() - two.balanced_accuracy().unwrap()).abs() < 1e-15);
        assert_eq!(two.true_positives, 4);
    }

    #[test]
    fn a_class_that_is_never_predicted() {
        let table = ClassConfusion::new(&[0, 1, 2], &[0, 0, 0], 3).unwrap();
        assert!(table.macro_ppv().is_err());
        assert!(table.mcc().is_err());
        assert!((table.balanced_accuracy().unwrap() - 1.0 / 3.0).abs() < 1e-15);
        assert!((table.macro_f1().unwrap() - 0.5 / 3.0).abs() < 1e-15);
        assert!(ClassConfusion::new(&[0, 3], &[0, 0], 3).is_err());
        assert!(ClassConfusion::new(&[], &[], 2).unwrap().kappa(KappaWeight::Linear).is_err());
    }
}
