//! Isotonic regression of an outcome on a score: the best monotone calibration, with no shape assumed.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, undefined};
use super::rank::Order;

/// A monotone step curve with its corners, read off by straight lines between them and flat beyond the ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Isotonic {
    /// Scores of the corners, ascending.
    pub x: Vec<f64>,
    /// Event rates there, never descending.
    pub y: Vec<f64>,
}

impl Isotonic {
    /// Fits event rates that never fall as the score rises.
    ///
    /// # Definition
    /// Least squares under y(x₁) ≤ y(x₂) for x₁ < x₂ by pooling adjacent violators, equal scores together. Points inside a flat stretch are
    /// left out.
    ///
    /// # Errors
    /// Lengths that differ, no cases, a score that is not finite.
    ///
    /// # Reference
    /// Zadrozny & Elkan, KDD 2002. scikit-learn `IsotonicRegression`.
    pub fn fit(event: &[bool], score: &[f64]) -> Defined<Self> {
        if event.len() != score.len() {
            undefined!("{} outcomes but {} scores", event.len(), score.len());
        }
        if event.is_empty() {
            undefined!("no cases");
        }
        if let Some(i) = score.iter().position(|x| !x.is_finite()) {
            undefined!("the score of case {} is not finite", i + 1);
        }
        let order = Order::new(score)?;
        let mut x = Vec::with_capacity(order.distinct());
        // Blocks of neighbouring scores that share a rate: events, cases, distinct scores.
        let mut blocks: Vec<(u64, u64, usize)> = Vec::new();
        for group in order.groups() {
            x.push(score[group[0] as usize]);
            let mut block = (group.iter().filter(|&&i| event[i as usize]).count() as u64, group.len() as u64, 1);
            // A rate that does not exceed the one before is pooled with it; compared as whole numbers.
            while let Some(&(events, cases, size)) = blocks.last() {
                if u128::from(events) * u128::from(block.1) < u128::from(block.0) * u128::from(cases) {
                    break;
                }
                block = (events + block.0, cases + block.1, size + block.2);
                blocks.pop();
            }
            blocks.push(block);
        }
        let rates: Vec<f64> =
            blocks.iter().flat_map(|&(events, cases, size)| std::iter::repeat_n(events as f64 / cases as f64, size)).collect();
        let corner = |i: &usize| {
            let i = *i;
            i == 0 || i + 1 == rates.len() || rates[i] != rates[i - 1] || rates[i] != rates[i + 1]
        };
        let corners: Vec<usize> = (0..rates.len()).filter(corner).collect();
        Ok(Isotonic { x: corners.iter().map(|&i| x[i]).collect(), y: corners.iter().map(|&i| rates[i]).collect() })
    }

    /// The event rate at a score.
    pub fn at(&self, score: f64) -> f64 {
        let above = self.x.partition_point(|&x| x < score);
        match above {
            0 => self.y[0],
            i if i == self.x.len() => self.y[i - 1],
            i => {
                let share = (score - self.x[i - 1]) / (self.x[i] - self.x[i - 1]);
                self.y[i - 1] + share * (self.y[i] - self.y[i - 1])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled_and_ties_share() {
        let event = [false, true, false, true, true, false, true];
        let score = [0.1, 0.2, 0.3, 0.4, 0.4, 0.5, 0.6];
        let fit = Isotonic::fit(&event, &score).unwrap();
        // 0 | ½ over 0.2 and 0.3 | ⅔ over 0.4 (twice) and 0.5 | 1.
        assert_eq!(fit.x, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
        let expected = [0.0, 0.5, 0.5, 2.0 / 3.0, 2.0 / 3.0, 1.0];
        assert!(fit.y.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15));
        assert_eq!(fit.at(0.0), 0.0);
        assert_eq!(fit.at(9.0), 1.0);
        assert!((fit.at(0.35) - (0.5 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        let constant = Isotonic::fit(&[true, false], &[1.0, 1.0]).unwrap();
        assert_eq!((constant.x, constant.y), (vec![1.0], vec![0.5]));
        assert!(Isotonic::fit(&[], &[]).is_err());
    }
}
