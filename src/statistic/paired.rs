//! Decisions of several models on the same cases.

use super::beta::binomial_cdf;
use super::estimate::{Defined, Test, undefined};
use super::normal;
use serde::{Deserialize, Serialize};

/// McNemar's test of two paired yes/no judgements.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// Cases where only the first says yes.
    pub first_only: usize,
    /// Cases where only the second says yes.
    pub second_only: usize,
    /// χ² without continuity correction.
    pub plain: Test,
    /// χ² with continuity correction.
    pub corrected: Test,
    /// Exact binomial p value.
    pub exact_p: f64,
}

impl McNemar {
    /// The p value to print: exact where fewer than 25 cases are discordant, else of χ² with continuity correction.
    pub fn p(&self) -> f64 {
        if self.first_only + self.second_only < 25 { self.exact_p } else { self.corrected.p }
    }
}

/// McNemar's test.
///
/// # Errors
/// Undefined where no case is discordant: then nothing speaks against equality, and nothing for it.
///
/// # Reference
/// McNemar, Psychometrika 1947;12:153; Edwards' correction 1948.
pub fn mcnemar(first: &[bool], second: &[bool]) -> Defined<McNemar> {
    let count = |a: bool, b: bool| first.iter().zip(second).filter(|(x, y)| **x == a && **y == b).count();
    let (first_only, second_only) = (count(true, false), count(false, true));
    let n = first_only + second_only;
    if n == 0 {
        undefined!("both decide alike in every case");
    }
    let gap = first_only.abs_diff(second_only) as f64;
    let chi_square = |gap: f64| {
        let statistic = gap * gap / n as f64;
        Test { statistic, df: Some(1.0), p: normal::chi_square_sf(statistic, 1.0) }
    };
    let exact_p = (2.0 * binomial_cdf(first_only.min(second_only) as u64, n as u64, 0.5)).min(1.0);
    Ok(McNemar { first_only, second_only, plain: chi_square(gap), corrected: chi_square((gap - 1.0).max(0.0)), exact_p })
}

/// Cochran's Q: do k models decide rightly equally often on the same cases?
///
/// # Definition
/// Q = (k − 1)(k Σ C_j² − N²) / (k N − Σ R_i²), C the column, R the row sums, N their total; χ² with k − 1 df.
///
/// # Reference
/// Cochran, Biometrika 1950;37:256.
pub fn cochran_q(yes: &[Vec<bool>]) -> Defined<Test> {
    let k = yes.len() as f64;
    let cases = yes.first().map_or(0, Vec::len);
    let columns: Vec<f64> = yes.iter().map(|model| model.iter().filter(|y| **y).count() as f64).collect();
    let total: f64 = columns.iter().sum();
    let rows: f64 = (0..cases).map(|i| (yes.iter().filter(|model| model[i]).count() as f64).powi(2)).sum();
    let scale = k * total - rows;
    if yes.len() < 2 || scale <= 0.0 {
        undefined!("all models decide alike in every case");
    }
    let statistic = (k - 1.0) * (k * columns.iter().map(|c| c * c).sum::<f64>() - total * total) / scale;
    Ok(Test { statistic, df: Some(k - 1.0), p: normal::chi_square_sf(statistic, k - 1.0) })
}
