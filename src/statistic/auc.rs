//! The ROC curve and the area under it.
//!
//! A case counts as positive when its score is at or above the threshold. Events should score higher; nothing is ever flipped.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::placement::two_classes;
use super::rank::Order;

/// The area under the ROC curve: the chance that an event scores higher than a non-event, ties for a half.
///
/// # Definition
/// AUC = (1 / m n) Σᵢ Σⱼ ψ(xᵢ, yⱼ) over the m events and n non-events, ψ = 1, ½, 0 for higher, equal, lower
/// (the Mann–Whitney U divided by m n).
///
/// # Errors
/// Lengths that differ, only one class, a score that is not a number.
pub fn auc(event: &[bool], score: &[f64]) -> Defined<f64> {
    let (events, nonevents) = two_classes(event, score)?;
    let order = Order::new(score)?;
    let (mut below, mut doubled_wins) = (0u64, 0u64);
    for group in order.groups() {
        let here = group.iter().filter(|&&i| event[i as usize]).count() as u64;
        let others = group.len() as u64 - here;
        doubled_wins += here * (2 * below + others);
        below += others;
    }
    Ok(doubled_wins as f64 / (2.0 * events as f64 * nonevents as f64))
}

/// One operating point of a ROC curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// A score at or above it is positive: midway between two neighbouring scores, −∞ and +∞ at the ends.
    #[serde(with = "super::infinite")]
    pub threshold: f64,
    /// Share of the events that are positive.
    pub sensitivity: f64,
    /// Share of the non-events that are negative.
    pub specificity: f64,
}

/// A ROC curve: one point per distinct score and one more, from "all positive" to "none positive".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RocCurve {
    /// By ascending threshold: sensitivity falls from 1 to 0, specificity rises from 0 to 1.
    pub points: Vec<RocPoint>,
    /// Number of events.
    pub events: usize,
    /// Number of non-events.
    pub nonevents: usize,
}

/// Which axis of the ROC curve a partial area is cut on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RocAxis {
    /// Between two specificities.
    Specificity,
    /// Between two sensitivities.
    Sensitivity,
}

/// The threshold between two neighbouring scores: their midpoint, or the higher one where no number lies between.
fn between(lower: f64, higher: f64) -> f64 {
    let sum = lower + higher;
    let middle = if sum.abs() > 2e100 { 0.5 * lower + 0.5 * higher } else { 0.5 * sum };
    if middle > lower && middle <= higher { middle } else { higher }
}

impl RocCurve {
    /// The empirical ROC curve.
    ///
    /// # Errors
    /// Lengths that differ, only one class, a score that is not a number.
    pub fn new(event: &[bool], score: &[f64]) -> Defined<Self> {
        let (events, nonevents) = two_classes(event, score)?;
        let order = Order::new(score)?;
        let mut points = Vec::with_capacity(order.distinct() + 1);
        let (mut missed, mut cleared) = (0usize, 0usize);
        let mut last: Option<f64> = None;
        let mut push = |threshold: f64, missed: usize, cleared: usize| {
            points.push(RocPoint {
                threshold,
                sensitivity: (events - missed) as f64 / events as f64,
                specificity: cleared as f64 / nonevents as f64,
            });
        };
        for group in order.groups() {
            let value = score[group[0] as usize];
            push(last.map_or(f64::NEG_INFINITY, |last| between(last, value)), missed, cleared);
            last = Some(value);
            let here = group.iter().filter(|&&i| event[i as usize]).count();
            missed += here;
            cleared += group.len() - here;
        }
        push(f64::INFINITY, missed, cleared);
        Ok(RocCurve { points, events, nonevents })
    }

    /// The area under the curve by trapezia, which is the AUC.
    pub fn area(&self) -> f64 {
        self.area_between(RocAxis::Specificity, 0.0, 1.0)
    }

