//! Numbers of several repeats made one.
//!
//! Repeats of a cross-validation predict the same cases again, so they are averaged: values, limits and variances alike. An interval
//! does not shrink with the number of repeats; the spread between repeats is told apart from it.

use crate::statistic::estimate::{Defined, Estimate};
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

/// The mean of lists of named measures; every list has the same names in the same order.
pub fn mean_named(repeats: &[Vec<NamedMeasure>]) -> Vec<NamedMeasure> {
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
