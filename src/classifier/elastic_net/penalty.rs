//! The elastic-net penalty.

use super::design::Design;
use super::options::Options;

/// Penalty of one coefficient: `l1 |b| + l2 b^2 / 2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weight {
    pub l1: f64,
    pub l2: f64,
}

/// `lambda sum_j factor_j (alpha |b_j| + (1 - alpha) b_j^2 / 2)`, with factors that sum to the number of features.
#[derive(Debug, Clone)]
pub(super) struct Penalty {
    alpha: f64,
    factors: Vec<f64>,
    usable: Vec<bool>,
}

impl Penalty {
    /// The penalty that `options` ask for.
    pub fn new(options: &Options, design: &Design) -> Self {
        let features = design.features();
        let factors = match &options.penalty_factors {
            None => vec![1.0; features],
            Some(given) => {
                let total: f64 = given.iter().sum();
                given.iter().map(|factor| factor * features as f64 / total).collect()
            }
        };
        Penalty { alpha: options.alpha, factors, usable: design.length.iter().map(|&length| length > 0.0).collect() }
    }

    /// Does the feature take part unpenalised?
    pub fn free(&self, j: usize) -> bool {
        self.usable[j] && self.factors[j] == 0.0
    }

    /// Both parts of the penalty of a feature.
    pub fn weight(&self, lambda: f64, j: usize) -> Weight {
        if self.factors[j] == 0.0 {
            return Weight { l1: 0.0, l2: 0.0 };
        }
        Weight { l1: lambda * self.alpha * self.factors[j], l2: lambda * (1.0 - self.alpha) * self.factors[j] }
    }

    /// The largest gradient over its factor among the penalised features.
    pub fn steepest(&self, gradients: impl Iterator<Item = (u32, f64)>) -> f64 {
        gradients
            .filter(|&(j, _)| self.factors[j as usize] > 0.0)
            .map(|(j, gradient)| gradient / self.factors[j as usize])
            .fold(0.0, f64::max)
    }
}
