//! Examples of outlined lesions: what the features of an image modality were measured on.

use super::geometry::{Rect, columns};
use super::style::{BLACK, Style};
use super::svg::{Font, Svg};
use super::{Figure, caption};
use crate::report::wording;
use crate::study::results::{ImageExample, Results};

/// Pictures in a row.
const PER_ROW: usize = 4;

/// One figure per modality of images.
pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let mut modalities: Vec<&str> = results.images.iter().map(|example| example.modality.as_str()).collect();
    modalities.dedup();
    modalities.into_iter().map(|modality| examples(results, modality, style)).collect()
}

/// Outlined lesions of one modality, with their class over each picture.
pub fn examples(results: &Results, modality: &str, style: &Style) -> Figure {
    let id = format!("examples-{modality}");
    let shown: Vec<&ImageExample> = results.images.iter().filter(|example| example.modality == modality).collect();
    let per_row = shown.len().clamp(1, PER_ROW);
    let width = style.page() * per_row as f64 / PER_ROW as f64;
    let mut svg = Svg::new(&id, width);
    let leading = style.leading(style.text);
    let mut top = 0.0;
    for row in shown.chunks(per_row) {
        let mut lowest = top;
        for (example, (left, cell)) in row.iter().zip(columns(width, per_row, 8.0)) {
            let [w, h] = example.size.map(|side| f64::from(side.max(1)));
            let scale = (cell / w).min(cell / h);
            let picture = Rect::new(left + (cell - w * scale) / 2.0, top + leading + 2.0, w * scale, h * scale);
            svg.text([left + cell / 2.0, top + style.text], &example.class, Font::new(style.text, BLACK).middle());
            svg.picture(picture, &example.png);
            lowest = f64::max(lowest, picture.bottom());
        }
        top = lowest + 8.0;
    }
    let label = wording::modality(results, modality);
    let words = caption(&[
        "The outlined lesions of the first analysed cases of each class, cut out of their images; the line is the inner border of the \
         mask. They are examples and were not chosen by what the models say of them.",
    ]);
    Figure::new(&id, &format!("{label}: outlined lesions"), words, svg, top)
}
