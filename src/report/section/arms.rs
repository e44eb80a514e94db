//! What was compared, and how performance was estimated.

use super::Material;
use super::block::Block;
use crate::report::wording::sentence;
use crate::study::results::Origin;

/// One sentence on validation, one table.
pub fn blocks(material: &Material) -> Vec<Block> {
    let results = material.results;
    let Some(table) = material.table("arms") else { return Vec::new() };
    let fair = match results.origin {
        Origin::Study if results.arms.len() < 2 => "",
        Origin::Study => {
            "Every arm was fitted and tested on identical folds, so arms differ by what they use and not by luck of the split."
        }
        Origin::Predictions => {
            "The predictions were made elsewhere. Whether the models had seen these cases while they learned cannot be known \
             from here."
        }
    };
    let paragraphs = [sentence(&results.validation.sentence), fair.to_owned()];
    vec![Block::Prose { paragraphs: paragraphs.into_iter().filter(|text| !text.is_empty()).collect() }, table]
}
