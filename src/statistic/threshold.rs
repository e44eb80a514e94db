//! Where to cut a score. To be called on training scores; the cut is then applied to others.

use super::auc::{RocCurve, RocPoint};
use super::estimate::{Defined, undefined};

/// All cuts of a score, from "everybody positive" to "nobody positive": the points of its ROC curve.
pub fn cuts(event: &[bool], score: &[f64]) -> Defined<Vec<RocPoint>> {
    Ok(RocCurve::new(event, score)?.points)
}

/// The cut with the largest sensitivity + specificity; of equally good ones the first from below, as `pROC::coords` lists them.
///
/// # Reference
/// Youden, Cancer 1950;3:32.
pub fn youden(event: &[bool], score: &[f64]) -> Defined<RocPoint> {
    best(&cuts(event, score)?, |cut| cut.sensitivity + cut.specificity)
}

/// The cut whose point on the ROC curve is closest to perfection.
pub fn closest_top_left(event: &[bool], score: &[f64]) -> Defined<RocPoint> {
    best(&cuts(event, score)?, |cut| -((1.0 - cut.sensitivity).powi(2) + (1.0 - cut.specificity).powi(2)))
}

/// The lowest cut with at least this specificity: the most sensitive one that is specific enough.
pub fn at_specificity(event: &[bool], score: &[f64], specificity: f64) -> Defined<RocPoint> {
    check(specificity)?;
    best(&cuts(event, score)?, |cut| if cut.specificity >= specificity - 1e-12 { cut.sensitivity } else { -1.0 })
}

/// The highest cut with at least this sensitivity: the most specific one that is sensitive enough.
pub fn at_sensitivity(event: &[bool], score: &[f64], sensitivity: f64) -> Defined<RocPoint> {
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
fn best(cuts: &[RocPoint], value: impl Fn(&RocPoint) -> f64) -> Defined<RocPoint> {
    let mut best: Option<(f64, RocPoint)> = None;
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
