//! The feature families: which there are, and which features each has under which definition.

use crate::radiomics::Definition;
use crate::radiomics::texture::{glcm, gldzm, glrlm, glszm, ngldm, ngtdm};
use crate::radiomics::{
    first_order, intensity_histogram, intensity_statistics, intensity_volume_histogram, local_intensity, morphology, shape,
    shape_2d,
};

/// A family of features (PyRadiomics says class).
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// As it stands in feature names: `glcm` of `original_glcm_Contrast`.
    pub class: &'static str,
    /// What it is, in a reader's words.
    pub title: &'static str,
    /// Its features as IBSI defines them; none where the standard has no such family.
    pub ibsi: &'static [Definition],
    /// Its features as PyRadiomics computes them; none where it does not.
    pub pyradiomics: &'static [Definition],
    /// Of those, the ones that PyRadiomics gives only when asked for by name.
    pub by_name_only: &'static [&'static str],
}

/// All families. To add one: its file, and an entry here; `tests/radiomics_extract.rs` then asks for reference rows.
pub const FAMILIES: &[Family] = &[
    Family {
        class: "firstorder",
        title: "First-order statistics",
        ibsi: &[],
        pyradiomics: &first_order::DEFINITIONS,
        by_name_only: &["StandardDeviation"],
    },
    Family {
        class: "shape",
        title: "Shape",
        ibsi: &[],
        pyradiomics: &shape::DEFINITIONS,
        by_name_only: &["Compactness1", "Compactness2", "SphericalDisproportion"],
    },
    Family {
        class: "shape2D",
        title: "Shape in a slice",
        ibsi: &[],
        pyradiomics: &shape_2d::DEFINITIONS,
        by_name_only: &["SphericalDisproportion"],
    },
    standard("morphology", "Morphology", &morphology::DEFINITIONS),
    standard("local", "Local intensity", &local_intensity::DEFINITIONS),
    standard("statistics", "Intensity-based statistics", &intensity_statistics::DEFINITIONS),
    standard("histogram", "Intensity histogram", &intensity_histogram::DEFINITIONS),
    standard("ivh", "Intensity-volume histogram", &intensity_volume_histogram::DEFINITIONS),
    both("glcm", "Grey level co-occurrence matrix", glcm::FEATURES, glcm::PYRADIOMICS),
    both("glrlm", "Grey level run length matrix", glrlm::FEATURES, glrlm::PYRADIOMICS),
    both("glszm", "Grey level size zone matrix", glszm::FEATURES, glszm::PYRADIOMICS),
    standard("gldzm", "Grey level distance zone matrix", gldzm::FEATURES),
    both("ngtdm", "Neighbourhood grey tone difference matrix", ngtdm::FEATURES, ngtdm::PYRADIOMICS),
    standard("ngldm", "Neighbouring grey level dependence matrix", ngldm::FEATURES),
    Family {
        class: "gldm",
        title: "Grey level dependence matrix",
        ibsi: &[],
        pyradiomics: ngldm::PYRADIOMICS,
        by_name_only: &[],
    },
];

const fn standard(class: &'static str, title: &'static str, ibsi: &'static [Definition]) -> Family {
    Family { class, title, ibsi, pyradiomics: &[], by_name_only: &[] }
}

const fn both(
    class: &'static str,
    title: &'static str,
    ibsi: &'static [Definition],
    pyradiomics: &'static [Definition],
) -> Family {
    Family { class, title, ibsi, pyradiomics, by_name_only: &[] }
}

impl Family {
    /// The family of that class.
    pub fn named(class: &str) -> Option<&'static Family> {
        FAMILIES.iter().find(|family| family.class == class)
    }
}
