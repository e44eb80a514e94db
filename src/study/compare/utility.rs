//! Whether decisions by a model do more good than harm: net benefit over threshold probabilities.

use super::average::mean_curve;
use super::calibration::mean_prediction;
use super::discrimination::events;
use super::{CompareInput, LEVEL};
use crate::learn::Seed;
use crate::statistic::decision_curve::{Strategy, decision_curve as net_benefit, net_benefit_bands, thresholds};
use crate::study::results::{CurvePoint, DecisionCurveResult};
use crate::study::scored::Scored;

/// Width of the steps of threshold probability.
const STEP: f64 = 0.01;

fn grid(input: &CompareInput) -> Vec<f64> {
    let [from, to] = input.options.decision_range;
    thresholds(from, to, STEP)
}

/// The decision curve of class `k`, the mean over repeats.
pub(super) fn decision_curve(input: &CompareInput, scored: &Scored, k: usize) -> DecisionCurveResult {
    let grid = grid(input);
    let mut treat_all = vec![Vec::new(); grid.len()];
    let mut curves = Vec::new();
    for repeat in &scored.repeats {
        let (event, p) = (events(&input.outcome, repeat, k), repeat.of_class(k));
        let Ok(points) = net_benefit(&event, Strategy::Predicted(&p), &grid, None) else { continue };
        curves.push(
            points
                .iter()
                .map(|point| Some(CurvePoint { x: point.threshold, y: point.net_benefit, lower: None, upper: None, n: None }))
                .collect(),
        );
        if let Ok(all) = net_benefit(&event, Strategy::TreatAll, &grid, None) {
            treat_all.iter_mut().zip(all).for_each(|(values, point)| values.push(point.net_benefit));
        }
    }
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
    DecisionCurveResult {
        class: input.classes[k].clone(),
        model: mean_curve(&grid, &curves),
        treat_all: treat_all.iter().map(mean).collect(),
    }
}

/// New minus reference net benefit with a bootstrap band, on each case's mean prediction over repeats.
pub(super) fn difference(input: &CompareInput, old: &Scored, young: &Scored, seed: &Seed) -> Vec<CurvePoint> {
    let (event, a) = mean_prediction(&input.outcome, old, 1);
    let (_, b) = mean_prediction(&input.outcome, young, 1);
    let mut generator = seed.generator("net benefit");
    let grid = grid(input);
    let replicates = input.options.bootstrap.min(500);
    match net_benefit_bands(&event, &[&a, &b], &grid, replicates, LEVEL, &mut generator) {
        Ok(bands) => bands.difference_to_first.first().map_or_else(Vec::new, |row| {
            grid.iter()
                .zip(row)
                .map(|(&x, band)| CurvePoint { x, y: band.value, lower: band.lower, upper: band.upper, n: None })
                .collect()
        }),
        Err(_) => Vec::new(),
    }
}
