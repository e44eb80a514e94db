//! What a user may ask of a simulated image cohort: a TOML file, every key of it checked.
//!
//! A preset says everything, or `extends` another one and says what differs. Its table `cohort` is a tabular preset
//! ([`CohortPreset`]), which decides on patients, classes, sites, clinical variables and on the
//! AUC
//! and the correlation of the modalities; the image preset adds what images need.

mod check;
mod load;
mod parameter;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use check::{MOST_MRI_VOXELS, MOST_PIXELS};
pub use load::{BUILT_IN, image_preset, image_presets};
pub use parameter::{MammographyParameters, MriParameters, Parameter, Parameters, UltrasoundParameters};

use crate::simulate::preset::CohortPreset;

/// A simulated image cohort as a user describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImagePreset {
    /// What the cohort is for, in a sentence.
    pub description: String,
    /// The preset that this one starts from: a built-in name, or a path relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// What is written beside the first examination.
    pub include: Include,
    /// Magnetic resonance imaging.
    pub mri: MriSpec,
    /// Ultrasound.
    pub ultrasound: UltrasoundSpec,
    /// Mammography.
    pub mammography: MammographySpec,
    /// The readers who outline the lesion.
    pub reader: ReaderSpec,
    /// How examinations differ between the sites.
    pub site: SiteSpread,
    /// Treatment before the second visit.
    pub treatment: Treatment,
    /// What decides on the images of each modality.
    pub parameter: Parameters,
    /// Patients, classes, sites, clinical variables, AUCs: a tabular preset.
    #[schemars(with = "CohortPreset")]
    pub cohort: toml::Table,
}

impl Default for ImagePreset {
    fn default() -> Self {
        ImagePreset {
            description: String::new(),
            extends: None,
            include: Include::default(),
            mri: MriSpec::default(),
            ultrasound: UltrasoundSpec::default(),
            mammography: MammographySpec::default(),
            reader: ReaderSpec::default(),
            site: SiteSpread::default(),
            treatment: Treatment::default(),
            parameter: Parameters::default(),
            cohort: toml::Table::new(),
        }
    }
}

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Include {
    /// MRI of the affected breast.
    pub mri: bool,
    /// Ultrasound of the lesion.
    pub ultrasound: bool,
    /// Mammography of the affected breast in two views.
    pub mammography: bool,
    /// A second MRI under treatment.
    pub follow_up: bool,
    /// The table of genes.
    pub genes: bool,
    /// Parameter maps and habitats among the truth.
    pub truth_maps: bool,
}

impl Default for Include {
    fn default() -> Self {
        Include { mri: true, ultrasound: true, mammography: true, follow_up: true, genes: true, truth_maps: true }
    }
}

/// How MRI is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MriSpec {
    /// Field of view: left–right, front–back, foot–head, mm.
    pub field_mm: [f64; 3],
    /// Voxel size along the same axes, mm.
    pub voxel_mm: [f64; 3],
    /// Voxel size of diffusion-weighted images, mm.
    pub diffusion_voxel_mm: [f64; 3],
    /// Which dynamic series are taken.
    pub dynamic: Dynamic,
    /// Images after contrast agent of the conventional series.
    pub phases: usize,
    /// Duration of each of them, s.
    pub phase_s: f64,
    /// Images of the ultrafast series, a quarter of them before contrast agent.
    pub ultrafast_frames: usize,
    /// Duration of each of them, s.
    pub ultrafast_s: f64,
    /// Diffusion weightings, s/mm²; the first must be 0.
    pub b_values: Vec<f64>,
    /// Standard deviation of the noise in each channel, as a share of the signal of gland before contrast agent.
    pub noise: f64,
    /// Standard deviation of the shift between phases along each axis, mm.
    pub motion_mm: f64,
    /// Standard deviation of the rotation between phases about each axis, degrees.
    pub motion_degrees: f64,
    /// Strength of the receive field's unevenness: standard deviation of its logarithm.
    pub bias: f64,
}

