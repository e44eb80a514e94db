//! The flow diagram: how patients became cases, who was excluded and why, what is there in the end.

use super::geometry::{Rect, columns};
use super::style::{BLACK, GREY, SHADE, Style, WHITE};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, caption, text};
use crate::study::results::{FlowStep, Results};

const PAD: f64 = 6.0;
const ARROW: f64 = 4.2;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    if results.flow.is_empty() { Vec::new() } else { vec![flow(results, style)] }
}

/// A STARD-like flow diagram: boxes downwards, exclusions by reason at the side, classes and modalities at the end.
pub fn flow(results: &Results, style: &Style) -> Figure {
    let width = style.page();
    let mut svg = Svg::new("flow", width);
    let beside = results.flow.iter().any(|step| !step.excluded.is_empty());
    let main = if beside { Rect::new(0.0, 0.0, width * 0.44, 0.0) } else { Rect::new(width * 0.22, 0.0, width * 0.56, 0.0) };
    let side_left = main.right() + 26.0;
    let middle = main.centre()[0];
    let line = Stroke::solid(BLACK, style.hairline + 0.1);
    let mut top = 0.0;
    let mut bottom = top;
    for (i, step) in results.flow.iter().enumerate() {
        let next = results.flow.get(i + 1);
        if i > 0 {
            arrow(&mut svg, [middle, bottom], [middle, top], line);
        }
        // The last box holds what is analysed and spans everything that it branches into.
        let (left, span) = if next.is_none() && step.excluded.is_empty() { (0.0, width) } else { (main.x, main.w) };
        bottom = box_of(&mut svg, style, left, top, span, &step_lines(style, step, span), WHITE);
        if step.excluded.is_empty() {
            top = bottom + 18.0;
            continue;
        }
        let lines = exclusion_lines(style, step, next, width - side_left);
        let side_top = bottom + 10.0;
        let side_bottom = box_of(&mut svg, style, side_left, side_top, width - side_left, &lines, SHADE);
        let level = (side_top + side_bottom) / 2.0;
        if next.is_none() {
            svg.line([middle, bottom], [middle, level], line);
        }
        arrow(&mut svg, [middle, level], [side_left, level], line);
        top = side_bottom + 11.0;
        bottom = if next.is_none() { side_bottom } else { bottom };
    }
    if !results.outcome.classes.is_empty() {
        let ends_open = results.flow.last().is_some_and(|step| step.excluded.is_empty());
        bottom = class_boxes(&mut svg, style, results, ends_open.then_some(bottom), bottom + 18.0, line);
    }
    if !results.cohort.modalities.is_empty() {
        bottom = modality_box(&mut svg, style, results, bottom + 10.0);
    }
    let words = caption(&[
        "From the records found to the cases analysed; boxes at the side give exclusions by reason.",
        "Below: cases per class of the outcome, and how many analysed cases have each modality.",
        &results.outcome.rules.join(" "),
    ]);
    Figure::new("flow", "Flow of patients and cases", words, svg, bottom + 2.0)
}

/// A line of a box: text, bold or not, and how far it is indented; `centred` boxes ignore the indent.
struct Line {
    text: String,
    bold: bool,
    left: Option<f64>,
}

fn step_lines(style: &Style, step: &FlowStep, width: f64) -> Vec<Line> {
    let mut lines: Vec<Line> = text::wrapped(&step.label, width - 2.0 * PAD, style.text, false, 4)
        .into_iter()
        .map(|text| Line { text, bold: false, left: None })
        .collect();
    lines.push(Line { text: numbers(step.cases, step.patients), bold: true, left: None });
    lines
}

/// `n = 158`, or both numbers where a patient may have several cases.
fn numbers(cases: usize, patients: usize) -> String {
    if cases == patients { format!("n = {cases}") } else { format!("{cases} cases in {patients} patients") }
}

fn exclusion_lines(style: &Style, step: &FlowStep, next: Option<&FlowStep>, width: f64) -> Vec<Line> {
    let listed: usize = step.excluded.iter().map(|reason| reason.n).sum();
    // The number that left is what the boxes differ by; a case with two reasons may be listed under both.
    let left = next.map_or(listed, |next| step.cases.saturating_sub(next.cases));
    let head =
        if listed > left { format!("Excluded: n = {left} (some for several reasons)") } else { format!("Excluded: n = {left}") };
    let mut lines = vec![Line { text: head, bold: true, left: Some(0.0) }];
    for reason in &step.excluded {
        let text = format!("{}: {}", reason.name, reason.n);
        for (i, text) in text::wrapped(&text, width - 2.0 * PAD - 8.0, style.text, false, 3).into_iter().enumerate() {
            lines.push(Line { text, bold: false, left: Some(if i == 0 { 4.0 } else { 10.0 }) });
        }
    }
    lines
}

