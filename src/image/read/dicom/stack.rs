//! Frames in any order to volumes: sorted by where they lie, split by when they were taken.

use std::path::Path;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::read::dicom::frame::{Frame, Plane};
use crate::image::read::geometry::{cross, dot, grid_of_steps, length};

/// Frames of one volume from first to last slice, and its grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// Where the voxels lie.
    pub grid: Grid,
    /// The slices along axis k.
    pub frames: Vec<Frame>,
}

/// How far slice distances may differ, as a share of the distance: headers round.
const UNEVEN: f64 = 0.02;
/// How far the axes of slices may differ (cosines).
const TURNED: f64 = 1e-4;

/// Puts frames of `columns`×`rows` pixels into volumes, one per time point, in the order in which they were taken.
///
/// # Definition
/// The axes are those of the rows (i), the columns (j), and their vector product (k): slices ascend along it, whatever the files are
/// called. Frames of one place are time points, ordered by temporal position, acquisition number, trigger time, acquisition or content
/// time, instance number.
///
/// # Errors
/// [`InputError`] when slices are missing, turned against each other, shifted against their normal (gantry tilt), or given twice.
pub fn stacks(path: &Path, mut frames: Vec<Frame>, columns: usize, rows: usize) -> Result<Vec<Stack>> {
    let refuse = |found: String, expected: &str| Error::from(InputError::new(path, found, expected));
    let Some(first) = frames.first().cloned() else { return Err(refuse("no frames".into(), "an image")) };
    let spacing = first.spacing.unwrap_or([1.0; 2]);
    let Some(plane) = first.plane else { return flat(path, frames, [columns, rows, 1], spacing) };
    let (i, j) = (plane.row, plane.column);
    let normal = cross(i, j);
    if [length(i), length(j), length(normal)].iter().any(|n| (n - 1.0).abs() > 1e-3) {
        return Err(refuse("row and column directions that are not two unit vectors at right angles".into(), "an image plane"));
    }
    let mut placed: Vec<(f64, Frame)> = Vec::with_capacity(frames.len());
    for frame in frames.drain(..) {
        let Some(Plane { position, row, column }) = frame.plane else {
            return Err(refuse("slices with and without a position".into(), "slices of one volume"));
        };
        let turned = (0..3).any(|axis| (row[axis] - i[axis]).abs() > TURNED || (column[axis] - j[axis]).abs() > TURNED);
        let other = frame.spacing.unwrap_or([1.0; 2]);
        let scaled = (0..2).any(|axis| (other[axis] - spacing[axis]).abs() > 1e-4 * spacing[axis]);
        if turned || scaled {
            let found = "slices of different orientation or pixel spacing (a localiser among them?)";
            return Err(refuse(found.into(), "one volume: choose its series, or take the others out of the folder"));
        }
        placed.push((dot(position, normal), frame));
    }
    placed.sort_by(|a, b| {
        let time = || a.1.time.iter().zip(&b.1.time).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        a.0.total_cmp(&b.0).then_with(|| time().unwrap_or(std::cmp::Ordering::Equal))
    });
    let groups = places(&placed, first.thickness);
    let times = groups[0].len();
    if let Some(at) = groups.iter().position(|group| group.len() != times) {
        let found = format!("{} frames at slice {} and {times} at slice 1", groups[at].len(), at + 1);
        return Err(refuse(
            found,
            "the same number of time points in every slice: some are missing, or several series are mixed",
        ));
    }
    let step = step(path, &groups, first.thickness)?;
    let mut stacks = Vec::with_capacity(times);
    for time in 0..times {
        let frames: Vec<Frame> = groups.iter().map(|group| group[time].1.clone()).collect();
        let origin = frames[0].plane.map_or([0.0; 3], |plane| plane.position);
        for (at, frame) in frames.iter().enumerate() {
            let position = frame.plane.map_or([0.0; 3], |plane| plane.position);
            let expected: [f64; 3] = std::array::from_fn(|axis| origin[axis] + normal[axis] * step * at as f64);
            let shift = length(std::array::from_fn(|axis| position[axis] - expected[axis]));
            if shift > 0.1 * step.max(spacing[0]) {
                let found = format!("slice {} lies {shift:.3} mm beside the line of the others", at + 1);
                return Err(refuse(found, "slices straight behind one another (a tilted gantry, or several series mixed?)"));
            }
        }
        let steps = [i.map(|n| n * spacing[0]), j.map(|n| n * spacing[1]), normal.map(|n| n * step)];
        let grid = grid_of_steps(path, [columns, rows, frames.len()], origin, steps)?;
        // Stated directions are rounded; stated spacings count as they are.
        let grid = Grid { spacing: [spacing[0], spacing[1], step], ..grid };
        stacks.push(Stack { grid, frames });
    }
    Ok(stacks)
}

/// Frames without a place: each is an image of its own, in the order in which it was taken.
fn flat(path: &Path, mut frames: Vec<Frame>, size: [usize; 3], spacing: [f64; 2]) -> Result<Vec<Stack>> {
    if frames.iter().any(|frame| frame.plane.is_some()) {
        return Err(InputError::new(path, "slices with and without a position", "slices of one volume").into());
    }
    frames.sort_by(|a, b| {
        let order = a.time.iter().zip(&b.time).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        order.unwrap_or(std::cmp::Ordering::Equal)
    });
    let steps = [[spacing[0], 0.0, 0.0], [0.0, spacing[1], 0.0], [0.0, 0.0, 1.0]];
    let grid = grid_of_steps(path, size, [0.0; 3], steps)?;
    Ok(frames.into_iter().map(|frame| Stack { grid: grid.clone(), frames: vec![frame] }).collect())
}

/// Runs of frames at the same place.
fn places(placed: &[(f64, Frame)], thickness: Option<f64>) -> Vec<&[(f64, Frame)]> {
    // Positions are written with a few decimals; a tenth of a slice, at most, is the same place.
    let same = thickness.map_or(1e-3, |thickness| (0.1 * thickness).min(1e-2));
    placed.chunk_by(|a, b| b.0 - a.0 <= same).collect()
}

/// The distance of neighbouring slices.
fn step(path: &Path, groups: &[&[(f64, Frame)]], thickness: Option<f64>) -> Result<f64> {
    let gaps: Vec<f64> = groups.windows(2).map(|pair| pair[1][0].0 - pair[0][0].0).collect();
    let Some(smallest) = gaps.iter().copied().min_by(f64::total_cmp) else { return Ok(thickness.unwrap_or(1.0)) };
    if let Some(at) = gaps.iter().position(|gap| gap - smallest > UNEVEN * smallest) {
        let found = format!("{:.3} mm between slices {} and {}, and {smallest:.3} mm elsewhere", gaps[at], at + 1, at + 2);
        return Err(InputError::new(path, found, "evenly spaced slices: some are missing, or several series are mixed").into());
    }
    Ok(gaps.iter().sum::<f64>() / gaps.len() as f64)
}
