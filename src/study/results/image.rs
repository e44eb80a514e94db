//! Pictures of the material: outlined lesions, so that a reader sees what was measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An outlined lesion, cut out of its image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageExample {
    /// The modality.
    pub modality: String,
    /// The case's class of outcome.
    pub class: String,
    /// Width and height in picture pixels.
    pub size: [u32; 2],
    /// The picture as PNG, in base64.
    pub png: String,
}

/// Where in an image a feature comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureOrigin {
    /// The image, such as `dce2`.
    pub image: String,
    /// The region, such as `peri3mm`.
    pub region: String,
    /// The filter, such as `original`.
    pub filter: String,
    /// The family, such as `glcm`.
    pub class: String,
    /// IBSI code, where the standard has the feature.
    pub ibsi_code: Option<String>,
}
