//! All pairs of arms at a glance.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::{Comparison, Measure, Results};

/// More arms than this are numbered in the heads, as their names would not fit.
const NAMED_HEADS: usize = 5;

/// Differences above the diagonal, the arms' own values on it, adjusted p values below.
pub fn tables(results: &Results) -> Vec<Table> {
    let arms = &results.arms;
    let Some(primary) = arms.first().and_then(|arm| arm.performance.primary()) else { return Vec::new() };
    if results.comparisons.is_empty() {
        return Vec::new();
    }
    let numbered = arms.len() > NAMED_HEADS;
    let mut columns = vec![Column::left("")];
    columns.extend(
        arms.iter()
            .enumerate()
            .map(|(i, arm)| Column::centre(if numbered { (i + 1).to_string() } else { arm.label.clone() }).plain()),
    );
    let title = format!("Pairwise comparison of {}", primary.label);
    let mut table = Table::new("comparison-matrix", title, columns);
    for (i, row) in arms.iter().enumerate() {
        let mut cells = vec![Cell::text(if numbered { format!("{} {}", i + 1, row.label) } else { row.label.clone() })];
        for (j, column) in arms.iter().enumerate() {
            cells.push(if i == j {
                let own = row.performance.primary().map(|p| p.measure.clone()).unwrap_or_default();
                table.measure(&own, Format::Auc)
            } else {
                match pair(results, &row.name, &column.name) {
                    None => Cell::Empty,
                    Some((comparison, turned)) if i < j => {
                        table.measure(&directed(&comparison.difference, turned), Format::AucDifference)
                    }
                    Some((comparison, _)) => {
                        let reason = comparison.test.as_ref().and_then(|test| test.note.as_deref());
                        table.p(comparison.p_holm, reason)
                    }
                }
            });
        }
        table.push(cells);
    }
    let test = results.comparisons.iter().find_map(|c| c.test.as_ref()).map_or("the test", |test| test.name.as_str());
    table.note(format!(
        "Diagonal: {} with its 95% CI. Above: difference, column minus row, with its 95% CI. Below: p value of {test} after \
         Holm's correction over all pairs.",
        primary.label
    ));
    vec![table]
}

/// The comparison of `row` and `column`, and whether it was made the other way round.
fn pair<'a>(results: &'a Results, row: &str, column: &str) -> Option<(&'a Comparison, bool)> {
    results.comparisons.iter().find_map(|c| match (c.reference.as_str(), c.new.as_str()) {
        (reference, new) if reference == row && new == column => Some((c, false)),
        (reference, new) if reference == column && new == row => Some((c, true)),
        _ => None,
    })
}

/// A difference, or the same difference read the other way round.
fn directed(difference: &Measure, turned: bool) -> Measure {
    if !turned {
        return difference.clone();
    }
    let minus = |x: Option<f64>| x.map(|x| -x);
    Measure {
        value: minus(difference.value),
        lower: minus(difference.upper),
        upper: minus(difference.lower),
        ..difference.clone()
    }
}
