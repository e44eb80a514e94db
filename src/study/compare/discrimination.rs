//! How well an arm ranks the cases.

use super::average::{self, measure};
use crate::statistic::auc::RocCurve;
use crate::statistic::correlated::CorrelatedAucs;
use crate::statistic::delong::delong;
use crate::statistic::estimate::{Defined, undefined};
use crate::statistic::stratified::{FoldWeight, RepeatedAucs, mean_over_repeats, stratified};
use crate::study::results::{CurvePoint, Measure, NamedMeasure, RepeatSpread, RocCurveResult};
use crate::study::scored::{Repeat, Scored};
use std::collections::HashSet;

/// Whether the case's class is `k`.
pub fn events(outcome: &[u32], repeat: &Repeat, k: usize) -> Vec<bool> {
    repeat.cases.iter().map(|&case| outcome[case] as usize == k).collect()
}

/// Within-fold AUCs of class `k` for arms that predict the same cases, averaged over repeats.
pub fn aucs(outcome: &[u32], arms: &[&Scored], k: usize) -> Defined<RepeatedAucs> {
    let repeats = arms.iter().map(|arm| arm.repeats.len()).min().unwrap_or(0);
    let mut per_repeat = Vec::with_capacity(repeats);
    for at in 0..repeats {
        let first = &arms[0].repeats[at];
        if first.cases.is_empty() {
            continue;
        }
        let scores: Vec<Vec<f64>> = arms.iter().map(|arm| arm.repeats[at].of_class(k)).collect();
        let scores: Vec<&[f64]> = scores.iter().map(Vec::as_slice).collect();
        let event = events(outcome, first, k);
        // One fold (a hold-out, an external set, predictions of another tool) is the plain DeLong situation.
        let one_fold = first.folds.iter().all(|fold| *fold == first.folds[0]);
        per_repeat.push(if one_fold {
            delong(&event, &scores)?
        } else {
            stratified(&event, &first.folds, &scores, FoldWeight::Pairs)?.aucs
        });
    }
    if per_repeat.is_empty() {
        undefined!("no repeat has predictions");
    }
    mean_over_repeats(&per_repeat, folds(arms[0]))
}

/// The AUC over all pairs of a repeat, whatever their folds.
fn pooled(outcome: &[u32], arm: &Scored, k: usize) -> Defined<RepeatedAucs> {
    let all = arm.repeats.iter().map(|repeat| delong(&events(outcome, repeat, k), &[&repeat.of_class(k)]));
    mean_over_repeats(&all.collect::<Defined<Vec<CorrelatedAucs>>>()?, folds(arm))
}

/// The largest number of models by which the cases of a repeat were predicted.
pub fn folds(arm: &Scored) -> usize {
    let distinct = |repeat: &Repeat| repeat.folds.iter().collect::<HashSet<_>>().len();
    arm.repeats.iter().map(distinct).max().unwrap_or(0)
}

/// Whether cases were predicted by more than one model in a repeat.
pub fn has_folds(arm: &Scored) -> bool {
    folds(arm) > 1
}

/// AUC of one class against the rest, with its interval.
pub fn auc_measure(outcome: &[u32], arm: &Scored, k: usize, level: f64) -> Measure {
    match aucs(outcome, &[arm], k) {
        Ok(repeated) => {
            let mut made = measure(&repeated.mean.estimate(0, level));
            if let Some(caution) = repeated.mean.caution(0) {
                made.note = Some(caution);
            }
            made
        }
        Err(reason) => Measure::undefined(reason),
    }
}

/// The measures of a binary outcome, the primary one first.
pub fn binary(outcome: &[u32], arm: &Scored, level: f64) -> Vec<NamedMeasure> {
    let mut all = vec![NamedMeasure::new("auc", "AUC", auc_measure(outcome, arm, 1, level))];
    let logit = aucs(outcome, &[arm], 1).and_then(|repeated| repeated.mean.logit_estimate(0, level));
    all.push(NamedMeasure::new("auc-logit", "AUC (logit interval)", average::defined(logit)));
    if has_folds(arm) {
        let pooled = pooled(outcome, arm, 1).map(|repeated| repeated.mean.estimate(0, level));
        all.push(NamedMeasure::new("auc-pooled", "AUC over pooled folds", average::defined(pooled)));
    }
    all
}

