//! What the calculator of a nomogram needs: the model itself, and where its marks lie.
//!
//! Probabilities are computed in the reader's browser from coefficients, not from drawn points, so they are exact. `nomogram.js`
//! holds the arithmetic; [`Predictor`] is what it reads, [`Axis`] is what the template draws.

use crate::report::section::Material;
use crate::report::table::format::{Format, number, raw};
use crate::study::results::{Arm, NomogramAxis, NomogramResult};
use serde::Serialize;

/// A calculator: the model for the script, the layout for the template.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calculator {
    /// Unique in the page.
    pub id: String,
    /// Name in print of the arm.
    pub label: String,
    /// What the model is.
    pub link: Link,
    /// One per variable.
    pub axes: Vec<Axis>,
    /// One per nomogram: several for a multinomial model.
    pub predictors: Vec<Predictor>,
    /// Names of the classes, where the model gives the probability of each.
    pub classes: Vec<String>,
    /// Ticks of the points scale, which all axes share.
    pub scale: Vec<Mark>,
    /// Ticks of the total-points axis.
    pub totals: Vec<Mark>,
}

/// How linear predictors become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// One probability, of the event.
    Logistic,
    /// One probability per step: of this class or a higher one.
    Cumulative,
    /// One predictor per class but one; together the probability of each class.
    Softmax,
}

/// A linear predictor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Predictor {
    /// Its value at zero points.
    pub lp_at_zero: f64,
    /// Its change per point.
    pub lp_per_point: f64,
    /// Largest total of points on the axis.
    pub total_max: f64,
    /// One per axis of the calculator.
    pub terms: Vec<Term>,
    /// One per probability axis.
    pub probabilities: Vec<Probability>,
    /// For a multinomial model: the class, as its place among the classes.
    pub class: Option<usize>,
}

/// What one variable adds: a line, or points per category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// Coefficient per unit; null for categories.
    pub coefficient: Option<f64>,
    /// The value with zero points.
    pub zero: f64,
    /// Points per unit.
    pub points_per_unit: f64,
    /// Points of each category.
    pub levels: Vec<f64>,
}

/// A probability axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Probability {
    /// Its name.
    pub label: String,
    /// Added to the linear predictor before the logistic function.
    pub shift: f64,
    /// Ticks on the scale of total points.
    pub marks: Vec<Mark>,
}

/// A mark on a scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Position in percent of the scale.
    pub at: f64,
    /// Its label; empty where there is no room for one.
    pub label: String,
}

/// A variable as it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// Its name in print.
    pub label: String,
    /// Where its track begins, in percent of the scale.
    pub left: f64,
    /// Width of the track, likewise.
    pub width: f64,
    /// Range of a numeric variable.
    pub range: Option<Range>,
    /// Categories: position in percent of the track, and name.
    pub levels: Vec<Mark>,
    /// Ticks: position in percent of the track, and label.
    pub marks: Vec<Mark>,
}

/// The range of a numeric variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Range {
    /// Its beginning.
    pub min: f64,
    /// Its end.
    pub max: f64,
    /// Step of the slider.
    pub step: f64,
    /// Where it starts, as an input field takes it.
    pub start: String,
    /// Whether larger values lie to the left.
    pub reversed: bool,
}

/// The calculator of an arm; none without a nomogram whose numbers are finite.
pub fn calculator(material: &Material, index: usize, arm: &Arm) -> Option<Calculator> {
    let first = arm.nomograms.first()?;
    let classes: Vec<String> = material.results.outcome.classes.iter().map(|class| class.name.clone()).collect();
    let link = match (arm.nomograms.len(), first.probabilities.len()) {
        (1, 1) => Link::Logistic,
        (1, _) => Link::Cumulative,
        _ => Link::Softmax,
    };
    let axes: Vec<&NomogramAxis> = first.axes.iter().collect();
    if axes.is_empty() || !arm.nomograms.iter().all(sound) {
        return None;
    }
    let text = |value: f64| number(value, Format::Fixed(0), material.style);
    let widest = first.axes.iter().flat_map(|axis| axis.ticks.iter().map(|tick| tick.2)).fold(100.0, f64::max);
    let step = if widest > 200.0 { (widest / 100.0).ceil() * 10.0 } else { 10.0 };
    let points = (0..=(widest / step).floor() as i32).map(|i| f64::from(i) * step);
    let total = first.total_max;
    Some(Calculator {
        id: format!("calculator-{}", index + 1),
        label: arm.label.clone(),
        link,
        predictors: arm.nomograms.iter().map(|nomogram| predictor(nomogram, &axes, &classes)).collect(),
        // Cumulative axes name one class fewer than there are; otherwise they are something else, and classes stay unnamed.
        classes: match link {
            Link::Cumulative if classes.len() == first.probabilities.len() + 1 => classes,
            Link::Softmax => classes,
            _ => Vec::new(),
        },
        axes: axes.iter().map(|axis| if link == Link::Softmax { by_value(axis) } else { by_points(axis, widest) }).collect(),
        scale: thinned(points.map(|points| Mark { at: 100.0 * points / widest, label: text(points) }).collect()),
        totals: thinned(
            first.total_ticks.iter().map(|points| Mark { at: 100.0 * points / total, label: text(*points) }).collect(),
        ),
    })
}

/// Whether every number of a nomogram is one: a calculator that leaves out a variable would be wrong.
fn sound(nomogram: &NomogramResult) -> bool {
    let axis = |axis: &NomogramAxis| !axis.ticks.is_empty() && axis.ticks.iter().all(|tick| tick.2.is_finite());
    let numbers = [nomogram.lp_at_zero, nomogram.lp_per_point, nomogram.total_max];
    nomogram.total_max > 0.0 && numbers.iter().all(|x| x.is_finite()) && nomogram.axes.iter().all(axis)
}

