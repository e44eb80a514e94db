//! The feature dictionary: for every column, what it is, where it comes from and under which settings it was computed.

use serde::Serialize;

use crate::radiomics::extract::Feature;

/// One line of the dictionary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The column's name.
    pub name: String,
    /// The modality, as the study names it.
    pub modality: String,
    /// The image (sequence, view), as the study names it.
    pub image: String,
    /// The region, as the study names it.
    pub region: String,
    /// The image type: `original`, or the filter's response.
    pub filter: String,
    /// The family's class.
    pub class: String,
    /// The feature within its class.
    pub feature: String,
    /// How texture matrices were aggregated; empty where nothing was.
    pub aggregation: String,
    /// Four-letter IBSI code; empty where the standard has no such feature.
    pub ibsi_code: String,
    /// Unit; empty for a pure number.
    pub unit: String,
    /// Stands for the settings of the extraction.
    pub settings_hash: String,
}

/// The dictionary of one case's features, `{modality}.{image}.{region}_{filter}_{class}_{Feature}`.
pub fn dictionary(features: &[Feature], modality: &str, image: &str, region: &str, settings_hash: &str) -> Vec<Entry> {
    features
        .iter()
        .map(|feature| Entry {
            name: format!("{modality}.{image}.{region}_{}", feature.name()),
            modality: modality.into(),
            image: image.into(),
            region: region.into(),
            filter: feature.image.clone(),
            class: feature.class.into(),
            feature: feature.definition.name.into(),
            aggregation: feature.aggregation.unwrap_or("").into(),
            ibsi_code: feature.definition.code.into(),
            unit: feature.definition.unit.into(),
            settings_hash: settings_hash.into(),
        })
        .collect()
}
