//! The two-by-two table of a prediction at a threshold, and what is read off it.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Method, undefined};
use super::normal;
use super::proportion::{ProportionInterval, proportion};

/// Counts of a yes-or-no prediction against the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Events predicted as events.
    pub true_positives: u64,
    /// Non-events predicted as events.
    pub false_positives: u64,
    /// Events predicted as non-events.
    pub false_negatives: u64,
    /// Non-events predicted as non-events.
    pub true_negatives: u64,
}

/// A ratio of two counts, or why there is none.
fn share(part: u64, whole: u64, of: &str) -> Defined<f64> {
    if whole == 0 {
        undefined!("there are no {of}");
    }
    Ok(part as f64 / whole as f64)
}

impl Confusion {
    /// Counts predictions.
    ///
    /// # Errors
    /// Lengths that differ.
    pub fn new(event: &[bool], predicted: &[bool]) -> Defined<Self> {
        if event.len() != predicted.len() {
            undefined!("{} outcomes but {} predictions", event.len(), predicted.len());
        }
        let count = |e: bool, p: bool| event.iter().zip(predicted).filter(|x| *x == (&e, &p)).count() as u64;
        Ok(Confusion {
            true_positives: count(true, true),
            false_positives: count(false, true),
            false_negatives: count(true, false),
            true_negatives: count(false, false),
        })
    }

    /// Counts scores at or above a threshold as positive.
    ///
    /// # Errors
    /// Lengths that differ, a score that is not a number.
    pub fn at(event: &[bool], score: &[f64], threshold: f64) -> Defined<Self> {
        if let Some(i) = score.iter().position(|x| x.is_nan()) {
            undefined!("the score of case {} is not a number", i + 1);
        }
        Self::new(event, &score.iter().map(|&x| x >= threshold).collect::<Vec<bool>>())
    }

    /// Events.
    pub fn events(&self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Non-events.
    pub fn nonevents(&self) -> u64 {
        self.false_positives + self.true_negatives
    }

    /// Predicted events.
    pub fn positives(&self) -> u64 {
        self.true_positives + self.false_positives
    }

    /// Predicted non-events.
    pub fn negatives(&self) -> u64 {
        self.false_negatives + self.true_negatives
    }

    /// All cases.
    pub fn total(&self) -> u64 {
        self.events() + self.nonevents()
    }

    /// Share of the events that are predicted (recall, true positive rate).
    pub fn sensitivity(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.true_positives, self.events(), level, interval)
    }

    /// Share of the non-events that are predicted as such.
    pub fn specificity(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.true_negatives, self.nonevents(), level, interval)
    }

    /// Positive predictive value (precision): share of the predicted events that are events.
    pub fn ppv(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.true_positives, self.positives(), level, interval)
    }

    /// Negative predictive value: share of the predicted non-events that are non-events.
    pub fn npv(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.true_negatives, self.negatives(), level, interval)
    }

    /// Share of the cases that are predicted right.
    pub fn accuracy(&self, level: f64, interval: ProportionInterval) -> Defined<Estimate> {
        proportion(self.true_positives + self.true_negatives, self.total(), level, interval)
    }

    /// Mean of sensitivity and specificity.
    pub fn balanced_accuracy(&self) -> Defined<f64> {
        Ok(0.5
            * (share(self.true_positives, self.events(), "events")?
                + share(self.true_negatives, self.nonevents(), "non-events")?))
    }

    /// Harmonic mean of PPV and sensitivity, 2 TP / (2 TP + FP + FN).
    pub fn f1(&self) -> Defined<f64> {
        share(2 * self.true_positives, self.events() + self.positives(), "events, predicted or real")
    }

    /// Matthews' correlation of prediction and outcome.
    ///
    /// # Errors
    /// Outcomes or predictions all alike (scikit-learn prints 0 there).
    pub fn mcc(&self) -> Defined<f64> {
        let margins = [self.events(), self.nonevents(), self.positives(), self.negatives()];
        if margins.contains(&0) {
            undefined!("outcomes or predictions are all alike: no correlation");
        }
        let product = |a: u64, b: u64| a as f64 * b as f64;
        let cross = product(self.true_positives, self.true_negatives) - product(self.false_positives, self.false_negatives);
        Ok(cross / margins.iter().map(|&x| (x as f64).sqrt()).product::<f64>())
    }

    /// Cohen's kappa: agreement of prediction and outcome beyond chance.
    ///
    /// # Errors
    /// Outcomes and predictions all alike.
    pub fn kappa(&self) -> Defined<f64> {
        let n = self.total() as f64;
        if n == 0.0 {
            undefined!("no cases");
        }
        let observed = (self.true_positives + self.true_negatives) as f64 / n;
        let chance =
            (self.events() as f64 * self.positives() as f64 + self.nonevents() as f64 * self.negatives() as f64) / (n * n);
        if chance == 1.0 {
            undefined!("outcomes and predictions are all alike: no agreement beyond chance is possible");
        }
        Ok((observed - chance) / (1.0 - chance))
    }

    /// Youden's J = sensitivity + specificity − 1. The interval adds up the ends of the exact intervals of both (as R's `epiR`), which is
    /// wider than it need be.
    pub fn youden(&self, level: f64) -> Defined<Estimate> {
        let sensitivity = self.sensitivity(level, ProportionInterval::ClopperPearson)?;
        let specificity = self.specificity(level, ProportionInterval::ClopperPearson)?;
        let add = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a + b - 1.0);
        Ok(Estimate {
            value: sensitivity.value + specificity.value - 1.0,
            se: None,
            lower: add(sensitivity.lower, specificity.lower),
            upper: add(sensitivity.upper, specificity.upper),
            level,
            method: Method::ClopperPearson,
        })
    }

    /// Positive likelihood ratio, sensitivity / (1 − specificity).
    ///
    /// # Errors
    /// No events, or no false positives.
    pub fn positive_likelihood_ratio(&self, level: f64) -> Defined<Estimate> {
        risk_ratio((self.true_positives, self.events()), (self.false_positives, self.nonevents()), level)
    }

    /// Negative likelihood ratio, (1 − sensitivity) / specificity.
    ///
    /// # Errors
    /// No events, or no true negatives.
    pub fn negative_likelihood_ratio(&self, level: f64) -> Defined<Estimate> {
        risk_ratio((self.false_negatives, self.events()), (self.true_negatives, self.nonevents()), level)
    }

    /// Diagnostic odds ratio, TP · TN / (FP · FN), with Woolf's interval.
    ///
    /// # Errors
    /// No false positives or no false negatives.
    pub fn diagnostic_odds_ratio(&self, level: f64) -> Defined<Estimate> {
        let [tp, fp, fne, tn] = [self.true_positives, self.false_positives, self.false_negatives, self.true_negatives];
        if fp == 0 || fne == 0 {
            undefined!("a diagnostic odds ratio needs false positives and false negatives");
        }
        let value = tp as f64 * tn as f64 / (fp as f64 * fne as f64);
        let variance: f64 = [tp, fp, fne, tn].iter().map(|&x| 1.0 / x as f64).sum();
        Ok(log_interval(value, variance, level))
    }
}

