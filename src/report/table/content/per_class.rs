//! Three or more classes: each class against the rest.

use super::measures;
use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::arm_word;
use crate::study::results::{NamedMeasure, Results};

/// The class that a measure belongs to, and the measure's name without it: `sensitivity-low` belongs to `low`.
fn class_of<'a>(results: &'a Results, id: &'a str) -> Option<(&'a str, &'a str)> {
    if results.is_binary() {
        return None;
    }
    results.outcome.classes.iter().find_map(|class| {
        let base = id.strip_suffix(class.name.as_str())?.strip_suffix('-')?;
        Some((class.name.as_str(), base))
    })
}

/// The measures that belong to no single class.
pub fn of_all_classes(results: &Results, measures: &[NamedMeasure]) -> Vec<NamedMeasure> {
    measures.iter().filter(|m| class_of(results, &m.id).is_none()).cloned().collect()
}

/// Per arm and class: cases, area under the curve against the rest, decisions.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.is_binary() || results.arms.is_empty() {
        return Vec::new();
    }
    // A measure of one class becomes a measure of the row: its class leaves its name and its label.
    let of_class = |measures: &[NamedMeasure], class: &str| -> Vec<NamedMeasure> {
        let belongs = |m: &NamedMeasure| {
            let (found, base) = class_of(results, &m.id)?;
            (found == class).then(|| NamedMeasure::new(base, bare_label(&m.label, class), m.measure.clone()))
        };
        measures.iter().filter_map(belongs).collect()
    };
    let mut lists: Vec<Vec<Vec<NamedMeasure>>> = Vec::new();
    for arm in &results.arms {
        let decisions = arm.performance.threshold.as_ref().map_or(&[][..], |t| t.measures.as_slice());
        lists.push(results.outcome.classes.iter().map(|class| of_class(decisions, &class.name)).collect());
    }
    let names = measures::union(lists.iter().flatten().map(Vec::as_slice));
    let mut columns =
        vec![Column::left(format!("{} and class", arm_word(results))), Column::right("Cases"), Column::centre("AUC")];
    columns.extend(measures::columns(&names));
    let mut table = Table::new("per-class", "Each class against the rest", columns);
    for (arm, lists) in results.arms.iter().zip(&lists) {
        table.push_heading(&arm.label);
        for (k, class) in results.outcome.classes.iter().enumerate() {
            let curve = arm.performance.roc.iter().find(|curve| curve.class == class.name);
            let auc = curve.map_or(Cell::Empty, |curve| table.measure(&curve.auc, Format::Auc));
            let cases = arm.performance.classes.get(k).map_or(Cell::Empty, |n| Cell::count(*n));
            let mut cells = vec![Cell::text(&class.name), cases, auc];
            cells.extend(measures::cells(&mut table, &names, &lists[k]));
            table.push_indented(cells);
        }
    }
    measures::method_notes(&mut table, &names, lists.iter().flatten().map(Vec::as_slice));
    table.note("AUC: this class against all others.");
    vec![table]
}

/// `Sensitivity (low)`, `Sensitivity, low` and `Sensitivity low` all name the sensitivity.
fn bare_label(label: &str, class: &str) -> String {
    let bare = label.replace(&format!("({class})"), "");
    let bare = bare.trim_end().strip_suffix(class).unwrap_or(&bare).trim_end();
    bare.trim_end_matches([',', ':']).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::bare_label;

    #[test]
    fn the_class_leaves_the_label() {
        for label in ["Sensitivity (low)", "Sensitivity, low", "Sensitivity low", "Sensitivity"] {
            assert_eq!(bare_label(label, "low"), "Sensitivity");
        }
    }
}
