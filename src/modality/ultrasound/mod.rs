//! Ultrasound images with an outlined lesion: two-dimensional radiomics, and the shape descriptors that readers use.
//!
//! Features come from inside the regions alone, so text and calipers that are burned into the image elsewhere say nothing; rings are
//! clipped to the scanned area where a DICOM file tells it.

mod descriptor;
mod outline;

pub use descriptor::{DESCRIPTORS, descriptors};
pub use outline::Contour;

use super::load::{Loaded, flat, lesion_picture};
use super::measured::Measured;
use super::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality, LesionPicture, Several};
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};
use crate::radiomics::Settings;
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
use crate::table::{ImageOrigin, Origin};

/// What the image is called in feature names.
const IMAGE: &str = "bmode";

/// What a study may say about its ultrasound images.
#[derive(Debug, Clone, PartialEq)]
pub struct UltrasoundOptions {
    /// How features are computed.
    pub settings: Settings,
    /// The regions.
    pub regions: Vec<RegionSpec>,
    /// How several images of a lesion become one row.
    pub several: Several,
    /// Whether the readers' shape descriptors are added.
    pub descriptors: bool,
    /// Perturbed outlines on which each feature is measured again.
    pub perturbed: Vec<Perturbation>,
}

/// The adapter.
pub struct Ultrasound {
    measured: Measured,
    several: Several,
    descriptors: bool,
    columns: Vec<DeclaredColumn>,
}

impl Ultrasound {
    /// An adapter with these options.
    ///
    /// # Errors
    /// [`Error::Usage`] for options that contradict each other or a flat image.
    pub fn new(options: &UltrasoundOptions) -> Result<Self> {
        if options.regions.is_empty() {
            return Err(Error::usage("ultrasound needs at least one region"));
        }
        let measured = Measured::new(options.settings.clone(), &options.regions, &options.perturbed, &[IMAGE.to_string()], true)?;
        let mut columns = measured.columns().to_vec();
        if options.descriptors {
            columns.extend(DESCRIPTORS.iter().map(|(name, unit)| described(name, unit)));
        }
        Ok(Ultrasound { measured, several: options.several, descriptors: options.descriptors, columns })
    }
}

impl Ultrasound {
    /// The values of one outline, and what was noticed.
    fn lesion(&self, images: &[Volume], lesion: &Mask, body: Option<&Mask>) -> Result<(Vec<Option<f64>>, Vec<String>)> {
        let (mut values, notes) = self.measured.values(images, lesion, body)?;
        if self.descriptors {
            let contour = Contour::of(lesion).ok_or_else(|| Error::study("the lesion's mask is empty"))?;
            values.extend(descriptors(&contour));
        }
        Ok((values, notes))
    }
}

fn described(name: &str, unit: &str) -> DeclaredColumn {
    let from = ImageOrigin {
        image: IMAGE.into(),
        region: "lesion".into(),
        filter: "outline".into(),
        class: "descriptor".into(),
        settings: String::new(),
    };
    let unit = (!unit.is_empty()).then(|| unit.to_string());
    DeclaredColumn {
        name: format!("{IMAGE}.lesion_outline_descriptor_{name}"),
        origin: Origin { unit, extracted: Some(from), ..Origin::default() },
    }
}

impl ImageModality for Ultrasound {
    fn columns(&self) -> &[DeclaredColumn] {
        &self.columns
    }

    fn extract(&self, case: &CaseFiles) -> Result<CaseFeatures> {
        let mut rows = Vec::new();
        let mut repeated = vec![Vec::new(); self.measured.repeats()];
        let mut notes = Vec::new();
        for view in &case.views {
            let Loaded { images, lesion, body, notes: loaded } = flat(view)?;
            notes.extend(loaded);
            let (values, noted) = self.lesion(&images, &lesion, body.as_ref())?;
            notes.extend(noted);
            let area = lesion.count() as f64 * lesion.grid.spacing[0] * lesion.grid.spacing[1];
            rows.push((area, values));
            for (redrawn, row) in self.measured.perturbed(&images[0], &lesion).iter().zip(&mut repeated) {
                let values = redrawn.as_ref().and_then(|lesion| self.lesion(&images, lesion, body.as_ref()).ok());
                row.push((area, values.map_or_else(|| vec![None; self.columns.len()], |(values, _)| values)));
            }
        }
        notes.sort();
        notes.dedup();
        let repeated = repeated.iter().map(|rows| self.several.combine(rows)).collect();
        Ok(CaseFeatures { values: self.several.combine(&rows), repeated, arrays: Vec::new(), notes, quality: Vec::new() })
    }

    fn repeats(&self) -> usize {
        self.measured.repeats()
    }

    fn settings(&self) -> String {
        format!("ultrasound {:?} {}\n{}", self.several, self.descriptors, self.measured.settings())
    }

    fn rules(&self) -> Vec<String> {
        let mut rules = self.measured.rules();
        rules.push(format!("Ultrasound: {}.", self.several.words()));
        if self.descriptors {
            rules.push(
                "Shape descriptors of the outline: orientation to the skin, depth over width, solidity, normalised radial lengths \
                 (Kilday 1993)."
                    .to_string(),
            );
        }
        rules
    }

    fn picture(&self, case: &CaseFiles) -> Result<LesionPicture> {
        let view = case.views.first().ok_or_else(|| Error::study("a case without images"))?;
        lesion_picture(&flat(view)?)
    }
}
