//! Differences between arms: size first, then tests, then NRI and IDI with what they can and cannot say.

use super::Material;
use super::block::Block;
use crate::report::wording;
use crate::study::results::Results;

/// The primary comparison in words, all pairs at a glance, reclassification.
pub fn blocks(material: &Material) -> Vec<Block> {
    let results = material.results;
    if results.comparisons.is_empty() {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let primary = results.comparisons.iter().find(|comparison| comparison.primary);
    let unsaid = |words: &&String| !results.statement.contains(words);
    let paragraphs: Vec<String> = primary.map_or(&[][..], |c| &c.words).iter().filter(unsaid).cloned().collect();
    if !paragraphs.is_empty() {
        blocks.push(Block::Prose { paragraphs });
    }
    blocks.extend(material.figure("forest-difference"));
    blocks.extend(material.table("comparison-matrix"));
    blocks.extend(material.table("joint"));
    blocks.extend(material.table("comparisons"));
    blocks.extend(in_words(results));
    blocks.extend(reclassification(material));
    blocks
}

/// Every other comparison in words, behind a click.
fn in_words(results: &Results) -> Option<Block> {
    let rows: Vec<(String, String)> = results
        .comparisons
        .iter()
        .filter(|comparison| !comparison.primary && !comparison.words.is_empty())
        .map(|comparison| (wording::comparison(results, comparison), comparison.words.join(" ")))
        .collect();
    (!rows.is_empty()).then(|| Block::details("The other comparisons in words", vec![Block::Facts { rows }]))
}

fn reclassification(material: &Material) -> Vec<Block> {
    let results = material.results;
    let Some(table) = material.table("reclassification") else { return Vec::new() };
    let mut blocks = vec![Block::Heading { text: "Reclassification, before and after recalibration".to_owned() }];
    if results.comparisons.iter().any(|comparison| comparison.reclassification.is_some()) {
        blocks.push(Block::aside(
            "How to read this",
            &[
                "NRI asks who moves to a higher or a lower predicted risk under the other model. Events and non-events are \
                 shown apart, as a gain among the one can hide a loss among the other. IDI asks by how much the risks move.",
                "A model whose risks are all too high, or too low, moves everybody. That changes NRI and IDI although \
                 patients are told apart no better. Both are therefore shown twice: as predicted, and after each model was \
                 recalibrated on other cases. Where the two disagree, believe the second, and read the difference as one of \
                 calibration.",
                "These numbers describe the difference; they are no test of it. The AUCs, and for nested models the \
                 likelihood-ratio test, carry the evidence.",
            ],
        ));
    } else {
        blocks.push(Block::aside(
            "How to read this",
            &["With three or more classes NRI is the gain in correctly classified cases, averaged over classes either by \
                 prevalence or equally. The IDI of the package mcca looks at the spread of predicted probabilities and \
                 hardly at the outcome: overconfident noise raises it."],
        ));
    }
    let disagree = results.comparisons.iter().filter(|c| c.reclassification.as_ref().is_some_and(|r| r.disagree)).count();
    if disagree > 0 {
        blocks.push(Block::prose(format!(
            "Before and after recalibration disagree in {disagree} of {} comparisons.",
            results.comparisons.len()
        )));
    }
    blocks.push(table);
    let counts = material.tables("reclassification-counts");
    if !counts.is_empty() {
        blocks.push(Block::details("Who moved between risk categories", counts));
    }
    blocks
}
