//! Volumes with an outlined lesion: radiomics of its regions on each image.

use super::load::{Loaded, Reading, lesion_picture, outlined};
use super::measured::Measured;
use super::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality, LesionPicture, Several, View};
use crate::error::{Error, Result};
use crate::radiomics::Settings;
use crate::region::RegionSpec;
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
}

/// The adapter.
pub struct Radiomics {
    measured: Measured,
    several: Several,
    grids: Grids,
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
        let measured = Measured::new(options.settings.clone(), &options.regions, &options.images, false)?;
        Ok(Radiomics { measured, several: options.several, grids: options.grids })
    }

    fn read(&self, view: &View) -> Result<Loaded> {
        let margin = |spacing| self.measured.margin(spacing);
        outlined(view, &Reading { label: self.measured.label(), grids: self.grids, margin: &margin })
    }
}

impl ImageModality for Radiomics {
    fn columns(&self) -> &[DeclaredColumn] {
        self.measured.columns()
    }

    fn extract(&self, case: &CaseFiles) -> Result<CaseFeatures> {
        let mut rows = Vec::new();
        let mut notes = Vec::new();
        for view in &case.views {
            let Loaded { images, lesion, .. } = self.read(view)?;
            let (values, noted) = self.measured.values(&images, &lesion, None)?;
            rows.push((lesion.count() as f64 * lesion.grid.voxel_volume(), values));
            notes.extend(noted);
        }
        Ok(CaseFeatures { values: self.several.combine(&rows), notes })
    }

    fn settings(&self) -> String {
        format!("radiomics {:?} {:?}\n{}", self.several, self.grids, self.measured.settings())
    }

    fn rules(&self) -> Vec<String> {
        self.measured.rules()
    }

    fn picture(&self, case: &CaseFiles) -> Result<LesionPicture> {
        let view = case.views.first().ok_or_else(|| Error::study("a case without images"))?;
        lesion_picture(&self.read(view)?)
    }
}
