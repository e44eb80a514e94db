//! The JSON beside an image, as BIDS defines it and dcm2niix writes it: times, b-values and the protocol.
//!
//! # Reference
//! Gorgolewski et al., Sci Data 2016;3:160044 (BIDS); Li et al., J Neurosci Methods 2016;264:47 (dcm2niix).

use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, InputError, Result};
use crate::image::protocol::Scan;
use crate::image::protocol::scan::{SequenceWords, tesla};
use crate::image::read::series::gradients::sibling;
use crate::image::series::{Clock, FrameTime};

/// No text beside an image is longer.
const LONGEST: u64 = 16 << 20;

/// What a sidecar says.
#[derive(Debug, Clone, Default)]
pub struct Sidecar {
    /// Per image; as many as the image has volumes.
    pub times: Vec<FrameTime>,
    /// Per image; empty when it states none.
    pub b_values: Vec<f64>,
    /// The protocol, of all its images.
    pub scan: Scan,
}

/// A small text file as a whole.
///
/// # Errors
/// [`Error::Io`] when it cannot be read, [`InputError`] when it is far too long or no text.
pub fn read_text(file: &Path) -> Result<String> {
    use std::io::Read;
    let fault = |cause| Error::io(file, cause);
    let mut bytes = Vec::new();
    std::fs::File::open(file).map_err(fault)?.take(LONGEST + 1).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > LONGEST {
        return Err(InputError::new(file, format!("more than {LONGEST} bytes"), "a small text file").into());
    }
    String::from_utf8(bytes).map_err(|_| InputError::new(file, "bytes that are no text", "a text file (UTF-8)").into())
}

/// The sidecar of an image of `images` volumes; what is silent when there is none.
///
/// # Definition
/// Times: `FrameTimesStart` or `VolumeTiming` (s, one per volume); or `RepetitionTime` as the interval where
/// `RepetitionTimeExcitation` says that it is not the sequence's. `InjectionStart` (s) is on the axis of the volumes' times. `AcquisitionTime` is the time of day of the first.
/// `RepetitionTime` alone is the sequence's TR: it is no interval between volumes.
///
/// # Errors
/// [`InputError`] when it is no JSON object, or its lists are not as long as the image.
pub fn beside(image: &Path, images: usize) -> Result<Sidecar> {
    let file = sibling(image, "json");
    if !file.is_file() {
        return Ok(Sidecar { times: vec![FrameTime::default(); images], ..Default::default() });
    }
    let refuse = |found: String| Error::from(InputError::new(&file, found, "a JSON object, as BIDS defines it"));
    let value: Value = serde_json::from_str(&read_text(&file)?).map_err(|cause| refuse(format!("no JSON ({cause})")))?;
    let Value::Object(fields) = value else { return Err(refuse("JSON that is no object".into())) };
    let number = |name: &str| fields.get(name).and_then(Value::as_f64).filter(|n| n.is_finite());
    let list = |name: &str| list(&file, &fields, name, images);

    let interval = number("RepetitionTimeExcitation").and(number("RepetitionTime")).filter(|seconds| *seconds > 0.0);
    let offsets = match list("FrameTimesStart")? {
        Some(offsets) => Some(offsets),
        None => list("VolumeTiming")?,
    };
    let offsets = offsets.or_else(|| interval.map(|step| (0..images).map(|image| step * image as f64).collect()));
    let word = |name: &str| fields.get(name).and_then(Value::as_str).map(str::trim).filter(|word| !word.is_empty());
    let start = word("AcquisitionTime").and_then(|time| Clock::parse(None, time));
    let injection = number("InjectionStart");
    let trigger = number("TriggerDelayTime").map(|ms| ms / 1000.0);
    let times = (0..images).map(|image| {
        let offset = offsets.as_ref().map(|offsets| offsets[image]);
        // One clock tells the time of one image; of more only together with their offsets.
        let acquisition = match offset {
            Some(offset) => start.map(|start| Clock { seconds: start.seconds + offset, ..start }),
            None => start.filter(|_| images == 1),
        };
        let injection_offset = offset.and(injection);
        FrameTime { offset, injection_offset, acquisition, trigger: trigger.filter(|_| images == 1), ..Default::default() }
    });
    let b_values = match list("DiffusionBValue")? {
        Some(values) => values,
        None => number("DiffusionBValue").map_or(Vec::new(), |b| vec![b; images]),
    };
    Ok(Sidecar { times: times.collect(), b_values, scan: scan(&fields) })
}

fn list(file: &Path, fields: &Map<String, Value>, name: &str, images: usize) -> Result<Option<Vec<f64>>> {
    let Some(Value::Array(values)) = fields.get(name) else { return Ok(None) };
    let numbers: Option<Vec<f64>> = values.iter().map(|value| value.as_f64().filter(|n| n.is_finite())).collect();
    let refuse = |found: String| {
        let expected = format!("{images} numbers, as the image has volumes");
        Error::from(InputError::new(file, found, expected).in_column(name))
    };
    let numbers = numbers.ok_or_else(|| refuse("a list with other things than numbers".into()))?;
    if numbers.len() != images {
        return Err(refuse(format!("{} numbers", numbers.len())));
    }
    Ok(Some(numbers))
}

fn scan(fields: &Map<String, Value>) -> Scan {
    let positive = |name: &str| fields.get(name).and_then(Value::as_f64).filter(|n| *n > 0.0 && n.is_finite());
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(|word| word.trim().to_string());
    // dcm2niix writes several values as one word: `SK_SP`.
    let words = |name: &str| -> Vec<String> {
        match fields.get(name) {
            Some(Value::String(word)) => word.split(['_', '\\']).map(|part| part.trim().to_string()).collect(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_string).collect(),
            _ => Vec::new(),
        }
    };
    let milliseconds = |name: &str| positive(name).map(|seconds| seconds * 1000.0);
    let sequence = SequenceWords {
        scanning: words("ScanningSequence"),
        variant: words("SequenceVariant"),
        echo_train: positive("EchoTrainLength"),
        ..Default::default()
    };
    Scan {
        sequence: sequence.kind(),
        repetition_time_ms: milliseconds("RepetitionTimeExcitation").or_else(|| milliseconds("RepetitionTime")),
        echo_time_ms: milliseconds("EchoTime"),
        flip_angle_deg: positive("FlipAngle"),
        field_t: positive("MagneticFieldStrength").map(tesla),
        manufacturer: text("Manufacturer").filter(|word| !word.is_empty()),
        model: text("ManufacturersModelName").filter(|word| !word.is_empty()),
        slice_thickness_mm: positive("SliceThickness"),
    }
}
