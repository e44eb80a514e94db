//! The study's splits.

use crate::error::{Error, InputError, Result};
use crate::learn::{Cohort, Folds};
use crate::study::run::folds_of;
use crate::study::spec::{StudySpec, ValidationSpec};
use crate::table::{ReadOptions, read};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Days since 1970-01-01 of an ISO date.
///
/// # Errors
/// [`Error::Usage`] if it is none.
pub fn day(text: &str) -> Result<i64> {
    let date: jiff::civil::Date =
        text.trim().parse().map_err(|_| Error::usage(format!("`{text}` is not a date; write it like 2024-05-31")))?;
    let origin = jiff::civil::date(1970, 1, 1);
    Ok(i64::from(origin.until(date).map_err(Error::usage)?.get_days()))
}

/// Makes the splits, or reads them.
pub(super) fn make(spec: &StudySpec, cohort: &Cohort, cases: &[String], folder: &Path) -> Result<Folds> {
    match &spec.validation {
        ValidationSpec::Given { file, .. } => given(cohort, cases, &folder.join(file)),
        other => folds_of(other, cohort)?.ok_or_else(|| Error::study("the validation gives no splits")),
    }
}

/// Splits from a table with `case_id`, `fold` and perhaps `repeat`.
fn given(cohort: &Cohort, cases: &[String], path: &Path) -> Result<Folds> {
    let (table, _) = read(path, &ReadOptions::default())?;
    let (case, fold) = (table.column("case_id")?, table.column("fold")?);
    let repeat = table.position("repeat").map(|at| &table.columns[at]);
    let place: HashMap<&str, usize> = cases.iter().enumerate().map(|(i, case)| (case.as_str(), i)).collect();
    let mut repeats: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let (Some(id), Some(fold)) = (case.text(row), fold.text(row)) else { continue };
        // A row about a case that is not analysed (excluded, say) is of no account.
        let Some(&at) = place.get(id.as_ref()) else { continue };
        let repeat = repeat.and_then(|column| column.text(row)).unwrap_or_default().to_string();
        repeats.entry(repeat).or_insert_with(|| vec![None; cases.len()])[at] = Some(fold.to_string());
    }
    let mut numbered = Vec::new();
    for folds in repeats.values() {
        let missing = folds.iter().filter(|fold| fold.is_none()).count();
        if missing > 0 {
            return Err(InputError::new(path, format!("no fold for {missing} analysed cases"), "a fold for every case").into());
        }
        let names: Vec<&String> = folds.iter().flatten().collect();
        if names.iter().all(|name| ["train", "test"].contains(&name.to_lowercase().as_str())) {
            let test: Vec<bool> = names.iter().map(|name| name.to_lowercase() == "test").collect();
            return Folds::given_holdout(cohort, &test);
        }
        let mut known: Vec<&String> = names.clone();
        known.sort();
        known.dedup();
        numbered.push(names.iter().map(|name| known.binary_search(name).unwrap_or_default()).collect::<Vec<usize>>());
    }
    if numbered.is_empty() {
        return Err(InputError::new(path, "no row about an analysed case", "rows with case_id and fold").into());
    }
    Folds::given(cohort, &numbered)
}
