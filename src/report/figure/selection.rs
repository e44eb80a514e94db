//! How often the fitted models of an arm use a feature: what is stable, and what is luck of the split.

use super::geometry::Rect;
use super::legend::{Entry, Mark, strip};
use super::panel::{Axis, Panel};
use super::scale::ticks;
use super::style::{BLACK, GREY, Style};
use super::svg::{Font, Svg};
use super::{Figure, arm_ids, arm_label, caption, modality_label, modality_of, text};
use crate::study::results::Results;

/// Features that are drawn.
const MOST: usize = 20;
const ROW: f64 = 11.5;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    (0..results.arms.len()).filter(|&i| !results.arms[i].features.is_empty()).map(|i| selection(results, i, style)).collect()
}

/// Bars of the selection frequency, coloured by modality, with the mean weight and how often its sign agrees.
pub fn selection(results: &Results, arm: usize, style: &Style) -> Figure {
    let id = &arm_ids(results, "selection")[arm];
    let label = arm_label(&results.arms[arm]);
    let all = &results.arms[arm].features;
    let shown = &all[..all.len().min(MOST)];
    let width = style.page();
    let mut svg = Svg::new(id, width);
    let weights: Vec<String> = shown.iter().map(|f| text::finite(f.weight).map_or("–".to_string(), format_weight)).collect();
    let signs: Vec<String> = shown
        .iter()
        .map(|f| text::finite(f.sign_agreement).map_or("–".to_string(), |s| format!("{}%", text::number(100.0 * s, 0))))
        .collect();
    let has_weight = shown.iter().any(|f| f.weight.is_some());
    let has_sign = shown.iter().any(|f| f.sign_agreement.is_some());
    let columns = if has_weight { 58.0 } else { 0.0 } + if has_sign { 58.0 } else { 0.0 };
    let names: Vec<String> = shown.iter().map(|f| text::shortened_inside(&f.name, 210.0, style.small, false)).collect();
    let left = text::widest(&names, style.small, false) + 8.0;
    let area = Rect::new(left, 13.0, width - left - columns - 26.0, ROW * shown.len() as f64);
    let panel = Panel::new(area, [0.0, 1.0], [0.0, 1.0]);
    let percent: Vec<_> = ticks(0.0, 1.0, if area.w > 150.0 { 5 } else { 2 })
        .into_iter()
        .map(|mut tick| {
            tick.label = format!("{}%", text::number(100.0 * tick.value, 0));
            tick
        })
        .collect();
    let x_axis = Axis::new("Share of fitted models that use the feature", percent).plain();
    panel.axes(&mut svg, style, &x_axis, &Axis::default());
    let small = Font::new(style.small, BLACK);
    let head = Font::new(style.small, GREY).bold().end();
    let weight_edge = area.right() + 26.0 + 54.0;
    let sign_edge = if has_weight { weight_edge + 58.0 } else { weight_edge };
    if has_weight {
        svg.text([weight_edge, 7.0], "Mean weight", head);
    }
    if has_sign {
        svg.text([sign_edge, 7.0], "Same sign", head);
    }
    for (i, feature) in shown.iter().enumerate() {
        let middle = area.y + ROW * (i as f64 + 0.5);
        let share = text::finite(Some(feature.frequency)).unwrap_or(0.0).clamp(0.0, 1.0);
        let colour = modality_of(results, &feature.name).map_or(GREY, |index| style.modality(index).colour);
        svg.text_centred([left - 5.0, middle], &names[i], small.end());
        let bar = Rect::new(area.x, middle - ROW * 0.34, area.w * share, ROW * 0.68);
        svg.rect(bar, Some(colour), None);
        svg.text_centred([bar.right() + 3.0, middle], &format!("{}%", text::number(100.0 * share, 0)), small);
        if has_weight {
            svg.text_centred([weight_edge, middle], &weights[i], small.end());
        }
        if has_sign {
            svg.text_centred([sign_edge, middle], &signs[i], small.end());
        }
    }
    let mut bottom = area.bottom() + x_axis.room_below(style) + 5.0;
    let mut modalities: Vec<usize> = shown.iter().filter_map(|feature| modality_of(results, &feature.name)).collect();
    modalities.sort_unstable();
    modalities.dedup();
    let entries: Vec<Entry> =
        modalities.iter().map(|&i| Entry::new(Mark::Box(style.modality(i).colour), modality_label(results, i))).collect();
    if !entries.is_empty() {
        bottom = strip(&mut svg, style, 0.0, bottom, width, &entries);
    }
    let rest = if all.len() > shown.len() {
        format!("The {} most frequent of {} features.", shown.len(), all.len())
    } else {
        String::new()
    };
    let words = caption(&[
        &format!("Arm: {label}."),
        &rest,
        "Share of the fitted models (outer folds and repeats) that use a feature, coloured by modality.",
        if has_weight {
            "Mean weight: coefficient on standardised columns, or importance, over the models that use it."
        } else {
            ""
        },
        if has_sign { "Same sign: share of those models in which the coefficient has the sign of the mean." } else { "" },
    ]);
    Figure::new(id, &format!("Selected features: {label}"), words, svg, bottom + 2.0)
}

/// Three significant digits at most, in a column that stays narrow.
fn format_weight(weight: f64) -> String {
    let size = weight.abs();
    if size >= 1000.0 || (size < 0.0005 && size > 0.0) {
        return format!("{weight:.1e}").replace('-', "−");
    }
    text::number(
        weight,
        if size < 0.1 {
            3
        } else if size < 100.0 {
            2
        } else {
            0
        },
    )
}
