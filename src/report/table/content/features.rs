//! Which features the models use, and how steadily.

use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::{FeatureOrigin, Results, SelectedFeature};
use std::collections::BTreeMap;

/// Features of one arm in print; the rest stands in the full listing.
const PRINTED: usize = 20;

/// The most often selected features of each arm, and a listing of all where that is more.
pub fn tables(results: &Results) -> Vec<Table> {
    if results.arms.iter().all(|arm| arm.features.is_empty()) {
        return Vec::new();
    }
    let from_images = results.arms.iter().flat_map(|arm| &arm.features).any(|feature| feature.origin.is_some());
    let mut short = empty("features", "Features that the models use", from_images);
    let mut full = empty("features-all", "Features that the models use, full listing", from_images);
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
            let cells = cells(feature, from_images);
            if i < PRINTED {
                short.push_indented(cells.clone());
            }
            full.push_indented(cells);
        }
    }
    short.note("Selected: share of the fitted models, over outer folds and repeats, that use the feature.");
    short.note("Weight: mean coefficient on standardised columns, or importance, over the models that use it.");
    short.note("Same sign: share of those models in which the coefficient has the sign of the mean.");
    let mut tables = vec![short];
    if more {
        tables.push(full);
    }
    tables.extend(from_images.then(|| provenance(results)));
    tables
}

/// Per arm: from which images, regions, filters and families its features come, counted over the fitted models.
fn provenance(results: &Results) -> Table {
    let columns = ["Arm", "Image", "Region", "Filter", "Family"].map(Column::left).into_iter();
    let columns = columns.chain(["Features", "Mean number per model"].map(Column::right)).collect();
    let mut table = Table::new("feature-provenance", "Where the features of each arm come from", columns);
    for arm in &results.arms {
        let mut counts: BTreeMap<[&str; 4], (usize, f64)> = BTreeMap::new();
        for (feature, from) in arm.features.iter().filter_map(|feature| Some((feature, feature.origin.as_ref()?))) {
            let entry = counts.entry([&from.image, &from.region, &from.filter, &from.class]).or_default();
            *entry = (entry.0 + 1, entry.1 + feature.frequency);
        }
        for (place, (features, mean)) in counts {
            let mut cells = vec![Cell::text(&arm.label)];
            cells.extend(place.map(Cell::text));
            cells.extend([Cell::count(features), Cell::Number(mean, Format::Fixed(1))]);
            table.push(cells);
        }
    }
    table.note("Features: how many of a family any fitted model uses. Mean number per model: how many one fitted model uses.");
    table
}

fn empty(id: &str, title: &str, from_images: bool) -> Table {
    let columns = std::iter::once(Column::left("Arm and feature")).chain(["Selected", "Weight", "Same sign"].map(Column::right));
    let origin = ["Region", "Filter", "Family", "IBSI"].map(Column::left).into_iter().filter(|_| from_images);
    Table::new(id, title, columns.chain(origin).collect())
}

fn cells(feature: &SelectedFeature, from_images: bool) -> Vec<Cell> {
    let number = |value: Option<f64>, format| value.map_or(Cell::Empty, |value| Cell::Number(value, format));
    let mut cells = vec![
        Cell::text(&feature.name),
        Cell::Number(feature.frequency, Format::Percent(0)),
        number(feature.weight, Format::Signed(3)),
        number(feature.sign_agreement, Format::Percent(0)),
    ];
    if from_images {
        let part =
            |pick: fn(&FeatureOrigin) -> &str| feature.origin.as_ref().map_or(Cell::Empty, |origin| Cell::text(pick(origin)));
        cells.extend([part(|o| &o.region), part(|o| &o.filter), part(|o| &o.class)]);
        cells.push(part(|o| o.ibsi_code.as_deref().unwrap_or_default()));
    }
    cells
}
