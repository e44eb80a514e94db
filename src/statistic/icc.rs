//! Intraclass correlation: how much of a measurement's variance is the patients', how much the readers' or the repetition's.

use serde::{Deserialize, Serialize};

use super::anova::FTest;
use super::beta::beta_quantile;
use super::describe::finite;
use super::estimate::{Defined, Estimate, Method, undefined};
use super::normal;

/// Which design and which agreement; Shrout and Fleiss' first number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IccModel {
    /// (1,·): each case is measured by other raters; raters are noise. The form for perturbations without an order.
    OneWay,
    /// (2,·): the same raters, drawn from many, measure all cases; a rater who always measures more is a disagreement (absolute agreement).
    TwoWayRandom,
    /// (3,·): these raters only, and a constant difference between them is no disagreement (consistency).
    TwoWayMixed,
}

/// Whether one measurement is meant, or the mean of all; Shrout and Fleiss' second number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IccUnit {
    /// (·,1).
    Single,
    /// (·,k).
    Average,
}

/// An intraclass correlation with its interval and the test that it is 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Icc {
    /// Value and interval.
    pub estimate: Estimate,
    /// F test of no correlation.
    pub test: FTest,
}

/// Mean squares of a table of n cases by k raters.
#[derive(Debug, Clone, Copy, PartialEq)]
struct MeanSquares {
    n: f64,
    k: f64,
    cases: f64,
    raters: f64,
    error: f64,
    within: f64,
}

/// Intraclass correlation of k raters' (or repetitions', or perturbations') measurements of n cases; `raters[r][i]` is rater r's of case i.
///
/// # Definition
/// From the mean squares of cases (R), raters (C), residual (E) and within cases (W): (1,1) = (R − W)/(R + (k−1) W), (2,1) = (R − E)/(R + (k−1) E + k (C − E)/n),
/// (3,1) = (R − E)/(R + (k−1) E); (1,k) = (R − W)/R, (2,k) = (R − E)/(R + (C − E)/n), (3,k) = (R − E)/R. Intervals from the F distribution,
/// for (2,·) with Satterthwaite's degrees of freedom. It may be negative; it is not cut at 0.
///
/// # Errors
/// Undefined for fewer than two cases or raters, unequal numbers, values that are not finite, and when no measurement differs from another.
///
/// # Reference
/// Shrout and Fleiss, Psychol Bull 1979;86:420; McGraw and Wong, Psychol Methods 1996;1:30. R `psych::ICC`,
/// `irr::icc` (whose interval of (2,k) is another).
pub fn icc(raters: &[&[f64]], model: IccModel, unit: IccUnit, level: f64) -> Defined<Icc> {
    let squares = mean_squares(raters)?;
    let MeanSquares { n, k, cases, raters, error, within } = squares;
    if !(cases + raters + error > 0.0) {
        undefined!("all measurements are equal");
    }
    if !(cases + within > 0.0) || (cases == 0.0 && error == 0.0) {
        undefined!("the cases do not differ, and neither do the measurements of a case");
    }
    let tail = 0.5 * (1.0 - level);
    match (model, unit) {
        (IccModel::OneWay, _) => Ok(by_ratio(cases, within, k, n - 1.0, n * (k - 1.0), unit, level, tail)),
        (IccModel::TwoWayMixed, _) => Ok(by_ratio(cases, error, k, n - 1.0, (n - 1.0) * (k - 1.0), unit, level, tail)),
        (IccModel::TwoWayRandom, _) => absolute(squares, unit, level, tail),
    }
}

fn mean_squares(raters: &[&[f64]]) -> Defined<MeanSquares> {
    let (k, n) = (raters.len(), raters.first().map_or(0, |first| first.len()));
    if k < 2 || n < 2 {
        undefined!("{n} cases measured {k} times show no agreement: two of each at least");
    }
    if raters.iter().any(|rater| rater.len() != n) {
        undefined!("the raters measured different numbers of cases");
    }
    for rater in raters {
        finite(rater)?;
    }
    let (nf, kf) = (n as f64, k as f64);
    // Values are taken about their mean, so that squares of a large constant do not drown the differences.
    let grand = raters.iter().flat_map(|rater| rater.iter()).sum::<f64>() / (nf * kf);
    let case_means: Vec<f64> = (0..n).map(|i| raters.iter().map(|rater| rater[i] - grand).sum::<f64>() / kf).collect();
    let rater_means: Vec<f64> = raters.iter().map(|rater| rater.iter().map(|v| v - grand).sum::<f64>() / nf).collect();
    let (mut within, mut error) = (0.0, 0.0);
    for (rater, rater_mean) in raters.iter().zip(&rater_means) {
        for (value, case_mean) in rater.iter().zip(&case_means) {
            within += (value - grand - case_mean).powi(2);
            error += (value - grand - case_mean - rater_mean).powi(2);
        }
    }
    // What is left of a rounding error is none.
    let scale = raters.iter().flat_map(|rater| rater.iter()).map(|v| v.abs()).fold(0.0, f64::max);
    let nothing = nf * kf * (8.0 * f64::EPSILON * scale).powi(2);
    let square = |sum: f64, df: f64| if sum <= nothing { 0.0 } else { sum / df };
    Ok(MeanSquares {
        n: nf,
        k: kf,
        cases: square(kf * case_means.iter().map(|m| m * m).sum::<f64>(), nf - 1.0),
        raters: square(nf * rater_means.iter().map(|m| m * m).sum::<f64>(), kf - 1.0),
        error: square(error, (nf - 1.0) * (kf - 1.0)),
        within: square(within, nf * (kf - 1.0)),
    })
}

