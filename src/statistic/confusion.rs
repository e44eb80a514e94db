//! Decisions against the truth: sensitivity, specificity, predictive values and what is made of them.

use super::beta::beta_quantile;
use super::estimate::{Defined, Estimate, Method, undefined};
use super::normal;
use serde::{Deserialize, Serialize};

/// Wilson's score interval of k of n.
///
/// # Reference
/// Wilson, J Am Stat Assoc 1927;22:209.
pub fn wilson(k: usize, n: usize, level: f64) -> Defined<Estimate> {
    if n == 0 {
        undefined!("a share of no cases");
    }
    let (k, n) = (k as f64, n as f64);
    let z = normal::critical(level);
    let centre = (k + z * z / 2.0) / (n + z * z);
    let half = z * n.sqrt() / (n + z * z) * (k / n * (1.0 - k / n) + z * z / (4.0 * n)).sqrt();
    let p = k / n;
    // Rounding must not push the limit at 0 or n of n past it.
    let lower = if k == 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let upper = if k == n { 1.0 } else { (centre + half).min(1.0) };
    Ok(Estimate::with_interval(p, Some((p * (1.0 - p) / n).sqrt()), lower, upper, level, Method::Wilson))
}

/// Clopper and Pearson's exact interval of k of n.
///
/// # Reference
/// Clopper & Pearson, Biometrika 1934;26:404.
pub fn clopper_pearson(k: usize, n: usize, level: f64) -> Defined<Estimate> {
    if n == 0 {
        undefined!("a share of no cases");
    }
    let tail = (1.0 - level) / 2.0;
    let (x, y) = (k as f64, (n - k) as f64);
    let lower = if k == 0 { 0.0 } else { beta_quantile(x, y + 1.0, tail, 1.0 - tail).0 };
    let upper = if k == n { 1.0 } else { beta_quantile(x + 1.0, y, 1.0 - tail, tail).0 };
    let p = x / n as f64;
    let se = (p * (1.0 - p) / n as f64).sqrt();
    Ok(Estimate::with_interval(p, Some(se), lower, upper, level, Method::ClopperPearson))
}

/// The four counts of a binary decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Events called positive.
    pub true_positive: usize,
    /// Non-events called positive.
    pub false_positive: usize,
    /// Events called negative.
    pub false_negative: usize,
    /// Non-events called negative.
    pub true_negative: usize,
}

impl Confusion {
    /// Counts decisions.
    pub fn of(event: &[bool], positive: &[bool]) -> Self {
        let count = |e: bool, p: bool| event.iter().zip(positive).filter(|(event, called)| **event == e && **called == p).count();
        Confusion {
            true_positive: count(true, true),
            false_positive: count(false, true),
            false_negative: count(true, false),
            true_negative: count(false, false),
        }
    }

    /// Counts decisions at a threshold: positive when the score is at least it.
    pub fn at(event: &[bool], score: &[f64], threshold: f64) -> Self {
        Self::of(event, &score.iter().map(|&s| s >= threshold).collect::<Vec<_>>())
    }

    /// Share of events called positive, with Wilson's interval.
    pub fn sensitivity(&self, level: f64) -> Defined<Estimate> {
        wilson(self.true_positive, self.true_positive + self.false_negative, level)
    }

    /// Share of non-events called negative.
    pub fn specificity(&self, level: f64) -> Defined<Estimate> {
        wilson(self.true_negative, self.true_negative + self.false_positive, level)
    }

    /// Share of positive calls that are events.
    pub fn ppv(&self, level: f64) -> Defined<Estimate> {
        wilson(self.true_positive, self.true_positive + self.false_positive, level)
    }

    /// Share of negative calls that are non-events.
    pub fn npv(&self, level: f64) -> Defined<Estimate> {
        wilson(self.true_negative, self.true_negative + self.false_negative, level)
    }

    /// Share of right calls.
    pub fn accuracy(&self, level: f64) -> Defined<Estimate> {
        let right = self.true_positive + self.true_negative;
        wilson(right, right + self.false_positive + self.false_negative, level)
    }

    /// The counts as a matrix, rows true and columns called classes, negative first.
    pub fn matrix(&self) -> ConfusionMatrix {
        ConfusionMatrix {
            counts: vec![vec![self.true_negative, self.false_positive], vec![self.false_negative, self.true_positive]],
        }
    }
}