/// The primary measure in each repeat, and its spread over folds.
pub fn spread(outcome: &[u32], arm: &Scored, classes: usize) -> Option<RepeatSpread> {
    if arm.repeats.len() < 2 && !has_folds(arm) {
        return None;
    }
    let of_interest: Vec<usize> = if classes == 2 { vec![1] } else { (0..classes).collect() };
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let one = |repeat: &Repeat| -> Option<f64> {
        let alone = Scored { name: String::new(), repeats: vec![repeat.clone()], validation: None };
        let values: Option<Vec<f64>> =
            of_interest.iter().map(|&k| aucs(outcome, &[&alone], k).ok().map(|a| a.mean.auc[0])).collect();
        values.map(mean)
    };
    let values: Vec<f64> = arm.repeats.iter().filter_map(one).collect();
    let mut per_fold = Vec::new();
    for repeat in &arm.repeats {
        let mut folds = repeat.folds.clone();
        folds.sort_unstable();
        folds.dedup();
        for fold in folds {
            let keep: Vec<usize> =
                repeat.cases.iter().zip(&repeat.folds).filter(|(_, f)| **f == fold).map(|(case, _)| *case).collect();
            per_fold.extend(one(&repeat.restricted(&keep)));
        }
    }
    Some(RepeatSpread { sd: sd(&values), fold_sd: sd(&per_fold), values })
}

fn sd(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.len() > 1).then(|| (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// Steps of the false-positive axis on which ROC curves are drawn.
const STEPS: usize = 100;

/// The ROC curve of a class: within folds, then averaged vertically with the weight that the AUC gives each fold, so that the area under
/// the picture is the AUC beside it. The band is the pointwise Wilson interval of the sensitivity at the number of events.
pub fn roc(outcome: &[u32], arm: &Scored, k: usize, class: &str, auc: Measure, level: f64) -> RocCurveResult {
    let mut weighted: Vec<(f64, RocCurve)> = Vec::new();
    for repeat in &arm.repeats {
        let event = events(outcome, repeat, k);
        let score = repeat.of_class(k);
        let mut folds = repeat.folds.clone();
        folds.sort_unstable();
        folds.dedup();
        for fold in folds {
            let rows: Vec<usize> = (0..repeat.cases.len()).filter(|&i| repeat.folds[i] == fold).collect();
            let e: Vec<bool> = rows.iter().map(|&i| event[i]).collect();
            let s: Vec<f64> = rows.iter().map(|&i| score[i]).collect();
            let pairs = e.iter().filter(|x| **x).count() * e.iter().filter(|x| !**x).count();
            if let Ok(curve) = RocCurve::new(&e, &s) {
                weighted.push((pairs as f64, curve));
            }
        }
    }
    let total: f64 = weighted.iter().map(|(weight, _)| weight).sum();
    let cases = arm.cases();
    let n_events = cases.iter().filter(|&&case| outcome[case] as usize == k).count();
    let points = |x: f64| -> CurvePoint {
        let y = weighted.iter().map(|(weight, curve)| weight * curve.sensitivity_at(x)).sum::<f64>() / total;
        let (lower, upper) = wilson_of_share(y, n_events as f64, level);
        CurvePoint { x, y, lower, upper, n: None }
    };
    let mut drawn: Vec<CurvePoint> = Vec::new();
    if total > 0.0 {
        drawn.push(CurvePoint { x: 0.0, y: 0.0, lower: Some(0.0), upper: Some(0.0), n: None });
        drawn.extend((0..=STEPS).map(|step| points(step as f64 / STEPS as f64)));
    }
    RocCurveResult { class: class.to_string(), auc, points: drawn }
}

/// Wilson's interval of a share that need not be a whole number over n.
fn wilson_of_share(p: f64, n: f64, level: f64) -> (Option<f64>, Option<f64>) {
    if n <= 0.0 {
        return (None, None);
    }
    let z = crate::statistic::normal::critical(level);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (Some((centre - half).max(0.0)), Some((centre + half).min(1.0)))
}
