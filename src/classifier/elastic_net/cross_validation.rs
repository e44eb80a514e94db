//! How well the models of a path predict cases that they were not fitted on, and which penalty to choose by it.
//!
//! As R's `cv.glmnet`: every fold has a path of its own, with penalties of its own; at the penalties of the path of all cases its
//! linear predictors are interpolated. A measure is averaged within each fold, then over the folds by their weight.

use ndarray::{Array3, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::design::Source;
use super::fit::{PathFit, class_probabilities};
use super::lambda::Between;
use super::options::Options;
use super::path::{count_classes, fit_rows};
use crate::error::{Error, Result};

/// Probabilities are kept this far from 0 and 1 in the deviance.
const LEAST_PROBABILITY: f64 = 1e-5;
/// Fewer cases per fold make an AUC within a fold meaningless.
const LEAST_CASES_AUC: f64 = 10.0;
/// Fewer cases per fold make an average within a fold meaningless: each case then stands for itself.
const LEAST_CASES: f64 = 3.0;

/// What is measured on the cases of a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// `-2 log p(class of the case)`, averaged.
    Deviance,
    /// Area under the ROC curve within the fold; two classes only. A fold with one class has none and is left out.
    Auc,
    /// Part of the cases whose most probable class is not theirs.
    Misclassification,
    /// `sum_k (y_k - p_k)^2`, averaged: for two classes twice the score that takes the event alone.
    Brier,
}

/// A measure along the path, and the penalties to choose by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// What was measured.
    pub measure: Measure,
    /// Per penalty of the path of all cases: mean over the folds.
    pub mean: Vec<f64>,
    /// Per penalty: standard error of the mean, `sqrt(sum_f w_f (m_f - mean)^2 / sum_f w_f / (folds - 1))`.
    pub se: Vec<f64>,
    /// The largest penalty with the best mean.
    pub lambda_min: f64,
    /// The largest penalty whose mean is within one standard error of the best.
    pub lambda_1se: f64,
}

/// A path and what its siblings say about cases that they have not seen.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// Fitted on all cases.
    pub path: PathFit,
    /// What was measured to choose the penalty.
    pub measure: Measure,
    /// Per penalty of the path: mean over the folds.
    pub mean: Vec<f64>,
    /// Per penalty: standard error of the mean.
    pub se: Vec<f64>,
    /// The largest penalty with the best mean.
    pub lambda_min: f64,
    /// The largest penalty whose mean is within one standard error of the best.
    pub lambda_1se: f64,
    held_out: HeldOut,
}

/// What the models of the folds say about the cases that they have not seen.
#[derive(Debug, Clone)]
struct HeldOut {
    lambda: Vec<f64>,
    classes: usize,
    /// Linear predictors of each case (first axis) at each penalty of the path (second) by the models of the folds it was left out of;
    /// the last axis are the scores.
    link: Array3<f64>,
    outcome: Vec<usize>,
    fold: Vec<usize>,
    folds: usize,
    weights: Vec<f64>,
}

/// Fits the path of all cases and those of all folds; `fold` holds the fold of each row, counted from 0.
///
/// # Errors
/// As [`fit_path`](super::fit_path); [`Error::Usage`] for fold numbers that are no partition; [`Error::Study`] if a class is missing in the training
/// rows of a fold.
pub fn cross_validate(
    x: ArrayView2<f64>,
    outcome: &[usize],
    fold: &[usize],
    measure: Measure,
    options: &Options,
) -> Result<CrossValidation> {
    options.check(x.nrows(), x.ncols())?;
    let classes = count_classes(x.nrows(), outcome)?;
    let folds = count_folds(fold, x.nrows())?;
    let source = Source::new(x);
    let all = |keep: &dyn Fn(usize) -> bool| (0..x.nrows()).filter(|&row| keep(row)).collect::<Vec<usize>>();
    let mut fits = (0..=folds)
        .into_par_iter()
        .map(|left_out| match left_out {
            0 => fit_rows(&source, &all(&|_| true), outcome, classes, options),
            _ => fit_rows(&source, &all(&|row| fold[row] + 1 != left_out), outcome, classes, options),
        })
        .collect::<Result<Vec<PathFit>>>()?;
    let path = fits.remove(0);
    let scores = path.scores[0].len();
    let mut link = Array3::zeros((x.nrows(), path.lambda.len(), scores));
    for (left_out, fit) in fits.iter().enumerate() {
        predict(&source, fit, &all(&|row| fold[row] == left_out), &path.lambda, &mut link);
    }
    let weights = options.weights.clone().unwrap_or_else(|| vec![1.0; x.nrows()]);
    let (outcome, fold) = (outcome.to_vec(), fold.to_vec());
    let held_out = HeldOut { lambda: path.lambda.clone(), classes, link, outcome, fold, folds, weights };
    let Curve { mean, se, lambda_min, lambda_1se, .. } = held_out.curve(measure)?;
    Ok(CrossValidation { path, measure, mean, se, lambda_min, lambda_1se, held_out })
}

