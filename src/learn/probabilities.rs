//! Class probabilities of many rows.

use crate::error::{Error, Result};
use ndarray::{Array2, ArrayView1};

/// Probabilities below this distance from 0 and 1 are cut before a logit is taken.
const EDGE: f64 = 1e-9;

/// Class probabilities, n × K; a row may be undefined (the case lacks what the model needs).
#[derive(Debug, Clone)]
pub struct Probabilities {
    values: Array2<f64>,
    defined: Vec<bool>,
}

impl PartialEq for Probabilities {
    /// Undefined rows hold no numbers to compare.
    fn eq(&self, other: &Self) -> bool {
        self.classes() == other.classes() && self.defined == other.defined && (0..self.n()).all(|i| self.row(i) == other.row(i))
    }
}

impl Probabilities {
    /// From an n × K array whose rows sum to one.
    ///
    /// # Errors
    /// A row with a value outside [0, 1], or whose sum is off one by more than 1e-6.
    pub fn new(values: Array2<f64>) -> Result<Self> {
        for (i, row) in values.rows().into_iter().enumerate() {
            let sum: f64 = row.sum();
            if row.iter().any(|p| !(-1e-9..=1.0 + 1e-9).contains(p)) || (sum - 1.0).abs() > 1e-6 {
                return Err(Error::numeric(format!("row {i}: class probabilities {row} do not lie in [0, 1] and sum to one")));
            }
        }
        let defined = vec![true; values.nrows()];
        Ok(Probabilities { values, defined })
    }

    /// For two classes, from the probability of the event (the last class).
    pub fn of_event(event: &[f64]) -> Result<Self> {
        Self::new(Array2::from_shape_fn((event.len(), 2), |(i, k)| if k == 1 { event[i] } else { 1.0 - event[i] }))
    }

    /// All rows undefined.
    pub fn undefined(rows: usize, classes: usize) -> Self {
        Probabilities { values: Array2::from_elem((rows, classes), f64::NAN), defined: vec![false; rows] }
    }

    /// Every row the same.
    pub fn constant(rows: usize, class: &[f64]) -> Result<Self> {
        Self::new(Array2::from_shape_fn((rows, class.len()), |(_, k)| class[k]))
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        self.defined.len()
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.values.ncols()
    }

    /// The probabilities of row `i`, if it has any.
    pub fn row(&self, i: usize) -> Option<ArrayView1<'_, f64>> {
        self.defined[i].then(|| self.values.row(i))
    }

    /// Whether row `i` has probabilities.
    pub fn is_defined(&self, i: usize) -> bool {
        self.defined[i]
    }

    /// Puts the rows of `part` at the places `rows`.
    pub fn place(&mut self, rows: &[usize], part: &Probabilities) {
        for (j, &i) in rows.iter().enumerate() {
            self.defined[i] = part.defined[j];
            self.values.row_mut(i).assign(&part.values.row(j));
        }
    }

    /// The rows at `rows`, in that order.
    pub fn select(&self, rows: &[usize]) -> Self {
        Probabilities {
            values: self.values.select(ndarray::Axis(0), rows),
            defined: rows.iter().map(|&i| self.defined[i]).collect(),
        }
    }

    /// The score of row `i`: log p_k / p_0 for k = 1 … K−1. For two classes that is the log odds of the event, the linear
    /// predictor of a logistic model.
    pub fn score(&self, i: usize) -> Option<Vec<f64>> {
        let row = self.row(i)?;
        let safe = |p: f64| p.clamp(EDGE, 1.0 - EDGE);
        Some((1..row.len()).map(|k| (safe(row[k]) / safe(row[0])).ln()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_row_must_sum_to_one() {
        assert!(Probabilities::new(array![[0.2, 0.8]]).is_ok());
        assert!(Probabilities::new(array![[0.2, 0.7]]).is_err());
        assert!(Probabilities::new(array![[-0.2, 1.2]]).is_err());
        assert!(Probabilities::new(array![[f64::NAN, 1.0]]).is_err());
    }

    #[test]
    fn the_score_is_the_log_odds() {
        let p = Probabilities::of_event(&[0.25]).unwrap();
        assert!((p.score(0).unwrap()[0] - (1.0f64 / 3.0).ln()).abs() < 1e-12);
        assert!(Probabilities::undefined(1, 2).score(0).is_none());
    }
}
