//! What is needed to make the same numbers again.

use super::Material;
use super::block::Block;

/// Version, validation scheme, seed, folds.
pub fn blocks(material: &Material) -> Vec<Block> {
    let (results, validation) = (material.results, &material.results.validation);
    let mut rows = vec![("Made with".to_owned(), results.software.clone())];
    let mut row = |term: &str, text: String| {
        if !text.is_empty() {
            rows.push((term.to_owned(), text));
        }
    };
    row("Validation", validation.scheme.clone());
    let counts = [(validation.folds, "outer folds"), (validation.repeats, "repeats"), (validation.inner_folds, "inner folds")];
    let counts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    row("Folds", counts.join(", "));
    row("Seed", validation.seed.to_string());
    row("Hash of the folds", validation.folds_hash.clone());
    row("Layout of results.json", results.layout.to_string());
    vec![
        Block::Facts { rows },
        Block::prose(
            "Two tables with the same hash were made on the same assignment of cases to folds. The numbers do not depend on the \
             computer's number of cores. This page was made from results.json alone and can be made from it again.",
        ),
    ]
}
