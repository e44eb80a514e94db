//! A DICOM folder, list or file as images of a series: every phase and b-value it holds, mixed as they may be.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use dicom_object::DefaultDicomObject;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::read::dicom::frame::Plane;
use crate::image::read::dicom::object::{open, tags, text};
use crate::image::read::dicom::pixels::Pixels;
use crate::image::read::dicom::stack::stacks;
use crate::image::read::dicom::{SeriesChoice, begins_like_dicom, files_of};
use crate::image::read::series::image_info::{ImageInfo, one_grid};
use crate::image::read::series::slice::{Slice, slices};
use crate::image::read::series::split;
use crate::image::series::times::unrolled;
use crate::image::series::{Clock, FrameTime, times_of};

/// The images of a DICOM folder, their pixels not read.
#[derive(Debug)]
pub struct DicomPart {
    files: Vec<PathBuf>,
    /// Where the voxels of every image lie.
    pub grid: Grid,
    /// Per image: its slices from first to last, as (file, frame).
    stacks: Vec<Vec<(usize, usize)>>,
    /// Per image, what is known of it.
    pub images: Vec<ImageInfo>,
    /// Bytes of all files: what pixels can be expected of.
    bytes: u64,
}

/// One phase before it is a stack.
struct Phase {
    slices: Vec<usize>,
    time: FrameTime,
}

impl DicomPart {
    /// Reads the headers of a folder (or file), of the chosen series, or of all when none is named.
    ///
    /// # Errors
    /// When nothing is there to read or a file is damaged; when images of different geometry or quantity are mixed; when a phase
    /// lacks slices, or phases lie on different grids.
    pub fn open(path: &Path, choice: &[SeriesChoice]) -> Result<Self> {
        let files = files_of(path)?;
        let mut all: Vec<Slice> = Vec::new();
        let mut instances = Vec::new();
        let mut bytes = 0u64;
        for (file, name) in files.iter().enumerate() {
            if files.len() > 1 && !begins_like_dicom(name)? {
                continue;
            }
            let object = open(name, true)?;
            let found = slices(name, file, &object)?;
            instances.push((file, text(&object, tags::SOP_INSTANCE_UID)));
            bytes = bytes.saturating_add(std::fs::metadata(name).map_or(0, |about| about.len()));
            all.extend(found);
        }
        all.retain(|slice| choice.is_empty() || choice.iter().any(|choice| is_meant(choice, slice)));
        if all.is_empty() {
            return Err(InputError::new(path, "no DICOM images of the series that are meant", "at least one").into());
        }
        every_image_once(&files, &all, &instances)?;
        one_kind(path, &files, &all)?;
        let mut series: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, slice) in all.iter().enumerate() {
            match series.iter_mut().find(|(uid, _)| *uid == slice.series) {
                Some((_, members)) => members.push(at),
                None => series.push((&slice.series, vec![at])),
            }
        }
        let several = series.len() > 1;
        let mut phases: Vec<Phase> = Vec::new();
        for (_, members) in &series {
            let found = split::phases(path, &all, members)?;
            phases.extend(found.into_iter().map(|slices| {
                let mut time = time_of(slices.iter().map(|at| all[*at].time));
                if several {
                    // Both count from the start of their own series.
                    (time.offset, time.trigger) = (None, None);
                }
                Phase { slices, time }
            }));
        }
        sort(&all, &mut phases);
        Self::stacked(path, files, &all, phases, bytes)
    }

    fn stacked(path: &Path, files: Vec<PathBuf>, all: &[Slice], phases: Vec<Phase>, bytes: u64) -> Result<Self> {
        let mut part: Option<DicomPart> = None;
        let count = phases.len();
        for (number, phase) in phases.into_iter().enumerate() {
            let Some(first) = phase.slices.first().map(|at| &all[*at]) else { continue };
            let frames = phase.slices.iter().map(|at| all[*at].frame.clone()).collect();
            let named = format!("phase {} of {count} ({})", number + 1, first.words());
            let mut found = stacks(path, frames, first.size[0], first.size[1]).map_err(|cause| name(cause, &named))?;
            let (1, Some(stack)) = (found.len(), found.pop()) else {
                return Err(InputError::new(path, format!("{named}: several images at one place"), "one").into());
            };
            let source = files[stack.frames.first().map_or(0, |frame| frame.file)].clone();
            let info = ImageInfo {
                source,
                words: first.words(),
                time: phase.time,
                b: first.b,
                direction: first.direction,
                scan: first.scan.clone(),
            };
            let places = stack.frames.iter().map(|frame| (frame.file, frame.index)).collect();
            match &mut part {
                None => {
                    part = Some(DicomPart {
                        files: files.clone(),
                        grid: stack.grid,
                        stacks: vec![places],
                        images: vec![info],
                        bytes,
                    });
                }
                Some(part) => {
                    one_grid((&part.images[0], &part.grid), (&info, &stack.grid))?;
                    part.stacks.push(places);
                    part.images.push(info);
                }
            }
        }
        part.ok_or_else(|| InputError::new(path, "no DICOM images", "at least one").into())
    }

    /// How many values room may be made for before they are there: a claim beyond eight per byte of file is not believed.
    pub fn room(&self) -> usize {
        let most = usize::try_from(self.bytes.saturating_mul(8)).unwrap_or(usize::MAX);
        self.grid.voxels().min(most)
    }

    /// The values of an image, slice by slice. `opened` keeps the last file for the next call: several images may lie in one
    /// file.
    ///
    /// # Errors
    /// When a file cannot be read, or its pixels cannot be decoded.
    pub fn read(&self, image: usize, opened: &mut Option<Opened>, sink: &mut dyn FnMut(&[f64])) -> Result<()> {
        let places = &self.stacks[image];
        for run in places.chunk_by(|a, b| a.0 == b.0) {
            let file = run[0].0;
            let path = &self.files[file];
            if opened.as_ref().is_none_or(|opened| opened.path != *path) {
                // The last one goes before the next comes.
                *opened = None;
                *opened = Some(Opened { path: path.clone(), object: open(path, false)? });
            }
            let Some(Opened { object, .. }) = opened else { continue };
            let pixels = Pixels::of(path, object)?;
            for (_, frame) in run {
                sink(&pixels.frame(*frame)?);
            }
        }
        Ok(())
    }
}

