//! Discrimination for three and more classes.

use super::average::{mean, measure, number};
use super::discrimination::{auc_measure, folds};
use super::pair::test_result;
use crate::statistic::correlated::CorrelatedAucs;
use crate::statistic::estimate::{Defined, undefined};
use crate::statistic::hum::hum_within;
use crate::statistic::multiclass::{Average, multiclass_auc, multiclass_auc_within};
use crate::statistic::stratified::mean_over_repeats;
use crate::study::results::{Measure, NamedMeasure, TestResult};
use crate::study::scored::{Repeat, Scored};

fn classes_of(outcome: &[u32], repeat: &Repeat) -> Vec<usize> {
    repeat.cases.iter().map(|&case| outcome[case] as usize).collect()
}

/// One kind of average for arms that predict the same cases: within folds in each repeat, then the mean over repeats.
fn aucs(outcome: &[u32], arms: &[&Scored], average: Average) -> Defined<CorrelatedAucs> {
    let repeats = arms.iter().map(|arm| arm.repeats.len()).min().unwrap_or(0);
    let mut per_repeat = Vec::with_capacity(repeats);
    for at in 0..repeats {
        let first = &arms[0].repeats[at];
        if first.cases.is_empty() {
            continue;
        }
        let class = classes_of(outcome, first);
        let models: Vec<&[Vec<f64>]> = arms.iter().map(|arm| arm.repeats[at].probabilities.as_slice()).collect();
        // One fold (a hold-out, an external set, predictions of another tool) is the plain DeLong situation.
        let one_fold = first.folds.iter().all(|fold| *fold == first.folds[0]);
        per_repeat.push(match one_fold {
            true => multiclass_auc(&class, &models, average)?,
            false => multiclass_auc_within(&class, &first.folds, &models, average)?,
        });
    }
    if per_repeat.is_empty() {
        undefined!("no repeat has predictions");
    }
    Ok(mean_over_repeats(&per_repeat, folds(arms[0]))?.mean)
}

/// The measures of an outcome with three or more classes, the primary one (macro AUC) first; cases are compared within folds.
pub(super) fn measures(outcome: &[u32], arm: &Scored, classes: &[String], level: f64) -> Vec<NamedMeasure> {
    let average = |average: Average| match aucs(outcome, &[arm], average) {
        Ok(aucs) => measure(&aucs.estimate(0, level)),
        Err(reason) => Measure::undefined(reason),
    };
    let of_repeat = |repeat: &Repeat| number(hum_within(&classes_of(outcome, repeat), &repeat.folds, &repeat.probabilities));
    let hums: Vec<Measure> = arm.repeats.iter().map(of_repeat).collect();
    let mut all = vec![
        NamedMeasure::new("auc-macro", "AUC (macro)", average(Average::Macro)),
        NamedMeasure::new("auc-weighted", "AUC (weighted by prevalence)", average(Average::Weighted)),
        NamedMeasure::new("auc-micro", "AUC (micro)", average(Average::Micro)),
        NamedMeasure::new("hand-till", "Hand–Till M", average(Average::HandTill)),
        NamedMeasure::new("hum", "Hypervolume under the manifold", mean(&hums)),
    ];
    for (k, class) in classes.iter().enumerate() {
        all.push(NamedMeasure::new(format!("auc-{class}"), format!("AUC, {class} vs rest"), auc_measure(outcome, arm, k, level)));
    }
    all
}

/// New minus reference macro AUC with its test.
pub(super) fn difference(outcome: &[u32], old: &Scored, young: &Scored, level: f64) -> (Measure, TestResult) {
    let name = "paired DeLong test of the macro AUC";
    match aucs(outcome, &[young, old], Average::Macro).and_then(|aucs| aucs.compare(0, 1, level)) {
        Ok(compared) => (measure(&compared.difference), test_result(name, "z", Ok(compared.test))),
        Err(reason) => (Measure::undefined(&reason), test_result(name, "z", Err(reason))),
    }
}
