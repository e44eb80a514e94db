//! The pairs of arms, one row each: size of the difference and every test of it.

use crate::report::table::format::{Format, INTERVAL};
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording;
use crate::study::results::{Comparison, Results, TestResult};

/// One row per comparison, the primary one first.
pub fn tables(results: &Results) -> Vec<Table> {
    let all = &results.comparisons;
    if all.is_empty() {
        return Vec::new();
    }
    let test = all
        .iter()
        .find_map(|c| c.test.as_ref())
        .map_or_else(|| "Test".to_owned(), |test| wording::sentence(&test.name).trim_end_matches('.').to_owned());
    let statistic = all.iter().find_map(|c| c.test.as_ref()).map_or("Statistic", |test| test.statistic_name.as_str());
    let nested = all.iter().any(|c| c.likelihood_ratio.is_some());
    let decisions = decision_tests(all);
    let mut columns = vec![
        Column::left("Comparison"),
        Column::right("Cases"),
        Column::centre(format!("Difference in {}", wording::primary_measure(results))),
    ];
    columns.extend([statistic, "p", "p (Holm)", "p (BH)"].map(|head| Column::right(head).under(&test)));
    if nested {
        columns.extend(["χ²", "df", "p"].map(|head| Column::right(head).under("Likelihood-ratio test")));
    }
    columns.extend(decisions.iter().map(|name| Column::right(decision_head(name)).under("McNemar's test, p")));
    let mut table = Table::new("comparisons", "Comparison of arms on the same cases", columns);
    for comparison in all {
        let mut cells = vec![Cell::text(wording::comparison(results, comparison)), Cell::count(comparison.cases)];
        cells.push(table.measure(&comparison.difference, Format::AucDifference));
        let test = comparison.test.as_ref();
        let reason = test.and_then(|t| t.note.as_deref());
        cells.push(number(test.and_then(|t| t.statistic), Format::Signed(2)));
        cells.push(table.p(test.and_then(|t| t.p), reason));
        for p in [comparison.p_holm, comparison.p_bh] {
            cells.push(p.map_or(Cell::Empty, Cell::P));
        }
        if nested {
            let ratio = comparison.likelihood_ratio.as_ref();
            cells.push(number(ratio.and_then(|t| t.statistic), Format::Fixed(2)));
            cells.push(number(ratio.and_then(|t| t.df), Format::Count));
            cells.push(ratio.map_or(Cell::Empty, |t| table.p(t.p, t.note.as_deref())));
        }
        for name in &decisions {
            let found = comparison.mcnemar.iter().find(|t| t.name == *name);
            cells.push(found.map_or(Cell::Empty, |t| table.p(t.p, t.note.as_deref())));
        }
        table.push(cells);
    }
    for note in all.iter().filter(|c| c.difference.value.is_some()).filter_map(|c| c.difference.note.as_deref()) {
        table.note(format!("{INTERVAL} of the difference: {}.", note.trim_end_matches('.')));
    }
    table.note("Difference: first arm minus second. Holm, BH: corrected over all pairs (Benjamini and Hochberg).");
    if nested {
        table.note(
            "Likelihood-ratio test: for models of which one contains the other, on the cases that fitted them; the paired \
             test of AUCs is too cautious there, so the difference gives the size and this test the evidence.",
        );
        for test in all.iter().filter_map(|c| c.likelihood_ratio.as_ref()).filter(|test| test.p.is_some()) {
            table.note(test.note.as_deref().map(wording::sentence).unwrap_or_default());
        }
    }
    if let Some(primary) = all.iter().find(|comparison| comparison.primary) {
        let counts = primary.mcnemar.iter().filter_map(|t| Some(format!("{} {}", decision_head(&t.name), t.note.as_deref()?)));
        let counts: Vec<String> = counts.collect();
        if !counts.is_empty() {
            table.note(format!(
                "McNemar's test, primary comparison, decisions that only the reference or only the new arm has right: {}.",
                counts.join("; ")
            ));
        }
    }
    vec![table]
}

/// Names of McNemar's tests over all comparisons, each once.
fn decision_tests(all: &[Comparison]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for TestResult { name, .. } in all.iter().flat_map(|c| &c.mcnemar) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// `McNemar's test among events` becomes `among events` under a head that says the rest.
fn decision_head(name: &str) -> &str {
    let bare =
        ["McNemar's test", "McNemar’s test", "McNemar test", "McNemar"].iter().find_map(|prefix| name.strip_prefix(prefix));
    match bare.map(|rest| rest.trim_matches([' ', ',', ':', '(', ')'])) {
        Some("") => "all cases",
        Some(rest) => rest,
        None => name,
    }
}

fn number(value: Option<f64>, format: Format) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Number(value, format))
}
