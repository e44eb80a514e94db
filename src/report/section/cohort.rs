//! Who was studied: flow, outcome, characteristics, modalities, sites.

use super::Material;
use super::block::Block;
use crate::report::wording::sentence;

/// Flow diagram and Table 1, then the blocks of data.
pub fn blocks(material: &Material) -> Vec<Block> {
    let results = material.results;
    let mut blocks = Vec::new();
    let rules: Vec<String> = results.outcome.rules.iter().map(|rule| sentence(rule)).collect();
    let order = if results.outcome.ordered { " The classes are ordered." } else { "" };
    blocks.push(Block::prose(format!("Outcome: {}{order}", sentence(&results.outcome.name))));
    if !rules.is_empty() {
        blocks.push(Block::List { items: rules });
    }
    blocks.extend(material.figure("flow"));
    blocks.extend(material.table("characteristics"));
    blocks.extend(material.table("modalities"));
    blocks.extend(material.figure("modality-patterns"));
    if let Some(table) = material.table("modality-patterns") {
        blocks.push(Block::details("Combinations of modalities, as a table", vec![table]));
    }
    blocks.extend(material.figures("examples"));
    blocks.extend(material.table("sites"));
    blocks
}
