//! A simulated image cohort as a folder: a BIDS-like tree, manifests that a study reads, and the truth beside them.
//!
//! ```text
//! README.txt dataset_description.json
//! clinical.csv descriptors.csv genes.csv       tables: one row per patient
//! mri.csv mri_followup.csv                     manifests: one row per examination
//! ultrasound.csv mammography.csv               one row per image
//! sub-SIM0000001/ses-T0/mri/…                  NIfTI with JSON sidecars and .bval
//! sub-SIM0000001/ses-T0/us/… mg/…              PNG and DICOM, masks
//! sub-SIM0000001/ses-T1/mri/…                  the second visit
//! truth/truth.json truth/preset.toml truth/latent.csv
//! truth/sub-SIM0000001/…                       parameter maps, habitats, receive field, motion, record.json
//! ```
//! Patients are made one by one, on all threads; each is written into a hidden folder and renamed when complete, so that a run
//! which
//! stopped (full disk, power) goes on where it was. Tables and manifests are written last, from every patient's record.

mod dicom;
mod manifest;
mod nifti;
mod patient;
mod picture;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde_json::json;

use super::design::ImageDesign;
use super::preset::ImagePreset;
use crate::error::{Error, Result};

/// By this file a folder is known as a simulated image cohort, and of which preset.
const PRESET: &str = "truth/preset.toml";

/// Simulates an image cohort into a folder, on all threads of the current rayon pool. A folder in which the same version began
/// the
/// same preset is completed. `progress` is told of every patient that is complete.
///
/// # Errors
/// [`Error::Usage`] if the preset contradicts itself or the folder holds something else; [`Error::Io`] if it cannot be written:
/// what is
/// complete stays, and the same call goes on from there.
pub fn write(preset: &ImagePreset, folder: &Path, progress: &(dyn Fn(usize) + Sync)) -> Result<Vec<PathBuf>> {
    let design = ImageDesign::new(preset)?;
    begin(&design, folder)?;
    let stop = AtomicBool::new(false);
    let fault: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    (0..design.n()).into_par_iter().for_each(|index| {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        match patient::write(&design, index as u64, folder) {
            Ok(()) => progress(1),
            Err(error) => {
                // The first fault stops the others: a full disk would only give as many faults as patients.
                stop.store(true, Ordering::Relaxed);
                if let Ok(mut fault) = fault.lock()
                    && fault.as_ref().is_none_or(|(first, _)| index < *first)
                {
                    *fault = Some((index, error));
                }
            }
        }
    });
    if let Some((_, error)) = fault.into_inner().ok().flatten() {
        let complete = (0..design.n()).filter(|index| patient::is_complete(&design, *index as u64, folder)).count();
        return Err(match error {
            Error::Io { path, message } => Error::Io {
                path,
                message: format!("{message}; {complete} of {} patients are complete and stay: run again to go on", design.n()),
            },
            other => other,
        });
    }
    manifest::write(&design, folder)
}

/// Prepares the folder, or finds that it holds the beginning of the same cohort.
fn begin(design: &ImageDesign, folder: &Path) -> Result<()> {
    let fault = |path: &Path, cause: &dyn std::fmt::Display| Error::io(path, cause);
    let marker = folder.join(PRESET);
    let text = preset_text(design)?;
    if marker.is_file() {
        let found = fs::read_to_string(&marker).map_err(|cause| fault(&marker, &cause))?;
        if found != text {
            let message = format!("{} holds a cohort of another preset or version: name another folder", folder.display());
            return Err(Error::usage(message));
        }
        return sweep(folder);
    }
    let occupied = folder.exists() && fs::read_dir(folder).map_err(|cause| fault(folder, &cause))?.next().is_some();
    if occupied {
        return Err(Error::usage(format!("{} is not empty: name another folder", folder.display())));
    }
    let truth = folder.join("truth");
    fs::create_dir_all(&truth).map_err(|cause| fault(&truth, &cause))?;
    put(&marker, text.as_bytes())
}

/// Removes what an earlier run left unfinished.
fn sweep(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(|cause| Error::io(folder, cause))? {
        let path = entry.map_err(|cause| Error::io(folder, cause))?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(patient::UNFINISHED)) {
            fs::remove_dir_all(&path).map_err(|cause| Error::io(&path, cause))?;
        }
    }
    Ok(())
}

/// The preset with everything inherited written out, and the version: simulates the same cohort again.
fn preset_text(design: &ImageDesign) -> Result<String> {
    let resolved = ImagePreset { extends: None, ..design.preset().clone() };
    let text = toml::to_string(&resolved).map_err(Error::numeric)?;
    Ok(format!("# made by vbx {}\n{text}", env!("CARGO_PKG_VERSION")))
}

/// Writes a file as a whole or not at all.
fn put(path: &Path, content: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let fault = |cause: std::io::Error| Error::io(path, cause);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
    file.write_all(content).map_err(fault)?;
    file.persist(path).map_err(|failure| fault(failure.error))?;
    Ok(())
}

/// The truth of the cohort as `truth/truth.json` holds it.
fn truth_json(design: &ImageDesign) -> Result<Vec<u8>> {
    let truth = json!({
        "vbx_version": env!("CARGO_PKG_VERSION"),
        "cohort": design.written().truth(),
        "modalities": design.modality_truths(),
        "sites": design.protocols(),
        "habitats": {"1": "well perfused", "2": "intermediate", "3": "necrotic"},
    });
    serde_json::to_vec_pretty(&truth).map_err(Error::numeric)
}
