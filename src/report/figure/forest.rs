//! Forest plots: every arm's measure with its interval, and every difference between two arms.

use super::geometry::Rect;
use super::scale::{Scale, Tick, ticks};
use super::style::{BLACK, GREY, GRID, PALE, SHADE, Style};
use super::svg::{Font, Stroke, Svg};
use super::{Figure, arm_label, caption, primary_arms, text, undefined};
use crate::study::results::{Measure, Results};

/// Comparisons that fit on a page; more than that is a table.
const MOST: usize = 22;

pub(super) fn figures(results: &Results, style: &Style) -> Vec<Figure> {
    let mut figures = Vec::new();
    if results.arms.iter().any(|arm| arm.performance.primary().is_some()) {
        figures.push(forest_of_arms(results, style));
    }
    if !results.comparisons.is_empty() {
        figures.push(forest_of_differences(results, style));
    }
    figures
}

/// One row of a forest plot.
struct Row {
    label: String,
    /// In comparisons: `vs` and the reference.
    against: String,
    /// Columns between label and plot.
    before: Vec<String>,
    measure: Measure,
    /// Fainter marks: the measure in each repeat of the folds.
    repeats: Vec<f64>,
    /// Columns right of the plot.
    after: Vec<String>,
    colour: &'static str,
    strong: bool,
}

impl Row {
    /// The label in one line, or in two with its second half apart (`new` / `vs reference`).
    fn lines(&self, room: f64, style: &Style) -> Vec<String> {
        let whole = format!("{} {}", self.label, self.against);
        if self.against.is_empty() || text::width(&whole, style.text, self.strong) <= room {
            return text::wrapped(whole.trim_end(), room, style.text, self.strong, 2);
        }
        [&self.label, &self.against].map(|part| text::shortened(part, room, style.text, self.strong)).to_vec()
    }
}

/// A forest plot's frame.
struct Forest<'a> {
    id: &'a str,
    head: &'a str,
    before: Vec<&'a str>,
    after: Vec<&'a str>,
    axis: String,
    /// The line that means nothing: chance, no difference.
    null: f64,
    /// Words at both sides of the null line.
    sides: Option<[String; 2]>,
    rows: Vec<Row>,
}

/// The primary measure of each arm with its interval.
pub fn forest_of_arms(results: &Results, style: &Style) -> Figure {
    let name = results.arms.iter().find_map(|arm| arm.performance.primary()).map_or("AUC", |measure| measure.label.as_str());
    let primary = primary_arms(results);
    let binary = results.is_binary();
    let rows: Vec<Row> = results
        .arms
        .iter()
        .enumerate()
        .map(|(i, arm)| {
            let performance = &arm.performance;
            let measure =
                performance.primary().map_or_else(|| Measure::undefined("not available"), |named| named.measure.clone());
            let cases = match performance.classes.as_slice() {
                [_, events] if binary => format!("{events}/{}", performance.cases),
                _ => performance.cases.to_string(),
            };
            Row {
                label: arm_label(arm).to_string(),
                against: String::new(),
                before: vec![cases],
                after: vec![text::estimate(&measure, 3)],
                repeats: performance.repeats.as_ref().map_or_else(Vec::new, |repeats| repeats.values.clone()),
                measure,
                colour: style.arm(i).colour,
                strong: primary[i],
            }
        })
        .collect();
    let repeated = rows.iter().any(|row| row.repeats.len() > 1);
    let value = format!("{name} (95% CI)");
    let forest = Forest {
        id: "forest-auc",
        head: "Arm",
        before: vec![if binary { "Events/cases" } else { "Cases" }],
        after: vec![&value],
        axis: name.to_string(),
        null: 0.5,
        sides: None,
        rows,
    };
    let words = caption(&[
        &format!("{name} of each arm with its 95% confidence interval. The dashed line is chance."),
        if repeated {
            "Grey ticks under an interval: the value in each repeat of the folds (the luck of the split, not the uncertainty)."
        } else {
            ""
        },
        if primary.contains(&true) && results.arms.len() > 2 { "Bold: the arms of the primary comparison." } else { "" },
        &undefined(forest.rows.iter().map(|row| &row.measure)),
        &results.validation.sentence,
    ]);
    draw(forest, style, &format!("{name} of all arms"), words)
}

