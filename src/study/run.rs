//! From a plan to its answer: fit all arms on the same folds, compare them, and write what was found into the run's folder.

use super::cache::Cache;
use super::compare::{self, ArmFacts, CompareInput};
use super::describe;
use super::plan::StudyPlan;
use super::results::Results;
use super::scored::Scored;
use super::spec::ValidationSpec;
use crate::error::{Error, InputError, Result};
use crate::learn::{CrossFit, FoldResult, Folds, Learner, OutOfFold, Split, Validation, cross_fit};
use crate::table::file::write_whole as write_text;
use crate::table::{PlainColumn, PlainTable};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The folder of a run.
///
/// `study.toml` (as resolved), `features.parquet` and its dictionary, `folds.parquet`, `predictions.parquet` (tidy: case, arm,
/// repeat, fold, class probabilities), `results.json`, `lock.json`, then what the report writes: `tables/`, `figures/`, `report.html`.
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Opens the folder, and makes it if it is absent.
    pub fn open(path: &Path) -> Result<RunFolder> {
        std::fs::create_dir_all(path).map_err(|cause| Error::io(path, cause))?;
        Ok(RunFolder { path: path.to_path_buf() })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The results.
    pub fn results(&self) -> PathBuf {
        self.path.join("results.json")
    }

    /// Writes the results.
    pub fn write_results(&self, results: &Results) -> Result<()> {
        let text = serde_json::to_vec_pretty(results).map_err(Error::numeric)?;
        write_text(self.results(), &text)
    }

    /// Reads the results of an earlier run.
    pub fn read_results(&self) -> Result<Results> {
        let path = self.results();
        let bytes = std::fs::read(&path).map_err(|cause| Error::io(&path, cause))?;
        Ok(serde_json::from_slice(&bytes)
            .map_err(|cause| InputError::new(&path, cause, "results that this version of vbx wrote; run the study again"))?)
    }
}

/// What pins a run: who made it, from what, on which folds.
#[derive(Debug, Serialize)]
struct Lock<'a> {
    software: String,
    plan: &'a str,
    folds: String,
    seed: u64,
    inputs: Vec<LockedFile>,
}

#[derive(Debug, Serialize)]
struct LockedFile {
    file: String,
    sha256: String,
}

/// Runs a study. `finished` is called once per split.
///
/// # Errors
/// Whatever a model, a statistic or the disk refuses; what was finished before is kept in the run's cache.
pub fn run(plan: &StudyPlan, folder: &RunFolder, fresh: bool, finished: &(dyn Fn() + Sync)) -> Result<Results> {
    write_inputs(plan, folder)?;
    let hash = plan_hash(plan)?;
    let cache = Cache::open(folder.path(), &hash)?;
    if fresh {
        cache.clear()?;
    }
    let names: Vec<String> = plan.arms().iter().map(|arm| arm.name.clone()).collect();
    let arms: Vec<(&str, &dyn Learner)> = plan.arms().iter().map(|arm| (arm.name.as_str(), arm.learner.as_ref())).collect();
    let load = |split: &Split| {
        let known = cache.load(split, &names);
        if known.is_some() {
            finished();
        }
        known
    };
    let store = |split: &Split, results: &[FoldResult]| {
        cache.store(split, &names, results);
        finished();
    };
    let how = CrossFit { threshold: plan.spec().compare.threshold, finished: &store, known: &load };
    let folds = plan.folds();
    let (scores, development) = match folds.validation() {
        Validation::Holdout | Validation::External => {
            let (development, locked) = plan.cohort().clone().lock(folds.clone())?;
            (locked.open(&arms, &how)?, development)
        }
        Validation::CrossFitted | Validation::Bootstrap => (cross_fit(&arms, plan.cohort(), folds, &how)?, plan.cohort().clone()),
    };
    write_predictions(plan, &scores, folder)?;
    let facts = plan
        .arms()
        .iter()
        .zip(&scores)
        .map(|(arm, scores)| describe::arm(plan, arm, scores, &development))
        .collect::<Result<Vec<ArmFacts>>>()?;
    let input = CompareInput {
        outcome: plan.cohort().outcome().to_vec(),
        classes: plan.cohort().classes().to_vec(),
        arms: scores.iter().map(Scored::of).collect(),
        facts,
        options: plan.spec().compare.clone(),
        rule: plan.spec().compare.threshold.words(),
        seed: plan.spec().seed,
    };
    let results = describe::results(plan, compare::compare(&input)?)?;
    folder.write_results(&results)?;
    let lock = Lock {
        software: describe::software(),
        plan: &hash,
        folds: folds.hash(),
        seed: plan.spec().seed,
        inputs: plan
            .inputs()
            .iter()
            .map(|path| {
                let file = path.file_name().unwrap_or_default().to_string_lossy().to_string();
                Ok(LockedFile { file, sha256: crate::table::file::sha256(path)? })
            })
            .collect::<Result<_>>()?,
    };
    let text = serde_json::to_vec_pretty(&lock).map_err(Error::numeric)?;
    write_text(folder.path().join("lock.json"), &text)?;
    Ok(results)
}

