//! Calibration curves and numbers.

use super::Material;
use super::block::Block;

/// The curves of all arms, the table, single arms behind a click.
pub fn blocks(material: &Material) -> Vec<Block> {
    let together: Vec<Block> = material.figure("calibration").into_iter().collect();
    let single: Vec<Block> = material.figures("calibration").into_iter().filter(|block| !together.contains(block)).collect();
    let table = material.table("calibration");
    if together.is_empty() && single.is_empty() && table.is_none() {
        return Vec::new();
    }
    let mut blocks = vec![Block::aside(
        "How to read this",
        &[
            "Among patients with a predicted risk of 30%, about 30 in 100 should have the event. Points and curve on the \
             diagonal say that they do; below it the model promises too much risk, above it too little.",
            "An intercept above 0 means that risks are too low on average. A slope below 1 means that they are too extreme, as \
             overfitted models make them; above 1 too timid. ICI is the average distance between predicted and observed risk, \
             E50 and E90 its median and its 90th percentile. A model can tell patients apart well and still be badly calibrated.",
        ],
    )];
    blocks.extend(together);
    blocks.extend(table);
    blocks.extend(single);
    blocks
}