/// Counts for K classes: rows are true, columns called classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    /// K × K counts.
    pub counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// Counts calls of K classes.
    pub fn of(truth: &[usize], called: &[usize], classes: usize) -> Self {
        let mut counts = vec![vec![0; classes]; classes];
        truth.iter().zip(called).for_each(|(&t, &c)| counts[t][c] += 1);
        ConfusionMatrix { counts }
    }

    fn classes(&self) -> usize {
        self.counts.len()
    }

    fn total(&self) -> f64 {
        self.counts.iter().flatten().sum::<usize>() as f64
    }

    fn row(&self, k: usize) -> f64 {
        self.counts[k].iter().sum::<usize>() as f64
    }

    fn column(&self, k: usize) -> f64 {
        self.counts.iter().map(|row| row[k]).sum::<usize>() as f64
    }

    fn hits(&self) -> f64 {
        (0..self.classes()).map(|k| self.counts[k][k]).sum::<usize>() as f64
    }

    /// One class against the rest.
    pub fn one_versus_rest(&self, k: usize) -> Confusion {
        let true_positive = self.counts[k][k];
        let false_negative = self.counts[k].iter().sum::<usize>() - true_positive;
        let false_positive = self.counts.iter().map(|row| row[k]).sum::<usize>() - true_positive;
        let all: usize = self.counts.iter().flatten().sum();
        Confusion {
            true_positive,
            false_positive,
            false_negative,
            true_negative: all - true_positive - false_positive - false_negative,
        }
    }

    /// Share of right calls.
    pub fn accuracy(&self, level: f64) -> Defined<Estimate> {
        wilson(self.hits() as usize, self.total() as usize, level)
    }

    /// Mean over classes of the share called rightly (macro recall).
    pub fn balanced_accuracy(&self) -> Defined<f64> {
        if (0..self.classes()).any(|k| self.row(k) == 0.0) {
            undefined!("a class has no case");
        }
        Ok((0..self.classes()).map(|k| self.counts[k][k] as f64 / self.row(k)).sum::<f64>() / self.classes() as f64)
    }

    /// F1 of a class: 2 TP / (2 TP + FP + FN); undefined where the class is neither there nor called.
    pub fn f1(&self, k: usize) -> Defined<f64> {
        let both = self.row(k) + self.column(k);
        if both == 0.0 {
            undefined!("the class is neither there nor called");
        }
        Ok(2.0 * self.counts[k][k] as f64 / both)
    }

    /// Mean of the classes' F1.
    pub fn f1_macro(&self) -> Defined<f64> {
        let all: Vec<f64> = (0..self.classes()).map(|k| self.f1(k)).collect::<Defined<_>>()?;
        Ok(all.iter().sum::<f64>() / all.len() as f64)
    }

    /// Mean of the classes' F1, weighted by their numbers of cases.
    pub fn f1_weighted(&self) -> Defined<f64> {
        let mut sum = 0.0;
        for k in 0..self.classes() {
            sum += self.f1(k)? * self.row(k);
        }
        Ok(sum / self.total())
    }

    /// Matthews' correlation coefficient; for K classes Gorodkin's R_K.
    ///
    /// # Reference
    /// Matthews, Biochim Biophys Acta 1975;405:442. Gorodkin, Comput Biol Chem 2004;28:367.
    pub fn mcc(&self) -> Defined<f64> {
        let n = self.total();
        let agreement: f64 = (0..self.classes()).map(|k| self.row(k) * self.column(k)).sum();
        let rows: f64 = (0..self.classes()).map(|k| self.row(k).powi(2)).sum();
        let columns: f64 = (0..self.classes()).map(|k| self.column(k).powi(2)).sum();
        let scale = (n * n - rows) * (n * n - columns);
        if scale <= 0.0 {
            undefined!("Matthews' correlation needs two classes among the cases and among the calls");
        }
        Ok((self.hits() * n - agreement) / scale.sqrt())
    }

    /// Cohen's kappa; with `power` 1 or 2 weighted linearly or quadratically by the distance of ordered classes.
    ///
    /// # Reference
    /// Cohen, Psychol Bull 1968;70:213.
    pub fn kappa(&self, power: Option<i32>) -> Defined<f64> {
        let n = self.total();
        let weight = |i: usize, j: usize| match power {
            None => f64::from(u8::from(i != j)),
            Some(power) => (i as f64 - j as f64).abs().powi(power),
        };
        let (mut observed, mut expected) = (0.0, 0.0);
        for i in 0..self.classes() {
            for j in 0..self.classes() {
                observed += weight(i, j) * self.counts[i][j] as f64 / n;
                expected += weight(i, j) * self.row(i) * self.column(j) / (n * n);
            }
        }
        if !(expected > 0.0) {
            undefined!("kappa needs two classes among the cases or the calls");
        }
        Ok(1.0 - observed / expected)
    }
}
