//! Figures as a paper prints them: SVG whose text stays text, and PNG at 300 dpi.
//!
//! Rule: a figure draws numbers of [`Results`] and computes no statistic. What is undefined is shown as such, with its reason;
//! nothing is left out silently, and nothing is drawn outside of its frame.
//!
//! To add a figure: one file with `figures(&Results, &Style) -> Vec<Figure>` (empty where a study has no such thing), listed in
//! `FIGURES` in the order of the report. Charts with axes stand on a `panel`; everything is placed in print points (`geometry`),
//! measured with the embedded font (`text`), written by `svg` and looks as [`style`] says. `tests/report_figures.rs` then asks of
//! every figure that no text overlaps another or leaves the page, and that positions are the numbers that they stand for.

mod calibration;
mod confusion;
mod decision;
mod distribution;
mod examples;
mod flow;
mod forest;
mod geometry;
mod lasso;
mod legend;
mod nomogram;
mod panel;
mod pattern;
mod png;
mod roc;
mod scale;
mod selection;
pub mod style;
mod svg;
mod text;

pub use calibration::calibration;
pub use confusion::confusion;
pub use decision::{decision, decision_difference};
pub use distribution::distribution;
pub use examples::examples;
pub use flow::flow;
pub use forest::{forest_of_arms, forest_of_differences};
pub use lasso::lasso_path;
pub use nomogram::nomogram;
pub use pattern::pattern;
pub use png::to_png;
pub use roc::roc;
pub use selection::selection;
pub use style::Style;

use crate::study::results::{Arm, Measure, Results};

/// A finished figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Stable name, unique within a report; the file is called after it.
    pub id: String,
    /// Title, without a number.
    pub title: String,
    /// What is shown, of whom, and how to read it.
    pub caption: String,
    /// The drawing.
    pub svg: String,
    /// Width in print.
    pub width_mm: f64,
    /// Height in print.
    pub height_mm: f64,
}

impl Figure {
    /// Closes a drawing of `height` points within its margins.
    fn new(id: &str, title: &str, caption: String, drawing: svg::Svg, height: f64) -> Figure {
        let millimetres = |points: f64| (points + 2.0 * style::MARGIN) / style::POINTS_PER_MM;
        let (width_mm, height_mm) = (millimetres(drawing.width()), millimetres(height));
        let svg = drawing.finish(height, title, &caption);
        Figure { id: id.to_string(), title: title.to_string(), caption, svg, width_mm, height_mm }
    }
}

/// Draws the figures of one kind that a study has material for.
type Draw = fn(&Results, &Style) -> Vec<Figure>;

/// All kinds of figures, in the order of the report.
const FIGURES: &[Draw] = &[
    flow::figures,
    pattern::figures,
    examples::figures,
    forest::figures,
    roc::figures,
    calibration::figures,
    decision::figures,
    confusion::figures,
    distribution::figures,
    selection::figures,
    lasso::figures,
    nomogram::figures,
];

/// All figures of a study, in the order of the report.
pub fn all(results: &Results) -> Vec<Figure> {
    let style = Style::default();
    FIGURES.iter().flat_map(|draw| draw(results, &style)).collect()
}

/// The arms of the primary comparison; both arms where a study has two and names no primary comparison.
fn primary_arms(results: &Results) -> Vec<bool> {
    let primary: Vec<_> = results.comparisons.iter().filter(|comparison| comparison.primary).collect();
    let few = primary.is_empty() && results.arms.len() <= 2;
    let named = |arm: &Arm| primary.iter().any(|comparison| comparison.reference == arm.name || comparison.new == arm.name);
    results.arms.iter().map(|arm| few || named(arm)).collect()
}

/// What an arm is called in print.
fn arm_label(arm: &Arm) -> &str {
    if arm.label.trim().is_empty() { &arm.name } else { &arm.label }
}

/// What both sides of a histogram hold: cases with the event and cases without it.
fn sides(results: &Results, binary: bool) -> (String, String) {
    let classes = &results.outcome.classes;
    match (results.outcome.event.as_deref(), classes.as_slice()) {
        (Some(event), [other, _]) if binary => (format!("Cases: {event}"), format!("Cases: {}", other.name)),
        _ => ("Cases of the class".to_string(), "Cases of other classes".to_string()),
    }
}

/// Ids for the figures of each arm: `{kind}-{name}` with what a file name can hold, numbered where two would be equal.
fn arm_ids(results: &Results, kind: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::with_capacity(results.arms.len());
    for (i, arm) in results.arms.iter().enumerate() {
        let words = arm.name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug = words.collect::<Vec<_>>().join("-").to_lowercase();
        let mut id = if slug.is_empty() { format!("{kind}-{}", i + 1) } else { format!("{kind}-{slug}") };
        while ids.contains(&id) {
            id = format!("{id}-{}", i + 1);
        }
        ids.push(id);
    }
    ids
}

/// Sentences of a caption, joined; empty ones fall out.
fn caption(sentences: &[&str]) -> String {
    sentences.iter().map(|sentence| sentence.trim()).filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Why numbers are undefined: a sentence with each reason once; empty where all are defined.
fn undefined<'a>(measures: impl Iterator<Item = &'a Measure>) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for note in measures.filter(|m| text::finite(m.value).is_none()).filter_map(|m| m.note.as_deref()) {
        if !reasons.contains(&note) {
            reasons.push(note);
        }
    }
    if reasons.is_empty() { String::new() } else { format!("Undefined: {}.", reasons.join("; ")) }
}

/// The index of the modality that a feature belongs to, by the first part of its name (`{modality}.{name}`).
fn modality_of(results: &Results, feature: &str) -> Option<usize> {
    let modalities = &results.cohort.modalities;
    modalities.iter().position(|m| feature.strip_prefix(&m.name).is_some_and(|rest| rest.starts_with('.')))
}

/// What a modality is called in print.
fn modality_label(results: &Results, index: usize) -> &str {
    let modality = &results.cohort.modalities[index];
    if modality.label.trim().is_empty() { &modality.name } else { &modality.label }
}
