//! Ridge, LASSO and elastic net, with the penalty tuned on inner folds of the training rows.

use super::elastic_net::{Curve, Lambdas, Measure, Options, PathFit, Score, cross_validate, fit_path};
use super::linear::FittedRegression;
use super::prevalence::Shares;
use crate::error::{Error, Result};
use crate::learn::{Learner, Link, Predictor, Probabilities, TrainRows};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which penalty of the path is used.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lambda {
    /// The one with the smallest inner cross-validated deviance (glmnet's `lambda.min`).
    #[default]
    Min,
    /// The largest whose deviance is within one standard error of the smallest (glmnet's `lambda.1se`): fewer features.
    OneSe,
    /// This one.
    Fixed(f64),
}

impl Lambda {
    /// The fit at this penalty, one score per class (one for two classes). A fixed penalty is fitted by itself and to the end: on a path
    /// it would be a blend of its neighbours, and nothing is to be tuned.
    pub fn scores(&self, train: &TrainRows, alpha: f64, standardise: bool) -> Result<Vec<Score>> {
        let tuned = || tuned_path(train, alpha, standardise);
        let (path, lambda) = match self {
            Lambda::Min => tuned().map(|tuned| (tuned.path, tuned.curve.lambda_min))?,
            Lambda::OneSe => tuned().map(|tuned| (tuned.path, tuned.curve.lambda_1se))?,
            Lambda::Fixed(lambda) => (path_at(train, alpha, standardise, *lambda)?, *lambda),
        };
        Ok(path.at(lambda))
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Lambda::Min => "λ of smallest inner cross-validated deviance".into(),
            Lambda::OneSe => "λ by the one-standard-error rule on inner folds".into(),
            Lambda::Fixed(lambda) => format!("λ = {lambda}"),
        }
    }
}

/// Logistic regression with an L2 penalty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Ridge {
    /// Which penalty.
    pub lambda: Lambda,
    /// Scale columns to unit variance before they are penalised.
    pub standardise: bool,
}

impl Default for Ridge {
    fn default() -> Self {
        Ridge { lambda: Lambda::Min, standardise: true }
    }
}

/// Logistic regression with an L1 penalty: most coefficients are zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Lasso {
    /// Which penalty.
    pub lambda: Lambda,
    /// Scale columns to unit variance before they are penalised.
    pub standardise: bool,
}

impl Default for Lasso {
    fn default() -> Self {
        Lasso { lambda: Lambda::Min, standardise: true }
    }
}

/// Logistic regression with both penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ElasticNet {
    /// Share of the L1 penalty: 1 is the LASSO, 0 ridge.
    pub alpha: f64,
    /// Which penalty.
    pub lambda: Lambda,
    /// Scale columns to unit variance before they are penalised.
    pub standardise: bool,
}

impl Default for ElasticNet {
    fn default() -> Self {
        ElasticNet { alpha: 0.5, lambda: Lambda::Min, standardise: true }
    }
}

/// A path of penalties with its inner cross-validated deviance.
pub struct TunedPath {
    /// The path on all training rows.
    pub path: PathFit,
    /// Mean deviance over inner folds, per penalty, with its standard error.
    pub curve: Curve,
}

/// Fits the path and its inner cross-validation on training rows.
///
/// # Errors
/// [`Error::Study`] where a class is too small to be tuned on.
pub fn tuned_path(train: &TrainRows, alpha: f64, standardise: bool) -> Result<TunedPath> {
    let x = train.features().matrix()?;
    let outcome: Vec<usize> = train.outcome().iter().map(|&class| class as usize).collect();
    let folds = train.fold_ids(train.inner_folds(), "penalty")?;
    let options = Options { alpha, standardise, ..Options::default() };
    let tuned = cross_validate(x.view(), &outcome, &folds, Measure::Deviance, &options)?;
    let curve = tuned.curve(Measure::Deviance)?;
    Ok(TunedPath { path: tuned.path, curve })
}

/// Ridge at a fixed small penalty: what stands in for a multinomial maximum likelihood that does not exist.
pub(super) fn lightly_penalised(train: &TrainRows, notice: String) -> Result<Box<dyn Predictor>> {
    regression(train, &Lambda::Fixed(LIGHT).scores(train, 0.0, true)?, vec![notice])
}

/// The fit at one penalty. One fit takes little of the time of a tuned path, so it need not stop where glmnet's default does.
fn path_at(train: &TrainRows, alpha: f64, standardise: bool, lambda: f64) -> Result<PathFit> {
    let x = train.features().matrix()?;
    let outcome: Vec<usize> = train.outcome().iter().map(|&class| class as usize).collect();
    let options = Options { alpha, standardise, lambdas: Lambdas::Given(vec![lambda]), threshold: 1e-12, ..Options::default() };
    fit_path(x.view(), &outcome, &options)
}

/// The penalty of [`lightly_penalised`], on glmnet's scale for standardised columns.
pub(super) const LIGHT: f64 = 0.01;

fn fit(train: &TrainRows, alpha: f64, lambda: Lambda, standardise: bool) -> Result<Box<dyn Predictor>> {
    if !(0.0..=1.0).contains(&alpha) {
        return Err(Error::usage(format!("elastic-net alpha {alpha}: give a number from 0 to 1")));
    }
    // Without any column that varies there is nothing to penalise.
    let varies = |values: &[f64]| values.iter().any(|x| *x != values[0]);
    if !train.features().columns().iter().any(|column| column.numbers().is_some_and(varies)) {
        return Ok(Box::new(Shares(train.prevalence())));
    }
    regression(train, &lambda.scores(train, alpha, standardise)?, Vec::new())
}

/// Scores of a path as a fitted regression.
fn regression(train: &TrainRows, scores: &[Score], notices: Vec<String>) -> Result<Box<dyn Predictor>> {
    let used = (0..train.features().columns().len()).filter(|&j| scores.iter().any(|score| score.coefficient(j) != 0.0));
    let (link, intercepts, slopes): (_, Vec<f64>, Vec<(usize, Vec<f64>)>) = match scores {
        [score] => (Link::Logistic, vec![score.intercept], used.map(|j| (j, vec![score.coefficient(j)])).collect()),
        // glmnet gives each class a score; what decides is its difference to that of class 0.
        [base, rest @ ..] => (
            Link::Multinomial,
            rest.iter().map(|score| score.intercept - base.intercept).collect(),
            used.map(|j| (j, rest.iter().map(|score| score.coefficient(j) - base.coefficient(j)).collect())).collect(),
        ),
        [] => return Err(Error::numeric("the regularisation path is empty")),
    };
    Ok(Box::new(FittedRegression::new(train, link, intercepts, slopes, None, notices)))
}

macro_rules! learner {
    ($name:ident, $alpha:expr) => {
        impl Learner for $name {
            fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
                let alpha: fn(&$name) -> f64 = $alpha;
                fit(train, alpha(self), self.lambda, self.standardise)
            }

            fn fingerprint(&self) -> String {
                format!("{self:?}")
            }

            fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
                Ok(train.inner_scores(self)?.probabilities().clone())
            }
        }
    };
}

learner!(Ridge, |_| 0.0);
learner!(Lasso, |_| 1.0);
learner!(ElasticNet, |net| net.alpha);