fn write_inputs(plan: &StudyPlan, folder: &RunFolder) -> Result<()> {
    let resolved = toml::to_string_pretty(plan.spec()).map_err(Error::numeric)?;
    write_text(folder.path().join("study.toml"), resolved.as_bytes())?;
    plan.table().to_parquet(folder.path().join("features.parquet"))?;
    plan.table().dictionary().write_json(folder.path().join("features.dictionary.json"))?;
    let folds = plan.folds();
    let rows = || folds.splits().iter().flat_map(|split| split.test().iter().map(move |&case| (split, case)));
    PlainTable::new([
        ("case_id", PlainColumn::text(rows().map(|(_, case)| plan.cases()[case].clone()))),
        ("repeat", PlainColumn::integer(rows().map(|(split, _)| split.repeat() as i64 + 1))),
        ("fold", PlainColumn::integer(rows().map(|(split, _)| split.fold() as i64 + 1))),
    ])
    .write_parquet(folder.path().join("folds.parquet"))
}

/// Everything that predictions depend on, as one hash.
fn plan_hash(plan: &StudyPlan) -> Result<String> {
    let spec = plan.spec();
    let asked = serde_json::json!({
        "software": describe::software(), "model": spec.model, "arms": spec.arm, "validation": spec.validation,
        "threshold": spec.compare.threshold, "seed": spec.seed, "task": spec.outcome,
    });
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(&asked).map_err(Error::numeric)?);
    hash.update(plan.folds().hash());
    hash.update(plan.data_hash());
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_predictions(plan: &StudyPlan, scores: &[OutOfFold], folder: &RunFolder) -> Result<()> {
    let (mut case_ids, mut arms, mut repeats, mut folds, mut outcomes) = (vec![], vec![], vec![], vec![], vec![]);
    let classes = plan.cohort().classes();
    let mut probabilities: Vec<Vec<Option<f64>>> = vec![Vec::new(); classes.len()];
    let mut thresholds = Vec::new();
    for result in scores {
        for fold in result.folds() {
            for (at, &case) in fold.cases.iter().enumerate() {
                case_ids.push(Some(plan.cases()[case].clone()));
                arms.push(Some(result.arm().to_string()));
                repeats.push(Some(fold.repeat as i64 + 1));
                folds.push(Some(fold.fold as i64 + 1));
                outcomes.push(Some(classes[result.outcome()[case] as usize].clone()));
                let row = fold.probabilities.row(at);
                for (k, column) in probabilities.iter_mut().enumerate() {
                    column.push(row.map(|row| row[k]));
                }
                thresholds.push(fold.threshold.filter(|t| t.is_finite()));
            }
        }
    }
    let names: Vec<String> = classes.iter().map(|class| format!("p_{class}")).collect();
    let mut columns: Vec<(&str, PlainColumn)> = vec![
        ("case_id", PlainColumn::Text(case_ids)),
        ("arm", PlainColumn::Text(arms)),
        ("repeat", PlainColumn::Integer(repeats)),
        ("fold", PlainColumn::Integer(folds)),
        ("outcome", PlainColumn::Text(outcomes)),
    ];
    columns.extend(names.iter().zip(probabilities).map(|(name, values)| (name.as_str(), PlainColumn::Number(values))));
    columns.push(("threshold", PlainColumn::Number(thresholds)));
    PlainTable::new(columns).write_parquet(folder.path().join("predictions.parquet"))
}

/// The folds that a study file asks for, where they do not come from a table.
pub(super) fn folds_of(spec: &ValidationSpec, cohort: &crate::learn::Cohort) -> Result<Option<Folds>> {
    Ok(Some(match spec {
        ValidationSpec::RepeatedKFold { folds, repeats, .. } => Folds::k_fold(cohort, *folds, *repeats)?,
        ValidationSpec::Holdout { share, .. } => Folds::holdout(cohort, *share)?,
        ValidationSpec::ExternalSites { sites, .. } => Folds::external_sites(cohort, sites)?,
        ValidationSpec::FromDate { date, .. } => Folds::from_day(cohort, super::plan::day(date)?)?,
        ValidationSpec::LeaveOneSiteOut { .. } => Folds::leave_one_site_out(cohort)?,
        ValidationSpec::Bootstrap { samples, .. } => Folds::bootstrap(cohort, *samples)?,
        ValidationSpec::Given { .. } => return Ok(None),
    }))
}
