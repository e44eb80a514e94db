//! Predicted probabilities by class: how far apart the model puts those who have the event and those who have not.

use super::geometry::{Rect, columns};
use super::legend::{Entry, Mark, strip};
use super::panel::{Axis, Panel, heading, heading_lines};
use super::scale::ticks;
use super::style::{BLACK, GREY, Style};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, arm_label, caption};
use crate::study::results::{CalibrationResult, Results};

/// Height of either side of a panel, and of a panel among so many that the page would not hold them.
const HALF: f64 = 21.0;
const LOW: f64 = 13.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let any = results.arms.iter().flat_map(|arm| &arm.performance.calibration).any(|c| !c.histogram.is_empty());
    if any { vec![distribution(results, style)] } else { Vec::new() }
}

/// Panels in rows, with a title over each panel or one title over each row.
struct Layout<'a> {
    width: f64,
    per_row: usize,
    /// Titles over the columns; empty where panels have their own.
    columns: Vec<&'a str>,
    /// Title and content; only the first panel of a row has a title where columns have theirs.
    panels: Vec<(&'a str, Option<&'a CalibrationResult>)>,
}

/// The distribution of predicted probability among cases with the class (upwards) and without it (downwards), each as shares of
/// its own cases. Two classes: one panel per arm. More: a row per arm and a column per class.
pub fn distribution(results: &Results, style: &Style) -> Figure {
    let mut classes: Vec<&str> = Vec::new();
    for result in results.arms.iter().flat_map(|arm| &arm.performance.calibration) {
        if !classes.contains(&result.class.as_str()) {
            classes.push(&result.class);
        }
    }
    let binary = classes.len() < 2;
    let layout = if binary { one_class(results, style) } else { many_classes(results, style, &classes) };
    let mut svg = Svg::new("distribution", layout.width);
    let inks = [style.class(1, 2).colour, style.class(0, 2).colour];
    let cells = columns(layout.width, layout.per_row, 12.0);
    let x_axis = Axis::new("Predicted probability", ticks(0.0, 1.0, 5));
    let mut top = 0.0;
    if !layout.columns.is_empty() {
        let room = cells[0].1 - 10.0;
        let head = style.leading(style.heading) * heading_lines(style, room, layout.columns.iter().copied()) as f64;
        for (title, &(left, _)) in layout.columns.iter().zip(&cells) {
            heading(&mut svg, style, left + 5.0, top + head - 3.0, room, title, 2);
        }
        top += head + 2.0;
    }
    let half = if layout.panels.len().div_ceil(layout.per_row) > 8 { LOW } else { HALF };
    let mut lowest = top;
    for (r, row) in layout.panels.chunks(layout.per_row).enumerate() {
        let room = if layout.columns.is_empty() { cells[0].1 - 10.0 } else { layout.width };
        let size = if layout.columns.is_empty() { style.heading } else { style.text };
        let head = style.leading(size) * heading_lines(style, room, row.iter().map(|(title, _)| *title)) as f64 + 4.0;
        for (k, ((title, result), &(left, cell))) in row.iter().zip(&cells).enumerate() {
            let area = Rect::new(left + 5.0, top + head, cell - 12.0, 2.0 * half);
            let panel = Panel::new(area, [0.0, 1.0], [-1.0, 1.0]);
            if layout.columns.is_empty() {
                heading(&mut svg, style, area.x, area.y - 4.0, room, title, 2);
            } else {
                svg.text([area.x, area.y - 3.0], title, Font::new(style.text, BLACK));
            }
            draw(&mut svg, style, &panel, *result, inks);
            // The lowest panel of a column carries the labels of its axis.
            let last = (r + 1) * layout.per_row + k >= layout.panels.len();
            let axis = if last { x_axis.clone() } else { x_axis.bare() };
            panel.abscissa(&mut svg, style, &axis);
            lowest = f64::max(lowest, area.bottom() + if last { x_axis.room_below(style) } else { 0.0 });
        }
        top += head + 2.0 * half + 8.0;
    }
    let (with, without) = super::sides(results, binary);
    let entries = [Entry::new(Mark::Box(inks[0]), with), Entry::new(Mark::Box(inks[1]), without)];
    let bottom = strip(&mut svg, style, 0.0, lowest + 5.0, layout.width, &entries);
    let words = caption(&[
        "Predicted probabilities of cases with the event (upwards) and without it (downwards), each side as shares of its own cases, \
         scaled to the largest share of the panel.",
        if classes.len() > layout.per_row && !binary { "The first four classes are drawn." } else { "" },
        &results.validation.sentence,
    ]);
    Figure::new("distribution", "Predicted probabilities by class", words, svg, bottom)
}

