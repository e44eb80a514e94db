//! DICOM SEG: regions as frames of pixels, each with its own place.
//!
//! # Reference
//! DICOM PS3.3, A.51 and C.8.20.

use std::path::Path;

use dicom_object::DefaultDicomObject;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Label;
use crate::image::mask::Mask;
use crate::image::read::dicom::frame::{Frame, Plane, frame, frame_count};
use crate::image::read::dicom::object::{count, functional_group, items, number, tags, text};
use crate::image::read::dicom::pixels::Pixels;
use crate::image::read::geometry::index_of;

/// How far, in voxels, a pixel of a segmentation may lie from a voxel of the image.
const SLACK: f64 = 0.05;

/// One segment of a segmentation object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number within the object: the label value it stands for.
    pub number: i32,
    /// Its label in words.
    pub label: String,
}

/// The segments of an object.
pub fn segments(object: &DefaultDicomObject) -> Vec<Segment> {
    let of = |item| {
        let number = number(item, tags::SEGMENT_NUMBER)? as i32;
        Some(Segment { number, label: text(item, tags::SEGMENT_LABEL).unwrap_or_default() })
    };
    items(object, tags::SEGMENT_SEQUENCE).iter().filter_map(of).collect()
}

/// The region of a segment (by its number, or all segments together) on the grid of an image.
///
/// # Definition
/// A pixel belongs to the region when it is set (binary), or when its fraction is at least a half (fractional). Frames lie where they
/// say; slices without a frame hold nothing. The axes of the frames may run along the grid's axes in any order and direction.
///
/// # Errors
/// [`InputError`] when it is no segmentation, the segment does not exist, or its pixels do not coincide with voxels of the grid.
pub fn mask(path: &Path, object: &DefaultDicomObject, label: Label, grid: &Grid) -> Result<Mask> {
    let refuse = |found: String, expected: String| Error::from(InputError::new(path, found, expected));
    if text(object, tags::MODALITY).as_deref() != Some("SEG") {
        return Err(refuse("an object that is no segmentation".into(), "a DICOM SEG".into()));
    }
    let there = segments(object);
    if let Label::Value(wanted) = label
        && !there.iter().any(|segment| segment.number == wanted)
    {
        let list: Vec<String> = there.iter().map(|s| format!("{} `{}`", s.number, s.label)).collect();
        return Err(refuse(format!("the segments {}", list.join(", ")), format!("a segment {wanted}")));
    }
    let content = Content::of(path, object)?;
    let mut inside = vec![false; grid.voxels()];
    let mut any = false;
    for index in 0..content.frames {
        let own = functional_group(object, index, tags::SEGMENT_IDENTIFICATION_SEQUENCE);
        let segment = own.and_then(|group| number(group, tags::REFERENCED_SEGMENT_NUMBER)).map_or(1, |n| n as i32);
        if matches!(label, Label::Value(wanted) if wanted != segment) {
            continue;
        }
        let pixels = content.frame(index)?;
        if !pixels.contains(&true) {
            continue;
        }
        any = true;
        let place = Placement::of(path, &frame(object, 0, index), grid)?;
        for (at, _) in pixels.iter().enumerate().filter(|(_, set)| **set) {
            let Some(voxel) = place.voxel(at % content.columns, at / content.columns, grid) else {
                return Err(refuse(format!("frame {} reaching beyond the image", index + 1), format!("frames within {grid}")));
            };
            inside[voxel] = true;
        }
    }
    if !any {
        return Err(refuse(format!("no pixel of {label}"), "a region that is not empty".into()));
    }
    Ok(Mask::new(grid.clone(), inside))
}

