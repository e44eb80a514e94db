//! Three ordered classes as two questions in sequence.

use crate::error::{Error, Result};
use crate::learn::{Features, Learner, Predictor, Probabilities, TrainRows, Weight};
use ndarray::Array2;
use std::sync::Arc;

/// First "positive or not", then, among those that are not, "low or zero", each by the same kind of learner:
/// P(positive) = p₁, P(low) = (1 − p₁) p₂, P(zero) = (1 − p₁)(1 − p₂).
pub struct Cascade {
    step: Arc<dyn Learner>,
}

impl Cascade {
    /// Both questions are learned by `step`.
    pub fn new(step: Arc<dyn Learner>) -> Self {
        Cascade { step }
    }
}

impl Learner for Cascade {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        if train.classes() != 3 {
            return Err(Error::study(format!("a cascade needs three classes, not {}", train.classes())));
        }
        let first = self.step.fit(&train.relabel(2, |class| Some(u32::from(class == 2)), "cascade 1")?)?;
        let second = self.step.fit(&train.relabel(2, |class| (class < 2).then_some(class), "cascade 2")?)?;
        Ok(Box::new(FittedCascade { first, second }))
    }

    fn fingerprint(&self) -> String {
        format!("cascade: {}", self.step.fingerprint())
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

struct FittedCascade {
    first: Box<dyn Predictor>,
    second: Box<dyn Predictor>,
}

impl Predictor for FittedCascade {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let (first, second) = (self.first.predict(rows)?, self.second.predict(rows)?);
        let mut all = Probabilities::undefined(rows.n(), 3);
        for i in 0..rows.n() {
            if let (Some(a), Some(b)) = (first.row(i), second.row(i)) {
                let row = Array2::from_shape_vec((1, 3), vec![a[0] * b[0], a[0] * b[1], a[1]]).map_err(Error::numeric)?;
                all.place(&[i], &Probabilities::new(row)?);
            }
        }
        Ok(all)
    }

    fn weights(&self) -> Vec<Weight> {
        // A feature that either question uses is used; the larger coefficient stands for it.
        let mut all = self.first.weights();
        for weight in self.second.weights() {
            match all.iter_mut().find(|known| known.name == weight.name) {
                Some(known) if known.value.abs() < weight.value.abs() => *known = weight,
                Some(_) => {}
                None => all.push(weight),
            }
        }
        all
    }

    fn notices(&self) -> Vec<String> {
        self.first.notices().into_iter().chain(self.second.notices()).collect()
    }
}
