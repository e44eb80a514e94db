//! What the lines and colours mean: always outside of the data.

use super::geometry::Rect;
use super::style::{BLACK, GREY, Ink, Style};
use super::svg::{Anchor, Font, Stroke, Svg};
use super::text;

const SWATCH: f64 = 17.0;
const GAP: f64 = 4.0;

/// A sample of how something is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// A line.
    Line(Stroke),
    /// A line over its interval band.
    Banded(Stroke),
    /// A filled box.
    Box(&'static str),
    /// A dot with a whisker.
    Dot(&'static str),
}

impl Mark {
    /// The line of an arm, with its band if it has one.
    pub fn arm(ink: Ink, width: f64, banded: bool) -> Self {
        if banded { Mark::Banded(Stroke::of(ink, width)) } else { Mark::Line(Stroke::of(ink, width)) }
    }
}

/// One thing and its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// How it is drawn.
    pub mark: Mark,
    /// What it is.
    pub label: String,
    /// Its number; empty for none.
    pub value: String,
    /// Whether it is printed bold.
    pub strong: bool,
}

impl Entry {
    /// An entry without a number.
    pub fn new(mark: Mark, label: impl Into<String>) -> Self {
        Entry { mark, label: label.into(), value: String::new(), strong: false }
    }
}

/// Where a legend begins, and how wide it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
}

/// One row per entry: sample, label in at most `lines` lines, number at the right edge under `head`. Returns the lower edge.
pub fn table(svg: &mut Svg, style: &Style, place: Place, head: &str, entries: &[Entry], lines: usize) -> f64 {
    let Place { left, top, width } = place;
    let font = Font::new(style.small, BLACK);
    let leading = style.leading(style.small);
    let mut y = top;
    if !head.is_empty() {
        svg.text([left + width, y + style.small], head, Font::new(style.small, GREY).end());
        y += leading + 0.8;
    }
    for entry in entries {
        let font = if entry.strong { font.bold() } else { font };
        let value = text::width(&entry.value, style.small, entry.strong);
        let room = width - SWATCH - GAP - value - if entry.value.is_empty() { 0.0 } else { 2.0 * GAP };
        let lines = text::wrapped(&entry.label, room, style.small, entry.strong, lines);
        let middle = y + leading / 2.0;
        swatch(svg, style, left, middle, entry.mark);
        for (i, line) in lines.iter().enumerate() {
            let baseline = middle + font.drop() + leading * i as f64;
            let value = if i == 0 { entry.value.as_str() } else { "" };
            svg.row(baseline, &[(left + SWATCH + GAP, Anchor::Start, line), (left + width, Anchor::End, value)], font);
        }
        y += leading * lines.len() as f64 + 0.8;
    }
    y
}

/// Entries side by side, centred, in as many lines as they need. Returns the lower edge.
pub fn strip(svg: &mut Svg, style: &Style, left: f64, top: f64, width: f64, entries: &[Entry]) -> f64 {
    const BETWEEN: f64 = 12.0;
    let leading = style.leading(style.small) + 1.0;
    let room = width - SWATCH - GAP;
    let labels: Vec<String> =
        entries.iter().map(|entry| text::shortened(&entry.label, room, style.small, entry.strong)).collect();
    let lengths: Vec<f64> =
        entries.iter().zip(&labels).map(|(e, label)| SWATCH + GAP + text::width(label, style.small, e.strong)).collect();
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut used = f64::INFINITY;
    for (i, length) in lengths.iter().enumerate() {
        if used + BETWEEN + length > width {
            rows.push(Vec::new());
            used = -BETWEEN;
        }
        used += BETWEEN + length;
        if let Some(row) = rows.last_mut() {
            row.push(i);
        }
    }
    for (line, row) in rows.iter().enumerate() {
        let total: f64 = row.iter().map(|&i| lengths[i]).sum::<f64>() + BETWEEN * (row.len() - 1) as f64;
        let mut x = left + (width - total) / 2.0;
        let middle = top + leading * (line as f64 + 0.5);
        for &i in row {
            swatch(svg, style, x, middle, entries[i].mark);
            let font = Font::new(style.small, BLACK);
            let font = if entries[i].strong { font.bold() } else { font };
            svg.text_centred([x + SWATCH + GAP, middle], &labels[i], font);
            x += lengths[i] + BETWEEN;
        }
    }
    top + leading * rows.len() as f64
}

fn swatch(svg: &mut Svg, style: &Style, left: f64, middle: f64, mark: Mark) {
    let from = [left, middle];
    let to = [left + SWATCH, middle];
    match mark {
        Mark::Line(stroke) => svg.line(from, to, stroke),
        Mark::Banded(stroke) => {
            let band = Rect::new(left, middle - 2.6, SWATCH, 5.2);
            svg.polygon(
                &[[band.x, band.y], [band.right(), band.y], [band.right(), band.bottom()], [band.x, band.bottom()]],
                stroke.colour,
                style.band,
            );
            svg.line(from, to, stroke);
        }
        Mark::Box(colour) => svg.rect(Rect::new(left + SWATCH - 9.0, middle - 2.8, 9.0, 5.6), Some(colour), None),
        Mark::Dot(colour) => {
            let x = left + SWATCH / 2.0;
            svg.line([x, middle - 3.2], [x, middle + 3.2], Stroke::solid(colour, style.hairline));
            svg.dot([x, middle], 1.5, colour, None);
        }
    }
}
