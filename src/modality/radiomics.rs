//! Volumes with an outlined lesion: radiomics of its regions on each image.

use super::load::{Loaded, Reading, lesion_picture, outlined};
use super::measured::Measured;
use super::preprocess::{Preprocess, preprocessed};
use super::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality, LesionPicture, Several, View};
use crate::error::{Error, Result};
use crate::image::normalise::body_mask;
use crate::radiomics::Settings;
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done where image and mask lie on different grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grids {
    /// The case is refused, with both geometries in the message.
    #[default]
    MustAgree,
    /// The mask is resampled onto the image's grid (nearest neighbour).
    ResampleMask,
}

/// What a study may say about its volumes.
#[derive(Debug, Clone, PartialEq)]
pub struct RadiomicsOptions {
    /// Names of the images in features, in the order of each case's files.
    pub images: Vec<String>,
    /// How features are computed.
    pub settings: Settings,
    /// The regions.
    pub regions: Vec<RegionSpec>,
    /// How several rows of a case become one.
    pub several: Several,
    /// Images and masks on different grids.
    pub grids: Grids,
    /// Whether rings are clipped to the body by Otsu's threshold in the first image.
    pub otsu_body: bool,
    /// What is done to each image before it is measured.
    pub preprocess: Vec<Preprocess>,
    /// Perturbed outlines on which each feature is measured again.
    pub perturbed: Vec<Perturbation>,
}

/// The adapter.
pub struct Radiomics {
    measured: Measured,
    several: Several,
    grids: Grids,
    otsu_body: bool,
    preprocess: Vec<Preprocess>,
}

impl Radiomics {
    /// An adapter with these options.
    ///
    /// # Errors
    /// [`Error::Usage`] for options that contradict each other.
    pub fn new(options: &RadiomicsOptions) -> Result<Self> {
        if options.images.is_empty() || options.regions.is_empty() {
            return Err(Error::usage("radiomics need at least one image and one region"));
        }
        let measured = Measured::new(options.settings.clone(), &options.regions, &options.perturbed, &options.images, false)?;
        let preprocess = options.preprocess.clone();
        Ok(Radiomics { measured, several: options.several, grids: options.grids, otsu_body: options.otsu_body, preprocess })
    }

    fn read(&self, view: &View) -> Result<Loaded> {
        // Preprocessing and the body's threshold look at the whole image.
        let whole = !self.preprocess.is_empty() || self.otsu_body || view.body.is_some();
        let margin = |spacing| if whole { None } else { self.measured.margin(spacing) };
        let mut loaded = outlined(view, &Reading { label: self.measured.label(), grids: self.grids, margin: &margin })?;
        if self.otsu_body {
            loaded.body = Some(body_mask(&loaded.images[0])?);
        }
        loaded.images = loaded.images.into_iter().map(|image| preprocessed(image, &self.preprocess)).collect::<Result<_>>()?;
        Ok(loaded)
    }
}

impl ImageModality for Radiomics {
    fn columns(&self) -> &[DeclaredColumn] {
        self.measured.columns()
    }

    fn extract(&self, case: &CaseFiles) -> Result<CaseFeatures> {
        let mut rows = Vec::new();
        let mut repeated = vec![Vec::new(); self.measured.repeats()];
        let mut notes = Vec::new();
        for view in &case.views {
            let Loaded { images, lesion, body, .. } = self.read(view)?;
            let (values, noted) = self.measured.values(&images, &lesion, body.as_ref())?;
            let volume = lesion.count() as f64 * lesion.grid.voxel_volume();
            rows.push((volume, values));
            notes.extend(noted);
            for (redrawn, row) in self.measured.perturbed(&images[0], &lesion).iter().zip(&mut repeated) {
                let values = redrawn.as_ref().and_then(|lesion| self.measured.values(&images, lesion, body.as_ref()).ok());
                row.push((volume, values.map_or_else(|| vec![None; self.columns().len()], |(values, _)| values)));
            }
        }
        let repeated = repeated.iter().map(|rows| self.several.combine(rows)).collect();
        Ok(CaseFeatures { values: self.several.combine(&rows), repeated, arrays: Vec::new(), notes, quality: Vec::new() })
    }

    fn repeats(&self) -> usize {
        self.measured.repeats()
    }

    fn settings(&self) -> String {
        format!(
            "radiomics {:?} {:?} {:?} {}\n{}",
            self.several,
            self.grids,
            self.preprocess,
            self.otsu_body,
            self.measured.settings()
        )
    }

    fn rules(&self) -> Vec<String> {
        let mut rules = self.measured.rules();
        if !self.preprocess.is_empty() {
            let steps: Vec<&str> = self.preprocess.iter().map(Preprocess::words).collect();
            rules.push(format!("Before that each image underwent {}.", steps.join(", then ")));
        }
        rules
    }

    fn picture(&self, case: &CaseFiles) -> Result<LesionPicture> {
        let view = case.views.first().ok_or_else(|| Error::study("a case without images"))?;
        lesion_picture(&self.read(view)?)
    }
}
