//! Where to cut a score. To be called on training scores; the cut is then applied to others.

use super::auc::RocCurve;
use super::estimate::{Defined, undefined};
use serde::{Deserialize, Serialize};

/// A cut and what it gives on the scores that it was chosen on. A case is called positive when its score is at least the
/// threshold, which lies midway between two neighbouring scores, as pROC has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// The threshold; infinite where everybody or nobody is called positive.
    pub threshold: f64,
    /// Share of events called positive.
    pub sensitivity: f64,
    /// Share of non-events called negative.
    pub specificity: f64,
}

/// All cuts of a score, from "everybody positive" to "nobody positive".
pub fn cuts(event: &[bool], score: &[f64]) -> Defined<Vec<Cut>> {
    let curve = RocCurve::new(event, score)?;
    Ok(curve
        .points
        .iter()
        .rev()
        .map(|point| Cut { threshold: point.threshold, sensitivity: point.sensitivity, specificity: point.specificity })
        .collect())
}

/// The cut with the largest sensitivity + specificity; of equally good ones the first from below, as `pROC::coords` lists them.
///
/// # Reference
/// Youden, Cancer 1950;3:32.
pub fn youden(event: &[bool], score: &[f64]) -> Defined<Cut> {
    best(&cuts(event, score)?, |cut| cut.sensitivity + cut.specificity)
}

/// The cut whose point on the ROC curve is closest to perfection.
pub fn closest_top_left(event: &[bool], score: &[f64]) -> Defined<Cut> {
    best(&cuts(event, score)?, |cut| -((1.0 - cut.sensitivity).powi(2) + (1.0 - cut.specificity).powi(2)))
}

/// The lowest cut with at least this specificity: the most sensitive one that is specific enough.
pub fn at_specificity(event: &[bool], score: &[f64], specificity: f64) -> Defined<Cut> {
    check(specificity)?;
    best(&cuts(event, score)?, |cut| if cut.specificity >= specificity - 1e-12 { cut.sensitivity } else { -1.0 })
}

/// The highest cut with at least this sensitivity: the most specific one that is sensitive enough.
pub fn at_sensitivity(event: &[bool], score: &[f64], sensitivity: f64) -> Defined<Cut> {
    check(sensitivity)?;
    best(&cuts(event, score)?, |cut| if cut.sensitivity >= sensitivity - 1e-12 { cut.specificity } else { -1.0 })
}

fn check(share: f64) -> Defined<()> {
    if !(0.0..=1.0).contains(&share) {
        undefined!("a sensitivity or specificity of {share} cannot be reached; give a share from 0 to 1");
    }
    Ok(())
}

/// The first cut with the largest value. Sums of ratios with equal value may differ in their last bit, which must not decide.
fn best(cuts: &[Cut], value: impl Fn(&Cut) -> f64) -> Defined<Cut> {
    let mut best: Option<(f64, Cut)> = None;
    for cut in cuts {
        let value = value(cut);
        if best.is_none_or(|(known, _)| value > known + 1e-12) {
            best = Some((value, *cut));
        }
    }
    match best {
        Some((_, cut)) => Ok(cut),
        None => undefined!("there are no scores to cut"),
    }
}
