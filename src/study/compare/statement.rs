//! What a comparison shows, and what it does not, in words.

use super::{ArmFacts, CompareInput};
use crate::study::results::{Arm, Comparison, Measure};

fn interval(measure: &Measure) -> String {
    match (measure.lower, measure.upper) {
        (Some(lower), Some(upper)) => format!("{lower:.3} to {upper:.3}"),
        _ => "undefined".to_string(),
    }
}

fn signed(value: f64) -> String {
    // A minus sign is U+2212 in prose.
    if value < 0.0 { format!("−{:.3}", value.abs()) } else { format!("+{value:.3}") }
}

fn signed_interval(measure: &Measure) -> String {
    match (measure.lower, measure.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", signed(lower), signed(upper)),
        _ => "undefined".to_string(),
    }
}

fn p_words(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "p < 0.001".to_string(),
        Some(p) => format!("p = {p:.3}"),
        None => "no p value".to_string(),
    }
}

/// The answer: the primary comparison, its size, its interval, and what it does not show.
pub(super) fn statement(arms: &[Arm], comparisons: &[Comparison], classes: &[String]) -> Vec<String> {
    let what = if classes.len() == 2 { "AUC" } else { "macro AUC" };
    let Some(primary) = comparisons.iter().find(|comparison| comparison.primary) else {
        return arms
            .iter()
            .filter_map(|arm| {
                let measure = &arm.performance.primary()?.measure;
                Some(format!("{} reaches an {what} of {:.3} (95% interval {}).", arm.label, measure.value?, interval(measure)))
            })
            .collect();
    };
    let find = |name: &str| arms.iter().find(|arm| arm.name == name);
    let (Some(old), Some(new)) = (find(&primary.reference), find(&primary.new)) else { return Vec::new() };
    let of = |arm: &Arm| {
        arm.performance.primary().map_or_else(String::new, |named| {
            named.measure.value.map_or_else(|| "undefined".into(), |value| format!("{value:.3} ({})", interval(&named.measure)))
        })
    };
    let mut text = Vec::new();
    let difference = &primary.difference;
    let p = primary.test.as_ref().and_then(|test| test.p);
    match (difference.value, difference.lower, difference.upper) {
        (Some(value), Some(lower), Some(upper)) => {
            let verdict = if lower > 0.0 {
                format!("{} ranks cases better than {}", new.label, old.label)
            } else if upper < 0.0 {
                format!("{} ranks cases worse than {}", new.label, old.label)
            } else {
                format!("No evidence of a difference between {} and {}", new.label, old.label)
            };
            text.push(format!(
                "{verdict}: {what} {} against {}, a difference of {} (95% interval {}, {}), on {} cases.",
                of(new),
                of(old),
                signed(value),
                signed_interval(difference),
                p_words(p),
                primary.cases
            ));
            if lower <= 0.0 && upper >= 0.0 {
                text.push(format!(
                    "That is not evidence of equality: a gain of up to {:.3} or a loss of up to {:.3} would be compatible with these data.",
                    upper.max(0.0),
                    (-lower).max(0.0)
                ));
            } else {
                text.push(
                    "A difference in AUC is about ranking; whether decisions improve is seen from calibration and net benefit."
                        .into(),
                );
            }
        }
        _ => text.push(format!(
            "The primary comparison of {} with {} could not be made: {}.",
            new.label,
            old.label,
            difference.note.clone().unwrap_or_else(|| "the difference is undefined".into())
        )),
    }
    text.extend(primary.words.iter().cloned());
    text
}

/// The part of a nomogram that corresponds to a single arm.
fn wording_of(single: &ArmFacts) -> String {
    format!("variables or a score of {}", single.label)
}

/// What a pair's further statistics add to the difference in AUC.
pub(super) fn of_pair(input: &CompareInput, comparison: &Comparison) -> Vec<String> {
    let mut text = Vec::new();
    if let Some(test) = &comparison.likelihood_ratio {
        let fact = |name: &str| input.facts.iter().find(|facts| facts.name == name);
        let from = match fact(&comparison.reference) {
            Some(reference) if reference.fusion == "single" => {
                format!("The new model holds {} of its own beside what it adds", wording_of(reference))
            }
            _ => "The new model contains the reference model".to_string(),
        };
        text.push(format!(
            "{from}, so the test of what it adds is the likelihood-ratio test within it ({}); DeLong's test between nested models is \
             conservative on new data and invalid on the data that fitted them. The size of the gain is still the difference in AUC.",
            p_words(test.p)
        ));
    }
    if let Some(reclassification) = &comparison.reclassification {
        let free = reclassification.nri.iter().find(|nri| nri.categories == "category-free");
        let again = reclassification.recalibrated_nri.iter().find(|nri| nri.categories == "category-free");
        if let (true, Some(free), Some(again)) = (reclassification.disagree, free, again)
            && let (Some(before), Some(after)) = (free.total.value, again.total.value)
        {
            text.push(format!(
                "NRI and IDI depend on calibration here: the category-free NRI is {} as predicted and {} after cross-fitted \
                     recalibration. Do not quote either alone.",
                signed(before),
                signed(after)
            ));
        }
    }
    if let (Some(p), Some(holm)) = (comparison.test.as_ref().and_then(|test| test.p), comparison.p_holm)
        && !comparison.primary
        && p < 0.05
        && holm >= 0.05
    {
        text.push(format!(
            "Taken by itself {}, but not after correction for the {} pairs compared (Holm p = {holm:.3}).",
            p_words(Some(p)),
            input.arms.len() * (input.arms.len() - 1) / 2
        ));
    }
    text
}
