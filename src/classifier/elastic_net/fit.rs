//! A fitted path: what it says, what it predicts.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::design::Design;
use super::lambda::Between;

/// One linear score: an intercept and the coefficients that are not zero, of the features as they were given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Constant term.
    pub intercept: f64,
    /// Features with a coefficient, ascending.
    pub features: Vec<u32>,
    /// Their coefficients.
    pub coefficients: Vec<f64>,
}

impl Score {
    /// From coefficients of standardised features, in any order; those that are zero are left out.
    pub(super) fn new(intercept: f64, terms: impl Iterator<Item = (u32, f64)>, design: &Design) -> Self {
        let mut terms: Vec<(u32, f64)> =
            terms.filter(|&(_, b)| b != 0.0).map(|(j, b)| (j, b / design.scale[j as usize])).collect();
        terms.sort_unstable_by_key(|&(j, _)| j);
        let intercept = terms.iter().fold(intercept, |sum, &(j, b)| sum - b * design.center[j as usize]);
        let (features, coefficients) = terms.into_iter().unzip();
        Score { intercept, features, coefficients }
    }

    /// The coefficient of a feature, 0 if it has none.
    pub fn coefficient(&self, feature: usize) -> f64 {
        self.features.binary_search(&(feature as u32)).map_or(0.0, |i| self.coefficients[i])
    }

    /// `self (1 - right) + other right`.
    fn blend(&self, other: &Score, right: f64) -> Score {
        let left = 1.0 - right;
        let mut blend = Score { intercept: left * self.intercept + right * other.intercept, ..Score::default() };
        let mut features: Vec<u32> = self.features.iter().chain(&other.features).copied().collect();
        features.sort_unstable();
        features.dedup();
        for feature in features {
            let value = left * self.coefficient(feature as usize) + right * other.coefficient(feature as usize);
            blend.features.push(feature);
            blend.coefficients.push(value);
        }
        blend
    }

    /// The linear predictor of one case.
    fn of(&self, case: ndarray::ArrayView1<f64>) -> f64 {
        self.features.iter().zip(&self.coefficients).fold(self.intercept, |sum, (&j, b)| sum + b * case[j as usize])
    }
}

/// Why a path ended where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathEnd {
    /// All penalties are fitted.
    Complete,
    /// More than 99.9 % of the deviance is explained: the classes are all but separated.
    Saturated,
    /// A smaller penalty explains less than 1e-5 more of the deviance.
    NoGain,
    /// The next fit did not converge within the passes allowed; the earlier ones did.
    NotConverged,
}

/// Penalised logistic models of one outcome for a sequence of penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathFit {
    /// Classes of the outcome.
    pub classes: usize,
    /// Features that were offered.
    pub features: usize,
    /// Penalties, largest first. For ridge with automatic penalties the first stands for an infinite one.
    pub lambda: Vec<f64>,
    /// Per penalty: one score for two classes (the log odds of class 1), K scores for K classes.
    pub scores: Vec<Vec<Score>>,
    /// Per penalty: features with a coefficient for any class.
    pub df: Vec<usize>,
    /// Per penalty: part of the null deviance that is explained.
    pub dev_ratio: Vec<f64>,
    /// Deviance of the model with intercepts only, in the units of the case weights.
    pub null_deviance: f64,
    /// Why there are no smaller penalties.
    pub end: PathEnd,
}

impl PathFit {
    /// Per penalty: coefficients that are not zero; of several scores the median, rounded up, as `cv.glmnet` reports it.
    pub fn nonzero(&self) -> Vec<usize> {
        let median = |scores: &Vec<Score>| {
            let mut counts: Vec<usize> = scores.iter().map(|score| score.features.len()).collect();
            counts.sort_unstable();
            let middle = counts.len() / 2;
            if counts.len() % 2 == 1 { counts[middle] } else { (counts[middle - 1] + counts[middle]).div_ceil(2) }
        };
        self.scores.iter().map(median).collect()
    }

    /// The model at `lambda`: coefficients are interpolated linearly in lambda between the two fitted neighbours, and are those of the
    /// nearest end outside the path.
    pub fn at(&self, lambda: f64) -> Vec<Score> {
        let Between { left, right, share } = Between::find(&self.lambda, lambda);
        if left == right {
            return self.scores[left].clone();
        }
        self.scores[left].iter().zip(&self.scores[right]).map(|(left, right)| left.blend(right, share)).collect()
    }

    /// Linear predictors at `lambda`: a column for two classes (the log odds of class 1), K columns for K.
    pub fn link(&self, lambda: f64, cases: ArrayView2<f64>) -> Array2<f64> {
        let scores = self.at(lambda);
        Array2::from_shape_fn((cases.nrows(), scores.len()), |(i, k)| scores[k].of(cases.row(i)))
    }

    /// Class probabilities at `lambda`, a column per class.
    pub fn probabilities(&self, lambda: f64, cases: ArrayView2<f64>) -> Array2<f64> {
        let link = self.link(lambda, cases);
        let mut probabilities = Array2::zeros((cases.nrows(), self.classes));
        for (link, mut row) in link.outer_iter().zip(probabilities.outer_iter_mut()) {
            let link: Vec<f64> = link.to_vec();
            row.iter_mut().zip(class_probabilities(&link)).for_each(|(cell, p)| *cell = p);
        }
        probabilities
    }
}

/// The probabilities of the classes, given the linear predictors of one case: one for two classes, else one per class.
pub(super) fn class_probabilities(link: &[f64]) -> Vec<f64> {
    if let [odds] = *link {
        return vec![sigmoid(-odds), sigmoid(odds)];
    }
    let top = link.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = link.iter().map(|value| (value - top).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// `1 / (1 + exp(-x))`, which keeps its digits at both ends.
fn sigmoid(x: f64) -> f64 {
    let odds = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + odds) } else { odds / (1.0 + odds) }
}
