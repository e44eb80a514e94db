//! Nomograms: a calculator to drag, the drawing, the points.

use super::Material;
use super::block::Block;
use crate::report::wording::sentence;

/// Per arm with a nomogram: calculator, figure, points.
pub fn blocks(material: &Material) -> Vec<Block> {
    let mut blocks = Vec::new();
    let arms: Vec<_> = material.results.arms.iter().filter(|arm| !arm.nomograms.is_empty()).collect();
    let several = arms.len() > 1;
    for arm in &arms {
        if several {
            blocks.push(Block::Heading { text: arm.label.clone() });
        }
        let mut models: Vec<String> = arm.nomograms.iter().map(|nomogram| sentence(&nomogram.model)).collect();
        models.dedup();
        if arm.nomograms.len() > 1 {
            models.push(
                "A multinomial model has one nomogram per class; the calculator joins them into one probability per class."
                    .into(),
            );
        }
        blocks.push(Block::Prose { paragraphs: models });
        blocks.push(Block::Calculator { arm: arm.name.clone() });
    }
    if arms.is_empty() {
        return blocks;
    }
    blocks.extend(material.figures("nomogram"));
    blocks.push(Block::details("Points and probabilities, as tables", material.tables("nomogram-")));
    blocks
}