    /// Area between two values of one axis, under the other, points joined by straight lines.
    fn area_between(&self, axis: RocAxis, low: f64, high: f64) -> f64 {
        let coordinates = |p: &RocPoint| match axis {
            RocAxis::Specificity => (p.specificity, p.sensitivity),
            RocAxis::Sensitivity => (p.sensitivity, p.specificity),
        };
        let strip = |pair: &[RocPoint]| {
            let (mut a, mut b) = (coordinates(&pair[0]), coordinates(&pair[1]));
            if a.0 > b.0 {
                std::mem::swap(&mut a, &mut b);
            }
            let (from, to) = (a.0.max(low), b.0.min(high));
            if from >= to {
                return 0.0;
            }
            let height = |x: f64| a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0);
            0.5 * (height(from) + height(to)) * (to - from)
        };
        self.points.windows(2).map(strip).sum()
    }

    /// The partial area between two specificities (or sensitivities), as an area: at most `high − low`.
    ///
    /// # Errors
    /// Bounds that are not 0 ≤ low < high ≤ 1.
    pub fn partial_area(&self, axis: RocAxis, low: f64, high: f64) -> Defined<f64> {
        if !(0.0 <= low && low < high && high <= 1.0) {
            undefined!("a partial area needs 0 ≤ low < high ≤ 1, not {low} and {high}");
        }
        Ok(self.area_between(axis, low, high))
    }

    /// The partial area on the scale of an AUC: ½ for chance, 1 for perfect.
    ///
    /// # Definition
    /// ½ (1 + (A − a) / (h − a)), A the partial area, a that under the diagonal, h = high − low the largest possible.
    ///
    /// # Errors
    /// As [`Self::partial_area`]; a curve whose partial area is below the diagonal's, for which the scale is not defined.
    ///
    /// # Reference
    /// McClish, Med Decis Making 1989;9:190.
    pub fn corrected_partial_area(&self, axis: RocAxis, low: f64, high: f64) -> Defined<f64> {
        let area = self.partial_area(axis, low, high)?;
        let largest = high - low;
        let chance = largest * (1.0 - 0.5 * (low + high));
        if area < chance {
            undefined!("the partial area {area} is below that of chance, {chance}");
        }
        Ok(0.5 * (1.0 + (area - chance) / (largest - chance)))
    }

    /// Sensitivity at a false positive rate, points joined by straight lines; the upper end where the curve is vertical.
    pub fn sensitivity_at(&self, false_positive_rate: f64) -> f64 {
        let specificity = 1.0 - false_positive_rate;
        // Specificity ascends along the points: `above` is the first point at or beyond the one sought.
        let above = self.points.partition_point(|p| p.specificity < specificity);
        let Some(after) = self.points.get(above) else { return 0.0 };
        if after.specificity == specificity || above == 0 {
            return after.sensitivity;
        }
        let before = self.points[above - 1];
        let share = (specificity - before.specificity) / (after.specificity - before.specificity);
        before.sensitivity + share * (after.sensitivity - before.sensitivity)
    }
}

/// One point of a curve averaged over folds or repeats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AveragedPoint {
    /// 1 − specificity.
    pub false_positive_rate: f64,
    /// Mean sensitivity of the curves there.
    pub sensitivity: f64,
    /// Standard deviation of the sensitivity between the curves; absent for a single curve.
    pub sd: Option<f64>,
}

