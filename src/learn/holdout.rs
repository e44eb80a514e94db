//! Cases under lock: a hold-out or external set that is looked at once.

use super::{Cohort, CrossFit, Folds, Learner, OutOfFold, cross_fit};
use crate::error::{Error, Result};

/// Locked cases. Opening consumes the lock, so a run can look at them once, with all arms at the same time.
///
/// # What does not compile
/// One look with all arms:
/// ```
/// # use vbx::{error::Result, learn::{CrossFit, Holdout, Learner, OutOfFold}};
/// fn look(locked: Holdout, first: &dyn Learner, second: &dyn Learner) -> Result<Vec<OutOfFold>> {
///     locked.open(&[("first", first), ("second", second)], &CrossFit::default())
/// }
/// ```
/// A second look at the same cases, when the first has disappointed:
/// ```compile_fail,E0382
/// # use vbx::{error::Result, learn::{CrossFit, Holdout, Learner, OutOfFold}};
/// fn look(locked: Holdout, first: &dyn Learner, second: &dyn Learner) -> Result<Vec<OutOfFold>> {
///     locked.open(&[("first", first)], &CrossFit::default())?;
///     locked.open(&[("second", second)], &CrossFit::default())
/// }
/// ```
/// a second key, and a look past the lock:
/// ```compile_fail,E0277
/// # use vbx::learn::Holdout;
/// fn second_key(locked: &Holdout) -> Holdout {
///     Holdout::clone(locked)
/// }
/// ```
/// ```compile_fail,E0616
/// # use vbx::learn::{Cohort, Holdout};
/// fn peek(locked: &Holdout) -> &Cohort {
///     &locked.whole
/// }
/// ```
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
