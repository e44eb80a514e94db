//! The cohort: features, outcome, patient, site. Nothing can be fitted to it; it can only be split.

use super::folds::Split;
use super::memo::Memo;
use super::rows::{TestRows, TrainRows};
use super::{Features, Seed};
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::sync::Arc;

/// What a cohort is made of; one entry per case in each list.
#[derive(Debug, Clone)]
pub struct CohortParts {
    /// The columns.
    pub features: Features,
    /// The class of each case, 0 … K−1.
    pub outcome: Vec<u32>,
    /// The names of the K classes; the event of a binary outcome is the last.
    pub classes: Vec<String>,
    /// Whether the classes are ordered.
    pub ordered: bool,
    /// The patient of each case, as a number. Cases of one patient stay together.
    pub patients: Vec<u32>,
    /// The site of each case, as an index into `site_names`.
    pub sites: Option<Vec<u32>>,
    /// Names of the sites.
    pub site_names: Vec<String>,
    /// Days since an origin, for splits by date.
    pub days: Option<Vec<i64>>,
}

/// Cases with their outcome. See the module's page for who may do what with them.
///
/// # What does not compile
/// A cohort is split, and then its parts have columns:
/// ```
/// # use vbx::{error::Result, learn::{Cohort, Features, Split}};
/// fn columns(cohort: &Cohort, split: &Split) -> Result<Features> {
///     Ok(cohort.split(split)?.0.features().clone())
/// }
/// ```
/// By itself it shows none.
/// ```compile_fail,E0599
/// # use vbx::learn::{Cohort, Features};
/// fn columns(cohort: &Cohort) -> Features {
///     cohort.features().clone()
/// }
/// ```
/// ```compile_fail,E0616
/// # use vbx::learn::{Cohort, Features};
/// fn columns(cohort: &Cohort) -> Features {
///     cohort.parts.features.clone()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Cohort {
    parts: Arc<CohortParts>,
    seed: Seed,
    inner_folds: usize,
}

impl Cohort {
    /// Checks the parts and makes a cohort. `inner_folds` is the number of folds for tuning, thresholds and second stages.
    ///
    /// # Errors
    /// [`Error::Study`] if there are fewer than two classes with cases, or the lists differ in length.
    pub fn new(parts: CohortParts, seed: u64, inner_folds: usize) -> Result<Self> {
        let n = parts.features.n();
        let same = parts.outcome.len() == n
            && parts.patients.len() == n
            && parts.sites.as_ref().is_none_or(|s| s.len() == n)
            && parts.days.as_ref().is_none_or(|d| d.len() == n);
        if !same {
            return Err(Error::study("features, outcome, patients, sites and dates do not have the same number of cases"));
        }
        if parts.classes.len() < 2 || parts.outcome.iter().any(|&class| class as usize >= parts.classes.len()) {
            return Err(Error::study("an outcome needs at least two classes, and every case one of them"));
        }
        for (k, name) in parts.classes.iter().enumerate() {
            if !parts.outcome.iter().any(|&class| class as usize == k) {
                return Err(Error::study(format!(
                    "no case has the outcome `{name}`; this question needs cases of every class ({})",
                    parts.classes.join(", ")
                )));
            }
        }
        if inner_folds < 2 {
            return Err(Error::study(format!("inner-folds is {inner_folds}; at least 2 are needed")));
        }
        Ok(Cohort { parts: Arc::new(parts), seed: Seed::new(seed), inner_folds })
    }

    /// Number of cases.
    pub fn n(&self) -> usize {
        self.parts.outcome.len()
    }

    /// The classes' names.
    pub fn classes(&self) -> &[String] {
        &self.parts.classes
    }

    /// The class of each case. It is public because tables and tests of the final scores need it; a model cannot be fitted
    /// from here.
    pub fn outcome(&self) -> &[u32] {
        &self.parts.outcome
    }

    /// Whether the classes are ordered.
    pub fn ordered(&self) -> bool {
        self.parts.ordered
    }

    /// The patient of each case.
    pub fn patients(&self) -> &[u32] {
        &self.parts.patients
    }

    /// The site of each case and the names of the sites.
    pub fn sites(&self) -> Option<(&[u32], &[String])> {
        self.parts.sites.as_deref().map(|sites| (sites, self.parts.site_names.as_slice()))
    }

    /// The day of each case.
    pub fn days(&self) -> Option<&[i64]> {
        self.parts.days.as_deref()
    }

    /// The seed.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The number of inner folds.
    pub fn inner_folds(&self) -> usize {
        self.inner_folds
    }

    /// The cases at `rows` as a cohort of their own.
    ///
    /// # Errors
    /// As [`Cohort::new`], if a class has no case there.
    pub fn subset(&self, rows: &[usize]) -> Result<Self> {
        let parts = &self.parts;
        let pick = |values: &[u32]| rows.iter().map(|&i| values[i]).collect::<Vec<_>>();
        let smaller = CohortParts {
            features: parts.features.select_rows(rows),
            outcome: pick(&parts.outcome),
            classes: parts.classes.clone(),
            ordered: parts.ordered,
            patients: pick(&parts.patients),
            sites: parts.sites.as_deref().map(pick),
            site_names: parts.site_names.clone(),
            days: parts.days.as_ref().map(|days| rows.iter().map(|&i| days[i]).collect()),
        };
        let mut cohort = Cohort::new(smaller, 0, self.inner_folds)?;
        cohort.seed = self.seed.clone();
        Ok(cohort)
    }

    /// Training and test rows of a split.
    ///
    /// # Errors
    /// [`Error::Study`] if a patient stands on both sides, a class is missing among the training rows, or a side is empty.
    pub fn split(&self, split: &Split) -> Result<(TrainRows, TestRows)> {
        let place = split.place();
        let patients: HashSet<u32> = split.train().iter().map(|&i| self.parts.patients[i]).collect();
        if split.test().iter().any(|&i| patients.contains(&self.parts.patients[i])) {
            return Err(Error::study(format!("{place}: a patient stands among the training and the test cases")));
        }
        if split.test().is_empty() {
            return Err(Error::study(format!("{place}: there are no test cases")));
        }
        let train = self.rows_at(split.train(), &place)?;
        let test = TestRows::new(
            self.parts.features.select_rows(split.test()),
            split.test().iter().map(|&i| self.parts.outcome[i]).collect(),
            split.test().to_vec(),
        );
        Ok((train, test))
    }

    /// All cases as training rows, for the final model that is described or frozen. What it predicts for these cases is
    /// apparent performance and is never reported as performance.
    pub fn all(&self) -> Result<TrainRows> {
        self.rows_at(&(0..self.n()).collect::<Vec<_>>(), "all")
    }

    fn rows_at(&self, rows: &[usize], place: &str) -> Result<TrainRows> {
        let outcome: Vec<u32> = rows.iter().map(|&i| self.parts.outcome[i]).collect();
        for (k, name) in self.parts.classes.iter().enumerate() {
            if !outcome.iter().any(|&class| class as usize == k) {
                return Err(Error::study(format!(
                    "{place}: no training case has the outcome `{name}`; use fewer folds, or merge classes"
                )));
            }
        }
        Ok(TrainRows::new(
            self.parts.features.select_rows(rows),
            outcome,
            self.parts.classes.len(),
            self.parts.ordered,
            rows.iter().map(|&i| self.parts.patients[i]).collect(),
            self.parts.sites.as_ref().map(|sites| rows.iter().map(|&i| sites[i]).collect()),
            self.seed.at(place),
            self.inner_folds,
            Arc::new(Memo::default()),
        ))
    }
}
