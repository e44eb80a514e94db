//! One way in for all formats: what a file is, by its name or by its first bytes, and what it holds.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, InputError, Result};
use crate::image::read::dicom::region::UltrasoundRegion;
use crate::image::read::dicom::{self, Series, SeriesChoice};
use crate::image::read::{nifti, nrrd, raster};
use crate::image::{BoundingBox, Grid, Label, Labels, Mask, Volume, check};

/// A format of image files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// NIfTI-1 and -2, compressed or not.
    Nifti,
    /// NRRD.
    Nrrd,
    /// PNG, JPEG, TIFF, BMP.
    Raster,
    /// DICOM: a file, or a folder of them.
    Dicom,
}

/// An image file whose format is known.
#[derive(Debug, Clone, Copy)]
pub struct ImageFile<'a> {
    path: &'a Path,
    format: Format,
}

impl<'a> ImageFile<'a> {
    /// Finds out the format: by the file's name, else by its first bytes; a folder is a DICOM series.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be opened, [`Error::Input`] where the format is none of these.
    pub fn open(path: &'a Path) -> Result<Self> {
        let format = match by_name(path) {
            Some(format) => format,
            None => by_content(path)?,
        };
        if !path.exists() {
            return Err(Error::io(path, "no such file"));
        }
        Ok(ImageFile { path, format })
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The image as one volume.
    ///
    /// # Errors
    /// Those of the format's reader; a flat image that says nothing of its pixels' size is no volume.
    pub fn volume(&self) -> Result<Volume> {
        match self.format {
            Format::Nifti => nifti::read_volume(self.path),
            Format::Nrrd => nrrd::read_volume(self.path),
            Format::Raster => raster::read_volume(self.path, [1.0; 2]),
            Format::Dicom => self.only_volume(dicom::read_series(self.path, &SeriesChoice::Only)?),
        }
    }

    /// The grid, without the voxels where the format allows it.
    ///
    /// # Errors
    /// Those of the format's reader.
    pub fn grid(&self) -> Result<Grid> {
        match self.format {
            Format::Nifti => Ok(nifti::read_grid(self.path)?.0),
            Format::Nrrd => nrrd::read_grid(self.path),
            _ => Ok(self.volume()?.grid),
        }
    }

    /// A box of the image: the only part that is kept in memory where the format allows it.
    ///
    /// # Errors
    /// Those of the format's reader; a box that reaches beyond the image.
    pub fn region(&self, needed: &BoundingBox) -> Result<Volume> {
        match self.format {
            Format::Nifti => nifti::read_region(self.path, needed),
            Format::Nrrd => nrrd::read_region(self.path, needed),
            _ => {
                let whole = self.volume()?;
                if (0..3).any(|axis| needed.end[axis] > whole.grid.size[axis]) {
                    let found = format!("an image of {}", whole.grid);
                    return Err(InputError::new(self.path, found, format!("an image that holds the box {needed:?}")).into());
                }
                Ok(Volume::new(whole.grid.part(needed), needed.crop(whole.grid.size, &whole.values)))
            }
        }
    }

    /// The file as a label image.
    ///
    /// # Errors
    /// Those of the format's reader; values that are no whole numbers.
    pub fn labels(&self) -> Result<Labels> {
        match self.format {
            Format::Nifti => nifti::read_labels(self.path),
            Format::Nrrd => nrrd::read_labels(self.path),
            Format::Raster => raster::read_labels(self.path, [1.0; 2]),
            Format::Dicom => {
                Err(InputError::new(self.path, "DICOM", "a label image; DICOM SEG and RTSTRUCT are read onto an image's grid")
                    .into())
            }
        }
    }

    /// The image as one slice, and how large its pixels are where the file tells it. A volume of several slices is refused.
    ///
    /// # Errors
    /// Those of the format's reader; several slices.
    pub fn flat(&self) -> Result<FlatImage> {
        let (volume, spacing_known, regions) = match self.format {
            Format::Raster => (raster::read_volume(self.path, [1.0; 2])?, false, Vec::new()),
            Format::Dicom => {
                let mut series = dicom::read_series(self.path, &SeriesChoice::Only)?;
                let (known, regions) = (series.spacing_known, std::mem::take(&mut series.regions));
                (self.only_volume(series)?, known, regions)
            }
            Format::Nifti | Format::Nrrd => (self.volume()?, true, Vec::new()),
        };
        match volume.grid.size[2] {
            1 => Ok(FlatImage { volume, spacing_known, regions }),
            n => Err(InputError::new(self.path, format!("{n} slices"), "a flat image").into()),
        }
    }

    fn only_volume(&self, mut series: Series) -> Result<Volume> {
        match (series.volumes.pop(), series.volumes.len()) {
            (Some(volume), 0) => Ok(volume),
            (_, more) => {
                let found = format!("{} volumes (time points or frames)", more + 1);
                Err(InputError::new(self.path, found, "one; split the series first").into())
            }
        }
    }
}

/// An image of one slice.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatImage {
    /// The image; pixels are 1 mm wide where their size is unknown.
    pub volume: Volume,
    /// Whether the file tells the size of its pixels.
    pub spacing_known: bool,
    /// Calibrated regions of a DICOM ultrasound image.
    pub regions: Vec<UltrasoundRegion>,
}

