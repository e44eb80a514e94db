//! NRI and IDI, events and non-events apart, before and after recalibration.

use super::measures;
use crate::report::table::format::{Format, Style, number};
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording;
use crate::study::results::{Comparison, IdiResult, NriResult, Reclassification, Results};

const KIND: Format = Format::Signed(3);

/// One heading per comparison, one row per statistic.
pub fn tables(results: &Results) -> Vec<Table> {
    let binary = results.comparisons.iter().any(|c| c.reclassification.is_some());
    let several = results.comparisons.iter().any(|c| c.multiclass.is_some());
    [binary.then(|| two_classes(results)), several.then(|| more_classes(results))].into_iter().flatten().collect()
}

fn two_classes(results: &Results) -> Table {
    let mut columns = vec![Column::left("Comparison and statistic"), Column::left("Probabilities")];
    columns.extend(["Event part", "Non-event part", "Sum"].map(Column::centre));
    let mut table = Table::new("reclassification", "Net reclassification and integrated discrimination", columns);
    for comparison in &results.comparisons {
        let Some(found) = &comparison.reclassification else { continue };
        table.push_heading(heading(results, comparison, found));
        for (i, nri) in found.nri.iter().enumerate() {
            nri_row(&mut table, nri, "as predicted");
            let again = found.recalibrated_nri.iter().find(|r| r.categories == nri.categories).or(found.recalibrated_nri.get(i));
            if let Some(again) = again {
                nri_row(&mut table, again, "recalibrated");
            }
        }
        idi_row(&mut table, &found.idi, "as predicted");
        if let Some(again) = &found.recalibrated_idi {
            idi_row(&mut table, again, "recalibrated");
        }
    }
    if let Some(event) = &results.outcome.event {
        table.note(format!("Event: {event}."));
    }
    table.note(
        "Event part: among events, share moved up minus share moved down; non-event part: among non-events, share moved down \
         minus share moved up. The sum lies between −2 and 2, weighs both parts equally whatever the prevalence, and is no \
         percentage.",
    );
    table.note("IDI: change of the mean predicted risk among events, and among non-events with its sign turned.");
    table.note(
        "Recalibrated: both models recalibrated out of fold before they are compared. Where the two disagree, the change \
         comes from calibration and not from information.",
    );
    table
}

fn heading(results: &Results, comparison: &Comparison, found: &Reclassification) -> String {
    let [reference, new, observed] = found.mean_risk.map(|risk| number(risk, Format::Fixed(3), &Style::default()));
    let disagree = if found.disagree { "; before and after recalibration disagree" } else { "" };
    let name = wording::comparison(results, comparison);
    format!("{name}: mean predicted risk {new} vs {reference}, observed {observed}{disagree}")
}

fn nri_row(table: &mut Table, nri: &NriResult, probabilities: &str) {
    let label = match nri.categories.as_str() {
        "category-free" => "NRI, category-free".to_owned(),
        cuts => format!("NRI, cut-offs {cuts}"),
    };
    let mut cells = vec![Cell::text(label), Cell::text(probabilities)];
    cells.extend([&nri.event, &nri.non_event, &nri.total].map(|m| table.measure(m, KIND)));
    table.push_indented(cells);
}

fn idi_row(table: &mut Table, idi: &IdiResult, probabilities: &str) {
    let mut cells = vec![Cell::text("IDI"), Cell::text(probabilities)];
    cells.extend([&idi.event, &idi.non_event, &idi.total].map(|m| table.measure(m, KIND)));
    table.push_indented(cells);
}

fn more_classes(results: &Results) -> Table {
    let columns = vec![Column::left("Comparison and statistic"), Column::centre("Estimate")];
    let mut table = Table::new("reclassification", "Net reclassification and integrated discrimination", columns);
    for comparison in &results.comparisons {
        let Some(found) = &comparison.multiclass else { continue };
        table.push_heading(wording::comparison(results, comparison));
        for statistic in found.totals.iter().chain(&found.per_class) {
            let cell = table.measure(&statistic.measure, measures::kind(&statistic.id));
            table.push_indented(vec![Cell::text(&statistic.label), cell]);
        }
        let all: Vec<_> = found.totals.iter().chain(&found.per_class).cloned().collect();
        let names = measures::union(std::iter::once(all.as_slice()));
        measures::method_notes(&mut table, &names, std::iter::once(all.as_slice()));
    }
    table
}
