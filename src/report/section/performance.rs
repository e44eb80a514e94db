//! Discrimination, decisions at a threshold, each class against the rest.

use super::Material;
use super::block::Block;
use crate::study::results::Origin;

/// Forest plot and table, ROC curves, thresholds.
pub fn blocks(material: &Material) -> Vec<Block> {
    let binary = material.results.is_binary();
    let mut blocks: Vec<Block> = material.figure("forest-auc").into_iter().collect();
    blocks.extend(material.table("discrimination"));
    blocks.extend(material.figures("roc"));
    if blocks.is_empty() {
        return blocks;
    }
    let area = if binary {
        "The AUC is the chance that a case with the event gets a higher score than a case without it, both drawn at random: \
         0.5 is a coin toss, 1 is perfect."
    } else {
        "For each class, the AUC is the chance that a case of this class gets a higher score for it than a case of another \
         class; the macro AUC is the plain average over classes, the micro AUC counts every case and class alike. 0.5 is a \
         coin toss, 1 is perfect."
    };
    let interval = if material.results.comparisons.is_empty() {
        "The interval gives the values that the data are compatible with."
    } else {
        "The interval gives the values that the data are compatible with. All were tested on the same cases, so two \
         intervals may overlap although the difference is beyond doubt: to compare, look at the difference itself in the \
         next section."
    };
    blocks.insert(0, Block::aside("How to read this", &[area, interval]));
    blocks.extend(material.figure("distribution"));
    blocks.extend(material.table("per-class"));
    if let Some(table) = material.table("threshold") {
        blocks.push(Block::Heading { text: "Decisions".to_owned() });
        let chosen =
            material.results.arms.iter().any(|arm| arm.performance.threshold.as_ref().is_some_and(|t| t.value.is_some()));
        if chosen && material.results.origin == Origin::Study {
            blocks.push(Block::prose(
                "Thresholds were chosen on training cases and then applied to cases that had no part in the choice. A \
                 threshold chosen on the cases that it is judged by would flatter every arm.",
            ));
        }
        blocks.push(table);
    }
    let mut confusion = material.figures("confusion");
    confusion.extend(material.table("confusion"));
    if !confusion.is_empty() {
        blocks.push(Block::details("Confusion matrices", confusion));
    }
    blocks
}
