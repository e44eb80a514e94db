//! Modalities that come as images: a manifest names each case's files, and features are extracted from them.

use super::TableFile;
use crate::error::{Error, InputError, Result};
use crate::image::bias_field::N4;
use crate::image::normalise::Normalisation;
use crate::modality::Several;
use crate::modality::preprocess::{Preprocess, Within};
use crate::modality::radiomics::{Grids, RadiomicsOptions};
use crate::modality::ultrasound::UltrasoundOptions;
use crate::radiomics::filter::Filter;
use crate::radiomics::settings::{Bins, Ibsi, IbsiResample};
use crate::radiomics::texture::Aggregation;
use crate::radiomics::{Settings, pyradiomics_params};
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
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
    /// Features as IBSI defines them, instead of PyRadiomics' definitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibsi: Option<IbsiSpec>,
    /// The regions whose features are extracted.
    #[serde(default = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// How several images of a lesion become one row.
    #[serde(default)]
    pub several: Several,
    /// Perturbed outlines on which every feature is measured again; the transform `robustness` drops features that they change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perturbed: Vec<Perturbation>,
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
    /// To what rings around the lesion are clipped.
    #[serde(default)]
    pub body: BodySpec,
    /// What is done where image and mask lie on different grids.
    #[serde(default)]
    pub grids: Grids,
    /// A PyRadiomics parameter file, relative to the study file; by default its original features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<PathBuf>,
    /// What is done to each image before it is measured, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preprocess: Vec<PreprocessSpec>,
    /// Features as IBSI defines them, instead of PyRadiomics' definitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibsi: Option<IbsiSpec>,
    /// The regions whose features are extracted.
    #[serde(default = "lesion", skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionSpec>,
    /// Perturbed outlines on which every feature is measured again; the transform `robustness` drops features that they change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perturbed: Vec<Perturbation>,
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

/// The body or breast, to which what lies around a lesion is clipped.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BodySpec {
    /// Nothing is clipped but at the image's edge.
    #[default]
    None,
    /// The body by Otsu's threshold in the first image, holes filled.
    Otsu,
    /// A column of mask files.
    Column(String),
}

impl BodySpec {
    /// The column of mask files, if there is one.
    pub fn column(&self) -> Option<&str> {
        match self {
            BodySpec::Column(column) => Some(column),
            BodySpec::None | BodySpec::Otsu => None,
        }
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
            settings: chosen(self.params.as_deref(), self.ibsi.as_ref(), study, Settings::ultrasound())?,
            regions: self.regions.clone(),
            several: self.several,
            descriptors: self.descriptors,
            perturbed: self.perturbed.clone(),
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
            settings: chosen(self.params.as_deref(), self.ibsi.as_ref(), study, Settings::default())?,
            preprocess: self.preprocess.iter().map(|step| step.load(study)).collect::<Result<_>>()?,
            regions: self.regions.clone(),
            several: self.several,
            grids: self.grids,
            otsu_body: self.body == BodySpec::Otsu,
            perturbed: self.perturbed.clone(),
        })
    }
}

/// A step of preprocessing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PreprocessSpec {
    /// Bias-field correction (N4), within the body.
    N4(N4),
    /// A common scale from the image's own intensities.
    Normalise(NormaliseSpec),
    /// A frozen standard scale (Nyúl) that `vbx scale` learned from images of other patients.
    StandardScale(StandardScaleFile),
}

/// A common scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NormaliseSpec {
    /// How.
    pub method: Normalisation,
    /// Over which voxels its statistics are taken.
    #[serde(default)]
    pub within: Within,
}

/// A file with a standard scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StandardScaleFile {
    /// The file, relative to the study file.
    pub file: PathBuf,
    /// Over which voxels each image's landmarks are taken.
    #[serde(default)]
    pub within: Within,
}

impl PreprocessSpec {
    /// The step; reads its file.
    pub(super) fn load(&self, study: &Path) -> Result<Preprocess> {
        Ok(match self {
            PreprocessSpec::N4(n4) => Preprocess::N4(*n4),
            PreprocessSpec::Normalise(spec) => Preprocess::Normalise(spec.method, spec.within),
            PreprocessSpec::StandardScale(spec) => {
                let path = study.join(&spec.file);
                let bytes = std::fs::read(&path).map_err(|cause| Error::io(&path, cause))?;
                let scale = serde_json::from_slice(&bytes)
                    .map_err(|cause| InputError::new(&path, cause, "a standard scale as `vbx scale` writes it"))?;
                Preprocess::StandardScale(scale, spec.within)
            }
        })
    }
}

/// An extraction as the Image Biomarker Standardisation Initiative describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct IbsiSpec {
    /// Interpolation to another grid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resample: Option<IbsiResample>,
    /// Intensities below leave the region (re-segmentation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest: Option<f64>,
    /// Intensities above leave the region (re-segmentation).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest: Option<f64>,
    /// Intensities further than this many standard deviations from the region's mean leave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outliers: Option<f64>,
    /// Discretisation for the intensity histogram and textures.
    pub bins: Bins,
    /// Discretisation for the intensity–volume histogram.
    pub volume_histogram_bins: Bins,
    /// Over what texture matrices are counted, and how several are aggregated.
    pub aggregations: Vec<Aggregation>,
    /// Filters whose responses give features besides the original image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

impl Default for IbsiSpec {
    fn default() -> Self {
        let Ibsi { resample, range: [lowest, highest], outliers, bins, volume_histogram_bins, aggregations, filters } =
            Ibsi::default();
        IbsiSpec { resample, lowest, highest, outliers, bins, volume_histogram_bins, aggregations, filters }
    }
}

impl IbsiSpec {
    /// The settings.
    pub fn settings(&self) -> Settings {
        let IbsiSpec { resample, lowest, highest, outliers, bins, volume_histogram_bins, aggregations, filters } = self.clone();
        Settings::Ibsi(Ibsi { resample, range: [lowest, highest], outliers, bins, volume_histogram_bins, aggregations, filters })
    }
}

/// The one definition that a study names, or the usual one.
pub(super) fn chosen(params: Option<&Path>, ibsi: Option<&IbsiSpec>, study: &Path, usual: Settings) -> Result<Settings> {
    match (params, ibsi) {
        (Some(_), Some(_)) => Err(Error::usage("`params` (PyRadiomics) and `ibsi` exclude each other; keep one")),
        (None, Some(ibsi)) => Ok(ibsi.settings()),
        (params, None) => settings(params, study, usual),
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
