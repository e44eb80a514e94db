//! Net reclassification improvement: does a new model move events up and non-events down? The two are always shown apart.
//!
//! The z tests of the NRI reject far too often, worst when both models were fitted on the cases they are tested on (a third of the time for
//! pure noise). Report intervals from the bootstrap, and the NRI after recalibration ([`super::recalibrate`]), before believing one.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Test, undefined};
use super::normal;

/// Which way each case moves from the standard model to the new one: +1 up, −1 down, 0 stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Movements<'a> {
    event: &'a [bool],
    movement: Vec<i8>,
}

/// The category of a risk: how many cut points are at or below it. Categories are closed on the left, a risk equal to a cut is in the
/// higher one.
pub fn category(risk: f64, cuts: &[f64]) -> usize {
    cuts.iter().filter(|&&cut| risk >= cut).count()
}

fn check(event: &[bool], standard: &[f64], new: &[f64]) -> Defined<()> {
    if standard.len() != event.len() || new.len() != event.len() {
        undefined!("{} outcomes but {} and {} risks", event.len(), standard.len(), new.len());
    }
    if let Some(i) = (0..event.len()).find(|&i| standard[i].is_nan() || new[i].is_nan()) {
        undefined!("a risk of case {} is not a number", i + 1);
    }
    Ok(())
}

fn check_cuts(cuts: &[f64]) -> Defined<()> {
    if cuts.is_empty() || cuts.windows(2).any(|w| w[0] >= w[1]) || !cuts.iter().all(|c| *c > 0.0 && *c < 1.0) {
        undefined!("risk categories need ascending cut points between 0 and 1, not {cuts:?}");
    }
    Ok(())
}

impl<'a> Movements<'a> {
    fn by(event: &'a [bool], standard: &[f64], new: &[f64], step: impl Fn(f64, f64) -> i8) -> Defined<Self> {
        check(event, standard, new)?;
        Ok(Movements { event, movement: standard.iter().zip(new).map(|(&s, &n)| step(s, n)).collect() })
    }

    /// Between categories of risk with these cut points (see [`category`]).
    ///
    /// # Errors
    /// Lengths that differ, a risk that is not a number, cut points that do not ascend between 0 and 1.
    pub fn between_categories(event: &'a [bool], standard: &[f64], new: &[f64], cuts: &[f64]) -> Defined<Self> {
        check_cuts(cuts)?;
        Self::by(event, standard, new, |s, n| match category(n, cuts).cmp(&category(s, cuts)) {
            std::cmp::Ordering::Greater => 1,
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
        })
    }

    /// Category-free: any change of risk counts, however small.
    ///
    /// # Errors
    /// Lengths that differ, a risk that is not a number.
    pub fn category_free(event: &'a [bool], standard: &[f64], new: &[f64]) -> Defined<Self> {
        Self::by(event, standard, new, |s, n| i8::from(n > s) - i8::from(n < s))
    }

    /// Changes of risk by more than `delta`.
    ///
    /// # Errors
    /// Lengths that differ, a risk that is not a number.
    pub fn larger_than(event: &'a [bool], standard: &[f64], new: &[f64], delta: f64) -> Defined<Self> {
        Self::by(event, standard, new, |s, n| i8::from(n - s > delta) - i8::from(s - n > delta))
    }

    /// Counts all cases.
    ///
    /// # Errors
    /// Only one class.
    pub fn count(&self) -> Defined<Reclassification> {
        self.count_of(0..self.event.len())
    }

    /// Counts the cases at these positions, each as often as it is named (a bootstrap resample).
    ///
    /// # Errors
    /// Only one class among them.
    pub fn count_of(&self, index: impl IntoIterator<Item = usize>) -> Defined<Reclassification> {
        let mut r = Reclassification::default();
        for i in index {
            let class = if self.event[i] { &mut r.events } else { &mut r.nonevents };
            class.cases += 1;
            match self.movement[i] {
                1 => class.up += 1,
                -1 => class.down += 1,
                _ => {}
            }
        }
        if r.events.cases == 0 || r.nonevents.cases == 0 {
            undefined!("{} events and {} non-events: reclassification needs both", r.events.cases, r.nonevents.cases);
        }
        Ok(r)
    }
}

/// How many cases of one class moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moved {
    /// All cases of the class.
    pub cases: u64,
    /// To higher risk.
    pub up: u64,
    /// To lower risk.
    pub down: u64,
}

/// Which variance of the NRI. Published tables use both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NriVariance {
    /// As estimated, (u + d)/n² − (u − d)²/n³: right for intervals (R's `Hmisc`).
    #[default]
    Estimated,
    /// As if nothing had improved, (u + d)/n²: the test statistic of Pencina 2008.
    Null,
}

impl Moved {
    /// Share that moved up.
    pub fn share_up(&self) -> f64 {
        self.up as f64 / self.cases as f64
    }

    /// Share that moved down.
    pub fn share_down(&self) -> f64 {
        self.down as f64 / self.cases as f64
    }

    fn variance(&self, convention: NriVariance) -> f64 {
        let n = self.cases as f64;
        let null = (self.up + self.down) as f64 / (n * n);
        match convention {
            NriVariance::Null => null,
            NriVariance::Estimated => null - (self.up as f64 - self.down as f64).powi(2) / (n * n * n),
        }
    }
}

