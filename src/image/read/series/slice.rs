//! What a DICOM header says about each of its frames that a series needs: place, time, weighting, protocol.

use std::path::Path;

use dicom_object::{DefaultDicomObject, InMemDicomObject, Tag};

use crate::error::{InputError, Result};
use crate::image::protocol::Scan;
use crate::image::protocol::scan::{SequenceWords, tesla};
use crate::image::read::dicom::frame::{Frame, frame, frame_count};
use crate::image::read::dicom::object::{count, functional_group, items, number, tags, text};
use crate::image::read::series::vendor;
use crate::image::series::{Clock, FrameTime};

const IMAGE_TYPE: Tag = Tag(0x0008, 0x0008);
const FRAME_TYPE: Tag = Tag(0x0008, 0x9007);
const FRAME_TYPE_SEQUENCE: Tag = Tag(0x0018, 0x9226);
const ACQUISITION_DATE: Tag = Tag(0x0008, 0x0022);
const CONTENT_DATE: Tag = Tag(0x0008, 0x0023);
const MANUFACTURER: Tag = Tag(0x0008, 0x0070);
const MODEL: Tag = Tag(0x0008, 0x1090);
const SCANNING_SEQUENCE: Tag = Tag(0x0018, 0x0020);
const SEQUENCE_VARIANT: Tag = Tag(0x0018, 0x0021);
const REPETITION_TIME: Tag = Tag(0x0018, 0x0080);
const ECHO_TIME: Tag = Tag(0x0018, 0x0081);
const FIELD_STRENGTH: Tag = Tag(0x0018, 0x0087);
const ECHO_TRAIN: Tag = Tag(0x0018, 0x0091);
const FLIP_ANGLE: Tag = Tag(0x0018, 0x1314);
const BOLUS_START: Tag = Tag(0x0018, 0x1042);
const BOLUS_SEQUENCE: Tag = Tag(0x0018, 0x0012);
const BOLUS_PROFILE: Tag = Tag(0x0018, 0x9340);
const ECHO_PULSE: Tag = Tag(0x0018, 0x9008);
const INVERSION_RECOVERY: Tag = Tag(0x0018, 0x9009);
const SPOILING: Tag = Tag(0x0018, 0x9016);
const ECHO_PLANAR: Tag = Tag(0x0018, 0x9018);
const EFFECTIVE_ECHO_TIME: Tag = Tag(0x0018, 0x9082);
const TIMING_SEQUENCE: Tag = Tag(0x0018, 0x9112);
const ECHO_SEQUENCE: Tag = Tag(0x0018, 0x9114);
const TRIGGER_SEQUENCE: Tag = Tag(0x0018, 0x9118);
const NOMINAL_TRIGGER: Tag = Tag(0x0020, 0x9153);
const TEMPORAL_SEQUENCE: Tag = Tag(0x0020, 0x9310);
const TEMPORAL_OFFSET: Tag = Tag(0x0020, 0x930D);

/// Kinds of image that are another quantity than the signal's magnitude, by the words of Image Type.
const OTHER_QUANTITIES: [&str; 22] = [
    "ADC",
    "EADC",
    "FA",
    "P",
    "PHASE",
    "PHASE MAP",
    "R",
    "REAL",
    "I",
    "IMAGINARY",
    "W",
    "WATER",
    "F",
    "FAT",
    "IN_PHASE",
    "OUT_PHASE",
    "OPP_PHASE",
    "SUB",
    "SUBTRACTION",
    "MIP",
    "MIN IP",
    "PROJECTION IMAGE",
];

