//! A simulated cohort as a folder: the tables that a study reads, and the truth beside them.
//!
//! ```text
//! clinical.csv            patient_id, site, exam_date, HER2 assay, clinical variables
//! <block>.csv             patient_id, features; a patient without the examination has no row
//! README.txt              what this is
//! truth/truth.json        AUCs, correlations, best fusion, sites, the preset
//! truth/preset.toml       the preset, everything inherited written out: simulates the same cohort again
//! truth/latent.csv        per patient the class, its probabilities under the truth, and every score
//! truth/features.csv      per feature its centre, scale and coefficients
//! truth/site_effects.csv  per site and feature its shift and factor
//! ```
//! The tables may be Parquet instead. The folder appears when it is complete: until then its files lie in a temporary folder beside it.

mod answer;
mod csv;
mod parquet;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::design::Design;
use super::preset::CohortPreset;
use crate::error::{Error, Result};

/// How a cohort is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// What happens to a folder that is already there.
    pub if_present: IfPresent,
    /// The format of the tables.
    pub format: Format,
}

/// What happens to a folder that is already there. One with anything in it but a simulated cohort is never touched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IfPresent {
    /// It must be empty.
    #[default]
    Refuse,
    /// A cohort simulated earlier makes room.
    Replace,
    /// A cohort simulated earlier stays as it is if the same version made it from the same preset; else it makes room.
    Reuse,
}

/// The format of the tables. The truth is always text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// CSV, a few thousand patients in memory at a time.
    #[default]
    Csv,
    /// Parquet; the whole cohort is held in memory, at about 30 bytes a value.
    Parquet,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// One file of a written cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenFile {
    /// Where it is.
    pub path: PathBuf,
    /// What a study reads from it: `clinical`, or the name of a block. `None` for the README and the truth.
    pub modality: Option<String>,
}

/// Simulates a cohort into a folder that is empty or absent, as CSV; see [`write_with`].
///
/// # Errors
/// As [`write_with`].
pub fn write(preset: &CohortPreset, folder: &Path) -> Result<Vec<WrittenFile>> {
    write_with(preset, folder, WriteOptions::default(), &mut |_| {})
}

/// Simulates a cohort into a folder, on all threads of the current rayon pool. `progress` is told how many patients are done,
/// as they come.
///
/// # Errors
/// [`Error::Usage`] if the preset contradicts itself or the folder holds something else; [`Error::Io`] if it cannot be written.
pub fn write_with(
    preset: &CohortPreset,
    folder: &Path,
    options: WriteOptions,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<WrittenFile>> {
    let design = Design::new(preset)?;
    let occupied = is_occupied(folder)?;
    if occupied {
        match options.if_present {
            IfPresent::Refuse => {
                return Err(Error::usage(format!("{} is not empty: name another folder", folder.display())));
            }
            _ if !folder.join(answer::TRUTH).is_file() => {
                let message = format!("{} holds something else than a simulated cohort: name another folder", folder.display());
                return Err(Error::usage(message));
            }
            IfPresent::Reuse if answer::is_of(folder, &design)? && tables_exist(folder, &design, options.format) => {
                return Ok(files(folder, &design, options.format));
            }
            IfPresent::Replace | IfPresent::Reuse => {}
        }
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|cause| Error::io(parent, cause))?;
    let staging =
        tempfile::Builder::new().prefix(".vbx-simulate-").tempdir_in(parent).map_err(|cause| Error::io(parent, cause))?;
    let staged = staging.path().join("cohort");
    fs::create_dir_all(staged.join("truth")).map_err(|cause| Error::io(&staged, cause))?;

    match options.format {
        Format::Csv => csv::write_patients(&design, &staged, true, progress)?,
        Format::Parquet => {
            parquet::write_tables(&design, &staged)?;
            csv::write_patients(&design, &staged, false, progress)?;
        }
    }
    answer::write(&design, &staged, options.format.extension())?;

    if occupied {
        fs::remove_dir_all(folder).map_err(|cause| Error::io(folder, cause))?;
    } else if folder.exists() {
        fs::remove_dir(folder).map_err(|cause| Error::io(folder, cause))?;
    }
    fs::rename(&staged, folder).map_err(|cause| Error::io(folder, cause))?;
    Ok(files(folder, &design, options.format))
}

fn is_occupied(folder: &Path) -> Result<bool> {
    if !folder.exists() {
        return Ok(false);
    }
    Ok(fs::read_dir(folder).map_err(|cause| Error::io(folder, cause))?.next().is_some())
}

/// The modalities of a cohort: clinical data first.
fn modalities(design: &Design) -> impl Iterator<Item = &str> {
    std::iter::once("clinical").chain(design.blocks().iter().map(|block| block.name.as_str()))
}

fn tables_exist(folder: &Path, design: &Design, format: Format) -> bool {
    modalities(design).all(|modality| folder.join(format!("{modality}.{}", format.extension())).is_file())
}

fn files(folder: &Path, design: &Design, format: Format) -> Vec<WrittenFile> {
    let tables = modalities(design).map(|modality| WrittenFile {
        path: folder.join(format!("{modality}.{}", format.extension())),
        modality: Some(modality.to_string()),
    });
    let others = answer::FILES.iter().map(|file| WrittenFile { path: folder.join(file), modality: None });
    tables.chain(others).collect()
}
