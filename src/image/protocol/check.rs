//! Where a protocol differs from what the study expects.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::image::protocol::descriptor::Protocol;
use crate::image::protocol::expected::{B_TOLERANCE, Expected};
use crate::image::protocol::scan::SequenceKind;
use crate::image::series::Injection;

/// b-values at or below this count as b = 0: scanners write 5 or 10 for the crusher gradients of an unweighted image.
const UNWEIGHTED: f64 = 10.0;
/// How far a magnet may be from its nominal field, as a share of it.
const FIELD: f64 = 0.05;

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationKind {
    /// Fewer or more images than expected.
    Phases,
    /// Too few images before contrast agent, or not known which they are.
    Baseline,
    /// Times that are not known.
    TimesUnknown,
    /// Times that do not increase.
    TimesNotIncreasing,
    /// The first image after contrast agent is late, or that is not known.
    FirstPhase,
    /// Intervals that differ.
    Interval,
    /// A b-value that is not there, or not expected.
    BValues,
    /// No image without diffusion weighting.
    Unweighted,
    /// Too few gradient directions.
    Directions,
    /// Another pulse sequence.
    Sequence,
    /// Another field strength.
    Field,
    /// Repetition time.
    RepetitionTime,
    /// Echo time.
    EchoTime,
    /// Flip angle.
    FlipAngle,
    /// Slice thickness.
    SliceThickness,
    /// Pixel spacing.
    PixelSpacing,
}

/// One difference between what was done and what was expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Deviation {
    /// What differs.
    pub kind: DeviationKind,
    /// What was found.
    pub found: String,
    /// What the study expects.
    pub expected: String,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found {}; expected {}", self.found, self.expected)
    }
}

/// The differences, in the order of [`DeviationKind`]. What a header leaves open and the study expects is a difference too. Times
/// that do not increase are one always, and a diffusion series without b = 0 is one where b-values are expected.
pub fn check(protocol: &Protocol, expected: &Expected) -> Vec<Deviation> {
    let mut list = List::default();
    phases(protocol, expected, &mut list);
    times(protocol, expected, &mut list);
    diffusion(protocol, expected, &mut list);
    if let Some(kind) = expected.sequence
        && (protocol.sequences.is_empty() || protocol.sequences.iter().any(|other| *other != kind))
    {
        let words = |kinds: &[_]| kinds.iter().map(word).collect::<Vec<_>>().join(", ");
        let found =
            if protocol.sequences.is_empty() { "no statement of the sequence".into() } else { words(&protocol.sequences) };
        list.add(DeviationKind::Sequence, found, format!("the sequence {}", word(&kind)));
    }
    let field = expected.field_t.map(|field| [field * (1.0 - FIELD), field * (1.0 + FIELD)]);
    let nominal = expected.field_t.map(|field| format!("{field} T"));
    list.range(DeviationKind::Field, "field strength", "T", &protocol.fields_t, field, nominal);
    for (kind, name, unit, values, range) in [
        (DeviationKind::RepetitionTime, "repetition time", "ms", &protocol.repetition_times_ms, expected.repetition_time_ms),
        (DeviationKind::EchoTime, "echo time", "ms", &protocol.echo_times_ms, expected.echo_time_ms),
        (DeviationKind::FlipAngle, "flip angle", "degrees", &protocol.flip_angles_deg, expected.flip_angle_deg),
        (DeviationKind::SliceThickness, "slice thickness", "mm", &protocol.slice_thicknesses_mm, expected.slice_thickness_mm),
        (DeviationKind::PixelSpacing, "pixel spacing", "mm", &protocol.spacing_mm[..2].to_vec(), expected.pixel_spacing_mm),
    ] {
        list.range(kind, name, unit, values, range, None);
    }
    list.0
}

#[derive(Default)]
struct List(Vec<Deviation>);

impl List {
    fn add(&mut self, kind: DeviationKind, found: impl Into<String>, expected: impl Into<String>) {
        self.0.push(Deviation { kind, found: found.into(), expected: expected.into() });
    }

    fn range(
        &mut self,
        kind: DeviationKind,
        name: &str,
        unit: &str,
        values: &[f64],
        range: Option<[f64; 2]>,
        words: Option<String>,
    ) {
        let Some([low, high]) = range else { return };
        let expected = words.unwrap_or_else(|| format!("{low} to {high} {unit}"));
        // Headers round; a millionth is no difference.
        let slack = 1e-6 * low.abs().max(high.abs());
        if values.is_empty() {
            self.add(kind, format!("no statement of the {name}"), expected);
        } else if values.iter().any(|value| !(*value >= low - slack && *value <= high + slack)) {
            self.add(kind, format!("a {name} of {} {unit}", join(values)), expected);
        }
    }
}

