//! A series from whatever it is stored in.

use std::path::{Path, PathBuf};

use crate::error::{Error, InputError, Result};
use crate::image::grid::Grid;
use crate::image::protocol::Protocol;
use crate::image::read::case::{Format, format_of};
use crate::image::read::dicom::SeriesChoice;
use crate::image::read::nrrd;
use crate::image::read::series::dicom::{DicomPart, Opened};
use crate::image::read::series::image_info::{ImageInfo, one_grid};
use crate::image::read::series::nifti::Volumes;
use crate::image::read::series::{gradients, sidecar};
use crate::image::series::times::times_of;
use crate::image::series::{Diffusion, PhaseTable, TimeSource, Times};
use crate::image::volume::Volume;

/// What the study says about a series that its files leave open; it goes before what they say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeriesOptions {
    /// Which series of DICOM folders; empty: all that are there.
    pub series: Vec<SeriesChoice>,
    /// Seconds, one per image, on any axis.
    pub times: Option<Vec<f64>>,
    /// b-values, one per image, s/mm².
    pub b_values: Option<Vec<f64>>,
    /// How many first images are before contrast agent.
    pub baseline: Option<usize>,
    /// When the contrast agent was injected: seconds from the first image, or on the axis of `times` where those are given.
    pub injection: Option<f64>,
}

/// One file or folder of a series.
#[derive(Debug)]
enum Part {
    Nifti { path: PathBuf, volumes: usize },
    Nrrd(PathBuf),
    Dicom(DicomPart),
}

impl Part {
    fn images(&self) -> usize {
        match self {
            Part::Nifti { volumes, .. } => *volumes,
            Part::Nrrd(_) => 1,
            Part::Dicom(part) => part.images.len(),
        }
    }
}

/// A series whose headers are read and whose voxels are not.
#[derive(Debug)]
pub struct SeriesReader {
    parts: Vec<Part>,
    grid: Grid,
    images: Vec<ImageInfo>,
    times: Result<Times, String>,
    diffusion: Option<Diffusion>,
    options: SeriesOptions,
}

impl SeriesReader {
    /// Opens files and folders, in the order in which their images follow one another: a 4-D NIfTI; several 3-D files; a DICOM
    /// folder, whose images are put in order of b-value and time; or any of them together, such as a volume before contrast agent
    /// and a 4-D file after it.
    ///
    /// # Errors
    /// As the formats' readers; when grids differ (both are shown), or a list (times, b-values, .bval, .bvec, .json) is not as
    /// long as the series.
    pub fn open(paths: &[PathBuf], options: &SeriesOptions) -> Result<Self> {
        let mut parts = Vec::new();
        let mut images: Vec<ImageInfo> = Vec::new();
        let mut grid: Option<Grid> = None;
        for path in paths {
            let (part, own, infos) = open_part(path, options)?;
            if let (Some(grid), Some(first), Some(info)) = (&grid, images.first(), infos.first()) {
                one_grid((first, grid), (info, &own))?;
            }
            grid.get_or_insert(own);
            parts.push(part);
            images.extend(infos);
        }
        let Some(grid) = grid else { return Err(Error::usage("a series needs at least one file")) };
        if parts.len() > 1 {
            relative_to_their_part(&mut images);
        }
        let times = times(&images, options)?;
        let diffusion = diffusion(&images, options)?;
        Ok(SeriesReader { parts, grid, images, times, diffusion, options: options.clone() })
    }

    /// Where the voxels of every image lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What is known of each image.
    pub fn images(&self) -> &[ImageInfo] {
        &self.images
    }

    /// When the images were taken.
    ///
    /// # Errors
    /// [`Error::Study`] with the reason when that is not known.
    pub fn times(&self) -> Result<&Times> {
        self.times.as_ref().map_err(|reason| Error::study(format!("the times of the series are not known: {reason}")))
    }

    /// Diffusion weighting; `None` when not every image has a b-value.
    pub fn diffusion(&self) -> Option<&Diffusion> {
        self.diffusion.as_ref()
    }

    /// The images before and after contrast agent.
    ///
    /// # Errors
    /// As [`PhaseTable::new`].
    pub fn phases(&self) -> Result<PhaseTable> {
        let start = self.options.times.as_ref().and_then(|times| times.first()).copied().unwrap_or(0.0);
        let injection = self.options.injection.map(|seconds| seconds - start);
        PhaseTable::new(self.images.len(), self.times.as_ref().ok(), self.options.baseline, injection)
    }

