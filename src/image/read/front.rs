//! One way in for all formats: what a file is, by its name or by its first bytes, and what it holds.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, InputError, Result};
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

/// The calibrated part of an ultrasound image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibrated {
    /// Its pixels.
    pub bounds: BoundingBox,
    /// Size of a pixel along columns and rows, mm.
    pub pixel_mm: [f64; 2],
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
            Format::Dicom => self.no_dicom(),
        }
    }

    /// The grid, without the voxels where the format allows it.
    ///
    /// # Errors
    /// Those of the format's reader.
    pub fn grid(&self) -> Result<Grid> {
        match self.format {
            Format::Nifti => Ok(nifti::read_grid(self.path)?.0),
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
            Format::Dicom => self.no_dicom(),
        }
    }

    /// The image as one slice; `spacing` is the size of a pixel where the file does not tell it.
    ///
    /// # Errors
    /// Those of the format's reader; a volume of several slices.
    pub fn flat_volume(&self, spacing: [f64; 2]) -> Result<Volume> {
        let volume = match self.format {
            Format::Raster => return raster::read_volume(self.path, spacing),
            _ => self.volume()?,
        };
        match volume.grid.size[2] {
            1 => Ok(volume),
            n => Err(InputError::new(self.path, format!("{n} slices"), "a flat image").into()),
        }
    }

    /// The mask of a flat image.
    ///
    /// # Errors
    /// Those of the format's reader.
    pub fn flat_labels(&self, spacing: [f64; 2]) -> Result<Labels> {
        match self.format {
            Format::Raster => raster::read_labels(self.path, spacing),
            _ => self.labels(),
        }
    }

    /// The calibrated region of an ultrasound image that holds the lesion; `None` where the file tells of none.
    ///
    /// # Errors
    /// Those of the DICOM reader; a lesion that lies in no region of a file that has some.
    pub fn ultrasound_region(&self, _lesion: &Mask) -> Result<Option<Calibrated>> {
        Ok(None)
    }

    fn no_dicom<T>(&self) -> Result<T> {
        Err(InputError::new(self.path, "DICOM", "another format").into())
    }
}

/// The region of a mask file that belongs to an image on `grid`.
///
/// # Errors
/// Those of the format's reader; a label that does not occur, with those that do.
pub fn mask_for(path: &Path, label: Label, _grid: &Grid) -> Result<Mask> {
    check::region(path, &ImageFile::open(path)?.labels()?, label)
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
