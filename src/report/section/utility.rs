//! Decision curves.

use super::Material;
use super::block::Block;

/// Net benefit over thresholds.
pub fn blocks(material: &Material) -> Vec<Block> {
    let mut blocks = material.figures("decision-curve");
    blocks.extend(material.figures("decision-difference"));
    if blocks.is_empty() {
        return blocks;
    }
    blocks.insert(
        0,
        Block::aside(
            "How to read this",
            &[
                "The threshold probability is the risk from which one would act. Someone who would act at 20% accepts four \
                 patients treated in vain for one treated rightly. Net benefit counts the rightly treated and takes off the \
                 others at that price.",
                "A model helps at a threshold only where its curve lies above both treating everybody and treating nobody. \
                 Look at the thresholds that make sense for the decision at hand, and not at the whole axis.",
            ],
        ),
    );
    blocks
}
