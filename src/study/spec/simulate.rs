//! A study that makes its own data.

use crate::error::Result;
use crate::simulate::{IfPresent, WriteOptions, preset, write_with};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A cohort with a known truth, simulated before the study reads its tables; the modalities' files are then relative to the
/// simulated folder: `clinical.csv` and one `<block>.csv` per modality block of the preset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SimulateSpec {
    /// A built-in preset (`vbx simulate --list`), or a TOML file.
    pub preset: String,
    /// Number of patients, instead of the preset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patients: Option<usize>,
    /// Seed, instead of the preset's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl SimulateSpec {
    /// Simulates into `folder`, unless the same cohort is there already.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut preset = preset(&self.preset)?;
        preset.n = self.patients.unwrap_or(preset.n);
        preset.seed = self.seed.unwrap_or(preset.seed);
        write_with(&preset, folder, WriteOptions { if_present: IfPresent::Reuse, ..WriteOptions::default() }, &mut |_| {})
            .map(|_| ())
    }
}