/// A file with its pixels.
pub struct Opened {
    path: PathBuf,
    object: DefaultDicomObject,
}

/// The same error, with the phase that it is about.
fn name(cause: Error, phase: &str) -> Error {
    match cause {
        Error::Input(fault) => InputError { found: format!("{phase}: {}", fault.found), ..*fault }.into(),
        other => other,
    }
}

fn is_meant(choice: &SeriesChoice, slice: &Slice) -> bool {
    match choice {
        SeriesChoice::Only => true,
        SeriesChoice::Number(number) => slice.series_number == Some(*number as f64),
        SeriesChoice::Uid(uid) => slice.series == *uid,
        SeriesChoice::Description(words) => slice.description.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(words)),
    }
}

/// Refuses a folder in which a copy of an image lies beside it.
fn every_image_once(files: &[PathBuf], all: &[Slice], instances: &[(usize, Option<String>)]) -> Result<()> {
    let meant: HashSet<usize> = all.iter().map(|slice| slice.frame.file).collect();
    let mut seen = HashSet::new();
    let mut stated = instances.iter().filter(|(file, _)| meant.contains(file));
    match stated.find(|(_, instance)| instance.as_ref().is_some_and(|instance| !seen.insert(instance))) {
        Some((file, _)) => Err(InputError::new(&files[*file], "an image that another file holds too", "every image once").into()),
        None => Ok(()),
    }
}

