//! A small SVG writer: shapes in print points, text that stays text, ids that are unique in a page which inlines many figures.
//!
//! What has no finite position is not drawn: no `NaN` ever reaches a file.

use super::geometry::{Point, Rect, thinned};
use super::style::{FONT_FAMILY, Ink, MARGIN, POINTS_PER_MM, WHITE};
use std::fmt::Write;

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: &'static str,
    /// Width in points.
    pub width: f64,
    /// Dash pattern; empty for a solid line.
    pub dash: &'static str,
}

impl Stroke {
    /// A solid line.
    pub fn solid(colour: &'static str, width: f64) -> Self {
        Stroke { colour, width, dash: "" }
    }

    /// A fine dashed line, for references such as chance or the ideal.
    pub fn dashed(colour: &'static str, width: f64) -> Self {
        Stroke { colour, width, dash: "2.6 2" }
    }

    /// A line in an arm's or a class's ink.
    pub fn of(ink: Ink, width: f64) -> Self {
        Stroke { colour: ink.colour, width, dash: ink.dash }
    }
}

/// Which end of a text lies at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The beginning.
    Start,
    /// The middle.
    Middle,
    /// The end.
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// A text's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Font {
    /// Size in points.
    pub size: f64,
    /// Bold.
    pub bold: bool,
    /// Colour.
    pub colour: &'static str,
    /// Which end lies at the position.
    pub anchor: Anchor,
    /// Whether it runs upwards (axis titles of ordinates).
    pub upwards: bool,
}

impl Font {
    /// Regular text that begins at its position.
    pub fn new(size: f64, colour: &'static str) -> Self {
        Font { size, bold: false, colour, anchor: Anchor::Start, upwards: false }
    }

    /// The same in bold.
    pub fn bold(self) -> Self {
        Font { bold: true, ..self }
    }

    /// The same, centred at its position.
    pub fn middle(self) -> Self {
        Font { anchor: Anchor::Middle, ..self }
    }

    /// The same, ending at its position.
    pub fn end(self) -> Self {
        Font { anchor: Anchor::End, ..self }
    }

    /// The same, running upwards.
    pub fn upwards(self) -> Self {
        Font { upwards: true, ..self }
    }

    /// Distance from the middle of the capitals to the baseline.
    pub fn drop(&self) -> f64 {
        self.size * 0.36
    }
}

/// A drawing under construction.
#[derive(Debug, Clone)]
pub struct Svg {
    id: String,
    width: f64,
    definitions: String,
    body: String,
    clips: usize,
}

impl Svg {
    /// An empty drawing, `width` points wide within its margins; every id in it begins with `id`.
    pub fn new(id: &str, width: f64) -> Self {
        Svg { id: id.to_string(), width, definitions: String::new(), body: String::new(), clips: 0 }
    }

    /// Width in points, without the margins.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Draws inside a group named `{figure}-{name}`.
    pub fn group(&mut self, name: &str, draw: impl FnOnce(&mut Svg)) {
        let _ = writeln!(self.body, "<g id=\"{}-{}\">", escaped(&self.id), escaped(name));
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// Draws what shows only inside `area`.
    pub fn clipped(&mut self, area: Rect, draw: impl FnOnce(&mut Svg)) {
        self.clips += 1;
        let id = format!("{}-clip-{}", escaped(&self.id), self.clips);
        let _ = writeln!(
            self.definitions,
            "<clipPath id=\"{id}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>",
            n(area.x),
            n(area.y),
            n(area.w.max(0.0)),
            n(area.h.max(0.0))
        );
        let _ = writeln!(self.body, "<g clip-path=\"url(#{id})\">");
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// A straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        if !finite(&[from, to]) {
            return;
        }
        let _ = writeln!(
            self.body,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>",
            n(from[0]),
            n(from[1]),
            n(to[0]),
            n(to[1]),
            stroke_attributes(stroke)
        );
    }