/// The difference of the primary measure in each comparison, new less reference, with zero marked.
pub fn forest_of_differences(results: &Results, style: &Style) -> Figure {
    // A difference is one of areas on the same cases, also where the arms' own measure is corrected for optimism.
    let area = |id: &str| id == "auc" || id == "auc-macro";
    let measures = || results.arms.iter().flat_map(|arm| &arm.performance.discrimination);
    let name = measures().find(|measure| area(&measure.id)).or_else(|| measures().next()).map_or("AUC", |measure| &measure.label);
    let label = |wanted: &str| results.arm(wanted).map_or_else(|| wanted.to_string(), |arm| arm_label(arm).to_string());
    let shown = &results.comparisons[..results.comparisons.len().min(MOST)];
    let corrected = shown.iter().any(|comparison| comparison.p_holm.is_some()) && shown.len() > 1;
    let p = |value: Option<f64>| text::finite(value).map_or_else(|| "–".to_string(), text::p_value);
    let rows = shown
        .iter()
        .map(|comparison| {
            // Three decimals: with two, an interval that just holds zero would look as if it ended there.
            let mut after = vec![text::estimate(&comparison.difference, 3), p(comparison.test.as_ref().and_then(|test| test.p))];
            if corrected {
                after.push(p(comparison.p_holm));
            }
            Row {
                label: label(&comparison.new),
                against: format!("vs {}", label(&comparison.reference)),
                before: vec![comparison.cases.to_string()],
                measure: comparison.difference.clone(),
                repeats: Vec::new(),
                after,
                colour: if comparison.primary { style.arm(0).colour } else { BLACK },
                strong: comparison.primary,
            }
        })
        .collect();
    let value = format!("Δ{name} (95% CI)");
    let mut after = vec![value.as_str(), "P"];
    if corrected {
        after.push("P (Holm)");
    }
    let forest = Forest {
        id: "forest-difference",
        head: "New vs reference",
        before: vec!["Cases"],
        after,
        axis: format!("Difference in {name}"),
        null: 0.0,
        sides: Some(["reference better".to_string(), "new better".to_string()]),
        rows,
    };
    let test =
        shown.iter().find_map(|comparison| comparison.test.as_ref()).map_or(String::new(), |test| format!("P: {}.", test.name));
    let hidden = results.comparisons.len() - shown.len();
    let words = caption(&[
        &format!(
            "Difference in {name}, new less reference, on the cases that both arms predict, with its 95% confidence interval."
        ),
        "Where the interval holds zero, the data do not tell the arms apart.",
        &test,
        if corrected { "P (Holm): corrected for the number of comparisons." } else { "" },
        if shown.iter().any(|comparison| comparison.primary) { "Bold: the primary comparison." } else { "" },
        &if hidden > 0 { format!("{hidden} further comparisons are in the table of comparisons.") } else { String::new() },
        &undefined(forest.rows.iter().map(|row| &row.measure)),
        &results.validation.sentence,
    ]);
    draw(forest, style, &format!("Differences in {name}"), words)
}

fn draw(forest: Forest, style: &Style, title: &str, words: String) -> Figure {
    const BETWEEN: f64 = 10.0;
    let width = style.page();
    let mut svg = Svg::new(forest.id, width);
    let leading = style.leading(style.text);
    let column = |head: &str, cells: Vec<&str>| {
        let widest = cells.into_iter().map(|cell| text::width(cell, style.text, true)).fold(0.0, f64::max);
        widest.max(text::width(head, style.small, true))
    };
    let pick =
        |which: fn(&Row) -> &Vec<String>, k: usize| forest.rows.iter().map(|row| which(row)[k].as_str()).collect::<Vec<_>>();
    let before: Vec<f64> = forest.before.iter().enumerate().map(|(k, head)| column(head, pick(|row| &row.before, k))).collect();
    let after: Vec<f64> = forest.after.iter().enumerate().map(|(k, head)| column(head, pick(|row| &row.after, k))).collect();
    let whole: Vec<String> = forest.rows.iter().map(|row| format!("{} {}", row.label, row.against)).collect();
    let longest = column(forest.head, whole.iter().map(|label| label.trim_end()).collect());
    let columns = before.iter().chain(&after).map(|w| w + BETWEEN).sum::<f64>();
    let label = longest.min((width - columns) * 0.46).min(190.0);
    let left = 2.0 + label + before.iter().map(|w| w + BETWEEN).sum::<f64>() + BETWEEN;
    let right = width - 2.0 - after.iter().map(|w| w + BETWEEN).sum::<f64>() - 2.0;
    let (domain, marks) = domain(&forest, right - left);
    let x = Scale::new(domain, [left, right]);

    // Column heads.
    let head = Font::new(style.small, GREY).bold();
    let y = 10.0;
    svg.text([2.0, y], forest.head, head);
    let mut edge = 2.0 + label;
    for (title, w) in forest.before.iter().zip(&before) {
        edge += w + BETWEEN;
        svg.text([edge, y], title, head.end());
    }
    let mut edge = right + 2.0;
    let mut edges = Vec::new();
    for (title, w) in forest.after.iter().zip(&after) {
        edge += w + BETWEEN;
        edges.push(edge);
        svg.text([edge, y], title, head.end());
    }
    let first = 15.0;
    svg.line([0.0, first], [width, first], Stroke::solid(BLACK, style.hairline));

    // Rows; their labels may take two lines.
    let mut rows: Vec<(f64, f64, Vec<String>)> = Vec::new();
    let mut top = first;
    for row in &forest.rows {
        let lines = row.lines(label, style);
        let height = leading * lines.len() as f64 + 6.5;
        rows.push((top, height, lines));
        top += height;
    }
    for (y, height, _) in rows.iter().skip(1).step_by(2) {
        svg.rect(Rect::new(0.0, *y, width, *height), Some(SHADE), None);
    }
    for mark in marks.iter().filter(|mark| mark.value != forest.null) {
        svg.line([x.at(mark.value), first], [x.at(mark.value), top], Stroke::solid(GRID, style.grid));
    }
    if x.contains(forest.null) {
        svg.line([x.at(forest.null), first], [x.at(forest.null), top], Stroke::dashed(GREY, style.hairline));
    }
    for (row, (y, height, lines)) in forest.rows.iter().zip(&rows) {
        let middle = y + height / 2.0;
        let font = Font::new(style.text, BLACK);
        let font = if row.strong { font.bold() } else { font };
        for (k, line) in lines.iter().enumerate() {
            let at = middle + leading * (k as f64 - (lines.len() as f64 - 1.0) / 2.0);
            svg.text_centred([2.0, at], line, font);
        }
        let mut edge = 2.0 + label;
        for (cell, w) in row.before.iter().zip(&before) {
            edge += w + BETWEEN;
            svg.text_centred([edge, middle], cell, font.end());
        }
        for (cell, edge) in row.after.iter().zip(&edges) {
            svg.text_centred([*edge, middle], cell, font.end());
        }
        marker(&mut svg, style, x, middle, row);
    }
    svg.line([0.0, top], [width, top], Stroke::solid(BLACK, style.hairline));

    // Axis.
    let axis = top + 5.0;
    let line = Stroke::solid(BLACK, style.hairline);
    svg.line([left, axis], [right, axis], line);
    for mark in &marks {
        svg.line([x.at(mark.value), axis], [x.at(mark.value), axis + 2.6], line);
        svg.text([x.at(mark.value), axis + 10.4], &mark.label, Font::new(style.small, BLACK).middle());
    }
    svg.text([(left + right) / 2.0, axis + 20.5], &forest.axis, Font::new(style.text, BLACK).middle());
    let mut bottom = axis + 23.0;
    if let Some([worse, better]) = &forest.sides {
        let font = Font::new(style.small, GREY);
        let null = x.at(x.clamp(forest.null));
        svg.text([null - 6.0, axis + 30.0], &format!("← {worse}"), font.end());
        svg.text([null + 6.0, axis + 30.0], &format!("{better} →"), font);
        bottom += 10.0;
    }
    Figure::new(forest.id, title, words, svg, bottom + 1.0)
}

