//! Which features the models use, and how steadily.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::{Results, SelectedFeature};

/// Features of one arm in print; the rest stands in the full listing.
const PRINTED: usize = 20;

/// The most often selected features of each arm, and a listing of all where that is more.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.arms.iter().all(|arm| arm.features.is_empty()) {
        return Vec::new();
    }
    let mut short = empty("features", "Features that the models use");
    let mut full = empty("features-all", "Features that the models use, full listing");
    full.listing = true;
    let mut more = false;
    for arm in results.arms.iter().filter(|arm| !arm.features.is_empty()) {
        let left = arm.features.len().saturating_sub(PRINTED);
        more |= left > 0;
        short.push_heading(if left > 0 {
            format!("{} (first {PRINTED} of {})", arm.label, arm.features.len())
        } else {
            arm.label.clone()
        });
        full.push_heading(&arm.label);
        for (i, feature) in arm.features.iter().enumerate() {
            let cells = cells(feature);
            if i < PRINTED {
                short.push_indented(cells.clone());
            }
            full.push_indented(cells);
        }
    }
    short.note("Selected: share of the fitted models, over outer folds and repeats, that use the feature.");
    short.note("Weight: mean coefficient on standardised columns, or importance, over the models that use it.");
    short.note("Same sign: share of those models in which the coefficient has the sign of the mean.");
    if more { vec![short, full] } else { vec![short] }
}

fn empty(id: &str, title: &str) -> Table {
    let columns = std::iter::once(Column::left("Arm and feature")).chain(["Selected", "Weight", "Same sign"].map(Column::right));
    Table::new(id, title, columns.collect())
}

fn cells(feature: &SelectedFeature) -> Vec<Cell> {
    let number = |value: Option<f64>, format| value.map_or(Cell::Empty, |value| Cell::Number(value, format));
    vec![
        Cell::text(&feature.name),
        Cell::Number(feature.frequency, Format::Percent(0)),
        number(feature.weight, Format::Signed(3)),
        number(feature.sign_agreement, Format::Percent(0)),
    ]
}
