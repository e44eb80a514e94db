//! Decision curves: what acting on a prediction is worth at each threshold probability.

use super::geometry::{Rect, columns};
use super::legend::{Entry, Mark, Place, strip, table};
use super::panel::{Axis, Panel, heading, heading_lines};
use super::scale::{round_out, ticks};
use super::style::{BLACK, GREY, Style};
use super::svg::{Stroke, Svg};
use super::{Figure, arm_label, caption, primary_arms, text};
use crate::study::results::{Comparison, CurvePoint, DecisionCurveResult, Results};

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let mut figures = Vec::new();
    if results.arms.iter().any(|arm| !arm.performance.decision.is_empty()) {
        figures.push(decision(results, style));
    }
    let primary = results.comparisons.iter().find(|comparison| comparison.primary && !comparison.net_benefit.is_empty());
    figures.extend(primary.map(|comparison| decision_difference(results, comparison, style)));
    figures
}

/// Net benefit of every arm over threshold probabilities, with that of treating all and of treating none.
pub fn decision(results: &Results, style: &Style) -> Figure {
    let mut classes: Vec<&str> = Vec::new();
    for curve in results.arms.iter().flat_map(|arm| &arm.performance.decision) {
        if !classes.contains(&curve.class.as_str()) {
            classes.push(&curve.class);
        }
    }
    let single = classes.len() < 2;
    let per_row = classes.len().clamp(1, 3);
    let width = [style.column() * 1.18, style.page() * 0.75, style.page()][per_row - 1];
    let primary = primary_arms(results);
    let mut svg = Svg::new("decision-curve", width);
    let cells = columns(width, per_row, 12.0);
    let titles: Vec<String> = classes.iter().map(|class| format!("{class} vs rest")).collect();
    let mut top = 0.0;
    for (classes, titles) in classes.chunks(per_row).zip(titles.chunks(per_row)) {
        let mut lowest = top;
        let head = if single {
            0.0
        } else {
            style.leading(style.heading) * heading_lines(style, cells[0].1 - 40.0, titles.iter().map(String::as_str)) as f64 + 3.0
        };
        for ((class, title), &(left, cell)) in classes.iter().zip(titles).zip(&cells) {
            let curves: Vec<Option<&DecisionCurveResult>> =
                results.arms.iter().map(|arm| arm.performance.decision.iter().find(|curve| curve.class == *class)).collect();
            let (x_domain, y_domain) = ranges(curves.iter().flatten());
            let x_axis = Axis::new("Threshold probability", ticks(x_domain[0], x_domain[1], 5));
            let y_axis = Axis::new("Net benefit", ticks(y_domain[0], y_domain[1], 5));
            let room_left = y_axis.room_left(style);
            let side = cell - room_left - 7.0;
            let area = Rect::new(left + room_left, top + head + 6.0, side, side * if single { 0.82 } else { 1.0 });
            let panel = Panel::new(area, x_domain, y_domain);
            if !single {
                heading(&mut svg, style, area.x, area.y - 6.0, side, title, 2);
            }
            panel.axes(&mut svg, style, &x_axis, &y_axis);
            draw(&mut svg, style, &panel, &curves, &primary);
            lowest = f64::max(lowest, area.bottom() + x_axis.room_below(style));
        }
        top = lowest + 10.0;
    }
    let mut entries: Vec<Entry> = results
        .arms
        .iter()
        .enumerate()
        .map(|(i, arm)| {
            let banded = primary[i] && arm.performance.decision.iter().any(|curve| has_band(&curve.model));
            let width = if primary[i] { style.strong } else { style.curve };
            Entry::new(Mark::arm(style.arm(i), width, banded), arm_label(arm))
        })
        .collect();
    entries.push(Entry::new(Mark::Line(Stroke::solid(GREY, style.curve)), "Treat all"));
    entries.push(Entry::new(Mark::Line(Stroke::solid(BLACK, style.hairline + 0.2)), "Treat none"));
    let bottom = if single {
        two_columns(&mut svg, style, Place { left: 4.0, top: top - 4.0, width: width - 6.0 }, &entries)
    } else {
        strip(&mut svg, style, 0.0, top - 4.0, width, &entries)
    };
    let band =
        if primary.contains(&true) && results.arms.iter().flat_map(|arm| &arm.performance.decision).any(|c| has_band(&c.model)) {
            "Shaded: pointwise 95% interval of the arms of the primary comparison."
        } else {
            ""
        };
    let words = caption(&[
        "Net benefit (true positives per case, less false positives weighted by the odds of the threshold) over threshold \
         probabilities. A model is worth using where its curve lies above both treating all and treating none.",
        band,
        "The ordinate ends where curves stop being useful; the curve of treating all goes on below.",
        &results.validation.sentence,
    ]);
    Figure::new("decision-curve", "Decision curves", words, svg, bottom)
}

