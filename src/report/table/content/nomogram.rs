//! A nomogram on paper: points of every tick, and what a total means.

use super::slug;
use crate::report::table::format::Format;
use crate::report::table::model::{Cell, Column, Table};
use crate::report::wording::sentence;
use crate::study::results::{Arm, NomogramResult, Results};

/// Per nomogram: its points, and the map from total points to probability.
pub fn tables(results: &Results) -> Vec<Table> {
    let all: Vec<(&Arm, &NomogramResult)> =
        results.arms.iter().flat_map(|arm| arm.nomograms.iter().map(move |nomogram| (arm, nomogram))).collect();
    all.iter().flat_map(|(arm, nomogram)| both(arm, nomogram, all.len() > 1)).collect()
}

fn both(arm: &Arm, nomogram: &NomogramResult, several: bool) -> [Table; 2] {
    let (suffix, of) = match (&nomogram.contrast, several) {
        (Some([class, against]), _) => (
            format!("-{}", slug(&format!("{} {class} {against}", arm.name))),
            format!(": {}, {class} against {against}", arm.label),
        ),
        (None, true) => (format!("-{}", slug(&arm.name)), format!(": {}", arm.label)),
        (None, false) => Default::default(),
    };
    let columns = vec![Column::left("Variable and value"), Column::right("Points")];
    let mut points = Table::new(format!("nomogram-points{suffix}"), format!("Nomogram points{of}"), columns);
    for axis in &nomogram.axes {
        points.push_heading(&axis.label);
        for (label, _, value) in &axis.ticks {
            points.push_indented(vec![Cell::text(label), Cell::Number(*value, Format::Fixed(1))]);
        }
    }
    points.note(sentence(&nomogram.model));
    points.note("Between two values of a numeric variable points lie on a straight line.");

    let columns = vec![Column::left("Probability"), Column::right("Total points")];
    let mut map = Table::new(format!("nomogram-probability{suffix}"), format!("Total points and probability{of}"), columns);
    for axis in &nomogram.probabilities {
        map.push_heading(&axis.label);
        for (probability, total) in &axis.ticks {
            let digits = if (probability * 100.0 - (probability * 100.0).round()).abs() < 1e-6 { 2 } else { 3 };
            map.push_indented(vec![Cell::Number(*probability, Format::Fixed(digits)), Cell::Number(*total, Format::Fixed(1))]);
        }
    }
    map.note(
        "Probability = 1 / (1 + exp(−(linear predictor + shift))); the linear predictor is a straight line in the total points.",
    );
    [points, map]
}
