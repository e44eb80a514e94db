//! Proportional odds for ordered classes (zero < low < positive).

use super::linear::FittedRegression;
use super::logistic::Logistic;
use super::penalised::{LIGHT, lightly_penalised};
use crate::error::{Error, Result};
use crate::learn::{Learner, Link, Predictor, Probabilities, TrainRows};
use crate::statistic::fit_error::FitError;
use crate::statistic::ordinal::{OrdinalData, ordinal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Proportional-odds logistic regression, P(class ≥ k) = logit⁻¹(α_k + xβ), as rms' `lrm` parametrises it. With two classes
/// it is the logistic regression.
///
/// # Reference
/// McCullagh, J R Stat Soc B 1980;42:109.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Ordinal {}

impl Learner for Ordinal {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        if train.classes() == 2 {
            return Logistic::default().fit(train);
        }
        if !train.ordered() {
            return Err(Error::study("proportional odds need ordered classes; use `logistic`, which is multinomial here"));
        }
        train.features().matrix()?;
        let names: Vec<String> = train.features().columns().iter().map(|column| column.name.to_string()).collect();
        let class: Vec<usize> = train.outcome().iter().map(|&class| class as usize).collect();
        let mut kept: Vec<usize> = (0..names.len()).collect();
        let mut notices = Vec::new();
        loop {
            let columns: Vec<&[f64]> = kept.iter().filter_map(|&j| train.features().columns()[j].numbers()).collect();
            match ordinal(&OrdinalData { class: &class, classes: train.classes(), columns: &columns }) {
                Ok(fit) => {
                    let slopes = kept.iter().zip(&fit.slopes).map(|(&j, &b)| (j, vec![b]));
                    let log_likelihood = Some(-fit.deviance / 2.0);
                    let intercepts = fit.intercepts.clone();
                    return Ok(Box::new(FittedRegression::new(
                        train,
                        Link::Ordinal,
                        intercepts,
                        slopes,
                        log_likelihood,
                        notices,
                    )));
                }
                Err(FitError::Constant { column } | FitError::Collinear { column }) => {
                    let dropped = kept.remove(column);
                    notices.push(format!("{} is determined by other columns and was left out of the regression", names[dropped]));
                }
                Err(error @ FitError::Separated { .. }) => {
                    let used: Vec<&String> = kept.iter().map(|&j| &names[j]).collect();
                    let what = error.describe(&used);
                    return lightly_penalised(
                        train,
                        format!("{what}; a multinomial model with a ridge penalty of {LIGHT} was used instead"),
                    );
                }
                Err(error) => {
                    let used: Vec<&String> = kept.iter().map(|&j| &names[j]).collect();
                    return Err(Error::numeric(format!("proportional-odds regression: {}", error.describe(&used))));
                }
            }
        }
    }

    fn fingerprint(&self) -> String {
        "ordinal".into()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}
