//! Who moved between risk categories: the counts behind a categorical NRI.

use super::slug;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording;
use crate::study::results::Results;

/// One table per set of cut-offs.
pub fn tables(results: &Results) -> Vec<Table> {
    let mut tables: Vec<(String, Table)> = Vec::new();
    for comparison in &results.comparisons {
        let Some(found) = &comparison.reclassification else { continue };
        for nri in found.nri.iter().filter(|nri| !nri.tables.is_empty()) {
            let categories = categories(&nri.categories, nri.tables[0].len());
            let table = match tables.iter_mut().find(|(cuts, _)| *cuts == nri.categories) {
                Some((_, table)) => table,
                None => {
                    tables.push((nri.categories.clone(), empty(&nri.categories, &categories)));
                    let last = tables.len() - 1;
                    &mut tables[last].1
                }
            };
            for (counts, who) in nri.tables.iter().zip(["events", "non-events"]) {
                table.push_heading(format!("{}: {who}", wording::comparison(results, comparison)));
                for (category, counts) in categories.iter().zip(counts) {
                    let counts = (0..categories.len()).map(|k| counts.get(k).map_or(Cell::Empty, |n| Cell::count(*n)));
                    table.push_indented(std::iter::once(Cell::text(category)).chain(counts).collect());
                }
            }
        }
    }
    tables.into_iter().map(|(_, table)| table).collect()
}

fn empty(cuts: &str, categories: &[String]) -> Table {
    let mut columns = vec![Column::left("Risk by the second arm")];
    columns.extend(categories.iter().map(|category| Column::right(category).under("Risk by the first arm")));
    let id = format!("reclassification-counts-{}", slug(cuts));
    let mut table = Table::new(id, format!("Cases moved between risk categories (cut-offs {cuts})"), columns);
    table.note("A risk equal to a cut-off belongs to the higher category. Cases on the diagonal stay where they were.");
    table
}

/// Names of the categories between the cut-offs.
fn categories(cuts: &str, n: usize) -> Vec<String> {
    let cuts: Vec<&str> = cuts.split(',').map(str::trim).collect();
    if cuts.len() + 1 != n {
        return (1..=n).map(|i| format!("Category {i}")).collect();
    }
    let mut names = vec![format!("<{}", cuts[0])];
    names.extend(cuts.windows(2).map(|pair| format!("{}–{}", pair[0], pair[1])));
    names.push(format!("≥{}", cuts[cuts.len() - 1]));
    names
}

#[cfg(test)]
mod tests {
    use super::categories;

    #[test]
    fn categories_are_named_by_their_limits() {
        assert_eq!(categories("0.15, 0.30", 3), ["<0.15", "0.15–0.30", "≥0.30"]);
        assert_eq!(categories("other", 3), ["Category 1", "Category 2", "Category 3"]);
    }
}
