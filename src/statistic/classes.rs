//! Scores of three or more classes, turned from one row per case into one column per class.

use super::estimate::{Defined, undefined};

/// The columns of a table of class scores, and how many cases each class has.
pub(crate) struct ByClass {
    /// Per class, its score in every case.
    pub columns: Vec<Vec<f64>>,
    /// Cases per class.
    pub counts: Vec<usize>,
}

impl ByClass {
    /// Checks that rows and outcomes fit together and that every class has a case.
    pub fn new(class: &[usize], scores: &[Vec<f64>]) -> Defined<Self> {
        if class.len() != scores.len() {
            undefined!("{} predictions for {} cases", scores.len(), class.len());
        }
        let Some(k) = scores.first().map(Vec::len) else { undefined!("no case") };
        if k < 2 {
            undefined!("one class only");
        }
        let mut counts = vec![0; k];
        for (i, (row, &c)) in scores.iter().zip(class).enumerate() {
            if row.len() != k {
                undefined!("case {} has {} scores, not {k}", i + 1, row.len());
            }
            if row.iter().any(|x| x.is_nan()) {
                undefined!("a score of case {} is not a number", i + 1);
            }
            if c >= k {
                undefined!("case {} has class {c} of {k}", i + 1);
            }
            counts[c] += 1;
        }
        if let Some(empty) = counts.iter().position(|&n| n == 0) {
            undefined!("class {empty} has no case");
        }
        let columns = (0..k).map(|c| scores.iter().map(|row| row[c]).collect()).collect();
        Ok(ByClass { columns, counts })
    }

    /// The number of classes.
    pub fn k(&self) -> usize {
        self.counts.len()
    }
}

/// The class with the highest score; of several, the first.
pub(crate) fn highest(row: &[f64]) -> usize {
    (1..row.len()).fold(0, |best, c| if row[c] > row[best] { c } else { best })
}
