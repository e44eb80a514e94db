//! Which cases have which modalities: an UpSet plot of the combinations.

use super::geometry::Rect;
use super::panel::{Axis, Panel};
use super::scale::ticks;
use super::style::{BLACK, FAINT, GREY, SHADE, Style};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, caption, text};
use crate::study::results::Results;

/// Combinations that are drawn; the rest are counted in the caption.
const MOST: usize = 24;
const ROW: f64 = 13.0;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let several = results.cohort.modalities.len() > 1 && !results.cohort.patterns.is_empty();
    if several { vec![pattern(results, style)] } else { Vec::new() }
}

/// Bars: cases per combination of modalities. Dots: what the combination contains. Left: cases per modality.
pub fn pattern(results: &Results, style: &Style) -> Figure {
    let cohort = &results.cohort;
    let names: Vec<String> = cohort
        .modalities
        .iter()
        .map(|m| text::shortened(if m.label.trim().is_empty() { &m.name } else { &m.label }, 110.0, style.text, false))
        .collect();
    let counts: Vec<String> = cohort.modalities.iter().map(|m| format!("n = {}", m.present)).collect();
    let label = text::widest(&names, style.text, false);
    let count = text::widest(&counts, style.small, false);
    let bars = 52.0;
    let left = label + 8.0 + bars + count + 12.0;
    // As many combinations as have room for their number, the most frequent first.
    let widest = cohort.patterns.iter().map(|p| text::width(&p.n.to_string(), style.small, false)).fold(0.0, f64::max);
    let fitting = ((style.page() - left - 6.0) / (widest + 3.0)) as usize;
    let shown = &cohort.patterns[..cohort.patterns.len().min(MOST).min(fitting)];
    let step = ((style.page() - left - 6.0) / shown.len() as f64).min(26.0);
    let needed = left + 6.0 + step * shown.len() as f64;
    let width = needed.max(style.column()).min(style.page());
    let mut svg = Svg::new("modality-patterns", width);
    let most = shown.iter().map(|pattern| pattern.n).max().unwrap_or(0) as f64;
    let domain = [0.0, if most > 0.0 { most * 1.08 } else { 1.0 }];
    let area = Rect::new(left, 4.0, step * shown.len() as f64, 92.0);
    let panel = Panel::new(area, [0.0, shown.len().max(1) as f64], domain);
    panel.axes(&mut svg, style, &Axis::default(), &Axis::new("Cases", ticks(domain[0], domain[1], 4)));
    let matrix = area.bottom() + 8.0;
    for (i, modality) in cohort.modalities.iter().enumerate() {
        let y = matrix + ROW * i as f64;
        if i % 2 == 0 {
            svg.rect(Rect::new(0.0, y, width, ROW), Some(SHADE), None);
        }
        let middle = y + ROW / 2.0;
        svg.text_centred([3.0 + label, middle], &names[i], Font::new(style.text, BLACK).end());
        let share = if cohort.cases > 0 { modality.present as f64 / cohort.cases as f64 } else { 0.0 };
        let bar = Rect::new(label + 8.0, middle - 3.0, bars * share.min(1.0), 6.0);
        svg.rect(bar, Some(style.modality(i).colour), None);
        svg.text_centred([bar.right() + 3.0, middle], &counts[i], Font::new(style.small, GREY));
    }
    for (k, pattern) in shown.iter().enumerate() {
        let x = panel.x.at(k as f64 + 0.5);
        let y = panel.y.at(pattern.n as f64);
        let bar = (step * 0.56).min(13.0);
        svg.rect(Rect::new(x - bar / 2.0, y, bar, area.bottom() - y), Some(GREY), None);
        svg.text([x, y - 2.5], &pattern.n.to_string(), Font::new(style.small, BLACK).middle());
        let rows: Vec<usize> =
            (0..cohort.modalities.len()).filter(|&i| pattern.present.contains(&cohort.modalities[i].name)).collect();
        let centre = |i: usize| [x, matrix + ROW * (i as f64 + 0.5)];
        for i in (0..cohort.modalities.len()).filter(|i| !rows.contains(i)) {
            svg.dot(centre(i), 2.6, FAINT, None);
        }
        if let (Some(&first), Some(&last)) = (rows.first(), rows.last()) {
            svg.line(centre(first), centre(last), Stroke::solid(BLACK, 1.0));
        }
        for &i in &rows {
            svg.dot(centre(i), 2.9, style.modality(i).colour, Some(Stroke::solid(BLACK, style.hairline)));
        }
    }
    let hidden = &cohort.patterns[shown.len()..];
    let rest = if hidden.is_empty() {
        String::new()
    } else {
        format!(
            "{} rarer combinations with {} cases together are not drawn.",
            hidden.len(),
            hidden.iter().map(|pattern| pattern.n).sum::<usize>()
        )
    };
    let words = caption(&[
        &format!("Modalities of the {} analysed cases.", cohort.cases),
        "Each column is one combination: coloured dots are there, pale dots are missing; its bar counts the cases.",
        "Bars at the left count the cases that have a modality.",
        &rest,
    ]);
    let bottom = matrix + ROW * cohort.modalities.len() as f64;
    Figure::new("modality-patterns", "Which cases have which modalities", words, svg, bottom + 2.0)
}
