//! Decisions at thresholds that were chosen on training rows.

use super::average::{self, mean_named};
use super::discrimination::events;
use crate::statistic::class_confusion::{ClassConfusion, KappaWeight};
use crate::statistic::confusion::Confusion;
use crate::statistic::proportion::ProportionInterval::Wilson;
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
        let (measures, table) = if k == 2 {
            let counts = Confusion::new(&events(outcome, repeat, 1), &calls(repeat)?).ok()?;
            values.extend(repeat.thresholds.iter().flatten().filter(|t| t.is_finite()));
            let table =
                vec![vec![counts.true_negatives, counts.false_positives], vec![counts.false_negatives, counts.true_positives]];
            (binary(&counts, level), table)
        } else {
            let truth: Vec<usize> = repeat.cases.iter().map(|&case| outcome[case] as usize).collect();
            let matrix = ClassConfusion::new(&truth, &most_probable(repeat), k).ok()?;
            (multiclass(&matrix, classes, level), matrix.table)
        };
        per_repeat.push(measures);
        for (sum, row) in confusion.iter_mut().zip(&table) {
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
    vec![
        NamedMeasure::new("sensitivity", "Sensitivity", average::defined(counts.sensitivity(level, Wilson))),
        NamedMeasure::new("specificity", "Specificity", average::defined(counts.specificity(level, Wilson))),
        NamedMeasure::new("ppv", "PPV", average::defined(counts.ppv(level, Wilson))),
        NamedMeasure::new("npv", "NPV", average::defined(counts.npv(level, Wilson))),
        NamedMeasure::new("accuracy", "Accuracy", average::defined(counts.accuracy(level, Wilson))),
        NamedMeasure::new("balanced-accuracy", "Balanced accuracy", average::number(counts.balanced_accuracy())),
        NamedMeasure::new("f1", "F1", average::number(counts.f1())),
        NamedMeasure::new("mcc", "MCC", average::number(counts.mcc())),
        NamedMeasure::new("kappa", "Cohen's κ", average::number(counts.kappa())),
    ]
}

fn multiclass(matrix: &ClassConfusion, classes: &[String], level: f64) -> Vec<NamedMeasure> {
    let mut all = vec![
        NamedMeasure::new("accuracy", "Accuracy", average::defined(matrix.accuracy(level, Wilson))),
        NamedMeasure::new("balanced-accuracy", "Balanced accuracy", average::number(matrix.balanced_accuracy())),
        NamedMeasure::new("f1-macro", "F1 (macro)", average::number(matrix.macro_f1())),
        NamedMeasure::new("mcc", "MCC", average::number(matrix.mcc())),
        NamedMeasure::new("kappa", "Cohen's κ", average::number(matrix.kappa(KappaWeight::Unweighted))),
        NamedMeasure::new(
            "kappa-quadratic",
            "Cohen's κ (quadratic weights)",
            average::number(matrix.kappa(KappaWeight::Quadratic)),
        ),
    ];
    for (k, class) in classes.iter().enumerate() {
        let one = matrix.against_rest(k);
        for (id, label, value) in [
            ("sensitivity", "Sensitivity", one.sensitivity(level, Wilson)),
            ("specificity", "Specificity", one.specificity(level, Wilson)),
            ("ppv", "PPV", one.ppv(level, Wilson)),
            ("npv", "NPV", one.npv(level, Wilson)),
        ] {
            all.push(NamedMeasure::new(format!("{id}-{class}"), format!("{label}, {class}"), average::defined(value)));
        }
    }
    all
}
