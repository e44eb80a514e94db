//! What was done: the protocol of one series.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::image::grid::Grid;
use crate::image::protocol::scan::{Scan, SequenceKind};
use crate::image::series::{Diffusion, Injection, PhaseTable, TimeSource, Times};

/// The protocol of a series. Lists hold the different values in the order of the images: one where all images agree, several
/// where they do not (flip angles of a T1 measurement), none where no header says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Protocol {
    /// Number of images.
    pub phases: usize,
    /// How many of them are before contrast agent; absent when that is not known, or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<usize>,
    /// Seconds from the first image, one per image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Vec<f64>>,
    /// Where the times are known from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_source: Option<TimeSource>,
    /// When the contrast agent was injected, seconds from the first image, and how that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injection: Option<Injection>,
    /// Diffusion weightings from the lowest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub b_values: Vec<ShellCount>,
    /// Kinds of pulse sequence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<SequenceKind>,
    /// Repetition times (TR), ms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repetition_times_ms: Vec<f64>,
    /// Echo times (TE), ms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub echo_times_ms: Vec<f64>,
    /// Flip angles, degrees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flip_angles_deg: Vec<f64>,
    /// Field strengths, tesla.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields_t: Vec<f64>,
    /// Makers of the scanner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manufacturers: Vec<String>,
    /// Models of the scanner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
    /// Slice thicknesses as stated, mm; the distance of slices is in `spacing-mm`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slice_thicknesses_mm: Vec<f64>,
    /// Voxels along the axes i, j, k.
    pub size: [usize; 3],
    /// Distance of voxel centres along them, mm.
    pub spacing_mm: [f64; 3],
}

/// The images of one diffusion weighting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ShellCount {
    /// b-value, s/mm².
    pub b: f64,
    /// How many images have it.
    pub images: usize,
    /// In how many different gradient directions; 0 when none is stated.
    pub directions: usize,
}

impl Protocol {
    /// The protocol of a series of the given images.
    pub fn new<'a>(
        scans: impl Iterator<Item = &'a Scan> + Clone,
        grid: &Grid,
        times: Option<&Times>,
        phases: Option<&PhaseTable>,
        diffusion: Option<&Diffusion>,
    ) -> Self {
        let numbers = |of: fn(&Scan) -> Option<f64>| different(scans.clone().filter_map(of));
        let words = |of: fn(&Scan) -> Option<String>| different(scans.clone().filter_map(of));
        let shells = diffusion.map_or(Vec::new(), Diffusion::shells);
        Protocol {
            phases: scans.clone().count(),
            baseline: phases.map(PhaseTable::baseline),
            times: times.map(|times| times.seconds.clone()),
            time_source: times.map(|times| times.source),
            injection: phases.and_then(PhaseTable::injection),
            b_values: shells
                .into_iter()
                .map(|shell| ShellCount { b: shell.b, images: shell.images.len(), directions: shell.directions })
                .collect(),
            sequences: different(scans.clone().filter_map(|scan| scan.sequence)),
            repetition_times_ms: numbers(|scan| scan.repetition_time_ms),
            echo_times_ms: numbers(|scan| scan.echo_time_ms),
            flip_angles_deg: numbers(|scan| scan.flip_angle_deg),
            fields_t: numbers(|scan| scan.field_t),
            manufacturers: words(|scan| scan.manufacturer.clone()),
            models: words(|scan| scan.model.clone()),
            slice_thicknesses_mm: numbers(|scan| scan.slice_thickness_mm),
            size: grid.size,
            spacing_mm: grid.spacing,
        }
    }
}

/// The different values, in the order of their first coming.
fn different<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
