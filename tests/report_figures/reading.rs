//! Reads a drawing back, as a reader with a ruler would.

use resvg::usvg::{self, roxmltree};
use std::sync::{Arc, LazyLock};
use vbx::report::figure::Figure;

const SVG: &str = "http://www.w3.org/2000/svg";

/// A figure as XML.
pub struct Drawing {
    source: String,
}

/// Two labelled marks of an axis, and so every number on it.
pub struct Ruler {
    from: (f64, f64),
    to: (f64, f64),
}

impl Ruler {
    /// The number at a position.
    pub fn read(&self, position: f64) -> f64 {
        self.from.0 + (position - self.from.1) / (self.to.1 - self.from.1) * (self.to.0 - self.from.0)
    }
}

impl Drawing {
    pub fn new(figure: &Figure) -> Self {
        Drawing { source: figure.svg.clone() }
    }

    fn parsed(&self) -> roxmltree::Document<'_> {
        roxmltree::Document::parse(&self.source).unwrap_or_else(|fault| panic!("not XML: {fault}"))
    }

    /// The root element; the document is leaked, which a test may.
    pub fn root(&self) -> roxmltree::Node<'static, 'static> {
        let source: &'static str = Box::leak(self.source.clone().into_boxed_str());
        let document: &'static roxmltree::Document<'static> =
            Box::leak(Box::new(roxmltree::Document::parse(source).unwrap_or_else(|fault| panic!("not XML: {fault}"))));
        document.root_element()
    }

    /// The content of every text element.
    pub fn texts(&self) -> Vec<String> {
        let document = self.parsed();
        let texts = document.descendants().filter(|node| node.has_tag_name((SVG, "text")));
        texts.map(|node| node.descendants().filter_map(|part| part.is_text().then(|| part.text()).flatten()).collect()).collect()
    }

    /// The abscissa through the first labels with these words that are centred (labels of ordinates end at their axis).
    pub fn axis_x(&self, from: f64, from_label: &str, to: f64, to_label: &str) -> Ruler {
        let at = |label: &str| self.label(label, "middle", "x", None);
        Ruler { from: (from, at(from_label)), to: (to, at(to_label)) }
    }

    /// The ordinate through the labels with these words that end at their axis, corrected to the middle of the capitals.
    pub fn axis_y(&self, from: f64, from_label: &str, to: f64, to_label: &str) -> Ruler {
        let at = |label: &str| self.label(label, "end", "y", None) - 0.36 * 7.0;
        Ruler { from: (from, at(from_label)), to: (to, at(to_label)) }
    }

    /// The axis in the group with this id.
    pub fn axis_in(&self, group: &str, from: f64, from_label: &str, to: f64, to_label: &str) -> Ruler {
        let at = |label: &str| self.label(label, "middle", "x", Some(group));
        Ruler { from: (from, at(from_label)), to: (to, at(to_label)) }
    }

    fn label(&self, words: &str, anchor: &str, coordinate: &str, group: Option<&str>) -> f64 {
        let document = self.parsed();
        let found = document.descendants().find(|node| {
            node.has_tag_name((SVG, "text"))
                && node.text() == Some(words)
                && node.attribute("text-anchor") == Some(anchor)
                && group.is_none_or(|id| node.parent_element().and_then(|parent| parent.attribute("id")) == Some(id))
        });
        found.and_then(|node| node.attribute(coordinate)).unwrap_or_else(|| panic!("no label {words}")).parse().unwrap()
    }

    /// Positions of the upright lines in a group, from left to right.
    pub fn ticks_in(&self, group: &str) -> Vec<f64> {
        let document = self.parsed();
        let group =
            document.descendants().find(|node| node.attribute("id") == Some(group)).unwrap_or_else(|| panic!("no {group}"));
        let lines = group.children().filter(|node| node.has_tag_name((SVG, "line")));
        let mut at: Vec<f64> =
            lines.filter(|line| line.attribute("x1") == line.attribute("x2")).map(|line| number(&line, "x1")).collect();
        at.sort_by(f64::total_cmp);
        at
    }

    /// The points of the only unfilled path with this line width.
    pub fn path_with_width(&self, width: &str) -> Vec<[f64; 2]> {
        let document = self.parsed();
        let mut paths = document.descendants().filter(|node| {
            node.has_tag_name((SVG, "path"))
                && node.attribute("fill") == Some("none")
                && node.attribute("stroke-width") == Some(width)
        });
        let path = paths.next().unwrap_or_else(|| panic!("no line of width {width}"));
        assert!(paths.next().is_none(), "several lines of width {width}");
        let data = path.attribute("d").unwrap().replace(['M', 'L'], "\n");
        let points = data.lines().filter(|line| !line.is_empty());
        points
            .map(|point| {
                let (x, y) = point.split_once(' ').unwrap();
                [x.parse().unwrap(), y.parse().unwrap()]
            })
            .collect()
    }

    /// Centres of the dots with this radius.
    pub fn dots(&self, radius: &str) -> Vec<[f64; 2]> {
        let document = self.parsed();
        let dots =
            document.descendants().filter(|node| node.has_tag_name((SVG, "circle")) && node.attribute("r") == Some(radius));
        dots.map(|dot| [number(&dot, "cx"), number(&dot, "cy")]).collect()
    }

    /// Middles of the coloured squares, from top to bottom.
    pub fn squares(&self) -> Vec<f64> {
        let document = self.parsed();
        let squares = document.descendants().filter(|node| {
            node.has_tag_name((SVG, "rect"))
                && node.attribute("width") == node.attribute("height")
                && node.attribute("width").is_some()
        });
        squares.map(|square| number(&square, "x") + number(&square, "width") / 2.0).collect()
    }

    /// Translucent areas inside of panels (legends have theirs outside).
    pub fn bands_in_panels(&self) -> usize {
        let document = self.parsed();
        let inside = |node: &roxmltree::Node| node.ancestors().any(|parent| parent.attribute("clip-path").is_some());
        document.descendants().filter(|node| node.attribute("fill-opacity").is_some() && inside(node)).count()
    }
}

