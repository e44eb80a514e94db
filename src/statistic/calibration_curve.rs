//! Calibration curves: smoothed, splined, and binned; and the distances between curve and prediction (ICI, E50, E90, Emax).

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Method, undefined};
use super::grouping::{Grouping, group};
use super::linear::{Square, dot};
use super::loess::{self, Loess};
use super::logistic::{LogisticData, LogisticFit, inverse_logit, logistic, logit};
use super::lowess::{self, Lowess};
use super::normal;
use super::proportion::{ProportionInterval, proportion};
use super::quantile::{QuantileType, quantile_sorted};
use super::rcs::{rcs_basis, rcs_knots, rcs_terms};
use super::scoring::{check, observed};

/// Which smoother draws the curve. They differ: on the same predictions Emax can be 0.28 by one and 0.03 by the other, so say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Smoother {
    /// R's `loess` (local parabolas, span 0.75), as Austin and Steyerberg define the ICI.
    Loess,
    /// Cleveland's `lowess` (local lines, span 2/3), as `rms::val.prob`.
    Lowess,
}

/// A smoothed calibration curve.
#[derive(Debug, Clone)]
pub enum SmoothCurve {
    /// By loess.
    Loess(Loess),
    /// By lowess.
    Lowess(Lowess),
}

impl SmoothCurve {
    /// Smooths outcomes on predictions.
    ///
    /// # Errors
    /// Too few cases, or predictions that are (nearly) all equal.
    pub fn new(event: &[bool], p: &[f64], smoother: Smoother) -> Defined<Self> {
        check(event, p)?;
        if p.iter().all(|x| *x == p[0]) {
            undefined!("all predictions are equal: there is no curve");
        }
        let outcome: Vec<f64> = event.iter().map(|&e| observed(e)).collect();
        Ok(match smoother {
            Smoother::Loess => SmoothCurve::Loess(Loess::fit(p, &outcome, loess::SPAN)?),
            Smoother::Lowess => SmoothCurve::Lowess(Lowess::fit(p, &outcome, lowess::SPAN)?),
        })
    }

    /// The observed proportion at prediction `p`; `None` outside the range of the predictions. A smoother can leave \[0, 1\] by a little.
    pub fn at(&self, p: f64) -> Option<f64> {
        match self {
            SmoothCurve::Loess(curve) => curve.at(p),
            SmoothCurve::Lowess(curve) => curve.at(p),
        }
    }
}

/// How far predictions are from the smoothed observed proportions, over the cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationErrors {
    /// Mean absolute distance: the integrated calibration index (ICI), Eavg in rms.
    pub mean: f64,
    /// Median distance, E50.
    pub e_50: f64,
    /// 0.9 quantile, E90.
    pub e_90: f64,
    /// Largest distance, Emax.
    pub e_max: f64,
    /// By which smoother.
    pub smoother: Smoother,
}

/// ICI, E50, E90 and Emax.
///
/// # Definition
/// Of |ŷ(pᵢ) − pᵢ| over the cases, ŷ the smoothed outcome; quantiles of type 7.
///
/// # Reference
/// Austin and Steyerberg, Statistics in Medicine 2019;38:4051. Harrell, `rms::val.prob`.
pub fn calibration_errors(event: &[bool], p: &[f64], smoother: Smoother) -> Defined<CalibrationErrors> {
    let curve = SmoothCurve::new(event, p, smoother)?;
    let mut distance: Vec<f64> = p.iter().filter_map(|&p| curve.at(p).map(|y| (y - p).abs())).collect();
    distance.sort_unstable_by(f64::total_cmp);
    let quantile = |level| quantile_sorted(&distance, level, QuantileType::Type7);
    let (Some(e_50), Some(e_90), Some(e_max)) = (quantile(0.5), quantile(0.9), distance.last().copied()) else {
        undefined!("the curve is undefined at every prediction");
    };
    Ok(CalibrationErrors { mean: distance.iter().sum::<f64>() / distance.len() as f64, e_50, e_90, e_max, smoother })
}

/// Expected calibration error: Σ over groups of n_g / n · |mean outcome − mean prediction|.
///
/// # Reference
/// Naeini, Cooper and Hauskrecht, AAAI 2015:2901 (groups of equal size); Guo et al., ICML 2017 (of equal width). It depends on the groups; prefer
/// the ICI.
pub fn expected_calibration_error(event: &[bool], p: &[f64], grouping: Grouping) -> Defined<f64> {
    check(event, p)?;
    let (member, count) = group(p, grouping)?;
    let mut excess = vec![0.0; count];
    for ((g, &e), p) in member.into_iter().zip(event).zip(p) {
        excess[g] += observed(e) - p;
    }
    Ok(excess.iter().map(|e: &f64| e.abs()).sum::<f64>() / p.len() as f64)
}

/// A group of cases as a point of the calibration plot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BinnedPoint {
    /// Mean prediction.
    pub predicted: f64,
    /// Observed proportion with Wilson's interval.
    pub observed: Estimate,
    /// Cases.
    pub cases: usize,
    /// Cases with the event.
    pub events: usize,
}

