//! What a study may say about an MRI examination.

use crate::alignment::Motion;
use crate::habitat::slic::SlicOptions;
use crate::habitat::{Clustering, FeatureOptions, Number};
use crate::image::protocol::Expected;
use crate::parametric::spec::MapSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A sequence of the examination: an image, or a series of images over time, b-values or flip angles.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sequence {
    /// The columns of the manifest that name its files, in the order of the images: one for an image, a 4-D file or a DICOM folder, several
    /// for phases in files of their own.
    pub columns: Vec<String>,
    /// When the images were taken, s, on any axis, where the files do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<f64>>,
    /// b-values of the images, s/mm², where the files do not say them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b_values: Option<Vec<f64>>,
    /// How many first images are before contrast agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<usize>,
    /// When the contrast agent was injected: seconds from the first image, or on the axis of `times`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injection: Option<f64>,
    /// The column that names a transform made elsewhere (ITK `.tfm`, `.txt`, `.mat`), which carries points of the reference sequence to where
    /// they lie in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<String>,
    /// The protocol that the study expects; what differs is reported per case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// Parametric maps of a sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MapGroup {
    /// The sequences they are computed from: a series; or the images at several flip angles; or the maps before and after contrast agent.
    pub from: Vec<String>,
    /// Which maps.
    pub kind: MapSpec,
}

/// How the images of an examination are brought to the reference sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// By what their headers say.
    #[default]
    Headers,
    /// By rigid registration (mutual information), phases and sequences alike.
    Rigid,
    /// By affine registration.
    Affine,
}

impl Align {
    /// What may differ between two images; `None` where headers are believed.
    pub fn motion(self) -> Option<Motion> {
        match self {
            Align::Headers => None,
            Align::Rigid => Some(Motion::Rigid),
            Align::Affine => Some(Motion::Affine),
        }
    }
}

/// Parts of the lesion that behave alike in several maps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Habitats {
    /// The maps and images that tell habitats apart, by the names they have in features: `adc_ADC`, `dce2`.
    pub maps: Vec<String>,
    /// Where habitats come from.
    pub by: HabitatSource,
    /// The map by which habitats are numbered; the first where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Which variants of the features are computed.
    #[serde(default)]
    pub features: FeatureOptions,
    /// Images and maps of which each habitat's radiomics are computed; only where labels are fixed before the fold (per case, atlas).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub radiomics: Vec<String>,
}

/// Where habitats come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum HabitatSource {
    /// Each case's own voxels.
    PerCase(PerCase),
    /// A frozen atlas, relative to the study file.
    Atlas(PathBuf),
    /// Supervoxels whose statistics are kept; the transform `habitat-codebook` of an arm learns habitats from those of the training rows.
    Supervoxels(SupervoxelBag),
}

/// Habitats of a case's own voxels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PerCase {
    /// What groups voxels.
    pub clustering: Clustering,
    /// How many habitats.
    pub number: Number,
}

/// Supervoxels that are kept per case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SupervoxelBag {
    /// How they are made.
    pub slic: SlicOptions,
    /// Room for so many per case.
    pub room: usize,
}

impl Default for SupervoxelBag {
    fn default() -> Self {
        SupervoxelBag { slic: SlicOptions::default(), room: 100 }
    }
}

/// Follow-up examinations: several rows of the manifest per case, told apart by their day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Visits {
    /// The column with the day of the examination: a number of days from any start, or a date.
    pub day: String,
    /// How change is told.
    #[serde(default = "Change::usual")]
    pub changes: Vec<Change>,
}

/// How the change of a feature from the first to the last examination is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Last minus first.
    Difference,
    /// Last over first.
    Ratio,
    /// Logarithm of last over first.
    LogRatio,
    /// Slope per day of the least-squares line through all examinations.
    SlopePerDay,
}

impl Change {
    fn usual() -> Vec<Change> {
        vec![Change::Difference, Change::LogRatio]
    }

    /// How the feature's name ends.
    pub fn name(self) -> &'static str {
        match self {
            Change::Difference => "difference",
            Change::Ratio => "ratio",
            Change::LogRatio => "log_ratio",
            Change::SlopePerDay => "slope_per_day",
        }
    }

    /// The change of values at days, both in the order of the days; `None` where it is not defined: one examination, a value missing, a
    /// ratio to 0, the logarithm of what is not positive.
    pub fn of(self, days: &[f64], values: &[Option<f64>]) -> Option<f64> {
        let (first, last) = (*values.first()?, *values.last()?);
        let (first, last) = (first?, last?);
        if values.len() < 2 {
            return None;
        }
        let change = match self {
            Change::Difference => last - first,
            Change::Ratio => last / first,
            Change::LogRatio if first * last > 0.0 => (last / first).ln(),
            Change::LogRatio => return None,
            Change::SlopePerDay => {
                let known: Vec<(f64, f64)> = days.iter().zip(values).filter_map(|(day, value)| Some((*day, (*value)?))).collect();
                let n = known.len() as f64;
                let centre = |of: fn(&(f64, f64)) -> f64| known.iter().map(of).sum::<f64>() / n;
                let (day, value) = (centre(|point| point.0), centre(|point| point.1));
                let spread: f64 = known.iter().map(|point| (point.0 - day).powi(2)).sum();
                known.iter().map(|point| (point.0 - day) * (point.1 - value)).sum::<f64>() / spread
            }
        };
        change.is_finite().then_some(change)
    }
}

/// Everything that a study says about its MRI, but where files lie.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Protocols {
    /// The sequences by name.
    pub sequences: BTreeMap<String, Sequence>,
    /// The sequence on whose grid everything is measured and the lesion is outlined.
    pub reference: Option<String>,
    /// How images come to it.
    pub align: Align,
    /// Groups of maps by name.
    pub maps: BTreeMap<String, MapGroup>,
    /// Images and maps whose radiomics are computed, by name.
    pub radiomics: Vec<String>,
    /// Further files that maps name (T1 before contrast agent, transmit field, artery, measured input function) and their columns.
    pub files: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_is_what_its_name_says_and_never_made_up() {
        let days = [0.0, 10.0, 20.0];
        let values = [Some(2.0), Some(5.0), Some(8.0)];
        assert_eq!(Change::Difference.of(&days, &values), Some(6.0));
        assert_eq!(Change::Ratio.of(&days, &values), Some(4.0));
        assert_eq!(Change::LogRatio.of(&days, &values), Some(4.0f64.ln()));
        assert!((Change::SlopePerDay.of(&days, &values).unwrap() - 0.3).abs() < 1e-15);
        // A visit in between may lack the feature; the first and the last may not.
        assert!((Change::SlopePerDay.of(&days, &[Some(2.0), None, Some(8.0)]).unwrap() - 0.3).abs() < 1e-15);
        assert_eq!(Change::Difference.of(&days, &[None, Some(5.0), Some(8.0)]), None);
        assert_eq!(Change::Ratio.of(&days[..2], &[Some(0.0), Some(1.0)]), None);
        assert_eq!(Change::LogRatio.of(&days[..2], &[Some(-1.0), Some(1.0)]), None);
        assert_eq!(Change::Difference.of(&days[..1], &[Some(1.0)]), None);
        assert_eq!(Change::SlopePerDay.of(&[3.0, 3.0], &[Some(1.0), Some(2.0)]), None);
    }
}
