//! NRRD: `.nrrd`, and `.nhdr` with its data file; raw, gzip and text encodings, scalar images of two or three dimensions.
//!
//! # Reference
//! Kindlmann, "Definition of NRRD file format", <https://teem.sourceforge.net/nrrd/format.html>.

pub mod header;

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::labels::Labels;
use crate::image::mask::BoundingBox;
use crate::image::read::stream::Stream;
use crate::image::read::voxels;
use crate::image::volume::Volume;

use header::{Encoding, Header};

/// Characters of a number as text, blanks included; more of them are no longer read.
const LONGEST_NUMBER: u64 = 64;

/// Header and voxels of one image, not read yet; the stream stands at the first voxel.
struct Source<'a> {
    header: Header,
    stream: Stream<'a>,
}

impl<'a> Source<'a> {
    fn open(path: &Path) -> Result<Source<'static>> {
        let mut stream = Stream::open(path)?;
        let header = Header::read(&mut stream)?;
        if let Some(name) = &header.data_file {
            // The name is taken relative to the header, and may not lead out of its folder.
            let data = Path::new(name);
            if data.components().any(|part| !matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir)) {
                return Err(InputError::new(path, format!("a data file `{name}`"), "one beside or below the header").into());
            }
            stream = Stream::open_plain(&path.with_file_name("").join(data))?;
        }
        Source::positioned(header, stream)
    }

    fn of_bytes(path: &Path, bytes: &'a [u8]) -> Result<Self> {
        let mut stream = Stream::of_bytes(path, bytes);
        let header = Header::read(&mut stream)?;
        if header.data_file.is_some() {
            return Err(InputError::new(path, "a header without voxels", "a file that holds both").into());
        }
        Source::positioned(header, stream)
    }

    fn positioned(header: Header, mut stream: Stream<'a>) -> Result<Self> {
        for _ in 0..header.line_skip {
            if stream.line(1 << 20)?.is_none() {
                break;
            }
        }
        if let Encoding::Binary(compression) = header.encoding {
            stream = stream.inflate_rest(compression);
        }
        stream.skip(header.byte_skip)?;
        Ok(Source { header, stream })
    }

    /// Text numbers, as many as the grid has voxels.
    fn text(&mut self) -> Result<Vec<f64>> {
        voxels::byte_count(&self.stream, self.header.grid.size, &self.header.sample)?;
        let count = self.header.grid.voxels();
        // A number takes at least its digit and a blank.
        self.stream.can_hold((count as u64).saturating_mul(2).saturating_sub(1))?;
        let mut text = Vec::new();
        let longest = (count as u64).saturating_mul(LONGEST_NUMBER).saturating_add(LONGEST_NUMBER);
        self.stream.read_up_to(longest, &mut text)?;
        let words = text.split(|byte| byte.is_ascii_whitespace() || *byte == b',').filter(|word| !word.is_empty());
        let mut values = Vec::new();
        for word in words.take(count) {
            let word = String::from_utf8_lossy(word);
            let value = word.parse().map_err(|_| InputError::new(self.stream.path(), format!("`{word}`"), "a number"))?;
            values.push(value);
        }
        if values.len() < count {
            let found = format!("{} numbers", values.len());
            return Err(InputError::new(self.stream.path(), found, format!("{count}, as its header announces")).into());
        }
        Ok(values)
    }

    fn volume(mut self) -> Result<Volume> {
        let values = match self.header.encoding {
            Encoding::Text => self.text()?,
            Encoding::Binary(_) => {
                let grid = &self.header.grid;
                let values = voxels::read_box(&mut self.stream, grid.size, &self.header.sample, &grid.whole())?;
                self.stream.finish()?;
                values
            }
        };
        Ok(Volume::new(self.header.grid, values))
    }

    fn labels(mut self) -> Result<Labels> {
        match self.header.encoding {
            Encoding::Text => {
                let values = self.text()?;
                let mut labels = Labels::empty(self.header.grid);
                for (at, value) in values.into_iter().enumerate() {
                    labels.push(at, voxels::whole_number(self.stream.path(), value)?);
                }
                Ok(labels)
            }
            Encoding::Binary(_) => voxels::read_labels(&mut self.stream, self.header.grid, &self.header.sample),
        }
    }
}

/// The grid of an image; its voxels are not touched.
///
/// # Errors
/// When the file cannot be read or is no NRRD.
pub fn read_grid(path: &Path) -> Result<Grid> {
    Ok(Header::read(&mut Stream::open_head(path)?)?.grid)
}

/// An image.
///
/// # Errors
/// When the file cannot be read, is no NRRD of a scalar image, or is short or damaged.
pub fn read_volume(path: &Path) -> Result<Volume> {
    Source::open(path)?.volume()
}

/// A box of an image; a binary file is read up to the box's last voxel only.
///
/// # Errors
/// As [`read_volume`], and when the box reaches beyond the image.
pub fn read_region(path: &Path, needed: &BoundingBox) -> Result<Volume> {
    let mut source = Source::open(path)?;
    voxels::within(path, &source.header.grid, needed)?;
    if source.header.encoding == Encoding::Text {
        return Ok(source.volume()?.part(needed));
    }
    let grid = &source.header.grid;
    let values = voxels::read_box(&mut source.stream, grid.size, &source.header.sample, needed)?;
    Ok(Volume::new(grid.part(needed), values))
}

/// A label image.
///
/// # Errors
/// As [`read_volume`], and when a value is no whole number.
pub fn read_labels(path: &Path) -> Result<Labels> {
    Source::open(path)?.labels()
}

/// An image from the bytes of a `.nrrd` file; `path` is its name in messages.
///
/// # Errors
/// As [`read_volume`].
pub fn parse_volume(path: &Path, bytes: &[u8]) -> Result<Volume> {
    Source::of_bytes(path, bytes)?.volume()
}

/// A label image from the bytes of a `.nrrd` file; `path` is its name in messages.
///
/// # Errors
/// As [`read_labels`].
pub fn parse_labels(path: &Path, bytes: &[u8]) -> Result<Labels> {
    Source::of_bytes(path, bytes)?.labels()
}