fn number(node: &roxmltree::Node, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../src/report/figure/font/LiberationSans-Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../../src/report/figure/font/LiberationSans-Bold.ttf").to_vec());
    Arc::new(fonts)
});

/// Where the ink of every text lies, in print points.
pub struct Texts {
    pub boxes: Vec<(String, usvg::Rect)>,
    width: f32,
    height: f32,
}

impl Texts {
    pub fn new(figure: &Figure) -> Self {
        let options = usvg::Options { fontdb: FONTS.clone(), dpi: 72.0, ..Default::default() };
        let tree = usvg::Tree::from_str(&figure.svg, &options).unwrap();
        let mut boxes = Vec::new();
        collect(tree.root(), &mut boxes);
        Texts { boxes, width: tree.size().width(), height: tree.size().height() }
    }

    /// Texts that are cut off at the edge of the page, and texts that lie over each other.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (i, (words, a)) in self.boxes.iter().enumerate() {
            if a.left() < 0.0 || a.top() < 0.0 || a.right() > self.width || a.bottom() > self.height {
                faults.push(format!("`{words}` leaves the page: {a:?}"));
            }
            for (others, b) in &self.boxes[i + 1..] {
                let over_x = a.right().min(b.right()) - a.left().max(b.left());
                let over_y = a.bottom().min(b.bottom()) - a.top().max(b.top());
                if over_x > 0.2 && over_y > 0.2 {
                    faults.push(format!("`{words}` lies over `{others}`: {a:?} {b:?}"));
                }
            }
        }
        faults
    }
}

fn collect(group: &usvg::Group, boxes: &mut Vec<(String, usvg::Rect)>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, boxes),
            usvg::Node::Text(text) => {
                let words: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
                boxes.push((words, text.flattened().abs_bounding_box()));
            }
            _ => {}
        }
    }
}