fn marker(svg: &mut Svg, style: &Style, x: Scale, middle: f64, row: &Row) {
    let Some(value) = text::finite(row.measure.value) else {
        let reason = row.measure.note.as_deref().unwrap_or("no reason given");
        let reason = text::shortened(reason, x.range[1] - x.range[0], style.small, false);
        svg.text_centred([(x.range[0] + x.range[1]) / 2.0, middle], &reason, Font::new(style.small, GREY).middle());
        return;
    };
    for value in row.repeats.iter().filter(|value| row.repeats.len() > 1 && x.contains(**value)) {
        svg.line([x.at(*value), middle + 3.6], [x.at(*value), middle + 6.2], Stroke::solid(PALE, 0.6));
    }
    if let (Some(low), Some(high)) = (text::finite(row.measure.lower), text::finite(row.measure.upper)) {
        let line = Stroke::solid(row.colour, if row.strong { 1.2 } else { 0.8 });
        svg.line([x.at(x.clamp(low)), middle], [x.at(x.clamp(high)), middle], line);
        for (limit, direction) in [(low, -1.0), (high, 1.0)] {
            let at = x.at(x.clamp(limit));
            if x.contains(limit) {
                svg.line([at, middle - 2.2], [at, middle + 2.2], Stroke::solid(row.colour, 0.8));
            } else {
                svg.polygon(
                    &[[at + direction * 3.0, middle], [at - direction * 1.5, middle - 2.4], [at - direction * 1.5, middle + 2.4]],
                    row.colour,
                    1.0,
                );
            }
        }
    }
    if x.contains(value) {
        let half = if row.strong { 2.9 } else { 2.4 };
        svg.rect(Rect::new(x.at(value) - half, middle - half, 2.0 * half, 2.0 * half), Some(row.colour), None);
    }
}

/// The axis: from the lowest to the highest of all estimates, limits and the null line.
fn domain(forest: &Forest, room: f64) -> ([f64; 2], Vec<Tick>) {
    let values = forest.rows.iter().flat_map(|row| [row.measure.value, row.measure.lower, row.measure.upper]);
    let repeats = forest.rows.iter().flat_map(|row| row.repeats.iter().copied().map(Some));
    let values = values.chain(repeats).filter_map(text::finite).chain([forest.null]);
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let count = ((room / 30.0) as usize).clamp(2, 6);
    let margin = (high - low) * 0.04;
    let domain = if high - low > 1e-9 { [low - margin, high + margin] } else { [forest.null - 0.1, forest.null + 0.1] };
    (domain, ticks(domain[0], domain[1], count))
}