/// Ratio of two proportions with its interval on the log scale.
fn risk_ratio(first: (u64, u64), second: (u64, u64), level: f64) -> Defined<Estimate> {
    if first.1 == 0 || second.1 == 0 || second.0 == 0 {
        undefined!("a likelihood ratio of {} of {} to {} of {}", first.0, first.1, second.0, second.1);
    }
    let p = |(x, n): (u64, u64)| x as f64 / n as f64;
    let part = |(x, n): (u64, u64)| 1.0 / x as f64 - 1.0 / n as f64;
    Ok(log_interval(p(first) / p(second), part(first) + part(second), level))
}

/// exp(ln value ± z √variance); a value of 0 has no interval.
fn log_interval(value: f64, variance: f64, level: f64) -> Estimate {
    if value == 0.0 || !variance.is_finite() {
        return Estimate { level, ..Estimate::point(value) };
    }
    let factor = (normal::critical(level) * variance.sqrt()).exp();
    Estimate::with_interval(value, Some(value * variance.sqrt()), value / factor, value * factor, level, Method::Log)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_by_hand() {
        let table = Confusion { true_positives: 30, false_positives: 10, false_negatives: 20, true_negatives: 40 };
        assert_eq!(table.balanced_accuracy().unwrap(), 0.7);
        assert!((table.f1().unwrap() - 60.0 / 90.0).abs() < 1e-15);
        assert!((table.mcc().unwrap() - 1000.0 / (50.0 * 50.0 * 40.0 * 60.0f64).sqrt()).abs() < 1e-15);
        assert!((table.kappa().unwrap() - 0.4).abs() < 1e-15);
        assert!((table.diagnostic_odds_ratio(0.95).unwrap().value - 6.0).abs() < 1e-15);
        assert!((table.positive_likelihood_ratio(0.95).unwrap().value - 3.0).abs() < 1e-15);
    }

    #[test]
    fn what_is_undefined_is_not_zero() {
        let never = Confusion::at(&[true, false, false], &[0.1, 0.2, 0.3], 0.5).unwrap();
        assert!(never.ppv(0.95, ProportionInterval::Wilson).is_err());
        assert!(never.mcc().is_err());
        assert_eq!(never.f1(), Ok(0.0));
        assert!(never.positive_likelihood_ratio(0.95).is_err());
        let none = Confusion::new(&[], &[]).unwrap();
        assert!(none.kappa().is_err() && none.f1().is_err() && none.balanced_accuracy().is_err());
        assert!(Confusion::at(&[true], &[f64::NAN], 0.5).is_err());
    }
}
