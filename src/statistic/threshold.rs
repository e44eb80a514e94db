//! Choosing the threshold of a score. Choose on training rows, apply to test rows: a threshold chosen where it is judged flatters.

use serde::{Deserialize, Serialize};

use super::auc::{RocCurve, RocPoint};
use super::estimate::{Defined, undefined};

/// A rule for choosing an operating point of a ROC curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdRule {
    /// Largest sensitivity + specificity.
    Youden,
    /// Nearest to the corner of sensitivity 1 and specificity 1.
    ClosestTopLeft,
    /// At least this sensitivity, with the best specificity that leaves.
    Sensitivity(f64),
    /// At least this specificity, with the best sensitivity that leaves.
    Specificity(f64),
}

/// How much a rule likes a point; `None` where it forbids it.
type Merit<'a> = Box<dyn Fn(&RocPoint) -> Option<i128> + 'a>;

impl ThresholdRule {
    /// All operating points that the rule likes equally, by ascending threshold. Ties are found on counts of cases, not on rounded sums.
    ///
    /// # Errors
    /// A sensitivity or specificity asked for that is not in [0, 1].
    pub fn points(self, curve: &RocCurve) -> Defined<Vec<RocPoint>> {
        let (m, n) = (curve.events as i128, curve.nonevents as i128);
        let hits = |p: &RocPoint| (p.sensitivity * curve.events as f64).round() as i128;
        let clear = |p: &RocPoint| (p.specificity * curve.nonevents as f64).round() as i128;
        let wanted = |asked: f64, what: &str| {
            if !(0.0..=1.0).contains(&asked) {
                undefined!("a {what} of {asked} cannot be had");
            }
            Ok(asked)
        };
        // A whole number per point, larger is better, in units of 1/(m n) or of its square; `None` where the rule forbids the point.
        let merit: Merit = match self {
            ThresholdRule::Youden => Box::new(|p| Some(hits(p) * n + clear(p) * m)),
            ThresholdRule::ClosestTopLeft => Box::new(|p| Some(-(((m - hits(p)) * n).pow(2) + ((n - clear(p)) * m).pow(2)))),
            ThresholdRule::Sensitivity(asked) => {
                let asked = wanted(asked, "sensitivity")?;
                Box::new(move |p| (p.sensitivity >= asked).then(|| clear(p)))
            }
            ThresholdRule::Specificity(asked) => {
                let asked = wanted(asked, "specificity")?;
                Box::new(move |p| (p.specificity >= asked).then(|| hits(p)))
            }
        };
        let best = curve.points.iter().filter_map(&merit).max();
        Ok(curve.points.iter().filter(|p| best.is_some() && merit(p) == best).copied().collect())
    }

    /// One operating point: of those the rule likes equally, the one that does best on what the rule does not fix, and between points
    /// that trade one for the other, that with the higher sensitivity (fewer missed events).
    ///
    /// # Errors
    /// As [`Self::points`].
    pub fn choose(self, curve: &RocCurve) -> Defined<RocPoint> {
        let points = self.points(curve)?;
        // Ascending thresholds: sensitivity falls. For a demanded sensitivity the tied points share their specificity, and the reverse.
        let chosen = match self {
            ThresholdRule::Specificity(_) => points.last(),
            _ => points.first(),
        };
        match chosen {
            Some(point) => Ok(*point),
            None => undefined!("no operating point satisfies the rule"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve() -> RocCurve {
        let event = [false, false, true, false, true, true];
        RocCurve::new(&event, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap()
    }

    #[test]
    fn rules_on_a_small_curve() {
        // By threshold: 2.5 gives sensitivity 1 and specificity 2/3; 4.5 gives 2/3 and 1. Youden likes both.
        let youden = ThresholdRule::Youden.points(&curve()).unwrap();
        assert_eq!(youden.iter().map(|p| p.threshold).collect::<Vec<_>>(), [2.5, 4.5]);
        assert_eq!(ThresholdRule::Youden.choose(&curve()).unwrap().threshold, 2.5);
        assert_eq!(ThresholdRule::ClosestTopLeft.points(&curve()).unwrap().len(), 2);
        let sensitive = ThresholdRule::Sensitivity(0.9).choose(&curve()).unwrap();
        assert_eq!((sensitive.threshold, sensitive.sensitivity), (2.5, 1.0));
        let specific = ThresholdRule::Specificity(0.9).choose(&curve()).unwrap();
        assert_eq!((specific.threshold, specific.specificity), (4.5, 1.0));
        assert!(ThresholdRule::Sensitivity(1.2).choose(&curve()).is_err());
    }

    #[test]
    fn a_worthless_score_still_has_its_ends() {
        let flat = RocCurve::new(&[true, false], &[1.0, 1.0]).unwrap();
        assert_eq!(ThresholdRule::Youden.points(&flat).unwrap().len(), 2);
        assert_eq!(ThresholdRule::Specificity(0.5).choose(&flat).unwrap().threshold, f64::INFINITY);
    }
}