/// What the new model did to events and non-events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reclassification {
    /// Events; up is right.
    pub events: Moved,
    /// Non-events; down is right.
    pub nonevents: Moved,
}

impl Reclassification {
    /// Event NRI: share of the events moved up less share moved down.
    pub fn event_nri(&self, level: f64, variance: NriVariance) -> Estimate {
        let value = self.events.share_up() - self.events.share_down();
        Estimate::normal(value, self.events.variance(variance).max(0.0).sqrt(), level)
    }

    /// Non-event NRI: share of the non-events moved down less share moved up.
    pub fn nonevent_nri(&self, level: f64, variance: NriVariance) -> Estimate {
        let value = self.nonevents.share_down() - self.nonevents.share_up();
        Estimate::normal(value, self.nonevents.variance(variance).max(0.0).sqrt(), level)
    }

    /// The sum of both, from −2 to 2. It weighs an event as much as a non-event whatever the prevalence: never show it alone.
    pub fn nri(&self, level: f64, variance: NriVariance) -> Estimate {
        let value = self.event_nri(level, variance).value + self.nonevent_nri(level, variance).value;
        let total = self.events.variance(variance) + self.nonevents.variance(variance);
        Estimate::normal(value, total.max(0.0).sqrt(), level)
    }

    /// z of the NRI. It is anti-conservative (see the module): for comparison with published tables.
    ///
    /// # Errors
    /// No variance: no case moved, or all of each class moved the same way.
    pub fn test(&self, variance: NriVariance) -> Defined<Test> {
        let nri = self.nri(Estimate::LEVEL, variance);
        match nri.se {
            Some(se) if se > 0.0 => {
                let z = nri.value / se;
                Ok(Test { statistic: z, df: None, p: normal::two_sided(z) })
            }
            _ => undefined!("the estimated variance of the NRI is 0: no test"),
        }
    }
}

/// Cross-tables of risk categories: rows by the standard model, columns by the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReclassificationTable {
    /// Of the events.
    pub events: Vec<Vec<u64>>,
    /// Of the non-events.
    pub nonevents: Vec<Vec<u64>>,
}

/// Counts the cross-tables of risk categories.
///
/// # Errors
/// As [`Movements::between_categories`].
pub fn reclassification_table(event: &[bool], standard: &[f64], new: &[f64], cuts: &[f64]) -> Defined<ReclassificationTable> {
    check(event, standard, new)?;
    check_cuts(cuts)?;
    let empty = vec![vec![0; cuts.len() + 1]; cuts.len() + 1];
    let mut table = ReclassificationTable { events: empty.clone(), nonevents: empty };
    for i in 0..event.len() {
        let of_class = if event[i] { &mut table.events } else { &mut table.nonevents };
        of_class[category(standard[i], cuts)][category(new[i], cuts)] += 1;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: [bool; 6] = [true, true, true, false, false, false];

    #[test]
    fn a_risk_on_a_cut_is_in_the_higher_category() {
        assert_eq!([0.09, 0.1, 0.2, 0.9].map(|p| category(p, &[0.1, 0.2])), [0, 1, 2, 2]);
        let old = [0.05, 0.15, 0.3, 0.1, 0.2, 0.3];
        let new = [0.10, 0.05, 0.4, 0.05, 0.2, 0.1];
        let moved = Movements::between_categories(&EVENT, &old, &new, &[0.1, 0.2]).unwrap().count().unwrap();
        assert_eq!(moved.events, Moved { cases: 3, up: 1, down: 1 });
        assert_eq!(moved.nonevents, Moved { cases: 3, up: 0, down: 2 });
        let table = reclassification_table(&EVENT, &old, &new, &[0.1, 0.2]).unwrap();
        assert_eq!(table.events, [[0, 1, 0], [1, 0, 0], [0, 0, 1]]);
    }

    #[test]
    fn nothing_moved_and_what_cannot_be_counted() {
        let p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        let same = Movements::category_free(&EVENT, &p, &p).unwrap().count().unwrap();
        assert_eq!(same.nri(0.95, NriVariance::Estimated).value, 0.0);
        assert!(same.test(NriVariance::Null).is_err());
        assert!(Movements::category_free(&EVENT, &p, &p[1..]).is_err());
        assert!(Movements::category_free(&[true; 6], &p, &p).unwrap().count().is_err());
        for cuts in [&[][..], &[0.2, 0.1], &[0.0], &[f64::NAN]] {
            assert!(Movements::between_categories(&EVENT, &p, &p, cuts).is_err());
        }
        let mut holes = p;
        holes[2] = f64::NAN;
        assert!(Movements::category_free(&EVENT, &p, &holes).is_err());
    }

    #[test]
    fn turning_the_comparison_round_turns_the_sign() {
        let old = [0.3, 0.2, 0.6, 0.1, 0.5, 0.4];
        let new = [0.4, 0.3, 0.5, 0.2, 0.3, 0.1];
        let there = Movements::category_free(&EVENT, &old, &new).unwrap().count().unwrap();
        let back = Movements::category_free(&EVENT, &new, &old).unwrap().count().unwrap();
        let (a, b) = (there.nri(0.95, NriVariance::Estimated), back.nri(0.95, NriVariance::Estimated));
        assert!((a.value + b.value).abs() < 1e-15 && a.se == b.se);
        assert!((a.value - 2.0 / 3.0).abs() < 1e-15);
    }
}
