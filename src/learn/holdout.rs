//! Cases under lock: a hold-out or external set that is looked at once.

use super::{Cohort, CrossFit, Folds, Learner, OutOfFold, cross_fit};
use crate::error::{Error, Result};

/// Locked cases. Opening consumes the lock, so a run can look at them once, with all arms at the same time.
pub struct Holdout {
    whole: Cohort,
    folds: Folds,
}

impl Cohort {
    /// Takes the test cases of a single split out of the cohort and locks them. What is left is for development: tuning,
    /// description, cross-validation.
    ///
    /// # Errors
    /// [`Error::Study`] if `folds` is not a single split, or the development cases lack a class.
    pub fn lock(self, folds: Folds) -> Result<(Cohort, Holdout)> {
        let [split] = folds.splits() else {
            return Err(Error::study(format!("{} splits cannot be locked; a hold-out is one", folds.splits().len())));
        };
        let development = self.subset(split.train())?;
        Ok((development, Holdout { whole: self, folds }))
    }
}

impl Holdout {
    /// Number of locked cases.
    pub fn n(&self) -> usize {
        self.folds.splits()[0].test().len()
    }

    /// Fits every arm on the development cases and predicts the locked ones.
    pub fn open(self, arms: &[(&str, &dyn Learner)], how: &CrossFit) -> Result<Vec<OutOfFold>> {
        cross_fit(arms, &self.whole, &self.folds, how)
    }
}
