//! Student's and Welch's t tests of two means.

use serde::{Deserialize, Serialize};

use super::describe::{Moments, finite};
use super::estimate::{Defined, Estimate, Method, Test, undefined};
use super::normal;

/// What is assumed of the two variances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variances {
    /// Equal: Student's test.
    Equal,
    /// Anything: Welch's test, the safe choice.
    Unequal,
}

/// A difference of means with its t test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeanDifference {
    /// Mean of the first group less that of the second.
    pub difference: Estimate,
    /// t, its degrees of freedom, the two-sided p-value.
    pub test: Test,
}

/// Compares two means.
///
/// # Errors
/// Fewer than two values in a group (Student: than three in both), or values without variation.
///
/// # Reference
/// Student, Biometrika 1908;6:1. Welch, Biometrika 1947;34:28. R `t.test`.
pub fn t_test(first: &[f64], second: &[f64], variances: Variances, level: f64) -> Defined<MeanDifference> {
    finite(first)?;
    finite(second)?;
    let (a, b) = (Moments::of(first), Moments::of(second));
    let (se, df) = match variances {
        Variances::Equal => {
            let df = a.n + b.n - 2.0;
            if df < 1.0 {
                undefined!("{} and {} values are too few for a t test", first.len(), second.len());
            }
            (((a.squares + b.squares) / df * (1.0 / a.n + 1.0 / b.n)).sqrt(), df)
        }
        Variances::Unequal => {
            if a.n < 2.0 || b.n < 2.0 {
                undefined!("{} and {} values are too few for Welch's t test", first.len(), second.len());
            }
            let (u, v) = (a.variance() / a.n, b.variance() / b.n);
            ((u + v).sqrt(), (u + v).powi(2) / (u * u / (a.n - 1.0) + v * v / (b.n - 1.0)))
        }
    };
    if se.is_nan() || se <= 10.0 * f64::EPSILON * a.mean.abs().max(b.mean.abs()) {
        undefined!("the values do not vary within the groups");
    }
    let difference = a.mean - b.mean;
    let t = difference / se;
    let half = normal::student_critical(level, df) * se;
    Ok(MeanDifference {
        difference: Estimate::with_interval(difference, Some(se), difference - half, difference + half, level, Method::StudentT),
        test: Test { statistic: t, df: Some(df), p: normal::student_two_sided(t, df) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sizes_and_variances_make_both_tests_one() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 5.0, 6.0]);
        let student = t_test(&a, &b, Variances::Equal, 0.95).unwrap();
        let welch = t_test(&a, &b, Variances::Unequal, 0.95).unwrap();
        assert!((student.test.statistic + 2.0 / (5.0f64 / 6.0).sqrt()).abs() < 1e-14);
        assert!((student.test.p - welch.test.p).abs() < 1e-14);
        assert_eq!(student.test.df, Some(6.0));
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(t_test(&[1.0, 1.0], &[2.0, 2.0], Variances::Unequal, 0.95).is_err());
        assert!(t_test(&[1.0], &[2.0, 3.0], Variances::Unequal, 0.95).is_err());
        assert!(t_test(&[1.0], &[2.0, 3.0], Variances::Equal, 0.95).is_ok());
        assert!(t_test(&[1.0], &[2.0], Variances::Equal, 0.95).is_err());
        assert!(t_test(&[], &[2.0], Variances::Equal, 0.95).is_err());
    }
}