fn predictor(nomogram: &NomogramResult, axes: &[&NomogramAxis], classes: &[String]) -> Predictor {
    let total = nomogram.total_max.max(1e-9);
    // Nomograms of one multinomial model have the same variables; one that is absent from this one adds nothing to it.
    let nothing = Term { coefficient: Some(0.0), zero: 0.0, points_per_unit: 0.0, levels: Vec::new() };
    let term = |axis: &&NomogramAxis| {
        nomogram.axes.iter().find(|own| own.name == axis.name).map_or(nothing.clone(), |own| Term {
            coefficient: own.coefficient,
            // A coefficient of zero has no place of zero points; wherever it is put, it adds nothing.
            zero: own.zero.unwrap_or(0.0),
            points_per_unit: own.points_per_unit.unwrap_or(0.0),
            levels: if own.coefficient.is_some() { Vec::new() } else { own.ticks.iter().map(|tick| tick.2).collect() },
        })
    };
    Predictor {
        lp_at_zero: nomogram.lp_at_zero,
        lp_per_point: nomogram.lp_per_point,
        total_max: nomogram.total_max,
        terms: axes.iter().map(term).collect(),
        probabilities: nomogram
            .probabilities
            .iter()
            .map(|axis| Probability {
                label: axis.label.clone(),
                shift: axis.shift,
                marks: thinned(axis.ticks.iter().map(|(p, at)| Mark { at: 100.0 * at / total, label: format!("{p}") }).collect()),
            })
            .collect(),
        class: nomogram.contrast.as_ref().and_then(|[class, _]| classes.iter().position(|name| name == class)),
    }
}

/// An axis on the scale of points, which all variables share.
fn by_points(axis: &NomogramAxis, widest: f64) -> Axis {
    let points = || axis.ticks.iter().map(|tick| tick.2);
    let (low, high) = (points().fold(f64::INFINITY, f64::min), points().fold(f64::NEG_INFINITY, f64::max));
    let span = (high - low).max(1e-9);
    let at = |points: f64| 100.0 * (points - low) / span;
    // Labels are thinned by their place on the whole scale, as a short axis has room for few.
    let marks = axis.ticks.iter().map(|(label, _, points)| Mark { at: 100.0 * points / widest, label: label.clone() });
    Axis {
        label: axis.label.clone(),
        left: 100.0 * low / widest,
        width: 100.0 * (high - low) / widest,
        range: range(axis, axis.points_per_unit.is_some_and(|points| points < 0.0)),
        levels: levels(axis, at),
        marks: thinned(marks.collect()).into_iter().zip(points()).map(|(mark, points)| Mark { at: at(points), ..mark }).collect(),
    }
}

/// An axis on the scale of its own values, for models in which a variable has several coefficients.
fn by_value(axis: &NomogramAxis) -> Axis {
    let range = range(axis, false);
    let last = axis.ticks.len().saturating_sub(1).max(1) as f64;
    let at = |i: usize, value: Option<f64>| match (&range, value) {
        (Some(range), Some(value)) if range.max > range.min => 100.0 * (value - range.min) / (range.max - range.min),
        _ => 100.0 * i as f64 / last,
    };
    let marks: Vec<Mark> =
        axis.ticks.iter().enumerate().map(|(i, (label, value, _))| Mark { at: at(i, *value), label: label.clone() }).collect();
    let levels = if axis.coefficient.is_some() { Vec::new() } else { marks.clone() };
    Axis { label: axis.label.clone(), left: 0.0, width: 100.0, levels, marks: thinned(marks), range }
}

fn levels(axis: &NomogramAxis, at: impl Fn(f64) -> f64) -> Vec<Mark> {
    match axis.coefficient {
        Some(_) => Vec::new(),
        None => axis.ticks.iter().map(|(label, _, points)| Mark { at: at(*points), label: label.clone() }).collect(),
    }
}

fn range(axis: &NomogramAxis, reversed: bool) -> Option<Range> {
    axis.coefficient?;
    let values: Vec<f64> = axis.ticks.iter().filter_map(|tick| tick.1).collect();
    let (min, max) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
    let middle = values.get(values.len().saturating_sub(1) / 2)?;
    // At least a hundred places for the thumb, at round numbers.
    let step = if max > min { 10f64.powf(((max - min) / 100.0).log10().floor()) } else { 1.0 };
    Some(Range { min, max, step, start: raw(*middle), reversed })
}

/// Takes the label from every mark that would run into the one before it or into the last.
fn thinned(mut marks: Vec<Mark>) -> Vec<Mark> {
    let room =
        |a: &Mark, b: &Mark| (a.at - b.at).abs() >= 1.6 + 0.75 * (a.label.chars().count() + b.label.chars().count()) as f64;
    let last = marks.len().saturating_sub(1);
    let mut shown: Option<usize> = None;
    for i in 0..marks.len() {
        let free = shown.is_none_or(|before| room(&marks[before], &marks[i]));
        let leaves_room = i == last || shown.is_none() || room(&marks[i], &marks[last]);
        if free && leaves_room {
            shown = Some(i);
        } else {
            marks[i].label.clear();
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_touch() {
        let marks = (0..=40).map(|i| Mark { at: 2.5 * f64::from(i), label: format!("{}", i * 5) }).collect();
        let shown: Vec<Mark> = thinned(marks).into_iter().filter(|mark| !mark.label.is_empty()).collect();
        assert_eq!(shown[0].label, "0");
        assert_eq!(shown[shown.len() - 1].label, "200");
        assert!(shown.windows(2).all(|pair| pair[1].at - pair[0].at > 4.0));
    }
}
