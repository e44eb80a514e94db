//! Calibration: do the predicted probabilities mean what they say?

use super::geometry::{Rect, columns};
use super::legend::{Entry, Mark, strip};
use super::panel::{Axis, Panel, heading, heading_lines};
use super::scale::{Scale, ticks};
use super::style::{BLACK, GREY, Style};
use super::svg::{Anchor, Font, Stroke, Svg};
use super::{Figure, arm_ids, arm_label, caption, text};
use crate::study::results::{CalibrationResult, Results};

const STRIP: f64 = 22.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let has = |i: &usize| !results.arms[*i].performance.calibration.is_empty();
    if results.outcome.classes.len() <= 2 {
        let any = (0..results.arms.len()).any(|i| has(&i));
        return if any { vec![calibration(results, None, style)] } else { Vec::new() };
    }
    (0..results.arms.len()).filter(has).map(|i| calibration(results, Some(i), style)).collect()
}

/// Calibration of all arms (two classes; `arm` is `None`), or of one arm's classes.
///
/// Each panel has the smoothed curve with its band, the groups with their intervals, the ideal line, and under it the numbers of
/// cases with the event (up) and without (down) per bin of predicted probability.
pub fn calibration(results: &Results, arm: Option<usize>, style: &Style) -> Figure {
    let panels: Vec<(String, Option<&CalibrationResult>)> = match arm {
        None => results.arms.iter().map(|a| (arm_label(a).to_string(), a.performance.calibration.first())).collect(),
        Some(i) => results.arms[i].performance.calibration.iter().map(|c| (format!("{} vs rest", c.class), Some(c))).collect(),
    };
    let id = arm.map_or_else(|| "calibration".to_string(), |i| arm_ids(results, "calibration")[i].clone());
    let (per_row, width) = style.small_multiples(panels.len());
    let limit = limit(panels.iter().filter_map(|(_, result)| *result));
    let marks = ticks(0.0, limit, if per_row == 4 { 4 } else { 5 });
    let x_axis = Axis::new("Predicted probability", marks.clone());
    let y_axis = Axis::new("Observed share", marks);
    let mut svg = Svg::new(&id, width);
    // The title of the ordinate stands once per row, at its left.
    let room_left = y_axis.untitled().room_left(style);
    let title_room = y_axis.room_left(style) - room_left;
    let cells = columns(width - title_room, per_row, 9.0);
    let side = cells[0].1 - room_left - 5.0;
    let inks = [style.class(1, 2).colour, style.class(0, 2).colour];
    let numbers = style.leading(style.small) * 3.0 + 10.0;
    let mut top = 0.0;
    let mut lowest = top;
    for (r, row) in panels.chunks(per_row).enumerate() {
        let room = cells[0].1 - 2.0;
        let head = style.leading(style.heading) * heading_lines(style, room, row.iter().map(|(title, _)| title.as_str())) as f64;
        for (k, ((title, result), &(left, _))) in row.iter().zip(&cells).enumerate() {
            let left = left + title_room;
            let area = Rect::new(left + room_left, top + head + numbers, side, side);
            let panel = Panel::new(area, [0.0, limit], [0.0, limit]);
            heading(&mut svg, style, left + 3.0, area.y - numbers - 1.0, room, title, 2);
            let y_axis = if k == 0 { y_axis.clone() } else { y_axis.untitled() };
            panel.axes(&mut svg, style, &x_axis.bare(), &y_axis);
            // The title of the abscissa stands under the lowest panel of each column.
            let last = (r + 1) * per_row + k >= panels.len();
            let x_axis = if last { x_axis.clone() } else { x_axis.untitled() };
            let strip = Panel::new(Rect::new(area.x, area.bottom() + 4.5, side, STRIP), [0.0, limit], [0.0, 1.0]);
            if let Some(result) = result {
                print_numbers(&mut svg, style, Rect::new(left + 3.0, top + head + 3.0, room - 3.0, numbers), result);
                draw(&mut svg, style, &panel, result, inks[0]);
                histogram(&mut svg, style, &strip, result, inks);
            } else {
                panel.empty(&mut svg, style, "No calibration: the arm has no predicted probabilities");
            }
            strip.abscissa(&mut svg, style, &x_axis);
            lowest = f64::max(lowest, strip.area.bottom() + x_axis.room_below(style));
        }
        top += head + numbers + side + 4.5 + STRIP + x_axis.untitled().room_below(style) + 13.0;
    }
    let (with, without) = super::sides(results, arm.is_none());
    let entries = [
        Entry::new(Mark::Banded(Stroke::solid(inks[0], style.strong)), "Smoothed curve, 95% band"),
        Entry::new(Mark::Dot(BLACK), "Groups, 95% CI"),
        Entry::new(Mark::Line(Stroke::dashed(GREY, style.hairline)), "Ideal"),
        Entry::new(Mark::Box(inks[0]), with),
        Entry::new(Mark::Box(inks[1]), without),
    ];
    let bottom = strip(&mut svg, style, 0.0, lowest + 6.0, width, &entries);
    let name = arm.map_or(String::new(), |i| format!("Arm: {}.", arm_label(&results.arms[i])));
    let words = caption(&[
        &name,
        "Observed share of the event against predicted probability: smoothed curve with pointwise 95% band, and groups of predictions \
         with 95% intervals. On the dashed line predictions are exact.",
        "Bars below count cases by predicted probability, with the event upwards, without it downwards, scaled to the largest bin.",
        "Intercept: calibration in the large (ideal 0); slope: ideal 1; ICI: integrated calibration index, the mean distance of the \
         curve from the ideal.",
        &results.validation.sentence,
    ]);
    let title = arm.map_or_else(|| "Calibration".to_string(), |i| format!("Calibration: {}", arm_label(&results.arms[i])));
    Figure::new(&id, &title, words, svg, bottom)
}

