//! The methods in words, ready to be edited into a paper.

use super::Material;
use super::block::Block;

/// The methods text of the study.
pub fn blocks(material: &Material) -> Vec<Block> {
    if material.results.methods.is_empty() {
        return Vec::new();
    }
    vec![Block::Prose { paragraphs: material.results.methods.clone() }]
}