/// One frame of a series, its pixels not read.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Place and size; `frame.file` counts the files of the folder.
    pub frame: Frame,
    /// Columns and rows.
    pub size: [usize; 2],
    /// Series Instance UID.
    pub series: String,
    /// Series Number.
    pub series_number: Option<f64>,
    /// Series Description.
    pub description: Option<String>,
    /// What is shown where it is not the signal's magnitude: ADC, SUB, PHASE, …
    pub quantity: Option<String>,
    /// Temporal Position Identifier or Index.
    pub temporal: Option<f64>,
    /// Acquisition Number.
    pub acquisition: Option<f64>,
    /// Instance Number.
    pub instance: Option<f64>,
    /// When it was taken.
    pub time: FrameTime,
    /// b-value, s/mm².
    pub b: Option<f64>,
    /// Gradient direction.
    pub direction: Option<[f64; 3]>,
    /// How it was acquired.
    pub scan: Scan,
}

/// The frames of a file; none when it holds no image.
///
/// # Errors
/// [`InputError`] when it claims more frames than it can hold, or is a mosaic of slices.
pub fn slices(path: &Path, file: usize, object: &DefaultDicomObject) -> Result<Vec<Slice>> {
    let modality = text(object, tags::MODALITY).unwrap_or_default();
    let size = match (count(object, tags::COLUMNS), count(object, tags::ROWS)) {
        (Some(columns), Some(rows)) if !matches!(modality.as_str(), "SEG" | "PR" | "RTDOSE") => [columns, rows],
        _ => return Ok(Vec::new()),
    };
    // Its tiles are slices, which the plain attributes do not place: read as one slice it would be a wrong image.
    if text_list(object, IMAGE_TYPE).is_some_and(|words| words.iter().any(|word| word.eq_ignore_ascii_case("MOSAIC"))) {
        return Err(InputError::new(path, "a mosaic of slices in one image (Siemens)", "slices: convert it to NIfTI").into());
    }
    // A frame takes a bit at least; more frames than that are a false claim, seen before a list of them is made.
    let claimed = frame_count(object);
    let length = std::fs::metadata(path).map_or(u64::MAX, |about| about.len());
    if claimed as u64 > length.saturating_mul(8).min(1 << 24) {
        return Err(InputError::new(path, format!("a claim of {claimed} frames"), "frames that the file can hold").into());
    }
    Ok((0..claimed).map(|index| slice(object, file, index, size)).collect())
}

fn slice(object: &InMemDicomObject, file: usize, index: usize, size: [usize; 2]) -> Slice {
    let content = functional_group(object, index, tags::FRAME_CONTENT_SEQUENCE);
    let of_content = |tag| content.and_then(|group| number(group, tag));
    Slice {
        frame: frame(object, file, index),
        size,
        series: text(object, tags::SERIES_INSTANCE_UID).unwrap_or_default(),
        series_number: number(object, tags::SERIES_NUMBER),
        description: text(object, tags::SERIES_DESCRIPTION),
        quantity: quantity(object, index),
        temporal: of_content(tags::TEMPORAL_POSITION_INDEX).or_else(|| number(object, tags::TEMPORAL_POSITION_IDENTIFIER)),
        acquisition: of_content(tags::FRAME_ACQUISITION_NUMBER).or_else(|| number(object, tags::ACQUISITION_NUMBER)),
        // Frames of one object are in the order of their numbers.
        instance: number(object, tags::INSTANCE_NUMBER).map(|instance| instance + index as f64),
        time: time(object, index, content),
        b: vendor::b_value(object, index),
        direction: vendor::direction(object, index),
        scan: scan(object, index),
    }
}

fn quantity(object: &InMemDicomObject, index: usize) -> Option<String> {
    let own = functional_group(object, index, FRAME_TYPE_SEQUENCE).and_then(|group| text_list(group, FRAME_TYPE));
    let words = own.or_else(|| text_list(object, IMAGE_TYPE))?;
    words.into_iter().map(|word| word.to_ascii_uppercase()).find(|word| OTHER_QUANTITIES.contains(&word.as_str()))
}

fn text_list(object: &InMemDicomObject, tag: Tag) -> Option<Vec<String>> {
    let list = object.get(tag)?.to_multi_str().ok()?;
    Some(list.iter().map(|word| word.trim_matches([' ', '\0']).to_string()).collect())
}