    /// A line through all points; it breaks where a point is not finite.
    pub fn polyline(&mut self, points: &[Point], stroke: Stroke) {
        let mut data = String::new();
        for run in points.split(|point| !finite(&[*point])).filter(|run| run.len() > 1) {
            path_data(&mut data, &thinned(run, 0.03));
        }
        if !data.is_empty() {
            let _ =
                writeln!(self.body, "<path d=\"{data}\" fill=\"none\" stroke-linejoin=\"round\"{}/>", stroke_attributes(stroke));
        }
    }

    /// A filled polygon, such as an interval band.
    pub fn polygon(&mut self, points: &[Point], fill: &str, opacity: f64) {
        let points: Vec<Point> = points.iter().copied().filter(|point| finite(&[*point])).collect();
        if points.len() < 3 {
            return;
        }
        let mut data = String::new();
        path_data(&mut data, &thinned(&points, 0.03));
        let opacity = if opacity < 1.0 { format!(" fill-opacity=\"{}\"", n(opacity)) } else { String::new() };
        let _ = writeln!(self.body, "<path d=\"{data}Z\" fill=\"{fill}\"{opacity}/>");
    }

    /// A rectangle, filled, framed or both.
    pub fn rect(&mut self, area: Rect, fill: Option<&str>, frame: Option<Stroke>) {
        if !finite(&[[area.x, area.y], [area.w, area.h]]) || area.w < 0.0 || area.h < 0.0 {
            return;
        }
        let _ = writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{}/>",
            n(area.x),
            n(area.y),
            n(area.w),
            n(area.h),
            fill.unwrap_or("none"),
            frame.map(stroke_attributes).unwrap_or_default()
        );
    }

    /// A picture (PNG in base64) that fills `area`.
    pub fn picture(&mut self, area: Rect, png: &str) {
        let base64 = png.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        if !base64 || !finite(&[[area.x, area.y], [area.w, area.h]]) || area.w <= 0.0 || area.h <= 0.0 {
            return;
        }
        let _ = writeln!(
            self.body,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{png}\"/>",
            n(area.x),
            n(area.y),
            n(area.w),
            n(area.h)
        );
    }

    /// A round dot.
    pub fn dot(&mut self, centre: Point, radius: f64, fill: &str, frame: Option<Stroke>) {
        if !finite(&[centre]) {
            return;
        }
        let _ = writeln!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"{}/>",
            n(centre[0]),
            n(centre[1]),
            n(radius),
            frame.map(stroke_attributes).unwrap_or_default()
        );
    }

    /// Text with its baseline at `at`.
    pub fn text(&mut self, at: Point, text: &str, font: Font) {
        if text.is_empty() || !finite(&[at]) {
            return;
        }
        let turn = if font.upwards { format!(" transform=\"rotate(-90 {} {})\"", n(at[0]), n(at[1])) } else { String::new() };
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\"{}{turn}>{}</text>",
            n(at[0]),
            n(at[1]),
            font_attributes(font),
            escaped(text)
        );
    }

    /// Text whose capitals are centred on the height of `at`.
    pub fn text_centred(&mut self, at: Point, text: &str, font: Font) {
        let shift = if font.upwards { [font.drop(), 0.0] } else { [0.0, font.drop()] };
        self.text([at[0] + shift[0], at[1] + shift[1]], text, font);
    }

    /// Lines of text, the first baseline at `at`, `leading` apart.
    pub fn lines(&mut self, at: Point, lines: &[String], leading: f64, font: Font) {
        for (i, line) in lines.iter().enumerate() {
            self.text([at[0], at[1] + leading * i as f64], line, font);
        }
    }

    /// One text of several parts on one baseline, each with its own position and anchor: a table's row that a reader can copy as one line.
    pub fn row(&mut self, y: f64, parts: &[(f64, Anchor, &str)], font: Font) {
        let parts: Vec<_> = parts.iter().filter(|(x, _, text)| x.is_finite() && !text.is_empty()).collect();
        if parts.is_empty() || !y.is_finite() {
            return;
        }
        let _ = write!(self.body, "<text y=\"{}\"{}>", n(y), font_attributes(font));
        for (i, (x, anchor, text)) in parts.iter().enumerate() {
            // The space parts the words of a copied line. After a part that ends at its position it would push that part aside.
            let gap = if i + 1 < parts.len() && *anchor == Anchor::Start { " " } else { "" };
            let _ = write!(self.body, "<tspan x=\"{}\" text-anchor=\"{}\">{}</tspan>{gap}", n(*x), anchor.name(), escaped(text));
        }
        self.body.push_str("</text>\n");
    }

    /// The finished file: `height` points tall within its margins, with a title and a description for readers who cannot see it.
    pub fn finish(self, height: f64, title: &str, description: &str) -> String {
        let id = escaped(&self.id);
        let (left, full_width, full_height) = (n(-MARGIN), self.width + 2.0 * MARGIN, height + 2.0 * MARGIN);
        let definitions =
            if self.definitions.is_empty() { String::new() } else { format!("<defs>\n{}</defs>\n", self.definitions) };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             width=\"{}mm\" height=\"{}mm\" viewBox=\"{left} {left} {} {}\" font-family=\"{FONT_FAMILY}\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n{definitions}\
             <rect x=\"{left}\" y=\"{left}\" width=\"{}\" height=\"{}\" fill=\"{WHITE}\"/>\n{}</svg>\n",
            n(full_width / POINTS_PER_MM),
            n(full_height / POINTS_PER_MM),
            n(full_width),
            n(full_height),
            escaped(title),
            escaped(description),
            n(full_width),
            n(full_height),
            self.body
        )
    }
}