/// Intercept (calibration in the large), slope and ICI in three lines; without intervals where these do not fit.
fn print_numbers(svg: &mut Svg, style: &Style, area: Rect, result: &CalibrationResult) {
    const LABEL: f64 = 33.0;
    let names = [("Intercept", "calibration-in-the-large"), ("Slope", "calibration-slope"), ("ICI", "ici")];
    let leading = style.leading(style.small);
    for (i, (label, id)) in names.iter().enumerate() {
        let measure = result.measures.iter().find(|named| named.id == *id).map(|named| &named.measure);
        let mut value = measure.map_or_else(|| "not available".to_string(), |measure| text::estimate(measure, 2));
        if text::width(&value, style.small, false) > area.w - LABEL {
            value = value.split(' ').next().unwrap_or_default().to_string();
        }
        let y = area.y + style.small + leading * i as f64;
        svg.row(y, &[(area.x, Anchor::Start, label), (area.x + LABEL, Anchor::Start, &value)], Font::new(style.small, BLACK));
    }
}

fn draw(svg: &mut Svg, style: &Style, panel: &Panel, result: &CalibrationResult, colour: &'static str) {
    panel.curve(svg, [[0.0, 0.0], [panel.x.domain[1], panel.x.domain[1]]], Stroke::dashed(GREY, style.hairline));
    if result.curve.is_empty() && result.groups.is_empty() {
        let reason = result.measures.iter().find_map(|m| m.measure.note.as_deref().filter(|_| m.measure.value.is_none()));
        panel.empty(svg, style, &format!("No curve: {}", reason.unwrap_or("too few cases or a constant prediction")));
        return;
    }
    panel.inside(svg, |svg| {
        panel.band(svg, &result.curve, colour, style.band);
        panel.curve(svg, result.curve.iter().map(|p| [p.x, p.y]), Stroke::solid(colour, style.strong));
        for group in &result.groups {
            panel.error_bar(svg, group, 1.6, BLACK, style.hairline + 0.1);
        }
    });
}

fn histogram(svg: &mut Svg, style: &Style, panel: &Panel, result: &CalibrationResult, [up, down]: [&'static str; 2]) {
    let bins = result.histogram.len().max(1) as f64;
    let most = result.histogram.iter().flatten().copied().max().unwrap_or(0).max(1) as f64;
    let middle = panel.area.centre()[1];
    let height = Scale::new([0.0, most], [0.0, panel.area.h / 2.0 - 1.0]);
    for (i, [without, with]) in result.histogram.iter().enumerate() {
        let (from, to) = (i as f64 / bins, (i + 1) as f64 / bins);
        if to > panel.x.domain[1] + 1e-9 {
            continue;
        }
        let (x, w) = (panel.x.at(from) + 0.4, panel.x.at(to) - panel.x.at(from) - 0.8);
        let (with, without) = (height.at(*with as f64), height.at(*without as f64));
        if with > 0.0 {
            svg.rect(Rect::new(x, middle - with, w, with), Some(up), None);
        }
        if without > 0.0 {
            svg.rect(Rect::new(x, middle, w, without), Some(down), None);
        }
    }
    svg.line([panel.area.x, middle], [panel.area.right(), middle], Stroke::solid(BLACK, style.hairline));
}

/// The common end of both axes: 1, or less where nothing lies beyond.
fn limit<'a>(results: impl Iterator<Item = &'a CalibrationResult>) -> f64 {
    let mut largest: f64 = 0.0;
    for result in results {
        for point in result.curve.iter().chain(&result.groups) {
            largest = [point.x, point.y].into_iter().filter(|v| v.is_finite()).fold(largest, f64::max);
        }
        for group in &result.groups {
            largest = largest.max(text::finite(group.upper).unwrap_or(0.0));
        }
        let bins = result.histogram.len().max(1) as f64;
        let last = result.histogram.iter().rposition(|counts| counts.iter().any(|&n| n > 0));
        largest = largest.max(last.map_or(0.0, |i| (i + 1) as f64 / bins));
    }
    if largest <= 0.0 || largest > 0.8 { 1.0 } else { ((largest / 0.2 - 1e-9).ceil() * 0.2).max(0.2) }
}
