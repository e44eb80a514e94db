//! A proportion with its confidence interval: sensitivity, specificity, predictive values, accuracy.

use serde::{Deserialize, Serialize};

use super::beta::beta_quantile;
use super::estimate::{Defined, Estimate, Method, undefined};
use super::normal;

/// How the interval of a proportion is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProportionInterval {
    /// Wilson's score interval: the proportions that a score test would not reject. The default: right at small n and near 0 and 1.
    #[default]
    Wilson,
    /// Clopper and Pearson's exact interval: never too short, often too long.
    ClopperPearson,
    /// Agresti and Coull: a Wald interval about Wilson's centre; may leave [0, 1].
    AgrestiCoull,
    /// Equal-tailed posterior interval under Jeffreys' prior; its end is 0 (or 1) if no (or every) trial succeeds.
    Jeffreys,
    /// p ± z √(p (1 − p)/n): has no width at 0 and 1, may leave [0, 1]; for comparison with older papers only.
    Wald,
}

/// `successes` of `trials`, with an interval.
///
/// # Definition
/// With p = x/n and z the normal quantile: Wilson (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n); Clopper–Pearson: quantiles
/// α/2 of Beta(x, n − x + 1) and 1 − α/2 of Beta(x + 1, n − x); Jeffreys: both of Beta(x + ½, n − x + ½); Agresti–Coull: Wald with
/// z²/2 successes and as many failures added.
///
/// # Errors
/// No trial, or more successes than trials.
///
/// # Reference
/// Brown, Cai & DasGupta, Stat Sci 2001;16:101.
pub fn proportion(successes: u64, trials: u64, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
    if trials == 0 {
        undefined!("a proportion of 0 cases");
    }
    if successes > trials {
        undefined!("{successes} of {trials} is no proportion");
    }
    let (x, n) = (successes as f64, trials as f64);
    let p = x / n;
    let z = normal::critical(level);
    let (tail, body) = (0.5 * (1.0 - level), 0.5 * (1.0 + level));
    let wald = |p: f64, n: f64| {
        let half = z * (p * (1.0 - p) / n).sqrt();
        (p - half, p + half)
    };
    let (lower, upper) = match interval {
        ProportionInterval::Wilson => {
            let centre = p + z * z / (2.0 * n);
            let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
            let scale = 1.0 + z * z / n;
            // At 0 and 1 the end is exact; the formula would leave rounding there.
            let lower = if successes == 0 { 0.0 } else { (centre - half) / scale };
            (lower, if successes == trials { 1.0 } else { (centre + half) / scale })
        }
        ProportionInterval::ClopperPearson => {
            let lower = if successes == 0 { 0.0 } else { beta_quantile(x, n - x + 1.0, tail, body).0 };
            (lower, if successes == trials { 1.0 } else { beta_quantile(x + 1.0, n - x, body, tail).0 })
        }
        ProportionInterval::AgrestiCoull => wald((x + 0.5 * z * z) / (n + z * z), n + z * z),
        ProportionInterval::Jeffreys => {
            let end = |p, q| beta_quantile(x + 0.5, n - x + 0.5, p, q).0;
            let lower = if successes == 0 { 0.0 } else { end(tail, body) };
            (lower, if successes == trials { 1.0 } else { end(body, tail) })
        }
        ProportionInterval::Wald => wald(p, n),
    };
    let method = match interval {
        ProportionInterval::Wilson => Method::Wilson,
        ProportionInterval::ClopperPearson => Method::ClopperPearson,
        ProportionInterval::AgrestiCoull => Method::AgrestiCoull,
        ProportionInterval::Jeffreys => Method::Jeffreys,
        ProportionInterval::Wald => Method::Wald,
    };
    Ok(Estimate::with_interval(p, Some((p * (1.0 - p) / n).sqrt()), lower, upper, level, method))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::beta::binomial_cdf;

    #[test]
    fn ends_satisfy_what_defines_them() {
        let (x, n) = (7, 40);
        let exact = proportion(x, n, 0.95, ProportionInterval::ClopperPearson).unwrap();
        assert!((binomial_cdf(x, n, exact.upper.unwrap()) - 0.025).abs() < 1e-12);
        assert!((1.0 - binomial_cdf(x - 1, n, exact.lower.unwrap()) - 0.025).abs() < 1e-12);
        let wilson = proportion(x, n, 0.95, ProportionInterval::Wilson).unwrap();
        for end in [wilson.lower.unwrap(), wilson.upper.unwrap()] {
            let z = (0.175 - end) / (end * (1.0 - end) / 40.0).sqrt();
            assert!((z.abs() - normal::critical(0.95)).abs() < 1e-12);
        }
    }

    #[test]
    fn none_all_and_nothing() {
        for interval in [ProportionInterval::Wilson, ProportionInterval::ClopperPearson, ProportionInterval::Jeffreys] {
            assert_eq!(proportion(0, 9, 0.95, interval).unwrap().lower, Some(0.0));
            assert_eq!(proportion(9, 9, 0.95, interval).unwrap().upper, Some(1.0));
            assert!(proportion(9, 9, 0.95, interval).unwrap().lower.unwrap() < 0.9);
        }
        // The rule of three: none of n, the exact upper end is 1 − (α/2)^(1/n).
        let none = proportion(0, 30, 0.95, ProportionInterval::ClopperPearson).unwrap();
        assert!((none.upper.unwrap() - (1.0 - 0.025f64.powf(1.0 / 30.0))).abs() < 1e-14);
        assert!(proportion(0, 0, 0.95, ProportionInterval::Wilson).is_err());
        assert!(proportion(2, 1, 0.95, ProportionInterval::Wilson).is_err());
    }
}