fn phases(protocol: &Protocol, expected: &Expected, list: &mut List) {
    let count = protocol.phases;
    if let Some(phases) = expected.phases.filter(|phases| *phases != count) {
        let word = if count < phases { format!("{} missing", phases - count) } else { format!("{} too many", count - phases) };
        list.add(DeviationKind::Phases, format!("{count} phases ({word})"), format!("{phases} phases"));
    }
    let Some(least) = expected.baseline else { return };
    let wanted = format!("{least} or more images before contrast agent");
    match protocol.baseline {
        Some(baseline) if baseline >= least => {}
        Some(baseline) => list.add(DeviationKind::Baseline, format!("{baseline} images before contrast agent"), wanted),
        None => {
            list.add(DeviationKind::Baseline, "no baseline: no image is known to be before contrast agent", wanted);
        }
    }
}

fn times(protocol: &Protocol, expected: &Expected, list: &mut List) {
    let even = expected.interval_s.is_some() || expected.interval_tolerance_s.is_some();
    let Some(times) = &protocol.times else {
        if even || expected.first_phase_within_s.is_some() {
            list.add(DeviationKind::TimesUnknown, "no times of the images", "a time for every image");
        }
        return;
    };
    if let Some(at) = (1..times.len()).find(|&at| !(times[at] > times[at - 1])) {
        let found = format!("image {} at {} s and image {} at {} s", at, show(times[at - 1]), at + 1, show(times[at]));
        return list.add(DeviationKind::TimesNotIncreasing, found, "times that increase from image to image");
    }
    // Where no image is known to be before contrast agent, all intervals count.
    let after = times.get(protocol.baseline.unwrap_or(0)..).unwrap_or_default();
    if let Some(most) = expected.first_phase_within_s {
        let wanted = format!("the first within {most} s of the injection");
        match (protocol.injection, after.first()) {
            (Some(Injection::AssumedAtFirstPost(_)) | None, _) | (_, None) => {
                list.add(DeviationKind::FirstPhase, "no statement of the injection time", wanted);
            }
            (Some(injection), Some(first)) if first - injection.seconds() > most + 1e-6 => {
                let found = format!("the first image after contrast agent at {} s", show(first - injection.seconds()));
                list.add(DeviationKind::FirstPhase, found, wanted);
            }
            _ => {}
        }
    }
    let intervals: Vec<f64> = after.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if let (true, Some(median)) = (even, median(&intervals)) {
        let wanted = expected.interval_s.unwrap_or(median);
        let tolerance = expected.interval_tolerance_s.unwrap_or(0.05 * wanted);
        if intervals.iter().any(|interval| (interval - wanted).abs() > tolerance + 1e-6) {
            let expected = format!("{} ± {} s each", show(wanted), show(tolerance));
            list.add(DeviationKind::Interval, format!("intervals of {} s", join(&intervals)), expected);
        }
    }
}

fn diffusion(protocol: &Protocol, expected: &Expected, list: &mut List) {
    let found: Vec<f64> = protocol.b_values.iter().map(|shell| shell.b).collect();
    let named = || if found.is_empty() { "no b-values".to_string() } else { format!("b-values of {} s/mm²", join(&found)) };
    if !expected.b_values.is_empty() {
        let tolerance = expected.b_tolerance.unwrap_or(B_TOLERANCE);
        let near = |a: &f64, list: &[f64]| list.iter().any(|b| (a - b).abs() <= tolerance);
        let missing = expected.b_values.iter().any(|b| !near(b, &found));
        let further = found.iter().any(|b| !near(b, &expected.b_values));
        if missing || further {
            list.add(DeviationKind::BValues, named(), format!("{} ± {tolerance} s/mm²", join(&expected.b_values)));
        }
    }
    let weighted = !found.is_empty() || !expected.b_values.is_empty();
    if weighted && !found.iter().any(|b| *b <= UNWEIGHTED) && expected.b_values.iter().any(|b| *b <= UNWEIGHTED) {
        list.add(DeviationKind::Unweighted, format!("no image at b = 0 ({})", named()), "an image without diffusion weighting");
    }
    if let Some(least) = expected.directions {
        let few: Vec<String> = protocol
            .b_values
            .iter()
            .filter(|shell| shell.b > UNWEIGHTED && shell.directions < least)
            .map(|shell| format!("{} at b = {}", shell.directions, show(shell.b)))
            .collect();
        if !few.is_empty() || protocol.b_values.is_empty() {
            let found = if few.is_empty() { named() } else { format!("gradient directions: {}", few.join(", ")) };
            list.add(DeviationKind::Directions, found, format!("{least} or more directions at every b above 0"));
        }
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { 0.5 * (sorted[middle - 1] + upper) })
}

/// A number as people write it: no more than a thousandth.
fn show(value: f64) -> String {
    format!("{}", (value * 1e3).round() / 1e3 + 0.0)
}

fn join(values: &[f64]) -> String {
    values.iter().map(|value| show(*value)).collect::<Vec<_>>().join(", ")
}

fn word(kind: &SequenceKind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
}
