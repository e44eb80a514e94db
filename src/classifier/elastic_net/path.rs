//! A path: one model per penalty, each started from the last, until all are fitted or a smaller penalty gains nothing.

use super::design::Design;
use super::fit::{PathEnd, PathFit, Score};
use super::lambda;
use super::options::{Lambdas, Options};
use crate::error::{Error, Result};

/// Explained deviance beyond which an automatic path ends, and the least gain for which it goes on.
const SATURATED: f64 = 0.999;
const LEAST_GAIN: f64 = 1e-5;
/// An automatic path has at least this many penalties before it may end.
const LEAST_STEPS: usize = 5;

/// What moves the model from one penalty to the next.
pub(super) trait Solver {
    /// Fits the unpenalised features alone and says how steep the likelihood then is: the largest gradient of a penalised feature over
    /// its factor. `None` if that fit does not converge.
    fn start(&mut self) -> Option<f64>;

    /// Moves the model to its optimum at `lambda`; `next` is the penalty after it. `None` if the passes ran out first.
    fn fit(&mut self, lambda: f64, next: Option<f64>) -> Option<()>;

    /// Deviance of the model, per unit of weight.
    fn deviance(&self) -> f64;

    /// The model on the scale of the features as given.
    fn scores(&self) -> Vec<Score>;
}

/// Fits the whole path. `null` is the deviance without features per unit of weight, `total` the sum of the case weights as given.
pub(super) fn walk(
    mut solver: impl Solver,
    design: &Design,
    options: &Options,
    classes: usize,
    null: f64,
    total: f64,
) -> Result<PathFit> {
    let steepest = solver.start().ok_or_else(|| {
        Error::numeric("the model of the unpenalised features did not converge: they separate the classes; penalise them too")
    })?;
    let lambdas = lambda::sequence(&options.lambdas, options.alpha, steepest, design.rows(), design.features());
    let automatic = matches!(options.lambdas, Lambdas::Automatic { .. });
    let mut fit = PathFit {
        classes,
        features: design.features(),
        lambda: Vec::with_capacity(lambdas.len()),
        scores: Vec::with_capacity(lambdas.len()),
        df: Vec::with_capacity(lambdas.len()),
        dev_ratio: Vec::with_capacity(lambdas.len()),
        null_deviance: null * total,
        end: PathEnd::Complete,
    };
    for (step, &lambda) in lambdas.iter().enumerate() {
        // The first automatic penalty stands for an infinite one, whose model we have.
        let ready = automatic && step == 0;
        if !ready && solver.fit(lambda, lambdas.get(step + 1).copied()).is_none() {
            if step == 0 {
                return Err(Error::numeric(format!("no convergence at lambda {lambda} within {} passes", options.passes)));
            }
            fit.end = PathEnd::NotConverged;
            break;
        }
        let explained = 1.0 - solver.deviance() / null;
        let gain = explained - fit.dev_ratio.last().copied().unwrap_or(f64::NEG_INFINITY);
        let scores = solver.scores();
        fit.lambda.push(lambda);
        fit.df.push(used(&scores));
        fit.dev_ratio.push(explained);
        fit.scores.push(scores);
        if automatic && step + 1 >= LEAST_STEPS && step + 1 < lambdas.len() {
            if explained > SATURATED {
                fit.end = PathEnd::Saturated;
                break;
            }
            if gain < LEAST_GAIN {
                fit.end = PathEnd::NoGain;
                break;
            }
        }
    }
    Ok(fit)
}

/// Features with a coefficient in any score.
fn used(scores: &[Score]) -> usize {
    let mut features: Vec<u32> = scores.iter().flat_map(|score| &score.features).copied().collect();
    features.sort_unstable();
    features.dedup();
    features.len()
}
