//! From an image and a mask to named features, under one of two definitions.
//!
//! Each definition has its file, which says in which order things happen; what they have in common is here. To add a family, see
//! [`crate::radiomics::family`], then give it a line in the definitions that have it.

mod columns;
mod geometry;
mod ibsi;
mod pyradiomics;
mod reach;

use std::sync::Arc;

use crate::error::Result;
use crate::image::resample::pyradiomics::Stored;
use crate::image::{Mask, Volume};
use crate::radiomics::settings::Settings;
use crate::radiomics::{Definition, Values};

/// One feature of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The image type: `original`, or the name of a filter's response.
    pub image: String,
    /// The family's class.
    pub class: &'static str,
    /// What it is.
    pub definition: &'static Definition,
    /// How texture matrices were aggregated; `None` where nothing was, or where PyRadiomics' one way was taken.
    pub aggregation: Option<&'static str>,
    /// Its value; `None` where it is undefined for the region.
    pub value: Option<f64>,
    /// Why a whole image type has no values for the region, where that is so.
    pub reason: Option<Arc<str>>,
}

impl Feature {
    /// `original_glcm_Contrast`; with an aggregation `original_glcm_Contrast_2D-averaged`.
    pub fn name(&self) -> String {
        let Feature { image, class, definition, .. } = self;
        match self.aggregation {
            Some(aggregation) => format!("{image}_{class}_{}_{aggregation}", definition.name),
            None => format!("{image}_{class}_{}", definition.name),
        }
    }
}

/// Computes the features that its settings ask for.
#[derive(Debug, Clone)]
pub struct Extractor {
    settings: Settings,
    stored: Option<Stored>,
}

impl Extractor {
    /// An extractor with these settings.
    pub fn new(settings: Settings) -> Self {
        Extractor { settings, stored: None }
    }

    /// Says how the image is stored in its file, which PyRadiomics' resampling rounds to. Unless said, an image of whole numbers that fit
    /// is taken for one of 16-bit integers, and any other for one of reals.
    pub fn stored(mut self, stored: Stored) -> Self {
        self.stored = Some(stored);
        self
    }

    /// What it does.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Features of one region of one image.
    ///
    /// # Errors
    /// [`crate::error::Error::Study`] when the region cannot have features: empty, too small, on another grid, not finite, lost in
    /// re-segmentation; [`crate::error::Error::Usage`] when the settings contradict the image.
    pub fn extract(&self, image: &Volume, mask: &Mask) -> Result<Vec<Feature>> {
        match &self.settings {
            Settings::Pyradiomics(settings) => pyradiomics::extract(settings, self.stored, image, mask),
            Settings::Ibsi(settings) => ibsi::extract(settings, image, mask),
        }
    }
}

/// Values of a family as features.
fn named(
    image: &str,
    class: &'static str,
    aggregation: Option<&'static str>,
    definitions: &'static [Definition],
    values: Values,
) -> impl Iterator<Item = Feature> {
    let image = image.to_string();
    definitions.iter().zip(values).map(move |(definition, value)| Feature {
        image: image.clone(),
        class,
        definition,
        aggregation,
        // A quotient of zeros is undefined, whoever computed it.
        value: value.filter(|value| value.is_finite()),
        reason: None,
    })
}
