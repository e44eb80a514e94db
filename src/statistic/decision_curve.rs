//! Decision curves: what acting on a prediction is worth, against treating everyone and treating no one.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Method, undefined};
use super::quantile::{QuantileType, quantile_sorted};
use super::scoring::check;

/// Acting on those whose predicted probability is at least the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DecisionPoint {
    /// The threshold probability t.
    pub threshold: f64,
    /// True positives per patient.
    pub true_positives: f64,
    /// False positives per patient.
    pub false_positives: f64,
    /// True positives less false positives weighed with t / (1 − t), per patient.
    pub net_benefit: f64,
    /// Net benefit over prevalence: its share of the largest possible.
    pub standardised_net_benefit: f64,
    /// Interventions avoided per patient against treating everyone, without missing an event more; `None` at threshold 0.
    pub interventions_avoided: Option<f64>,
}

/// Whom to act on.
#[derive(Debug, Clone, Copy)]
pub enum Strategy<'a> {
    /// Everyone.
    TreatAll,
    /// No one.
    TreatNone,
    /// Those whose predicted probability is at least the threshold.
    Predicted(&'a [f64]),
}

/// Thresholds `from`, `from + by`, … up to `to`, as R's `seq` rounds them.
pub fn thresholds(from: f64, to: f64, by: f64) -> Vec<f64> {
    if by.is_nan() || by <= 0.0 || from.is_nan() || from > to || !to.is_finite() {
        return Vec::new();
    }
    let steps = ((to - from) / by + 1e-10).floor() as usize;
    (0..=steps).map(|k| (from + k as f64 * by).min(to)).collect()
}

/// The decision curve of a strategy.
///
/// # Definition
/// With prevalence π: TP = π P(p ≥ t | event), FP = (1 − π) P(p ≥ t | no event), NB = TP − FP t / (1 − t), standardised NB / π, interventions avoided
/// (NB − NB of treating all) (1 − t) / t. π is the observed prevalence, or `prevalence` where the cases were sampled by outcome.
///
/// # Errors
/// One class only, a threshold outside \[0, 1), a prevalence outside (0, 1).
///
/// # Reference
/// Vickers and Elkin, Medical Decision Making 2006;26:565. R `dcurves`, which calls p ≥ t positive as here; `rmda` says p > t.
pub fn decision_curve(
    event: &[bool],
    strategy: Strategy,
    thresholds: &[f64],
    prevalence: Option<f64>,
) -> Defined<Vec<DecisionPoint>> {
    let scale = Scale::new(event, thresholds, prevalence)?;
    let (events, others) = match strategy {
        Strategy::Predicted(p) => {
            check(event, p)?;
            let of = |class: bool| {
                let mut chosen: Vec<f64> = event.iter().zip(p).filter(|(e, _)| **e == class).map(|(_, p)| *p).collect();
                chosen.sort_unstable_by(f64::total_cmp);
                chosen
            };
            (of(true), of(false))
        }
        _ => (Vec::new(), Vec::new()),
    };
    let share = |sorted: &[f64], t: f64| match strategy {
        Strategy::TreatAll => 1.0,
        Strategy::TreatNone => 0.0,
        Strategy::Predicted(_) => (sorted.len() - sorted.partition_point(|p| *p < t)) as f64 / sorted.len() as f64,
    };
    Ok(thresholds.iter().map(|&t| scale.point(t, share(&events, t), share(&others, t))).collect())
}

/// Prevalence, and what follows from a sensitivity and a false positive rate.
struct Scale {
    prevalence: f64,
}

impl Scale {
    fn new(event: &[bool], thresholds: &[f64], prevalence: Option<f64>) -> Defined<Self> {
        if event.is_empty() {
            undefined!("no case");
        }
        let observed = event.iter().filter(|&&e| e).count() as f64 / event.len() as f64;
        if observed == 0.0 || observed == 1.0 {
            undefined!("all cases have the same outcome");
        }
        if let Some(t) = thresholds.iter().find(|t| !(0.0..1.0).contains(*t)) {
            undefined!("a threshold of {t} is not in [0, 1)");
        }
        match prevalence {
            Some(p) if !(p > 0.0 && p < 1.0) => undefined!("a prevalence of {p} is not between 0 and 1"),
            given => Ok(Scale { prevalence: given.unwrap_or(observed) }),
        }
    }

