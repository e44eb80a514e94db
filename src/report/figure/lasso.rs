//! The LASSO path: how coefficients grow as the penalty falls, and where cross-validation stops.

use super::geometry::{Rect, spread};
use super::legend::{Entry, Mark, strip};
use super::panel::{Axis, Panel};
use super::scale::{Tick, round_out, ticks};
use super::style::{BLACK, GREY, Ink, PALE, Style};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, arm_ids, arm_label, caption, modality_label, modality_of, text};
use crate::study::results::{CurvePoint, LassoPathResult, PathCoefficient, Results};

/// Features that are named at the end of their line.
const NAMED: usize = 10;
/// Room for their names at most.
const NAMES: f64 = 150.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let with = results.arms.iter().enumerate().filter_map(|(i, arm)| arm.lasso_path.as_ref().map(|path| (i, path)));
    with.map(|(i, path)| lasso_path(results, i, path, style)).collect()
}

/// Coefficients over −log λ (one panel per class of a multinomial model) and the cross-validated deviance with its standard error;
/// vertical lines at λ of the smallest deviance and at the largest λ within one standard error of it.
pub fn lasso_path(results: &Results, arm: usize, path: &LassoPathResult, style: &Style) -> Figure {
    let id = &arm_ids(results, "lasso-path")[arm];
    let width = style.page();
    let mut svg = Svg::new(id, width);
    let label = arm_label(&results.arms[arm]);
    let x: Vec<f64> = path.lambda.iter().map(|lambda| -lambda.ln()).collect();
    let on_axis = || x.iter().copied().filter(|v| v.is_finite());
    let (x_low, x_high) = (on_axis().fold(f64::INFINITY, f64::min), on_axis().fold(f64::NEG_INFINITY, f64::max));
    let drawable = x_high > x_low;
    let margin = (x_high - x_low) * 0.012;
    let domain = if drawable { [x_low - margin, x_high + margin] } else { [0.0, 1.0] };
    let x_axis = Axis::new("−log λ", ticks(domain[0], domain[1], 6)).plain();
    let mut classes: Vec<Option<&str>> = Vec::new();
    for line in &path.coefficients {
        if !classes.contains(&line.class.as_deref()) {
            classes.push(line.class.as_deref());
        }
    }
    if classes.is_empty() {
        classes.push(None);
    }
    let groups: Vec<Vec<&PathCoefficient>> =
        classes.iter().map(|class| path.coefficients.iter().filter(|line| line.class.as_deref() == *class).collect()).collect();
    let values = || path.coefficients.iter().flat_map(|line| line.values.iter().copied()).filter(|v| v.is_finite());
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let margin = if high > low { (high - low) * 0.04 } else { 0.5 };
    let y_domain = [low - margin, high + margin];
    // Panels of many classes are lower, so that all of them stand on one page.
    let tall = (520.0 / groups.len() as f64 - 24.0).clamp(72.0, 128.0);
    let y_title = if tall > 100.0 { "Coefficient (standardised)" } else { "Coefficient" };
    let y_axis = Axis::new(y_title, ticks(y_domain[0], y_domain[1], 5)).plain();
    let deviances: Vec<CurvePoint> = (0..path.lambda.len().min(path.deviance.len()))
        .map(|i| {
            let (y, se) = (path.deviance[i], path.deviance_se.get(i).copied().filter(|se| se.is_finite()));
            CurvePoint { x: x[i], y, lower: se.map(|se| y - se), upper: se.map(|se| y + se), n: None }
        })
        .filter(|point| point.x.is_finite() && point.y.is_finite())
        .collect();
    let d_low = deviances.iter().map(|p| p.lower.unwrap_or(p.y)).fold(f64::INFINITY, f64::min);
    let d_high = deviances.iter().map(|p| p.upper.unwrap_or(p.y)).fold(f64::NEG_INFINITY, f64::max);
    let d_domain = if d_high > d_low { round_out(d_low, d_high, 4) } else { [0.0, 1.0] };
    let d_axis = Axis::new("Cross-validated deviance", ticks(d_domain[0], d_domain[1], 5)).plain();
    let room_left = y_axis.room_left(style).max(d_axis.room_left(style));
    let names = groups.iter().flat_map(|lines| named(lines, NAMED)).map(|line| text::width(&line.name, style.small, false));
    let names = (names.fold(0.0, f64::max) + 18.0).clamp(48.0, NAMES);
    let inner = width - room_left - names;
    let mut top = 4.0;

    for (k, (class, lines)) in classes.iter().zip(&groups).enumerate() {
        // Numbers of features and names of penalties stand over the first panel and hold for all.
        let over = if k == 0 { style.leading(style.small) * 2.0 } else { 0.0 };
        let head = over + if class.is_some() { style.leading(style.heading) + 4.0 } else { 4.0 };
        let panel = Panel::new(Rect::new(room_left, top + head, inner, tall), domain, y_domain);
        if let Some(class) = class {
            svg.text([panel.area.x, top + style.heading], class, Font::new(style.heading, BLACK).bold());
        }
        panel.axes(&mut svg, style, &x_axis.bare(), &y_axis);
        if !drawable || lines.is_empty() {
            let reason =
                if drawable { "No feature enters the model at any penalty" } else { "No path: fewer than two penalties" };
            panel.empty(&mut svg, style, reason);
        } else {
            if k == 0 {
                numbers_on_top(&mut svg, style, &panel, &x, &path.nonzero);
            }
            panel.curve(&mut svg, [[domain[0], 0.0], [domain[1], 0.0]], Stroke::solid(BLACK, style.hairline));
            penalties(&mut svg, style, &panel, path, k == 0);
            coefficient_lines(&mut svg, style, results, &panel, &x, lines, names);
        }
        top = panel.area.bottom() + 8.0;
    }
    // Without coefficients the names of the penalties stand over this panel.
    top += if path.coefficients.is_empty() { 2.0 * style.leading(style.small) } else { 4.0 };
    let panel = Panel::new(Rect::new(room_left, top, inner, 88.0), domain, d_domain);
    panel.axes(&mut svg, style, &x_axis, &d_axis);
    if deviances.is_empty() || !drawable {
        panel.empty(&mut svg, style, "No cross-validated deviance");
    } else {
        penalties(&mut svg, style, &panel, path, path.coefficients.is_empty());
        panel.inside(&mut svg, |svg| {
            for point in &deviances {
                if let (Some(low), Some(high)) = (point.lower, point.upper) {
                    svg.line(panel.at(point.x, low), panel.at(point.x, high), Stroke::solid(PALE, style.hairline));
                }
            }
            for point in &deviances {
                let at = panel.at(point.x, point.y);
                svg.dot(at, 1.2, style.arm(1).colour, None);
            }
        });
    }
    top = panel.area.bottom() + x_axis.room_below(style) + 4.0;
    let mut modalities: Vec<usize> = path.coefficients.iter().filter_map(|line| modality_of(results, &line.name)).collect();
    modalities.sort_unstable();
    modalities.dedup();
    if modalities.len() > 1 {
        let entries: Vec<Entry> = modalities
            .iter()
            .map(|&i| Entry::new(Mark::Line(Stroke::solid(style.modality(i).colour, style.curve)), modality_label(results, i)))
            .collect();
        top = strip(&mut svg, style, 0.0, top, width, &entries);
    }
    let words = caption(&[
        &format!("Arm: {label}."),
        "Top: coefficients on standardised columns as the penalty λ falls from left to right; the numbers on top count features in the \
         model. The features that are largest at the end are named.",
        "Bottom: cross-validated mean deviance with its standard error.",
        "Dashed: λ of the smallest deviance; dotted: largest λ within one standard error of it.",
        "Fitted on all training cases: a description of the model, no performance comes from it.",
    ]);
    Figure::new(id, &format!("LASSO path: {label}"), words, svg, top + 2.0)
}

