//! What all regressions share once they are fitted: linear predictors, a link, class probabilities.

use crate::error::{Error, Result};
use crate::learn::{Features, Link, Predictor, Probabilities, Regression, TrainRows, Weight};
use crate::statistic::logistic::inverse_logit;
use crate::table::FeatureName;
use ndarray::Array2;
use std::sync::Arc;

/// A fitted regression over named columns.
pub(super) struct FittedRegression {
    regression: Regression,
    /// The columns in the order in which they must come; `terms` of the regression are a part of them, in that order.
    columns: Vec<Arc<FeatureName>>,
    /// Where each term stands among the columns.
    places: Vec<usize>,
    /// Training standard deviation of each term, to put coefficients on a common scale.
    sd: Vec<f64>,
    notices: Vec<String>,
}

impl FittedRegression {
    /// From coefficients per column (outer: columns, inner: linear predictors); columns with zeros only are no terms.
    pub(super) fn new(
        train: &TrainRows,
        link: Link,
        intercepts: Vec<f64>,
        coefficients: impl IntoIterator<Item = (usize, Vec<f64>)>,
        log_likelihood: Option<f64>,
        notices: Vec<String>,
    ) -> Self {
        let columns: Vec<Arc<FeatureName>> = train.features().columns().iter().map(|column| column.name.clone()).collect();
        let (mut places, mut sd, mut terms) = (Vec::new(), Vec::new(), Vec::new());
        for (place, values) in coefficients {
            if values.iter().any(|&value| value != 0.0) {
                places.push(place);
                sd.push(train.features().columns()[place].numbers().map_or(1.0, population_sd));
                terms.push((columns[place].clone(), values));
            }
        }
        FittedRegression { regression: Regression { link, intercepts, terms, log_likelihood }, columns, places, sd, notices }
    }
}

fn population_sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()
}

impl Predictor for FittedRegression {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        if !rows.columns().iter().map(|column| &column.name).eq(self.columns.iter()) {
            return Err(Error::numeric("the columns differ from those that the regression was fitted on"));
        }
        let regression = &self.regression;
        let classes = regression.intercepts.len() + 1;
        let mut predictors = Array2::from_shape_fn((rows.n(), classes - 1), |(_, k)| regression.intercepts[k]);
        for (&place, (name, coefficients)) in self.places.iter().zip(&regression.terms) {
            let values = rows.columns()[place].numbers().ok_or_else(|| Error::study(format!("column {name} is not a number")))?;
            for (i, &x) in values.iter().enumerate() {
                for k in 0..classes - 1 {
                    // An ordinal model has one slope for all of its linear predictors.
                    predictors[[i, k]] += coefficients[k.min(coefficients.len() - 1)] * x;
                }
            }
        }
        if let Some(i) = predictors.rows().into_iter().position(|row| row.iter().any(|x| !x.is_finite())) {
            return Err(Error::study(format!("row {i} has a missing or infinite value; add the transform `impute`")));
        }
        let mut probabilities = Array2::zeros((rows.n(), classes));
        for (lp, mut row) in predictors.outer_iter().zip(probabilities.outer_iter_mut()) {
            class_probabilities(regression.link, lp.as_slice().unwrap_or_default(), row.as_slice_mut().unwrap_or_default());
        }
        Probabilities::new(probabilities)
    }

    fn weights(&self) -> Vec<Weight> {
        let largest =
            |values: &[f64]| values.iter().copied().fold(0.0, |best: f64, x| if x.abs() > best.abs() { x } else { best });
        let terms = self.regression.terms.iter().zip(&self.sd);
        terms.map(|((name, values), sd)| Weight { name: name.clone(), value: largest(values) * sd, signed: true }).collect()
    }

    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    fn regression(&self) -> Option<&Regression> {
        Some(&self.regression)
    }
}

/// Class probabilities from linear predictors.
fn class_probabilities(link: Link, lp: &[f64], row: &mut [f64]) {
    match link {
        Link::Logistic => (row[0], row[1]) = (inverse_logit(-lp[0]), inverse_logit(lp[0])),
        Link::Multinomial => {
            let top = lp.iter().copied().fold(0.0, f64::max);
            row[0] = (-top).exp();
            lp.iter().zip(&mut row[1..]).for_each(|(x, p)| *p = (x - top).exp());
            let total: f64 = row.iter().sum();
            row.iter_mut().for_each(|p| *p /= total);
        }
        Link::Ordinal => {
            // P(class ≥ k) falls with k since intercepts do; rounding may turn a difference of equal values negative.
            let reach: Vec<f64> = lp.iter().map(|&x| inverse_logit(x)).collect();
            let last = row.len() - 1;
            for k in 0..=last {
                let upper = if k == 0 { 1.0 } else { reach[k - 1] };
                let lower = if k == last { 0.0 } else { reach[k] };
                row[k] = (upper - lower).max(0.0);
            }
        }
    }
}
