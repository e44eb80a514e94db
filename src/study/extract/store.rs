//! Extracted cases on disk, so that an extraction that stopped goes on where it was.

use crate::error::{Error, Result};
use crate::image::read::series::gradients::sibling;
use crate::modality::{CaseFeatures, CaseFiles, Outline};
use crate::table::file::write_whole;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The cases of one modality under one choice of settings. A case's file is named by a hash of everything that its values depend
/// on (program, settings, contents of its files), so what is found is right by its name.
pub(super) struct Store {
    folder: PathBuf,
    base: Sha256,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    values: Vec<Option<f64>>,
    repeated: Vec<Vec<Option<f64>>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arrays: Vec<Option<Vec<f32>>>,
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    quality: Vec<(String, f64)>,
}

impl Store {
    pub(super) fn open(root: &Path, modality: &str, settings: &str) -> Result<Store> {
        let folder = root.join(modality);
        std::fs::create_dir_all(&folder).map_err(|cause| Error::io(&folder, cause))?;
        let mut base = Sha256::new();
        base.update(env!("CARGO_PKG_VERSION"));
        base.update(settings);
        Ok(Store { folder, base })
    }

    /// The name of a case's file.
    ///
    /// # Errors
    /// [`Error::Io`] where one of its files cannot be read.
    pub(super) fn key(&self, case: &CaseFiles) -> Result<PathBuf> {
        let mut hash = self.base.clone();
        for view in &case.views {
            view.images.iter().try_for_each(|path| hash_file(path, &mut hash))?;
            match &view.outline {
                Outline::Mask(path, label) => {
                    hash_file(path, &mut hash)?;
                    hash.update(format!("{label:?}"));
                }
                Outline::Box(sides) => hash.update(format!("{sides:?}")),
            }
            view.body.iter().try_for_each(|path| hash_file(path, &mut hash))?;
            hash.update(format!("{:?}", view.pixel_mm));
            for path in &view.optional {
                hash.update([u8::from(path.is_some())]);
                path.iter().try_for_each(|path| hash_file(path, &mut hash))?;
                // What stands beside an image (times, b-values) belongs to it.
                path.iter().flat_map(|path| beside(path)).try_for_each(|path| hash_file(&path, &mut hash))?;
            }
            hash.update(format!("{:?}", view.day));
        }
        let name: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(self.folder.join(format!("{name}.json")))
    }

    /// The features under this key, if they are there and whole. A file that cannot be read is as good as none.
    pub(super) fn load(&self, key: &Path, columns: usize, arrays: usize) -> Option<CaseFeatures> {
        let stored: Stored = serde_json::from_slice(&std::fs::read(key).ok()?).ok()?;
        (stored.values.len() == columns && stored.arrays.len() == arrays).then_some(CaseFeatures {
            values: stored.values,
            repeated: stored.repeated,
            arrays: stored.arrays,
            notes: stored.notes,
            quality: stored.quality,
        })
    }

    /// Keeps a case's features. A disk that is full costs the cache, not the extraction.
    pub(super) fn save(&self, key: &Path, features: &CaseFeatures) {
        let CaseFeatures { values, repeated, arrays, notes, quality } = features.clone();
        let stored = Stored { values, repeated, arrays, notes, quality };
        if let Ok(text) = serde_json::to_vec(&stored) {
            let _ = write_whole(key, &text);
        }
    }
}

/// The sidecar, b-value and gradient files of an image, as far as they are there.
fn beside(image: &Path) -> Vec<PathBuf> {
    [".json", ".bval", ".bvec"].iter().map(|ending| sibling(image, ending)).filter(|path| path.is_file()).collect()
}

/// Adds the contents of a file, or of all files of a folder by name, to a hash.
fn hash_file(path: &Path, hash: &mut Sha256) -> Result<()> {
    let refused = |cause| Error::io(path, cause);
    if path.is_dir() {
        let mut files: Vec<PathBuf> = std::fs::read_dir(path)
            .map_err(refused)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        hash.update((files.len() as u64).to_le_bytes());
        return files.iter().try_for_each(|file| hash_file(file, hash));
    }
    let mut file = std::fs::File::open(path).map_err(refused)?;
    hash.update(file.metadata().map_err(refused)?.len().to_le_bytes());
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer).map_err(refused)?;
        if n == 0 {
            return Ok(());
        }
        hash.update(&buffer[..n]);
    }
}
