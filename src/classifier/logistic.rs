//! Logistic regression without penalty, and what it does when the maximum likelihood does not exist.

use super::linear::FittedRegression;
use super::penalised::{LIGHT, lightly_penalised};
use crate::error::{Error, Result};
use crate::learn::{Learner, Link, Predictor, Probabilities, TrainRows};
use crate::statistic::firth::firth;
use crate::statistic::fit_error::FitError;
use crate::statistic::logistic::{LogisticData, logistic};
use crate::statistic::multinomial::{MultinomialData, multinomial};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Maximum-likelihood logistic regression; multinomial (baseline category) for three or more classes.
///
/// Under separation (a column, or a combination, predicts some cases perfectly) the likelihood has no maximum. Then Firth's
/// bias-reduced estimate takes its place for two classes, a light ridge penalty for more, and a notice names the columns; `separation = "error"` stops
/// instead.
///
/// # Reference
/// Firth, Biometrika 1993;80:27. Heinze & Schemper, Stat Med 2002;21:2409.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Logistic {
    /// What to do under separation.
    pub separation: Separation,
}

/// What to do when the maximum likelihood does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Separation {
    /// Firth's estimate (two classes) or a light ridge penalty (more), with a notice.
    #[default]
    Firth,
    /// Stop with an error that names the columns.
    Error,
}

impl Learner for Logistic {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let names: Vec<String> = train.features().columns().iter().map(|column| column.name.to_string()).collect();
        train.features().matrix()?;
        let mut kept: Vec<usize> = (0..names.len()).collect();
        let mut notices = Vec::new();
        loop {
            let columns: Vec<&[f64]> = kept.iter().filter_map(|&j| train.features().columns()[j].numbers()).collect();
            let outcome = if train.classes() == 2 {
                self.binary(train, &columns, &kept, &names, &mut notices)
            } else {
                let class: Vec<usize> = train.outcome().iter().map(|&class| class as usize).collect();
                multinomial(&MultinomialData { class: &class, classes: train.classes(), columns: &columns }).map(|fit| {
                    let intercepts: Vec<f64> = fit.coefficients.iter().map(|row| row[0]).collect();
                    let slopes = kept
                        .iter()
                        .enumerate()
                        .map(|(at, &j)| (j, fit.coefficients.iter().map(|row| row[at + 1]).collect::<Vec<f64>>()));
                    let slopes: Vec<_> = slopes.collect();
                    FittedRegression::new(
                        train,
                        Link::Multinomial,
                        intercepts,
                        slopes,
                        Some(-fit.deviance / 2.0),
                        notices.clone(),
                    )
                })
            };
            match outcome {
                Ok(fit) => return Ok(Box::new(fit)),
                // A column that others determine adds nothing to a prediction: it goes, and the fit says so.
                Err(FitError::Constant { column } | FitError::Collinear { column }) => {
                    let dropped = kept.remove(column);
                    notices.push(format!("{} is determined by other columns and was left out of the regression", names[dropped]));
                }
                Err(error @ FitError::Separated { .. }) if self.separation == Separation::Firth => {
                    let used: Vec<&String> = kept.iter().map(|&j| &names[j]).collect();
                    let what = error.describe(&used);
                    return lightly_penalised(train, format!("{what}; a ridge penalty of {LIGHT} was used instead"));
                }
                Err(error) => {
                    let used: Vec<&String> = kept.iter().map(|&j| &names[j]).collect();
                    return Err(Error::numeric(format!("logistic regression: {}", error.describe(&used))));
                }
            }
        }
    }

    fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

impl Logistic {
    fn binary(
        &self,
        train: &TrainRows,
        columns: &[&[f64]],
        kept: &[usize],
        names: &[String],
        notices: &mut Vec<String>,
    ) -> std::result::Result<FittedRegression, FitError> {
        let event: Vec<bool> = train.outcome().iter().map(|&class| class == 1).collect();
        let data = LogisticData::new(&event, columns);
        let (coefficients, log_likelihood) = match logistic(&data) {
            Ok(fit) => {
                let log_likelihood = fit.log_likelihood();
                (fit.coefficients, Some(log_likelihood))
            }
            Err(error @ FitError::Separated { .. }) if self.separation == Separation::Firth => {
                let used: Vec<&String> = kept.iter().map(|&j| &names[j]).collect();
                notices.push(format!("{}; Firth's bias-reduced estimate was used", error.describe(&used)));
                (firth(&data)?.coefficients, None)
            }
            Err(error) => return Err(error),
        };
        let slopes = kept.iter().zip(&coefficients[1..]).map(|(&j, &b)| (j, vec![b]));
        Ok(FittedRegression::new(train, Link::Logistic, vec![coefficients[0]], slopes, log_likelihood, notices.clone()))
    }
}