    fn point(&self, threshold: f64, sensitivity: f64, false_positive_rate: f64) -> DecisionPoint {
        let odds = threshold / (1.0 - threshold);
        let true_positives = sensitivity * self.prevalence;
        let false_positives = false_positive_rate * (1.0 - self.prevalence);
        let net_benefit = true_positives - false_positives * odds;
        let of_all = self.prevalence - (1.0 - self.prevalence) * odds;
        DecisionPoint {
            threshold,
            true_positives,
            false_positives,
            net_benefit,
            standardised_net_benefit: net_benefit / self.prevalence,
            interventions_avoided: (odds > 0.0).then(|| (net_benefit - of_all) / odds),
        }
    }
}

/// Bootstrap bands of the net benefit of several predictions on the same cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetBenefitBands {
    /// The thresholds.
    pub thresholds: Vec<f64>,
    /// Per prediction and threshold the net benefit with its band.
    pub net_benefit: Vec<Vec<Estimate>>,
    /// Per prediction but the first and threshold its net benefit less that of the first, with its band.
    pub difference_to_first: Vec<Vec<Estimate>>,
}

/// Pointwise percentile bands from resampled cases; every prediction sees the same resamples.
///
/// `thresholds` may be in any order. Cases are drawn with replacement from all; predictions are kept as they are, so the bands do not hold the
/// uncertainty of fitting the models.
///
/// # Errors
/// As [`decision_curve`]; fewer than two replicates.
pub fn net_benefit_bands<R: Rng>(
    event: &[bool],
    predictions: &[&[f64]],
    thresholds: &[f64],
    replicates: usize,
    level: f64,
    rng: &mut R,
) -> Defined<NetBenefitBands> {
    Scale::new(event, thresholds, None)?;
    for p in predictions {
        check(event, p)?;
    }
    if replicates < 2 {
        undefined!("{replicates} bootstrap replicates make no band");
    }
    let (n, count) = (event.len(), thresholds.len());
    let mut ascending: Vec<usize> = (0..count).collect();
    ascending.sort_by(|&a, &b| thresholds[a].total_cmp(&thresholds[b]));
    // How many of the ascending thresholds each prediction reaches: all that a resample needs to know.
    let reached: Vec<Vec<u32>> = predictions
        .iter()
        .map(|p| p.iter().map(|p| ascending.partition_point(|&k| thresholds[k] <= *p) as u32).collect())
        .collect();
    let net_benefit = |reached: &[u32], times: &[u32]| -> Vec<f64> {
        let (mut events, mut others) = (vec![0u64; count + 1], vec![0u64; count + 1]);
        for i in 0..n {
            let slot = if event[i] { &mut events } else { &mut others };
            slot[reached[i] as usize] += u64::from(times[i]);
        }
        let (mut tp, mut fp) = (0, 0);
        let mut result = vec![0.0; count];
        for k in (0..count).rev() {
            tp += events[k + 1];
            fp += others[k + 1];
            let t = thresholds[ascending[k]];
            result[ascending[k]] = (tp as f64 - fp as f64 * t / (1.0 - t)) / n as f64;
        }
        result
    };
    let observed: Vec<Vec<f64>> = reached.iter().map(|r| net_benefit(r, &vec![1; n])).collect();
    // Indexed by prediction, threshold, replicate.
    let mut drawn = vec![vec![Vec::with_capacity(replicates); count]; predictions.len()];
    for _ in 0..replicates {
        let mut times = vec![0u32; n];
        for _ in 0..n {
            times[rng.gen_range(0..n)] += 1;
        }
        for (draws, reached) in drawn.iter_mut().zip(&reached) {
            for (draws, value) in draws.iter_mut().zip(net_benefit(reached, &times)) {
                draws.push(value);
            }
        }
    }
    let band = |value: f64, mut draws: Vec<f64>| {
        draws.sort_unstable_by(f64::total_cmp);
        let tail = 0.5 * (1.0 - level);
        let at = |p| quantile_sorted(&draws, p, QuantileType::Type7);
        match (at(tail), at(1.0 - tail)) {
            (Some(low), Some(high)) => Estimate::with_interval(value, None, low, high, level, Method::BootstrapPercentile),
            _ => Estimate::point(value),
        }
    };
    let over = |m: usize, minus: Option<usize>| -> Vec<Estimate> {
        (0..count)
            .map(|k| match minus {
                None => band(observed[m][k], drawn[m][k].clone()),
                Some(b) => {
                    let differences = drawn[m][k].iter().zip(&drawn[b][k]).map(|(x, y)| x - y).collect();
                    band(observed[m][k] - observed[b][k], differences)
                }
            })
            .collect()
    };
    Ok(NetBenefitBands {
        thresholds: thresholds.to_vec(),
        net_benefit: (0..predictions.len()).map(|m| over(m, None)).collect(),
        difference_to_first: (1..predictions.len()).map(|m| over(m, Some(0))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const EVENT: [bool; 5] = [true, false, true, false, false];
    const P: [f64; 5] = [0.8, 0.2, 0.5, 0.5, 0.1];

    #[test]
    fn by_hand_and_at_a_tie() {
        let points = decision_curve(&EVENT, Strategy::Predicted(&P), &[0.5, 0.6], None).unwrap();
        // p ≥ 0.5: two true and one false positive; p ≥ 0.6: one true.
        assert!((points[0].net_benefit - (0.4 - 0.2)).abs() < 1e-15);
        assert!((points[1].net_benefit - 0.2).abs() < 1e-15);
        assert!((points[1].standardised_net_benefit - 0.5).abs() < 1e-15);
        let none = decision_curve(&EVENT, Strategy::TreatNone, &[0.5], None).unwrap()[0];
        assert_eq!((none.net_benefit, none.true_positives), (0.0, 0.0));
        // Treating everyone at t = π is worth nothing.
        let all = decision_curve(&EVENT, Strategy::TreatAll, &[0.4], None).unwrap()[0];
        assert!(all.net_benefit.abs() < 1e-15 && all.interventions_avoided == Some(0.0));
    }

    #[test]
    fn bands_hold_the_estimate_and_do_not_depend_on_the_order_of_thresholds() {
        let (event, a): (Vec<bool>, Vec<f64>) = (0..200).map(|i| (i % 7 < 2, f64::from((i * 37) % 100) / 100.0)).unzip();
        let b: Vec<f64> = a.iter().map(|p| p * 0.9).collect();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let forward = net_benefit_bands(&event, &[&a, &b], &[0.1, 0.3], 200, 0.95, &mut rng).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let backward = net_benefit_bands(&event, &[&a, &b], &[0.3, 0.1], 200, 0.95, &mut rng).unwrap();
        assert_eq!(forward.net_benefit[0][0], backward.net_benefit[0][1]);
        let curve = decision_curve(&event, Strategy::Predicted(&a), &[0.1, 0.3], None).unwrap();
        for (k, point) in curve.iter().enumerate() {
            let estimate = forward.net_benefit[0][k];
            assert!((estimate.value - point.net_benefit).abs() < 1e-14);
            assert!(estimate.lower.unwrap() <= estimate.value && estimate.value <= estimate.upper.unwrap());
            let difference = forward.difference_to_first[0][k];
            assert!((difference.value - (forward.net_benefit[1][k].value - estimate.value)).abs() < 1e-15);
        }
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(decision_curve(&[true; 3], Strategy::TreatAll, &[0.1], None).is_err());
        assert!(decision_curve(&EVENT, Strategy::TreatAll, &[1.0], None).is_err());
        assert!(decision_curve(&EVENT, Strategy::TreatAll, &[0.1], Some(0.0)).is_err());
        assert!(decision_curve(&EVENT, Strategy::Predicted(&P[..2]), &[0.1], None).is_err());
        assert!(decision_curve(&[], Strategy::TreatAll, &[0.1], None).is_err());
        assert_eq!(decision_curve(&EVENT, Strategy::Predicted(&P), &[0.0], None).unwrap()[0].interventions_avoided, None);
        assert!(thresholds(0.5, 0.1, 0.1).is_empty());
        assert_eq!(thresholds(0.01, 0.99, 0.01).len(), 99);
    }
}
