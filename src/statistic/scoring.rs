//! Scores of probabilities against outcomes: Brier, logarithmic, and what follows from them.

use super::estimate::{Defined, Estimate, Test, undefined};
use super::normal;

/// Finds what no statistic of probabilities could survive.
pub(crate) fn check(event: &[bool], p: &[f64]) -> Defined<()> {
    if event.len() != p.len() {
        undefined!("{} predictions for {} cases", p.len(), event.len());
    }
    if event.is_empty() {
        undefined!("no case");
    }
    if let Some(i) = p.iter().position(|p| !(0.0..=1.0).contains(p)) {
        undefined!("the prediction of case {} is {}, not a probability", i + 1, p[i]);
    }
    Ok(())
}

/// The outcome as a number.
pub(crate) fn observed(event: bool) -> f64 {
    f64::from(u8::from(event))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

/// Mean of case-wise terms with the standard error of a mean.
fn mean_with_se(terms: &[f64], level: f64) -> Estimate {
    let (n, centre) = (terms.len() as f64, mean(terms.iter().copied()));
    let se = (terms.iter().map(|t| (t - centre) * (t - centre)).sum::<f64>() / (n * (n - 1.0))).sqrt();
    if se.is_finite() { Estimate::normal(centre, se, level) } else { Estimate::point(centre) }
}

fn squared_errors(event: &[bool], p: &[f64]) -> Vec<f64> {
    event.iter().zip(p).map(|(&e, p)| (observed(e) - p).powi(2)).collect()
}

/// Brier score: the mean squared difference between outcome (1, 0) and probability. 0 is perfect; what always saying the prevalence gets is
/// [`brier_of_prevalence`].
///
/// # Reference
/// Brier, Monthly Weather Review 1950;78:1. Standard error as riskRegression's: that of a mean over cases.
pub fn brier(event: &[bool], p: &[f64], level: f64) -> Defined<Estimate> {
    check(event, p)?;
    Ok(mean_with_se(&squared_errors(event, p), level))
}

/// The Brier score of predicting the prevalence for everyone, ȳ (1 − ȳ).
pub fn brier_of_prevalence(event: &[bool]) -> Defined<f64> {
    if event.is_empty() {
        undefined!("no case");
    }
    let prevalence = mean(event.iter().map(|&e| observed(e)));
    Ok(prevalence * (1.0 - prevalence))
}

/// Scaled Brier score (index of prediction accuracy): 1 − Brier / Brier of the prevalence. 1 is perfect, below 0 worse than the prevalence.
///
/// # Reference
/// Kattan and Gerds, Diagnostic and Prognostic Research 2018;2:7.
pub fn scaled_brier(event: &[bool], p: &[f64]) -> Defined<f64> {
    let reference = brier_of_prevalence(event)?;
    if reference == 0.0 {
        undefined!("all cases have the same outcome");
    }
    Ok(1.0 - brier(event, p, Estimate::LEVEL)?.value / reference)
}

/// Brier(a) − Brier(b) on the same cases with its z test; negative favours a.
pub fn brier_difference(event: &[bool], a: &[f64], b: &[f64], level: f64) -> Defined<(Estimate, Test)> {
    check(event, a)?;
    check(event, b)?;
    let terms: Vec<f64> = squared_errors(event, a).iter().zip(squared_errors(event, b)).map(|(a, b)| a - b).collect();
    let difference = mean_with_se(&terms, level);
    match difference.se {
        Some(se) if se > 0.0 => {
            let z = difference.value / se;
            Ok((difference, Test { statistic: z, df: None, p: normal::two_sided(z) }))
        }
        _ => undefined!("the two predictions score the same in every case"),
    }
}

/// Mean of −ln(probability given to what happened).
///
/// # Errors
/// A case with an event and p = 0, or no event and p = 1: the score is infinite. (scikit-learn silently moves such p by 2e-16.)
pub fn log_loss(event: &[bool], p: &[f64]) -> Defined<f64> {
    check(event, p)?;
    let given = |e: bool, p: f64| if e { p } else { 1.0 - p };
    let impossible = event.iter().zip(p).filter(|(e, p)| given(**e, **p) == 0.0).count();
    if impossible > 0 {
        undefined!("{impossible} cases had an outcome that was predicted to be impossible: the logarithmic score is infinite");
    }
    Ok(mean(event.iter().zip(p).map(|(&e, &p)| if e { -p.ln() } else { -(-p).ln_1p() })))
}

/// Observed over expected events, Σ y / Σ p: above 1 the model predicts too few.
pub fn observed_to_expected(event: &[bool], p: &[f64]) -> Defined<f64> {
    check(event, p)?;
    let expected: f64 = p.iter().sum();
    if expected == 0.0 {
        undefined!("no event is expected: all predictions are 0");
    }
    Ok(event.iter().filter(|&&e| e).count() as f64 / expected)
}

/// Spiegelhalter's test of calibration: whether the Brier score is what the probabilities themselves promise.
///
/// # Definition
/// z = Σ (y − p)(1 − 2p) / √ Σ (1 − 2p)² p (1 − p).
///
/// # Reference
/// Spiegelhalter, Statistics in Medicine 1986;5:421.
pub fn spiegelhalter(event: &[bool], p: &[f64]) -> Defined<Test> {
    check(event, p)?;
    let (mut sum, mut variance) = (0.0, 0.0);
    for (&e, &p) in event.iter().zip(p) {
        sum += (observed(e) - p) * (1.0 - 2.0 * p);
        variance += (1.0 - 2.0 * p).powi(2) * p * (1.0 - p);
    }
    if variance == 0.0 {
        undefined!("all predictions are 0, ½ or 1: the test has no variance");
    }
    let z = sum / variance.sqrt();
    Ok(Test { statistic: z, df: None, p: normal::two_sided(z) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: [bool; 4] = [true, false, true, false];

    #[test]
    fn closed_forms() {
        let p = [0.9, 0.2, 0.6, 0.4];
        assert!((brier(&EVENT, &p, 0.95).unwrap().value - (0.01 + 0.04 + 0.16 + 0.16) / 4.0).abs() < 1e-15);
        assert_eq!(brier_of_prevalence(&EVENT), Ok(0.25));
        assert!((observed_to_expected(&EVENT, &p).unwrap() - 2.0 / 2.1).abs() < 1e-15);
        let expected = -(0.9f64.ln() + 0.8f64.ln() + 2.0 * 0.6f64.ln()) / 4.0;
        assert!((log_loss(&EVENT, &p).unwrap() - expected).abs() < 1e-15);
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(log_loss(&EVENT, &[0.0, 0.1, 0.5, 0.5]).unwrap_err().0.contains("1 cases"));
        assert_eq!(log_loss(&EVENT, &[1.0, 0.0, 1.0, 0.0]), Ok(0.0));
        assert!(brier(&EVENT, &[0.1; 3], 0.95).is_err());
        assert!(brier(&EVENT, &[0.1, 0.2, 1.1, 0.3], 0.95).unwrap_err().0.contains("case 3"));
        assert!(brier(&EVENT, &[0.1, f64::NAN, 0.1, 0.3], 0.95).is_err());
        assert!(brier(&[], &[], 0.95).is_err());
        assert!(scaled_brier(&[true], &[0.5]).is_err());
        assert!(spiegelhalter(&EVENT, &[0.5; 4]).is_err());
        assert!(observed_to_expected(&EVENT, &[0.0; 4]).is_err());
        assert!(brier_difference(&EVENT, &[0.3; 4], &[0.3; 4], 0.95).is_err());
    }

    #[test]
    fn one_case_has_a_score_without_interval() {
        let one = brier(&[true], &[0.7], 0.95).unwrap();
        assert!((one.value - 0.09).abs() < 1e-15 && one.se.is_none());
    }
}