/// A number with two decimals at most: a hundredth of a point is a three-hundredth of a 300-dpi pixel.
fn n(value: f64) -> String {
    let mut text = format!("{value:.2}");
    while text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
    if text == "-0" { "0".to_string() } else { text }
}

fn finite(points: &[Point]) -> bool {
    points.iter().flatten().all(|coordinate| coordinate.is_finite())
}

fn path_data(data: &mut String, points: &[Point]) {
    for (i, point) in points.iter().enumerate() {
        let _ = write!(data, "{}{} {}", if i == 0 { 'M' } else { 'L' }, n(point[0]), n(point[1]));
    }
}

fn stroke_attributes(stroke: Stroke) -> String {
    let dash = if stroke.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", stroke.dash) };
    format!(" stroke=\"{}\" stroke-width=\"{}\"{dash}", stroke.colour, n(stroke.width))
}

fn font_attributes(font: Font) -> String {
    let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
    format!(" font-size=\"{}\" fill=\"{}\"{weight} text-anchor=\"{}\"", n(font.size), font.colour, font.anchor.name())
}

/// `text` for element content and quoted attributes; characters that XML forbids are left out.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            '\t' | '\n' | '\r' => result.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!([n(1.0), n(-0.001), n(0.5), n(-12.345)], ["1", "0", "0.5", "-12.35"]);
    }

    #[test]
    fn what_is_not_finite_is_not_drawn() {
        let mut svg = Svg::new("x", 100.0);
        let stroke = Stroke::solid("#000", 1.0);
        svg.line([f64::NAN, 0.0], [1.0, 1.0], stroke);
        svg.polyline(&[[0.0, 0.0], [f64::INFINITY, 1.0], [2.0, 2.0]], stroke);
        svg.polygon(&[[0.0, 0.0], [f64::NAN, 1.0], [2.0, 2.0]], "#000", 0.5);
        svg.rect(Rect::new(0.0, 0.0, f64::NAN, 1.0), None, None);
        svg.dot([f64::NAN, 0.0], 1.0, "#000", None);
        svg.text([f64::NAN, 0.0], "a", Font::new(7.0, "#000"));
        assert!(svg.body.is_empty());
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("<b>&\"'\u{1}"), "&lt;b&gt;&amp;&quot;&#39;");
    }
}
