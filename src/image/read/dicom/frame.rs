//! What a file's attributes say about each of its frames: place, size, time.

use dicom_object::InMemDicomObject;

use crate::image::read::dicom::object::{count, functional_group, number, tags, text, vector};

/// Where a frame lies in the patient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Centre of the first pixel, LPS, in mm.
    pub position: [f64; 3],
    /// Unit vector along a row: the way the column number grows.
    pub row: [f64; 3],
    /// Unit vector along a column: the way the row number grows.
    pub column: [f64; 3],
}

/// One frame of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Which file of the list.
    pub file: usize,
    /// Which frame of that file, from 0.
    pub index: usize,
    /// Its place; `None` for images without one (ultrasound, secondary capture).
    pub plane: Option<Plane>,
    /// Distance of pixel centres along x (columns) and y (rows), in mm, when the file states it.
    pub spacing: Option<[f64; 2]>,
    /// Distance to the next slice, or the slice's thickness, when the file states it.
    pub thickness: Option<f64>,
    /// When it was taken, relative to other frames of the same place: compared from front to back.
    pub time: [f64; 6],
}

/// Number of frames of an image object.
pub fn frame_count(object: &InMemDicomObject) -> usize {
    count(object, tags::NUMBER_OF_FRAMES).filter(|n| *n > 0).unwrap_or(1)
}

/// The frame `index` of file number `file`.
pub fn frame(object: &InMemDicomObject, file: usize, index: usize) -> Frame {
    let group = |tag| functional_group(object, index, tag);
    // In multi-frame objects an attribute stands in a functional group, in others at the top.
    let position = group(tags::PLANE_POSITION_SEQUENCE).and_then(|g| vector::<3>(g, tags::IMAGE_POSITION_PATIENT));
    let position = position.or_else(|| vector::<3>(object, tags::IMAGE_POSITION_PATIENT));
    let axes = group(tags::PLANE_ORIENTATION_SEQUENCE).and_then(|g| vector::<6>(g, tags::IMAGE_ORIENTATION_PATIENT));
    let axes = axes.or_else(|| vector::<6>(object, tags::IMAGE_ORIENTATION_PATIENT));
    let measures = group(tags::PIXEL_MEASURES_SEQUENCE).unwrap_or(object);
    // The detector's pixel size is a projection's best statement; the first of the three that is there counts.
    let spacing = vector::<2>(measures, tags::PIXEL_SPACING)
        .or_else(|| vector::<2>(object, tags::IMAGER_PIXEL_SPACING))
        .or_else(|| vector::<2>(object, tags::NOMINAL_SCANNED_PIXEL_SPACING));
    let positive = |n: &f64| *n > 0.0 && n.is_finite();
    let thickness = number(measures, tags::SPACING_BETWEEN_SLICES).filter(positive);
    let thickness = thickness.or_else(|| number(measures, tags::SLICE_THICKNESS).filter(positive));
    let content = group(tags::FRAME_CONTENT_SEQUENCE);
    let of_content = |tag| content.and_then(|g| number(g, tag));
    let clock = |tag| text(object, tag).and_then(|text| text.parse::<f64>().ok());
    let first = |values: [Option<f64>; 3]| values.into_iter().flatten().find(|n| n.is_finite()).unwrap_or(0.0);
    Frame {
        file,
        index,
        plane: position.zip(axes).map(|(position, a)| Plane { position, row: [a[0], a[1], a[2]], column: [a[3], a[4], a[5]] }),
        // DICOM states the distance of rows first: that is y.
        spacing: spacing.map(|[y, x]| [x, y]),
        thickness,
        time: [
            first([of_content(tags::TEMPORAL_POSITION_INDEX), number(object, tags::TEMPORAL_POSITION_IDENTIFIER), None]),
            first([of_content(tags::FRAME_ACQUISITION_NUMBER), number(object, tags::ACQUISITION_NUMBER), None]),
            first([number(object, tags::TRIGGER_TIME), None, None]),
            first([
                content.and_then(|g| text(g, tags::FRAME_ACQUISITION_DATE_TIME)).and_then(|text| text.parse().ok()),
                clock(tags::ACQUISITION_TIME),
                clock(tags::CONTENT_TIME),
            ]),
            first([number(object, tags::INSTANCE_NUMBER), None, None]),
            index as f64,
        ],
    }
}
