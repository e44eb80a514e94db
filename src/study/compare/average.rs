//! Numbers of several repeats made one.
//!
//! Repeats of a cross-validation predict the same cases again, so they are averaged: values, limits and variances alike. An interval
//! does not shrink with the number of repeats; the spread between repeats is told apart from it.

use crate::statistic::estimate::{Defined, Estimate};
use crate::statistic::stratified::training_share;
use crate::study::results::{CurvePoint, Measure, NamedMeasure};

/// An estimate as results hold it.
pub fn measure(estimate: &Estimate) -> Measure {
    let finite = |x: Option<f64>| x.filter(|x| x.is_finite());
    Measure {
        value: Some(estimate.value).filter(|x| x.is_finite()),
        lower: finite(estimate.lower),
        upper: finite(estimate.upper),
        se: finite(estimate.se),
        note: Some(estimate.method.label().to_string()),
    }
}

/// An estimate or the reason why there is none.
pub fn defined(estimate: Defined<Estimate>) -> Measure {
    estimate.map_or_else(Measure::undefined, |estimate| measure(&estimate))
}

/// A number or the reason why there is none.
pub fn number(value: Defined<f64>) -> Measure {
    value.map_or_else(Measure::undefined, Measure::of)
}

/// The mean of the repeats' measures. Where it is undefined in some repeats, it is the mean of the others and says so.
pub fn mean(measures: &[Measure]) -> Measure {
    let there: Vec<&Measure> = measures.iter().filter(|measure| measure.value.is_some()).collect();
    if there.len() == 1 && measures.len() == 1 {
        return measures[0].clone();
    }
    if there.is_empty() {
        return measures.first().cloned().unwrap_or_default();
    }
    let mean_of = |get: fn(&Measure) -> Option<f64>| -> Option<f64> {
        let values: Option<Vec<f64>> = there.iter().map(|measure| get(measure)).collect();
        values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
    };
    let variance = mean_of(|measure| measure.se.map(|se| se * se));
    let mut note = there[0].note.clone();
    if there.len() < measures.len() {
        note = Some(format!(
            "{}; undefined in {} of {} repeats",
            note.unwrap_or_default(),
            measures.len() - there.len(),
            measures.len()
        ));
    }
    Measure {
        value: mean_of(|measure| measure.value),
        lower: mean_of(|measure| measure.lower),
        upper: mean_of(|measure| measure.upper),
        se: variance.map(f64::sqrt),
        note,
    }
}

/// [`mean`] of the repeats of a cross-validation with so many folds, its interval widened for the training cases that folds share.
pub fn mean_of_folds(measures: &[Measure], folds: usize) -> Measure {
    let made = mean(measures);
    let values: Vec<f64> = measures.iter().filter_map(|measure| measure.value).collect();
    let given_models = made.se;
    widened(made, given_models, &values, folds)
}

/// An interval of a mean over repeats, made wider by what the repeats differ by: from the variance that its `se` tells to V + (K/2 − 1 + 1/R) S,
/// with V the square of `given_models`, the standard error of one repeat given its models ([`training_share`]). It is never made narrower.
///
/// NRI and IDI are means over cases of what two models say, and the derivation for AUCs holds for them as well. Simulated at chance (150 and 300
/// cases, 5 × 5 folds) intervals given the models covered 82 to 87 %, these 96 to 98 %. An IDI of models that do carry a signal also
/// depends on how far the training cases spread their risks, which no repeat shows: its interval still covered 81 % with a strong signal.
pub fn widened(mut made: Measure, given_models: Option<f64>, values: &[f64], folds: usize) -> Measure {
    let share = training_share(folds, values.len());
    let (Some(value), Some(se), Some(given_models)) = (made.value, made.se.filter(|se| *se > 0.0), given_models) else {
        return made;
    };
    if share == 0.0 {
        return made;
    }
    let centre = values.iter().sum::<f64>() / values.len() as f64;
    let between = values.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    let factor = ((given_models * given_models + share * between).sqrt() / se).max(1.0);
    made.lower = made.lower.map(|lower| value - factor * (value - lower));
    made.upper = made.upper.map(|upper| value + factor * (upper - value));
    made.se = Some(factor * se);
    made
}

/// The mean of lists of named measures, as [`mean_of_folds`]; every list has the same names in the same order.
pub fn mean_named_of_folds(repeats: &[Vec<NamedMeasure>], folds: usize) -> Vec<NamedMeasure> {
    named(repeats, |all| mean_of_folds(all, folds))
}

/// The mean of lists of named measures; every list has the same names in the same order.
pub fn mean_named(repeats: &[Vec<NamedMeasure>]) -> Vec<NamedMeasure> {
    named(repeats, mean)
}

fn named(repeats: &[Vec<NamedMeasure>], mean: impl Fn(&[Measure]) -> Measure) -> Vec<NamedMeasure> {
    let Some(first) = repeats.first() else { return Vec::new() };
    first
        .iter()
        .enumerate()
        .map(|(at, named)| {
            let all: Vec<Measure> = repeats.iter().map(|repeat| repeat[at].measure.clone()).collect();
            NamedMeasure::new(named.id.clone(), named.label.clone(), mean(&all))
        })
        .collect()
}

/// The pointwise mean of curves given on one grid; a point that is missing in some curves is the mean of the others.
pub fn mean_curve(grid: &[f64], curves: &[Vec<Option<CurvePoint>>]) -> Vec<CurvePoint> {
    grid.iter()
        .enumerate()
        .filter_map(|(at, &x)| {
            let there: Vec<CurvePoint> = curves.iter().filter_map(|curve| curve[at]).collect();
            // A point that fewer than half of the repeats support would be a picture of the split.
            if there.is_empty() || 2 * there.len() < curves.len() {
                return None;
            }
            let mean_of = |get: fn(&CurvePoint) -> Option<f64>| -> Option<f64> {
                let values: Option<Vec<f64>> = there.iter().map(get).collect();
                values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
            };
            let y = mean_of(|point| Some(point.y))?;
            Some(CurvePoint { x, y, lower: mean_of(|point| point.lower), upper: mean_of(|point| point.upper), n: None })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64) -> Measure {
        Measure { value: Some(value), lower: Some(value - 0.2), upper: Some(value + 0.1), se: Some(0.1), note: None }
    }

    #[test]
    fn what_repeats_differ_by_widens_an_interval_and_nothing_narrows_it() {
        // Values 0.1, 0.2, 0.3: S = 0.01; 5 folds and 3 repeats: 2.5 − 1 + 1/3; V = 0.01.
        let measures = [of(0.1), of(0.2), of(0.3)];
        let factor = (1.0f64 + 1.5 + 1.0 / 3.0).sqrt();
        let found = mean_of_folds(&measures, 5);
        for (found, expected) in
            [(found.value, 0.2), (found.lower, 0.2 - 0.2 * factor), (found.upper, 0.2 + 0.1 * factor), (found.se, 0.1 * factor)]
        {
            assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} {expected}");
        }
        assert_eq!(mean_of_folds(&measures, 1), mean(&measures));
        assert_eq!(mean_of_folds(&measures[..1], 5), measures[0]);
        let wide = Measure { se: Some(10.0), ..of(0.2) };
        assert_eq!(widened(wide.clone(), Some(0.1), &[0.1, 0.2, 0.3], 5), wide);
    }
}
