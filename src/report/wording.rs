//! What things are called, so that tables and page call them alike.

use crate::study::results::{Comparison, Notice, Origin, Results};

/// What an arm is called in print.
pub fn arm<'a>(results: &'a Results, name: &'a str) -> &'a str {
    results.arm(name).map(|arm| arm.label.as_str()).filter(|label| !label.trim().is_empty()).unwrap_or(name)
}

/// What a modality is called in print.
pub fn modality<'a>(results: &'a Results, name: &'a str) -> &'a str {
    results.cohort.modalities.iter().find(|m| m.name == name).map_or(name, |m| &m.label)
}

/// `Arm` of a study, or `Model` where the predictions came from elsewhere.
pub fn arm_word(results: &Results) -> &'static str {
    match results.origin {
        Origin::Study => "Arm",
        Origin::Predictions => "Model",
    }
}

/// The same for several, in a sentence.
pub fn arms_word(results: &Results) -> &'static str {
    match results.origin {
        Origin::Study => "arms",
        Origin::Predictions => "models",
    }
}

/// How a comparison is called: `Nomogram vs Clinical`.
pub fn comparison(results: &Results, comparison: &Comparison) -> String {
    let mark = if comparison.primary { " (primary)" } else { "" };
    format!("{} vs {}{mark}", arm(results, &comparison.new), arm(results, &comparison.reference))
}

/// The measure that the study compares, as printed.
pub fn primary_measure(results: &Results) -> &str {
    results.arms.first().and_then(|arm| arm.performance.primary()).map_or("AUC", |measure| &measure.label)
}

/// All notices with what they concern, the gravest first.
pub fn notices(results: &Results) -> Vec<Found<'_>> {
    let of = |concerns: String, secondary: bool| move |notice| Found { concerns: concerns.clone(), secondary, notice };
    let mut all: Vec<Found> = results.notices.iter().map(of("Study".to_owned(), false)).collect();
    for found in &results.arms {
        all.extend(found.notices.iter().map(of(arm(results, &found.name).to_owned(), false)));
    }
    for found in &results.comparisons {
        all.extend(found.notices.iter().map(of(comparison(results, found), !found.primary)));
    }
    all.sort_by_key(|found| std::cmp::Reverse(found.notice.level));
    all
}

/// A notice with what it concerns.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// The study, an arm or a comparison, as printed.
    pub concerns: String,
    /// Whether it concerns a comparison that is not the primary one.
    pub secondary: bool,
    /// The notice.
    pub notice: &'a Notice,
}

/// A sentence from a text that may lack its capital or its full stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut rest = text.chars();
    let mut sentence: String = rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect());
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?', ':', '。']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn sentences_begin_and_end() {
        assert_eq!(sentence(" logistic model "), "Logistic model.");
        assert_eq!(sentence("Done?"), "Done?");
        assert_eq!(sentence(""), "");
    }
}
