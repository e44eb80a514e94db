//! A rectangle with an abscissa and an ordinate: the ground of every chart that has axes.

use super::geometry::{Point, Rect};
use super::scale::{Scale, Tick};
use super::style::{BLACK, GREY, GRID, Style, WHITE};
use super::svg::{Font, Stroke, Svg};
use super::text;
use crate::study::results::CurvePoint;

const TICK: f64 = 2.6;
const GAP: f64 = 2.2;

/// One axis: its title and its marks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// Title; empty for none (inner panels of small multiples).
    pub title: String,
    /// Marks; labels of minor marks are empty.
    pub ticks: Vec<Tick>,
    /// Whether grid lines go out from the labelled marks.
    pub grid: bool,
    /// Whether title and labels are left out because a neighbour on the same axis has them.
    pub bare: bool,
}

impl Axis {
    /// An axis with grid lines.
    pub fn new(title: &str, ticks: Vec<Tick>) -> Self {
        Axis { title: title.to_string(), ticks, grid: true, bare: false }
    }

    /// The same without its title.
    pub fn untitled(&self) -> Self {
        Axis { title: String::new(), ..self.clone() }
    }

    /// The same marks without labels and title.
    pub fn bare(&self) -> Self {
        Axis { bare: true, ..self.clone() }
    }

    /// The same without grid lines.
    pub fn plain(self) -> Self {
        Axis { grid: false, ..self }
    }

    /// Room that it needs at the left of a panel.
    pub fn room_left(&self, style: &Style) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { style.leading(style.text) + GAP };
        TICK + GAP + self.widest_label(style) + title
    }

    /// Room that it needs below a panel.
    pub fn room_below(&self, style: &Style) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { style.leading(style.text) + 1.0 };
        TICK + GAP + style.leading(style.small) + title
    }

    /// The marks that lie on the axis.
    fn marks_on(&self, scale: Scale) -> impl Iterator<Item = &Tick> {
        self.ticks.iter().filter(move |tick| scale.contains(tick.value))
    }

    fn widest_label(&self, style: &Style) -> f64 {
        self.ticks.iter().map(|tick| text::width(&tick.label, style.small, false)).fold(0.0, f64::max)
    }
}

/// A plotting area with its scales.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    /// The area between the axes.
    pub area: Rect,
    /// Abscissa.
    pub x: Scale,
    /// Ordinate.
    pub y: Scale,
}

impl Panel {
    /// A panel over `area` with these domains.
    pub fn new(area: Rect, x: [f64; 2], y: [f64; 2]) -> Self {
        Panel { area, x: Scale::new(x, [area.x, area.right()]), y: Scale::new(y, [area.bottom(), area.y]) }
    }

    /// The position of a point.
    pub fn at(&self, x: f64, y: f64) -> Point {
        [self.x.at(x), self.y.at(y)]
    }

    /// Grid, both axis lines, marks, labels and titles.
    pub fn axes(&self, svg: &mut Svg, style: &Style, x: &Axis, y: &Axis) {
        let (area, grid) = (self.area, Stroke::solid(GRID, style.grid));
        for tick in x.marks_on(self.x).filter(|tick| x.grid && !tick.label.is_empty()) {
            svg.line([self.x.at(tick.value), area.y], [self.x.at(tick.value), area.bottom()], grid);
        }
        for tick in y.marks_on(self.y).filter(|tick| y.grid && !tick.label.is_empty()) {
            svg.line([area.x, self.y.at(tick.value)], [area.right(), self.y.at(tick.value)], grid);
        }
        self.abscissa(svg, style, x);
        self.ordinate(svg, style, y);
    }

    /// The axis below, without grid.
    pub fn abscissa(&self, svg: &mut Svg, style: &Style, axis: &Axis) {
        let (area, line) = (self.area, Stroke::solid(BLACK, style.hairline));
        svg.line([area.x, area.bottom()], [area.right(), area.bottom()], line);
        for tick in axis.marks_on(self.x) {
            let x = self.x.at(tick.value);
            svg.line([x, area.bottom()], [x, area.bottom() + tick_length(tick)], line);
            if !axis.bare {
                let baseline = area.bottom() + TICK + GAP + style.small * 0.74;
                svg.text([x, baseline], &tick.label, Font::new(style.small, BLACK).middle());
            }
        }
        if !axis.bare {
            let baseline = area.bottom() + TICK + GAP + style.leading(style.small) + style.text * 0.9;
            svg.text([area.centre()[0], baseline], &axis.title, Font::new(style.text, BLACK).middle());
        }
    }