/// The p-quantile of the F distribution, by its upper tail.
fn f_critical(tail: f64, df1: f64, df2: f64) -> f64 {
    let (x, y) = beta_quantile(0.5 * df1, 0.5 * df2, 1.0 - tail, tail);
    df2 * x / (df1 * y)
}

fn result(value: f64, lower: f64, upper: f64, level: f64, f: f64, df1: f64, df2: f64) -> Icc {
    let estimate = Estimate::with_interval(value, None, lower, upper, level, Method::F);
    Icc { estimate, test: FTest { f, df1, df2, p: if f.is_finite() { normal::f_sf(f, df1, df2) } else { 0.0 } } }
}

/// Models (1,·) and (3,·): a function of the ratio of two mean squares alone.
#[allow(clippy::too_many_arguments)]
fn by_ratio(cases: f64, noise: f64, k: f64, df1: f64, df2: f64, unit: IccUnit, level: f64, tail: f64) -> Icc {
    let f = cases / noise;
    let of = |f: f64| match unit {
        _ if f == f64::INFINITY => 1.0,
        IccUnit::Single => (f - 1.0) / (f + k - 1.0),
        IccUnit::Average => 1.0 - 1.0 / f,
    };
    let (lower, upper) = (f / f_critical(tail, df1, df2), f * f_critical(tail, df2, df1));
    result(of(f), of(lower), of(upper), level, f, df1, df2)
}

/// Model (2,·): absolute agreement.
fn absolute(squares: MeanSquares, unit: IccUnit, level: f64, tail: f64) -> Defined<Icc> {
    let MeanSquares { n, k, cases, raters, error, .. } = squares;
    let m = if unit == IccUnit::Single { k } else { 1.0 };
    let rest = if unit == IccUnit::Single { (k - 1.0) * error } else { 0.0 };
    let denominator = cases + rest + m * (raters - error) / n;
    if !(denominator > 0.0) {
        undefined!("the variance components add up to nothing");
    }
    let value = (cases - error) / denominator;
    let f = cases / error;
    let df1 = n - 1.0;
    if error == 0.0 && raters == 0.0 {
        return Ok(result(1.0, 1.0, 1.0, level, f, df1, (n - 1.0) * (k - 1.0)));
    }
    let a = m * value / (n * (1.0 - value));
    let b = 1.0 + m * value * (n - 1.0) / (n * (1.0 - value));
    let (by_raters, by_error) = (a * raters, b * error);
    let v = (by_raters + by_error).powi(2) / (by_raters * by_raters / (k - 1.0) + by_error * by_error / ((n - 1.0) * (k - 1.0)));
    if !(v > 0.0 && v.is_finite()) {
        undefined!("the interval's degrees of freedom are {v}");
    }
    let (low, high) = (f_critical(tail, df1, v), f_critical(tail, v, df1));
    let spread = if unit == IccUnit::Single { k * raters + (k * n - k - n) * error } else { raters - error };
    let lower = n * (cases - low * error) / (low * spread + n * cases);
    let upper = n * (high * cases - error) / (spread + n * high * cases);
    Ok(result(value, lower, upper, level, f, df1, v))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [IccModel; 3] = [IccModel::OneWay, IccModel::TwoWayRandom, IccModel::TwoWayMixed];

    #[test]
    fn perfect_agreement_and_a_constant_difference() {
        let a = [1.0, 2.0, 4.0, 8.0];
        for model in ALL {
            for unit in [IccUnit::Single, IccUnit::Average] {
                let found = icc(&[&a, &a, &a], model, unit, 0.95).unwrap().estimate;
                assert_eq!((found.value, found.lower, found.upper), (1.0, Some(1.0), Some(1.0)), "{model:?}");
            }
        }
        let more = a.map(|v| v + 3.0);
        assert_eq!(icc(&[&a, &more], IccModel::TwoWayMixed, IccUnit::Single, 0.95).unwrap().estimate.value, 1.0);
        let random = icc(&[&a, &more], IccModel::TwoWayRandom, IccUnit::Single, 0.95).unwrap().estimate;
        // Variance of cases 115/12, of raters 9/2: 115/12 over their sum.
        let cases = 115.0 / 12.0;
        assert!((random.value - cases / (cases + 4.5)).abs() < 1e-12);
    }

    #[test]
    fn what_is_undefined_says_why() {
        let (a, same, holed) = ([1.0, 2.0, 3.0], [5.0; 3], [1.0, f64::NAN, 2.0]);
        for model in ALL {
            for table in [&[&a[..]][..], &[&a[..1], &a[..1]], &[&same, &same], &[&a, &holed], &[&a, &a[..2]], &[]] {
                assert!(icc(table, model, IccUnit::Single, 0.95).is_err());
            }
            // Raters differ, cases do not.
            let other = [7.0; 3];
            let found = icc(&[&same, &other], model, IccUnit::Single, 0.95);
            assert!(found.is_err() || found.unwrap().estimate.value <= 0.0);
        }
    }
}
