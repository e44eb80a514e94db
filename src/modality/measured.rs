//! A lesion measured: radiomics of its regions on its images. What the adapters of images have in common.

use super::DeclaredColumn;
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};
use crate::radiomics::{Extractor, Feature, Settings};
use crate::region::RegionSpec;
use crate::region::perturb::Perturbation;
use crate::table::{ImageOrigin, Origin};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// Features of the regions of a lesion.
pub(super) struct Measured {
    extractor: Extractor,
    regions: Vec<RegionSpec>,
    perturbed: Vec<Perturbation>,
    columns: Vec<DeclaredColumn>,
    per_region: usize,
}

impl Measured {
    /// What is measured on each of the named images, which are `flat` if they have one slice.
    ///
    /// # Errors
    /// Settings that contradict each other, and regions of the same name.
    pub(super) fn new(
        settings: Settings,
        regions: &[RegionSpec],
        perturbed: &[Perturbation],
        images: &[String],
        flat: bool,
    ) -> Result<Self> {
        let names: Vec<String> = regions.iter().map(RegionSpec::name).collect();
        let mut measured = Measured::of_masks(settings, &names, images, flat)?;
        (measured.regions, measured.perturbed) = (regions.to_vec(), perturbed.to_vec());
        Ok(measured)
    }

    /// What is measured on each of the named images in regions that the caller makes, by their names.
    ///
    /// # Errors
    /// As [`Measured::new`].
    pub(super) fn of_masks(settings: Settings, regions: &[String], images: &[String], flat: bool) -> Result<Self> {
        let hash = settings.hash();
        let extractor = Extractor::new(settings);
        let features = extractor.columns(flat)?;
        let mut columns = Vec::new();
        for image in images {
            for region in regions {
                columns.extend(features.iter().map(|feature| declared(feature, image, region, &hash)));
            }
        }
        let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::usage(format!("the feature `{}` would be there twice; name each region once", twice[0])));
        }
        Ok(Measured { extractor, regions: Vec::new(), perturbed: Vec::new(), columns, per_region: features.len() })
    }

    pub(super) fn columns(&self) -> &[DeclaredColumn] {
        &self.columns
    }

    /// The label that marks the lesion in mask files, where the settings say so.
    pub(super) fn label(&self) -> Option<i32> {
        match self.extractor.settings() {
            Settings::Pyradiomics(settings) => i32::try_from(settings.label).ok(),
            Settings::Ibsi(_) => None,
        }
    }

    /// How far around the lesion, in voxels, the measurement looks; `None` for everywhere.
    pub(super) fn margin(&self, spacing: [f64; 3]) -> Option<usize> {
        let around = self.regions.iter().map(RegionSpec::reach_mm).fold(0.0, f64::max);
        let finest = spacing.into_iter().fold(f64::INFINITY, f64::min);
        let filters = self.extractor.margin(spacing)?;
        Some(filters.into_iter().max().unwrap_or(0) + (around / finest).ceil() as usize + 1)
    }

    /// Everything that the values depend on.
    pub(super) fn settings(&self) -> String {
        let regions = serde_json::to_string(&self.regions).unwrap_or_default();
        let settings = serde_json::to_string(self.extractor.settings()).unwrap_or_default();
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let perturbed = serde_json::to_string(&self.perturbed).unwrap_or_default();
        format!("{settings}\n{regions}\n{perturbed}\n{}", columns.join("\n"))
    }

    /// How it is measured, for the methods.
    pub(super) fn rules(&self) -> Vec<String> {
        let definition = match self.extractor.settings() {
            Settings::Pyradiomics(_) => "PyRadiomics' definitions (3.0.1)",
            Settings::Ibsi(_) => "the definitions of the Image Biomarker Standardisation Initiative",
        };
        let regions: Vec<String> = self.regions.iter().map(RegionSpec::name).collect();
        vec![format!(
            "Radiomics follow {definition}: {} features of each of the regions {}. Each case is measured by itself.",
            self.per_region,
            regions.join(", ")
        )]
    }

    /// The values of one lesion, and what was noticed. A region that cannot be measured is missing if another one can.
    ///
    /// # Errors
    /// Where no region can be measured: the first fault.
    pub(super) fn values(
        &self,
        images: &[Volume],
        lesion: &Mask,
        body: Option<&Mask>,
    ) -> Result<(Vec<Option<f64>>, Vec<String>)> {
        let mut values = Vec::with_capacity(self.columns.len());
        let mut faults: Vec<(String, Error)> = Vec::new();
        for image in images {
            for region in &self.regions {
                match self.region(image, region, lesion, body) {
                    Ok(measured) => values.extend(measured),
                    Err(fault) => {
                        faults.push((region.name(), fault));
                        values.extend(std::iter::repeat_n(None, self.per_region));
                    }
                }
            }
        }
        if faults.len() == images.len() * self.regions.len()
            && let Some((_, fault)) = faults.pop()
        {
            return Err(fault);
        }
        Ok((
            values,
            faults.into_iter().map(|(region, fault)| format!("region {region} could not be measured: {fault}")).collect(),
        ))
    }

    /// How many features a region has.
    pub(super) fn per_region(&self) -> usize {
        self.per_region
    }

    /// How many perturbed outlines are measured.
    pub(super) fn repeats(&self) -> usize {
        self.perturbed.len()
    }

    /// The lesion under each perturbation; `None` where one leaves nothing of it. A perturbation draws the same on every run.
    pub(super) fn perturbed(&self, image: &Volume, lesion: &Mask) -> Vec<Option<Mask>> {
        let redrawn = |(at, perturbation): (usize, &Perturbation)| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(at as u64);
            perturbation.apply(lesion, image, &mut random).ok()
        };
        self.perturbed.iter().enumerate().map(redrawn).collect()
    }

    fn region(&self, image: &Volume, region: &RegionSpec, lesion: &Mask, body: Option<&Mask>) -> Result<Vec<Option<f64>>> {
        self.of_mask(image, &region.make(lesion, body)?)
    }

    /// The features of a region on an image.
    ///
    /// # Errors
    /// A region that cannot be measured.
    pub(super) fn of_mask(&self, image: &Volume, mask: &Mask) -> Result<Vec<Option<f64>>> {
        let features = self.extractor.extract(image, mask)?;
        if features.len() != self.per_region {
            return Err(Error::numeric(format!("{} features where {} were expected", features.len(), self.per_region)));
        }
        Ok(features.into_iter().map(|feature| feature.value).collect())
    }
}

fn declared(feature: &Feature, image: &str, region: &str, hash: &str) -> DeclaredColumn {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_string());
    DeclaredColumn {
        name: format!("{image}.{region}_{}", feature.name()),
        origin: Origin {
            unit: given(feature.definition.unit),
            ibsi_code: given(feature.definition.code),
            extracted: Some(ImageOrigin {
                image: image.to_string(),
                region: region.to_string(),
                filter: feature.image.clone(),
                class: feature.class.to_string(),
                settings: hash.to_string(),
            }),
            ..Origin::default()
        },
    }
}