/// The pixels of a segmentation object.
struct Content<'a> {
    path: &'a Path,
    columns: usize,
    rows: usize,
    frames: usize,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// One bit per pixel, lowest bit first, frames back to back.
    Binary(std::borrow::Cow<'a, [u8]>),
    /// Stored numbers, and the one from which a pixel belongs to the region.
    Fractional(Box<Pixels<'a>>, f64),
}

impl<'a> Content<'a> {
    fn of(path: &'a Path, object: &'a DefaultDicomObject) -> Result<Self> {
        let refuse = |found: &str| Error::from(InputError::new(path, found, "a binary or fractional segmentation"));
        let (Some(rows), Some(columns)) = (count(object, tags::ROWS), count(object, tags::COLUMNS)) else {
            return Err(refuse("a segmentation without rows and columns"));
        };
        let frames = frame_count(object);
        let area = (rows * columns) as u64;
        let (kind, frames_there) = if count(object, tags::BITS_ALLOCATED) == Some(1) {
            let element = object.get(tags::PIXEL_DATA).ok_or_else(|| refuse("no pixel data"))?;
            let bits = element.to_bytes().map_err(|_| refuse("compressed single bits"))?;
            let there = (bits.len() as u64 * 8).checked_div(area).unwrap_or(0);
            (Kind::Binary(bits), there)
        } else {
            let most = number(object, tags::MAXIMUM_FRACTIONAL_VALUE).unwrap_or(255.0);
            // Label maps and the like store 1; the half of a missing maximum would lose them.
            let binary = text(object, tags::SEGMENTATION_TYPE).as_deref() == Some("BINARY");
            (Kind::Fractional(Box::new(Pixels::of(path, object)?), if binary { 0.5 } else { most / 2.0 }), u64::MAX)
        };
        if area == 0 || frames as u64 > frames_there || frames > 1 << 20 {
            return Err(refuse(&format!("a claim of {frames} frames of {columns}×{rows} pixels beyond the pixel data")));
        }
        Ok(Content { path, columns, rows, frames, kind })
    }

    fn frame(&self, index: usize) -> Result<Vec<bool>> {
        let area = self.rows * self.columns;
        match &self.kind {
            Kind::Binary(bits) => {
                let first = index * area;
                let bit = |n: usize| bits.get(n / 8).is_some_and(|byte| byte >> (n % 8) & 1 == 1);
                Ok((first..first + area).map(bit).collect())
            }
            Kind::Fractional(pixels, threshold) => {
                let values = pixels.frame(index)?;
                if values.len() != area {
                    return Err(InputError::new(self.path, "a frame of another size", "rows × columns").into());
                }
                Ok(values.into_iter().map(|value| value >= *threshold).collect())
            }
        }
    }
}

/// How pixels of a frame lie among the voxels of a grid: whole steps.
struct Placement {
    origin: [i64; 3],
    along_row: [i64; 3],
    along_column: [i64; 3],
}

impl Placement {
    fn of(path: &Path, frame: &Frame, grid: &Grid) -> Result<Self> {
        let refuse =
            |found: String| Error::from(InputError::new(path, found, format!("pixels on the grid of the image, {grid}")));
        let (Some(Plane { position, row, column }), Some([x, y])) = (frame.plane, frame.spacing) else {
            return Err(refuse(format!("frame {} without a place", frame.index + 1)));
        };
        let step = |axis: [f64; 3], by: f64| std::array::from_fn(|n| position[n] + axis[n] * by);
        let whole = |index: [f64; 3], slack: f64| {
            let nearest = index.map(f64::round);
            let near = index.iter().zip(nearest).all(|(a, b)| (a - b).abs() <= slack && b.abs() < 1e9);
            near.then(|| nearest.map(|n| n as i64))
        };
        let origin = index_of(grid, position);
        let relative = |to: [f64; 3]| {
            let index = index_of(grid, to);
            std::array::from_fn(|n| index[n] - origin[n])
        };
        let elsewhere = || refuse(format!("frame {} with its first pixel at voxel {origin:.2?}", frame.index + 1));
        // A step's error grows over the frame's width, so it must be smaller than the first pixel's.
        let placed = whole(origin, SLACK)
            .zip(whole(relative(step(row, x)), SLACK / 50.0))
            .zip(whole(relative(step(column, y)), SLACK / 50.0));
        let ((origin, along_row), along_column) = placed.ok_or_else(elsewhere)?;
        Ok(Placement { origin, along_row, along_column })
    }

    fn voxel(&self, column: usize, row: usize, grid: &Grid) -> Option<usize> {
        let mut index = [0; 3];
        for (axis, voxel) in index.iter_mut().enumerate() {
            let at = self.origin[axis] + column as i64 * self.along_row[axis] + row as i64 * self.along_column[axis];
            *voxel = usize::try_from(at).ok().filter(|at| *at < grid.size[axis])?;
        }
        Some(grid.at(index))
    }
}
