//! Any image and any mask, by what the files hold: the front of all readers.

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::check;
use crate::image::grid::Grid;
use crate::image::labels::{CroppedMask, Label, Labels};
use crate::image::mask::{BoundingBox, Mask};
use crate::image::read::dicom::{self, SeriesChoice, UltrasoundRegion};
use crate::image::read::stream::Stream;
use crate::image::read::{nifti, nrrd, raster};
use crate::image::volume::Volume;

/// The kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// NIfTI-1 or -2, compressed or not.
    Nifti,
    /// NRRD.
    Nrrd,
    /// A DICOM file, or a folder.
    Dicom,
    /// PNG, JPEG, TIFF or BMP.
    Raster,
}

/// The format of a file by its first bytes, whatever its name; a folder is a DICOM series.
///
/// # Errors
/// When it cannot be read or is of no known format.
pub fn format_of(path: &Path) -> Result<Format> {
    if path.is_dir() {
        return Ok(Format::Dicom);
    }
    let mut start = Vec::new();
    Stream::open_head(path)?.read_up_to(132, &mut start)?;
    format_of_bytes(&start).ok_or_else(|| {
        InputError::new(path, "a file of no known image format", "NIfTI, NRRD, DICOM, PNG, JPEG, TIFF or BMP").into()
    })
}

fn format_of_bytes(start: &[u8]) -> Option<Format> {
    let length = start.first_chunk::<4>().map(|n| [u32::from_le_bytes(*n), u32::from_be_bytes(*n)]);
    match length {
        _ if start.starts_with(b"NRRD") => Some(Format::Nrrd),
        _ if dicom::object::is_dicom(start) => Some(Format::Dicom),
        Some(lengths) if lengths.iter().any(|n| [348, 540].contains(n)) => Some(Format::Nifti),
        _ => image::guess_format(start).ok().map(|_| Format::Raster),
    }
}

/// What must be said about an image that its file leaves open.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImageOptions {
    /// Which volume (time point), from 0, of an image of several.
    pub volume: Option<usize>,
    /// Which series of a DICOM folder.
    pub series: SeriesChoice,
    /// Distance of pixel centres along x and y in mm, for images that do not state it; it overrides none that is stated.
    pub spacing: Option<[f64; 2]>,
}

/// An image, and how well its size is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Its voxels.
    pub volume: Volume,
    /// Whether the file, or the caller, stated the size of a pixel; else it is 1 mm by assumption.
    pub spacing_known: bool,
    /// Calibrated ultrasound regions; see [`dicom::region_of`].
    pub regions: Vec<UltrasoundRegion>,
}

/// An image of any format.
///
/// # Errors
/// As the format's reader; and when the image has several volumes and none is chosen.
pub fn read_image(path: &Path, options: &ImageOptions) -> Result<Image> {
    let known = |volume| Image { volume, spacing_known: true, regions: Vec::new() };
    match (format_of(path)?, options.volume) {
        (Format::Nifti, None) => Ok(known(nifti::read_volume(path)?)),
        (Format::Nifti, Some(volume)) => Ok(known(nifti::read_volume_at(path, volume)?)),
        (Format::Dicom, volume) => dicom_image(path, volume, options),
        (_, Some(volume)) if volume > 0 => {
            Err(InputError::new(path, "an image of one volume", format!("a volume {} (counted from 1)", volume + 1)).into())
        }
        (Format::Nrrd, _) => Ok(known(nrrd::read_volume(path)?)),
        (Format::Raster, _) => {
            let volume = raster::read_volume(path, options.spacing.unwrap_or([1.0; 2]))?;
            Ok(Image { volume, spacing_known: options.spacing.is_some(), regions: Vec::new() })
        }
    }
}

fn dicom_image(path: &Path, volume: Option<usize>, options: &ImageOptions) -> Result<Image> {
    let mut series = dicom::read_series(path, &options.series)?;
    let count = series.volumes.len();
    let at = volume.unwrap_or(0);
    if at >= count || (volume.is_none() && count > 1) {
        let expected =
            volume.map_or("one volume: say which".into(), |volume| format!("a volume {} (counted from 1)", volume + 1));
        return Err(InputError::new(path, format!("a series of {count} volumes"), expected).into());
    }
    let mut volume = series.volumes.swap_remove(at);
    let mut spacing_known = series.spacing_known;
    if let (false, Some([x, y])) = (spacing_known, options.spacing) {
        if !(x > 0.0 && y > 0.0 && x.is_finite() && y.is_finite()) {
            return Err(InputError::new(path, format!("a pixel spacing of {x}×{y} mm"), "positive spacing").into());
        }
        [volume.grid.spacing[0], volume.grid.spacing[1]] = [x, y];
        spacing_known = true;
    }
    Ok(Image { volume, spacing_known, regions: series.regions })
}

