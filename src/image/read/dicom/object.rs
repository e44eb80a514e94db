//! A DICOM file as an object, and plain access to its attributes.

use std::io::Read;
use std::path::Path;

use dicom_object::file::ReadPreamble;
use dicom_object::{DefaultDicomObject, InMemDicomObject, OpenFileOptions, Tag};

use crate::error::{Error, InputError, Result};
use crate::image::read::dicom::walk;

/// Attributes that are asked for, by the name the standard gives them.
pub mod tags {
    use dicom_object::Tag;
    macro_rules! tags {
        ($($name:ident = $group:literal, $element:literal;)*) => { $(
            #[doc = concat!("(", stringify!($group), ",", stringify!($element), ")")]
            pub const $name: Tag = Tag($group, $element);
        )* };
    }
    tags! {
        SOP_CLASS_UID = 0x0008, 0x0016;
        SOP_INSTANCE_UID = 0x0008, 0x0018;
        ACQUISITION_DATE_TIME = 0x0008, 0x002A;
        ACQUISITION_TIME = 0x0008, 0x0032;
        CONTENT_TIME = 0x0008, 0x0033;
        MODALITY = 0x0008, 0x0060;
        SERIES_DESCRIPTION = 0x0008, 0x103E;
        SLICE_THICKNESS = 0x0018, 0x0050;
        SPACING_BETWEEN_SLICES = 0x0018, 0x0088;
        TRIGGER_TIME = 0x0018, 0x1060;
        IMAGER_PIXEL_SPACING = 0x0018, 0x1164;
        NOMINAL_SCANNED_PIXEL_SPACING = 0x0018, 0x2010;
        SEQUENCE_OF_ULTRASOUND_REGIONS = 0x0018, 0x6011;
        REGION_SPATIAL_FORMAT = 0x0018, 0x6012;
        REGION_DATA_TYPE = 0x0018, 0x6014;
        REGION_MIN_X0 = 0x0018, 0x6018;
        REGION_MIN_Y0 = 0x0018, 0x601A;
        REGION_MAX_X1 = 0x0018, 0x601C;
        REGION_MAX_Y1 = 0x0018, 0x601E;
        PHYSICAL_UNITS_X = 0x0018, 0x6024;
        PHYSICAL_UNITS_Y = 0x0018, 0x6026;
        PHYSICAL_DELTA_X = 0x0018, 0x602C;
        PHYSICAL_DELTA_Y = 0x0018, 0x602E;
        SERIES_INSTANCE_UID = 0x0020, 0x000E;
        SERIES_NUMBER = 0x0020, 0x0011;
        ACQUISITION_NUMBER = 0x0020, 0x0012;
        INSTANCE_NUMBER = 0x0020, 0x0013;
        IMAGE_POSITION_PATIENT = 0x0020, 0x0032;
        IMAGE_ORIENTATION_PATIENT = 0x0020, 0x0037;
        TEMPORAL_POSITION_IDENTIFIER = 0x0020, 0x0100;
        FRAME_ACQUISITION_NUMBER = 0x0020, 0x9156;
        FRAME_CONTENT_SEQUENCE = 0x0020, 0x9111;
        PLANE_POSITION_SEQUENCE = 0x0020, 0x9113;
        PLANE_ORIENTATION_SEQUENCE = 0x0020, 0x9116;
        TEMPORAL_POSITION_INDEX = 0x0020, 0x9128;
        FRAME_ACQUISITION_DATE_TIME = 0x0018, 0x9074;
        SAMPLES_PER_PIXEL = 0x0028, 0x0002;
        PHOTOMETRIC_INTERPRETATION = 0x0028, 0x0004;
        PLANAR_CONFIGURATION = 0x0028, 0x0006;
        NUMBER_OF_FRAMES = 0x0028, 0x0008;
        ROWS = 0x0028, 0x0010;
        COLUMNS = 0x0028, 0x0011;
        PIXEL_SPACING = 0x0028, 0x0030;
        BITS_ALLOCATED = 0x0028, 0x0100;
        BITS_STORED = 0x0028, 0x0101;
        PIXEL_REPRESENTATION = 0x0028, 0x0103;
        RESCALE_INTERCEPT = 0x0028, 0x1052;
        RESCALE_SLOPE = 0x0028, 0x1053;
        RED_PALETTE_DESCRIPTOR = 0x0028, 0x1101;
        RED_PALETTE_DATA = 0x0028, 0x1201;
        GREEN_PALETTE_DATA = 0x0028, 0x1202;
        BLUE_PALETTE_DATA = 0x0028, 0x1203;
        MODALITY_LUT_SEQUENCE = 0x0028, 0x3000;
        PIXEL_MEASURES_SEQUENCE = 0x0028, 0x9110;
        PIXEL_VALUE_TRANSFORMATION_SEQUENCE = 0x0028, 0x9145;
        SHARED_FUNCTIONAL_GROUPS_SEQUENCE = 0x5200, 0x9229;
        PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE = 0x5200, 0x9230;
        SEGMENTATION_TYPE = 0x0062, 0x0001;
        SEGMENT_SEQUENCE = 0x0062, 0x0002;
        SEGMENT_NUMBER = 0x0062, 0x0004;
        SEGMENT_LABEL = 0x0062, 0x0005;
        SEGMENT_IDENTIFICATION_SEQUENCE = 0x0062, 0x000A;
        REFERENCED_SEGMENT_NUMBER = 0x0062, 0x000B;
        MAXIMUM_FRACTIONAL_VALUE = 0x0062, 0x000E;
        STRUCTURE_SET_ROI_SEQUENCE = 0x3006, 0x0020;
        ROI_NUMBER = 0x3006, 0x0022;
        ROI_NAME = 0x3006, 0x0026;
        ROI_CONTOUR_SEQUENCE = 0x3006, 0x0039;
        CONTOUR_SEQUENCE = 0x3006, 0x0040;
        CONTOUR_GEOMETRIC_TYPE = 0x3006, 0x0042;
        CONTOUR_DATA = 0x3006, 0x0050;
        REFERENCED_ROI_NUMBER = 0x3006, 0x0084;
        PIXEL_DATA = 0x7FE0, 0x0010;
    }
}