/// Refuses images of different size, orientation, pixel spacing or quantity, and images without a place.
fn one_kind(path: &Path, files: &[PathBuf], all: &[Slice]) -> Result<()> {
    let Some(first) = all.first() else { return Ok(()) };
    let refuse = |slice: &Slice, found: String, expected: String| -> Result<()> {
        Err(InputError::new(&files[slice.frame.file], found, expected).into())
    };
    let advice = "choose the series that are meant, or take the others out of the folder";
    for slice in all {
        let (Some(plane), Some(other)) = (first.frame.plane, slice.frame.plane) else {
            return refuse(slice, "an image without a position in the patient".into(), "slices of a volume".into());
        };
        let axes = |plane: &Plane| [plane.row, plane.column];
        let turned = axes(&plane).iter().flatten().zip(axes(&other).iter().flatten()).any(|(a, b)| (a - b).abs() > 1e-4);
        let spacing = |slice: &Slice| slice.frame.spacing.unwrap_or([1.0; 2]);
        let scaled = spacing(slice).iter().zip(spacing(first)).any(|(a, b)| (a - b).abs() > 1e-4 * b);
        if turned || scaled || slice.size != first.size {
            let shape = |slice: &Slice, plane| {
                let [columns, rows] = slice.size;
                let [x, y] = spacing(slice);
                let axes = axes(plane).map(|axis| format!("({})", axis.map(|n| format!("{n:.4}")).join(", ")));
                format!("{columns}×{rows} pixels of {x}×{y} mm, axes {} ({})", axes.join(" "), slice.words())
            };
            let expected = format!("as {}: {}; {advice}", files[first.frame.file].display(), shape(first, &plane));
            return refuse(slice, shape(slice, &other), expected);
        }
        if slice.quantity != first.quantity {
            let word = |slice: &Slice| slice.quantity.clone().unwrap_or_else(|| "signal (magnitude)".into());
            let found = format!("an image of {} ({})", word(slice), slice.words());
            return refuse(slice, found, format!("{}, as in {}; {advice}", word(first), path.display()));
        }
    }
    Ok(())
}

/// The time of a phase: that of its earliest slice, by every clock.
fn time_of(times: impl Iterator<Item = FrameTime> + Clone) -> FrameTime {
    let least = |of: fn(&FrameTime) -> Option<f64>| {
        let all: Option<Vec<f64>> = times.clone().map(|time| of(&time)).collect();
        all.and_then(|all| all.into_iter().min_by(f64::total_cmp))
    };
    let earliest = |of: fn(&FrameTime) -> Option<Clock>| {
        let all: Option<Vec<Clock>> = times.clone().map(|time| of(&time)).collect();
        let all = all?;
        let axis = unrolled(&all);
        let first = (0..all.len()).min_by(|a, b| axis[*a].total_cmp(&axis[*b]))?;
        Some(all[first])
    };
    FrameTime {
        injection_offset: None,
        offset: least(|time| time.offset),
        acquisition: earliest(|time| time.acquisition),
        trigger: least(|time| time.trigger),
        content: earliest(|time| time.content),
        injection: times.clone().find_map(|time| time.injection),
    }
}

/// By b-value first where there are several, then by time, or by the numbers in the headers where no clock tells the phases
/// apart.
fn sort(all: &[Slice], phases: &mut [Phase]) {
    let times: Vec<FrameTime> = phases.iter().map(|phase| phase.time).collect();
    let seconds = times_of(&times).ok().map(|times| times.seconds);
    let numbers = |phase: &Phase| {
        let of = |value: fn(&Slice) -> Option<f64>| {
            phase.slices.iter().filter_map(|at| value(&all[*at])).min_by(f64::total_cmp).unwrap_or(0.0)
        };
        [of(|s| s.series_number), of(|s| s.temporal), of(|s| s.acquisition), of(|s| s.time.trigger), of(|s| s.instance)]
    };
    let key = |at: usize| {
        let b = phases[at].slices.first().and_then(|slice| all[*slice].b).unwrap_or(0.0);
        let order = seconds.as_ref().map_or_else(|| numbers(&phases[at]), |seconds| [seconds[at], 0.0, 0.0, 0.0, 0.0]);
        (b.round(), order)
    };
    let mut order: Vec<usize> = (0..phases.len()).collect();
    let keys: Vec<(f64, [f64; 5])> = (0..phases.len()).map(key).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&keys[*a], &keys[*b]);
        let later = a.1.iter().zip(&b.1).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        a.0.total_cmp(&b.0).then(later.unwrap_or(std::cmp::Ordering::Equal))
    });
    let mut sorted: Vec<Phase> = Vec::with_capacity(phases.len());
    for at in order {
        sorted.push(Phase { slices: std::mem::take(&mut phases[at].slices), time: phases[at].time });
    }
    for (slot, phase) in phases.iter_mut().zip(sorted) {
        *slot = phase;
    }
}