    /// What was done, to be held against what the study expects.
    pub fn protocol(&self) -> Protocol {
        let scans = self.images.iter().map(|image| &image.scan);
        Protocol::new(scans, &self.grid, self.times.as_ref().ok(), self.phases().ok().as_ref(), self.diffusion())
    }

    /// All images in their order, in single precision: what a map's series is made of, without holding it twice. Scanners measure
    /// 12 to 16 bits, which single precision holds exactly.
    pub fn singles(&self) -> impl Iterator<Item = Result<Vec<f32>>> {
        let mut images = self.stream();
        std::iter::from_fn(move || {
            let mut values: Vec<f32> = Vec::new();
            let read = images.next_image(&mut |room, chunk| {
                if values.is_empty() {
                    values.reserve_exact(room);
                }
                values.extend(chunk.iter().map(|value| *value as f32));
            })?;
            Some(read.map(|()| values))
        })
    }

    /// All images in their order.
    pub fn volumes(&self) -> impl Iterator<Item = Result<Volume>> {
        let mut images = self.stream();
        std::iter::from_fn(move || images.next_volume())
    }

    /// One image (from 0) alone; a compressed file is inflated up to it.
    ///
    /// # Errors
    /// [`Error::Study`] when there are fewer; as the format's reader.
    pub fn volume(&self, image: usize) -> Result<Volume> {
        let mut images = self.stream();
        images.skip_to(image)?;
        images.next_volume().unwrap_or_else(|| {
            let count = self.images.len();
            Err(Error::study(format!("image {} of a series of {count}", image + 1)))
        })
    }

    /// The images as a stream of values.
    pub fn stream(&self) -> Images<'_> {
        Images { reader: self, part: 0, image: 0, volumes: None, opened: None, failed: false }
    }
}

/// The images of a series as they are read, one after another.
pub struct Images<'a> {
    reader: &'a SeriesReader,
    part: usize,
    /// Within the part.
    image: usize,
    volumes: Option<Volumes>,
    opened: Option<Opened>,
    failed: bool,
}

impl Images<'_> {
    /// Passes over images up to `image` of the series.
    fn skip_to(&mut self, image: usize) -> Result<()> {
        let mut left = image;
        while let Some(part) = self.reader.parts.get(self.part) {
            if left < part.images() {
                self.image = left;
                if let Part::Nifti { path, .. } = part {
                    let mut volumes = Volumes::open(path)?;
                    volumes.skip_to(left)?;
                    self.volumes = Some(volumes);
                }
                return Ok(());
            }
            left -= part.images();
            self.part += 1;
        }
        Ok(())
    }

    /// Hands the values of the next image to `sink`, piece by piece, axis i fastest, with the number of values for which room may
    /// be made at once; `None` after the last image.
    ///
    /// # Errors
    /// As the format's reader; after an error there are no further images.
    pub fn next_image(&mut self, sink: &mut dyn FnMut(usize, &[f64])) -> Option<Result<()>> {
        let part = self.reader.parts.get(self.part).filter(|_| !self.failed)?;
        let read = self.read(part, sink);
        self.failed = read.is_err();
        self.image += 1;
        if self.image >= part.images() {
            (self.part, self.image, self.volumes, self.opened) = (self.part + 1, 0, None, None);
        }
        Some(read)
    }

    fn read(&mut self, part: &Part, sink: &mut dyn FnMut(usize, &[f64])) -> Result<()> {
        match part {
            Part::Nifti { path, .. } => {
                let volumes = match &mut self.volumes {
                    Some(volumes) => volumes,
                    none => none.insert(Volumes::open(path)?),
                };
                let room = volumes.room();
                volumes.read(&mut |chunk| sink(room, chunk))
            }
            Part::Nrrd(path) => {
                let volume = nrrd::read_volume(path)?;
                sink(volume.values.len(), &volume.values);
                Ok(())
            }
            Part::Dicom(part) => {
                let room = part.room();
                part.read(self.image, &mut self.opened, &mut |chunk| sink(room, chunk))
            }
        }
    }

    fn next_volume(&mut self) -> Option<Result<Volume>> {
        let mut values: Vec<f64> = Vec::new();
        let read = self.next_image(&mut |room, chunk| {
            if values.is_empty() {
                values.reserve_exact(room);
            }
            values.extend_from_slice(chunk);
        })?;
        Some(read.map(|()| Volume::new(self.reader.grid.clone(), values)))
    }
}

