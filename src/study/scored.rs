//! Predictions as the comparison sees them: of our own arms, or of any tool.

use crate::learn::{OutOfFold, Validation};

/// The predictions of one arm.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Its name.
    pub name: String,
    /// One entry per repeat.
    pub repeats: Vec<Repeat>,
    /// How cases were kept apart from the model.
    pub validation: Option<Validation>,
}

/// Predictions of one repeat. Lists have one entry per predicted case.
#[derive(Debug, Clone, Default)]
pub struct Repeat {
    /// The cases, as indices into the outcome, ascending.
    pub cases: Vec<usize>,
    /// The fold that each was predicted in; scores are comparable within a fold.
    pub folds: Vec<usize>,
    /// Class probabilities, K per case.
    pub probabilities: Vec<Vec<f64>>,
    /// The threshold that holds for the case (two classes).
    pub thresholds: Vec<Option<f64>>,
}

impl Repeat {
    /// The probability of class `k` for each case.
    pub fn of_class(&self, k: usize) -> Vec<f64> {
        self.probabilities.iter().map(|p| p[k]).collect()
    }

    /// The same, for the cases in `keep` (ascending) only.
    pub fn restricted(&self, keep: &[usize]) -> Repeat {
        let mut smaller = Repeat::default();
        for (at, case) in self.cases.iter().enumerate() {
            if keep.binary_search(case).is_ok() {
                smaller.cases.push(*case);
                smaller.folds.push(self.folds[at]);
                smaller.probabilities.push(self.probabilities[at].clone());
                smaller.thresholds.push(self.thresholds[at]);
            }
        }
        smaller
    }
}

impl Scored {
    /// From out-of-fold predictions; cases without a prediction are left out.
    pub fn of(result: &OutOfFold) -> Scored {
        let repeats = (0..result.repeats()).map(|repeat| {
            let mut rows: Vec<(usize, usize, Vec<f64>, Option<f64>)> = Vec::new();
            for fold in result.repeat(repeat) {
                for (at, &case) in fold.cases.iter().enumerate() {
                    if let Some(p) = fold.probabilities.row(at) {
                        rows.push((case, fold.fold, p.to_vec(), fold.threshold));
                    }
                }
            }
            rows.sort_by_key(|row| row.0);
            let mut repeat = Repeat::default();
            for (case, fold, p, threshold) in rows {
                repeat.cases.push(case);
                repeat.folds.push(fold);
                repeat.probabilities.push(p);
                repeat.thresholds.push(threshold);
            }
            repeat
        });
        Scored { name: result.arm().to_string(), repeats: repeats.collect(), validation: Some(result.validation()) }
    }

    /// The cases that have a prediction in any repeat, ascending.
    pub fn cases(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.repeats.iter().flat_map(|repeat| repeat.cases.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Two arms, on the cases that both predict in each repeat.
    pub fn in_common(&self, other: &Scored) -> (Scored, Scored) {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for (left, right) in self.repeats.iter().zip(&other.repeats) {
            let common: Vec<usize> = left.cases.iter().copied().filter(|case| right.cases.binary_search(case).is_ok()).collect();
            a.push(left.restricted(&common));
            b.push(right.restricted(&common));
        }
        let with = |scored: &Scored, repeats| Scored { name: scored.name.clone(), repeats, validation: scored.validation };
        (with(self, a), with(other, b))
    }
}