/// Observed proportions in groups of similar predictions.
pub fn binned_points(event: &[bool], p: &[f64], grouping: Grouping, level: f64) -> Defined<Vec<BinnedPoint>> {
    check(event, p)?;
    let (member, count) = group(p, grouping)?;
    let mut sums = vec![(0usize, 0usize, 0.0); count];
    for ((g, &e), p) in member.into_iter().zip(event).zip(p) {
        let (cases, events, predicted) = &mut sums[g];
        *cases += 1;
        *events += usize::from(e);
        *predicted += p;
    }
    sums.into_iter()
        .map(|(cases, events, predicted)| {
            let observed = proportion(events as u64, cases as u64, level, ProportionInterval::Wilson)?;
            Ok(BinnedPoint { predicted: predicted / cases as f64, observed, cases, events })
        })
        .collect()
}

/// A flexible logistic calibration curve: a restricted cubic spline in the logit of the prediction. It stays inside \[0, 1\] and has
/// pointwise intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplineCurve {
    /// Knots on the logit scale.
    pub knots: Vec<f64>,
    /// The fitted model; its columns are those of the spline.
    pub fit: LogisticFit,
}

impl SplineCurve {
    /// Fits the curve with `knots` knots (4 is usual).
    ///
    /// # Errors
    /// A prediction of exactly 0 or 1, too few distinct predictions, separation.
    pub fn new(event: &[bool], p: &[f64], knots: usize) -> Defined<Self> {
        let lp = super::calibration::finite_logits(event, p)?;
        let knots = rcs_knots(&lp, knots)?;
        let basis = rcs_basis(&lp, &knots)?;
        let columns: Vec<&[f64]> = basis.iter().map(Vec::as_slice).collect();
        let fit = logistic(&LogisticData::new(event, &columns))?;
        Ok(SplineCurve { knots, fit })
    }

    /// Observed proportion at prediction `p` with its pointwise interval (Wald on the logit scale); `None` for p of 0 or 1.
    pub fn at(&self, p: f64, level: f64) -> Option<Estimate> {
        if !(p > 0.0 && p < 1.0) {
            return None;
        }
        let row: Vec<f64> = std::iter::once(1.0).chain(rcs_terms(logit(p), &self.knots)).collect();
        let eta = dot(&row, &self.fit.coefficients);
        let covariance = Square::from_rows(&self.fit.covariance);
        let variance: f64 =
            (0..row.len()).map(|i| row[i] * (0..row.len()).map(|j| covariance[(i, j)] * row[j]).sum::<f64>()).sum();
        let half = normal::critical(level) * variance.max(0.0).sqrt();
        let value = inverse_logit(eta);
        let (low, high) = (inverse_logit(eta - half), inverse_logit(eta + half));
        Some(Estimate::with_interval(value, None, low, high, level, Method::Logit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_a_calibrated_model_are_small_and_ordered() {
        let p: Vec<f64> = (0..400).map(|i| 0.05 + 0.9 * f64::from(i) / 400.0).collect();
        // Outcomes at regular distances as frequent as predicted.
        let mut sum = 0.0;
        let event: Vec<bool> = p
            .iter()
            .map(|p| {
                sum += p;
                let hit = sum >= 1.0;
                sum -= f64::from(u8::from(hit));
                hit
            })
            .collect();
        for smoother in [Smoother::Loess, Smoother::Lowess] {
            let e = calibration_errors(&event, &p, smoother).unwrap();
            assert!(e.e_50 <= e.e_90 && e.e_90 <= e.e_max && e.mean < 0.02, "{e:?}");
        }
        let curve = SplineCurve::new(&event, &p, 4).unwrap();
        let at = curve.at(0.4, 0.95).unwrap();
        assert!((at.value - 0.4).abs() < 0.03 && at.lower < Some(0.4) && at.upper > Some(0.4));
        assert!(expected_calibration_error(&event, &p, Grouping::EqualSize(10)).unwrap() < 0.02);
    }

    #[test]
    fn bins_carry_wilson_intervals() {
        let points = binned_points(&[true, false, true, true], &[0.1, 0.2, 0.8, 0.9], Grouping::EqualSize(2), 0.95).unwrap();
        assert_eq!((points[1].cases, points[1].events), (2, 2));
        // Wilson with all of two: lower bound n / (n + z²).
        let z = normal::critical(0.95);
        assert!((points[1].observed.lower.unwrap() - 2.0 / (2.0 + z * z)).abs() < 1e-14);
        assert!((points[1].observed.upper.unwrap() - 1.0).abs() < 1e-14);
        assert!((points[0].predicted - 0.15).abs() < 1e-15);
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(calibration_errors(&[true, false], &[0.5, 0.5], Smoother::Lowess).is_err());
        assert!(calibration_errors(&[true, false, true], &[0.5, 0.4, 0.3], Smoother::Loess).is_err());
        assert!(SplineCurve::new(&[true, false], &[0.0, 0.5], 4).is_err());
        assert!(expected_calibration_error(&[], &[], Grouping::EqualWidth(10)).is_err());
    }
}
