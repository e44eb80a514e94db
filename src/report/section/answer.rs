//! The answer in words first: what the primary comparison shows, its size, its interval, and what it does not show.

use super::Material;
use super::block::{Block, IntervalView, KeyNumber};
use crate::report::table::format::{Format, INTERVAL, Style, estimate, number, p_phrase};
use crate::report::wording::{arm, primary_measure};
use crate::study::results::{Comparison, Measure};

/// Statement, interval, key numbers.
pub fn blocks(material: &Material) -> Vec<Block> {
    let results = material.results;
    let primary = results.comparisons.iter().find(|comparison| comparison.primary);
    let mut blocks = Vec::new();
    match results.statement.split_first() {
        Some((headline, rest)) => blocks.push(Block::Statement { headline: headline.clone(), sentences: rest.to_vec() }),
        None => blocks.push(Block::Statement {
            headline: "This run names no primary comparison.".to_owned(),
            sentences: vec!["The sections below describe each arm; no conclusion about differences was drawn.".to_owned()],
        }),
    }
    blocks.extend(primary.and_then(|comparison| interval(material, comparison)).map(Block::Interval));
    blocks.push(Block::KeyNumbers { items: key_numbers(material, primary) });
    blocks
}

fn interval(material: &Material, comparison: &Comparison) -> Option<IntervalView> {
    let d = &comparison.difference;
    let (value, lower, upper) = (d.value?, d.lower?, d.upper?);
    if ![value, lower, upper].iter().all(|x| x.is_finite()) {
        return None;
    }
    let results = material.results;
    let (new, reference) = (arm(results, &comparison.new), arm(results, &comparison.reference));
    let reach = 1.2 * [lower.abs(), upper.abs(), 0.05].into_iter().fold(0.0, f64::max);
    let position = |x: f64| 50.0 + 50.0 * x / reach;
    let step = round_step(reach / 2.5);
    let count = (reach / step).floor() as i32;
    let verdict = match (lower > 0.0, upper < 0.0) {
        (true, _) => format!("The interval lies above zero: evidence in favour of {new}."),
        (_, true) => format!("The interval lies below zero: evidence in favour of {reference}."),
        _ => "The interval includes zero: no evidence of a difference, in either direction.".to_owned(),
    };
    let digits = if step < 0.0095 { 3 } else { 2 };
    Some(IntervalView {
        label: format!("Difference in {}, {new} minus {reference}", primary_measure(results)),
        text: printed(d, Format::AucDifference, material.style),
        left: format!("{reference} better"),
        right: format!("{new} better"),
        verdict,
        lower: position(lower),
        value: position(value),
        upper: position(upper),
        ticks: (-count..=count)
            .map(|i| {
                let x = f64::from(i) * step;
                (position(x), number(x, Format::Signed(digits), material.style), i % 2 != 0)
            })
            .collect(),
    })
}

/// A round number near `x`: 1, 2 or 5 times a power of ten.
fn round_step(x: f64) -> f64 {
    let power = 10f64.powf(x.log10().floor());
    let digit = x / power;
    power
        * if digit < 1.5 {
            1.0
        } else if digit < 3.5 {
            2.0
        } else if digit < 7.5 {
            5.0
        } else {
            10.0
        }
}

fn key_numbers(material: &Material, primary: Option<&Comparison>) -> Vec<KeyNumber> {
    let (results, style) = (material.results, material.style);
    let classes: Vec<String> = results.outcome.classes.iter().map(|class| format!("{} {}", class.n, class.name)).collect();
    let mut items =
        vec![KeyNumber { label: "Cases".to_owned(), value: results.cohort.cases.to_string(), detail: classes.join(", ") }];
    let shown: Vec<&str> = match primary {
        Some(comparison) => vec![&comparison.reference, &comparison.new],
        None => results.arms.iter().take(3).map(|arm| arm.name.as_str()).collect(),
    };
    for found in shown.into_iter().filter_map(|name| results.arm(name)) {
        if let Some(measure) = found.performance.primary() {
            let (value, detail) = parts(&measure.measure, Format::Auc, style);
            items.push(KeyNumber { label: format!("{}, {}", measure.label, found.label), value, detail });
        }
    }
    if let Some(comparison) = primary {
        let (value, detail) = parts(&comparison.difference, Format::AucDifference, style);
        items.push(KeyNumber { label: format!("Difference in {}", primary_measure(results)), value, detail });
        if let Some((test, p)) = comparison.test.as_ref().and_then(|test| Some((test, test.p?))) {
            items.push(KeyNumber {
                label: capital(&test.name),
                value: p_phrase(p, style),
                detail: "not adjusted: one primary comparison".to_owned(),
            });
        }
    }
    items
}

/// A measure as a number and the line below it.
fn parts(measure: &Measure, format: Format, style: &Style) -> (String, String) {
    match (measure.value, measure.lower, measure.upper) {
        (Some(value), Some(lower), Some(upper)) => {
            let interval = crate::report::table::format::interval(lower, upper, format, style);
            (number(value, format, style), format!("{INTERVAL} {interval}"))
        }
        (Some(value), ..) => (number(value, format, style), measure.note.clone().unwrap_or_default()),
        (None, ..) => ("undefined".to_owned(), measure.note.clone().unwrap_or_default()),
    }
}

fn printed(measure: &Measure, format: Format, style: &Style) -> String {
    let limits = measure.lower.zip(measure.upper);
    measure.value.map_or_else(String::new, |value| estimate(value, limits, format, style))
}

fn capital(text: &str) -> String {
    crate::report::wording::sentence(text).trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::round_step;

    #[test]
    fn steps_are_round() {
        for (x, step) in [(0.034, 0.02), (0.04, 0.05), (0.02, 0.02), (0.011, 0.01), (0.08, 0.1), (0.3, 0.2)] {
            assert!((round_step(x) - step).abs() < 1e-12, "{x}");
        }
    }
}
