//! DICOM: a folder or list of slices, multi-frame objects, ultrasound with its calibration, and regions (SEG, RTSTRUCT).
//!
//! Slices are put in order by where they lie, never by name. Every length in a file is checked before a parser makes room for it. No
//! message holds an attribute that could name a patient.

pub mod contours;
pub mod frame;
pub mod object;
pub mod pixels;
pub mod region;
pub mod segmentation;
pub mod stack;
mod walk;

use std::path::{Path, PathBuf};

use dicom_object::DefaultDicomObject;

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Label;
use crate::image::mask::Mask;
use crate::image::volume::Volume;

use frame::{Frame, frame, frame_count};
use object::{count, number, open, tags, text};
use pixels::Pixels;
pub use region::{RegionData, UltrasoundRegion, region_of};
use stack::stacks;

/// Which series of a folder is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SeriesChoice {
    /// There is but one.
    #[default]
    Only,
    /// The one of this series number.
    Number(i64),
    /// The one of this Series Instance UID.
    Uid(String),
    /// The one of this description, letter case apart.
    Description(String),
}

/// The images of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// One volume per time point; for images without a place, one of one slice per frame.
    pub volumes: Vec<Volume>,
    /// Modality code: MR, US, CT, MG.
    pub modality: String,
    /// Series number, when stated.
    pub number: Option<i64>,
    /// Series description, when stated.
    pub description: Option<String>,
    /// Whether the files state the size of a pixel; where they do not, the volumes have pixels of 1 mm.
    pub spacing_known: bool,
    /// Calibrated ultrasound regions of the first file.
    pub regions: Vec<UltrasoundRegion>,
}

/// What tells one series from another, and how it is named in a message.
#[derive(Debug, Clone, PartialEq)]
struct Heading {
    uid: String,
    number: Option<i64>,
    description: Option<String>,
    modality: String,
}

/// A file of images, its pixels not read yet.
struct Head {
    path: PathBuf,
    heading: Heading,
    instance: Option<String>,
    size: [usize; 2],
    object: DefaultDicomObject,
}

/// Objects that have rows and columns and are no image: segmentations are regions, see [`object`].
const NO_IMAGE: [&str; 3] = ["SEG", "PR", "RTDOSE"];

impl Head {
    /// `None` for objects that are no images.
    fn of(path: &Path, object: DefaultDicomObject) -> Option<Self> {
        let modality = text(&object, tags::MODALITY).unwrap_or_default();
        let size = [count(&object, tags::COLUMNS)?, count(&object, tags::ROWS)?];
        if NO_IMAGE.contains(&modality.as_str()) {
            return None;
        }
        let heading = Heading {
            uid: text(&object, tags::SERIES_INSTANCE_UID).unwrap_or_default(),
            number: number(&object, tags::SERIES_NUMBER).map(|n| n as i64),
            description: text(&object, tags::SERIES_DESCRIPTION),
            modality,
        };
        let instance = text(&object, tags::SOP_INSTANCE_UID);
        Some(Head { path: path.to_path_buf(), heading, instance, size, object })
    }
}

/// The files of a folder (not of folders within it), in the order of their names; a file stands for itself.
///
/// # Errors
/// [`Error::Io`] when the folder cannot be read.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let fault = |cause| Error::io(path, cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fault)? {
        let file = entry.map_err(fault)?.path();
        if file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The images of a folder or file.
///
/// # Errors
/// When nothing is there to read, a file is damaged, the series is not the only one and none (or one that is not there) is chosen, or
/// its slices form no volume.
pub fn read_series(path: &Path, choice: &SeriesChoice) -> Result<Series> {
    read_files(path, &files_of(path)?, choice)
}

/// The images of a list of files; `path` names them in messages. Files that are not DICOM, or hold no images, are passed over.
///
/// # Errors
/// As [`read_series`].
pub fn read_files(path: &Path, files: &[PathBuf], choice: &SeriesChoice) -> Result<Series> {
    let mut heads: Vec<Head> = Vec::new();
    for file in files {
        if files.len() > 1 && !begins_like_dicom(file)? {
            continue;
        }
        heads.extend(Head::of(file, open(file, true)?));
    }
    let heads = chosen(path, heads, choice)?;
    assemble(path, &heads, |file| open(file, false))
}

/// The images of one file from its bytes; `path` is its name in messages.
///
/// # Errors
/// As [`read_series`].
pub fn parse_series(path: &Path, bytes: &[u8]) -> Result<Series> {
    let heads: Vec<Head> = Head::of(path, object::parse(path, bytes, true)?).into_iter().collect();
    let heads = chosen(path, heads, &SeriesChoice::Only)?;
    assemble(path, &heads, |_| object::parse(path, bytes, false))
}

/// A region from a DICOM SEG or RTSTRUCT file, on the grid of its image.
///
/// # Errors
/// When the file cannot be read or is neither, the region does not exist, or it does not lie on the grid.
pub fn read_mask(path: &Path, label: Label, grid: &Grid) -> Result<Mask> {
    mask_of(path, &open(path, false)?, label, grid)
}

/// As [`read_mask`], from the bytes of the file; `path` is its name in messages.
///
/// # Errors
/// As [`read_mask`].
pub fn parse_mask(path: &Path, bytes: &[u8], label: Label, grid: &Grid) -> Result<Mask> {
    mask_of(path, &object::parse(path, bytes, false)?, label, grid)
}

