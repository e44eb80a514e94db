//! Two or more yes-or-no predictions of the same cases: McNemar, Cochran's Q, and the comparison of predictive values.

use serde::{Deserialize, Serialize};

use super::beta::binomial_cdf;
use super::estimate::{Defined, Estimate, Method, Test, undefined};
use super::normal;

/// McNemar's test of two predictions, or of the correctness of two predictions, on the same cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// Cases in which only the first is true.
    pub only_first: u64,
    /// Cases in which only the second is true.
    pub only_second: u64,
    /// χ² with one degree of freedom, without continuity correction; absent where the two never differ.
    pub plain: Option<Test>,
    /// χ² with continuity correction.
    pub corrected: Option<Test>,
    /// Two-sided p of the exact binomial test.
    pub exact_p: f64,
    /// Whether [`Self::p`] is the exact one: with fewer than 25 differing cases.
    pub exact: bool,
    /// The p-value to report.
    pub p: f64,
}

/// McNemar's test: are two yes-or-no columns of the same cases true equally often?
///
/// # Definition
/// With b and c the counts of cases in which only one is true: χ² = (b − c)²/(b + c), corrected (|b − c| − 1)²/(b + c) (no correction
/// if b = c, as in R), exact 2 P(Bin(b + c, ½) ≤ min(b, c)). To compare sensitivities give the events' predictions, to compare
/// accuracies whether each prediction was right.
///
/// # Errors
/// Lengths that differ.
///
/// # Reference
/// McNemar, Psychometrika 1947;12:153. R `mcnemar.test`, `binom.test`.
pub fn mcnemar(first: &[bool], second: &[bool]) -> Defined<McNemar> {
    if first.len() != second.len() {
        undefined!("{} and {} cases cannot be paired", first.len(), second.len());
    }
    let count = |a: bool, b: bool| first.iter().zip(second).filter(|x| *x == (&a, &b)).count() as u64;
    let (only_first, only_second) = (count(true, false), count(false, true));
    let differing = only_first + only_second;
    let distance = only_first.abs_diff(only_second) as f64;
    let test = |distance: f64| {
        let statistic = distance * distance / differing as f64;
        (differing > 0).then(|| Test { statistic, df: Some(1.0), p: normal::chi_square_sf(statistic, 1.0) })
    };
    let plain = test(distance);
    let exact_p = if differing == 0 { 1.0 } else { (2.0 * binomial_cdf(only_first.min(only_second), differing, 0.5)).min(1.0) };
    let exact = differing < 25;
    let p = match plain {
        Some(test) if !exact => test.p,
        _ => exact_p,
    };
    Ok(McNemar { only_first, only_second, plain, corrected: test((distance - 1.0).max(0.0)), exact_p, exact, p })
}

/// Cochran's Q: are k yes-or-no columns of the same cases true equally often? McNemar's χ² for k = 2.
///
/// # Definition
/// Q = (k − 1) (k Σⱼ Gⱼ² − (Σⱼ Gⱼ)²) / (k Σᵢ Lᵢ − Σᵢ Lᵢ²), Gⱼ the columns' and Lᵢ the cases' numbers of trues; χ² with k − 1 degrees.
///
/// # Errors
/// Fewer than two columns, lengths that differ, columns that never differ.
///
/// # Reference
/// Cochran, Biometrika 1950;37:256.
pub fn cochran_q(columns: &[&[bool]]) -> Defined<Test> {
    let k = columns.len();
    if k < 2 {
        undefined!("{k} column has nothing to be compared with");
    }
    let n = columns[0].len();
    if columns.iter().any(|c| c.len() != n) {
        undefined!("the columns differ in length");
    }
    let of_column: Vec<f64> = columns.iter().map(|c| c.iter().filter(|&&x| x).count() as f64).collect();
    let of_case = (0..n).map(|i| columns.iter().filter(|c| c[i]).count() as f64);
    let total: f64 = of_column.iter().sum();
    let spread = k as f64 * total - of_case.map(|l| l * l).sum::<f64>();
    if spread == 0.0 {
        undefined!("the columns never differ");
    }
    let squares: f64 = of_column.iter().map(|g| g * g).sum();
    let df = k as f64 - 1.0;
    let statistic = df * (k as f64 * squares - total * total) / spread;
    Ok(Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) })
}

/// Which predictive value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PredictiveValue {
    /// Share of events among the predicted events.
    Positive,
    /// Share of non-events among the predicted non-events.
    Negative,
}

/// Two predictive values on the same cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictiveValueComparison {
    /// The predictive values of both predictions.
    pub values: [f64; 2],
    /// Second divided by first, with its interval on the log scale.
    pub ratio: Estimate,
    /// z of the log ratio.
    pub ratio_test: Test,
    /// The generalised score test.
    pub score_test: Test,
}