/// The number of folds.
fn count_folds(fold: &[usize], rows: usize) -> Result<usize> {
    if fold.len() != rows {
        return Err(Error::usage(format!("{} fold numbers for {rows} rows", fold.len())));
    }
    let folds = fold.iter().max().map_or(0, |last| last + 1);
    if folds < 2 {
        return Err(Error::usage("cross-validation needs at least two folds"));
    }
    match (0..folds).find(|number| !fold.contains(number)) {
        Some(empty) => Err(Error::usage(format!("fold {empty} of {folds} has no rows"))),
        None => Ok(folds),
    }
}

/// Writes the linear predictors of `rows` at `lambdas` into `link`.
fn predict(source: &Source, fit: &PathFit, rows: &[usize], lambdas: &[f64], link: &mut Array3<f64>) {
    let places: Vec<Between> = lambdas.iter().map(|&lambda| Between::find(&fit.lambda, lambda)).collect();
    let mut own = vec![0.0; fit.lambda.len() * rows.len()];
    for k in 0..link.dim().2 {
        for (own, scores) in own.chunks_exact_mut(rows.len()).zip(&fit.scores) {
            own.fill(scores[k].intercept);
            for (&feature, b) in scores[k].features.iter().zip(&scores[k].coefficients) {
                let column = source.column(feature as usize);
                own.iter_mut().zip(rows).for_each(|(own, &row)| *own += b * column[row]);
            }
        }
        for (step, place) in places.iter().enumerate() {
            for (i, &row) in rows.iter().enumerate() {
                let (left, right) = (own[place.left * rows.len() + i], own[place.right * rows.len() + i]);
                link[[row, step, k]] = if place.left == place.right { left } else { left + place.share * (right - left) };
            }
        }
    }
}

impl CrossValidation {
    /// The same models by another measure.
    ///
    /// # Errors
    /// [`Error::Study`] for an AUC of more than two classes, of folds with fewer than ten cases on average, or where no fold has both
    /// classes.
    pub fn curve(&self, measure: Measure) -> Result<Curve> {
        self.held_out.curve(measure)
    }

    /// Linear predictors of each case (first axis) at each penalty of the path (second) by the model of the fold it was left out of;
    /// the last axis are the scores, one for two classes.
    pub fn held_out_link(&self) -> &Array3<f64> {
        &self.held_out.link
    }
}