/// More images than any series has: a header that claims more would fill memory with what is known of each.
const MOST_IMAGES: usize = 1 << 16;

fn open_part(path: &Path, options: &SeriesOptions) -> Result<(Part, Grid, Vec<ImageInfo>)> {
    match format_of(path)? {
        Format::Dicom => {
            let part = DicomPart::open(path, &options.series)?;
            let (grid, images) = (part.grid.clone(), part.images.clone());
            Ok((Part::Dicom(part), grid, images))
        }
        Format::Nifti => {
            let header = Volumes::open(path)?.header().clone();
            if header.volumes > MOST_IMAGES {
                let found = format!("a claim of {} volumes", header.volumes);
                return Err(InputError::new(path, found, format!("a series of {MOST_IMAGES} images at most")).into());
            }
            let images = beside(path, header.volumes)?;
            Ok((Part::Nifti { path: path.to_path_buf(), volumes: header.volumes }, header.grid, images))
        }
        Format::Nrrd => Ok((Part::Nrrd(path.to_path_buf()), nrrd::read_grid(path)?, beside(path, 1)?)),
        Format::Raster => Err(InputError::new(path, "a flat picture", "NIfTI, NRRD or DICOM").into()),
    }
}

/// The images of a file that says nothing but voxels, with what lies beside it.
fn beside(path: &Path, images: usize) -> Result<Vec<ImageInfo>> {
    let sidecar = sidecar::beside(path, images)?;
    let table = gradients::beside(path, images)?;
    let b_value = |image: usize| match &table {
        Some(table) => table.b_values.get(image).copied(),
        None => sidecar.b_values.get(image).copied(),
    };
    let info = |image: usize| ImageInfo {
        source: path.to_path_buf(),
        words: format!("volume {}", image + 1),
        time: sidecar.times.get(image).copied().unwrap_or_default(),
        b: b_value(image),
        direction: table.as_ref().and_then(|table| table.directions[image]),
        scan: sidecar.scan.clone(),
    };
    Ok((0..images).map(info).collect())
}

/// Offsets count from the start of their own file, so they do not tell images of several files apart; triggers do where all
/// images belong to one acquisition.
fn relative_to_their_part(images: &mut [ImageInfo]) {
    let first = images.first().and_then(|image| image.time.acquisition);
    let together = first.is_some() && images.iter().all(|image| image.time.acquisition == first);
    for image in images {
        image.time.offset = None;
        image.time.trigger = image.time.trigger.filter(|_| together);
    }
}

fn times(images: &[ImageInfo], options: &SeriesOptions) -> Result<Result<Times, String>> {
    let Some(given) = &options.times else {
        let stated: Vec<_> = images.iter().map(|image| image.time).collect();
        return Ok(times_of(&stated));
    };
    if given.len() != images.len() {
        return Err(Error::study(format!("{} times are given for a series of {} images", given.len(), images.len())));
    }
    if let Some(at) = given.iter().position(|time| !time.is_finite()) {
        return Err(Error::study(format!("time {} of the series is given as {}, not a number of seconds", at + 1, given[at])));
    }
    let start = given.first().copied().unwrap_or(0.0);
    let seconds = given.iter().map(|time| time - start).collect();
    Ok(Ok(Times { seconds, source: TimeSource::Given, injection: None }))
}

fn diffusion(images: &[ImageInfo], options: &SeriesOptions) -> Result<Option<Diffusion>> {
    let stated = || images.iter().map(|image| image.b).collect::<Option<Vec<f64>>>();
    let Some(b_values) = options.b_values.clone().or_else(stated) else { return Ok(None) };
    if b_values.len() != images.len() {
        return Err(Error::study(format!("{} b-values are given for a series of {} images", b_values.len(), images.len())));
    }
    if let Some(image) = images.iter().zip(&b_values).find(|(_, b)| !(**b >= 0.0)).filter(|_| options.b_values.is_none()) {
        let found = format!("a b-value of {} ({})", image.1, image.0.words);
        return Err(InputError::new(&image.0.source, found, "0 or more s/mm²").into());
    }
    let mut diffusion = Diffusion::of_b_values(b_values)?;
    diffusion.directions = images.iter().map(|image| image.direction).collect();
    Ok(Some(diffusion))
}