const MARK: &[u8] = b"DICM";
const PREAMBLE: usize = 128;
const IMPLICIT_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2";
const EXPLICIT_BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";

/// Whether bytes begin like a DICOM file.
pub fn is_dicom(start: &[u8]) -> bool {
    start.get(PREAMBLE..PREAMBLE + MARK.len()) == Some(MARK)
}

/// A whole DICOM file from its bytes, or (`head`) what comes before its pixels.
///
/// # Errors
/// [`InputError`] when it is no DICOM file or damaged.
pub fn parse(path: &Path, bytes: &[u8], head: bool) -> Result<DefaultDicomObject> {
    if !is_dicom(bytes) {
        return Err(InputError::new(path, "another kind of file", "a DICOM file").into());
    }
    let (start, syntax) = meta_group(path, bytes)?;
    if syntax == DEFLATED {
        return Err(InputError::new(path, "a deflated data set", "another transfer syntax: convert the file").into());
    }
    let pixels = walk::check(path, bytes, start, syntax == IMPLICIT_LITTLE_ENDIAN, syntax == EXPLICIT_BIG_ENDIAN)?;
    let data = &bytes[start..if head { pixels } else { bytes.len() }];
    // The parser gets a file meta group of ours: it holds nothing but what was read here, so no length in it is a mere claim.
    OpenFileOptions::new()
        .read_preamble(ReadPreamble::Never)
        .from_reader(meta_group_of(&syntax).as_slice().chain(data))
        .map_err(|cause| InputError::new(path, format!("a damaged DICOM file ({})", chain(&cause)), "a whole one").into())
}

