//! All families at once, sharing what they have in common: the padded box, and the zones that sizes and distances are taken of.

use super::aggregation::Aggregation;
use super::field::{Field, directions};
use super::pyradiomics::Settings;
use super::zones::zones;
use super::{glcm, gldzm, glrlm, glszm, ngldm, ngtdm};
use crate::radiomics::{Definition, Levels, Values};

/// A family by its name in columns of the feature table, and its features.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// `glcm`, `glrlm`, …, as PyRadiomics spells them where it has them.
    pub name: &'static str,
    /// The features, in the order in which values are returned.
    pub definitions: &'static [Definition],
}

/// The standard's families, in the order of [`standard`].
pub const STANDARD: [Family; 6] = [
    Family { name: "glcm", definitions: glcm::FEATURES },
    Family { name: "glrlm", definitions: glrlm::FEATURES },
    Family { name: "glszm", definitions: glszm::FEATURES },
    Family { name: "gldzm", definitions: gldzm::FEATURES },
    Family { name: "ngtdm", definitions: ngtdm::FEATURES },
    Family { name: "ngldm", definitions: ngldm::FEATURES },
];

/// PyRadiomics' families, in the order of [`pyradiomics`].
pub const PYRADIOMICS: [Family; 5] = [
    Family { name: "glcm", definitions: glcm::PYRADIOMICS },
    Family { name: "glrlm", definitions: glrlm::PYRADIOMICS },
    Family { name: "glszm", definitions: glszm::PYRADIOMICS },
    Family { name: "ngtdm", definitions: ngtdm::PYRADIOMICS },
    Family { name: "gldm", definitions: ngldm::PYRADIOMICS },
];

/// The standard's features of all six families, at Chebyshev distance 1 and dependence coarseness 0; `morphology` is the outline
/// as drawn, before re-segmentation, in the same box.
pub fn standard(levels: &Levels, morphology: &[bool], aggregation: Aggregation) -> [Values; 6] {
    let (field, extent) = (Field::new(levels, 1), aggregation.extent());
    let distance = gldzm::edge_distance(&field, morphology, extent);
    let found = zones(&field, &directions(extent.in_space(), 1), Some(&distance));
    [
        glcm::features_of(&field, aggregation, 1),
        glrlm::features_of(&field, aggregation),
        glszm::of_zones(&found, field.slices(), extent),
        gldzm::of_zones(&found, field.slices(), extent),
        ngtdm::features_of(&field, extent, 1),
        ngldm::features_of(&field, extent, 1, 0),
    ]
}

/// PyRadiomics' families of one region, which share its padded box.
pub(crate) struct Textures<'a> {
    field: Field,
    settings: &'a Settings,
}

impl<'a> Textures<'a> {
    /// The padded box of a region.
    pub fn new(levels: &Levels, settings: &'a Settings) -> Self {
        Textures { field: Field::new(levels, settings.reach()), settings }
    }

    /// The features of the family of that name; `None` where PyRadiomics has none.
    pub fn family(&self, name: &str) -> Option<Values> {
        let Textures { field, settings } = self;
        Some(match name {
            "glcm" => glcm::pyradiomics_of(field, settings),
            "glrlm" => glrlm::pyradiomics_of(field, settings),
            "glszm" => glszm::pyradiomics_of(field, settings),
            "ngtdm" => ngtdm::pyradiomics_of(field, settings),
            "gldm" => ngldm::pyradiomics_of(field, settings),
            _ => return None,
        })
    }
}

/// PyRadiomics' features of its five families.
pub fn pyradiomics(levels: &Levels, settings: &Settings) -> [Values; 5] {
    let textures = Textures::new(levels, settings);
    PYRADIOMICS.map(|family| textures.family(family.name).unwrap_or_default())
}
