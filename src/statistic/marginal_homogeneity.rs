//! Two classifications of the same cases into K classes: do they use the classes equally often, and do they err symmetrically?

use super::estimate::{Defined, Test, undefined};
use super::normal;
use super::quadratic_form::quadratic_form;

fn check(table: &[Vec<u64>]) -> Defined<usize> {
    let k = table.len();
    if k < 2 || table.iter().any(|row| row.len() != k) {
        undefined!("a table of K × K counts, K ≥ 2, is needed");
    }
    Ok(k)
}

/// The test of Stuart and Maxwell: are row and column margins equal? McNemar's χ² for two classes.
///
/// # Definition
/// d′ S⁺ d with dᵢ = nᵢ. − n.ᵢ, Sᵢᵢ = nᵢ. + n.ᵢ − 2 nᵢᵢ, Sᵢⱼ = −(nᵢⱼ + nⱼᵢ); the degrees of freedom are the rank of S, which is K − 1 unless
/// classes are unused.
///
/// # Errors
/// A table that is not square; classifications that never differ.
///
/// # Reference
/// Stuart, Biometrika 1955;42:412. Maxwell, Br J Psychiatry 1970;116:651.
pub fn stuart_maxwell(table: &[Vec<u64>]) -> Defined<Test> {
    let k = check(table)?;
    let n = |i: usize, j: usize| table[i][j] as f64;
    let row = |i: usize| (0..k).map(|j| n(i, j)).sum::<f64>();
    let column = |i: usize| (0..k).map(|j| n(j, i)).sum::<f64>();
    let d: Vec<f64> = (0..k).map(|i| row(i) - column(i)).collect();
    let entry = |i: usize, j: usize| if i == j { row(i) + column(i) - 2.0 * n(i, i) } else { -(n(i, j) + n(j, i)) };
    let s: Vec<f64> = (0..k * k).map(|c| entry(c / k, c % k)).collect();
    let form = quadratic_form(&d, &s)?;
    if form.rank == 0 {
        undefined!("the two classifications never differ");
    }
    let df = form.rank as f64;
    Ok(Test { statistic: form.value, df: Some(df), p: normal::chi_square_sf(form.value, df) })
}

/// Bowker's test of symmetry: is i-then-j as frequent as j-then-i? Pairs of classes that were never exchanged say nothing and do not count.
///
/// # Definition
/// χ² = Σ_{i<j} (nᵢⱼ − nⱼᵢ)²/(nᵢⱼ + nⱼᵢ) over the pairs with nᵢⱼ + nⱼᵢ > 0, whose number is the degrees of freedom.
///
/// # Errors
/// A table that is not square; classifications that never differ.
///
/// # Reference
/// Bowker, J Am Stat Assoc 1948;43:572. (R's `mcnemar.test` counts empty pairs and returns NaN for them.)
pub fn bowker(table: &[Vec<u64>]) -> Defined<Test> {
    let k = check(table)?;
    let pairs = (0..k).flat_map(|i| (i + 1..k).map(move |j| (i, j)));
    let exchanged: Vec<(f64, f64)> =
        pairs.map(|(i, j)| (table[i][j] as f64, table[j][i] as f64)).filter(|(a, b)| a + b > 0.0).collect();
    if exchanged.is_empty() {
        undefined!("the two classifications never differ");
    }
    let statistic = exchanged.iter().map(|(a, b)| (a - b).powi(2) / (a + b)).sum();
    let df = exchanged.len() as f64;
    Ok(Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_classes_are_mcnemar() {
        let table = [vec![10, 3], vec![9, 20]];
        for test in [stuart_maxwell(&table).unwrap(), bowker(&table).unwrap()] {
            assert!((test.statistic - 3.0).abs() < 1e-12 && test.df == Some(1.0));
        }
    }

    #[test]
    fn an_unused_class_costs_its_degree_of_freedom() {
        let table = [vec![5, 3, 0], vec![1, 6, 0], vec![0, 0, 0]];
        assert_eq!(stuart_maxwell(&table).unwrap().df, Some(1.0));
        assert_eq!(bowker(&table).unwrap().df, Some(1.0));
        assert!(stuart_maxwell(&[vec![5, 0], vec![0, 5]]).is_err());
        assert!(bowker(&[vec![5, 0]]).is_err());
    }
}
