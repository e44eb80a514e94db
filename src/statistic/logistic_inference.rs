//! Inference on a logistic regression that needs further fits: profile-likelihood intervals, tests of dropped terms,
//! collinearity of coefficients.

use super::estimate::{Defined, Estimate, Method, Test, undefined};
use super::fit_error::FitError;
use super::linear::{Cholesky, Square};
use super::logistic::{LogisticData, LogisticFit, Standardised, likelihood_ratio, logistic};
use super::newton::{COLLINEAR, Stop, maximise_along};
use super::normal;

/// Profile-likelihood interval of coefficient `j` (0 is the intercept) on the log-odds scale.
///
/// # Definition
/// Both values b at which the deviance, maximised over the other coefficients with βⱼ held at b, exceeds its minimum by the `level`
/// quantile of χ² on 1 degree of freedom. They are solved for exactly; R's `confint` interpolates a profile and differs by up to 1e-4.
///
/// # Reference
/// Venzon and Moolgavkar, Applied Statistics 1988;37:87.
pub fn profile_interval(data: &LogisticData, j: usize, level: f64) -> Result<Estimate, FitError> {
    data.check()?;
    let likelihood = Standardised::new(data)?;
    let maximum = likelihood.maximise(Stop::Converged)?;
    let a = likelihood.functional(j);
    let estimate: f64 = a.iter().zip(&maximum.beta).map(|(a, b)| a * b).sum();
    let se = maximum.information.half_solve(&a).iter().map(|x| x * x).sum::<f64>().sqrt();
    let z = normal::critical(level);
    let bound = |side: f64| -> Result<f64, FitError> {
        let mut at = estimate + side * z * se;
        let mut start = maximum.beta.clone();
        // The signed root of the deviance is nearly a straight line in b: Newton's method on it needs a few steps.
        for _ in 0..60 {
            let (deviance, slope, beta) = maximise_along(&likelihood, &a, at, &start)?;
            let root = (deviance - maximum.deviance).max(0.0).sqrt();
            if (root - z).abs() <= 1e-10 * z {
                return Ok(at);
            }
            let moved = if root > 0.0 && slope != 0.0 { (root - z) * root / slope } else { side * se };
            let next = at + moved;
            // Never across the estimate, never further than three times the present distance.
            let distance = (next - estimate) * side;
            let present = (at - estimate) * side;
            at = estimate + side * distance.clamp(0.2 * present, 3.0 * present);
            start = beta;
        }
        Err(FitError::NoConvergence { iterations: 60 })
    };
    Ok(Estimate::with_interval(estimate, Some(se), bound(-1.0)?, bound(1.0)?, level, Method::ProfileLikelihood))
}

/// The deviance with coefficient `j` (0 is the intercept) held at `value` and the others refitted: the profile itself.
pub fn profile_deviance(data: &LogisticData, j: usize, value: f64) -> Result<f64, FitError> {
    data.check()?;
    let likelihood = Standardised::new(data)?;
    let maximum = likelihood.maximise(Stop::Converged)?;
    Ok(maximise_along(&likelihood, &likelihood.functional(j), value, &maximum.beta)?.0)
}

/// Likelihood-ratio test of each term given all the others (R: `drop1(test = "LRT")`); a term is a set of columns, e.g. the indicators of a
/// category.
pub fn drop_term_tests(data: &LogisticData, terms: &[Vec<usize>]) -> Result<Vec<Test>, FitError> {
    let full = logistic(data)?;
    terms
        .iter()
        .map(|term| {
            let kept: Vec<&[f64]> =
                data.columns.iter().enumerate().filter(|(j, _)| !term.contains(j)).map(|(_, column)| *column).collect();
            let smaller = logistic(&LogisticData { columns: &kept, ..*data })?;
            likelihood_ratio(smaller.deviance, full.deviance, data.columns.len() - kept.len())
                .ok_or(FitError::TooFewCases { cases: full.cases, parameters: 0 })
        })
        .collect()
}

/// Variance inflation factor of every column.
///
/// # Definition
/// Diagonal of the inverse of the correlation matrix of the slopes' estimates: how many times collinearity with the other columns
/// multiplies the variance of a coefficient. 1 means none; above 10 a coefficient can hardly be interpreted.
///
/// # Reference
/// Davis et al., American Journal of Epidemiology 1986;123:701. `rms::vif`.
pub fn variance_inflation(fit: &LogisticFit) -> Defined<Vec<f64>> {
    let p = fit.coefficients.len() - 1;
    let mut correlation = Square::zeros(p);
    for i in 0..p {
        for j in 0..p {
            correlation[(i, j)] = fit.covariance[i + 1][j + 1] / (fit.se(i + 1) * fit.se(j + 1));
        }
    }
    match Cholesky::new(&correlation, COLLINEAR) {
        Ok(factor) => {
            let inverse = factor.inverse();
            Ok((0..p).map(|j| inverse[(j, j)]).collect())
        }
        Err(column) => undefined!("the coefficient of column {} is a combination of the others", column + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let event = (0..50).map(|i| (i * 17) % 23 < 6 + i / 8).collect();
        let x = (0..50).map(|i| f64::from((i * 7) % 19)).collect();
        let z = (0..50).map(f64::from).collect();
        (event, x, z)
    }

    #[test]
    fn the_profile_of_an_intercept_alone_is_the_binomial_likelihood() {
        // 7 of 20: 2 (l(p̂) − l(p)) = 3.84 has its roots where the closed form says.
        let event: Vec<bool> = (0..20).map(|i| i < 7).collect();
        let interval = profile_interval(&LogisticData::new(&event, &[]), 0, 0.95).unwrap();
        let loglik = |b: f64| 7.0 * b - 20.0 * b.exp().ln_1p();
        let z = normal::critical(0.95);
        for bound in [interval.lower.unwrap(), interval.upper.unwrap()] {
            assert!((2.0 * (loglik(interval.value) - loglik(bound)) - z * z).abs() < 1e-8);
        }
    }

    #[test]
    fn the_bounds_solve_the_profile_equation() {
        let (event, x, z) = data();
        let columns: [&[f64]; 2] = [&x, &z];
        let data = LogisticData::new(&event, &columns);
        let full = logistic(&data).unwrap();
        let interval = profile_interval(&data, 2, 0.9).unwrap();
        for bound in [interval.lower.unwrap(), interval.upper.unwrap()] {
            let offset: Vec<f64> = z.iter().map(|z| bound * z).collect();
            let held = logistic(&LogisticData::new(&event, &[&x]).with_offset(&offset)).unwrap();
            let critical = normal::critical(0.9);
            assert!((held.deviance - full.deviance - critical * critical).abs() < 1e-8);
        }
    }

    #[test]
    fn dropping_the_only_term_is_the_model_test() {
        let (event, x, z) = data();
        let columns: [&[f64]; 2] = [&x, &z];
        let data = LogisticData::new(&event, &columns);
        let tests = drop_term_tests(&data, &[vec![0, 1]]).unwrap();
        let model = logistic(&data).unwrap().model_test().unwrap();
        assert!((tests[0].statistic - model.statistic).abs() < 1e-10);
        assert_eq!(tests[0].df, Some(2.0));
    }

    #[test]
    fn one_column_is_not_inflated() {
        let (event, x, _) = data();
        let fit = logistic(&LogisticData::new(&event, &[&x])).unwrap();
        assert!((variance_inflation(&fit).unwrap()[0] - 1.0).abs() < 1e-14);
    }
}
