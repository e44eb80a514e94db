//! Calibration of class probabilities for three or more classes: multinomial recalibration, and each class against the rest.

use serde::{Deserialize, Serialize};

use super::calibration::{Recalibration, calibration_in_the_large, calibration_slope};
use super::estimate::{Defined, Estimate, Method, Test, undefined};
use super::logistic::Coefficient;
use super::multinomial::{Equation, fit_equations};
use super::normal;

/// Multinomial recalibration: intercepts and slopes of the logits against the first class, ideally 0 and 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MultinomialRecalibration {
    /// Intercepts of classes 1..K−1.
    pub intercepts: Vec<Estimate>,
    /// Slopes of classes 1..K−1, each on its own logit.
    pub slopes: Vec<Estimate>,
    /// Likelihood-ratio test of all intercepts 0 and slopes 1 together.
    pub test: Test,
}

/// Refits the predicted logits.
///
/// # Definition
/// With lpₖ = ln (pₖ / p₀): ln (P(k) / P(0)) = aₖ + bₖ lpₖ, k = 1..K−1, fitted together by maximum likelihood.
/// `probabilities` holds one row of K class probabilities per case.
///
/// # Errors
/// A probability of exactly 0, rows that are not probabilities, a class without cases, separation.
///
/// # Reference
/// Van Hoorde et al., Statistics in Medicine 2014;33:2585 (each equation its own linear predictor).
pub fn multinomial_recalibration(class: &[usize], probabilities: &[Vec<f64>], level: f64) -> Defined<MultinomialRecalibration> {
    let lp = logits_to_first(class, probabilities)?;
    let columns: Vec<[&[f64]; 1]> = lp.iter().map(|lp| [lp.as_slice()]).collect();
    let equations: Vec<Equation> = columns.iter().map(|columns| Equation { columns, offset: None }).collect();
    let fit = fit_equations(class, &equations)?;
    let estimate = |j: usize| {
        let se = fit.covariance[(j, j)].sqrt();
        Estimate::normal(fit.coefficients[j], se, level).by(Method::Wald)
    };
    let as_they_are: f64 = class.iter().zip(probabilities).map(|(&k, row)| -2.0 * row[k].ln()).sum();
    let (statistic, df) = ((as_they_are - fit.deviance).max(0.0), fit.coefficients.len() as f64);
    Ok(MultinomialRecalibration {
        intercepts: (0..lp.len()).map(|k| estimate(2 * k)).collect(),
        slopes: (0..lp.len()).map(|k| estimate(2 * k + 1)).collect(),
        test: Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) },
    })
}

/// Multinomial calibration-in-the-large: the intercepts of classes 1..K−1 with the predicted logits as offsets, ideally 0.
pub fn multinomial_in_the_large(class: &[usize], probabilities: &[Vec<f64>], level: f64) -> Defined<Vec<Coefficient>> {
    let lp = logits_to_first(class, probabilities)?;
    let equations: Vec<Equation> = lp.iter().map(|lp| Equation { columns: &[], offset: Some(lp) }).collect();
    let fit = fit_equations(class, &equations)?;
    Ok((0..lp.len()).map(|k| Coefficient::wald(fit.coefficients[k], fit.covariance[(k, k)].sqrt(), level)).collect())
}

/// A class against the rest, calibrated as a binary prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassCalibration {
    /// Calibration-in-the-large.
    pub in_the_large: Defined<Coefficient>,
    /// Slope and its intercept.
    pub recalibration: Defined<Recalibration>,
}

/// Each class against the rest.
pub fn per_class_calibration(class: &[usize], probabilities: &[Vec<f64>], level: f64) -> Defined<Vec<ClassCalibration>> {
    let classes = check(class, probabilities)?;
    Ok((0..classes)
        .map(|k| {
            let event: Vec<bool> = class.iter().map(|&c| c == k).collect();
            let p: Vec<f64> = probabilities.iter().map(|row| row[k]).collect();
            ClassCalibration {
                in_the_large: calibration_in_the_large(&event, &p, level),
                recalibration: calibration_slope(&event, &p, level),
            }
        })
        .collect())
}

/// Number of classes, once rows are known to be probabilities.
fn check(class: &[usize], probabilities: &[Vec<f64>]) -> Defined<usize> {
    let Some(classes) = probabilities.first().map(Vec::len) else { undefined!("no case") };
    if class.len() != probabilities.len() {
        undefined!("{} predictions for {} cases", probabilities.len(), class.len());
    }
    if classes < 2 {
        undefined!("one class only");
    }
    for (i, (row, &k)) in probabilities.iter().zip(class).enumerate() {
        let valid = row.len() == classes && row.iter().all(|p| (0.0..=1.0).contains(p));
        // Rounded probabilities need not sum to 1 to the last digit.
        if !valid || (row.iter().sum::<f64>() - 1.0).abs() > 0.02 {
            undefined!("the predictions of case {} are not {classes} probabilities that sum to 1", i + 1);
        }
        if k >= classes {
            undefined!("case {} has class {k} of {classes}", i + 1);
        }
    }
    Ok(classes)
}

/// ln (pₖ / p₀), one vector per class but the first.
fn logits_to_first(class: &[usize], probabilities: &[Vec<f64>]) -> Defined<Vec<Vec<f64>>> {
    let classes = check(class, probabilities)?;
    let zeros = probabilities.iter().filter(|row| row.contains(&0.0)).count();
    if zeros > 0 {
        undefined!("{zeros} cases have a class probability of exactly 0, which has no logit");
    }
    Ok((1..classes).map(|k| probabilities.iter().map(|row| (row[k] / row[0]).ln()).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 × 60 cases whose class frequencies are exactly the predicted ones.
    fn calibrated() -> (Vec<usize>, Vec<Vec<f64>>) {
        let (mut class, mut p) = (Vec::new(), Vec::new());
        for counts in [[30, 20, 10], [10, 30, 20], [15, 15, 30]] {
            for (k, &count) in counts.iter().enumerate() {
                for _ in 0..count {
                    class.push(k);
                    p.push(counts.iter().map(|&c| c as f64 / 60.0).collect());
                }
            }
        }
        (class, p)
    }

    #[test]
    fn perfect_calibration_is_0_and_1() {
        let (class, p) = calibrated();
        let found = multinomial_recalibration(&class, &p, 0.95).unwrap();
        assert!(found.intercepts.iter().all(|a| a.value.abs() < 1e-9));
        assert!(found.slopes.iter().all(|b| (b.value - 1.0).abs() < 1e-9));
        assert!(found.test.p > 0.999);
        assert!(multinomial_in_the_large(&class, &p, 0.95).unwrap().iter().all(|a| a.log_odds.value.abs() < 1e-9));
        let each = per_class_calibration(&class, &p, 0.95).unwrap();
        assert!((each[2].recalibration.as_ref().unwrap().slope.value - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_undefined_says_why() {
        let (class, mut p) = calibrated();
        p[3] = vec![0.0, 0.5, 0.5];
        assert!(multinomial_recalibration(&class, &p, 0.95).unwrap_err().0.contains("exactly 0"));
        p[3] = vec![0.5, 0.5];
        assert!(multinomial_recalibration(&class, &p, 0.95).unwrap_err().0.contains("case 4"));
        assert!(multinomial_recalibration(&[], &[], 0.95).is_err());
    }
}
