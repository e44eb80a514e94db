//! Reclassification before and after recalibration: is a new model better, or only on another scale?
//!
//! NRI and IDI compare risks as they stand. A model whose risks are all too high moves every case up; that is a fault of scale that one
//! line of recalibration mends, and not a better marker. Both models are therefore recalibrated out of fold and compared again.

use rand::Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, undefined};
use super::idi::{Idi, idi};
use super::logistic::{LogisticData, inverse_logit, logistic, logit};
use super::normal;
use super::nri::{Movements, NriVariance, Reclassification};
use super::scoring::check;

/// A fold number below `folds` for each case, events and non-events dealt out evenly, in random order.
pub fn stratified_folds(event: &[bool], folds: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut fold = vec![0; event.len()];
    let mut next = 0;
    for class in [true, false] {
        let mut of_class: Vec<usize> = (0..event.len()).filter(|&i| event[i] == class).collect();
        of_class.shuffle(rng);
        for i in of_class {
            fold[i] = next % folds.max(1);
            next += 1;
        }
    }
    fold
}

/// Logits of risks. A risk of exactly 0 or 1, which has none, counts as half the smallest that is not (and its mirror image).
fn logits(risk: &[f64]) -> Vec<f64> {
    let distance = |p: f64| p.min(1.0 - p);
    let smallest = risk.iter().map(|&p| distance(p)).filter(|&d| d > 0.0).fold(0.5, f64::min);
    risk.iter().map(|&p| logit(p.clamp(0.5 * smallest, 1.0 - 0.5 * smallest))).collect()
}

/// Recalibrates risks out of fold: in each fold by an intercept and a slope on the logit that the other folds give.
///
/// # Definition
/// logit p* = a + b logit p, (a, b) by maximum likelihood on the other folds; where all risks there are equal, p* is their event rate.
///
/// # Errors
/// Lengths that differ, risks that are not probabilities, fewer than two folds, training folds of one class, risks that separate the classes.
pub fn cross_fitted_recalibration(event: &[bool], risk: &[f64], fold: &[usize]) -> Defined<Vec<f64>> {
    check(event, risk)?;
    if fold.len() != event.len() {
        undefined!("{} outcomes but {} folds", event.len(), fold.len());
    }
    let lp = logits(risk);
    let mut numbers = fold.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() < 2 {
        undefined!("cross-fitting needs two folds at least");
    }
    let mut recalibrated = vec![0.0; risk.len()];
    for f in numbers {
        let (train, own): (Vec<usize>, Vec<usize>) = (0..risk.len()).partition(|&i| fold[i] != f);
        let outcome: Vec<bool> = train.iter().map(|&i| event[i]).collect();
        let column: Vec<f64> = train.iter().map(|&i| lp[i]).collect();
        let coefficients = if column.iter().all(|x| *x == column[0]) {
            vec![logistic(&LogisticData::new(&outcome, &[]))?.coefficients[0], 0.0]
        } else {
            logistic(&LogisticData::new(&outcome, &[&column]))?.coefficients
        };
        for i in own {
            recalibrated[i] = inverse_logit(coefficients[0] + coefficients[1] * lp[i]);
        }
    }
    Ok(recalibrated)
}

/// NRI and IDI of one pair of models, as they are or recalibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Improvement {
    /// Movements between risk categories, where cut points were given.
    pub categories: Option<Reclassification>,
    /// Category-free movements.
    pub category_free: Reclassification,
    /// Integrated discrimination improvement.
    pub idi: Idi,
}

/// Whether a model's mean risk agrees with how often the event happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanRisk {
    /// Mean predicted risk.
    pub predicted: f64,
    /// Share of events.
    pub observed: f64,
    /// Their distance in standard errors, (observed − predicted)/√(Σ p (1 − p)/n²).
    pub z: f64,
    /// |z| > 1.96: NRI and IDI of risks as they stand compare scales, not markers.
    pub miscalibrated: bool,
}

