//! Grey level size zone matrix: how large patches of one level are (IBSI family 9SAK).

use super::aggregation::Extent;
use super::field::{Field, directions};
use super::pyradiomics::Settings;
use super::size_matrix::definitions;
use super::zones::{self, Zone, zones};
use crate::radiomics::{Definition, Levels, Values};

/// The family's features, in the standard and in PyRadiomics.
pub const FEATURES: &[Definition] = &definitions([
    ("SmallAreaEmphasis", "5QRC"),
    ("LargeAreaEmphasis", "48P8"),
    ("LowGrayLevelZoneEmphasis", "XMSY"),
    ("HighGrayLevelZoneEmphasis", "5GN9"),
    ("SmallAreaLowGrayLevelEmphasis", "5RAI"),
    ("SmallAreaHighGrayLevelEmphasis", "HW1V"),
    ("LargeAreaLowGrayLevelEmphasis", "YH51"),
    ("LargeAreaHighGrayLevelEmphasis", "J17V"),
    ("GrayLevelNonUniformity", "JNSA"),
    ("GrayLevelNonUniformityNormalized", "Y1RO"),
    ("SizeZoneNonUniformity", "4JP3"),
    ("SizeZoneNonUniformityNormalized", "VB3A"),
    ("ZonePercentage", "P30P"),
    ("GrayLevelVariance", "BYLV"),
    ("ZoneVariance", "3NSA"),
    ("ZoneEntropy", "GU8N"),
]);

/// PyRadiomics has the same features.
pub const PYRADIOMICS: &[Definition] = FEATURES;

/// The standard's features, in the order of [`FEATURES`].
///
/// # Definition
/// n(i, j) is the number of zones of j voxels at level i; a zone is connected over faces, edges and corners (26 neighbours in
/// space, 8 in a slice). The features are those of every matrix of sizes (see `size_matrix`); the zone percentage is zones over
/// voxels.
///
/// # Reference
/// Zwanenburg et al., The Image Biomarker Standardisation Initiative, Radiology 2020;295:328; Thibault et al., IEEE TBME
/// 2014;61:630.
pub fn features(levels: &Levels, extent: Extent) -> Values {
    let field = Field::new(levels, 1);
    of_zones(&zones(&field, &directions(extent.in_space(), 1), None), field.slices(), extent)
}

/// PyRadiomics' features, in the order of [`FEATURES`]: the standard's in 3-D, or without neighbours along one axis.
///
/// # Reference
/// van Griethuysen et al., Cancer Research 2017;77:e104; the program's version 3.0.1.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> Values {
    pyradiomics_of(&Field::new(levels, 1), settings)
}

pub(super) fn pyradiomics_of(field: &Field, settings: &Settings) -> Values {
    let found = match settings.without_axis {
        None => zones(field, &directions(true, 1), None),
        Some(_) => zones(field, &settings.neighbours(field), None),
    };
    of_zones(&found, field.slices(), Extent::Volume)
}

pub(super) fn of_zones(found: &[Zone], slices: usize, extent: Extent) -> Values {
    zones::features(found, slices, extent, |zone| zone.size)
}
