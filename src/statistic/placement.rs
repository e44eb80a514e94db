//! Placements: where each case stands among the cases of the other class. DeLong's structural components, in whole numbers.
//!
//! A placement counts how many cases of the other class a case beats, ties for a half. Doubled, it is an integer, so sums of
//! products are exact: identical rankings have a difference of exactly 0, and no result depends on the order of summation.

use super::estimate::{Defined, undefined};
use super::rank::Order;

/// The placements of one score.
///
/// # Definition
/// For an event i: V₁₀(i) = (1/n) Σⱼ ψ(xᵢ, yⱼ) over the n non-events; for a non-event j: V₀₁(j) = (1/m) Σᵢ ψ(xᵢ, yⱼ) over the
/// m events; ψ = 1, ½ or 0 as the event's score is higher, equal or lower. AUC = mean V₁₀ = mean V₀₁.
///
/// # Reference
/// DeLong, DeLong & Clarke-Pearson, Biometrics 1988;44:837. Sun & Xu, IEEE Signal Process Lett 2014;21:1389 (by ranks).
#[derive(Debug, Clone, PartialEq)]
pub struct Placements {
    /// 2 n V₁₀ for an event, 2 m V₀₁ for a non-event, at the case's own position.
    doubled: Vec<u32>,
    events: usize,
    nonevents: usize,
    /// Σ 2 n V₁₀ over the events, which equals Σ 2 m V₀₁ over the non-events.
    total: u64,
}

/// The number of events and non-events, if there are both and outcome and score belong together.
pub(crate) fn two_classes(event: &[bool], score: &[f64]) -> Defined<(usize, usize)> {
    if event.len() != score.len() {
        undefined!("{} outcomes but {} scores", event.len(), score.len());
    }
    let events = event.iter().filter(|&&e| e).count();
    let nonevents = event.len() - events;
    match (events, nonevents) {
        (0, 0) => undefined!("no cases"),
        (0, n) => undefined!("no event among {n} cases"),
        (m, 0) => undefined!("no non-event among {m} cases"),
        counts => Ok(counts),
    }
}

impl Placements {
    /// Places every case; one sort and one pass.
    ///
    /// # Errors
    /// Lengths that differ, only one class, a score that is not a number.
    pub fn new(event: &[bool], score: &[f64]) -> Defined<Self> {
        two_classes(event, score)?;
        Ok(Self::from_order(event, &Order::new(score)?))
    }

    /// The same from scores already sorted; there must be events and non-events.
    pub(crate) fn from_order(event: &[bool], order: &Order) -> Self {
        let mut doubled = vec![0u32; event.len()];
        let (mut events_below, mut nonevents_below) = (0u32, 0u32);
        for group in order.groups() {
            let events = group.iter().filter(|&&i| event[i as usize]).count() as u32;
            let nonevents = group.len() as u32 - events;
            for &i in group {
                doubled[i as usize] = if event[i as usize] { 2 * nonevents_below + nonevents } else { 2 * events_below + events };
            }
            events_below += events;
            nonevents_below += nonevents;
        }
        // What was counted for a non-event so far is the events that it beats; its placement is those that beat it.
        let mut total = 0;
        for (placement, &event) in doubled.iter_mut().zip(event) {
            if event {
                total += u64::from(*placement);
            } else {
                *placement = 2 * events_below - *placement;
            }
        }
        Placements { doubled, events: events_below as usize, nonevents: nonevents_below as usize, total }
    }

    /// The area under the ROC curve.
    pub fn auc(&self) -> f64 {
        self.total as f64 / (2.0 * self.events as f64 * self.nonevents as f64)
    }

    /// The number of events.
    pub fn events(&self) -> usize {
        self.events
    }

    /// The number of non-events.
    pub fn nonevents(&self) -> usize {
        self.nonevents
    }

    /// V₁₀ of an event or V₀₁ of a non-event, at position `i`.
    pub fn component(&self, i: usize, event: bool) -> f64 {
        let others = if event { self.nonevents } else { self.events };
        f64::from(self.doubled[i]) / (2.0 * others as f64)
    }

    /// Sums of squares and products about the mean, of two scores of the same cases: Σ (V₁₀ᵃ − θᵃ)(V₁₀ᵇ − θᵇ) over the events
    /// and the same with V₀₁ over the non-events.
    pub(crate) fn cross(&self, other: &Placements, event: &[bool]) -> (f64, f64) {
        // Products are below 2⁶⁴ and a block of them is summed before it is carried into 128 bits.
        let (mut all, mut of_events) = (0u128, 0u128);
        for ((a, b), event) in self.doubled.chunks(BLOCK).zip(other.doubled.chunks(BLOCK)).zip(event.chunks(BLOCK)) {
            let (mut low, mut high, mut low_events, mut high_events) = (0u64, 0u64, 0u64, 0u64);
            for ((&a, &b), &event) in a.iter().zip(b).zip(event) {
                let product = u64::from(a) * u64::from(b);
                let kept = product & (event as u64).wrapping_neg();
                low += product & LOW;
                high += product >> 32;
                low_events += kept & LOW;
                high_events += kept >> 32;
            }
            all += u128::from(low) + (u128::from(high) << 32);
            of_events += u128::from(low_events) + (u128::from(high_events) << 32);
        }
        let product_of_totals = i128::from(self.total) * i128::from(other.total);
        let about_mean = |sum: u128, count: usize, others: usize| {
            let centred = sum as i128 * count as i128 - product_of_totals;
            let others = 2.0 * others as f64;
            centred as f64 / (count as f64 * others * others)
        };
        (about_mean(of_events, self.events, self.nonevents), about_mean(all - of_events, self.nonevents, self.events))
    }
}

const BLOCK: usize = 1 << 16;
const LOW: u64 = 0xffff_ffff;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn psi(event: f64, nonevent: f64) -> f64 {
        if event > nonevent {
            1.0
        } else if event == nonevent {
            0.5
        } else {
            0.0
        }
    }

    #[test]
    fn placements_and_their_products_follow_the_definition() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
        for levels in [2, 5, 1000] {
            let n = 60;
            let event: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
            let draw = |rng: &mut Xoshiro256PlusPlus| (0..n).map(|_| f64::from(rng.gen_range(0..levels))).collect::<Vec<_>>();
            let (a, b) = (draw(&mut rng), draw(&mut rng));
            let component = |score: &[f64], i: usize| {
                let others: Vec<usize> = (0..n).filter(|&j| event[j] != event[i]).collect();
                let wins = |j: usize| if event[i] { psi(score[i], score[j]) } else { psi(score[j], score[i]) };
                others.iter().map(|&j| wins(j)).sum::<f64>() / others.len() as f64
            };
            let (pa, pb) = (Placements::new(&event, &a).unwrap(), Placements::new(&event, &b).unwrap());
            for (i, &class) in event.iter().enumerate() {
                assert!((pa.component(i, class) - component(&a, i)).abs() < 1e-15);
            }
            let (events, nonevents) = pa.cross(&pb, &event);
            for (class, sum) in [(true, events), (false, nonevents)] {
                let direct: f64 = (0..n)
                    .filter(|&i| event[i] == class)
                    .map(|i| (component(&a, i) - pa.auc()) * (component(&b, i) - pb.auc()))
                    .sum();
                assert!((direct - sum).abs() < 1e-13, "{direct} {sum}");
            }
        }
    }
}
