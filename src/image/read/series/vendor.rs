//! Diffusion weighting in DICOM headers: the standard's attribute, and what vendors wrote before it.
//!
//! | maker | b-value | direction |
//! |---|---|---|
//! | standard (also Canon, United Imaging) | (0018,9087), enhanced MR: in the MR Diffusion Sequence (0018,9117) | (0018,9089) |
//! | Siemens, block `SIEMENS MR HEADER` | (0019,xx0C) | (0019,xx0E) |
//! | GE, block `GEMS_PARM_01` | (0043,xx39), first value, 10⁹ added on some | in axes of its own: not read |
//! | Philips, block `Philips Imaging DD 001` | (2001,xx03) | (0018,9089) beside it |
//!
//! A private attribute counts only within the block that its maker reserved, since another maker may use the same numbers.

use dicom_object::{InMemDicomObject, Tag};

use crate::image::read::dicom::object::{functional_group, items, number, text, vector};
use crate::image::series::diffusion::unit;

const B_VALUE: Tag = Tag(0x0018, 0x9087);
const DIFFUSION_SEQUENCE: Tag = Tag(0x0018, 0x9117);
const DIRECTION_SEQUENCE: Tag = Tag(0x0018, 0x9076);
const DIRECTION: Tag = Tag(0x0018, 0x9089);
/// From here on a number is GE's b-value with its flag added; magnets reach no such weighting.
const LARGEST_GE: f64 = 1e5;

/// The b-value of a frame, s/mm²; `None` where none is stated. A negative number is handed on, to be refused by name.
pub fn b_value(object: &InMemDicomObject, frame: usize) -> Option<f64> {
    let group = functional_group(object, frame, DIFFUSION_SEQUENCE).and_then(|group| number(group, B_VALUE));
    group
        .or_else(|| number(object, B_VALUE))
        .or_else(|| private(object, 0x0019, "SIEMENS MR HEADER", 0x0C).and_then(|tag| loose_number(object, tag)))
        .or_else(|| private(object, 0x0043, "GEMS_PARM_01", 0x39).and_then(|tag| loose_number(object, tag)).map(ge))
        .or_else(|| private(object, 0x2001, "Philips Imaging DD 001", 0x03).and_then(|tag| single(object, tag)))
        .filter(|b| b.is_finite())
}

/// GE adds 10⁹ (some systems 10⁶ or more) as a flag to the b-value.
fn ge(stored: f64) -> f64 {
    if stored >= LARGEST_GE { stored % LARGEST_GE } else { stored }
}

/// The gradient direction of a frame, of length one; `None` where there is none.
pub fn direction(object: &InMemDicomObject, frame: usize) -> Option<[f64; 3]> {
    let group = functional_group(object, frame, DIFFUSION_SEQUENCE);
    let nested = group.and_then(|group| items(group, DIRECTION_SEQUENCE).first()).and_then(|item| vector(item, DIRECTION));
    nested
        .or_else(|| vector(object, DIRECTION))
        .or_else(|| private(object, 0x0019, "SIEMENS MR HEADER", 0x0E).and_then(|tag| doubles(object, tag)))
        .and_then(unit)
}

/// The tag of element `low` in the block that `creator` reserved within `group`.
fn private(object: &InMemDicomObject, group: u16, creator: &str, low: u16) -> Option<Tag> {
    let block = (0x10..=0xFF).find(|&block| {
        text(object, Tag(group, block)).or_else(|| raw_text(object, Tag(group, block))).is_some_and(|name| name == creator)
    })?;
    let tag = Tag(group, block << 8 | low);
    object.get(tag).map(|_| tag)
}

/// Implicit files do not state how a private element is to be read: it is bytes then, of text here.
fn raw_text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let bytes = object.get(tag)?.to_bytes().ok()?;
    Some(String::from_utf8_lossy(&bytes).trim_matches([' ', '\0']).to_string()).filter(|text| !text.is_empty())
}

/// The first number of a text element, whether the file says that it is one or not.
fn loose_number(object: &InMemDicomObject, tag: Tag) -> Option<f64> {
    let words = raw_text(object, tag).and_then(|text| text.split('\\').next().and_then(|word| word.trim().parse().ok()));
    words.or_else(|| number(object, tag))
}

/// A single-precision number, whether the file says that it is one or not.
fn single(object: &InMemDicomObject, tag: Tag) -> Option<f64> {
    let element = object.get(tag)?;
    if element.vr().to_string() != "UN" {
        return number(object, tag);
    }
    let bytes = element.to_bytes().ok()?;
    Some(f64::from(f32::from_le_bytes(*bytes.first_chunk()?)))
}

/// Three double-precision numbers, whether the file says that they are or not.
fn doubles(object: &InMemDicomObject, tag: Tag) -> Option<[f64; 3]> {
    let element = object.get(tag)?;
    if element.vr().to_string() != "UN" {
        return vector(object, tag);
    }
    let bytes = element.to_bytes().ok()?;
    let numbers: [f64; 3] =
        bytes.as_chunks::<8>().0.iter().map(|n| f64::from_le_bytes(*n)).collect::<Vec<_>>().try_into().ok()?;
    numbers.iter().all(|n| n.is_finite()).then_some(numbers)
}