/// Draws a box as tall as its lines; returns its lower edge.
fn box_of(svg: &mut Svg, style: &Style, left: f64, top: f64, width: f64, lines: &[Line], fill: &str) -> f64 {
    let leading = style.leading(style.text) + 0.6;
    let height = leading * lines.len() as f64 + 2.0 * PAD - 2.0;
    svg.rect(Rect::new(left, top, width, height), Some(fill), Some(Stroke::solid(BLACK, style.hairline + 0.1)));
    for (i, line) in lines.iter().enumerate() {
        let y = top + PAD - 1.0 + leading * (i as f64 + 0.5);
        let font = Font::new(style.text, BLACK);
        let font = if line.bold { font.bold() } else { font };
        match line.left {
            Some(indent) => svg.text_centred([left + PAD + indent, y], &line.text, font),
            None => svg.text_centred([left + width / 2.0, y], &line.text, font.middle()),
        }
    }
    top + height
}

/// A box per class; arrows come down from the box above where there is one.
fn class_boxes(svg: &mut Svg, style: &Style, results: &Results, from: Option<f64>, top: f64, line: Stroke) -> f64 {
    let classes = &results.outcome.classes;
    let per_row = classes.len().min(5);
    let cells = columns(svg.width(), per_row, 12.0);
    let label = |name: &str| text::wrapped(name, cells[0].1 - 2.0 * PAD, style.text, false, 3);
    let tallest = classes.iter().map(|class| label(&class.name).len()).max().unwrap_or(1);
    let (mut top, mut bottom) = (top, top);
    for (row, classes) in classes.chunks(per_row).enumerate() {
        for (class, &(left, width)) in classes.iter().zip(&cells) {
            let mut lines: Vec<Line> =
                label(&class.name).into_iter().map(|text| Line { text, bold: false, left: None }).collect();
            lines.resize_with(tallest, || Line { text: String::new(), bold: false, left: None });
            lines.push(Line { text: format!("n = {}", class.n), bold: true, left: None });
            bottom = box_of(svg, style, left, top, width, &lines, WHITE);
            if let Some(from) = from.filter(|_| row == 0) {
                arrow(svg, [left + width / 2.0, from], [left + width / 2.0, top], line);
            }
        }
        top = bottom + 6.0;
    }
    bottom
}

/// All modalities in one box: name, and cases that have it.
fn modality_box(svg: &mut Svg, style: &Style, results: &Results, top: f64) -> f64 {
    let modalities = &results.cohort.modalities;
    let per_row = modalities.len().min(4);
    let width = svg.width();
    let cells = columns(width - 2.0 * PAD, per_row, 10.0);
    let leading = style.leading(style.text) + 0.6;
    let labels: Vec<Vec<String>> =
        modalities.iter().map(|m| text::wrapped(name(&m.label, &m.name), cells[0].1, style.text, false, 2)).collect();
    let mut rows: Vec<(f64, std::ops::Range<usize>)> = Vec::new();
    for start in (0..modalities.len()).step_by(per_row) {
        let end = (start + per_row).min(modalities.len());
        let lines = labels[start..end].iter().map(Vec::len).max().unwrap_or(1) + 1;
        rows.push((leading * lines as f64 + 3.0, start..end));
    }
    let height = rows.iter().map(|(height, _)| height).sum::<f64>() + leading + 2.0 * PAD - 3.0;
    svg.rect(Rect::new(0.0, top, width, height), Some(SHADE), Some(Stroke::solid(BLACK, style.hairline + 0.1)));
    let head = Font::new(style.text, BLACK).bold().middle();
    let mut y = top + PAD + leading / 2.0 - 1.0;
    svg.text_centred([width / 2.0, y], &format!("Modalities of the {} analysed cases", results.cohort.cases), head);
    y += leading / 2.0 + 3.0;
    for (height, range) in rows {
        // A last row that is not full stays centred.
        let shift = (per_row - range.len()) as f64 * (cells[0].1 + 10.0) / 2.0;
        for (i, &(left, cell)) in range.zip(&cells) {
            let centre = PAD + left + shift + cell / 2.0;
            for (k, line) in labels[i].iter().enumerate() {
                svg.text_centred([centre, y + leading * (k as f64 + 0.5)], line, Font::new(style.text, BLACK).middle());
            }
            let count = modalities[i].present;
            let share = if results.cohort.cases > 0 {
                format!(" ({}%)", text::number(100.0 * count as f64 / results.cohort.cases as f64, 0))
            } else {
                String::new()
            };
            let at = [centre, y + leading * (labels[i].len() as f64 + 0.5)];
            svg.text_centred(at, &format!("n = {count}{share}"), Font::new(style.text, GREY).middle());
        }
        y += height;
    }
    top + height
}

fn name<'a>(label: &'a str, name: &'a str) -> &'a str {
    if label.trim().is_empty() { name } else { label }
}

/// A line with a filled head at `to`, upright or level.
fn arrow(svg: &mut Svg, from: [f64; 2], to: [f64; 2], line: Stroke) {
    let length = (to[0] - from[0]).hypot(to[1] - from[1]);
    if length <= 0.0 {
        return;
    }
    let [dx, dy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
    let base = [to[0] - dx * ARROW, to[1] - dy * ARROW];
    svg.line(from, base, line);
    let half = ARROW * 0.42;
    let corners = [to, [base[0] - dy * half, base[1] + dx * half], [base[0] + dy * half, base[1] - dx * half]];
    svg.polygon(&corners, line.colour, 1.0);
}
