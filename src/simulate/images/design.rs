//! The design of an image cohort: everything that is common to its patients.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use super::effect::{ModalityEffect, ModalityTruth};
use super::preset::ImagePreset;
use crate::error::Result;
use crate::simulate::class::PerContrast;
use crate::simulate::design::Design;
use crate::simulate::preset::CohortPreset;
use crate::simulate::stream::stream;
use crate::simulate::variable::Column;

/// The modalities of images: the names of their blocks in the tabular cohort.
pub const MODALITIES: [&str; 3] = ["mri", "ultrasound", "mammography"];

/// Everything about an image cohort that is common to its patients.
#[derive(Debug)]
pub struct ImageDesign {
    preset: ImagePreset,
    tabular: CohortPreset,
    /// The cohort as it is written, some values lost.
    written: Design,
    /// The same cohort with every value known.
    complete: Design,
    columns: Vec<Column>,
    effects: [ModalityEffect; 3],
    protocols: Vec<SiteProtocol>,
}

/// How a site examines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteProtocol {
    /// Name of the site.
    pub site: String,
    /// Factor of all MRI signals.
    pub gain: f64,
    /// Factor of the noise.
    pub noise: f64,
    /// Factor of the true diffusion weighting: b-values that act are this times those stated.
    pub diffusion: f64,
    /// Offset of ultrasound's echo level, dB.
    pub echo_db: f64,
    /// Factor of mammography's display contrast.
    pub contrast: f64,
    /// Repetition time of the dynamic series, ms.
    pub dce_tr: f64,
    /// Echo time of the dynamic series, ms.
    pub dce_te: f64,
    /// Flip angle of the dynamic series, degrees.
    pub dce_flip: f64,
    /// Duration of a phase of the conventional series, s.
    pub phase_s: f64,
    /// Echo time of T2-weighted images, ms.
    pub t2_te: f64,
}

fn protocols(preset: &ImagePreset, design: &Design, seed: u64) -> Vec<SiteProtocol> {
    let spread = &preset.site;
    let one = |(index, name): (usize, &String)| {
        let mut rng = stream(seed, &["image", "site", name], 0);
        // The first site is the reference: its draws are made, so that they are the same for every layout, and left out.
        let own = if index == 0 { 0.0 } else { 1.0 };
        let mut normal = |sd: f64| own * sd * rng.sample::<f64, _>(StandardNormal);
        let protocol = if spread.protocol { 1.0 } else { 0.0 };
        SiteProtocol {
            site: name.clone(),
            gain: normal(spread.gain).exp(),
            noise: normal(spread.noise).exp(),
            diffusion: 1.0 + normal(spread.diffusion).clamp(-0.2, 0.2),
            echo_db: normal(spread.echo_db),
            contrast: normal(spread.contrast).exp(),
            dce_tr: round(5.0 + protocol * normal(0.5).clamp(-1.5, 1.5), 2),
            dce_te: round(1.9 + protocol * normal(0.2).clamp(-0.5, 0.5), 2),
            dce_flip: round(12.0 + protocol * normal(1.5).clamp(-4.0, 4.0), 0),
            phase_s: round(preset.mri.phase_s * (1.0 + protocol * normal(0.08).clamp(-0.3, 0.3)), 1),
            t2_te: round(80.0 + protocol * normal(8.0).clamp(-25.0, 25.0), 0),
        }
    };
    let names: Vec<String> = design.sites().iter().map(|site| site.name.clone()).collect();
    names.iter().enumerate().map(one).collect()
}

/// A number as a protocol states it.
pub(super) fn round(value: f64, digits: i32) -> f64 {
    let factor = 10f64.powi(digits);
    (value * factor).round() / factor
}

impl ImageDesign {
    /// Draws what is common to all patients of a preset.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::error::Error::Usage) if the preset contradicts itself.
    pub fn new(preset: &ImagePreset) -> Result<Self> {
        preset.check().map_err(crate::error::Error::usage)?;
        let tabular = preset.tabular("image preset", None)?;
        let mut known = tabular.clone();
        known.her2.ish_missing = 0.0;
        known.variable.values_mut().for_each(|variable| variable.missing = 0.0);
        let complete = Design::new(&known)?;
        let auc = |name: &str| {
            let none = PerContrast { positive_vs_negative: 0.5, low_vs_zero: 0.5 };
            complete.effective.block.get(name).map_or(none, |block| block.auc)
        };
        let effects = [
            ModalityEffect::new(MODALITIES[0], &preset.parameter.mri, auc(MODALITIES[0]))?,
            ModalityEffect::new(MODALITIES[1], &preset.parameter.ultrasound, auc(MODALITIES[1]))?,
            ModalityEffect::new(MODALITIES[2], &preset.parameter.mammography, auc(MODALITIES[2]))?,
        ];
        let written = Design::new(&tabular)?;
        Ok(ImageDesign {
            columns: complete.clinical_columns(),
            protocols: protocols(preset, &written, tabular.seed),
            preset: preset.clone(),
            tabular,
            written,
            complete,
            effects,
        })
    }

    /// The image preset.
    pub fn preset(&self) -> &ImagePreset {
        &self.preset
    }

    /// The tabular preset within.
    pub fn tabular(&self) -> &CohortPreset {
        &self.tabular
    }

    /// Number of patients.
    pub fn n(&self) -> usize {
        self.tabular.n
    }

    /// Seed of everything random.
    pub fn seed(&self) -> u64 {
        self.tabular.seed
    }

    /// The cohort as it is written, some values lost.
    pub fn written(&self) -> &Design {
        &self.written
    }

    /// How each site examines.
    pub fn protocols(&self) -> &[SiteProtocol] {
        &self.protocols
    }

    /// What is true of the parameters of each modality.
    pub fn modality_truths(&self) -> Vec<ModalityTruth> {
        self.effects.iter().map(ModalityEffect::truth).collect()
    }

    /// The same cohort with every value known.
    pub(super) fn complete(&self) -> &Design {
        &self.complete
    }

    /// The clinical columns.
    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The parameters of each modality.
    pub(super) fn effects(&self) -> &[ModalityEffect; 3] {
        &self.effects
    }

    /// Position of a modality's block in the cohort; `None` where the cohort has no such block, and everybody is examined.
    pub(super) fn block(&self, modality: usize) -> Option<usize> {
        self.complete.blocks().iter().position(|block| block.name == MODALITIES[modality])
    }
}
