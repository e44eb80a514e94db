//! Columns from lists of named measures: which there are, with which digits, how their intervals were made.

use crate::report::table::format::{Format, INTERVAL};
use crate::report::table::model::{Cell, Column, Table};
use crate::study::results::NamedMeasure;

/// The kind of number that a measure is, by its stable name; a per-class measure starts with the same name.
pub fn kind(id: &str) -> Format {
    const SHARES: [&str; 12] = [
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "accuracy",
        "balanced-accuracy",
        "recall",
        "precision",
        "prevalence",
        "tpr",
        "fpr",
        "fnr",
    ];
    const SIGNED: [&str; 5] = ["intercept", "calibration-intercept", "calibration-in-the-large", "mcc", "kappa"];
    let is = |name: &str| id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
    match id {
        _ if id.starts_with("auc") => Format::Auc,
        _ if SHARES.iter().any(|name| is(name)) => Format::Percent(1),
        _ if ["nri", "idi", "net-benefit", "brier-scaled"].iter().any(|name| is(name)) => Format::Signed(3),
        _ if SIGNED.iter().any(|name| is(name)) => Format::Signed(2),
        _ if is("slope") || is("calibration-slope") || is("f1") || is("observed-expected") => Format::Fixed(2),
        _ => Format::Fixed(3),
    }
}

/// Names of the measures of all lists, each once, in order of first appearance.
pub fn union<'a>(lists: impl Iterator<Item = &'a [NamedMeasure]>) -> Vec<(&'a str, &'a str)> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for measure in lists.flatten() {
        if !names.iter().any(|(id, _)| *id == measure.id) {
            names.push((&measure.id, &measure.label));
        }
    }
    names
}

/// A column per measure.
pub fn columns<'a>(names: &'a [(&str, &str)]) -> impl Iterator<Item = Column> + 'a {
    names.iter().map(|(id, label)| if id.ends_with("-p") { Column::right(*label) } else { Column::centre(*label) })
}

/// The cells of one row.
pub fn cells(table: &mut Table, names: &[(&str, &str)], measures: &[NamedMeasure]) -> Vec<Cell> {
    let cell = |(id, _): &(&str, &str)| match measures.iter().find(|m| m.id == *id) {
        Some(found) if id.ends_with("-p") => table.p(found.measure.value, found.measure.note.as_deref()),
        Some(found) => table.measure(&found.measure, kind(id)),
        None => Cell::Empty,
    };
    names.iter().map(cell).collect()
}

/// Notes on how the numbers and their intervals were made: measures with the same note share a line.
pub fn method_notes<'a>(table: &mut Table, names: &[(&str, &str)], lists: impl Iterator<Item = &'a [NamedMeasure]> + Clone) {
    let mut lines: Vec<(bool, &str, Vec<&str>)> = Vec::new();
    for (id, label) in names {
        let defined = lists.clone().flatten().filter(|m| m.id == *id && m.measure.value.is_some());
        for measure in defined.map(|m| &m.measure) {
            let interval = measure.lower.is_some() && measure.upper.is_some();
            let Some(note) = measure.note.as_deref().filter(|note| !note.is_empty()) else { continue };
            match lines.iter_mut().find(|(of, text, _)| *of == interval && *text == note) {
                Some((_, _, labels)) if labels.contains(label) => {}
                Some((_, _, labels)) => labels.push(label),
                None => lines.push((interval, note, vec![label])),
            }
        }
    }
    let methods = lines.iter().filter(|(interval, ..)| *interval).count();
    for (interval, note, labels) in lines {
        let what = match (interval, methods) {
            (true, 1) if labels.len() > 1 => INTERVAL.to_owned(),
            (true, _) => format!("{INTERVAL} of {}", labels.join(", ")),
            (false, _) => labels.join(", "),
        };
        table.note(format!("{what}: {}.", note.trim_end_matches('.')));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_has_its_digits() {
        for (id, format) in [
            ("auc-macro", Format::Auc),
            ("sensitivity", Format::Percent(1)),
            ("sensitivity-low", Format::Percent(1)),
            ("intercept", Format::Signed(2)),
            ("slope", Format::Fixed(2)),
            ("brier", Format::Fixed(3)),
            ("brier-scaled", Format::Signed(3)),
            ("calibration-in-the-large", Format::Signed(2)),
            ("mcc", Format::Signed(2)),
            ("nri-equal", Format::Signed(3)),
            ("something-new", Format::Fixed(3)),
        ] {
            assert_eq!(kind(id), format, "{id}");
        }
    }
}