fn mask_of(path: &Path, object: &DefaultDicomObject, label: Label, grid: &Grid) -> Result<Mask> {
    match text(object, tags::MODALITY).as_deref() {
        Some("RTSTRUCT") => contours::mask(path, object, label, grid),
        _ => segmentation::mask(path, object, label, grid),
    }
}

pub(crate) fn begins_like_dicom(path: &Path) -> Result<bool> {
    use std::io::Read;
    let mut start = Vec::with_capacity(132);
    let fault = |cause| Error::io(path, cause);
    std::fs::File::open(path).map_err(fault)?.take(132).read_to_end(&mut start).map_err(fault)?;
    Ok(object::is_dicom(&start))
}

/// The heads of the series that is meant.
fn chosen(path: &Path, heads: Vec<Head>, choice: &SeriesChoice) -> Result<Vec<Head>> {
    let mut found: Vec<(Heading, Vec<Head>)> = Vec::new();
    for head in heads {
        match found.iter_mut().find(|(heading, _)| heading.uid == head.heading.uid) {
            Some((_, same)) => same.push(head),
            None => found.push((head.heading.clone(), vec![head])),
        }
    }
    if found.is_empty() {
        return Err(InputError::new(path, "no DICOM images", "at least one").into());
    }
    let list = list(&found);
    let expected = match choice {
        SeriesChoice::Only => "one series: say which".to_string(),
        SeriesChoice::Number(number) => format!("one series of number {number}"),
        SeriesChoice::Uid(uid) => format!("one series of the identifier {uid}"),
        SeriesChoice::Description(words) => format!("one series of the description `{words}`"),
    };
    let mut meant: Vec<Vec<Head>> = found
        .into_iter()
        .filter(|(heading, _)| match choice {
            SeriesChoice::Only => true,
            SeriesChoice::Number(number) => heading.number == Some(*number),
            SeriesChoice::Uid(uid) => heading.uid == *uid,
            SeriesChoice::Description(words) => heading.description.as_ref().is_some_and(|d| d.eq_ignore_ascii_case(words)),
        })
        .map(|(_, heads)| heads)
        .collect();
    match (meant.pop(), meant.is_empty()) {
        (Some(heads), true) => Ok(heads),
        _ => Err(InputError::new(path, list, expected).into()),
    }
}

fn list(found: &[(Heading, Vec<Head>)]) -> String {
    let words: Vec<String> = found
        .iter()
        .map(|(heading, heads)| {
            let number = heading.number.map_or("without number".into(), |number| format!("number {number}"));
            let description = heading.description.as_ref().map_or(String::new(), |words| format!(" `{words}`"));
            format!("{number}{description} ({}, {} files)", heading.modality, heads.len())
        })
        .collect();
    format!("{} series: {}", found.len(), words.join("; "))
}

fn assemble(path: &Path, heads: &[Head], open: impl Fn(&Path) -> Result<DefaultDicomObject>) -> Result<Series> {
    let Some(first) = heads.first() else { return Err(InputError::new(path, "no DICOM images", "at least one").into()) };
    let mut frames: Vec<Frame> = Vec::new();
    let mut instances = std::collections::HashSet::new();
    for (file, head) in heads.iter().enumerate() {
        if head.size != first.size {
            let found = format!(
                "images of {}×{} and of {}×{} pixels in one series",
                first.size[0], first.size[1], head.size[0], head.size[1]
            );
            return Err(InputError::new(path, found, "one size: take the others (a localiser?) out of the folder").into());
        }
        if let Some(instance) = &head.instance
            && !instances.insert(instance)
        {
            return Err(InputError::new(&head.path, "an image that another file holds too", "every image once").into());
        }
        // A frame takes a bit at least; more frames than that are a false claim, seen before a list of them is made.
        let claimed = frame_count(&head.object);
        let length = std::fs::metadata(&head.path).map_or(u64::MAX, |about| about.len());
        if claimed as u64 > length.saturating_mul(8).min(1 << 24) {
            return Err(
                InputError::new(&head.path, format!("a claim of {claimed} frames"), "frames that the file can hold").into()
            );
        }
        frames.extend((0..claimed).map(|index| frame(&head.object, file, index)));
    }
    let spacing_known = frames.iter().all(|frame| frame.spacing.is_some());
    let [columns, rows] = first.size;
    let stacks = stacks(path, frames, columns, rows)?;
    // Every file is opened once, whatever order its frames have in the volumes.
    let mut volumes: Vec<Vec<Option<Vec<f64>>>> = stacks.iter().map(|stack| vec![None; stack.frames.len()]).collect();
    for (file, head) in heads.iter().enumerate() {
        let object = open(&head.path)?;
        let pixels = Pixels::of(&head.path, &object)?;
        for (stack, slices) in stacks.iter().zip(&mut volumes) {
            for (frame, slice) in stack.frames.iter().zip(slices).filter(|(frame, _)| frame.file == file) {
                *slice = Some(pixels.frame(frame.index)?);
            }
        }
    }
    let volumes = stacks.into_iter().zip(volumes).map(|(stack, slices)| {
        // Each slice is let go as it is copied.
        let mut values = Vec::with_capacity(stack.grid.voxels());
        for slice in slices.into_iter().flatten() {
            values.extend_from_slice(&slice);
        }
        Volume::new(stack.grid, values)
    });
    Ok(Series {
        volumes: volumes.collect(),
        modality: first.heading.modality.clone(),
        number: first.heading.number,
        description: first.heading.description.clone(),
        spacing_known,
        regions: region::regions(&first.object),
    })
}
