//! Whether predicted probabilities mean what they say: intercept, slope, and the statistics of `rms::val.prob`.
//!
//! Curves and their errors (ICI, E50, E90) are in [`super::calibration_curve`], scores in [`super::scoring`].

use serde::{Deserialize, Serialize};

use super::calibration_curve::{Smoother, calibration_errors};
use super::estimate::{Defined, Estimate, Test, undefined};
use super::logistic::{Coefficient, LogisticData, Stop, deviance_of, logistic_until};
use super::model_indices::Concordance;
use super::scoring::{brier, check, spiegelhalter};
use super::{logistic, normal};

/// Calibration-in-the-large: the intercept that the logits of the predictions lack, with its Wald interval and test against 0.
/// Above 0 the model predicts too few events.
///
/// # Definition
/// a in logit P(event) = a + logit p.
///
/// # Errors
/// A prediction of exactly 0 or 1, or one class only.
///
/// # Reference
/// Cox, Biometrika 1958;45:562. Van Calster et al., Journal of Clinical Epidemiology 2016;74:167.
pub fn calibration_in_the_large(event: &[bool], p: &[f64], level: f64) -> Defined<Coefficient> {
    let lp = finite_logits(event, p)?;
    let fit = logistic::logistic(&LogisticData::new(event, &[]).with_offset(&lp))?;
    Ok(fit.coefficient(0, level))
}

/// Logistic recalibration: logit P(event) = intercept + slope · logit p.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Recalibration {
    /// The intercept beside the slope (0 is ideal; not calibration-in-the-large).
    pub intercept: Estimate,
    /// The calibration slope: below 1 predictions are too extreme, above 1 too timid.
    pub slope: Estimate,
    /// Likelihood-ratio test of intercept 0 and slope 1 together (2 degrees of freedom).
    pub test: Test,
}

/// Calibration slope with its intercept.
///
/// # Errors
/// A prediction of exactly 0 or 1, predictions all equal, one class only, or predictions that separate the classes.
///
/// # Reference
/// Cox, Biometrika 1958;45:562. Miller, Hui and Tierney, Statistics in Medicine 1991;10:1213 (joint test).
pub fn calibration_slope(event: &[bool], p: &[f64], level: f64) -> Defined<Recalibration> {
    let lp = finite_logits(event, p)?;
    recalibrate(event, &lp, level, Stop::Converged)
}

fn recalibrate(event: &[bool], lp: &[f64], level: f64, stop: Stop) -> Defined<Recalibration> {
    if lp.iter().all(|x| *x == lp[0]) {
        undefined!("all predictions are equal: there is no slope");
    }
    let fit = match logistic_until(&LogisticData::new(event, &[lp]), stop) {
        Ok(fit) => fit,
        Err(error) => undefined!("{}", error.describe(&["the prediction"])),
    };
    let excess = deviance_of(event, lp) - fit.deviance;
    let estimate = |j| fit.coefficient(j, level).log_odds;
    Ok(Recalibration {
        intercept: estimate(0),
        slope: estimate(1),
        test: Test { statistic: excess, df: Some(2.0), p: normal::chi_square_sf(excess, 2.0) },
    })
}

/// The logits of the predictions.
///
/// # Errors
/// Predictions of exactly 0 or 1 have none.
pub fn finite_logits(event: &[bool], p: &[f64]) -> Defined<Vec<f64>> {
    check(event, p)?;
    let extreme = p.iter().filter(|p| **p == 0.0 || **p == 1.0).count();
    if extreme > 0 {
        undefined!("{extreme} of {} predictions are exactly 0 or 1 and have no logit", p.len());
    }
    Ok(p.iter().map(|&p| logistic::logit(p)).collect())
}

/// The statistics of `rms::val.prob`, under its names.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ValProb {
    /// Somers' D between prediction and outcome, predictions rounded as rms does.
    pub dxy: f64,
    /// Area under the ROC curve, predictions rounded as rms does.
    pub c: f64,
    /// Nagelkerke's R² of the predictions as they are.
    pub r2: f64,
    /// Discrimination index (χ² − 1) / n.
    pub d: f64,
    /// Likelihood-ratio χ² of the predictions as they are against the prevalence.
    pub d_chi_square: f64,
    /// Unreliability index (χ² − 2) / n.
    pub u: f64,
    /// χ² of recalibration (intercept 0, slope 1 against free ones) with 2 degrees of freedom.
    pub u_test: Test,
    /// Quality index D − U.
    pub q: f64,
    /// Brier score.
    pub brier: f64,
    /// Intercept of the logistic recalibration.
    pub intercept: f64,
    /// Slope of the logistic recalibration.
    pub slope: f64,
    /// Largest distance between lowess curve and prediction over the cases.
    pub e_max: f64,
    /// 0.9 quantile of that distance.
    pub e_90: f64,
    /// Mean of that distance.
    pub e_avg: f64,
    /// Spiegelhalter's test.
    pub spiegelhalter: Test,
    /// Cases with predictions of exactly 0 or 1, left out of D, U, Q, R² and the recalibration as rms does.
    pub left_out: usize,
}