    /// The axis at the left, without grid.
    pub fn ordinate(&self, svg: &mut Svg, style: &Style, axis: &Axis) {
        let (area, line) = (self.area, Stroke::solid(BLACK, style.hairline));
        svg.line([area.x, area.y], [area.x, area.bottom()], line);
        for tick in axis.marks_on(self.y) {
            let y = self.y.at(tick.value);
            svg.line([area.x - tick_length(tick), y], [area.x, y], line);
            if !axis.bare {
                svg.text_centred([area.x - TICK - GAP, y], &tick.label, Font::new(style.small, BLACK).end());
            }
        }
        if !axis.bare {
            let x = area.x - axis.room_left(style) + style.text * 0.8;
            svg.text([x, area.centre()[1]], &axis.title, Font::new(style.text, BLACK).middle().upwards());
        }
    }

    /// Draws what shows only inside the axes (half a line's width may stand over).
    pub fn inside(&self, svg: &mut Svg, draw: impl FnOnce(&mut Svg)) {
        svg.clipped(self.area.grown(0.7), draw);
    }

    /// A line through points given in numbers.
    pub fn curve(&self, svg: &mut Svg, points: impl IntoIterator<Item = Point>, stroke: Stroke) {
        let points: Vec<Point> = points.into_iter().map(|[x, y]| self.at(x, y)).collect();
        svg.polyline(&points, stroke);
    }

    /// The pointwise interval of a curve as a band; points without an interval interrupt it.
    pub fn band(&self, svg: &mut Svg, points: &[CurvePoint], colour: &str, opacity: f64) {
        let limits = |point: &CurvePoint| Some((text::finite(point.lower)?, text::finite(point.upper)?));
        for run in points.split(|point| limits(point).is_none()) {
            let lower = run.iter().filter_map(|p| limits(p).map(|(low, _)| self.at(p.x, low)));
            let upper = run.iter().rev().filter_map(|p| limits(p).map(|(_, high)| self.at(p.x, high)));
            svg.polygon(&lower.chain(upper).collect::<Vec<_>>(), colour, opacity);
        }
    }

    /// A vertical interval with a dot.
    pub fn error_bar(&self, svg: &mut Svg, point: &CurvePoint, radius: f64, colour: &'static str, width: f64) {
        if let (Some(low), Some(high)) = (text::finite(point.lower), text::finite(point.upper)) {
            svg.line(self.at(point.x, low), self.at(point.x, high), Stroke::solid(colour, width));
        }
        svg.dot(self.at(point.x, point.y), radius, colour, None);
    }

    /// Says in the middle of the panel why nothing is drawn there.
    pub fn empty(&self, svg: &mut Svg, style: &Style, reason: &str) {
        let lines = text::wrapped(reason, self.area.w - 12.0, style.small, false, 6);
        let leading = style.leading(style.small);
        let [x, y] = self.area.centre();
        let first = y - leading * (lines.len() as f64 - 1.0) / 2.0 + style.small * 0.36;
        let (w, h) = (text::widest(&lines, style.small, false) + 8.0, leading * lines.len() as f64 + 4.0);
        svg.rect(Rect::new(x - w / 2.0, y - h / 2.0, w, h), Some(WHITE), None);
        svg.lines([x, first], &lines, leading, Font::new(style.small, GREY).middle());
    }
}

/// Minor marks, which have no label, are shorter.
fn tick_length(tick: &Tick) -> f64 {
    if tick.label.is_empty() { TICK * 0.6 } else { TICK }
}

/// A panel's title above it, at most `lines` lines that end just over `bottom`.
pub fn heading(svg: &mut Svg, style: &Style, left: f64, bottom: f64, room: f64, title: &str, lines: usize) {
    let lines = text::wrapped(title, room, style.heading, true, lines);
    let leading = style.leading(style.heading);
    let first = bottom - leading * (lines.len() as f64 - 1.0);
    svg.lines([left, first], &lines, leading, Font::new(style.heading, BLACK).bold());
}

/// How many lines the longest of these titles takes in `room`, two at most.
pub fn heading_lines<'a>(style: &Style, room: f64, titles: impl IntoIterator<Item = &'a str>) -> usize {
    titles.into_iter().map(|title| text::wrapped(title, room, style.heading, true, 2).len()).max().unwrap_or(1)
}