/// Numbers of non-zero coefficients above the panel, at the marks of the axis.
fn numbers_on_top(svg: &mut Svg, style: &Style, panel: &Panel, x: &[f64], nonzero: &[usize]) {
    let y = panel.area.y - 4.5;
    let marks: Vec<Tick> = ticks(panel.x.domain[0], panel.x.domain[1], 12);
    let mut last = f64::NEG_INFINITY;
    for mark in &marks {
        // The number at a mark is that of the last penalty before it.
        let Some(count) = x.iter().zip(nonzero).rev().find(|(at, _)| **at <= mark.value + 1e-9).map(|(_, n)| n) else { continue };
        let label = count.to_string();
        let at = panel.x.at(mark.value);
        let half = text::width(&label, style.small, false) / 2.0;
        if at - half < last + 3.0 {
            continue;
        }
        last = at + half;
        svg.text([at, y], &label, Font::new(style.small, GREY).middle());
    }
    let title = [panel.area.right() + 6.0, y];
    svg.text(title, "features", Font::new(style.small, GREY));
}

/// Lines at both penalties; their names stand above the panel where `named`.
fn penalties(svg: &mut Svg, style: &Style, panel: &Panel, path: &LassoPathResult, named: bool) {
    let lines = [("λ min", path.lambda_min, "3 2"), ("λ 1se", path.lambda_1se, "0.9 1.7")];
    let mut wanted: Vec<(f64, f64, &str)> = Vec::new();
    for (name, lambda, dash) in lines {
        let at = -lambda.ln();
        if at.is_finite() && panel.x.contains(at) {
            let x = panel.x.at(at);
            svg.line([x, panel.area.y], [x, panel.area.bottom()], Stroke { colour: BLACK, width: style.hairline + 0.2, dash });
            wanted.push((x, text::width(name, style.small, false), name));
        }
    }
    if !named {
        return;
    }
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sizes: Vec<(f64, f64)> = wanted.iter().map(|(x, w, _)| (*x, *w)).collect();
    let centres = spread(&sizes, 4.0, panel.area.x, panel.area.right());
    for ((_, _, name), centre) in wanted.iter().zip(&centres) {
        // The first line above the axes belongs to the numbers of features.
        let y = panel.area.y - 4.0 - style.leading(style.small);
        svg.text([*centre, y], name, Font::new(style.small, BLACK).middle());
    }
}