/// Computes what `rms::val.prob(p, y)` prints.
///
/// `stop` is [`Stop::Converged`] unless every digit of rms is wanted: its recalibration stops early ([`Stop::DevianceChange`] of 0.025), which
/// moves intercept and slope by about 1e-8.
///
/// # Errors
/// Fewer than two distinct predictions, one class only, predictions that separate the classes.
///
/// # Reference
/// Harrell, Lee and Mark, Statistics in Medicine 1996;15:361.
pub fn val_prob(event: &[bool], p: &[f64], stop: Stop) -> Defined<ValProb> {
    check(event, p)?;
    let inside: Vec<usize> = (0..p.len()).filter(|&i| p[i] > 0.0 && p[i] < 1.0).collect();
    let kept: Vec<bool> = inside.iter().map(|&i| event[i]).collect();
    let lp: Vec<f64> = inside.iter().map(|&i| logistic::logit(p[i])).collect();
    if lp.is_empty() {
        undefined!("all predictions are exactly 0 or 1");
    }
    let recalibration = recalibrate(&kept, &lp, Estimate::LEVEL, stop)?;
    let n = kept.len() as f64;
    let events = kept.iter().filter(|&&e| e).count() as f64;
    let null = -2.0 * (events * (events / n).ln() + (n - events) * ((n - events) / n).ln());
    let d_chi_square = null - deviance_of(&kept, &lp);
    let d = (d_chi_square - 1.0) / n;
    let u = (recalibration.test.statistic - 2.0) / n;
    let class: Vec<usize> = kept.iter().map(|&e| usize::from(e)).collect();
    let inner: Vec<f64> = inside.iter().map(|&i| p[i]).collect();
    let concordance = Concordance::binned(&inner, &class, 2)?;
    let errors = calibration_errors(event, p, Smoother::Lowess)?;
    Ok(ValProb {
        dxy: concordance.dxy,
        c: concordance.c,
        r2: (-d_chi_square / n).exp_m1() / (-null / n).exp_m1(),
        d,
        d_chi_square,
        u,
        u_test: recalibration.test,
        q: d - u,
        brier: brier(event, p, Estimate::LEVEL)?.value,
        intercept: recalibration.intercept.value,
        slope: recalibration.slope.value,
        e_max: errors.e_max,
        e_90: errors.e_90,
        e_avg: errors.mean,
        spiegelhalter: spiegelhalter(event, p)?,
        left_out: p.len() - kept.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::logistic::inverse_logit;

    /// 200 cases whose outcome frequencies are exactly the probabilities 0.2, 0.4, 0.6, 0.8.
    fn calibrated() -> (Vec<bool>, Vec<f64>) {
        let (mut event, mut p) = (Vec::new(), Vec::new());
        for tenth in [2, 4, 6, 8] {
            for i in 0..50 {
                event.push(i < 5 * tenth);
                p.push(f64::from(tenth) / 10.0);
            }
        }
        (event, p)
    }

    #[test]
    fn perfect_calibration_is_intercept_0_and_slope_1() {
        let (event, p) = calibrated();
        let found = calibration_slope(&event, &p, 0.95).unwrap();
        assert!(found.intercept.value.abs() < 1e-10 && (found.slope.value - 1.0).abs() < 1e-10);
        assert!(found.test.statistic.abs() < 1e-9);
        assert!(calibration_in_the_large(&event, &p, 0.95).unwrap().log_odds.value.abs() < 1e-10);
    }

    #[test]
    fn distorted_logits_are_read_back() {
        let (event, p) = calibrated();
        let distorted: Vec<f64> = p.iter().map(|&p| inverse_logit(0.3 + 2.0 * logistic::logit(p))).collect();
        let found = calibration_slope(&event, &distorted, 0.95).unwrap();
        assert!((found.slope.value - 0.5).abs() < 1e-10 && (found.intercept.value + 0.15).abs() < 1e-10);
    }

    #[test]
    fn what_is_undefined_says_why() {
        let (event, mut p) = calibrated();
        assert!(calibration_slope(&event, &[0.3; 200], 0.95).unwrap_err().0.contains("all predictions are equal"));
        assert!(calibration_in_the_large(&event, &[0.3; 200], 0.95).is_ok());
        assert!(calibration_slope(&[true; 200], &p, 0.95).is_err());
        let sharp: Vec<f64> = event.iter().map(|&e| if e { 0.9 } else { 0.1 }).collect();
        assert!(calibration_slope(&event, &sharp, 0.95).unwrap_err().0.contains("separates"));
        p[0] = 1.0;
        assert!(calibration_slope(&event, &p, 0.95).unwrap_err().0.contains("1 of 200 predictions"));
        assert_eq!(val_prob(&event, &p, Stop::Converged).unwrap().left_out, 1);
        assert!(val_prob(&event[..1], &p[..1], Stop::Converged).is_err());
        assert!(val_prob(&[], &[], Stop::Converged).is_err());
    }
}