/// NRI and IDI side by side before and after recalibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImprovementBothWays {
    /// With the risks as they stand.
    pub before: Improvement,
    /// With both models' risks recalibrated out of fold, or why that cannot be done.
    pub after: Defined<Improvement>,
    /// Mean risk of the standard and of the new model.
    pub mean_risk: [MeanRisk; 2],
    /// What changed its sign: none of these means that recalibration left the message as it was.
    pub sign_changes: Vec<SignChange>,
}

/// A measure that speaks for one model before recalibration and for the other after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignChange {
    /// NRI over categories.
    CategoryNri,
    /// Category-free NRI.
    CategoryFreeNri,
    /// IDI.
    Idi,
}

impl ImprovementBothWays {
    /// Whether a plain reading of the uncorrected NRI and IDI would mislead.
    pub fn needs_caution(&self) -> bool {
        !self.sign_changes.is_empty() || self.after.is_err() || self.mean_risk.iter().any(|m| m.miscalibrated)
    }
}

fn improvement(event: &[bool], standard: &[f64], new: &[f64], cuts: Option<&[f64]>, level: f64) -> Defined<Improvement> {
    let categories = match cuts {
        Some(cuts) => Some(Movements::between_categories(event, standard, new, cuts)?.count()?),
        None => None,
    };
    Ok(Improvement {
        categories,
        category_free: Movements::category_free(event, standard, new)?.count()?,
        idi: idi(event, standard, new, level)?,
    })
}

fn mean_risk(event: &[bool], risk: &[f64]) -> MeanRisk {
    let n = event.len() as f64;
    let observed = event.iter().filter(|&&e| e).count() as f64 / n;
    let predicted = risk.iter().sum::<f64>() / n;
    let se = risk.iter().map(|p| p * (1.0 - p)).sum::<f64>().sqrt() / n;
    let distance = observed - predicted;
    // Risks of 0 and 1 only have no standard error: any distance is then too large, and none is none.
    let z = if distance == 0.0 { 0.0 } else { (distance / se).clamp(f64::MIN, f64::MAX) };
    MeanRisk { predicted, observed, z, miscalibrated: z.abs() > normal::critical(0.95) }
}

