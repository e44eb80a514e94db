//! NIfTI-1 and NIfTI-2: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`.
//!
//! Voxels stream through a small buffer: an image is never in memory twice, and reading a region stops after its last slice.

pub mod header;

use std::path::{Path, PathBuf};

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Labels;
use crate::image::mask::BoundingBox;
use crate::image::read::stream::Stream;
use crate::image::read::voxels;
use crate::image::volume::Volume;

use header::Header;

/// Header and voxels of one image, not read yet.
struct Source<'a> {
    header: Header,
    stream: Stream<'a>,
}

impl Source<'static> {
    fn open(path: &Path) -> Result<Self> {
        let mut stream = Stream::open(path)?;
        let header = Header::read(&mut stream)?;
        if header.detached {
            stream = Stream::open(&voxel_file(path)?)?;
        }
        Ok(Source { header, stream })
    }
}

impl<'a> Source<'a> {
    fn of_bytes(path: &Path, bytes: &'a [u8]) -> Result<Self> {
        let mut stream = Stream::of_bytes(path, bytes);
        let header = Header::read(&mut stream)?;
        if header.detached {
            return Err(InputError::new(path, "a header without voxels", "a file that holds both").into());
        }
        Ok(Source { header, stream })
    }

    /// Sets the stream to the first voxel of a volume (time point) of a 4-D image.
    fn seek_volume(&mut self, volume: usize) -> Result<()> {
        let count = self.header.volumes;
        if volume >= count {
            let found = format!("{count} volumes");
            return Err(InputError::new(self.stream.path(), found, format!("a volume {} (counted from 1)", volume + 1)).into());
        }
        let one = voxels::byte_count(&self.stream, self.header.grid.size, &self.header.sample)?;
        let Some(all) = one.checked_mul(count as u64).and_then(|all| all.checked_add(self.header.gap)) else {
            return Err(
                InputError::new(self.stream.path(), "a header that claims more bytes than any file has", "true sizes").into()
            );
        };
        self.stream.can_hold(all)?;
        self.stream.skip(self.header.gap + one * volume as u64)
    }

    fn only_volume(&self) -> Result<()> {
        match self.header.volumes {
            1 => Ok(()),
            count => {
                let found = format!("a 4-D image of {count} volumes");
                Err(InputError::new(self.stream.path(), found, "one volume: say which").into())
            }
        }
    }

    fn volume(mut self, volume: usize) -> Result<Volume> {
        self.seek_volume(volume)?;
        let grid = self.header.grid;
        let values = voxels::read_box(&mut self.stream, grid.size, &self.header.sample, &grid.whole())?;
        if volume + 1 == self.header.volumes {
            self.stream.finish()?;
        }
        Ok(Volume::new(grid, values))
    }

    fn region(mut self, volume: usize, needed: &BoundingBox) -> Result<Volume> {
        voxels::within(self.stream.path(), &self.header.grid, needed)?;
        self.seek_volume(volume)?;
        let grid = &self.header.grid;
        let values = voxels::read_box(&mut self.stream, grid.size, &self.header.sample, needed)?;
        Ok(Volume::new(grid.part(needed), values))
    }

    fn labels(mut self) -> Result<Labels> {
        self.only_volume()?;
        self.seek_volume(0)?;
        voxels::read_labels(&mut self.stream, self.header.grid, &self.header.sample)
    }
}

/// The grid and the number of volumes (time points) of an image; its voxels are not touched.
///
/// # Errors
/// When the file cannot be read or is no NIfTI.
pub fn read_grid(path: &Path) -> Result<(Grid, usize)> {
    let header = Header::read(&mut Stream::open_head(path)?)?;
    Ok((header.grid, header.volumes))
}

/// An image of one volume.
///
/// # Errors
/// When the file cannot be read, is no NIfTI, is short or damaged, or holds several volumes.
pub fn read_volume(path: &Path) -> Result<Volume> {
    let source = Source::open(path)?;
    source.only_volume()?;
    source.volume(0)
}

/// One volume (counted from 0) of a 4-D image.
///
/// # Errors
/// As [`read_volume`], and when there are fewer volumes.
pub fn read_volume_at(path: &Path, volume: usize) -> Result<Volume> {
    Source::open(path)?.volume(volume)
}

/// All volumes of a 4-D image in their order; one of a 3-D image.
///
/// # Errors
/// As [`read_volume`].
pub fn read_volumes(path: &Path) -> Result<Vec<Volume>> {
    let mut source = Source::open(path)?;
    source.seek_volume(0)?;
    let Source { header, mut stream } = source;
    // The vector grows with the volumes that arrive, whatever the header claims.
    let mut volumes = Vec::new();
    for _ in 0..header.volumes {
        let values = voxels::read_box(&mut stream, header.grid.size, &header.sample, &header.grid.whole())?;
        volumes.push(Volume::new(header.grid.clone(), values));
    }
    stream.finish()?;
    Ok(volumes)
}

/// A box of an image of one volume: only it is kept in memory, and a compressed file is inflated up to the box's last voxel only.
///
/// # Errors
/// As [`read_volume`], and when the box reaches beyond the image.
pub fn read_region(path: &Path, needed: &BoundingBox) -> Result<Volume> {
    let source = Source::open(path)?;
    source.only_volume()?;
    source.region(0, needed)
}

/// A box of one volume (counted from 0) of a 4-D image.
///
/// # Errors
/// As [`read_volume_at`], and when the box reaches beyond the image.
pub fn read_region_at(path: &Path, volume: usize, needed: &BoundingBox) -> Result<Volume> {
    Source::open(path)?.region(volume, needed)
}

/// A label image.
///
/// # Errors
/// As [`read_volume`], and when a value is no whole number.
pub fn read_labels(path: &Path) -> Result<Labels> {
    Source::open(path)?.labels()
}

/// An image from the bytes of a `.nii` or `.nii.gz` file; `path` is its name in messages.
///
/// # Errors
/// As [`read_volume`].
pub fn parse_volume(path: &Path, bytes: &[u8]) -> Result<Volume> {
    let source = Source::of_bytes(path, bytes)?;
    source.only_volume()?;
    source.volume(0)
}

/// A label image from the bytes of a `.nii` or `.nii.gz` file; `path` is its name in messages.
///
/// # Errors
/// As [`read_labels`].
pub fn parse_labels(path: &Path, bytes: &[u8]) -> Result<Labels> {
    Source::of_bytes(path, bytes)?.labels()
}

/// Where the voxels of a detached header lie.
pub(crate) fn voxel_file(header: &Path) -> Result<PathBuf> {
    let name = header.to_string_lossy();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = stem.strip_suffix(".hdr").unwrap_or(stem);
    let found = [format!("{stem}.img"), format!("{stem}.img.gz")].into_iter().map(PathBuf::from).find(|path| path.is_file());
    found.ok_or_else(|| InputError::new(header, "a header without its .img file", "both, side by side").into())
}
