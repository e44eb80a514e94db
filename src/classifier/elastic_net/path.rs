//! A path: one model per penalty, each started from the last, until all are fitted or a smaller penalty gains nothing.

use ndarray::ArrayView2;

use super::design::{Design, Source};
use super::fit::{PathEnd, PathFit, Score};
use super::grouped::Grouped;
use super::lambda;
use super::likelihood::{Binary, Likelihood, Multinomial};
use super::options::{Grouping, Lambdas, Options};
use super::separate::Separate;
use crate::error::{Error, Result};

/// Explained deviance beyond which an automatic path ends, and the least gain for which it goes on.
const SATURATED: f64 = 0.999;
const LEAST_GAIN: f64 = 1e-5;
/// An automatic path has at least this many penalties before it may end.
const LEAST_STEPS: usize = 5;

/// Fits a penalised logistic model of `outcome` on the rows of `x` for a whole sequence of penalties. Classes are numbered from 0, and
/// each number up to the largest must occur.
///
/// # Errors
/// [`Error::Usage`] for options that fit nothing, [`Error::Study`] if a class has no cases, [`Error::Numeric`] for missing values or a
/// first model that does not converge.
pub fn fit_path(x: ArrayView2<f64>, outcome: &[usize], options: &Options) -> Result<PathFit> {
    options.check(x.nrows(), x.ncols())?;
    let classes = count_classes(x.nrows(), outcome)?;
    let rows: Vec<usize> = (0..x.nrows()).collect();
    fit_rows(&Source::new(x), &rows, outcome, classes, options)
}

/// The number of classes of an outcome, which must name one for each row.
pub(super) fn count_classes(rows: usize, outcome: &[usize]) -> Result<usize> {
    if outcome.len() != rows {
        return Err(Error::usage(format!("{} outcomes for {rows} rows", outcome.len())));
    }
    match outcome.iter().max() {
        Some(&last) if last > 0 => Ok(last + 1),
        _ => Err(Error::study("all cases are of one class: there is nothing to tell apart")),
    }
}

/// [`fit_path`] on some of the rows; everything is checked already.
pub(super) fn fit_rows(source: &Source, rows: &[usize], outcome: &[usize], classes: usize, options: &Options) -> Result<PathFit> {
    let weight = |row: usize| options.weights.as_ref().map_or(1.0, |weights| weights[row]);
    let rows: Vec<usize> = rows.iter().copied().filter(|&row| weight(row) > 0.0).collect();
    let total: f64 = rows.iter().map(|&row| weight(row)).sum();
    let weights: Vec<f64> = rows.iter().map(|&row| weight(row) / total).collect();
    let class: Vec<usize> = rows.iter().map(|&row| outcome[row]).collect();
    let mut shares = vec![0.0; classes];
    class.iter().zip(&weights).for_each(|(&class, weight)| shares[class] += weight);
    if let Some(empty) = shares.iter().position(|&share| share == 0.0) {
        return Err(Error::study(format!("class {empty} has no cases among the {} training rows", rows.len())));
    }
    let design = Design::new(source, &rows, &weights, options.standardise)?;
    if design.length.iter().all(|&length| length == 0.0) {
        return Err(Error::study(format!("no feature varies among the {} training rows", rows.len())));
    }
    let walk = Walk { design: &design, options, classes, total };
    if classes == 2 {
        let event: Vec<f64> = class.iter().map(|&class| class as f64).collect();
        let intercept = (shares[1] / shares[0]).ln();
        let likelihood = Binary::new(&event, &weights, intercept);
        let null = likelihood.deviance();
        return walk.along(Separate::new(&design, options, likelihood, &[intercept], null), null);
    }
    let intercepts: Vec<f64> = shares.iter().map(|share| share.ln()).collect();
    let likelihood = Multinomial::new(&class, &weights, &intercepts);
    let null = likelihood.deviance();
    // The ridge penalty of a feature is the same grouped or not.
    if options.grouping == Grouping::Grouped && options.alpha > 0.0 {
        walk.along(Grouped::new(&design, options, likelihood, &intercepts, null), null)
    } else {
        walk.along(Separate::new(&design, options, likelihood, &intercepts, null), null)
    }
}

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

/// The circumstances of a path.
struct Walk<'a> {
    design: &'a Design,
    options: &'a Options,
    classes: usize,
    /// Sum of the case weights as given.
    total: f64,
}

impl Walk<'_> {
    /// Fits the whole path. `null` is the deviance without features, per unit of weight.
    fn along(&self, mut solver: impl Solver, null: f64) -> Result<PathFit> {
        let Walk { design, options, classes, total } = *self;
        let separated = || {
            Error::numeric(
                "the unpenalised features alone separate the classes, so their coefficients have no end: penalise them",
            )
        };
        let steepest = solver.start().ok_or_else(separated)?;
        if 1.0 - solver.deviance() / null > SATURATED {
            return Err(separated());
        }
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
}

/// Features with a coefficient in any score.
fn used(scores: &[Score]) -> usize {
    let mut features: Vec<u32> = scores.iter().flat_map(|score| &score.features).copied().collect();
    features.sort_unstable();
    features.dedup();
    features.len()
}
