//! Backward elimination of terms from a logistic regression, because papers report it.
//!
//! Selected terms have p-values that are too small and coefficients that are too large; inside cross-validation the selection must
//! be repeated on every training set.

use super::estimate::{Defined, undefined};
use super::fit_error::FitError;
use super::linear::{Square, quadratic_form};
use super::logistic::{LogisticData, LogisticFit, logistic};
use super::normal;

/// Drops, as long as it lowers Akaike's criterion, the term whose removal lowers it most (R `step(direction = "backward")`).
///
/// Returns the numbers of the terms kept, in their order, and the fit with them. A term is a set of columns.
pub fn backward_by_aic(data: &LogisticData, terms: &[Vec<usize>]) -> Result<(Vec<usize>, LogisticFit), FitError> {
    let fit_with = |kept: &[usize]| {
        let columns: Vec<&[f64]> = kept.iter().flat_map(|&t| &terms[t]).map(|&j| data.columns[j]).collect();
        logistic(&LogisticData { columns: &columns, ..*data })
    };
    let mut kept: Vec<usize> = (0..terms.len()).collect();
    let mut best = fit_with(&kept)?;
    while !kept.is_empty() {
        let mut candidate: Option<(Vec<usize>, LogisticFit)> = None;
        for dropped in &kept {
            let rest: Vec<usize> = kept.iter().copied().filter(|t| t != dropped).collect();
            let fit = fit_with(&rest)?;
            if candidate.as_ref().is_none_or(|(_, least)| fit.aic() < least.aic()) {
                candidate = Some((rest, fit));
            }
        }
        match candidate {
            Some((rest, fit)) if fit.aic() < best.aic() => (kept, best) = (rest, fit),
            _ => break,
        }
    }
    Ok((kept, best))
}

/// How long a fast backward elimination goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// As long as χ² − 2 df is not positive.
    Aic,
    /// As long as the p-value is above this.
    P(f64),
}

/// Whose χ² the rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The term about to be dropped, given those that remain (rms: type "individual"): what papers mean by "p < 0.05".
    Individual,
    /// All terms dropped so far together (rms: type "residual").
    Residual,
}

/// Backward elimination on the full model's Wald statistics, without refitting (`rms::fastbw`).
///
/// # Definition
/// The next term dropped is the one with the smallest Wald statistic (rule Aic: χ² − 2 df, rule P: the largest p) in the model that
/// conditioning the full fit on the dropped coefficients being zero gives: β₁ − V₁₂ V₂₂⁻¹ β₂ with covariance V₁₁ − V₁₂ V₂₂⁻¹ V₂₁.
///
/// # Reference
/// Lawless and Singhal, Biometrics 1978;34:318.
pub fn fast_backward(fit: &LogisticFit, terms: &[Vec<usize>], rule: Rule, basis: Basis) -> Defined<Vec<usize>> {
    let covariance = Square::from_rows(&fit.covariance);
    let mut kept: Vec<usize> = (0..terms.len()).collect();
    let mut dropped: Vec<usize> = Vec::new();
    // Wald statistic of the coefficients in `tested` after those in `zero` are set to zero.
    let wald = |coefficients: &[usize]| -> Defined<f64> {
        let beta: Vec<f64> = coefficients.iter().map(|&j| fit.coefficients[j]).collect();
        match quadratic_form(&covariance.submatrix(coefficients), &beta, 1e-14) {
            Some(statistic) => Ok(statistic),
            None => undefined!("the covariance of the coefficients is singular"),
        }
    };
    let of = |term: usize| terms[term].iter().map(|&j| j + 1);
    while !kept.is_empty() {
        // χ² of a term given the dropped ones is a difference of two joint statistics.
        let so_far = if dropped.is_empty() { 0.0 } else { wald(&dropped)? };
        let mut weakest: Option<(usize, f64, f64, f64)> = None;
        for &term in &kept {
            let joint: Vec<usize> = dropped.iter().copied().chain(of(term)).collect();
            let residual = wald(&joint)?;
            let (chi_square, df) = (residual - so_far, terms[term].len() as f64);
            let strength = match rule {
                Rule::Aic => chi_square - 2.0 * df,
                Rule::P(_) => -normal::chi_square_sf(chi_square, df),
            };
            if weakest.is_none_or(|(_, least, ..)| strength < least) {
                weakest = Some((term, strength, chi_square, residual));
            }
        }
        let Some((term, _, own, residual)) = weakest else { break };
        let (statistic, df) = match basis {
            Basis::Individual => (own, terms[term].len() as f64),
            Basis::Residual => (residual, (dropped.len() + terms[term].len()) as f64),
        };
        let drop = match rule {
            Rule::Aic => statistic - 2.0 * df <= 0.0,
            Rule::P(alpha) => normal::chi_square_sf(statistic, df) > alpha,
        };
        if !drop {
            break;
        }
        kept.retain(|&t| t != term);
        dropped.extend(of(term));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_predicts_and_drops_noise() {
        let event: Vec<bool> = (0..80).map(|i| (i * 17) % 23 < i / 4 + 2).collect();
        let signal: Vec<f64> = (0..80).map(f64::from).collect();
        let noise: Vec<f64> = (0..80).map(|i| f64::from((i * 37) % 11)).collect();
        let columns: [&[f64]; 2] = [&noise, &signal];
        let data = LogisticData::new(&event, &columns);
        let terms = [vec![0], vec![1]];
        let (kept, fit) = backward_by_aic(&data, &terms).unwrap();
        assert_eq!(kept, vec![1]);
        assert_eq!(fit.coefficients.len(), 2);
        let full = logistic(&data).unwrap();
        assert_eq!(fast_backward(&full, &terms, Rule::P(0.05), Basis::Individual).unwrap(), vec![1]);
        assert_eq!(fast_backward(&full, &terms, Rule::Aic, Basis::Residual).unwrap(), vec![1]);
    }
}