/// The grid of an image where its header alone tells it; `None` where the voxels must be read first (DICOM, PNG and the like).
///
/// # Errors
/// As the format's reader.
pub fn read_grid(path: &Path) -> Result<Option<Grid>> {
    Ok(match format_of(path)? {
        Format::Nifti => Some(nifti::read_grid(path)?.0),
        Format::Nrrd => Some(nrrd::read_grid(path)?),
        Format::Dicom | Format::Raster => None,
    })
}

/// A label image that has a grid of its own: NIfTI, NRRD, or a flat image (of the given pixel spacing).
///
/// # Errors
/// As the format's reader; DICOM regions need the image's grid, see [`read_mask`].
pub fn read_labels(path: &Path, spacing: [f64; 2]) -> Result<Labels> {
    labels_as(path, format_of(path)?, spacing)
}

fn labels_as(path: &Path, format: Format, spacing: [f64; 2]) -> Result<Labels> {
    match format {
        Format::Nifti => nifti::read_labels(path),
        Format::Nrrd => nrrd::read_labels(path),
        Format::Raster => raster::read_labels(path, spacing),
        Format::Dicom => Err(InputError::new(path, "a DICOM object", "a label image").into()),
    }
}

/// The region of a label on the grid of its image, from any format.
///
/// # Errors
/// As the format's reader; when the grids differ (both are shown), or the label does not occur (those that do are named).
pub fn read_mask(path: &Path, label: Label, image: (&Path, &Grid)) -> Result<Mask> {
    let format = format_of(path)?;
    if format == Format::Dicom {
        return dicom::read_mask(path, label, image.1);
    }
    let labels = labels_for(path, format, image)?;
    check::region(path, &labels, label)
}

/// Labels on the grid of an image. A flat mask states no size in mm: it takes the image's, when it has as many pixels.
fn labels_for(path: &Path, format: Format, image: (&Path, &Grid)) -> Result<Labels> {
    let [x, y, _] = image.1.spacing;
    let mut labels = labels_as(path, format, [x, y])?;
    if format == Format::Raster && labels.grid.size == image.1.size {
        labels.grid = image.1.clone();
    }
    check::same_grid(image, (path, &labels.grid))?;
    Ok(labels)
}

/// A region and the part of its image around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The part of the image.
    pub image: Volume,
    /// The region on the same grid.
    pub mask: Mask,
    /// Where that part lies in the whole image.
    pub bounds: BoundingBox,
    /// The grid of the whole image.
    pub full: Grid,
    /// See [`Image::spacing_known`].
    pub spacing_known: bool,
}

/// An image around a region, with `margin` voxels on every side as far as the image goes. Where the formats allow it, nothing else is
/// kept in memory and a compressed image is inflated to the region's last voxel only.
///
/// # Errors
/// As [`read_image`] and [`read_mask`]; and when a voxel of the region is NaN or infinite.
pub fn read_case(image: &Path, mask: &Path, label: Label, margin: usize, options: &ImageOptions) -> Result<Case> {
    let (image_format, mask_format) = (format_of(image)?, format_of(mask)?);
    let streamed = match (image_format, mask_format) {
        (_, Format::Dicom) => None,
        (Format::Nifti, _) => Some(nifti::read_grid(image)?.0),
        (Format::Nrrd, _) if options.volume.unwrap_or(0) == 0 => Some(nrrd::read_grid(image)?),
        _ => None,
    };
    let case = match streamed {
        Some(grid) => {
            let labels = labels_for(mask, mask_format, (image, &grid))?;
            let CroppedMask { full, bounds, mask } = check::cropped_region(mask, &labels, label, margin)?;
            let part = match (image_format, options.volume) {
                (Format::Nifti, None) => nifti::read_region(image, &bounds)?,
                (Format::Nifti, Some(volume)) => nifti::read_region_at(image, volume, &bounds)?,
                _ => nrrd::read_region(image, &bounds)?,
            };
            Case { image: part, mask, bounds, full, spacing_known: true }
        }
        None => {
            let whole = read_image(image, options)?;
            let region = read_mask(mask, label, (image, &whole.volume.grid))?;
            // Readers refuse a region without a voxel, so there is a box.
            let bounds = region.bounding_box().unwrap_or(region.grid.whole()).grown([margin; 3], region.grid.size);
            let full = whole.volume.grid.clone();
            let (part, region) = (whole.volume.part(&bounds), region.part(&bounds));
            Case { image: part, mask: region, bounds, full, spacing_known: whole.spacing_known }
        }
    };
    // The mask may be written with other decimals; the image's grid counts.
    let case = Case { mask: Mask::new(case.image.grid.clone(), case.mask.inside), ..case };
    check::finite_inside(image, &case.image, &case.mask)?;
    Ok(case)
}
