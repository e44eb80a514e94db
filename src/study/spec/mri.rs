//! MRI examinations: sequences, parametric maps and habitats.

use super::TableFile;
use super::image::{BodySpec, IbsiSpec, MaskSpec, PreprocessSpec, chosen};
use crate::error::Result;
use crate::habitat::Codebook;
use crate::image::read::series::sidecar::read_text;
use crate::modality::Several;
use crate::modality::mri::{Align, HabitatSource, Habitats, MapGroup, MriOptions, Protocols, Sequence, Visits};
use crate::modality::radiomics::Grids;
use crate::radiomics::Settings;
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// MRI examinations with an outlined lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MriSpec {
    /// The manifest: a table with a row per examination.
    pub file: TableFile,
    /// How the modality is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The folder in which the files lie, relative to the study file; by default the manifest's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The sequences by name. One that an examination lacks leaves its features missing.
    pub sequences: BTreeMap<String, Sequence>,
    /// The sequence on whose grid everything is measured and the lesion is outlined; by default the first series that maps are computed from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// How the other sequences, and the phases of a series, are brought to it.
    #[serde(default)]
    pub align: Align,
    /// Groups of parametric maps by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub maps: BTreeMap<String, MapGroup>,
    /// Images and maps whose radiomics are computed: a sequence (`t2`), an image of a series (`dce2`, `dce_early`), a map (`adc_ADC`). The
    /// regions of every map have their statistics without that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub radiomics: Vec<String>,
    /// Further files that maps name (T1 before contrast agent, transmit field, artery, measured input function), and their columns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Parts of the lesion that behave alike in several maps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub habitats: Option<Habitats>,
    /// Follow-up examinations, whose change becomes features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<Visits>,
    /// Where the lesion is outlined.
    #[serde(default)]
    pub mask: MaskSpec,
    /// To what rings around the lesion are clipped.
    #[serde(default)]
    pub body: BodySpec,
    /// What is done where the reference sequence and the mask lie on different grids.
    #[serde(default)]
    pub grids: Grids,
    /// A PyRadiomics parameter file, relative to the study file; by default its original features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<PathBuf>,
    /// Features as IBSI defines them, instead of PyRadiomics' definitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibsi: Option<IbsiSpec>,
    /// What is done to each image before its radiomics, in order; maps are computed from images as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preprocess: Vec<PreprocessSpec>,
    /// The regions whose features are computed.
    #[serde(default = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// Perturbed outlines on which every feature is measured again; the transform `robustness` drops features that they change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perturbed: Vec<Perturbation>,
    /// How several rows of a case become one, where they are no visits.
    #[serde(default)]
    pub several: Several,
}

impl MriSpec {
    /// The adapter's options; reads the parameter file and the atlas.
    ///
    /// # Errors
    /// Those of the files.
    pub fn options(&self, study: &Path) -> Result<MriOptions> {
        let atlas = match self.habitats.as_ref().map(|habitats| &habitats.by) {
            Some(HabitatSource::Atlas(path)) => {
                let path = study.join(path);
                Some(Codebook::from_json(&read_text(&path)?, &path)?)
            }
            _ => None,
        };
        Ok(MriOptions {
            protocols: Protocols {
                sequences: self.sequences.clone(),
                reference: self.reference.clone(),
                align: self.align,
                maps: self.maps.clone(),
                radiomics: self.radiomics.clone(),
                files: self.files.clone(),
            },
            habitats: self.habitats.clone(),
            atlas,
            settings: chosen(self.params.as_deref(), self.ibsi.as_ref(), study, Settings::default())?,
            regions: self.regions.clone(),
            several: self.several,
            grids: self.grids,
            otsu_body: self.body == BodySpec::Otsu,
            preprocess: self.preprocess.iter().map(|step| step.load(study)).collect::<Result<_>>()?,
            perturbed: self.perturbed.clone(),
            visits: self.visits.clone(),
        })
    }
}

fn lesion() -> Vec<RegionSpec> {
    vec![RegionSpec::Lesion]
}
