//! Finished splits of a run, so that a run that stopped goes on where it was.

use crate::error::{Error, Result};
use crate::learn::{FoldResult, Probabilities, Split, Weight};
use crate::table::FeatureName;
use crate::table::file::write_whole;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Stored splits of one plan. The folder's name is a hash of everything that the predictions depend on, so what is found in it
/// is right by its name.
pub struct Cache {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct StoredFold {
    arm: String,
    cases: Vec<usize>,
    probabilities: Vec<Option<Vec<f64>>>,
    classes: usize,
    threshold: Option<f64>,
    weights: Vec<(String, String, f64, bool)>,
    notices: Vec<String>,
}

impl Cache {
    /// The cache of the plan with this hash, in a run's folder.
    pub fn open(run: &Path, hash: &str) -> Result<Cache> {
        let folder = run.join("cache").join(&hash[..16.min(hash.len())]);
        std::fs::create_dir_all(&folder).map_err(|cause| Error::io(&folder, cause))?;
        Ok(Cache { folder })
    }

    /// Forgets all splits.
    pub fn clear(&self) -> Result<()> {
        std::fs::remove_dir_all(&self.folder).map_err(|cause| Error::io(&self.folder, cause))?;
        std::fs::create_dir_all(&self.folder).map_err(|cause| Error::io(&self.folder, cause))
    }

    fn file(&self, split: &Split) -> PathBuf {
        self.folder.join(format!("repeat{}-fold{}.json", split.repeat(), split.fold()))
    }

    /// The results of a split, one per arm, if they are there and whole. A file that cannot be read is as good as none.
    pub fn load(&self, split: &Split, arms: &[String]) -> Option<Vec<FoldResult>> {
        let stored: Vec<StoredFold> = serde_json::from_slice(&std::fs::read(self.file(split)).ok()?).ok()?;
        let same = stored.len() == arms.len() && stored.iter().zip(arms).all(|(fold, arm)| fold.arm == *arm);
        let whole = same && stored.iter().all(|fold| fold.cases == split.test() && fold.probabilities.len() == fold.cases.len());
        if !whole {
            return None;
        }
        stored.into_iter().map(|fold| fold.restore(split)).collect()
    }

    /// Stores the results of a split. A disk that is full costs the cache, not the run.
    pub fn store(&self, split: &Split, arms: &[String], results: &[FoldResult]) {
        let stored: Vec<StoredFold> = arms.iter().zip(results).map(|(arm, result)| StoredFold::of(arm, result)).collect();
        if let Ok(text) = serde_json::to_vec(&stored) {
            let _ = write_whole(self.file(split), &text);
        }
    }
}

impl StoredFold {
    fn of(arm: &str, result: &FoldResult) -> Self {
        let p = &result.probabilities;
        let weight = |w: &Weight| (w.name.modality().to_string(), w.name.name().to_string(), w.value, w.signed);
        StoredFold {
            arm: arm.to_string(),
            cases: result.cases.clone(),
            probabilities: (0..p.n()).map(|i| p.row(i).map(|row| row.to_vec())).collect(),
            classes: p.classes(),
            threshold: result.threshold,
            weights: result.weights.iter().map(weight).collect(),
            notices: result.notices.clone(),
        }
    }

    fn restore(self, split: &Split) -> Option<FoldResult> {
        let mut probabilities = Probabilities::undefined(self.cases.len(), self.classes);
        for (i, row) in self.probabilities.iter().enumerate() {
            if let Some(row) = row {
                let row = Array2::from_shape_vec((1, self.classes), row.clone()).ok()?;
                probabilities.place(&[i], &Probabilities::new(row).ok()?);
            }
        }
        let weight = |(modality, name, value, signed): (String, String, f64, bool)| {
            Some(Weight { name: Arc::new(FeatureName::sanitised(&modality, &name).ok()?), value, signed })
        };
        Some(FoldResult {
            repeat: split.repeat(),
            fold: split.fold(),
            cases: self.cases,
            probabilities,
            threshold: self.threshold,
            weights: self.weights.into_iter().map(weight).collect::<Option<_>>()?,
            notices: self.notices,
        })
    }
}
