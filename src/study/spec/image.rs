//! Modalities that come as images: a manifest names each case's files, and features are extracted from them.

use super::TableFile;
use crate::error::{Error, InputError, Result};
use crate::modality::Several;
use crate::modality::radiomics::{Grids, RadiomicsOptions};
use crate::modality::ultrasound::UltrasoundOptions;
use crate::radiomics::{Settings, pyradiomics_params};
use crate::region::RegionSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Ultrasound images with an outlined lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UltrasoundSpec {
    /// The manifest: a table with a row per image. A case may have several rows.
    pub file: TableFile,
    /// How the modality is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The folder in which the files lie, relative to the study file; by default the manifest's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The column that names the image (PNG, JPEG, TIFF, BMP, DICOM).
    #[serde(default = "image_column")]
    pub image: String,
    /// Where the lesion is outlined.
    #[serde(default)]
    pub mask: MaskSpec,
    /// Size of a pixel; a DICOM image's own regions go first. Without any, sizes are in pixels, which the report says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_size: Option<PixelSize>,
    /// A PyRadiomics parameter file, relative to the study file; by default its original features in two dimensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<PathBuf>,
    /// The regions whose features are extracted.
    #[serde(default = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// How several images of a lesion become one row.
    #[serde(default)]
    pub several: Several,
    /// Whether the shape descriptors that readers use are added: orientation, aspect ratio, margin irregularity.
    #[serde(default = "yes")]
    pub descriptors: bool,
}

/// Volumes (MRI, CT, tomosynthesis) with an outlined lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RadiomicsSpec {
    /// The manifest: a table with a row per case.
    pub file: TableFile,
    /// How the modality is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The folder in which the files lie, relative to the study file; by default the manifest's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// Per image: its name in features (`dce2`), and the column that names its file (NIfTI, NRRD, DICOM file or folder).
    #[serde(default = "one_image")]
    pub images: BTreeMap<String, String>,
    /// Where the lesion is outlined.
    #[serde(default)]
    pub mask: MaskSpec,
    /// What is done where image and mask lie on different grids.
    #[serde(default)]
    pub grids: Grids,
    /// A PyRadiomics parameter file, relative to the study file; by default its original features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<PathBuf>,
    /// The regions whose features are extracted.
    #[serde(default = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// How several rows of a case become one.
    #[serde(default)]
    pub several: Several,
}

/// Where a lesion is outlined: a mask file, or a box in pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MaskSpec {
    /// A file: an image of labels, DICOM SEG or RTSTRUCT.
    File(MaskFile),
    /// Columns with the box's first column and row (from 0), width and height, in pixels.
    Box(BoxColumns),
}

impl Default for MaskSpec {
    fn default() -> Self {
        MaskSpec::File(MaskFile { column: "mask".into(), label: None })
    }
}

/// A column of mask files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MaskFile {
    /// The column that names the mask.
    pub column: String,
    /// The label that marks the lesion; by default every value but zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<i32>,
}

/// Columns of a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoxColumns {
    /// Column of the first pixel's column, from 0.
    pub x: String,
    /// Column of the first pixel's row, from 0.
    pub y: String,
    /// Column of the width in pixels.
    pub width: String,
    /// Column of the height in pixels.
    pub height: String,
}

/// Size of a pixel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PixelSize {
    /// The same for all images, mm.
    Mm(f64),
    /// From a column of the manifest.
    Column(PixelColumn),
}

/// A column of pixel sizes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PixelColumn {
    /// The column.
    pub name: String,
    /// Its unit.
    #[serde(default)]
    pub unit: LengthUnit,
}

/// A unit of length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LengthUnit {
    /// Millimetre.
    #[default]
    Mm,
    /// Centimetre.
    Cm,
    /// Micrometre.
    Um,
}

impl LengthUnit {
    /// How many millimetres it is.
    pub fn mm(self) -> f64 {
        match self {
            LengthUnit::Mm => 1.0,
            LengthUnit::Cm => 10.0,
            LengthUnit::Um => 1e-3,
        }
    }
}

impl UltrasoundSpec {
    /// The adapter's options; reads the parameter file.
    ///
    /// # Errors
    /// Those of the parameter file.
    pub fn options(&self, study: &Path) -> Result<UltrasoundOptions> {
        Ok(UltrasoundOptions {
            settings: settings(self.params.as_deref(), study, Settings::ultrasound())?,
            regions: self.regions.clone(),
            several: self.several,
            descriptors: self.descriptors,
        })
    }
}

impl RadiomicsSpec {
    /// The adapter's options; reads the parameter file.
    ///
    /// # Errors
    /// Those of the parameter file.
    pub fn options(&self, study: &Path) -> Result<RadiomicsOptions> {
        Ok(RadiomicsOptions {
            images: self.images.keys().cloned().collect(),
            settings: settings(self.params.as_deref(), study, Settings::default())?,
            regions: self.regions.clone(),
            several: self.several,
            grids: self.grids,
        })
    }
}

/// The settings of a parameter file, or the usual ones.
pub fn settings(params: Option<&Path>, study: &Path, usual: Settings) -> Result<Settings> {
    let Some(params) = params else { return Ok(usual) };
    let path = study.join(params);
    let bytes = std::fs::read(&path).map_err(|cause| Error::io(&path, cause))?;
    let text = String::from_utf8(bytes).map_err(|_| InputError::new(&path, "bytes that are no UTF-8", "a text file"))?;
    Ok(Settings::Pyradiomics(pyradiomics_params::parse(&text, &path)?))
}

fn image_column() -> String {
    "image".into()
}

fn one_image() -> BTreeMap<String, String> {
    BTreeMap::from([("image".into(), "image".into())])
}

fn lesion() -> Vec<RegionSpec> {
    vec![RegionSpec::Lesion]
}

fn yes() -> bool {
    true
}
