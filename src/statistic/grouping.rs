//! Dividing predictions into groups, for tests and plots that need them.

use super::estimate::{Defined, undefined};
use super::quantile::{QuantileType, quantiles};

/// How groups of predictions are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Cut at the type-7 quantiles of the predictions, intervals (a, b\], equal quantiles merged (ResourceSelection's `hoslem.test`).
    Quantiles(usize),
    /// Groups of about equal size that never divide equal predictions (Hmisc's `cut2(g = )`).
    EqualSize(usize),
    /// Intervals (a, b\] of equal width over \[0, 1\].
    EqualWidth(usize),
}

/// The group of each prediction, numbered from 0 without gaps, lowest predictions first; and how many groups there are.
pub fn group(p: &[f64], grouping: Grouping) -> Defined<(Vec<usize>, usize)> {
    let count = match grouping {
        Grouping::Quantiles(g) | Grouping::EqualSize(g) | Grouping::EqualWidth(g) => g,
    };
    if count == 0 || p.is_empty() {
        undefined!("{} predictions cannot be put into {count} groups", p.len());
    }
    // Upper ends of all groups but the last; a prediction belongs to the first group whose end it does not exceed.
    let mut ends: Vec<f64> = match grouping {
        Grouping::Quantiles(g) => {
            let levels: Vec<f64> = (0..=g).map(|k| k as f64 * (1.0 / g as f64)).map(|l| l.min(1.0)).collect();
            let Some(mut cuts) = quantiles(p, &levels, QuantileType::Type7) else { undefined!("a prediction is missing") };
            cuts.dedup();
            // The lowest cut is the minimum, which belongs to the first group.
            cuts[1.min(cuts.len() - 1)..cuts.len() - 1].to_vec()
        }
        Grouping::EqualSize(g) => {
            let mut sorted = p.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            // The value at which the cumulative count first reaches k n / g.
            let n = sorted.len() as f64;
            (1..g).map(|k| sorted[((k as f64 * n / g as f64).ceil() as usize).max(1) - 1]).collect()
        }
        Grouping::EqualWidth(g) => (1..g).map(|k| k as f64 * (1.0 / g as f64)).collect(),
    };
    ends.dedup();
    let raw: Vec<usize> = p.iter().map(|p| ends.partition_point(|end| end < p)).collect();
    // Groups without a case vanish.
    let mut used = vec![false; ends.len() + 1];
    raw.iter().for_each(|&g| used[g] = true);
    let mut number = Vec::with_capacity(used.len());
    let mut next = 0;
    for used in used {
        number.push(next);
        next += usize::from(used);
    }
    Ok((raw.into_iter().map(|g| number[g]).collect(), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_predictions_stay_together() {
        let p = [0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5];
        for grouping in [Grouping::EqualSize(4), Grouping::Quantiles(4), Grouping::EqualWidth(4)] {
            let (groups, count) = group(&p, grouping).unwrap();
            assert!(groups[..4].iter().all(|g| *g == 0), "{grouping:?}");
            assert_eq!(*groups.iter().max().unwrap(), count - 1);
            assert!(groups.windows(2).all(|w| w[0] <= w[1]));
        }
    }

    #[test]
    fn boundaries_belong_to_the_group_below() {
        let (groups, _) = group(&[0.0, 0.1, 0.3, 0.7, 0.75, 1.0], Grouping::EqualWidth(10)).unwrap();
        // (0, 0.1], (0.2, 0.3], (0.6, 0.7], (0.7, 0.8], (0.9, 1].
        assert_eq!(groups, vec![0, 0, 1, 2, 3, 4]);
        assert_eq!(group(&[0.5; 6], Grouping::Quantiles(10)).unwrap(), (vec![0; 6], 1));
        assert_eq!(group(&[0.5; 6], Grouping::EqualSize(10)).unwrap(), (vec![0; 6], 1));
        assert!(group(&[], Grouping::Quantiles(3)).is_err());
        assert!(group(&[0.5], Grouping::Quantiles(0)).is_err());
    }
}
