//! The nomogram: a model that can be read with a ruler. Every position is a number of [`NomogramResult`], none is computed here.

use super::geometry::{Point, spread};
use super::scale::{Scale, ticks};
use super::style::{BLACK, GREY, GRID, Style};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, arm_ids, arm_label, caption, text};
use crate::study::results::{NomogramAxis, NomogramProbabilityAxis, NomogramResult, Results};

const TICK: f64 = 3.0;
const LEADER: f64 = 4.5;
/// How far a label may stand out over the ends of the axes.
const OVERHANG: f64 = 22.0;
/// How far a label may stand beside its mark before labels use both sides of the axis.
const NEAR: f64 = 9.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let of_arm = |(i, arm): (usize, &crate::study::results::Arm)| {
        (0..arm.nomograms.len()).map(|at| nomogram(results, i, at, style)).collect::<Vec<_>>()
    };
    results.arms.iter().enumerate().flat_map(of_arm).collect()
}

/// Points, one axis per variable, total points, and probabilities under the total.
///
/// `at` is the nomogram's place among those of the arm; only a multinomial model has several.
pub fn nomogram(results: &Results, arm: usize, at: usize, style: &Style) -> Figure {
    let nomogram = &results.arms[arm].nomograms[at];
    let id = &if results.arms[arm].nomograms.len() > 1 {
        format!("{}-{}", arm_ids(results, "nomogram")[arm], at + 1)
    } else {
        arm_ids(results, "nomogram")[arm].clone()
    };
    let label = arm_label(&results.arms[arm]);
    let width = style.page();
    let mut svg = Svg::new(id, width);
    let labels = labels_of(nomogram, style);
    let left = labels.iter().map(|lines| text::widest(lines, style.text, true)).fold(0.0, f64::max) + OVERHANG + 6.0;
    let range = [left, width - OVERHANG * 0.6];
    let points = nomogram.axes.iter().flat_map(|axis| &axis.ticks).map(|tick| tick.2).filter(|points| points.is_finite());
    let (low, high) = points.fold((0.0, 100.0), |(low, high): (f64, f64), p| (low.min(p), high.max(p)));
    let scale = Scale::new([low, high], range);
    let total = Scale::new([0.0, if nomogram.total_max > 0.0 { nomogram.total_max } else { 100.0 }], range);

    let mut rows: Vec<Row> = vec![points_row(scale, low, high, style)];
    rows.extend(nomogram.axes.iter().enumerate().map(|(i, axis)| variable_row(i, axis, scale, style)));
    let variables = rows.len();
    rows.push(total_row(&nomogram.total_ticks, total, style));
    rows.extend(nomogram.probabilities.iter().enumerate().map(|(i, axis)| probability_row(i, axis, total, style)));

    // Heights first: guides lie under everything.
    let leading = style.leading(style.small);
    let mut top = 2.0;
    let mut levels = Vec::with_capacity(rows.len());
    for (k, row) in rows.iter().enumerate() {
        let lines = labels[k].len() as f64 * style.leading(style.text);
        let above = row.room(Side::Above, leading).max(lines / 2.0 - 1.0);
        let below = row.room(Side::Below, leading).max(lines / 2.0 - 1.0);
        if k == variables {
            top += 9.0;
        }
        levels.push(top + above);
        top += above + below + 5.0;
    }
    let last_variable = levels[variables - 1] + 3.0;
    for guide in ticks(low, high, 10) {
        svg.line([scale.at(guide.value), levels[0]], [scale.at(guide.value), last_variable], Stroke::solid(GRID, style.grid));
    }
    let separator = levels[variables] - rows[variables].room(Side::Above, leading) - 7.0;
    svg.line([0.0, separator], [width, separator], Stroke::solid(GRID, style.hairline));
    for ((row, lines), &level) in rows.iter().zip(&labels).zip(&levels) {
        svg.group(&row.name, |svg| {
            let heading = row.strong;
            let font = Font::new(style.text, BLACK);
            let font = if heading { font.bold() } else { font };
            let first = level - style.leading(style.text) * (lines.len() as f64 - 1.0) / 2.0;
            for (i, line) in lines.iter().enumerate() {
                svg.text_centred([2.0, first + style.leading(style.text) * i as f64], line, font);
            }
            row.draw(svg, style, level);
        });
    }
    if nomogram.axes.is_empty() {
        let font = Font::new(style.small, GREY).middle();
        svg.text([(range[0] + range[1]) / 2.0, top], "The model has no variables", font);
        top += 6.0;
    }
    let words = caption(&[
        &format!("Arm: {label}."),
        &format!("{}.", nomogram.model.trim().trim_end_matches('.')),
        "To read: from a patient's value on each axis go up to the points; add the points; from the total go down to the probability.",
        "Points are a view of the model's coefficients and describe the fitted model; its performance is that of the arm's \
         out-of-fold predictions.",
    ]);
    let contrast = nomogram.contrast.as_ref().map_or(String::new(), |[class, base]| format!(", {class} against {base}"));
    Figure::new(id, &format!("Nomogram: {label}{contrast}"), words, svg, top)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

/// A mark on an axis and where its label stands.
struct Mark {
    x: f64,
    label: String,
    side: Side,
    centre: f64,
}

/// One axis with everything placed but its height.
struct Row {
    name: String,
    strong: bool,
    line: [f64; 2],
    marks: Vec<Mark>,
}

impl Row {
    fn room(&self, side: Side, leading: f64) -> f64 {
        let labelled = || self.marks.iter().filter(|mark| mark.side == side && !mark.label.is_empty());
        if labelled().next().is_none() {
            return 4.5;
        }
        TICK + leading + 1.0 + if labelled().any(Mark::moved) { LEADER } else { 1.5 }
    }

    fn draw(&self, svg: &mut Svg, style: &Style, level: f64) {
        let stroke = Stroke::solid(BLACK, style.hairline + 0.1);
        svg.line([self.line[0], level], [self.line[1], level], stroke);
        for mark in &self.marks {
            let sign = if mark.side == Side::Above { -1.0 } else { 1.0 };
            let length = if mark.label.is_empty() { TICK * 0.55 } else { TICK };
            svg.line([mark.x, level], [mark.x, level + sign * length], stroke);
            if mark.label.is_empty() {
                continue;
            }
            let moved = self.marks.iter().any(|other| other.side == mark.side && other.moved());
            let gap = TICK + if moved { LEADER } else { 1.5 };
            if moved {
                let from: Point = [mark.x, level + sign * TICK];
                svg.polyline(&[from, [mark.centre, level + sign * gap]], Stroke::solid(GREY, style.grid));
            }
            let baseline = if sign < 0.0 { level - gap - 1.8 } else { level + gap + style.small * 0.76 + 0.4 };
            svg.text([mark.centre, baseline], &mark.label, Font::new(style.small, BLACK).middle());
        }
    }
}

impl Mark {
    fn moved(&self) -> bool {
        !self.label.is_empty() && (self.centre - self.x).abs() > 0.5
    }
}

/// Labels of all rows, wrapped.
fn labels_of(nomogram: &NomogramResult, style: &Style) -> Vec<Vec<String>> {
    let room = style.page() * 0.27;
    let wrap = |label: &str, bold: bool| text::wrapped(label, room, style.text, bold, 3);
    let mut labels = vec![wrap("Points", true)];
    labels.extend(
        nomogram.axes.iter().map(|axis| wrap(if axis.label.trim().is_empty() { &axis.name } else { &axis.label }, false)),
    );
    labels.push(wrap("Total points", true));
    labels.extend(nomogram.probabilities.iter().map(|axis| wrap(&axis.label, true)));
    labels
}

fn points_row(scale: Scale, low: f64, high: f64, style: &Style) -> Row {
    let mut marks: Vec<(f64, String)> = ticks(low, high, 10).into_iter().map(|tick| (scale.at(tick.value), tick.label)).collect();
    marks.extend(between(&marks));
    Row { name: "points".to_string(), strong: true, line: scale.range, marks: thin_out(marks, Side::Above, style) }
}

fn total_row(values: &[f64], scale: Scale, style: &Style) -> Row {
    let whole = values.iter().all(|v| v.fract() == 0.0);
    let on_axis = values.iter().filter(|v| v.is_finite() && scale.contains(**v));
    let mut marks: Vec<(f64, String)> = on_axis.map(|&v| (scale.at(v), text::number(v, usize::from(!whole)))).collect();
    marks.extend(between(&marks));
    Row { name: "total".to_string(), strong: true, line: scale.range, marks: thin_out(marks, Side::Below, style) }
}

/// Minor marks halfway between labelled ones.
fn between(marks: &[(f64, String)]) -> Vec<(f64, String)> {
    marks.windows(2).map(|pair| ((pair[0].0 + pair[1].0) / 2.0, String::new())).collect()
}

fn variable_row(index: usize, axis: &NomogramAxis, scale: Scale, style: &Style) -> Row {
    let ticks = axis.ticks.iter().filter(|tick| tick.2.is_finite());
    let mut marks: Vec<(f64, String)> = ticks.map(|(label, _, points)| (scale.at(*points), label.clone())).collect();
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ends = [marks.first().map_or(scale.range[0], |m| m.0), marks.last().map_or(scale.range[0], |m| m.0)];
    let numeric = axis.coefficient.is_some() || axis.ticks.iter().all(|tick| tick.1.is_some());
    let marks = if numeric { number_marks(marks, scale.range, style) } else { place_all(marks, scale.range, style) };
    Row { name: format!("axis-{index}"), strong: false, line: ends, marks }
}

fn probability_row(index: usize, axis: &NomogramProbabilityAxis, total: Scale, style: &Style) -> Row {
    let mut ticks: Vec<(f64, f64)> =
        axis.ticks.iter().copied().filter(|(p, points)| p.is_finite() && points.is_finite() && total.contains(*points)).collect();
    ticks.sort_by(|a, b| a.1.total_cmp(&b.1));
    let ends = [ticks.first().map_or(total.range[0], |t| total.at(t.1)), ticks.last().map_or(total.range[0], |t| total.at(t.1))];
    // Where probabilities crowd, the rounder and the more central ones keep their labels.
    let mut order: Vec<usize> = (0..ticks.len()).collect();
    let plain = |p: f64| format!("{p}");
    order.sort_by(|&a, &b| {
        let key = |i: usize| (plain(ticks[i].0).len(), (ticks[i].0 - 0.5).abs());
        key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1))
    });
    let mut taken: Vec<[f64; 2]> = Vec::new();
    let mut labels = vec![String::new(); ticks.len()];
    for i in order {
        let label = plain(ticks[i].0);
        let half = text::width(&label, style.small, false) / 2.0 + 2.0;
        let span = [total.at(ticks[i].1) - half, total.at(ticks[i].1) + half];
        if taken.iter().all(|other| span[1] <= other[0] || span[0] >= other[1]) {
            taken.push(span);
            labels[i] = label;
        }
    }
    let marks = ticks
        .iter()
        .zip(labels)
        .map(|((_, points), label)| Mark { x: total.at(*points), label, side: Side::Below, centre: total.at(*points) })
        .collect();
    Row { name: format!("probability-{index}"), strong: true, line: ends, marks }
}

