//! Sample quantiles under the nine definitions of Hyndman and Fan, numbered as in R.
//!
//! The project's default is type 7 (R, NumPy); a table that must agree with SAS or SPSS names another one.

use serde::{Deserialize, Serialize};

/// Which definition of a sample quantile. Types 1–3 return an observation (or the mean of two), 4–9 interpolate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuantileType {
    /// Inverse of the empirical distribution function.
    Type1,
    /// As type 1, with the mean of two neighbours at the jumps.
    Type2,
    /// Nearest even order statistic (SAS).
    Type3,
    /// Linear interpolation of the empirical distribution function.
    Type4,
    /// Knots midway through the steps (hydrology).
    Type5,
    /// p(k) = k / (n + 1) (SPSS, Minitab).
    Type6,
    /// p(k) = (k − 1) / (n − 1): the default of R and NumPy, and ours.
    #[default]
    Type7,
    /// Median-unbiased whatever the distribution.
    Type8,
    /// Nearly unbiased for normal data.
    Type9,
}

impl QuantileType {
    /// `(a, b)` of p(k) = (k − a) / (n + 1 − a − b), for the types that interpolate.
    fn plotting_position(self) -> (f64, f64) {
        use QuantileType::*;
        match self {
            Type4 => (0.0, 1.0),
            Type5 => (0.5, 0.5),
            Type6 => (0.0, 0.0),
            Type8 => (1.0 / 3.0, 1.0 / 3.0),
            Type9 => (0.375, 0.375),
            Type1 | Type2 | Type3 | Type7 => (1.0, 1.0),
        }
    }
}

/// The `p` quantile of `values` (type 7), or `None` for an empty slice, a NaN among them, or `p` outside \[0, 1\].
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    quantiles(values, &[p], QuantileType::Type7).map(|q| q[0])
}

/// The median of `values`, or `None` when there is none.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Several quantiles of the same values, sorted once.
pub fn quantiles(values: &[f64], p: &[f64], kind: QuantileType) -> Option<Vec<f64>> {
    if values.iter().any(|x| x.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    p.iter().map(|&p| quantile_sorted(&sorted, p, kind)).collect()
}

/// The `p` quantile of values that are already in ascending order.
///
/// # Definition
/// Types 4–9: with h = a + p (n + 1 − a − b) and j = ⌊h⌋, the value is (1 − (h − j)) x₍ⱼ₎ + (h − j) x₍ⱼ₊₁₎, indices kept inside
/// 1..n. Types 1–3 step at np (type 3 at np − ½). Rounding noise of a few ulp in h does not move j.
///
/// # Reference
/// Hyndman and Fan, The American Statistician 1996;50:361. R `quantile`, whose arithmetic order is kept.
pub fn quantile_sorted(sorted: &[f64], p: f64, kind: QuantileType) -> Option<f64> {
    let n = sorted.len();
    if n == 0 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    // One-based order statistic, kept inside the sample.
    let order = |k: f64| sorted[(k.max(1.0) as usize).min(n) - 1];
    let size = n as f64;
    let (j, weight) = match kind {
        QuantileType::Type7 => {
            let h = 1.0 + (size - 1.0) * p;
            (h.floor(), h - h.floor())
        }
        QuantileType::Type1 | QuantileType::Type2 | QuantileType::Type3 => {
            let h = if kind == QuantileType::Type3 { size * p - 0.5 } else { size * p };
            let j = h.floor();
            let above = f64::from(u8::from(h > j));
            let weight = match kind {
                QuantileType::Type1 => above,
                QuantileType::Type2 => (above + 1.0) / 2.0,
                _ => f64::from(u8::from(h != j || j.rem_euclid(2.0) == 1.0)),
            };
            (j, weight)
        }
        _ => {
            let fuzz = 4.0 * f64::EPSILON;
            let (a, b) = kind.plotting_position();
            let h = a + p * (size + 1.0 - a - b);
            let j = (h + fuzz).floor();
            let weight = h - j;
            (j, if weight.abs() < fuzz { 0.0 } else { weight })
        }
    };
    let (low, high) = (order(j), order(j + 1.0));
    Some(match weight {
        0.0 => low,
        1.0 => high,
        // Equal neighbours, infinite ones among them, need no interpolation.
        _ if low == high => low,
        w => (1.0 - w) * low + w * high,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_types_on_one_to_ten() {
        // Closed forms of Hyndman and Fan at p = 1/4, n = 10.
        let x: Vec<f64> = (1..=10).map(f64::from).collect();
        use QuantileType::*;
        let expected = [3.0, 3.0, 2.0, 2.5, 3.0, 2.75, 3.25, 35.0 / 12.0, 2.9375];
        for (kind, value) in [Type1, Type2, Type3, Type4, Type5, Type6, Type7, Type8, Type9].into_iter().zip(expected) {
            let found = quantile_sorted(&x, 0.25, kind).unwrap();
            assert!((found - value).abs() < 1e-14, "{kind:?}: {found} is not {value}");
        }
    }

    #[test]
    fn ends_and_empty_input() {
        let x = [3.0, 1.0, 2.0];
        assert_eq!(quantiles(&x, &[0.0, 1.0], QuantileType::Type8), Some(vec![1.0, 3.0]));
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0, f64::NAN], 0.5), None);
        assert_eq!(quantile(&x, 1.5), None);
        assert_eq!(median(&[4.0]), Some(4.0));
        assert_eq!(quantile(&[f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0], 0.25), Some(f64::NEG_INFINITY));
    }
}
