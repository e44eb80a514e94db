//! Decisions at thresholds that were chosen on training rows.

use super::average::{self, mean_named};
use super::discrimination::events;
use crate::statistic::confusion::{Confusion, ConfusionMatrix};
use crate::study::results::{NamedMeasure, ThresholdResult};
use crate::study::scored::{Repeat, Scored};

/// Whether each case is called an event, at the threshold of the fold that predicted it.
pub fn calls(repeat: &Repeat) -> Option<Vec<bool>> {
    repeat.probabilities.iter().zip(&repeat.thresholds).map(|(p, threshold)| threshold.map(|t| p[1] >= t)).collect()
}

/// The most probable class of each case; the lower one of equal classes.
fn most_probable(repeat: &Repeat) -> Vec<usize> {
    let best = |p: &Vec<f64>| (0..p.len()).fold(0, |best, k| if p[k] > p[best] { k } else { best });
    repeat.probabilities.iter().map(best).collect()
}

/// Sensitivity and its kin for two classes; per class and averaged for more. `rule` says how the threshold was chosen.
pub fn decisions(outcome: &[u32], arm: &Scored, classes: &[String], rule: &str, level: f64) -> Option<ThresholdResult> {
    let k = classes.len();
    let mut confusion = vec![vec![0.0; k]; k];
    let mut per_repeat = Vec::new();
    let mut values: Vec<f64> = Vec::new();
    for repeat in &arm.repeats {
        let (measures, matrix) = if k == 2 {
            let counts = Confusion::of(&events(outcome, repeat, 1), &calls(repeat)?);
            values.extend(repeat.thresholds.iter().flatten().filter(|t| t.is_finite()));
            (binary(&counts, level), counts.matrix())
        } else {
            let truth: Vec<usize> = repeat.cases.iter().map(|&case| outcome[case] as usize).collect();
            let matrix = ConfusionMatrix::of(&truth, &most_probable(repeat), k);
            (multiclass(&matrix, classes, level), matrix)
        };
        per_repeat.push(measures);
        for (sum, row) in confusion.iter_mut().zip(&matrix.counts) {
            sum.iter_mut().zip(row).for_each(|(sum, n)| *sum += *n as f64 / arm.repeats.len() as f64);
        }
    }
    let range = values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |r, v| [r[0].min(*v), r[1].max(*v)]);
    Some(ThresholdResult {
        rule: if k == 2 { rule.to_string() } else { "the most probable class".to_string() },
        value: (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64),
        range: (!values.is_empty()).then_some(range),
        measures: mean_named(&per_repeat),
        confusion,
    })
}

fn binary(counts: &Confusion, level: f64) -> Vec<NamedMeasure> {
    let matrix = counts.matrix();
    vec![
        NamedMeasure::new("sensitivity", "Sensitivity", average::defined(counts.sensitivity(level))),
        NamedMeasure::new("specificity", "Specificity", average::defined(counts.specificity(level))),
        NamedMeasure::new("ppv", "PPV", average::defined(counts.ppv(level))),
        NamedMeasure::new("npv", "NPV", average::defined(counts.npv(level))),
        NamedMeasure::new("accuracy", "Accuracy", average::defined(counts.accuracy(level))),
        NamedMeasure::new("balanced-accuracy", "Balanced accuracy", average::number(matrix.balanced_accuracy())),
        NamedMeasure::new("f1", "F1", average::number(matrix.f1(1))),
        NamedMeasure::new("mcc", "MCC", average::number(matrix.mcc())),
        NamedMeasure::new("kappa", "Cohen's κ", average::number(matrix.kappa(None))),
    ]
}

fn multiclass(matrix: &ConfusionMatrix, classes: &[String], level: f64) -> Vec<NamedMeasure> {
    let mut all = vec![
        NamedMeasure::new("accuracy", "Accuracy", average::defined(matrix.accuracy(level))),
        NamedMeasure::new("balanced-accuracy", "Balanced accuracy", average::number(matrix.balanced_accuracy())),
        NamedMeasure::new("f1-macro", "F1 (macro)", average::number(matrix.f1_macro())),
        NamedMeasure::new("mcc", "MCC", average::number(matrix.mcc())),
        NamedMeasure::new("kappa", "Cohen's κ", average::number(matrix.kappa(None))),
        NamedMeasure::new("kappa-quadratic", "Cohen's κ (quadratic weights)", average::number(matrix.kappa(Some(2)))),
    ];
    for (k, class) in classes.iter().enumerate() {
        let one = matrix.one_versus_rest(k);
        for (id, label, value) in [
            ("sensitivity", "Sensitivity", one.sensitivity(level)),
            ("specificity", "Specificity", one.specificity(level)),
            ("ppv", "PPV", one.ppv(level)),
            ("npv", "NPV", one.npv(level)),
        ] {
            all.push(NamedMeasure::new(format!("{id}-{class}"), format!("{label}, {class}"), average::defined(value)));
        }
    }
    all
}
