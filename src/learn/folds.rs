//! Which cases train and which test: every way of splitting a cohort. All splits keep a patient on one side.

use super::{Cohort, Generator};
use crate::error::{Error, Result};
use rand::Rng;
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// How cases were kept apart from the model that predicts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validation {
    /// Every case is predicted by models fitted on other folds.
    CrossFitted,
    /// Cases are predicted by models fitted on bootstrap samples that do not hold them.
    Bootstrap,
    /// Cases were set aside at random.
    Holdout,
    /// Cases are of another site or a later date.
    External,
}

/// Training and test cases, as indices into the cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    repeat: usize,
    fold: usize,
    train: Vec<usize>,
    test: Vec<usize>,
}

impl Split {
    /// The repeat, from 0.
    pub fn repeat(&self) -> usize {
        self.repeat
    }

    /// The fold within the repeat, from 0.
    pub fn fold(&self) -> usize {
        self.fold
    }

    /// Training cases; in a bootstrap sample a case may stand several times.
    pub fn train(&self) -> &[usize] {
        &self.train
    }

    /// Test cases.
    pub fn test(&self) -> &[usize] {
        &self.test
    }
}

/// All splits of a study. Every arm is fitted on the same ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folds {
    splits: Vec<Split>,
    validation: Validation,
}

impl Folds {
    /// k folds, repeated; by patient, stratified by outcome and, within it, by site.
    ///
    /// # Errors
    /// [`Error::Study`] if a class has fewer patients than folds.
    pub fn k_fold(cohort: &Cohort, k: usize, repeats: usize) -> Result<Self> {
        if k < 2 || repeats < 1 {
            return Err(Error::study(format!("{repeats} × {k} folds: at least 2 folds and 1 repeat are needed")));
        }
        let counts = patients_per_class(cohort.outcome(), cohort.patients(), cohort.classes().len());
        if let Some((class, n)) = counts.iter().enumerate().find(|&(_, &n)| n < k) {
            return Err(Error::study(format!(
                "class `{}` has {n} patients, which is too few for {k} folds; use at most {n} folds, or merge classes",
                cohort.classes()[class]
            )));
        }
        let mut splits = Vec::new();
        for repeat in 0..repeats {
            let mut generator = cohort.seed().at(format!("repeat{repeat}")).generator("folds");
            let ids = assign(cohort.outcome(), cohort.patients(), cohort.sites().map(|s| s.0), k, &mut generator);
            splits.extend((0..k).map(|fold| split_by(repeat, fold, cohort.n(), |i| ids[i] == fold)));
        }
        Ok(Folds { splits, validation: Validation::CrossFitted })
    }

