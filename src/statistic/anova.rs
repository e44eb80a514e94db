//! One-way analysis of variance: Fisher's, Welch's, Levene's test of variances, and F of many columns at once.

use serde::{Deserialize, Serialize};

use super::describe::{Moments, finite};
use super::estimate::{Defined, undefined};
use super::normal;
use super::quantile::median;

/// An F test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FTest {
    /// F.
    pub f: f64,
    /// Degrees of freedom of the numerator.
    pub df1: f64,
    /// Degrees of freedom of the denominator.
    pub df2: f64,
    /// p-value.
    pub p: f64,
}

impl FTest {
    fn new(f: f64, df1: f64, df2: f64) -> Self {
        FTest { f, df1, df2, p: normal::f_sf(f, df1, df2) }
    }
}

/// Moments of groups that all have values.
fn moments(groups: &[&[f64]], least: usize) -> Defined<Vec<Moments>> {
    if groups.len() < 2 {
        undefined!("{} group has nothing to be compared with", groups.len());
    }
    groups
        .iter()
        .map(|group| {
            finite(group)?;
            if group.len() < least {
                undefined!("a group of {} values is too small", group.len());
            }
            Ok(Moments::of(group))
        })
        .collect()
}

/// Fisher's one-way analysis of variance (equal variances assumed); with two groups Student's t squared.
///
/// # Errors
/// Fewer than two groups, an empty group, no more values than groups, or no variation within groups.
pub fn anova(groups: &[&[f64]]) -> Defined<FTest> {
    let parts = moments(groups, 1)?;
    let n: f64 = parts.iter().map(|m| m.n).sum();
    let k = parts.len() as f64;
    if n <= k {
        undefined!("{n} values in {k} groups leave no degree of freedom");
    }
    let grand = parts.iter().map(|m| m.n * m.mean).sum::<f64>() / n;
    let between: f64 = parts.iter().map(|m| m.n * (m.mean - grand).powi(2)).sum();
    let within: f64 = parts.iter().map(|m| m.squares).sum();
    let largest = parts.iter().map(|m| m.mean.abs()).fold(0.0, f64::max);
    if within <= n * (10.0 * f64::EPSILON * largest).powi(2) {
        undefined!("the values do not vary within the groups");
    }
    Ok(FTest::new(between / (k - 1.0) / (within / (n - k)), k - 1.0, n - k))
}

/// Welch's one-way analysis of variance (variances may differ).
///
/// # Errors
/// Fewer than two groups, a group of fewer than two values or without variation.
///
/// # Reference
/// Welch, Biometrika 1951;38:330. R `oneway.test`.
pub fn welch_anova(groups: &[&[f64]]) -> Defined<FTest> {
    let parts = moments(groups, 2)?;
    if parts.iter().any(|m| m.variance() <= 0.0) {
        undefined!("the values of a group do not vary");
    }
    let k = parts.len() as f64;
    let weight = |m: &Moments| m.n / m.variance();
    let total: f64 = parts.iter().map(weight).sum();
    let centre = parts.iter().map(|m| weight(m) * m.mean).sum::<f64>() / total;
    let imbalance = parts.iter().map(|m| (1.0 - weight(m) / total).powi(2) / (m.n - 1.0)).sum::<f64>() / (k * k - 1.0);
    let between: f64 = parts.iter().map(|m| weight(m) * (m.mean - centre).powi(2)).sum();
    let f = between / ((k - 1.0) * (1.0 + 2.0 * (k - 2.0) * imbalance));
    Ok(FTest::new(f, k - 1.0, 1.0 / (3.0 * imbalance)))
}

/// Levene's test of equal variances, centred on medians (Brown and Forsythe): [`anova`] of the distances from the group's median.
///
/// # Reference
/// Brown and Forsythe, Journal of the American Statistical Association 1974;69:364.
pub fn levene(groups: &[&[f64]]) -> Defined<FTest> {
    let distances = groups
        .iter()
        .map(|group| {
            finite(group)?;
            let Some(centre) = median(group) else { undefined!("a group has no value") };
            Ok(group.iter().map(|x| (x - centre).abs()).collect())
        })
        .collect::<Defined<Vec<Vec<f64>>>>()?;
    anova(&distances.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// F of every column by class, as scikit-learn's `f_classif`: the univariate filter of radiomics papers.
///
/// `class` numbers the classes from 0; classes without cases do not count. A column that cannot be tested gives its reason.
pub fn anova_columns(columns: &[&[f64]], class: &[usize]) -> Vec<Defined<FTest>> {
    let classes = class.iter().max().map_or(0, |k| k + 1);
    columns
        .iter()
        .map(|column| {
            if column.len() != class.len() {
                undefined!("{} values for {} cases", column.len(), class.len());
            }
            let mut groups = vec![Vec::new(); classes];
            for (x, &k) in column.iter().zip(class) {
                groups[k].push(*x);
            }
            let present: Vec<&[f64]> = groups.iter().filter(|g| !g.is_empty()).map(Vec::as_slice).collect();
            anova(&present)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::t_test::{Variances, t_test};

    const A: [f64; 5] = [1.0, 2.5, 3.0, 4.5, 2.0];
    const B: [f64; 4] = [3.0, 5.5, 4.0, 6.5];

    #[test]
    fn two_groups_are_t_squared() {
        let student = t_test(&A, &B, Variances::Equal, 0.95).unwrap().test;
        let f = anova(&[&A, &B]).unwrap();
        assert!((f.f - student.statistic.powi(2)).abs() < 1e-12 && (f.p - student.p).abs() < 1e-14);
        let welch = t_test(&A, &B, Variances::Unequal, 0.95).unwrap().test;
        let f = welch_anova(&[&A, &B]).unwrap();
        assert!((f.f - welch.statistic.powi(2)).abs() < 1e-12 && (f.p - welch.p).abs() < 1e-14);
        assert!((f.df2 - welch.df.unwrap()).abs() < 1e-10);
    }

    #[test]
    fn columns_are_tested_one_by_one() {
        let column: Vec<f64> = A.iter().chain(&B).copied().collect();
        let class = [0, 0, 0, 0, 0, 2, 2, 2, 2];
        let tests = anova_columns(&[&column, &[1.0; 9], &[f64::NAN; 9], &[0.0; 2]], &class);
        assert_eq!(tests[0], anova(&[&A, &B]));
        assert!(tests[1..].iter().all(|t| t.is_err()));
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(anova(&[&A]).is_err());
        assert!(anova(&[&A, &[]]).is_err());
        assert!(anova(&[&[1.0], &[2.0]]).is_err());
        assert!(anova(&[&[1.0, 1.0], &[2.0, 2.0]]).is_err());
        assert!(welch_anova(&[&A, &[1.0, 1.0]]).is_err());
        assert!(levene(&[&A, &B]).is_ok());
    }
}