/// Compares the predictive values of two predictions of the same cases. (They have no McNemar test: their denominators differ.)
///
/// # Definition
/// Let t be a case's prediction (positive, for PPV), d whether it is right to be so. Score test: over all predictions of this kind, with z̄
/// the share that are the second's and d̄ the share that are right, s = Σ (z − z̄) over a case's predictions, χ² = (Σ d s)² / Σ (d − d̄)² s².
/// Ratio: ln(V₂/V₁) with variance Σ (ψ₂ − ψ₁)², ψ = d t / Σ d t − t / Σ t.
///
/// # Errors
/// Lengths that differ; a predictive value that is undefined or 0; predictions that agree everywhere.
///
/// # Reference
/// Leisenring, Alonzo & Pepe, Biometrics 2000;56:345. Moskowitz & Pepe, Clin Trials 2006;3:272. R `DTComPair`.
pub fn compare_predictive_values(
    event: &[bool],
    first: &[bool],
    second: &[bool],
    value: PredictiveValue,
    level: f64,
) -> Defined<PredictiveValueComparison> {
    if first.len() != event.len() || second.len() != event.len() {
        undefined!("{} outcomes but {} and {} predictions", event.len(), first.len(), second.len());
    }
    let sought = value == PredictiveValue::Positive;
    let number = |x: bool| f64::from(u8::from(x));
    // Per case: right to predict this, predicted by the first, by the second.
    let cases: Vec<[f64; 3]> =
        (0..event.len()).map(|i| [number(event[i] == sought), number(first[i] == sought), number(second[i] == sought)]).collect();
    let sum = |of: &dyn Fn(&[f64; 3]) -> f64| cases.iter().map(of).sum::<f64>();
    let made = [sum(&|c| c[1]), sum(&|c| c[2])];
    let right = [sum(&|c| c[0] * c[1]), sum(&|c| c[0] * c[2])];
    if made.contains(&0.0) || right.contains(&0.0) {
        undefined!("a predictive value is 0 or undefined: {} of {} and {} of {} right", right[0], made[0], right[1], made[1]);
    }
    let values = [right[0] / made[0], right[1] / made[1]];

    let z_bar = made[1] / (made[0] + made[1]);
    let d_bar = (right[0] + right[1]) / (made[0] + made[1]);
    let s = |c: &[f64; 3]| c[2] * (1.0 - z_bar) - c[1] * z_bar;
    let (score, score_variance) = (sum(&|c| c[0] * s(c)), sum(&|c| ((c[0] - d_bar) * s(c)).powi(2)));
    let psi = |c: &[f64; 3], t: usize| c[0] * c[t] / right[t - 1] - c[t] / made[t - 1];
    let variance = sum(&|c| (psi(c, 2) - psi(c, 1)).powi(2));
    if score_variance == 0.0 || variance == 0.0 {
        undefined!("the predictions do not differ in a way that a test could judge");
    }
    let statistic = score * score / score_variance;
    let (log_ratio, se) = ((values[1] / values[0]).ln(), variance.sqrt());
    let half = normal::critical(level) * se;
    let z = log_ratio / se;
    Ok(PredictiveValueComparison {
        values,
        ratio: Estimate::with_interval(
            log_ratio.exp(),
            Some(log_ratio.exp() * se),
            (log_ratio - half).exp(),
            (log_ratio + half).exp(),
            level,
            Method::Log,
        ),
        ratio_test: Test { statistic: z, df: None, p: normal::two_sided(z) },
        score_test: Test { statistic, df: Some(1.0), p: normal::chi_square_sf(statistic, 1.0) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(both: usize, only_first: usize, only_second: usize, neither: usize) -> (Vec<bool>, Vec<bool>) {
        let mut pairs = vec![(true, true); both];
        pairs.extend(vec![(true, false); only_first]);
        pairs.extend(vec![(false, true); only_second]);
        pairs.extend(vec![(false, false); neither]);
        pairs.into_iter().unzip()
    }

    #[test]
    fn small_tables_are_exact_and_large_ones_are_not() {
        let (a, b) = columns(10, 1, 3, 10);
        let small = mcnemar(&a, &b).unwrap();
        // 2 (1 + 4) / 16.
        assert!((small.exact_p - 0.625).abs() < 1e-14 && small.exact && small.p == small.exact_p);
        assert!((small.plain.unwrap().statistic - 1.0).abs() < 1e-15);
        assert!((small.corrected.unwrap().statistic - 0.25).abs() < 1e-15);
        let (a, b) = columns(0, 10, 20, 0);
        let large = mcnemar(&a, &b).unwrap();
        assert!(!large.exact && large.p == large.plain.unwrap().p);
        // Equal counts: nothing to correct.
        let (a, b) = columns(5, 4, 4, 5);
        assert_eq!(mcnemar(&a, &b).unwrap().corrected.unwrap().statistic, 0.0);
        assert_eq!(mcnemar(&a, &b).unwrap().exact_p, 1.0);
        let same = mcnemar(&a, &a).unwrap();
        assert_eq!((same.plain, same.p), (None, 1.0));
        assert!(mcnemar(&a, &b[1..]).is_err());
    }

    #[test]
    fn two_columns_make_cochran_into_mcnemar() {
        let (a, b) = columns(7, 12, 25, 9);
        let q = cochran_q(&[&a, &b]).unwrap();
        assert!((q.statistic - mcnemar(&a, &b).unwrap().plain.unwrap().statistic).abs() < 1e-12);
        assert!(cochran_q(&[&a, &a]).is_err());
        assert!(cochran_q(&[&a]).is_err());
    }

    #[test]
    fn predictive_values_that_agree_or_are_missing_are_refused() {
        let event = [true, true, false, false];
        let all = [true; 4];
        let some = [true, false, true, false];
        assert!(compare_predictive_values(&event, &all, &all, PredictiveValue::Positive, 0.95).is_err());
        assert!(compare_predictive_values(&event, &all, &some, PredictiveValue::Negative, 0.95).is_err());
    }
}