/// The coefficient at the smallest penalty.
fn end(line: &PathCoefficient) -> f64 {
    line.values.iter().rev().copied().find(|v| v.is_finite()).unwrap_or(0.0)
}

/// Lines by the size of their last coefficient, the largest first.
fn by_size<'a>(lines: &[&'a PathCoefficient]) -> Vec<&'a PathCoefficient> {
    let mut order = lines.to_vec();
    order.sort_by(|a, b| end(b).abs().total_cmp(&end(a).abs()));
    order
}

/// The lines that get their name printed.
fn named<'a>(lines: &[&'a PathCoefficient], most: usize) -> Vec<&'a PathCoefficient> {
    by_size(lines).into_iter().take(most).filter(|line| end(line) != 0.0).collect()
}

/// All lines in the colour of their modality, the largest named at their end.
fn coefficient_lines(
    svg: &mut Svg,
    style: &Style,
    results: &Results,
    panel: &Panel,
    x: &[f64],
    lines: &[&PathCoefficient],
    room: f64,
) {
    let colour = |line: &PathCoefficient| match modality_of(results, &line.name) {
        Some(index) => style.modality(index),
        None => Ink { colour: GREY, dash: "" },
    };
    let order = by_size(lines);
    let height = style.leading(style.small);
    let mut named = named(lines, NAMED.min((panel.area.h / height) as usize));
    panel.inside(svg, |svg| {
        for (rank, line) in order.iter().enumerate().rev() {
            let width = if rank < NAMED { style.curve } else { style.hairline };
            let points = x.iter().zip(&line.values).map(|(&x, &y)| [x, y]);
            panel.curve(svg, points, Stroke::solid(colour(line).colour, width));
        }
    });
    named.sort_by(|a, b| end(b).total_cmp(&end(a)));
    let wanted: Vec<(f64, f64)> = named.iter().map(|line| (panel.y.at(end(line)), height)).collect();
    let centres = spread(&wanted, 0.0, panel.area.y, panel.area.bottom());
    for ((line, (from, _)), to) in named.iter().zip(&wanted).zip(&centres) {
        let ink = colour(line).colour;
        let left = panel.area.right();
        svg.polyline(
            &[[left + 1.0, *from], [left + 4.0, *from], [left + 10.0, *to], [left + 12.0, *to]],
            Stroke::solid(ink, style.hairline),
        );
        let name = text::shortened_inside(&line.name, room - 16.0, style.small, false);
        svg.text_centred([left + 14.0, *to], &name, Font::new(style.small, BLACK));
    }
}
