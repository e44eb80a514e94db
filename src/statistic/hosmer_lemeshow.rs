//! The Hosmer–Lemeshow test, because papers report it. It depends on the arbitrary grouping and has little power; prefer the calibration
//! curve, intercept and slope.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Test, undefined};
use super::grouping::{Grouping, group};
use super::normal;
use super::scoring::check;

/// The test with its table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HosmerLemeshow {
    /// χ² and its p-value.
    pub test: Test,
    /// One row per group, lowest predictions first.
    pub groups: Vec<Group>,
}

/// A group of cases with similar predictions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Cases.
    pub cases: usize,
    /// Cases with the event.
    pub events: usize,
    /// Sum of the predictions.
    pub expected_events: f64,
    /// Lowest prediction.
    pub lowest: f64,
    /// Highest prediction.
    pub highest: f64,
}

/// Which cases the predictions are tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestedOn {
    /// Those that the model was fitted to: g − 2 degrees of freedom.
    FittedCases,
    /// Others: g degrees of freedom. (R's `hoslem.test` always takes g − 2.)
    OtherCases,
}

/// Hosmer and Lemeshow's χ² of observed against expected events in groups of similar predictions.
///
/// # Definition
/// Σ over groups of (O₁ − E₁)² / E₁ + (O₀ − E₀)² / E₀. The degrees of freedom count the groups asked for, as R's `hoslem.test` does, also where
/// equal predictions leave fewer; the test is conservative then.
///
/// # Reference
/// Hosmer and Lemeshow, Communications in Statistics A 1980;9:1043.
pub fn hosmer_lemeshow(event: &[bool], p: &[f64], grouping: Grouping, on: TestedOn) -> Defined<HosmerLemeshow> {
    check(event, p)?;
    let (member, count) = group(p, grouping)?;
    if count < 2 {
        undefined!("all predictions fall into one group");
    }
    let empty = Group { cases: 0, events: 0, expected_events: 0.0, lowest: f64::INFINITY, highest: f64::NEG_INFINITY };
    let mut groups = vec![empty; count];
    // Summed apart, so that nothing cancels where predictions are near 1.
    let mut expected_others = vec![0.0; count];
    for ((&g, &e), &p) in member.iter().zip(event).zip(p) {
        let group = &mut groups[g];
        group.cases += 1;
        group.events += usize::from(e);
        group.expected_events += p;
        expected_others[g] += 1.0 - p;
        group.lowest = group.lowest.min(p);
        group.highest = group.highest.max(p);
    }
    let mut statistic = 0.0;
    for (g, expected_others) in groups.iter().zip(expected_others) {
        let (events, others) = (g.events as f64, (g.cases - g.events) as f64);
        for (o, e) in [(events, g.expected_events), (others, expected_others)] {
            if e > 0.0 {
                statistic += (o - e) * (o - e) / e;
            } else if o > 0.0 {
                undefined!("a group had an outcome that was predicted to be impossible");
            }
        }
    }
    let asked = match grouping {
        Grouping::Quantiles(g) | Grouping::EqualSize(g) => g,
        Grouping::EqualWidth(_) => count,
    };
    let df = match on {
        TestedOn::FittedCases => asked as f64 - 2.0,
        TestedOn::OtherCases => asked as f64,
    };
    if df < 1.0 {
        undefined!("{asked} groups leave no degree of freedom");
    }
    Ok(HosmerLemeshow { test: Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) }, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_by_hand() {
        let p = [0.1, 0.2, 0.1, 0.2, 0.7, 0.8, 0.7, 0.8];
        let event = [false, false, false, true, true, true, true, false];
        let found = hosmer_lemeshow(&event, &p, Grouping::EqualSize(2), TestedOn::OtherCases).unwrap();
        let term = |o: f64, e: f64| (o - e).powi(2) / e;
        let expected = term(1.0, 0.6) + term(3.0, 3.4) + term(3.0, 3.0) + term(1.0, 1.0);
        assert!((found.test.statistic - expected).abs() < 1e-12);
        assert_eq!(found.test.df, Some(2.0));
        assert_eq!(found.groups.iter().map(|g| g.events).collect::<Vec<_>>(), [1, 3]);
        assert!(hosmer_lemeshow(&event, &p, Grouping::EqualSize(2), TestedOn::FittedCases).is_err());
    }

    #[test]
    fn constant_predictions_have_one_group() {
        assert!(hosmer_lemeshow(&[true, false], &[0.5, 0.5], Grouping::Quantiles(10), TestedOn::FittedCases).is_err());
    }
}
