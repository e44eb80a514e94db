//! What a study expects of a protocol, as it is written in the study file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::protocol::scan::SequenceKind;

/// What a study expects of the protocol of a series; what it does not mention may be as it is. Ranges are `[lowest, highest]`,
/// both included.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Expected {
    /// Number of images.
    pub phases: Option<usize>,
    /// How many images are before contrast agent, at least.
    pub baseline: Option<usize>,
    /// The first image after contrast agent begins within so many seconds of the injection.
    pub first_phase_within_s: Option<f64>,
    /// Interval between images after contrast agent, s; when not given, their median.
    pub interval_s: Option<f64>,
    /// How far an interval may be from that, s; when neither is given, intervals may be uneven.
    pub interval_tolerance_s: Option<f64>,
    /// b-values, s/mm²: each must be there, and no other.
    pub b_values: Vec<f64>,
    /// How far a b-value may be from that, s/mm²; when not given, 10.
    pub b_tolerance: Option<f64>,
    /// Gradient directions of every b-value above 0 (10 s/mm²), at least.
    pub directions: Option<usize>,
    /// Kind of pulse sequence.
    pub sequence: Option<SequenceKind>,
    /// Field strength, tesla: 1.5 also holds for a magnet of 1.494.
    pub field_t: Option<f64>,
    /// Repetition time, ms.
    pub repetition_time_ms: Option<[f64; 2]>,
    /// Echo time, ms.
    pub echo_time_ms: Option<[f64; 2]>,
    /// Flip angle, degrees.
    pub flip_angle_deg: Option<[f64; 2]>,
    /// Slice thickness, mm.
    pub slice_thickness_mm: Option<[f64; 2]>,
    /// Distance of pixel centres in the plane, mm.
    pub pixel_spacing_mm: Option<[f64; 2]>,
}

/// How far a stated b-value may be from an expected one, where the study does not say, s/mm².
pub const B_TOLERANCE: f64 = 10.0;

impl Expected {
    /// Refuses expectations that no protocol can meet.
    ///
    /// # Errors
    /// [`Error::Usage`] about the entry.
    pub fn validate(&self) -> Result<()> {
        let refuse = |entry: &str, found: String, expected: &str| {
            Err(Error::usage(format!("the expected protocol's `{entry}` is {found}; expected {expected}")))
        };
        if let Some(0) = self.phases {
            return refuse("phases", "0".into(), "1 or more");
        }
        if let (Some(phases), Some(baseline)) = (self.phases, self.baseline)
            && baseline >= phases
        {
            return refuse("baseline", baseline.to_string(), &format!("fewer than the {phases} phases"));
        }
        for (entry, value, least) in [
            ("first-phase-within-s", self.first_phase_within_s, 0.0),
            ("interval-s", self.interval_s, f64::MIN_POSITIVE),
            ("interval-tolerance-s", self.interval_tolerance_s, 0.0),
            ("b-tolerance", self.b_tolerance, 0.0),
            ("field-t", self.field_t, f64::MIN_POSITIVE),
        ] {
            if let Some(value) = value.filter(|value| !(*value >= least && value.is_finite())) {
                return refuse(entry, value.to_string(), "a positive number");
            }
        }
        if let Some(b) = self.b_values.iter().find(|b| !(**b >= 0.0 && b.is_finite())) {
            return refuse("b-values", b.to_string(), "0 or more s/mm²");
        }
        for (entry, range) in [
            ("repetition-time-ms", self.repetition_time_ms),
            ("echo-time-ms", self.echo_time_ms),
            ("flip-angle-deg", self.flip_angle_deg),
            ("slice-thickness-mm", self.slice_thickness_mm),
            ("pixel-spacing-mm", self.pixel_spacing_mm),
        ] {
            if let Some([low, high]) = range.filter(|[low, high]| !(low <= high && low.is_finite() && high.is_finite())) {
                return refuse(entry, format!("[{low}, {high}]"), "[lowest, highest]");
            }
        }
        Ok(())
    }
}