/// The gain in net benefit of the primary comparison, new less reference, with its interval.
pub fn decision_difference(results: &Results, comparison: &Comparison, style: &Style) -> Figure {
    let width = style.column() * 1.18;
    let mut svg = Svg::new("decision-difference", width);
    let points: Vec<&CurvePoint> = comparison.net_benefit.iter().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
    let x_high = points.iter().map(|p| p.x).fold(0.0, f64::max);
    let low = points.iter().map(|p| text::finite(p.lower).unwrap_or(p.y)).fold(0.0, f64::min);
    let high = points.iter().map(|p| text::finite(p.upper).unwrap_or(p.y)).fold(0.0, f64::max);
    let y_domain = if high > low { round_out(low, high, 4) } else { [-0.1, 0.1] };
    let x_domain = [0.0, if x_high > 0.0 { round_out(0.0, x_high, 5)[1] } else { 1.0 }];
    let x_axis = Axis::new("Threshold probability", ticks(x_domain[0], x_domain[1], 5));
    let y_axis = Axis::new("Difference in net benefit", ticks(y_domain[0], y_domain[1], 4));
    let room_left = y_axis.room_left(style);
    let side = width - room_left - 8.0;
    let panel = Panel::new(Rect::new(room_left, 6.0, side, side * 0.62), x_domain, y_domain);
    panel.axes(&mut svg, style, &x_axis, &y_axis);
    panel.curve(&mut svg, [[x_domain[0], 0.0], [x_domain[1], 0.0]], Stroke::solid(BLACK, style.hairline));
    let index = results.arms.iter().position(|arm| arm.name == comparison.new).unwrap_or(0);
    let ink = style.arm(index);
    if points.is_empty() {
        panel.empty(&mut svg, style, "No difference in net benefit: no threshold probabilities");
    }
    panel.inside(&mut svg, |svg| {
        panel.band(svg, &comparison.net_benefit, ink.colour, style.band);
        panel.curve(svg, comparison.net_benefit.iter().map(|p| [p.x, p.y]), Stroke::solid(ink.colour, style.strong));
    });
    let name = |wanted: &str| results.arm(wanted).map_or_else(|| wanted.to_string(), |arm| arm_label(arm).to_string());
    let (new, reference) = (name(&comparison.new), name(&comparison.reference));
    let entries = [Entry::new(Mark::Banded(Stroke::solid(ink.colour, style.strong)), format!("{new} less {reference}"))];
    let place = Place { left: 6.0, top: panel.area.bottom() + x_axis.room_below(style) + 6.0, width: width - 10.0 };
    let bottom = table(&mut svg, style, place, "", &entries, 2);
    let words = caption(&[
        &format!("Net benefit of {new} less that of {reference} over threshold probabilities, with pointwise 95% band."),
        "Above zero the new arm is worth more; where the band holds zero, the data do not tell.",
        &results.validation.sentence,
    ]);
    Figure::new("decision-difference", "Difference in net benefit, primary comparison", words, svg, bottom + 3.0)
}

fn draw(svg: &mut Svg, style: &Style, panel: &Panel, curves: &[Option<&DecisionCurveResult>], primary: &[bool]) {
    if curves.iter().flatten().all(|curve| curve.model.len() < 2) {
        panel.empty(svg, style, "No decision curve: no threshold probabilities, or only one class");
        return;
    }
    panel.inside(svg, |svg| {
        if let Some(curve) = curves.iter().flatten().find(|curve| curve.model.len() > 1) {
            let all = curve.model.iter().zip(&curve.treat_all).map(|(point, &benefit)| [point.x, benefit]);
            panel.curve(svg, all, Stroke::solid(GREY, style.curve));
        }
        panel.curve(svg, [[panel.x.domain[0], 0.0], [panel.x.domain[1], 0.0]], Stroke::solid(BLACK, style.hairline + 0.2));
        for (i, curve) in curves.iter().enumerate().filter(|(i, _)| primary[*i]) {
            if let Some(curve) = curve {
                panel.band(svg, &curve.model, style.arm(i).colour, style.band);
            }
        }
        for wanted in [false, true] {
            for (i, curve) in curves.iter().enumerate().filter(|(i, _)| primary[*i] == wanted) {
                if let Some(curve) = curve {
                    let width = if wanted { style.strong } else { style.curve };
                    panel.curve(svg, curve.model.iter().map(|p| [p.x, p.y]), Stroke::of(style.arm(i), width));
                }
            }
        }
    });
}

/// Thresholds up to a little beyond the last at which anything is gained, and net benefits from a little below zero to the best.
fn ranges<'a>(curves: impl Iterator<Item = &'a &'a DecisionCurveResult> + Clone) -> ([f64; 2], [f64; 2]) {
    let benefits = curves.flat_map(|curve| {
        let model = curve.model.iter().map(|point| [point.x, point.y]);
        model.chain(curve.model.iter().zip(&curve.treat_all).map(|(point, &all)| [point.x, all]))
    });
    let benefits = benefits.filter(|point| point.iter().all(|v| v.is_finite()));
    let best = benefits.clone().map(|[_, y]| y).fold(0.0, f64::max);
    let last = benefits.clone().map(|[x, _]| x).fold(0.0, f64::max);
    let useful = benefits.filter(|[_, y]| *y > 0.05 * best).map(|[x, _]| x).fold(0.0, f64::max);
    let y_high = if best > 0.0 { best * 1.08 } else { 0.1 };
    let x_high = if useful > 0.0 { (useful * 1.1).min(last) } else { last };
    let x_high = if x_high > 0.0 { (x_high / 0.05 - 1e-9).ceil() * 0.05 } else { 1.0 };
    ([0.0, x_high.min(1.0)], [-0.25 * y_high, y_high])
}

fn has_band(points: &[CurvePoint]) -> bool {
    points.iter().any(|point| point.lower.is_some() && point.upper.is_some())
}

fn two_columns(svg: &mut Svg, style: &Style, place: Place, entries: &[Entry]) -> f64 {
    let half = entries.len().div_ceil(2);
    let mut bottom = place.top;
    for (entries, (x, width)) in entries.chunks(half.max(1)).zip(columns(place.width, 2, 12.0)) {
        bottom = f64::max(bottom, table(svg, style, Place { left: place.left + x, width, ..place }, "", entries, 2));
    }
    bottom
}
