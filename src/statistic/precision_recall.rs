//! Precision (positive predictive value) against recall (sensitivity): discrimination where events are rare. Chance is the prevalence,
//! not ½.

use super::estimate::{Defined, undefined};
use super::rank::Order;

/// Recall and precision at each distinct score taken as threshold, highest first.
fn points(event: &[bool], score: &[f64]) -> Defined<Vec<(f64, f64)>> {
    if event.len() != score.len() {
        undefined!("{} outcomes but {} scores", event.len(), score.len());
    }
    let events = event.iter().filter(|&&e| e).count();
    if events == 0 {
        undefined!("no event among {} cases", event.len());
    }
    let order = Order::new(score)?;
    let groups: Vec<&[u32]> = order.groups().collect();
    let (mut hits, mut positives) = (0usize, 0usize);
    let point = |group: &&[u32]| {
        hits += group.iter().filter(|&&i| event[i as usize]).count();
        positives += group.len();
        (hits as f64 / events as f64, hits as f64 / positives as f64)
    };
    Ok(groups.iter().rev().map(point).collect())
}

/// Average precision: mean of the precision at each threshold, weighted by the recall gained there. No line is drawn between points.
///
/// # Errors
/// Lengths that differ, no event, a score that is not a number.
///
/// # Reference
/// scikit-learn `average_precision_score`.
pub fn average_precision(event: &[bool], score: &[f64]) -> Defined<f64> {
    let mut last = 0.0;
    let step = |&(recall, precision): &(f64, f64)| {
        let gained = recall - last;
        last = recall;
        gained * precision
    };
    Ok(points(event, score)?.iter().map(step).sum())
}

/// The area under the points joined by straight lines from (0, 1): common, and too optimistic; prefer [`average_precision`].
///
/// # Errors
/// As [`average_precision`].
///
/// # Reference
/// Davis & Goadrich, ICML 2006 (why lines mislead here).
pub fn area_by_trapezia(event: &[bool], score: &[f64]) -> Defined<f64> {
    let mut last = (0.0, 1.0);
    let step = |&point: &(f64, f64)| {
        let strip = (point.0 - last.0) * 0.5 * (point.1 + last.1);
        last = point;
        strip
    };
    Ok(points(event, score)?.iter().map(step).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_constant_and_by_hand() {
        let event = [false, true, false, true];
        assert_eq!(average_precision(&event, &[0.1, 0.8, 0.2, 0.9]).unwrap(), 1.0);
        assert_eq!(average_precision(&event, &[0.5; 4]).unwrap(), 0.5);
        // Order: event, non-event, event, non-event: ½·1 + ½·2/3.
        let found = average_precision(&event, &[0.1, 0.4, 0.5, 0.9]).unwrap();
        assert!((found - (0.5 + 1.0 / 3.0)).abs() < 1e-15);
        assert!((area_by_trapezia(&event, &[0.1, 0.4, 0.5, 0.9]).unwrap() - (0.5 + 0.25 * (0.5 + 2.0 / 3.0))).abs() < 1e-15);
        assert!(average_precision(&[false], &[0.5]).is_err());
    }
}
