//! Confusion matrices at the thresholds that were chosen on training rows.

use super::geometry::{Rect, columns};
use super::panel::{heading, heading_lines};
use super::style::{BLACK, GREY, Style, WHITE, heat};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, arm_label, caption, text};
use crate::study::results::{Arm, Results};

/// Tallest drawing, in points; more arms go to another figure.
const PAGE: f64 = 640.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let any = results.arms.iter().any(|arm| arm.performance.threshold.as_ref().is_some_and(|t| !t.confusion.is_empty()));
    if !any {
        return Vec::new();
    }
    let layout = Layout::new(results, style);
    let per_figure = layout.per_row * ((PAGE / layout.row_height(style)) as usize).max(1);
    let parts: Vec<&[Arm]> = results.arms.chunks(per_figure).collect();
    let id = |part: usize| if parts.len() == 1 { "confusion".to_string() } else { format!("confusion-{}", part + 1) };
    parts.iter().enumerate().map(|(part, arms)| confusion(results, arms, &id(part), style)).collect()
}

/// One heat map per arm: rows are true classes, columns predicted ones; the tone is the share of the row.
pub fn confusion(results: &Results, arms: &[Arm], id: &str, style: &Style) -> Figure {
    let layout = Layout::new(results, style);
    let mut svg = Svg::new(id, layout.width);
    let cells = columns(layout.width, layout.per_row, 10.0);
    let leading = style.leading(style.small);
    let side = layout.cell * layout.classes as f64;
    let tall = layout.tall * layout.classes as f64;
    let (small, title) = (Font::new(style.small, BLACK), Font::new(style.small, GREY));
    let mut top = 0.0;
    for row in arms.chunks(layout.per_row) {
        let head = style.leading(style.heading) * heading_lines(style, side, row.iter().map(arm_label)) as f64 + 3.0;
        for (arm, &(left, _)) in row.iter().zip(&cells) {
            let grid = Rect::new(left + layout.left, top + head, side, tall);
            heading(&mut svg, style, grid.x, grid.y - 5.0, side, arm_label(arm), 2);
            for (i, lines) in layout.row_names.iter().enumerate() {
                let middle = grid.y + layout.tall * (i as f64 + 0.5) - leading * (lines.len() as f64 - 1.0) / 2.0;
                for (k, line) in lines.iter().enumerate() {
                    svg.text_centred([grid.x - 4.0, middle + leading * k as f64], line, small.end());
                }
            }
            for (j, lines) in layout.column_names.iter().enumerate() {
                svg.lines([grid.x + layout.cell * (j as f64 + 0.5), grid.bottom() + 9.0], lines, leading, small.middle());
            }
            svg.text_centred([left + style.small * 0.5, grid.centre()[1]], "True", title.middle().upwards());
            svg.text([grid.centre()[0], grid.bottom() + layout.below - 5.0], "Predicted", title.middle());
            match arm.performance.threshold.as_ref().map(|t| &t.confusion).filter(|counts| !counts.is_empty()) {
                Some(counts) => draw(&mut svg, style, grid, &layout, counts),
                None => {
                    let lines = text::wrapped("No decision threshold for this arm", side - 8.0, style.small, false, 3);
                    svg.lines(grid.centre(), &lines, leading, title.middle());
                }
            }
            svg.rect(grid, None, Some(Stroke::solid(BLACK, style.hairline)));
        }
        top += head + tall + layout.below + 7.0;
    }
    let thresholds = || arms.iter().filter_map(|arm| arm.performance.threshold.as_ref());
    let first = thresholds().next().map(|threshold| threshold.rule.as_str());
    let same = first.filter(|rule| thresholds().all(|threshold| threshold.rule == *rule));
    let averaged = thresholds().flat_map(|t| t.confusion.iter().flatten()).any(|count| count.fract() != 0.0);
    let words = caption(&[
        "Numbers of cases, and in parentheses their share of the true class (the tone of the cell).",
        if averaged { "Counts are means over repeats of the folds." } else { "" },
        &same.map_or(String::new(), |rule| format!("Threshold: {}.", rule.trim_end_matches('.'))),
        &results.validation.sentence,
    ]);
    Figure::new(id, "Confusion matrices", words, svg, top - 7.0)
}