/// Marks at regular numbers: every second, third, … label where they would touch; the marks themselves stay.
fn thin_out(mut marks: Vec<(f64, String)>, side: Side, style: &Style) -> Vec<Mark> {
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let labelled: Vec<usize> = (0..marks.len()).filter(|&i| !marks[i].1.is_empty()).collect();
    let half = |i: usize| text::width(&marks[i].1, style.small, false) / 2.0;
    let fits = |every: usize| {
        let kept: Vec<usize> = labelled.iter().copied().step_by(every).collect();
        kept.windows(2).all(|pair| marks[pair[1]].0 - marks[pair[0]].0 >= half(pair[0]) + half(pair[1]) + 3.0)
    };
    let every = (1..=labelled.len().max(1)).find(|&every| fits(every)).unwrap_or(1);
    let kept: Vec<usize> = labelled.iter().copied().step_by(every).collect();
    marks
        .iter()
        .enumerate()
        .map(|(i, (x, label))| {
            let label = if kept.contains(&i) { label.clone() } else { String::new() };
            Mark { x: *x, label, side, centre: *x }
        })
        .collect()
}

/// Marks of a number: thinned out, but both ends keep their labels where the axis is too short for more.
fn number_marks(marks: Vec<(f64, String)>, range: [f64; 2], style: &Style) -> Vec<Mark> {
    let ends = [marks.first().cloned(), marks.last().cloned()];
    let mut placed = thin_out(marks, Side::Below, style);
    let labelled = placed.iter().filter(|mark| !mark.label.is_empty()).count();
    if let ([Some(first), Some(last)], true) = (ends, placed.len() > 1 && labelled < 2) {
        let sizes = [&first, &last].map(|(x, label)| (*x, text::width(label, style.small, false)));
        let centres = spread(&sizes, 4.0, range[0] - OVERHANG, range[1] + OVERHANG * 0.6);
        let end = placed.len() - 1;
        for (i, (_, label), centre) in [(0, first, centres[0]), (end, last, centres[1])] {
            placed[i] = Mark { label, centre, ..placed[i] };
        }
    }
    placed
}

