//! What limits the conclusions.

use super::Material;
use super::block::Block;
use crate::report::wording::sentence;

/// One sentence each.
pub fn blocks(material: &Material) -> Vec<Block> {
    if material.results.limitations.is_empty() {
        return Vec::new();
    }
    vec![Block::List { items: material.results.limitations.iter().map(|text| sentence(text)).collect() }]
}