/// The shortest file meta group that states a transfer syntax.
fn meta_group_of(syntax: &str) -> Vec<u8> {
    let unique = |element: u8, value: &str| {
        let even = value.len().next_multiple_of(2);
        let mut bytes = vec![0x02, 0x00, element, 0x00, b'U', b'I', even as u8, (even >> 8) as u8];
        bytes.extend(value.bytes().chain(std::iter::repeat(0)).take(even));
        bytes
    };
    let mut content = vec![0x02, 0x00, 0x01, 0x00, b'O', b'B', 0, 0, 2, 0, 0, 0, 0, 1];
    for (element, value) in [(0x02, "1.2"), (0x03, "1.2"), (0x10, syntax), (0x12, "1.2")] {
        content.extend(unique(element, value));
    }
    let mut bytes = MARK.to_vec();
    bytes.extend([0x02, 0x00, 0x00, 0x00, b'U', b'L', 4, 0]);
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

/// A DICOM file from disk.
///
/// # Errors
/// As [`parse`], and when it cannot be read.
pub fn open(path: &Path, head: bool) -> Result<DefaultDicomObject> {
    let bytes = std::fs::read(path).map_err(|cause| Error::io(path, cause))?;
    parse(path, &bytes, head)
}

/// Where the data set begins, and its transfer syntax.
fn meta_group(path: &Path, bytes: &[u8]) -> Result<(usize, String)> {
    let damaged = || Error::from(InputError::new(path, "a damaged file meta group", "a whole DICOM file"));
    let mut at = PREAMBLE + MARK.len();
    let mut syntax = None;
    while bytes.get(at..at + 2) == Some(&[0x02, 0x00]) {
        let header: [u8; 8] = bytes.get(at..at + 8).and_then(|header| header.try_into().ok()).ok_or_else(damaged)?;
        let long = matches!(&header[4..6], b"OB" | b"UN" | b"UT" | b"OW");
        let (value, length) = if long {
            let length: [u8; 4] = bytes.get(at + 8..at + 12).and_then(|n| n.try_into().ok()).ok_or_else(damaged)?;
            (at + 12, u32::from_le_bytes(length) as usize)
        } else {
            (at + 8, usize::from(u16::from_le_bytes([header[6], header[7]])))
        };
        let end = value.checked_add(length).filter(|end| *end <= bytes.len()).ok_or_else(damaged)?;
        if header[2..4] == [0x10, 0x00] {
            syntax = Some(String::from_utf8_lossy(&bytes[value..end]).trim_end_matches(['\0', ' ']).to_string());
        }
        at = end;
    }
    Ok((at, syntax.filter(|syntax| syntax.len() <= 64).ok_or_else(damaged)?))
}

/// An error with its causes, which dicom-rs keeps apart.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = inner.source();
    }
    words
}

/// A text attribute, trimmed; `None` when absent or empty.
pub fn text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let text = object.get(tag)?.to_str().ok()?.trim_matches([' ', '\0']).to_string();
    (!text.is_empty()).then_some(text)
}

/// A numeric attribute of any multiplicity; `None` when absent, empty or not numeric.
pub fn numbers(object: &InMemDicomObject, tag: Tag) -> Option<Vec<f64>> {
    object.get(tag)?.to_multi_float64().ok().filter(|numbers| !numbers.is_empty())
}

/// The first of a numeric attribute's values.
pub fn number(object: &InMemDicomObject, tag: Tag) -> Option<f64> {
    numbers(object, tag)?.first().copied()
}

/// An attribute of exactly `N` finite numbers.
pub fn vector<const N: usize>(object: &InMemDicomObject, tag: Tag) -> Option<[f64; N]> {
    let numbers: [f64; N] = numbers(object, tag)?.try_into().ok()?;
    numbers.iter().all(|n| n.is_finite()).then_some(numbers)
}

/// A whole number that counts something.
pub fn count(object: &InMemDicomObject, tag: Tag) -> Option<usize> {
    number(object, tag).filter(|n| *n >= 0.0 && *n <= f64::from(u32::MAX) && n.fract() == 0.0).map(|n| n as usize)
}

/// The items of a sequence; none when it is absent.
pub fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.get(tag).and_then(|element| element.items()).unwrap_or_default()
}

/// The functional group of a frame in a multi-frame object: its own, else the one that all frames share.
pub fn functional_group(object: &InMemDicomObject, frame: usize, group: Tag) -> Option<&InMemDicomObject> {
    let own = items(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(frame);
    let own = own.and_then(|groups| items(groups, group).first());
    let shared =
        || items(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first().and_then(|groups| items(groups, group).first());
    own.or_else(shared)
}