/// Marks of categories: every label is needed. They stand below, moved aside a little; if that is not enough, alternately above.
fn place_all(marks: Vec<(f64, String)>, range: [f64; 2], style: &Style) -> Vec<Mark> {
    // Categories with the same points share one mark.
    let mut merged: Vec<(f64, String)> = Vec::new();
    for (x, label) in marks {
        match merged.last_mut() {
            Some(last) if (last.0 - x).abs() < 0.3 => last.1 = format!("{}, {label}", last.1),
            _ => merged.push((x, label)),
        }
    }
    let low = range[0] - OVERHANG;
    let high = range[1] + OVERHANG * 0.6;
    let place = |wanted: &[(f64, f64)]| spread(wanted, 5.0, low, high);
    let sized = |marks: &[(f64, String)], indices: &[usize]| -> Vec<(f64, f64)> {
        indices.iter().map(|&i| (marks[i].0, text::width(&marks[i].1, style.small, false))).collect()
    };
    let all: Vec<usize> = (0..merged.len()).collect();
    let wanted = sized(&merged, &all);
    let centres = place(&wanted);
    let fits = wanted.iter().map(|w| w.1 + 5.0).sum::<f64>() <= high - low;
    if fits && wanted.iter().zip(&centres).all(|(wanted, centre)| (wanted.0 - centre).abs() <= NEAR) {
        let placed = merged.into_iter().zip(centres);
        return placed.map(|((x, label), centre)| Mark { x, label, side: Side::Below, centre }).collect();
    }
    let room = (high - low) / merged.len().div_ceil(2).max(1) as f64 - 5.0;
    for (_, label) in &mut merged {
        *label = text::shortened(label, room.max(20.0), style.small, false);
    }
    let mut result: Vec<Option<Mark>> = (0..merged.len()).map(|_| None).collect();
    for (side, first) in [(Side::Below, 0), (Side::Above, 1)] {
        let indices: Vec<usize> = (first..merged.len()).step_by(2).collect();
        let centres = place(&sized(&merged, &indices));
        for (i, centre) in indices.into_iter().zip(centres) {
            result[i] = Some(Mark { x: merged[i].0, label: merged[i].1.clone(), side, centre });
        }
    }
    result.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(labels: &[(f64, &str)]) -> Vec<Mark> {
        place_all(labels.iter().map(|(x, label)| (*x, label.to_string())).collect(), [100.0, 400.0], &Style::default())
    }

    fn overlaps(marks: &[Mark]) -> bool {
        let half = |mark: &Mark| text::width(&mark.label, 7.0, false) / 2.0;
        marks
            .iter()
            .enumerate()
            .any(|(i, a)| marks[i + 1..].iter().any(|b| a.side == b.side && (a.centre - b.centre).abs() < half(a) + half(b)))
    }

    #[test]
    fn labels_with_room_stand_under_their_marks() {
        let marks = place(&[(110.0, "no"), (300.0, "yes")]);
        assert!(marks.iter().all(|mark| mark.side == Side::Below && !mark.moved()));
    }

    #[test]
    fn crowded_categories_never_overlap() {
        let marks = place(&[(110.0, "circumscribed"), (112.0, "indistinct"), (115.0, "microlobulated"), (119.0, "spiculated")]);
        assert_eq!(marks.len(), 4);
        assert!(!overlaps(&marks));
        assert!(marks.iter().any(|mark| mark.side == Side::Above));
    }

    #[test]
    fn equal_points_share_a_mark() {
        let marks = place(&[(110.0, "T1"), (110.0, "T2"), (300.0, "T3")]);
        assert_eq!(marks.iter().map(|mark| mark.label.as_str()).collect::<Vec<_>>(), ["T1, T2", "T3"]);
    }

    #[test]
    fn regular_labels_are_thinned_evenly() {
        let marks: Vec<(f64, String)> = (0..=50).map(|i| (100.0 + 4.0 * f64::from(i), format!("{}", i * 100))).collect();
        let marks = thin_out(marks, Side::Below, &Style::default());
        assert_eq!(marks.len(), 51);
        let kept: Vec<Mark> = marks.into_iter().filter(|mark| !mark.label.is_empty()).collect();
        assert!(!overlaps(&kept) && kept.len() > 5);
    }

    #[test]
    fn a_short_axis_of_numbers_keeps_the_labels_of_its_ends() {
        let marks = (0..10).map(|i| (100.0 + f64::from(i), format!("{}", 25 + i * 5))).collect();
        let marks = number_marks(marks, [100.0, 400.0], &Style::default());
        let kept: Vec<Mark> = marks.into_iter().filter(|mark| !mark.label.is_empty()).collect();
        assert_eq!(kept.iter().map(|mark| mark.label.as_str()).collect::<Vec<_>>(), ["25", "70"]);
        assert!(!overlaps(&kept));
    }

    #[test]
    fn a_variable_without_ticks_has_no_marks() {
        let axis = NomogramAxis {
            label: String::new(),
            name: "x".into(),
            coefficient: None,
            ticks: vec![],
            zero: None,
            points_per_unit: None,
        };
        let row = variable_row(0, &axis, Scale::new([0.0, 100.0], [0.0, 10.0]), &Style::default());
        assert!(row.marks.is_empty() && row.line.iter().all(|x| x.is_finite()));
    }
}
