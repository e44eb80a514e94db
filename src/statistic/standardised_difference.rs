//! Standardised mean differences between groups, as the R package tableone computes them: how unlike groups are, whatever their size.

use serde::{Deserialize, Serialize};

use super::contingency::Table;
use super::describe::{Moments, finite};
use super::estimate::{Defined, undefined};
use super::quadratic_form::quadratic_form;

/// The difference of every pair of groups, and their mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StandardisedDifference {
    /// Mean over the pairs; for two groups their difference.
    pub average: f64,
    /// Pairs 1–2, 1–3, …, 2–3, … Each is 0 or positive.
    pub pairs: Vec<f64>,
}

impl StandardisedDifference {
    fn over_pairs(groups: usize, between: impl Fn(usize, usize) -> Defined<f64>) -> Defined<Self> {
        if groups < 2 {
            undefined!("{groups} group has nothing to be compared with");
        }
        let mut pairs = Vec::new();
        for a in 0..groups {
            for b in a + 1..groups {
                pairs.push(between(a, b)?);
            }
        }
        Ok(StandardisedDifference { average: pairs.iter().sum::<f64>() / pairs.len() as f64, pairs })
    }
}

/// Of a continuous variable: |m₁ − m₂| / √((s₁² + s₂²) / 2). (Python's tableone gives it a sign.)
///
/// # Errors
/// A group of fewer than two values, or no variation in both.
///
/// # Reference
/// Austin, Statistics in Medicine 2009;28:3083. R `tableone`.
pub fn standardised_difference(groups: &[&[f64]]) -> Defined<StandardisedDifference> {
    let parts = groups
        .iter()
        .map(|group| {
            finite(group)?;
            if group.len() < 2 {
                undefined!("a group of one value has no standard deviation");
            }
            Ok(Moments::of(group))
        })
        .collect::<Defined<Vec<Moments>>>()?;
    StandardisedDifference::over_pairs(parts.len(), |a, b| {
        let difference = (parts[a].mean - parts[b].mean).abs();
        let spread = (0.5 * (parts[a].variance() + parts[b].variance())).sqrt();
        if spread > 0.0 {
            Ok(difference / spread)
        } else if difference == 0.0 {
            Ok(0.0)
        } else {
            undefined!("the values do not vary within the groups");
        }
    })
}

/// Of a categorical variable: rows of the table are groups, columns levels.
///
/// # Definition
/// With p the proportions of all levels but the first in a group and S = diag(p) − p pᵀ averaged over both groups:
/// √((p₁ − p₂)ᵀ S⁺ (p₁ − p₂)).
///
/// # Errors
/// An empty group; groups that differ where neither varies.
///
/// # Reference
/// Yang and Dalton, SAS Global Forum 2012, paper 335. R `tableone`.
pub fn standardised_difference_of_levels(table: &Table) -> Defined<StandardisedDifference> {
    if table.row_sums().contains(&0) {
        undefined!("a group has no case");
    }
    let proportions: Vec<Vec<f64>> = table
        .counts()
        .iter()
        .map(|row| {
            let n = row.iter().sum::<u64>() as f64;
            row[1..].iter().map(|&count| count as f64 / n).collect()
        })
        .collect();
    StandardisedDifference::over_pairs(proportions.len(), |a, b| {
        let (p, q) = (&proportions[a], &proportions[b]);
        let k = p.len();
        let difference: Vec<f64> = p.iter().zip(q).map(|(p, q)| p - q).collect();
        if difference.iter().all(|d| *d == 0.0) {
            return Ok(0.0);
        }
        let mut covariance = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..k {
                let of = |p: &[f64]| if i == j { p[i] * (1.0 - p[i]) } else { -p[i] * p[j] };
                covariance[i * k + j] = 0.5 * (of(p) + of(q));
            }
        }
        Ok(quadratic_form(&difference, &covariance)?.value.sqrt())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Means 2 and 4, variances 1 and 1.
        let found = standardised_difference(&[&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0]]).unwrap();
        assert_eq!((found.average, found.pairs), (2.0, vec![2.0]));
        // Two levels: |p − q| / √((p(1 − p) + q(1 − q)) / 2), whichever level is first.
        for counts in [vec![vec![3, 7], vec![6, 4]], vec![vec![7, 3], vec![4, 6]]] {
            let found = standardised_difference_of_levels(&Table::new(counts).unwrap()).unwrap();
            assert!((found.average - 0.3 / (0.5f64 * (0.21 + 0.24)).sqrt()).abs() < 1e-14);
        }
        let three = standardised_difference(&[&[1.0, 2.0, 3.0], &[3.0, 4.0, 5.0], &[1.0, 2.0, 3.0]]).unwrap();
        assert_eq!(three.pairs, vec![2.0, 0.0, 2.0]);
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(standardised_difference(&[&[1.0, 1.0], &[2.0, 2.0]]).is_err());
        assert_eq!(standardised_difference(&[&[1.0, 1.0], &[1.0, 1.0]]).unwrap().average, 0.0);
        assert!(standardised_difference(&[&[1.0, 2.0]]).is_err());
        let table = |rows: Vec<Vec<u64>>| standardised_difference_of_levels(&Table::new(rows).unwrap());
        assert!(table(vec![vec![5, 0], vec![0, 5]]).is_err());
        assert!(table(vec![vec![5, 1], vec![0, 0]]).is_err());
        // A level that neither group has adds nothing.
        let (with, without) = (table(vec![vec![3, 0, 7], vec![6, 0, 4]]), table(vec![vec![3, 7], vec![6, 4]]));
        assert!((with.unwrap().average - without.unwrap().average).abs() < 1e-14);
    }
}