fn one_class<'a>(results: &'a Results, style: &Style) -> Layout<'a> {
    let panels: Vec<_> = results.arms.iter().map(|arm| (arm_label(arm), arm.performance.calibration.first())).collect();
    let per_row = panels.len().clamp(1, 3);
    let width = [style.column(), style.page() * 0.72, style.page()][per_row - 1];
    Layout { width, per_row, columns: Vec::new(), panels }
}

fn many_classes<'a>(results: &'a Results, style: &Style, classes: &[&'a str]) -> Layout<'a> {
    let across = &classes[..classes.len().min(4)];
    let mut panels = Vec::new();
    for arm in &results.arms {
        for (k, class) in across.iter().enumerate() {
            let title = if k == 0 { arm_label(arm) } else { "" };
            panels.push((title, arm.performance.calibration.iter().find(|result| result.class == *class)));
        }
    }
    Layout { width: style.page(), per_row: across.len(), columns: across.to_vec(), panels }
}

fn draw(svg: &mut Svg, style: &Style, panel: &Panel, result: Option<&CalibrationResult>, inks: [&'static str; 2]) {
    let histogram = result.map_or(&[][..], |result| &result.histogram);
    let total = |side: usize| histogram.iter().map(|counts| counts[side]).sum::<usize>();
    let totals = [total(0), total(1)];
    let share = |n: usize, side: usize| if totals[side] > 0 { n as f64 / totals[side] as f64 } else { 0.0 };
    let largest = histogram.iter().flat_map(|c| [share(c[0], 0), share(c[1], 1)]).fold(0.0, f64::max);
    if largest <= 0.0 {
        panel.empty(svg, style, "No predicted probabilities");
        return;
    }
    let bins = histogram.len() as f64;
    let middle = panel.area.centre()[1];
    for (i, counts) in histogram.iter().enumerate() {
        let (from, to) = (panel.x.at(i as f64 / bins), panel.x.at((i + 1) as f64 / bins));
        let height = |side: usize| share(counts[side], side) / largest * (panel.area.h / 2.0 - 1.5);
        if counts[1] > 0 {
            svg.rect(Rect::new(from + 0.35, middle - height(1), to - from - 0.7, height(1)), Some(inks[0]), None);
        }
        if counts[0] > 0 {
            svg.rect(Rect::new(from + 0.35, middle, to - from - 0.7, height(0)), Some(inks[1]), None);
        }
    }
    svg.line([panel.area.x, middle], [panel.area.right(), middle], Stroke::solid(BLACK, style.hairline));
    let font = Font::new(style.small, GREY);
    for (side, y) in [(1, panel.area.y + style.small - 1.0), (0, panel.area.bottom() - 2.0)] {
        // The number of cases stands at the end where the bars are lower.
        let quarter = histogram.len().div_ceil(4);
        let most = |counts: &[[usize; 2]]| counts.iter().map(|c| c[side]).max().unwrap_or(0);
        let (x, font) = if most(&histogram[histogram.len() - quarter..]) <= most(&histogram[..quarter]) {
            (panel.area.right(), font.end())
        } else {
            (panel.area.x, font)
        };
        svg.text([x, y], &format!("n = {}", totals[side]), font);
    }
}
