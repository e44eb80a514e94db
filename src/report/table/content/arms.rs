//! What was compared: each arm in words.

use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::{arm_word, modality};
use crate::study::results::Results;

/// The table, where there are arms.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.arms.is_empty() {
        return Vec::new();
    }
    let rule = results.arms.iter().any(|arm| arm.missing_rule.is_some());
    let mut heads = vec![arm_word(results), "Fusion", "Modalities", "What is fitted"];
    if rule {
        heads.push("When a modality is missing");
    }
    let mut table = Table::new("arms", "What was compared", heads.into_iter().map(Column::left).collect());
    for arm in &results.arms {
        let modalities: Vec<&str> = arm.modalities.iter().map(|name| modality(results, name)).collect();
        let mut cells: Vec<Cell> =
            [&arm.label, &arm.fusion, &modalities.join(", "), &arm.description].map(|text| Cell::text(text.as_str())).to_vec();
        if rule {
            cells.push(arm.missing_rule.as_deref().map_or(Cell::Empty, Cell::text));
        }
        table.push(cells);
    }
    vec![table]
}