fn time(object: &InMemDicomObject, index: usize, content: Option<&InMemDicomObject>) -> FrameTime {
    let clock = |date, time| text(object, time).and_then(|time| Clock::parse(text(object, date).as_deref(), &time));
    let date_time = |from: &InMemDicomObject, tag| text(from, tag).and_then(|text| Clock::parse_date_time(&text));
    let of_frame = content.and_then(|group| date_time(group, tags::FRAME_ACQUISITION_DATE_TIME));
    let trigger = functional_group(object, index, TRIGGER_SEQUENCE).and_then(|group| number(group, NOMINAL_TRIGGER));
    let bolus = items(object, BOLUS_SEQUENCE).first().and_then(|agent| items(agent, BOLUS_PROFILE).first());
    let bolus = bolus.and_then(|profile| text(profile, BOLUS_START)).or_else(|| text(object, BOLUS_START));
    FrameTime {
        injection_offset: None,
        offset: functional_group(object, index, TEMPORAL_SEQUENCE).and_then(|group| number(group, TEMPORAL_OFFSET)),
        acquisition: of_frame
            .or_else(|| clock(ACQUISITION_DATE, tags::ACQUISITION_TIME))
            .or_else(|| date_time(object, tags::ACQUISITION_DATE_TIME)),
        trigger: trigger.or_else(|| number(object, tags::TRIGGER_TIME)).filter(|ms| ms.is_finite()).map(|ms| ms / 1000.0),
        content: clock(CONTENT_DATE, tags::CONTENT_TIME),
        injection: bolus.and_then(|time| Clock::parse(None, &time)),
    }
}

fn scan(object: &InMemDicomObject, index: usize) -> Scan {
    let group = |tag| functional_group(object, index, tag);
    let positive =
        |from: Option<&InMemDicomObject>, tag| from.and_then(|from| number(from, tag)).filter(|n| *n > 0.0 && n.is_finite());
    let top = Some(object);
    let timing = group(TIMING_SEQUENCE);
    let words = SequenceWords {
        scanning: text_list(object, SCANNING_SEQUENCE).unwrap_or_default(),
        variant: text_list(object, SEQUENCE_VARIANT).unwrap_or_default(),
        echo_train: positive(top, ECHO_TRAIN),
        echo: text(object, ECHO_PULSE),
        planar: text(object, ECHO_PLANAR),
        spoiling: text(object, SPOILING),
        inversion: text(object, INVERSION_RECOVERY),
    };
    let measures = group(tags::PIXEL_MEASURES_SEQUENCE);
    Scan {
        sequence: words.kind(),
        repetition_time_ms: positive(timing, REPETITION_TIME).or_else(|| positive(top, REPETITION_TIME)),
        echo_time_ms: positive(group(ECHO_SEQUENCE), EFFECTIVE_ECHO_TIME).or_else(|| positive(top, ECHO_TIME)),
        flip_angle_deg: positive(timing, FLIP_ANGLE).or_else(|| positive(top, FLIP_ANGLE)),
        field_t: positive(top, FIELD_STRENGTH).map(tesla),
        manufacturer: text(object, MANUFACTURER),
        model: text(object, MODEL),
        slice_thickness_mm: positive(measures, tags::SLICE_THICKNESS).or_else(|| positive(top, tags::SLICE_THICKNESS)),
    }
}

impl Slice {
    /// The series and what tells the frame's phase, in words.
    pub fn words(&self) -> String {
        let mut words = vec![self.series_number.map_or("series without number".into(), |number| format!("series {number}"))];
        words.extend(self.b.map(|b| format!("b = {b}")));
        words.extend(self.temporal.map(|number| format!("temporal position {number}")));
        words.extend(self.acquisition.map(|number| format!("acquisition {number}")));
        words.join(", ")
    }
}
