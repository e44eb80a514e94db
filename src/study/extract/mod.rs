//! Features from image files: a manifest's cases through an adapter, in parallel, resumable, one bad scan a reported row.
//!
//! Rule: a case is extracted from its own files and the study's settings alone. At most one case per thread is in memory. What an
//! adapter made of a case is kept under a hash of all that it depends on, so that a stopped extraction goes on where it was.
//!
//! To add a modality of images: its options in `study::spec::image`, its adapter in `modality`, and its two lines in [`source`].

mod manifest;
mod source;
mod store;

pub(super) use source::Source;

use crate::error::{Error, Result};
use crate::modality::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality};
use crate::table::{Column, FeatureName, Finding, Origin};
use crate::transform::REPEATED;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use store::Store;

/// Who watches a long extraction.
pub trait Watch: Sync {
    /// The images of a modality are going to be read, so many cases.
    fn begin(&self, modality: &str, cases: usize);
    /// One more case is done.
    fn case(&self);
    /// The modality is done.
    fn end(&self);
}

/// A watch that shows nothing.
pub struct Silent;

impl Watch for Silent {
    fn begin(&self, _: &str, _: usize) {}
    fn case(&self) {}
    fn end(&self) {}
}

/// A case that could not be extracted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCase {
    /// The row of the manifest as a spreadsheet counts.
    pub row: usize,
    /// What is wrong, with the file.
    pub why: String,
}

/// A modality's features over all cases of its manifest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExtractedFeatures {
    /// The columns, one value per case.
    pub columns: Vec<(FeatureName, Column, Origin)>,
    /// Cases that could not be extracted.
    pub failed: Vec<FailedCase>,
    /// Cases without an image or without an outline.
    pub absent: usize,
    /// What was noticed, and how often.
    pub findings: Vec<Finding>,
    /// How the features are made.
    pub rules: Vec<String>,
    /// Row of the manifest, measure and value of how well steps of the extraction went.
    pub quality: Vec<(usize, String, f64)>,
}

/// Extracts every case.
///
/// # Errors
/// [`Error::Study`] if no case at all can be extracted, with the first fault.
pub(super) fn extract(
    modality: &str,
    adapter: &dyn ImageModality,
    cases: &[Option<CaseFiles>],
    manifest: &Path,
    cache: &Path,
    watch: &dyn Watch,
) -> Result<ExtractedFeatures> {
    let (columns, arrays) = (adapter.columns(), adapter.arrays());
    let store = Store::open(cache, modality, &adapter.settings())?;
    let imaged = cases.iter().flatten().count();
    watch.begin(modality, imaged);
    let one = |case: &CaseFiles| -> Result<CaseFeatures> {
        let key = store.key(case)?;
        if let Some(known) = store.load(&key, columns.len(), arrays.len()) {
            return Ok(known);
        }
        let made = adapter.extract(case)?;
        store.save(&key, &made);
        Ok(made)
    };
    let made: Vec<Option<Result<CaseFeatures>>> = cases
        .par_iter()
        .map(|case| {
            let made = case.as_ref().map(one);
            if made.is_some() {
                watch.case();
            }
            made
        })
        .collect();
    watch.end();
    let (mut failed, mut quality) = (Vec::new(), Vec::new());
    let mut notes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (case, made) in cases.iter().zip(&made) {
        let row = case.as_ref().and_then(|case| case.views.first()).map_or(0, |view| view.row);
        match made {
            Some(Err(error)) => failed.push(FailedCase { row, why: error.to_string() }),
            Some(Ok(features)) => {
                features.notes.iter().for_each(|note| notes.entry(note).or_default().push(row));
                quality.extend(features.quality.iter().map(|(measure, value)| (row, measure.clone(), *value)));
            }
            None => {}
        }
    }
    if imaged > 0 && failed.len() == imaged {
        return Err(Error::study(format!("no case of `{modality}` could be extracted; the first: {}", failed[0].why)));
    }
    let mut findings: Vec<Finding> = notes
        .into_iter()
        .map(|(note, rows)| {
            let message = format!("{modality}: {note}");
            // What befell every case is the study's fault, not a case's.
            let finding = match imaged > 1 && rows.len() == imaged {
                true => Finding::caution("extraction-note", message),
                false => Finding::info("extraction-note", message),
            };
            finding.in_file(manifest).at_rows(rows)
        })
        .collect();
    if !failed.is_empty() {
        let rows: Vec<usize> = failed.iter().map(|case| case.row).collect();
        let message = format!(
            "{modality}: {} of {imaged} cases could not be extracted and lack this modality; `vbx extract` writes the reasons into \
             {modality}.failed.csv",
            failed.len()
        );
        findings.push(Finding::warning("extraction-failed", message).in_file(manifest).at_rows(rows));
    }
    Ok(ExtractedFeatures {
        columns: tabulated(modality, adapter, &made)?,
        absent: cases.len() - imaged,
        failed,
        findings,
        rules: adapter.rules(),
        quality,
    })
}

/// The columns of a modality; with perturbed outlines, each is followed by the column of its repeated measurements; arrays come last.
fn tabulated(
    modality: &str,
    adapter: &dyn ImageModality,
    made: &[Option<Result<CaseFeatures>>],
) -> Result<Vec<(FeatureName, Column, Origin)>> {
    let of = |case: &'_ Option<Result<CaseFeatures>>| match case {
        Some(Ok(features)) => Some(features.clone()),
        _ => None,
    };
    let made: Vec<Option<CaseFeatures>> = made.iter().map(of).collect();
    let repeats = adapter.repeats();
    let mut columns = Vec::new();
    for (at, column) in adapter.columns().iter().enumerate() {
        let DeclaredColumn { name, origin } = column;
        let value = |case: &Option<CaseFeatures>| case.as_ref()?.values[at].filter(|value| value.is_finite());
        columns.push((FeatureName::sanitised(modality, name)?, Column::scalar(made.iter().map(value)), origin.clone()));
        if repeats > 0 {
            let again = |case: &Option<CaseFeatures>| {
                let repeated = &case.as_ref()?.repeated;
                Some(repeated.iter().map(|row| row[at].map_or(f32::NAN, |value| value as f32)).collect::<Vec<f32>>())
            };
            let arrays = Column::array(vec![repeats], made.iter().map(again).collect())?;
            columns.push((FeatureName::sanitised(modality, &format!("{name}{REPEATED}"))?, arrays, origin.clone()));
        }
    }
    for (at, (DeclaredColumn { name, origin }, shape)) in adapter.arrays().into_iter().enumerate() {
        let array = |case: &Option<CaseFeatures>| case.as_ref()?.arrays.get(at)?.clone();
        let arrays = Column::array(shape, made.iter().map(array).collect())?;
        columns.push((FeatureName::sanitised(modality, &name)?, arrays, origin));
    }
    Ok(columns)
}
