//! Features, paths, odds ratios: a description of fitted models, no estimate of performance.

use super::Material;
use super::block::Block;

/// Selected features, LASSO paths, associations.
pub fn blocks(material: &Material) -> Vec<Block> {
    let mut blocks = Vec::new();
    let features = material.table("features");
    if features.is_some() {
        blocks.push(Block::prose(
            "A feature that is chosen in nearly every fold carries something that the cohort shows steadily. One that is \
             chosen now and then may stand for a dozen others that would have done as well; its name means little.",
        ));
    }
    blocks.extend(features);
    blocks.extend(material.table("feature-provenance"));
    blocks.extend(folded("The same as figures", material.figures("selection"), 1));
    blocks.extend(folded("LASSO paths", material.figures("lasso-path"), 2));
    if let Some(table) = material.table("odds-ratios") {
        blocks.push(Block::Heading { text: "Clinical variables and the outcome".to_owned() });
        blocks.push(Block::prose(
            "Odds ratios describe associations in this cohort. They are no causes, and a p value here is no reason to take a \
             variable into a model or to leave it out.",
        ));
        blocks.push(table);
    }
    blocks
}

/// Blocks as they are, or behind a click where there are more than `few`.
fn folded(summary: &str, blocks: Vec<Block>, few: usize) -> Vec<Block> {
    if blocks.len() > few { vec![Block::details(summary, blocks)] } else { blocks }
}