/// NRI and IDI of `new` over `standard` before and after recalibration of both, on the same folds.
///
/// # Errors
/// What makes NRI or IDI of the risks as they stand undefined; risks that are not probabilities.
///
/// # Reference
/// Pepe et al., Stat Med 2015;34:2489 and Hilden & Gerds, Stat Med 2014;33:3405 (why uncalibrated risks mislead NRI and IDI).
pub fn improvement_both_ways(
    event: &[bool],
    standard: &[f64],
    new: &[f64],
    cuts: Option<&[f64]>,
    fold: &[usize],
    level: f64,
) -> Defined<ImprovementBothWays> {
    check(event, standard)?;
    check(event, new)?;
    let before = improvement(event, standard, new, cuts, level)?;
    let recalibrated = |risk: &[f64]| cross_fitted_recalibration(event, risk, fold);
    let after = recalibrated(standard).and_then(|standard| improvement(event, &standard, &recalibrated(new)?, cuts, level));
    let mut sign_changes = Vec::new();
    if let Ok(after) = &after {
        let nri = |r: &Reclassification| r.nri(Estimate::LEVEL, NriVariance::Estimated).value;
        let categories = before.categories.as_ref().zip(after.categories.as_ref()).map(|(b, a)| (nri(b), nri(a)));
        let pairs = [
            (SignChange::CategoryNri, categories),
            (SignChange::CategoryFreeNri, Some((nri(&before.category_free), nri(&after.category_free)))),
            (SignChange::Idi, Some((before.idi.idi.value, after.idi.idi.value))),
        ];
        sign_changes.extend(pairs.into_iter().filter(|(_, p)| p.is_some_and(|(b, a)| b * a < 0.0)).map(|(what, _)| what));
    }
    Ok(ImprovementBothWays { before, after, mean_risk: [mean_risk(event, standard), mean_risk(event, new)], sign_changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_distr::StandardNormal;
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Cases whose true risk is known, and a worse model of it.
    fn draw(rng: &mut Xoshiro256PlusPlus, n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let mut cases = Vec::new();
        for _ in 0..n {
            let x: f64 = rng.sample(StandardNormal);
            let y: f64 = rng.sample(StandardNormal);
            let risk = inverse_logit(-1.0 + x + y);
            // The risk given x alone is a little nearer to a half than at y = 0.
            cases.push((rng.gen_bool(risk), risk, inverse_logit((-1.0 + x) / (1.0f64 + 0.346).sqrt())));
        }
        let (event, rest): (Vec<bool>, Vec<(f64, f64)>) = cases.into_iter().map(|(e, a, b)| (e, (a, b))).unzip();
        let (good, poor) = rest.into_iter().unzip();
        (event, good, poor)
    }

    #[test]
    fn folds_are_even_in_both_classes() {
        let event: Vec<bool> = (0..53).map(|i| i < 17).collect();
        let fold = stratified_folds(&event, 5, &mut Xoshiro256PlusPlus::seed_from_u64(18));
        for f in 0..5 {
            let size = |class: bool| (0..53).filter(|&i| fold[i] == f && event[i] == class).count();
            assert!((3..=4).contains(&size(true)) && (7..=8).contains(&size(false)));
        }
    }

    #[test]
    fn recalibration_undoes_a_change_of_scale() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(19);
        let (event, good, _) = draw(&mut rng, 4000);
        let fold = stratified_folds(&event, 10, &mut rng);
        let distorted: Vec<f64> = good.iter().map(|&p| inverse_logit(1.5 + 0.4 * logit(p))).collect();
        let (a, b) = (
            cross_fitted_recalibration(&event, &good, &fold).unwrap(),
            cross_fitted_recalibration(&event, &distorted, &fold).unwrap(),
        );
        // Intercept and slope absorb the distortion completely.
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-7));
        let off = a.iter().zip(&good).map(|(a, p)| (a - p).abs()).fold(0.0, f64::max);
        assert!(off < 0.06, "{off}");
    }

    #[test]
    fn a_worse_model_on_an_inflated_scale_is_found_out() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(21);
        let (event, good, poor) = draw(&mut rng, 3000);
        // Risks squeezed towards the ends: the new model is worse, but louder.
        let loud: Vec<f64> = poor.iter().map(|&p| inverse_logit(6.0 * logit(p) + 5.0)).collect();
        let fold = stratified_folds(&event, 5, &mut rng);
        let both = improvement_both_ways(&event, &good, &loud, Some(&[0.3]), &fold, 0.95).unwrap();
        assert!(both.mean_risk[1].miscalibrated && !both.mean_risk[0].miscalibrated);
        assert!(both.before.idi.idi.value > 0.0, "{}", both.before.idi.idi.value);
        assert!(both.after.as_ref().unwrap().idi.idi.value < -0.05);
        assert!(both.sign_changes.contains(&SignChange::Idi));
        assert!(both.needs_caution());
        let fair = improvement_both_ways(&event, &poor, &good, None, &fold, 0.95).unwrap();
        assert!(fair.sign_changes.is_empty() && fair.before.categories.is_none() && !fair.needs_caution());
    }

    #[test]
    fn extremes_constants_and_too_few() {
        let event: Vec<bool> = (0..40).map(|i| i % 3 == 0).collect();
        let fold: Vec<usize> = (0..40).map(|i| i % 4).collect();
        let extreme: Vec<f64> = (0..40).map(|i| [0.0, 1.0, 0.3, 0.6, 0.2][i % 5]).collect();
        let found = cross_fitted_recalibration(&event, &extreme, &fold).unwrap();
        assert!(found.iter().all(|p| *p > 0.0 && *p < 1.0));
        let constant = cross_fitted_recalibration(&event, &[0.9; 40], &fold).unwrap();
        assert!(constant.iter().all(|p| (p - 0.33).abs() < 0.05));
        assert!(cross_fitted_recalibration(&event, &extreme, &[0; 40]).is_err());
        assert!(cross_fitted_recalibration(&event, &[2.0; 40], &fold).is_err());
        let perfect: Vec<f64> = event.iter().map(|&e| if e { 0.9 } else { 0.1 }).collect();
        let both = improvement_both_ways(&event, &extreme, &perfect, None, &fold, 0.95).unwrap();
        assert!(both.after.is_err() && both.needs_caution());
    }
}