impl HeldOut {
    fn curve(&self, measure: Measure) -> Result<Curve> {
        let per_fold = self.outcome.len() as f64 / self.folds as f64;
        let groups: Vec<Vec<usize>> = if measure != Measure::Auc && per_fold < LEAST_CASES {
            (0..self.outcome.len()).map(|row| vec![row]).collect()
        } else {
            (0..self.folds).map(|fold| (0..self.fold.len()).filter(|&row| self.fold[row] == fold).collect()).collect()
        };
        if measure == Measure::Auc {
            if self.classes > 2 {
                return Err(Error::study("cross-validation by AUC needs two classes; choose the deviance"));
            }
            if per_fold < LEAST_CASES_AUC {
                return Err(Error::study(format!(
                    "cross-validation by AUC needs ten cases per fold, there are {per_fold:.1}: choose the deviance, or fewer folds"
                )));
            }
        }
        let weights: Vec<f64> = groups.iter().map(|group| group.iter().map(|&row| self.weights[row]).sum()).collect();
        let steps = self.lambda.len();
        let (mut mean, mut se) = (Vec::with_capacity(steps), Vec::with_capacity(steps));
        for step in 0..steps {
            let values: Vec<(f64, f64)> = groups
                .iter()
                .zip(&weights)
                .filter_map(|(group, &weight)| self.measure(measure, group, step).map(|value| (value, weight)))
                .collect();
            let total: f64 = values.iter().map(|(_, weight)| weight).sum();
            if !(total > 0.0) {
                return Err(Error::study("no fold has cases of both classes: there is no AUC to choose a penalty by"));
            }
            let average = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / total;
            let spread = values.iter().map(|(value, weight)| weight * (value - average).powi(2)).sum::<f64>() / total;
            mean.push(average);
            se.push((spread / (groups.len() - 1) as f64).sqrt());
        }
        let (best, simplest) = choose(measure, &mean, &se);
        Ok(Curve { measure, mean, se, lambda_min: self.lambda[best], lambda_1se: self.lambda[simplest] })
    }

    /// The measure of some cases at a penalty; `None` where it is not defined.
    fn measure(&self, measure: Measure, rows: &[usize], step: usize) -> Option<f64> {
        if measure == Measure::Auc {
            return self.auc(rows, step);
        }
        let (mut sum, mut total) = (0.0, 0.0);
        let mut link = Vec::new();
        for &row in rows {
            link.clear();
            link.extend((0..self.link.dim().2).map(|k| self.link[[row, step, k]]));
            let p = class_probabilities(&link);
            let own = p[self.outcome[row]];
            let value = match measure {
                Measure::Deviance => -2.0 * own.clamp(LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY).ln(),
                Measure::Brier => p.iter().map(|p| p * p).sum::<f64>() - 2.0 * own + 1.0,
                _ => {
                    // Of equally probable classes the first is named.
                    let named = p.iter().enumerate().fold(0, |best, (k, &value)| if value > p[best] { k } else { best });
                    f64::from(u8::from(named != self.outcome[row]))
                }
            };
            sum += self.weights[row] * value;
            total += self.weights[row];
        }
        (total > 0.0).then(|| sum / total)
    }

    /// Probability that an event has a higher predicted probability than a non-event, both drawn by weight; ties count half. As in
    /// `cv.glmnet`, linear predictors beyond 37, whose probabilities round to 1, are ties.
    fn auc(&self, rows: &[usize], step: usize) -> Option<f64> {
        let mut cases: Vec<(f64, bool, f64)> = rows
            .iter()
            .map(|&row| (1.0 / (1.0 + (-self.link[[row, step, 0]]).exp()), self.outcome[row] == 1, self.weights[row]))
            .collect();
        cases.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut below, mut concordant, mut events) = (0.0, 0.0, 0.0);
        for tied in cases.chunk_by(|a, b| a.0 == b.0) {
            let sum = |event: bool| tied.iter().filter(|case| case.1 == event).map(|case| case.2).sum::<f64>();
            let (event, other) = (sum(true), sum(false));
            concordant += event * (below + 0.5 * other);
            events += event;
            below += other;
        }
        (events > 0.0 && below > 0.0).then(|| concordant / (events * below))
    }
}

/// The largest penalties with the best mean, and with one within a standard error of it.
fn choose(measure: Measure, mean: &[f64], se: &[f64]) -> (usize, usize) {
    let cost = |step: usize| if measure == Measure::Auc { -mean[step] } else { mean[step] };
    let least = (0..mean.len()).map(cost).fold(f64::INFINITY, f64::min);
    let first_within = |limit: f64| (0..mean.len()).find(|&step| cost(step) <= limit).unwrap_or(0);
    let best = first_within(least);
    (best, first_within(cost(best) + se[best]))
}