    /// One split at random: a share of the patients is set aside, stratified by outcome and site.
    pub fn holdout(cohort: &Cohort, share: f64) -> Result<Self> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::study(format!("a hold-out share of {share}: it must lie between 0 and 1")));
        }
        let mut generator = cohort.seed().generator("hold-out");
        // Groups are dealt into the hold-out so that each stratum comes as close to the share as whole patients allow.
        let mut quota: HashMap<(u32, u32), (f64, usize)> = HashMap::new();
        let mut test = vec![false; cohort.n()];
        for group in shuffled_groups(cohort.outcome(), cohort.patients(), &mut generator) {
            let stratum = (cohort.outcome()[group[0]], cohort.sites().map_or(0, |s| s.0[group[0]]));
            // A random start of each stratum's quota keeps many small strata from rounding the same way.
            let entry = quota.entry(stratum).or_insert_with(|| (generator.r#gen::<f64>(), 0));
            entry.0 += share;
            if entry.0 >= (entry.1 + 1) as f64 {
                entry.1 += 1;
                group.iter().for_each(|&i| test[i] = true);
            }
        }
        Self::single(cohort, Validation::Holdout, |i| test[i])
    }

    /// One split by site: the named sites test, all others train.
    pub fn external_sites(cohort: &Cohort, held_out: &[String]) -> Result<Self> {
        let (sites, names) = cohort.sites().ok_or_else(|| Error::study("this validation needs a site column in [cohort]"))?;
        for site in held_out {
            if !names.contains(site) {
                return Err(Error::study(format!("there is no site `{site}`; the sites are {}", names.join(", "))));
            }
        }
        let outside = |i: usize| held_out.contains(&names[sites[i] as usize]);
        // A patient seen at both kinds of site trains.
        let inside: std::collections::HashSet<u32> =
            (0..cohort.n()).filter(|&i| !outside(i)).map(|i| cohort.patients()[i]).collect();
        Self::single(cohort, Validation::External, |i| outside(i) && !inside.contains(&cohort.patients()[i]))
    }

    /// One split by date: patients first seen on `day` or later test (temporal validation).
    pub fn from_day(cohort: &Cohort, day: i64) -> Result<Self> {
        let days = cohort.days().ok_or_else(|| Error::study("this validation needs a date column in [cohort]"))?;
        let mut first: HashMap<u32, i64> = HashMap::new();
        for (patient, day) in cohort.patients().iter().zip(days) {
            first.entry(*patient).and_modify(|d| *d = (*d).min(*day)).or_insert(*day);
        }
        Self::single(cohort, Validation::External, |i| first[&cohort.patients()[i]] >= day)
    }

    /// One fold per site: each is predicted by models fitted on all others.
    pub fn leave_one_site_out(cohort: &Cohort) -> Result<Self> {
        let (sites, names) = cohort.sites().ok_or_else(|| Error::study("this validation needs a site column in [cohort]"))?;
        let mut home: HashMap<u32, u32> = HashMap::new();
        for (patient, site) in cohort.patients().iter().zip(sites) {
            if *home.entry(*patient).or_insert(*site) != *site {
                return Err(Error::study("a patient has cases at two sites; leave-one-site-out cannot keep that patient apart"));
            }
        }
        let used: Vec<u32> = (0..names.len() as u32).filter(|site| sites.contains(site)).collect();
        if used.len() < 2 {
            return Err(Error::study("leave-one-site-out needs at least two sites"));
        }
        let splits = used.iter().enumerate().map(|(fold, &site)| split_by(0, fold, cohort.n(), |i| sites[i] == site)).collect();
        Ok(Folds { splits, validation: Validation::CrossFitted })
    }

    /// Splits given by the user: for each repeat, the fold of every case.
    ///
    /// # Errors
    /// [`Error::Study`] if a patient stands in two folds of a repeat, or a repeat has fewer than two folds.
    pub fn given(cohort: &Cohort, repeats: &[Vec<usize>]) -> Result<Self> {
        let mut splits = Vec::new();
        for (repeat, ids) in repeats.iter().enumerate() {
            let mut home: HashMap<u32, usize> = HashMap::new();
            for (patient, fold) in cohort.patients().iter().zip(ids) {
                if *home.entry(*patient).or_insert(*fold) != *fold {
                    return Err(Error::study(format!("repeat {}: a patient's cases stand in two folds", repeat + 1)));
                }
            }
            let mut names: Vec<usize> = ids.clone();
            names.sort_unstable();
            names.dedup();
            if ids.len() != cohort.n() || names.len() < 2 {
                return Err(Error::study(format!(
                    "repeat {}: the given folds need every case and at least two folds",
                    repeat + 1
                )));
            }
            splits.extend(names.iter().enumerate().map(|(fold, &id)| split_by(repeat, fold, cohort.n(), |i| ids[i] == id)));
        }
        if splits.is_empty() {
            return Err(Error::study("the given folds are empty"));
        }
        Ok(Folds { splits, validation: Validation::CrossFitted })
    }

    /// One split given by the user: `test[i]` says whether case i tests.
    pub fn given_holdout(cohort: &Cohort, test: &[bool]) -> Result<Self> {
        Self::single(cohort, Validation::Holdout, |i| test[i])
    }

    /// Bootstrap samples of patients, stratified by outcome; the patients that a sample leaves out are its test cases.
    ///
    /// # Reference
    /// Efron & Tibshirani, J Am Stat Assoc 1997;92:548 (.632+).
    pub fn bootstrap(cohort: &Cohort, samples: usize) -> Result<Self> {
        if samples < 10 {
            return Err(Error::study(format!("{samples} bootstrap samples; at least 10 are needed, 200 are usual")));
        }
        let splits = (0..samples)
            .map(|sample| {
                let mut generator = cohort.seed().at(format!("repeat{sample}")).generator("bootstrap");
                let mut strata: BTreeMap<u32, Vec<Vec<usize>>> = BTreeMap::new();
                for group in groups(cohort.patients()) {
                    strata.entry(cohort.outcome()[group[0]]).or_default().push(group);
                }
                let mut drawn = vec![false; cohort.n()];
                let mut train = Vec::new();
                for groups in strata.values() {
                    for _ in 0..groups.len() {
                        let group = &groups[generator.gen_range(0..groups.len())];
                        group.iter().for_each(|&i| drawn[i] = true);
                        train.extend(group);
                    }
                }
                let test = (0..cohort.n()).filter(|&i| !drawn[i]).collect();
                Split { repeat: sample, fold: 0, train, test }
            })
            .collect();
        Ok(Folds { splits, validation: Validation::Bootstrap })
    }

    fn single(cohort: &Cohort, validation: Validation, test: impl Fn(usize) -> bool) -> Result<Self> {
        let split = split_by(0, 0, cohort.n(), test);
        if split.test.is_empty() || split.train.is_empty() {
            return Err(Error::study(format!(
                "the split leaves {} training and {} test cases; both must have some",
                split.train.len(),
                split.test.len()
            )));
        }
        Ok(Folds { splits: vec![split], validation })
    }

    /// The splits.
    pub fn splits(&self) -> &[Split] {
        &self.splits
    }

    /// How cases are kept apart.
    pub fn validation(&self) -> Validation {
        self.validation
    }

    /// Number of repeats.
    pub fn repeats(&self) -> usize {
        self.splits.iter().map(|split| split.repeat + 1).max().unwrap_or(0)
    }

    /// Folds of the first repeat.
    pub fn folds(&self) -> usize {
        self.splits.iter().filter(|split| split.repeat == 0).count()
    }

    /// SHA-256 over all splits: two results with the same hash were made on the same folds.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for split in &self.splits {
            for part in [&split.train, &split.test] {
                hash.update((part.len() as u64).to_le_bytes());
                part.iter().for_each(|&i| hash.update((i as u64).to_le_bytes()));
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn split_by(repeat: usize, fold: usize, n: usize, test: impl Fn(usize) -> bool) -> Split {
    let (test, train) = (0..n).partition(|&i| test(i));
    Split { repeat, fold, train, test }
}

/// Cases of each patient, patients in order of their first case.
fn groups(patients: &[u32]) -> Vec<Vec<usize>> {
    let mut place: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, patient) in patients.iter().enumerate() {
        let at = *place.entry(*patient).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(i);
    }
    groups
}

/// Patients in random order, those of the rarest class first so that rare classes are dealt most evenly.
fn shuffled_groups(outcome: &[u32], patients: &[u32], generator: &mut Generator) -> Vec<Vec<usize>> {
    let mut groups = groups(patients);
    groups.shuffle(generator);
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    outcome.iter().for_each(|&class| *sizes.entry(class).or_default() += 1);
    groups.sort_by_key(|group| (sizes[&outcome[group[0]]], outcome[group[0]]));
    groups
}

/// Deals patients into k folds. A patient goes where its (class, site) is scarcest, then its class, then cases at all; the
/// order of patients is random, so which of equal folds comes first does not matter.
fn assign(outcome: &[u32], patients: &[u32], sites: Option<&[u32]>, k: usize, generator: &mut Generator) -> Vec<usize> {
    let mut ids = vec![0; outcome.len()];
    let mut by_site: HashMap<(u32, u32, usize), usize> = HashMap::new();
    let mut by_class: HashMap<(u32, usize), usize> = HashMap::new();
    let mut total = vec![0; k];
    for group in shuffled_groups(outcome, patients, generator) {
        let class = outcome[group[0]];
        let site = sites.map_or(0, |sites| sites[group[0]]);
        let fold = (0..k)
            .min_by_key(|&fold| {
                let in_class = by_class.get(&(class, fold)).copied().unwrap_or(0);
                let in_site = by_site.get(&(class, site, fold)).copied().unwrap_or(0);
                // The class comes first: a fold without events is worse than one without a site.
                (in_class, in_site, total[fold])
            })
            .unwrap_or(0);
        *by_class.entry((class, fold)).or_default() += group.len();
        *by_site.entry((class, site, fold)).or_default() += group.len();
        total[fold] += group.len();
        group.iter().for_each(|&i| ids[i] = fold);
    }
    ids
}

/// Fold numbers for inner folds; k is cut to the number of patients in the smallest class.
pub(super) fn assign_folds(outcome: &[u32], patients: &[u32], k: usize, generator: &mut Generator) -> Result<Vec<usize>> {
    let classes = outcome.iter().max().map_or(0, |&class| class as usize + 1);
    let smallest = patients_per_class(outcome, patients, classes).into_iter().filter(|&n| n > 0).min().unwrap_or(0);
    if smallest < 2 {
        return Err(Error::study(
            "a class has fewer than two training patients, so nothing can be tuned on inner folds; use fewer outer folds, \
             merge classes, or choose models without tuning",
        ));
    }
    Ok(assign(outcome, patients, None, k.min(smallest).max(2), generator))
}

fn patients_per_class(outcome: &[u32], patients: &[u32], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for group in groups(patients) {
        counts[outcome[group[0]] as usize] += 1;
    }
    counts
}
