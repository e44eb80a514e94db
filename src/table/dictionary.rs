//! What every feature is and where it comes from.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::column::{Column, ColumnView, Kind};
use super::feature_name::FeatureName;
use super::file::write_atomically;
use super::write::{PlainColumn, PlainTable};
use crate::error::{Error, InputError, Result};

/// Where a feature comes from and in which unit it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// The unit, such as `mm` or `10⁻³ mm²/s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The code of the Image Biomarker Standardisation Initiative, such as `ACUI` for the contrast of a co-occurrence matrix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibsi_code: Option<String>,
    /// The file it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_file: Option<PathBuf>,
    /// Its column in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_column: Option<String>,
    /// For a feature that was extracted from an image: from where in it, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extracted: Option<ImageOrigin>,
}

/// Where in an image a feature comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageOrigin {
    /// The image, such as `dce2`.
    pub image: String,
    /// The region, such as `peri3mm`.
    pub region: String,
    /// The filter, such as `original` or `wavelet-LLH`.
    pub filter: String,
    /// The family, such as `glcm`.
    pub class: String,
    /// A hash of the settings of the extraction.
    pub settings: String,
}

/// One entry of the feature dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureInfo {
    /// The whole name, modality first.
    pub name: FeatureName,
    /// The modality.
    pub modality: String,
    /// A scalar, a category or an array.
    pub kind: Kind,
    /// Unit, code and source.
    #[serde(flatten)]
    pub origin: Origin,
    /// The levels of a category.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// The shape of an array.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<usize>,
}

impl FeatureInfo {
    pub(super) fn new(name: &FeatureName, column: &Column, origin: &Origin) -> Self {
        let (levels, shape) = match column.view() {
            ColumnView::Scalar(_) => (Vec::new(), Vec::new()),
            ColumnView::Category { levels, .. } => (levels.to_vec(), Vec::new()),
            ColumnView::Array(array) => (Vec::new(), array.shape().to_vec()),
        };
        FeatureInfo {
            name: name.clone(),
            modality: name.modality().to_owned(),
            kind: column.kind(),
            origin: origin.clone(),
            levels,
            shape,
        }
    }
}

/// The entries of all features of a table, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FeatureDictionary(pub Vec<FeatureInfo>);

impl FeatureDictionary {
    /// Writes the dictionary as JSON.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses.
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        write_atomically(path, |file| {
            serde_json::to_writer_pretty(&mut *file, self).map_err(|cause| Error::io(path, cause))?;
            writeln!(file).map_err(|cause| Error::io(path, cause))
        })
    }

    /// Reads a dictionary from JSON.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses, [`InputError`] for anything else than a dictionary.
    pub fn read_json(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|cause| Error::io(path, cause))?;
        serde_json::from_str(&text).map_err(|cause| InputError::new(path, cause, "a feature dictionary").into())
    }

    /// Writes the dictionary as CSV, one row per feature; levels are separated by `|`, axes by `×`.
    ///
    /// # Errors
    /// [`Error::Io`] where the system refuses.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let column = |cell: &dyn Fn(&FeatureInfo) -> Option<String>| PlainColumn::Text(self.0.iter().map(cell).collect());
        let joined = |parts: &[String], by: &str| (!parts.is_empty()).then(|| parts.join(by));
        PlainTable::new([
            ("name", column(&|info| Some(info.name.to_string()))),
            ("modality", column(&|info| Some(info.modality.clone()))),
            ("kind", column(&|info| Some(kind_name(info.kind).to_owned()))),
            ("unit", column(&|info| info.origin.unit.clone())),
            ("ibsi_code", column(&|info| info.origin.ibsi_code.clone())),
            ("source_file", column(&|info| info.origin.source_file.as_ref().map(|path| path.display().to_string()))),
            ("source_column", column(&|info| info.origin.source_column.clone())),
            ("image", column(&|info| info.origin.extracted.as_ref().map(|from| from.image.clone()))),
            ("region", column(&|info| info.origin.extracted.as_ref().map(|from| from.region.clone()))),
            ("filter", column(&|info| info.origin.extracted.as_ref().map(|from| from.filter.clone()))),
            ("class", column(&|info| info.origin.extracted.as_ref().map(|from| from.class.clone()))),
            ("settings", column(&|info| info.origin.extracted.as_ref().map(|from| from.settings.clone()))),
            ("levels", column(&|info| joined(&info.levels, "|"))),
            ("shape", column(&|info| joined(&info.shape.iter().map(usize::to_string).collect::<Vec<_>>(), "×"))),
        ])
        .write_csv(path)
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar => "scalar",
        Kind::Category => "category",
        Kind::Array => "array",
    }
}
