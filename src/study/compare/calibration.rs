//! Whether probabilities mean what they say.

use super::average::{self, mean_curve, mean_named, measure};
use super::discrimination::events;
use crate::statistic::calibration::{calibration_in_the_large, calibration_slope};
use crate::statistic::calibration_curve::{SmoothCurve, Smoother, binned_points, calibration_errors};
use crate::statistic::estimate::Estimate;
use crate::statistic::grouping::Grouping;
use crate::statistic::scoring::{brier, log_loss, observed_to_expected, scaled_brier};
use crate::study::results::{CalibrationResult, CurvePoint, Measure, NamedMeasure};
use crate::study::scored::{Repeat, Scored};

/// Steps on which the smoothed curve is drawn.
const STEPS: usize = 60;
/// Groups of equal size in the plot.
const GROUPS: usize = 10;

/// Calibration of the probability of class `k`, repeat by repeat, then averaged.
pub fn calibration(outcome: &[u32], arm: &Scored, k: usize, class: &str, level: f64) -> CalibrationResult {
    let per_repeat: Vec<Vec<NamedMeasure>> = arm.repeats.iter().map(|repeat| measures(outcome, repeat, k, level)).collect();
    let grid: Vec<f64> = (0..=STEPS).map(|step| step as f64 / STEPS as f64).collect();
    let curves: Vec<Vec<Option<CurvePoint>>> = arm.repeats.iter().map(|repeat| curve(outcome, repeat, k, &grid, level)).collect();
    CalibrationResult {
        class: class.to_string(),
        measures: mean_named(&per_repeat),
        curve: mean_curve(&grid, &curves),
        groups: groups(outcome, arm, k, level),
        histogram: histogram(outcome, arm, k),
    }
}

fn measures(outcome: &[u32], repeat: &Repeat, k: usize, level: f64) -> Vec<NamedMeasure> {
    let (event, p) = (events(outcome, repeat, k), repeat.of_class(k));
    let large = calibration_in_the_large(&event, &p, level);
    let slope = calibration_slope(&event, &p, level);
    let errors = calibration_errors(&event, &p, Smoother::Loess);
    let of = |get: fn(&crate::statistic::calibration_curve::CalibrationErrors) -> f64| match &errors {
        Ok(errors) => Measure::of(get(errors)),
        Err(reason) => Measure::undefined(reason),
    };
    let noted = |mut measure: Measure, note: &str| {
        if measure.value.is_some() {
            measure.note = Some(note.to_string());
        }
        measure
    };
    vec![
        NamedMeasure::new(
            "calibration-in-the-large",
            "Calibration in the large",
            large.map_or_else(Measure::undefined, |c| measure(&c.log_odds)),
        ),
        NamedMeasure::new(
            "calibration-slope",
            "Calibration slope",
            slope.as_ref().map_or_else(Measure::undefined, |r| measure(&r.slope)),
        ),
        NamedMeasure::new(
            "calibration-intercept",
            "Calibration intercept (beside the slope)",
            slope.as_ref().map_or_else(Measure::undefined, |r| measure(&r.intercept)),
        ),
        NamedMeasure::new("brier", "Brier score", average::defined(brier(&event, &p, level))),
        NamedMeasure::new("brier-scaled", "Scaled Brier score", average::number(scaled_brier(&event, &p))),
        NamedMeasure::new("log-loss", "Log loss", average::number(log_loss(&event, &p))),
        NamedMeasure::new("observed-expected", "Observed / expected", average::number(observed_to_expected(&event, &p))),
        NamedMeasure::new("ici", "ICI", noted(of(|e| e.mean), "loess")),
        NamedMeasure::new("e50", "E50", noted(of(|e| e.e_50), "loess")),
        NamedMeasure::new("e90", "E90", noted(of(|e| e.e_90), "loess")),
        NamedMeasure::new("emax", "Emax", noted(of(|e| e.e_max), "loess")),
    ]
}

/// The smoothed curve on the grid, within the range of the predictions. Its band is the pointwise interval of a share at the number of
/// cases that the smoother's window holds.
fn curve(outcome: &[u32], repeat: &Repeat, k: usize, grid: &[f64], level: f64) -> Vec<Option<CurvePoint>> {
    let (event, p) = (events(outcome, repeat, k), repeat.of_class(k));
    let Ok(smooth) = SmoothCurve::new(&event, &p, Smoother::Loess) else { return vec![None; grid.len()] };
    let mut sorted = p.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let z = crate::statistic::normal::critical(level);
    grid.iter()
        .map(|&x| {
            let y = smooth.at(x)?.clamp(0.0, 1.0);
            // Tricube weights over a span of 0.75 are worth about half of the cases in the window.
            let effective = effective_cases(&sorted, x);
            let half = z * (y.max(0.5 / effective) * (1.0 - y).max(0.5 / effective) / effective).sqrt();
            Some(CurvePoint { x, y, lower: Some((y - half).max(0.0)), upper: Some((y + half).min(1.0)), n: None })
        })
        .collect()
}

/// (Σw)² / Σw² of the tricube weights around `x` with the window that holds three quarters of the predictions.
fn effective_cases(sorted: &[f64], x: f64) -> f64 {
    let mut distance: Vec<f64> = sorted.iter().map(|p| (p - x).abs()).collect();
    distance.sort_unstable_by(f64::total_cmp);
    let window = distance[(distance.len() * 3 / 4).min(distance.len() - 1)].max(1e-12);
    let weights = distance.iter().map(|d| (1.0 - (d / window).min(1.0).powi(3)).powi(3));
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if squares > 0.0 { sum * sum / squares } else { 1.0 }
}

/// Observed share in groups of equal size of the mean prediction over repeats.
fn groups(outcome: &[u32], arm: &Scored, k: usize, level: f64) -> Vec<CurvePoint> {
    let (event, p) = mean_prediction(outcome, arm, k);
    let wanted = GROUPS.min(p.len() / 8).max(2);
    let Ok(points) = binned_points(&event, &p, Grouping::EqualSize(wanted), level) else { return Vec::new() };
    let point =
        |share: &Estimate, x: f64, n: usize| CurvePoint { x, y: share.value, lower: share.lower, upper: share.upper, n: Some(n) };
    points.iter().map(|bin| point(&bin.observed, bin.predicted, bin.cases)).collect()
}

/// Each case's prediction, averaged over repeats.
pub fn mean_prediction(outcome: &[u32], arm: &Scored, k: usize) -> (Vec<bool>, Vec<f64>) {
    let cases = arm.cases();
    let (mut sum, mut count) = (vec![0.0; cases.len()], vec![0.0; cases.len()]);
    for repeat in &arm.repeats {
        for (case, p) in repeat.cases.iter().zip(&repeat.probabilities) {
            if let Ok(at) = cases.binary_search(case) {
                sum[at] += p[k];
                count[at] += 1.0;
            }
        }
    }
    let event = cases.iter().map(|&case| outcome[case] as usize == k).collect();
    (event, sum.iter().zip(&count).map(|(s, n)| s / n).collect())
}

fn histogram(outcome: &[u32], arm: &Scored, k: usize) -> Vec<[usize; 2]> {
    let (event, p) = mean_prediction(outcome, arm, k);
    let mut bins = vec![[0, 0]; 20];
    for (event, p) in event.iter().zip(&p) {
        bins[((p * 20.0) as usize).min(19)][usize::from(*event)] += 1;
    }
    bins
}
