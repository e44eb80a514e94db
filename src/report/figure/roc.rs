//! Receiver operating characteristic curves: all arms over each other, one panel per class where there are three or more.

use super::geometry::{Rect, columns};
use super::legend::{Entry, Mark, Place, table};
use super::panel::{Axis, Panel, heading, heading_lines};
use super::scale::ticks;
use super::style::{GREY, Style};
use super::svg::{Stroke, Svg};
use super::{Figure, arm_label, caption, primary_arms, text, undefined};
use crate::study::results::{Results, RocCurveResult};

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    if results.arms.iter().all(|arm| arm.performance.roc.is_empty()) { Vec::new() } else { vec![roc(results, style)] }
}

/// ROC curves with a pointwise band of the sensitivity for the primary arms, the diagonal of chance, and each arm's AUC.
pub fn roc(results: &Results, style: &Style) -> Figure {
    let classes = classes(results);
    let single = classes.len() < 2;
    let per_row = classes.len().clamp(1, 3);
    let width = match per_row {
        1 => style.column(),
        2 => style.page() * 0.75,
        _ => style.page(),
    };
    let mut svg = Svg::new("roc", width);
    let primary = primary_arms(results);
    let unit = ticks(0.0, 1.0, 5);
    let (x_axis, y_axis) = (Axis::new("1 − Specificity", unit.clone()), Axis::new("Sensitivity", unit));
    let cells = columns(width, per_row, 12.0);
    let titles: Vec<String> = classes.iter().map(|class| format!("{class} vs rest")).collect();
    let mut top = 0.0;
    for row in classes.chunks(per_row).zip(titles.chunks(per_row)) {
        let room = cells[0].1 - 4.0;
        let head = if single {
            4.0
        } else {
            style.leading(style.heading) * heading_lines(style, room, row.1.iter().map(String::as_str)) as f64 + 4.0
        };
        let mut lowest = top;
        for ((class, title), &(left, cell)) in row.0.iter().zip(row.1).zip(&cells) {
            let room_left = y_axis.room_left(style);
            let side = cell - room_left - 5.0;
            let area = Rect::new(left + room_left, top + head + 2.0, side, side);
            let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
            if !single {
                heading(&mut svg, style, area.x, area.y - 5.0, side, title, 2);
            }
            panel.axes(&mut svg, style, &x_axis, &y_axis);
            let curves: Vec<Option<&RocCurveResult>> =
                results.arms.iter().map(|arm| arm.performance.roc.iter().find(|curve| curve.class == **class)).collect();
            draw_curves(&mut svg, style, &panel, &curves, &primary);
            let entries: Vec<Entry> = results
                .arms
                .iter()
                .zip(&curves)
                .enumerate()
                .map(|(i, (arm, curve))| {
                    let stroke = if primary[i] { style.strong } else { style.curve };
                    Entry {
                        mark: Mark::arm(style.arm(i), stroke, primary[i] && curve.is_some_and(has_band)),
                        label: arm_label(arm).to_string(),
                        value: curve.map_or_else(|| "not available".to_string(), |curve| text::estimate(&curve.auc, 3)),
                        strong: false,
                    }
                })
                .collect();
            let place = Place { left: left + 6.0, top: area.bottom() + x_axis.room_below(style) + 5.0, width: cell - 8.0 };
            let lines = if !single && entries.len() > 6 { 1 } else { 2 };
            let bottom = table(&mut svg, style, place, "AUC (95% CI)", &entries, lines);
            lowest = f64::max(lowest, bottom);
        }
        top = lowest + 8.0;
    }
    let band = if primary.contains(&true) {
        "Shaded: pointwise 95% interval of the sensitivity of the arms of the primary comparison."
    } else {
        ""
    };
    let rest = if single { "" } else { "Each panel takes one class against all others." };
    let text = caption(&[
        "ROC curves of all arms; the dashed diagonal is chance.",
        rest,
        band,
        "AUC = area under the curve; in parentheses its 95% confidence interval.",
        &undefined(results.arms.iter().flat_map(|arm| &arm.performance.roc).map(|curve| &curve.auc)),
        &results.validation.sentence,
    ]);
    Figure::new("roc", "Receiver operating characteristic curves", text, svg, top - 6.0)
}

fn draw_curves(svg: &mut Svg, style: &Style, panel: &Panel, curves: &[Option<&RocCurveResult>], primary: &[bool]) {
    panel.curve(svg, [[0.0, 0.0], [1.0, 1.0]], Stroke::dashed(GREY, style.hairline));
    if curves.iter().flatten().all(|curve| curve.points.len() < 2) {
        let reason = curves
            .iter()
            .flatten()
            .find_map(|curve| curve.auc.note.as_deref())
            .unwrap_or("no predictions of both kinds of cases");
        panel.empty(svg, style, &format!("No ROC curve: {reason}"));
        return;
    }
    panel.inside(svg, |svg| {
        for (i, curve) in curves.iter().enumerate().filter(|(i, _)| primary[*i]) {
            if let Some(curve) = curve {
                panel.band(svg, &curve.points, style.arm(i).colour, style.band);
            }
        }
        // The primary arms are drawn last, so that they lie on top.
        for wanted in [false, true] {
            for (i, curve) in curves.iter().enumerate().filter(|(i, _)| primary[*i] == wanted) {
                if let Some(curve) = curve {
                    let width = if wanted { style.strong } else { style.curve };
                    panel.curve(svg, curve.points.iter().map(|p| [p.x, p.y]), Stroke::of(style.arm(i), width));
                }
            }
        }
    });
}

fn has_band(curve: &RocCurveResult) -> bool {
    curve.points.iter().any(|point| point.lower.is_some() && point.upper.is_some())
}

/// The classes that have a curve in any arm, in the outcome's order.
fn classes(results: &Results) -> Vec<String> {
    let mut classes: Vec<String> = Vec::new();
    for curve in results.arms.iter().flat_map(|arm| &arm.performance.roc) {
        if !classes.contains(&curve.class) {
            classes.push(curve.class.clone());
        }
    }
    let place = |class: &String| results.outcome.classes.iter().position(|c| c.name == *class).unwrap_or(usize::MAX);
    classes.sort_by_key(place);
    classes
}
