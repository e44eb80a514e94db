//! RTSTRUCT: regions as closed contours, filled on the grid of an image.
//!
//! # Reference
//! DICOM PS3.3, C.8.8.5 and C.8.8.6.

use std::path::Path;

use dicom_object::{DefaultDicomObject, InMemDicomObject};

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Label;
use crate::image::mask::Mask;
use crate::image::read::dicom::object::{items, number, numbers, tags, text};
use crate::image::read::dicom::segmentation::Segment;
use crate::image::read::geometry::index_of;

/// The regions of a structure set, by number and name.
pub fn structures(object: &DefaultDicomObject) -> Vec<Segment> {
    let of = |item| {
        let number = number(item, tags::ROI_NUMBER)? as i32;
        Some(Segment { number, label: text(item, tags::ROI_NAME).unwrap_or_default() })
    };
    items(object, tags::STRUCTURE_SET_ROI_SEQUENCE).iter().filter_map(of).collect()
}

/// The region of a structure (by its number, or all together) on the grid of an image.
///
/// # Definition
/// A voxel belongs to the region when its centre lies within an odd number of the structure's closed contours in its slice (even–odd
/// rule: a contour within a contour is a hole). A contour fills the slice nearest to it; slices between contours stay empty.
///
/// # Errors
/// [`InputError`] when it is no structure set, the structure does not exist, or a contour lies in no slice of the grid.
pub fn mask(path: &Path, object: &DefaultDicomObject, label: Label, grid: &Grid) -> Result<Mask> {
    let refuse = |found: String, expected: String| Error::from(InputError::new(path, found, expected));
    let there = structures(object);
    let wanted: Vec<&Segment> = match label {
        Label::Value(number) => there.iter().filter(|structure| structure.number == number).collect(),
        Label::AnyNonzero => there.iter().collect(),
    };
    if wanted.is_empty() {
        let list: Vec<String> = there.iter().map(|s| format!("{} `{}`", s.number, s.label)).collect();
        return Err(refuse(format!("the structures {}", list.join(", ")), format!("a structure set with {label}")));
    }
    let mut region = vec![false; grid.voxels()];
    for structure in wanted {
        let mut inside = vec![false; grid.voxels()];
        let contours = items(object, tags::ROI_CONTOUR_SEQUENCE).iter();
        let own = contours.filter(|item| number(item, tags::REFERENCED_ROI_NUMBER) == Some(f64::from(structure.number)));
        for contour in own.flat_map(|item| items(item, tags::CONTOUR_SEQUENCE)) {
            if let Some(points) = closed(contour) {
                let points: Vec<[f64; 3]> = points.iter().map(|point| index_of(grid, *point)).collect();
                fill(path, &points, grid, &mut inside)?;
            }
        }
        region.iter_mut().zip(inside).for_each(|(all, one)| *all |= one);
    }
    if !region.contains(&true) {
        return Err(refuse(format!("no voxel within the contours of {label}"), "a region that is not empty".into()));
    }
    Ok(Mask::new(grid.clone(), region))
}

/// The points of a closed planar contour; `None` for points, open lines and contours of fewer than three points.
fn closed(contour: &InMemDicomObject) -> Option<Vec<[f64; 3]>> {
    let kind = text(contour, tags::CONTOUR_GEOMETRIC_TYPE)?;
    if !kind.starts_with("CLOSED_PLANAR") && kind != "CLOSEDPLANAR_XOR" {
        return None;
    }
    let data = numbers(contour, tags::CONTOUR_DATA)?;
    let points: Vec<[f64; 3]> = data.as_chunks::<3>().0.to_vec();
    (points.len() >= 3 && data.iter().all(|n| n.is_finite())).then_some(points)
}

/// Inverts the voxels within one contour, given in voxel indices.
fn fill(path: &Path, points: &[[f64; 3]], grid: &Grid, inside: &mut [bool]) -> Result<()> {
    let extent = |axis: usize| {
        let along = points.iter().map(|point| point[axis]);
        along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)))
    };
    let extents = [extent(0), extent(1), extent(2)];
    // The slice axis is the one along which the contour does not extend; where several would do, the last.
    let flat = |axis: usize| extents[axis].1 - extents[axis].0;
    let slice_axis = (0..3).rev().min_by(|a, b| flat(*a).total_cmp(&flat(*b))).unwrap_or(2);
    let slice = (extents[slice_axis].0 + extents[slice_axis].1) / 2.0;
    let nearest = slice.round();
    let expected = || format!("contours in slices of the image, {grid}");
    if flat(slice_axis) > 0.5 {
        return Err(InputError::new(path, "a contour that lies in no slice", expected()).into());
    }
    if !(nearest >= 0.0 && nearest < grid.size[slice_axis] as f64) {
        return Err(InputError::new(path, format!("a contour at slice {slice:.2}"), expected()).into());
    }
    let [across, down] = match slice_axis {
        0 => [1, 2],
        1 => [0, 2],
        _ => [0, 1],
    };
    let first = extents[down].0.ceil().max(0.0) as usize;
    let last = (extents[down].1.floor().min(grid.size[down] as f64 - 1.0).max(-1.0) + 1.0) as usize;
    let mut crossings = Vec::new();
    for row in first..last {
        let y = row as f64;
        crossings.clear();
        for (at, a) in points.iter().enumerate() {
            let b = points[(at + 1) % points.len()];
            // Half-open: a corner on the row counts for one of its two edges.
            if (a[down] <= y) != (b[down] <= y) {
                crossings.push(a[across] + (y - a[down]) / (b[down] - a[down]) * (b[across] - a[across]));
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.as_chunks::<2>().0 {
            let bound = |x: f64| x.ceil().clamp(0.0, grid.size[across] as f64) as usize;
            for column in bound(pair[0])..bound(pair[1]) {
                let mut voxel = [0; 3];
                (voxel[slice_axis], voxel[across], voxel[down]) = (nearest as usize, column, row);
                let at = grid.at(voxel);
                inside[at] = !inside[at];
            }
        }
    }
    Ok(())
}