/// The mean of several ROC curves at equal false positive rates (`steps` + 1 of them from 0 to 1). Each curve keeps its own
/// thresholds, so scores of different folds need not be comparable.
///
/// # Errors
/// No curve or no step.
///
/// # Reference
/// Fawcett, Pattern Recognit Lett 2006;27:861, vertical averaging.
pub fn vertical_average(curves: &[RocCurve], steps: usize) -> Defined<Vec<AveragedPoint>> {
    if curves.is_empty() || steps == 0 {
        undefined!("nothing to average: {} curves at {steps} steps", curves.len());
    }
    let count = curves.len() as f64;
    let point = |step: usize| {
        let rate = step as f64 / steps as f64;
        let values: Vec<f64> = curves.iter().map(|c| c.sensitivity_at(rate)).collect();
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let sd = (curves.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        AveragedPoint { false_positive_rate: rate, sensitivity: mean, sd }
    };
    Ok((0..=steps).map(point).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: [bool; 6] = [false, true, false, true, true, false];
    const SCORE: [f64; 6] = [0.2, 0.6, 0.5, 0.4, 0.9, 0.1];

    #[test]
    fn area_counts_pairs_and_equals_the_trapezia() {
        assert_eq!(auc(&EVENT, &SCORE).unwrap(), 8.0 / 9.0);
        assert!((RocCurve::new(&EVENT, &SCORE).unwrap().area() - 8.0 / 9.0).abs() < 1e-15);
        let constant = [1.0; 6];
        assert_eq!(auc(&EVENT, &constant).unwrap(), 0.5);
        let curve = RocCurve::new(&EVENT, &constant).unwrap();
        assert_eq!(curve.points.len(), 2);
        assert_eq!(curve.area(), 0.5);
        // Turning the score round turns the area round; it is not flipped back.
        let turned = SCORE.map(|x| -x);
        assert!((auc(&EVENT, &turned).unwrap() - 1.0 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn thresholds_separate_what_they_claim_to() {
        let next = f64::from_bits(0.3f64.to_bits() + 1);
        for score in [[0.3, next, 0.3, next, 1.0, 0.0], [f64::NEG_INFINITY, 1.0, f64::INFINITY, 1e308, -1e308, 0.0]] {
            let curve = RocCurve::new(&EVENT, &score).unwrap();
            for p in &curve.points {
                let positive = |event: bool| (0..6).filter(|&i| EVENT[i] == event && score[i] >= p.threshold).count() as f64;
                if p.threshold.is_finite() {
                    assert!((positive(true) / 3.0 - p.sensitivity).abs() < 1e-15, "{p:?}");
                    assert!((1.0 - positive(false) / 3.0 - p.specificity).abs() < 1e-15, "{p:?}");
                }
            }
        }
    }

    #[test]
    fn partial_areas_add_up_and_chance_is_a_half() {
        let curve = RocCurve::new(&EVENT, &SCORE).unwrap();
        for axis in [RocAxis::Specificity, RocAxis::Sensitivity] {
            let parts: f64 = [(0.0, 0.3), (0.3, 0.77), (0.77, 1.0)]
                .iter()
                .map(|&(low, high)| curve.partial_area(axis, low, high).unwrap())
                .sum();
            assert!((parts - curve.area()).abs() < 1e-15);
        }
        let chance = RocCurve::new(&EVENT, &[1.0; 6]).unwrap();
        assert!((chance.corrected_partial_area(RocAxis::Specificity, 0.8, 1.0).unwrap() - 0.5).abs() < 1e-12);
        assert!(curve.partial_area(RocAxis::Specificity, 0.5, 0.5).is_err());
    }

    #[test]
    fn averages_run_between_their_curves() {
        let good = RocCurve::new(&EVENT, &SCORE).unwrap();
        let chance = RocCurve::new(&EVENT, &[1.0; 6]).unwrap();
        assert_eq!(good.sensitivity_at(0.0), 2.0 / 3.0);
        assert!((chance.sensitivity_at(0.25) - 0.25).abs() < 1e-15);
        assert_eq!(good.sensitivity_at(1.0), 1.0);
        let mean = vertical_average(&[good, chance], 4).unwrap();
        assert!((mean[0].sensitivity - 1.0 / 3.0).abs() < 1e-15);
        assert!((mean[2].sensitivity - 0.75).abs() < 1e-15);
        assert!(vertical_average(&[], 4).is_err());
    }

    #[test]
    fn infinite_thresholds_survive_json() {
        let curve = RocCurve::new(&EVENT, &SCORE).unwrap();
        let text = serde_json::to_string(&curve).unwrap();
        assert_eq!(serde_json::from_str::<RocCurve>(&text).unwrap(), curve);
    }
}