/// The region of a mask file that belongs to an image on `grid`. PNG and the like know no geometry and lie on the image's grid if they have
/// its size; DICOM SEG and RTSTRUCT are brought onto it.
///
/// # Errors
/// Those of the format's reader; a label that does not occur, with those that do; a picture of another size.
pub fn mask_for(path: &Path, label: Label, grid: &Grid) -> Result<Mask> {
    let file = ImageFile::open(path)?;
    match file.format {
        Format::Dicom => dicom::read_mask(path, label, grid),
        Format::Raster => {
            let labels = file.labels()?;
            if labels.grid.size != grid.size {
                let [nx, ny, _] = labels.grid.size;
                let expected = format!("{} × {} pixels, as its image has", grid.size[0], grid.size[1]);
                return Err(InputError::new(path, format!("a mask of {nx} × {ny} pixels"), expected).into());
            }
            Ok(Mask::new(grid.clone(), check::region(path, &labels, label)?.inside))
        }
        Format::Nifti | Format::Nrrd => check::region(path, &file.labels()?, label),
    }
}

fn by_name(path: &Path) -> Option<Format> {
    if path.is_dir() {
        return Some(Format::Dicom);
    }
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match () {
        () if ends(&[".nii", ".nii.gz", ".hdr", ".img"]) => Some(Format::Nifti),
        () if ends(&[".nrrd", ".nhdr"]) => Some(Format::Nrrd),
        () if ends(&[".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"]) => Some(Format::Raster),
        () if ends(&[".dcm", ".dicom"]) => Some(Format::Dicom),
        () => None,
    }
}

fn by_content(path: &Path) -> Result<Format> {
    let refused = |cause| Error::io(path, cause);
    let mut head = Vec::new();
    std::fs::File::open(path).map_err(refused)?.take(352).read_to_end(&mut head).map_err(refused)?;
    let starts = |magic: &[u8]| head.starts_with(magic);
    let at = |place: usize, magic: &[u8]| head.get(place..place + magic.len()) == Some(magic);
    match () {
        () if at(128, b"DICM") => Ok(Format::Dicom),
        () if starts(b"NRRD") => Ok(Format::Nrrd),
        () if starts(&[0x1f, 0x8b]) || at(344, b"n+1\0") || at(4, b"n+2\0") => Ok(Format::Nifti),
        () if starts(b"\x89PNG") || starts(&[0xff, 0xd8, 0xff]) || starts(b"II*\0") || starts(b"MM\0*") || starts(b"BM") => {
            Ok(Format::Raster)
        }
        () => Err(InputError::new(path, "a file of an unknown format", "NIfTI, NRRD, DICOM, PNG, JPEG, TIFF or BMP").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_name_or_by_its_first_bytes() {
        assert_eq!(by_name(Path::new("a/B.NII.GZ")), Some(Format::Nifti));
        assert_eq!(by_name(Path::new("a.nrrd")), Some(Format::Nrrd));
        assert_eq!(by_name(Path::new("IM0001")), None);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("IM0001");
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(by_content(&file), Ok(Format::Dicom));
        std::fs::write(&file, b"hello").unwrap();
        assert!(matches!(by_content(&file), Err(Error::Input(_))));
        assert!(matches!(ImageFile::open(&folder.path().join("none.nii")), Err(Error::Io { .. })));
    }
}
