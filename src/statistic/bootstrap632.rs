//! The .632+ estimate: between the error on the cases that a model was fitted on (too good) and that on the cases a bootstrap resample
//! left out (too bad).

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};

/// The .632+ combination and what it was made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point632Plus {
    /// The .632+ estimate.
    pub value: f64,
    /// The plain .632 estimate, 0.368 · apparent + 0.632 · left out.
    pub point632: f64,
    /// Relative overfitting rate, 0 (none) to 1 (the model knows nothing).
    pub overfitting: f64,
    /// Weight of the left-out error, 0.632 to 1.
    pub weight: f64,
}

/// The .632+ estimate of an error.
///
/// # Definition
/// R = (E₁ − e)/(γ − e), 0 unless E₁ > e and γ > e, at most 1; w = 0.632/(1 − 0.368 R); (1 − w) e + w min(E₁, γ), with e the apparent error, E₁ the
/// mean error of left-out cases and γ the error if outcome and prediction had nothing to do with each other.
///
/// # Errors
/// An error that is not a finite number.
///
/// # Reference
/// Efron & Tibshirani, J Am Stat Assoc 1997;92:548.
pub fn error_632plus(apparent: f64, left_out: f64, no_information: f64) -> Defined<Point632Plus> {
    if ![apparent, left_out, no_information].iter().all(|x| x.is_finite()) {
        undefined!("apparent {apparent}, left-out {left_out} and no-information error {no_information} are not all finite");
    }
    let overfits = left_out > apparent && no_information > apparent;
    let overfitting = if overfits { ((left_out - apparent) / (no_information - apparent)).min(1.0) } else { 0.0 };
    let weight = 0.632 / (1.0 - 0.368 * overfitting);
    let bounded = if no_information > apparent { left_out.min(no_information) } else { left_out };
    Ok(Point632Plus {
        value: (1.0 - weight) * apparent + weight * bounded,
        point632: 0.368 * apparent + 0.632 * left_out,
        overfitting,
        weight,
    })
}

/// The .632+ estimate of an AUC: that of the error 1 − AUC, whose no-information value is ½.
///
/// # Errors
/// An AUC that is not a finite number.
pub fn auc_632plus(apparent: f64, left_out: f64) -> Defined<Point632Plus> {
    let error = error_632plus(1.0 - apparent, 1.0 - left_out, 0.5)?;
    Ok(Point632Plus { value: 1.0 - error.value, point632: 1.0 - error.point632, ..error })
}

/// The misclassification error if outcomes and predictions were paired at random: 1 − Σₖ p̂ₖ q̂ₖ, p̂ and q̂ the shares of class k among outcomes and
/// predictions.
///
/// # Errors
/// Lengths that differ, no cases.
pub fn no_information_error(class: &[usize], predicted: &[usize]) -> Defined<f64> {
    if class.len() != predicted.len() || class.is_empty() {
        undefined!("{} outcomes and {} predictions", class.len(), predicted.len());
    }
    let n = class.len() as f64;
    let classes = class.iter().chain(predicted).max().map_or(0, |m| m + 1);
    let share = |of: &[usize], k: usize| of.iter().filter(|&&c| c == k).count() as f64 / n;
    Ok(1.0 - (0..classes).map(|k| share(class, k) * share(predicted, k)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_two_ends_are_the_point632_and_the_left_out_error() {
        // Nothing overfits: plain .632.
        let none = error_632plus(0.2, 0.2, 0.5).unwrap();
        assert!((none.value - 0.2).abs() < 1e-15 && none.overfitting == 0.0 && none.weight == 0.632);
        // A one-nearest-neighbour on noise: apparent 0, left out ½, no information ½. The truth is ½, and .632+ says so.
        let all = error_632plus(0.0, 0.5, 0.5).unwrap();
        assert!((all.value - 0.5).abs() < 1e-15 && (all.weight - 1.0).abs() < 1e-15);
        assert!((all.point632 - 0.316).abs() < 1e-15);
        // Efron and Tibshirani's form: .632 plus (E₁′ − e) · 0.368 · 0.632 R / (1 − 0.368 R).
        let (e, left_out, gamma) = (0.1, 0.3, 0.45);
        let r = (left_out - e) / (gamma - e);
        let expected = 0.368 * e + 0.632 * left_out + (left_out - e) * 0.368 * 0.632 * r / (1.0 - 0.368 * r);
        assert!((error_632plus(e, left_out, gamma).unwrap().value - expected).abs() < 1e-15);
        // Worse than no information: counted as no information.
        assert!((error_632plus(0.1, 0.6, 0.5).unwrap().value - 0.5).abs() < 1e-15);
        assert!(error_632plus(f64::NAN, 0.1, 0.5).is_err());
    }

    #[test]
    fn auc_is_one_minus_its_error() {
        let found = auc_632plus(0.9, 0.75).unwrap();
        assert!(found.value > 0.75 && found.value < found.point632);
        assert!((auc_632plus(1.0, 0.5).unwrap().value - 0.5).abs() < 1e-15);
        assert!((auc_632plus(1.0, 0.4).unwrap().value - 0.5).abs() < 1e-15);
    }

    #[test]
    fn no_information_is_chance_agreement() {
        assert!((no_information_error(&[0, 0, 1, 1], &[0, 1, 0, 1]).unwrap() - 0.5).abs() < 1e-15);
        assert_eq!(no_information_error(&[0, 0], &[1, 1]).unwrap(), 1.0);
        assert!(no_information_error(&[], &[]).is_err());
    }
}
