//! What can be chosen about a path.

use crate::error::{Error, Result};

/// The penalties at which a model is fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Lambdas {
    /// `count` penalties, equally spaced on the log scale, from the smallest that leaves every penalised coefficient at zero down to
    /// `smallest` times that. The path may end earlier, once the fit explains all or gains nothing.
    Automatic {
        /// How many penalties.
        count: usize,
        /// Last penalty over first; `None`: 1e-4 where there are at least as many rows as features, else 1e-2.
        smallest: Option<f64>,
    },
    /// These, largest first; all are fitted.
    Given(Vec<f64>),
}

/// How the K coefficients of one feature are penalised in a multinomial model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Each by itself: a feature may speak for one class only.
    #[default]
    Ungrouped,
    /// By their joint length: a feature is in for all classes or out.
    Grouped,
}

/// Choices of a penalised logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// 1 is the LASSO, 0 ridge, between them the elastic net.
    pub alpha: f64,
    /// Penalties.
    pub lambdas: Lambdas,
    /// Relative penalty of each feature, 0 for one that must stay in; rescaled to sum to the number of features. `None`: equal.
    pub penalty_factors: Option<Vec<f64>>,
    /// Weight of each row; `None`: equal.
    pub weights: Option<Vec<f64>>,
    /// Scale features to unit population standard deviation before they are penalised. Coefficients are always of the original scale.
    pub standardise: bool,
    /// A fit ends when no coefficient changes the linear predictor, squared and averaged over the rows, by more than this part of the
    /// null deviance.
    pub threshold: f64,
    /// Passes over the coefficients that a whole path may take.
    pub passes: usize,
    /// For three and more classes.
    pub grouping: Grouping,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            alpha: 1.0,
            lambdas: Lambdas::Automatic { count: 100, smallest: None },
            penalty_factors: None,
            weights: None,
            standardise: true,
            threshold: 1e-7,
            passes: 1_000_000,
            grouping: Grouping::Ungrouped,
        }
    }
}

impl Options {
    /// Refuses what no fit could use.
    pub(super) fn check(&self, rows: usize, features: usize) -> Result<()> {
        if !(0.0..=1.0).contains(&self.alpha) {
            return Err(Error::usage(format!("alpha must lie between 0 (ridge) and 1 (LASSO), not {}", self.alpha)));
        }
        if !(self.threshold > 0.0) {
            return Err(Error::usage(format!("the convergence threshold must be positive, not {}", self.threshold)));
        }
        match &self.lambdas {
            Lambdas::Automatic { count, smallest } => {
                if *count == 0 {
                    return Err(Error::usage("a path needs at least one penalty"));
                }
                if smallest.is_some_and(|ratio| !(ratio > 0.0 && ratio < 1.0)) {
                    return Err(Error::usage("the ratio of the smallest to the largest penalty must lie between 0 and 1"));
                }
            }
            Lambdas::Given(values) => {
                if values.is_empty() || values.iter().any(|value| !(value.is_finite() && *value >= 0.0)) {
                    return Err(Error::usage("penalties must be finite, not negative, and at least one"));
                }
            }
        }
        for (what, values, expected) in
            [("penalty factors", &self.penalty_factors, features), ("case weights", &self.weights, rows)]
        {
            let Some(values) = values else { continue };
            if values.len() != expected {
                return Err(Error::usage(format!(
                    "{} {what} for {expected} {}",
                    values.len(),
                    if what == "case weights" { "rows" } else { "features" }
                )));
            }
            if values.iter().any(|value| !(value.is_finite() && *value >= 0.0)) {
                return Err(Error::usage(format!("{what} must be finite and not negative")));
            }
        }
        if features > 0 && self.penalty_factors.as_ref().is_some_and(|factors| factors.iter().sum::<f64>() <= 0.0) {
            return Err(Error::usage(
                "all penalty factors are zero: this is no penalised model; fit a logistic regression instead",
            ));
        }
        Ok(())
    }
}