impl Default for MriSpec {
    fn default() -> Self {
        MriSpec {
            field_mm: [136.0, 118.0, 112.0],
            voxel_mm: [1.1, 1.1, 1.6],
            diffusion_voxel_mm: [2.0, 2.0, 3.2],
            dynamic: Dynamic::Conventional,
            phases: 6,
            phase_s: 70.0,
            ultrafast_frames: 20,
            ultrafast_s: 4.0,
            b_values: vec![0.0, 50.0, 200.0, 400.0, 800.0, 1500.0],
            noise: 0.03,
            motion_mm: 0.4,
            motion_degrees: 0.3,
            bias: 0.15,
        }
    }
}

/// Which dynamic contrast-enhanced series are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dynamic {
    /// One image before and some after contrast agent, about a minute each.
    Conventional,
    /// Many images of a few seconds around the first pass.
    Ultrafast,
    /// Ultrafast, then conventional.
    Both,
}

/// How ultrasound is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UltrasoundSpec {
    /// Width of the probe, mm.
    pub width_mm: f64,
    /// Depth shown, mm.
    pub depth_mm: f64,
    /// Pixel size of the picture, mm.
    pub pixel_mm: f64,
    /// Centre frequency, MHz.
    pub frequency_mhz: f64,
    /// Span of echo levels from black to white, dB.
    pub dynamic_range_db: f64,
}

impl Default for UltrasoundSpec {
    fn default() -> Self {
        UltrasoundSpec { width_mm: 40.0, depth_mm: 40.0, pixel_mm: 0.08, frequency_mhz: 10.0, dynamic_range_db: 60.0 }
    }
}

/// How mammography is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MammographySpec {
    /// Pixel size, mm.
    pub pixel_mm: f64,
    /// Standard deviation of the noise as a share of the span of grey levels.
    pub noise: f64,
}

impl Default for MammographySpec {
    fn default() -> Self {
        MammographySpec { pixel_mm: 0.2, noise: 0.006 }
    }
}

/// How well readers outline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReaderSpec {
    /// Standard deviation of the second reader's contour around the true one, as a share of the lesion's radius.
    pub contour: f64,
}

impl Default for ReaderSpec {
    fn default() -> Self {
        ReaderSpec { contour: 0.08 }
    }
}

/// Differences between sites; the first site is the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSpread {
    /// Standard deviation of the logarithm of the receiver's gain.
    pub gain: f64,
    /// Standard deviation of the logarithm of the noise.
    pub noise: f64,
    /// Standard deviation of the error of the diffusion weighting (the scanner's ADC scale), as a share.
    pub diffusion: f64,
    /// Standard deviation of the offset of the echo level of ultrasound, dB.
    pub echo_db: f64,
    /// Standard deviation of the logarithm of the contrast of mammography's display.
    pub contrast: f64,
    /// Whether repetition times, echo times, flip angles and phase durations differ too.
    pub protocol: bool,
}

impl Default for SiteSpread {
    fn default() -> Self {
        SiteSpread { gain: 0.15, noise: 0.1, diffusion: 0.02, echo_db: 1.5, contrast: 0.08, protocol: true }
    }
}

/// What treatment before the second visit does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Treatment {
    /// Days between the visits.
    pub days: u32,
    /// Mean factor of the diameter without and with complete response.
    pub diameter: [f64; 2],
    /// Mean rise of ADC without and with complete response, 10⁻³ mm²/s.
    pub adc_rise: [f64; 2],
    /// Mean factor of the volume transfer constant without and with complete response.
    pub ktrans: [f64; 2],
    /// Standard deviation of the logarithm of the factors, and of the rise as a share of its mean.
    pub spread: f64,
}

impl Default for Treatment {
    fn default() -> Self {
        Treatment { days: 42, diameter: [0.85, 0.6], adc_rise: [0.10, 0.32], ktrans: [0.85, 0.5], spread: 0.15 }
    }
}
