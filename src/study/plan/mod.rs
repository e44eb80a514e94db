//! The second pass over a study: defaults resolved, tables read, names checked against the data, cohort and folds made. What is left
//! is to fit.
//!
//! Data flow one way: tables → identifiers → outcome → eligible cases → feature table → leakage check → cohort → folds and arms.

mod blocks;
mod cases;
mod columns;
mod folds;
mod names;
mod notices;
mod summary;
mod tables;
mod workspace;

pub use folds::day;
pub use notices::of_finding as notice_of;
pub use summary::PlanSummary;
pub use workspace::{Workspace, extract_images};

use super::arms::{self, BuiltArm};
use super::outcome::{self, Outcome};
use super::results::{FlowStep, ImageExample, ModalitySummary, Notice, PatternCount};
use super::spec::StudySpec;
use crate::error::{Error, Result};
use crate::learn::{Cohort, CohortParts, Folds, Split};
use crate::table::FeatureTable;
use std::path::{Path, PathBuf};

/// A study that can run.
pub struct StudyPlan {
    spec: StudySpec,
    inputs: Vec<PathBuf>,
    outcome: Outcome,
    cohort: Cohort,
    folds: Folds,
    table: FeatureTable,
    cases: Vec<String>,
    arms: Vec<BuiltArm>,
    notices: Vec<Notice>,
    flow: Vec<FlowStep>,
    modalities: Vec<ModalitySummary>,
    patterns: Vec<PatternCount>,
    examples: Vec<ImageExample>,
}

impl StudyPlan {
    /// Reads a study file and everything that it names. A study with a `[simulate]` section first simulates its tables; features of
    /// images are extracted, where they have not been.
    ///
    /// # Errors
    /// [`Error::Usage`] for the study file, with its line; [`Error::Input`] for a table; [`Error::Study`] where the data cannot answer.
    pub fn read(path: &Path, work: &Workspace) -> Result<StudyPlan> {
        let (spec, text) = StudySpec::read(path)?;
        let checked = names::NameCheck::new(path, &text);
        checked.spec(&spec)?;
        let folder = work.data_folder(&spec, path)?;
        let mut notices = Vec::new();
        let tables = tables::read_tables(&spec, &folder, &mut notices)?;
        let outcome_table = names::outcome_table(&spec, &tables, &checked)?;
        let source = &tables[outcome_table];
        let outcome = outcome::derive(&spec.outcome, &source.table)?;
        notices.extend(outcome.findings.iter().map(notices::of_finding));
        let eligible = cases::eligible(&spec, source, &outcome)?;
        let images = blocks::Images { folder: &folder, cache: &work.extracted, watch: work.watch };
        let adapted = blocks::adapt(&spec, &tables, &outcome, &images, &mut notices)?;
        let joined = FeatureTable::outer_join(&adapted.blocks)?;
        let chosen = cases::analysed(&eligible, &joined, &outcome, &mut notices)?;
        let table = joined.take(&chosen.rows)?;
        let class: Vec<usize> = chosen.cases.iter().map(|case| case.class).collect();
        let table = columns::check(&table, &class, &outcome, &mut notices);
        let features = columns::features(&table)?;
        let cases: Vec<String> = chosen.cases.iter().map(|case| case.id.clone()).collect();
        let (sites, site_names) = cases::numbered(chosen.cases.iter().map(|case| case.site.clone()).collect());
        let (patients, _) = cases::numbered(chosen.cases.iter().map(|case| Some(case.patient.clone())).collect());
        let parts = CohortParts {
            features,
            outcome: class.iter().map(|&class| class as u32).collect(),
            classes: outcome.classes.clone(),
            ordered: outcome.ordered,
            patients: patients.unwrap_or_default(),
            sites,
            site_names,
            days: chosen.cases.iter().map(|case| case.day).collect(),
        };
        let cohort = Cohort::new(parts, spec.seed, spec.validation.inner_folds())?;
        let folds = folds::make(&spec, &cohort, &cases, &folder)?;
        checked.arms(&spec, &table)?;
        let modalities = blocks::summaries(&spec, &tables, &adapted.rules, &table);
        let labels =
            |name: &str| modalities.iter().find(|m| m.name == name).map_or_else(|| name.to_string(), |m| m.label.clone());
        let columns_of = |modality: &str| {
            table.names().filter(|name| name.modality() == modality).map(ToString::to_string).collect::<Vec<_>>()
        };
        let arms = arms::build(
            &spec,
            &arms::Blocks {
                labels: &labels,
                columns: &columns_of,
                median_split: blocks::median_split(&spec, &table),
                classes: outcome.classes.len(),
                ordered: outcome.ordered,
            },
        )?;
        notices.extend(notices::of_size(&cohort, &table));
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.level));
        let patterns = cases::patterns(&table);
        let mut inputs: Vec<PathBuf> = vec![path.to_path_buf()];
        inputs.extend(tables.iter().map(|source| source.table.path.clone()));
        inputs.sort();
        inputs.dedup();
        let by_class: Vec<(&str, usize)> = chosen.cases.iter().map(|case| (case.id.as_str(), case.class)).collect();
        let examples = blocks::examples(&adapted, &tables, &by_class, &outcome.classes);
        let flow = chosen.flow;
        Ok(StudyPlan { spec, inputs, outcome, cohort, folds, table, cases, arms, notices, flow, modalities, patterns, examples })
    }

    /// The study file.
    pub fn spec(&self) -> &StudySpec {
        &self.spec
    }

    /// The files that it was made from.
    pub fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// What is predicted.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The cohort.
    pub fn cohort(&self) -> &Cohort {
        &self.cohort
    }

    /// The splits.
    pub fn folds(&self) -> &Folds {
        &self.folds
    }

    /// Number of splits.
    pub fn n_splits(&self) -> usize {
        self.folds.splits().len()
    }

    /// The features of the analysed cases.
    pub fn table(&self) -> &FeatureTable {
        &self.table
    }

    /// The analysed cases' names. They go into the run's own tables, never into a report or a message.
    pub fn cases(&self) -> &[String] {
        &self.cases
    }

    /// The arms.
    pub fn arms(&self) -> &[BuiltArm] {
        &self.arms
    }

    /// What was noticed.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How patients became cases.
    pub fn flow(&self) -> &[FlowStep] {
        &self.flow
    }

    /// The modalities.
    pub fn modalities(&self) -> &[ModalitySummary] {
        &self.modalities
    }

    /// Which cases have which modalities.
    pub fn patterns(&self) -> &[PatternCount] {
        &self.patterns
    }

    /// Outlined lesions of modalities of images.
    pub fn examples(&self) -> &[ImageExample] {
        &self.examples
    }

    /// A hash of features, outcome and patients, as they are analysed.
    pub fn data_hash(&self) -> [u8; 32] {
        columns::hash(&self.cohort, &self.table)
    }

    /// The first split, for messages about it.
    pub fn first_split(&self) -> Option<&Split> {
        self.folds.splits().first()
    }
}

/// An [`Error::Usage`] about a study file.
fn usage(path: &Path, line: Option<usize>, message: impl std::fmt::Display) -> Error {
    match line {
        Some(line) => Error::usage(format!("{}, line {line}: {message}", path.display())),
        None => Error::usage(format!("{}: {message}", path.display())),
    }
}
