//! A nomogram: the coefficients of a regression, seen as points.

use crate::error::{Error, Result};
use crate::learn::{Link, Regression, TrainRows};
use crate::statistic::nomogram::{Effect, Nomogram, Variable, axis_ticks};
use crate::study::plan::StudyPlan;
use crate::study::results::{NomogramAxis, NomogramProbabilityAxis, NomogramResult};

/// The nomogram of a logistic or ordinal model, or one per class of a multinomial model.
pub(super) fn nomograms(plan: &StudyPlan, rows: &TrainRows, model: &Regression) -> Result<Vec<NomogramResult>> {
    let classes = plan.cohort().classes();
    let described = |kind: &str| {
        format!("{kind} model fitted to {} training cases; modality scores are inner out-of-fold log odds", rows.n())
    };
    match model.link {
        Link::Logistic => {
            let label = format!("Probability of {}", classes[1]);
            Ok(vec![one(plan, rows, model, 0, &model.intercepts, &[label], described("logistic"), None)?])
        }
        Link::Ordinal => {
            let labels: Vec<String> =
                (1..classes.len()).map(|k| format!("Probability of {}", classes[k..].join(" or "))).collect();
            Ok(vec![one(plan, rows, model, 0, &model.intercepts, &labels, described("proportional-odds"), None)?])
        }
        Link::Multinomial => (0..model.intercepts.len())
            .map(|k| {
                let contrast = [classes[k + 1].clone(), classes[0].clone()];
                let label = format!("Probability of {} against {}", contrast[0], contrast[1]);
                one(plan, rows, model, k, &model.intercepts[k..=k], &[label], described("multinomial"), Some(contrast))
            })
            .collect(),
    }
}

#[allow(clippy::too_many_arguments)] // One call site per link, each argument another part of the picture.
fn one(
    plan: &StudyPlan,
    rows: &TrainRows,
    model: &Regression,
    output: usize,
    intercepts: &[f64],
    labels: &[String],
    described: String,
    contrast: Option<[String; 2]>,
) -> Result<NomogramResult> {
    let values_of = |name: &crate::table::FeatureName| rows.features().column(name).and_then(|column| column.numbers());
    let mut variables = Vec::new();
    let mut lp = vec![intercepts[0]; rows.n()];
    for (name, coefficients) in &model.terms {
        let values = values_of(name).ok_or_else(|| Error::numeric(format!("the nomogram's column {name} is not there")))?;
        let coefficient = coefficients[output.min(coefficients.len() - 1)];
        lp.iter_mut().zip(values).for_each(|(lp, x)| *lp += coefficient * x);
        variables.push(Variable { name: label(plan, name), effect: Effect::Linear { coefficient, ticks: axis_ticks(values) } });
    }
    let range = lp.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
    let names: Vec<&str> = labels.iter().map(String::as_str).collect();
    let made = Nomogram::new(intercepts, &names, &variables, range).map_err(Error::numeric)?;
    let axes = made.axes.iter().zip(&model.terms).map(|(axis, (name, coefficients))| {
        let coefficient = coefficients[output.min(coefficients.len() - 1)];
        NomogramAxis {
            label: axis.variable.name.clone(),
            name: name.to_string(),
            coefficient: Some(coefficient),
            ticks: axis
                .marks
                .iter()
                .map(|mark| {
                    let value = mark.value.unwrap_or_default();
                    (mark.level.clone().unwrap_or_else(|| plain(value)), mark.value, mark.points)
                })
                .collect(),
            zero: (coefficient != 0.0).then(|| axis.least / coefficient),
            points_per_unit: Some(coefficient * made.points_per_unit),
        }
    });
    Ok(NomogramResult {
        model: described,
        contrast,
        axes: axes.collect(),
        total_max: made.total_points.last().copied().unwrap_or(100.0),
        total_ticks: made.total_points.clone(),
        lp_at_zero: made.intercept_at_zero_points,
        lp_per_point: 1.0 / made.points_per_unit,
        probabilities: made
            .probabilities
            .iter()
            .map(|axis| NomogramProbabilityAxis {
                label: axis.label.clone(),
                shift: axis.shift,
                ticks: axis.ticks.iter().map(|tick| (tick.value, tick.total_points)).collect(),
            })
            .collect(),
    })
}

/// A number without the noise of its last digits.
fn plain(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded < 0.0 { format!("−{}", -rounded) } else { rounded.to_string() }
}

/// A variable's name in print: a score is its modality's, a clinical variable has its own.
fn label(plan: &StudyPlan, name: &crate::table::FeatureName) -> String {
    let modality = plan.modalities().iter().find(|m| m.name == name.modality()).map_or(name.modality(), |m| m.label.as_str());
    match name.name().strip_prefix("score") {
        Some("") => format!("{modality} score"),
        Some(k) if k.chars().all(|c| c.is_ascii_digit()) => {
            let class = k.parse::<usize>().ok().and_then(|k| plan.cohort().classes().get(k).cloned());
            format!("{modality} score, {}", class.unwrap_or_default())
        }
        _ => super::table_one::spaced(name.name()),
    }
}
