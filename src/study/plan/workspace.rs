//! Where a study's by-products lie, and the extraction of images by itself.

use super::names::NameCheck;
use super::{blocks, tables};
use crate::error::{Error, Result};
use crate::study::extract::{ExtractedFeatures, Watch};
use crate::study::spec::StudySpec;
use crate::table::FeatureTable;
use std::path::{Path, PathBuf};

/// Where a study's by-products lie, and who watches them being made.
pub struct Workspace<'a> {
    /// Where simulated tables are written.
    pub simulated: PathBuf,
    /// Where extracted cases are kept.
    pub extracted: PathBuf,
    /// Who watches an extraction.
    pub watch: &'a dyn Watch,
}

impl<'a> Workspace<'a> {
    /// The by-products of a run, in its folder.
    pub fn in_run(folder: &Path, watch: &'a dyn Watch) -> Self {
        Workspace { simulated: folder.join("simulated"), extracted: folder.join("extracted"), watch }
    }

    /// The folder that the study's paths are relative to; simulates first where the study says so.
    pub(super) fn data_folder(&self, spec: &StudySpec, path: &Path) -> Result<PathBuf> {
        Ok(match &spec.simulate {
            Some(simulate) => {
                simulate.write(&self.simulated)?;
                self.simulated.clone()
            }
            None => path.parent().unwrap_or_else(|| Path::new(".")).to_path_buf(),
        })
    }
}

/// The features of a study's modalities of images (or of `only` one of them), without any outcome: what `vbx extract` writes. Into the
/// folder `maps`, if one is named, go each case's parametric and habitat maps.
///
/// # Errors
/// As [`StudyPlan::read`](super::StudyPlan::read), for the part of the study that concerns images; [`Error::Usage`] if it has none.
pub fn extract_images(
    path: &Path,
    work: &Workspace,
    only: Option<&str>,
    maps: Option<&Path>,
) -> Result<Vec<(String, FeatureTable, ExtractedFeatures)>> {
    let (spec, text) = StudySpec::read(path)?;
    NameCheck::new(path, &text).spec(&spec)?;
    let folder = work.data_folder(&spec, path)?;
    let images = blocks::Images { folder: &folder, cache: &work.extracted, watch: work.watch };
    let wanted: Vec<&str> = spec
        .modality
        .iter()
        .filter(|(name, modality)| modality.is_images() && only.is_none_or(|only| only == *name))
        .map(|(name, _)| name)
        .collect();
    if wanted.is_empty() {
        let what = only.map_or("no modality of images".to_string(), |name| format!("no modality of images called `{name}`"));
        return Err(Error::usage(format!("{}: {what}; there is nothing to extract", path.display())));
    }
    let sources = tables::read_tables(&spec, &folder, &mut Vec::new())?;
    let mut all = Vec::new();
    for ((name, modality), source) in spec.modality.iter().zip(&sources).filter(|((name, _), _)| wanted.contains(name)) {
        let (adapter, made) = blocks::of_images(name, modality, source, &images)?;
        if let Some(folder) = maps {
            std::fs::create_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
            adapter.write_maps(&source.ids.cases, folder, work.watch)?;
        }
        let mut table = FeatureTable::new(source.ids.cases.clone(), source.ids.patients.clone(), source.ids.sites.clone())?;
        for (feature, column, origin) in &made.columns {
            table.push(feature.clone(), column.clone(), origin.clone())?;
        }
        all.push((name.to_string(), table, made));
    }
    Ok(all)
}
