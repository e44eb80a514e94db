//! The study file as it is typed: the first of two passes. An unknown key, a wrong type or an unknown name is reported at
//! its line; whether columns and files exist is the second pass ([`super::plan`]).
//!
//! To add an option, add a field here with its documentation: the schema in `data-schema/` and `vbx check` follow.

mod arm;
mod cohort;
mod compare;
mod image;
mod modality;
mod mri;
mod simulate;
mod validation;

pub use arm::{
    ArmSpec, EarlySpec, LateSpec, ModelSpec, NomogramModel, NomogramSpec, SingleSpec, StackingSpec, signature_defaults,
};
pub use cohort::{CohortSpec, Condition, Her2Spec, OutcomeSpec, Task};
pub use compare::{CompareSpec, PValueStyle, ReportSpec};
pub use image::{
    BodySpec, BoxColumns, IbsiSpec, LengthUnit, MaskFile, MaskSpec, NormaliseSpec, PixelColumn, PixelSize, PreprocessSpec,
    RadiomicsSpec, StandardScaleFile, UltrasoundSpec, settings,
};
pub use modality::{ClinicalSpec, ImportedSpec, KiCutoff, ModalitySpec, TableFile};
pub use mri::MriSpec;
pub use simulate::SimulateSpec;
pub use validation::ValidationSpec;

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// A study: one file says the cohort, the outcome, the modalities, the validation, the arms and the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StudySpec {
    /// Title of the study.
    pub title: String,
    /// The question in the researcher's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// The seed that every random choice derives from.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// A cohort to simulate first, instead of data of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulate: Option<SimulateSpec>,
    /// Who is in the study.
    #[serde(default)]
    pub cohort: CohortSpec,
    /// What is predicted.
    pub outcome: OutcomeSpec,
    /// Where the columns come from: one entry per modality.
    pub modality: Modalities,
    /// The model of one modality unless an arm says otherwise: transforms in order, then a classifier.
    #[serde(default)]
    pub model: ModelSpec,
    /// How performance is estimated.
    #[serde(default)]
    pub validation: ValidationSpec,
    /// What is compared: one entry per arm.
    pub arm: Arms,
    /// How the arms are compared.
    #[serde(default)]
    pub compare: CompareSpec,
    /// How the report is written.
    #[serde(default)]
    pub report: ReportSpec,
    /// Per choice: `published` (and where) or `assumed`. Free text, printed in the report.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
}

fn default_seed() -> u64 {
    20_260_101
}

/// Modalities in the order of the study file.
pub type Modalities = super::ordered::Ordered<ModalitySpec>;
/// Arms in the order of the study file.
pub type Arms = super::ordered::Ordered<ArmSpec>;

impl StudySpec {
    /// Reads a study file.
    ///
    /// # Errors
    /// [`Error::Usage`] that shows the line, and for an unknown key the nearest known ones.
    pub fn read(path: &Path) -> Result<(StudySpec, String)> {
        let bytes = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("{}: the study file is not UTF-8 text", path.display())))?;
        let spec = Self::parse(&text).map_err(|error| Error::usage(format!("{}: {error}", path.display())))?;
        Ok((spec, text))
    }

    /// Parses the text of a study file.
    pub fn parse(text: &str) -> Result<StudySpec> {
        toml::from_str(text).map_err(|error| Error::usage(error.to_string().trim_end()))
    }
}