/// Sizes that all matrices of a study share.
struct Layout {
    per_row: usize,
    width: f64,
    classes: usize,
    /// Names of classes at the left and below, wrapped.
    row_names: Vec<Vec<String>>,
    column_names: Vec<Vec<String>>,
    /// Room left of a matrix.
    left: f64,
    /// Room below it.
    below: f64,
    cell: f64,
    tall: f64,
}

impl Layout {
    /// As many matrices side by side as leave room for the numbers in their cells.
    fn new(results: &Results, style: &Style) -> Layout {
        let (most, width) = style.small_multiples(results.arms.len());
        let widest = |arm: &Arm| {
            let counts = arm.performance.threshold.iter().flat_map(|t| t.confusion.iter().flatten());
            counts.map(|&count| text::width(&number(count), style.text, true)).fold(0.0, f64::max)
        };
        let needed = results.arms.iter().map(widest).fold(text::width("(100%)", style.small, false), f64::max) + 3.0;
        let layouts = (1..=most).rev().map(|per_row| {
            let width = if per_row == most { width } else { style.page() };
            Layout::with(results, style, per_row, width)
        });
        let mut narrowest = None;
        for layout in layouts {
            if layout.cell >= needed {
                return layout;
            }
            narrowest = Some(layout);
        }
        narrowest.unwrap_or_else(|| Layout::with(results, style, 1, style.page()))
    }

    fn with(results: &Results, style: &Style, per_row: usize, width: f64) -> Layout {
        let names: Vec<&str> = results.outcome.classes.iter().map(|class| class.name.as_str()).collect();
        let leading = style.leading(style.small);
        let across = columns(width, per_row, 10.0)[0].1;
        let room = (across * 0.27).min(60.0);
        let wrap = |room: f64, lines: usize| -> Vec<Vec<String>> {
            names.iter().map(|name| text::wrapped(name, room, style.small, false, lines)).collect()
        };
        let left = text::widest(&wrap(room, 3).concat(), style.small, false) + 5.0 + leading;
        let cell = ((across - left - 2.0) / names.len().max(1) as f64).min(80.0);
        let tall = cell.clamp(2.0 * leading + 2.0, 46.0);
        let row_names = wrap(room, ((tall / leading) as usize).clamp(1, 3));
        let column_names = wrap(cell - 3.0, 3);
        let below = column_names.iter().map(Vec::len).max().unwrap_or(1) as f64 * leading + leading + 9.0;
        Layout { per_row, width, classes: names.len(), row_names, column_names, left, below, cell, tall }
    }

    /// Height of a row of matrices, with headings of two lines.
    fn row_height(&self, style: &Style) -> f64 {
        2.0 * style.leading(style.heading) + 10.0 + self.tall * self.classes as f64 + self.below
    }
}

fn draw(svg: &mut Svg, style: &Style, grid: Rect, layout: &Layout, counts: &[Vec<f64>]) {
    for (i, row) in counts.iter().enumerate() {
        let total: f64 = row.iter().filter(|v| v.is_finite()).sum();
        for (j, &count) in row.iter().enumerate() {
            let (x, y) = (grid.x + layout.cell * j as f64, grid.y + layout.tall * i as f64);
            let area = Rect::new(x, y, layout.cell, layout.tall);
            let share = if total > 0.0 && count.is_finite() { count / total } else { 0.0 };
            let (colour, ink) = heat(share * 0.92);
            svg.rect(area, Some(&colour), Some(Stroke::solid(WHITE, 0.8)));
            let [x, y] = area.centre();
            svg.text_centred([x, y - style.text * 0.58], &number(count), Font::new(style.text, ink).bold().middle());
            if total > 0.0 && count.is_finite() {
                let percent = format!("({}%)", text::number(100.0 * share, 0));
                svg.text_centred([x, y + style.text * 0.68], &percent, Font::new(style.small, ink).middle());
            }
        }
    }
}

/// A count; with one decimal where it is a mean over repeats.
fn number(count: f64) -> String {
    if count.is_finite() { text::number(count, usize::from(count.fract() != 0.0)) } else { "–".to_string() }
}
