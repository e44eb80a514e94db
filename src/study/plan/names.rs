//! Names in a study file: do the modalities, arms and columns that it speaks of exist? Each fault is reported at its line, with the
//! nearest name that does exist.

use super::tables::SourceTable;
use super::usage;
use crate::error::{Error, Result};
use crate::study::spec::{ArmSpec, StudySpec};
use crate::table::FeatureTable;
use std::path::Path;

/// Checks names, and knows where they stand.
pub(super) struct NameCheck<'a> {
    path: &'a Path,
    text: &'a str,
}

impl<'a> NameCheck<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        NameCheck { path, text }
    }

    /// The line where a quoted name stands, or the head of a section with that name.
    fn line(&self, name: &str) -> Option<usize> {
        let stands = |line: &str| {
            let code = line.split('#').next().unwrap_or_default();
            code.contains(&format!("\"{name}\"")) || code.contains(&format!(".{name}]")) || code.contains(&format!(".{name}."))
        };
        self.text.lines().position(stands).map(|at| at + 1)
    }

    pub(super) fn fault(&self, name: &str, message: impl std::fmt::Display) -> Error {
        usage(self.path, self.line(name), message)
    }

    fn known(&self, name: &str, among: &[&str], what: &str, whose: &str) -> Result<()> {
        if among.contains(&name) {
            return Ok(());
        }
        let hint = nearest(name, among).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Err(self.fault(
            name,
            format!("{whose} speaks of the {what} `{name}`, which there is not (there are: {}){hint}", among.join(", ")),
        ))
    }

    /// Modalities, arms and the primary comparison.
    pub(super) fn spec(&self, spec: &StudySpec) -> Result<()> {
        let modalities = spec.modality.names();
        if modalities.is_empty() {
            return Err(usage(
                self.path,
                None,
                "a study needs at least one modality: [modality.NAME.imported] or [modality.NAME.clinical]",
            ));
        }
        if spec.arm.is_empty() {
            return Err(usage(self.path, None, "a study needs at least one arm, e.g. [arm.clinical.single]"));
        }
        for name in modalities.iter().chain(&spec.arm.names()) {
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
                return Err(self.fault(name, format!("`{name}` cannot be a name; use letters, digits, `-` and `_`")));
            }
        }
        for (name, arm) in spec.arm.iter() {
            let used = arm.modalities();
            if used.is_empty() && !matches!(arm, ArmSpec::Nomogram(spec) if !spec.variables.is_empty()) {
                return Err(self.fault(name, format!("arm `{name}` names no modality")));
            }
            for modality in used {
                self.known(modality, &modalities, "modality", &format!("arm `{name}`"))?;
            }
        }
        if let Some(table) = &spec.outcome.table {
            self.known(table, &modalities, "modality", "[outcome] table")?;
        }
        if let Some(primary) = &spec.compare.primary {
            for arm in primary {
                self.known(arm, &spec.arm.names(), "arm", "[compare] primary")?;
            }
        }
        let cuts = &spec.compare.nri_categories;
        if cuts.iter().any(|cut| !(*cut > 0.0 && *cut < 1.0)) || cuts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(usage(self.path, None, format!("nri-categories {cuts:?}: give rising cut-offs between 0 and 1")));
        }
        let [from, to] = spec.compare.decision_range;
        if !(0.0 < from && from < to && to < 1.0) {
            return Err(usage(
                self.path,
                None,
                format!("decision-range [{from}, {to}]: give two rising probabilities between 0 and 1"),
            ));
        }
        Ok(())
    }

    /// The variables of nomograms.
    pub(super) fn arms(&self, spec: &StudySpec, table: &FeatureTable) -> Result<()> {
        let names: Vec<String> = table.names().map(ToString::to_string).collect();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        for (arm_name, arm) in spec.arm.iter() {
            let ArmSpec::Nomogram(arm) = arm else { continue };
            for variable in &arm.variables {
                let modality = variable.strip_suffix(".*").map(|m| format!("{m}."));
                if modality.is_some_and(|m| all.iter().any(|name| name.starts_with(&m))) {
                    continue;
                }
                if !all.contains(&variable.as_str()) {
                    let own: Vec<&str> = match variable.split_once('.') {
                        Some((m, _)) => all.iter().copied().filter(|name| name.starts_with(&format!("{m}."))).collect(),
                        None => all.clone(),
                    };
                    let hint = nearest(variable, &own).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    let listed = own.iter().take(12).copied().collect::<Vec<_>>().join(", ");
                    let more = if own.len() > 12 { format!(" and {} more", own.len() - 12) } else { String::new() };
                    let message = format!(
                        "arm `{arm_name}` speaks of the variable `{variable}`, which there is not (there are: {listed}{more}){hint}"
                    );
                    return Err(self.fault(variable, message));
                }
            }
        }
        Ok(())
    }
}

fn nearest<'a>(name: &str, among: &[&'a str]) -> Option<&'a str> {
    let close = |other: &&&str| strsim::jaro_winkler(name, other) > 0.8;
    among.iter().filter(close).max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b))).copied()
}

/// The table that holds the outcome: the one that the study names, else the first that has the columns.
pub(super) fn outcome_table(spec: &StudySpec, tables: &[SourceTable], checked: &NameCheck) -> Result<usize> {
    if let Some(name) = &spec.outcome.table {
        return tables.iter().position(|source| source.modality == *name).ok_or_else(|| checked.fault(name, "no such table"));
    }
    let wanted: Vec<&String> = match &spec.outcome.column {
        Some(column) => vec![column],
        None => {
            let her2 = &spec.outcome.her2;
            [&her2.ihc, &her2.ish, &her2.status].into_iter().flatten().collect()
        }
    };
    let first = wanted.first().copied();
    let has = |source: &SourceTable| match first {
        Some(column) => source.table.position(column).is_some(),
        None => crate::study::outcome::her2_of_rows(&spec.outcome.her2, &source.table).is_ok(),
    };
    tables.iter().position(has).ok_or_else(|| {
        let files: Vec<String> = tables.iter().map(|source| source.table.path.display().to_string()).collect();
        match first {
            Some(column) => {
                checked.fault(column, format!("no table has the outcome's column `{column}` (looked in {})", files.join(", ")))
            }
            None => checked.fault(
                "outcome",
                format!(
                    "no table has HER2 IHC or status columns; name them under [outcome.her2] (looked in {})",
                    files.join(", ")
                ),
            ),
        }
    })
}
