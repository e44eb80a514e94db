//! The volumes of a NIfTI file, one after another.

use std::path::Path;

use crate::error::{InputError, Result};
use crate::image::read::nifti::header::Header;
use crate::image::read::nifti::voxel_file;
use crate::image::read::stream::Stream;
use crate::image::read::voxels::byte_count;

/// Bytes decoded at once; a multiple of every width.
const CHUNK: usize = 64 << 10;

/// A NIfTI file whose volumes are read from the first to the last.
pub struct Volumes {
    header: Header,
    stream: Stream<'static>,
    /// Bytes of one volume.
    one: u64,
    next: usize,
}

impl Volumes {
    /// Opens a file and holds its header against its length.
    ///
    /// # Errors
    /// When it cannot be read, is no NIfTI, or is shorter than its header says.
    pub fn open(path: &Path) -> Result<Self> {
        let mut stream = Stream::open(path)?;
        let header = Header::read(&mut stream)?;
        if header.detached {
            stream = Stream::open(&voxel_file(path)?)?;
        }
        let one = byte_count(&stream, header.grid.size, &header.sample)?;
        let all = one.checked_mul(header.volumes as u64).and_then(|all| all.checked_add(header.gap));
        let all = all.ok_or_else(|| InputError::new(path, "a header that claims more bytes than any file has", "true sizes"))?;
        stream.can_hold(all)?;
        stream.skip(header.gap)?;
        Ok(Volumes { header, stream, one, next: 0 })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Which volume comes next, from 0.
    pub fn next(&self) -> usize {
        self.next
    }

    /// Passes over the next volumes, up to `volume`.
    ///
    /// # Errors
    /// When the file is short or damaged.
    pub fn skip_to(&mut self, volume: usize) -> Result<()> {
        let volumes = volume.saturating_sub(self.next) as u64;
        self.stream.skip(self.one.saturating_mul(volumes))?;
        self.next = self.next.max(volume);
        Ok(())
    }

    /// How many values room may be made for before they are there.
    pub fn room(&self) -> usize {
        self.stream.trusted(self.header.grid.voxels(), self.header.sample.kind.width())
    }

    /// Hands the values of the next volume to `sink`, piece by piece, axis i fastest.
    ///
    /// # Errors
    /// When the file is short or damaged.
    pub fn read(&mut self, sink: &mut dyn FnMut(&[f64])) -> Result<()> {
        let mut bytes = vec![0u8; CHUNK];
        let mut values = Vec::with_capacity(CHUNK / self.header.sample.kind.width());
        let mut left = self.one;
        while left > 0 {
            let step = left.min(CHUNK as u64) as usize;
            self.stream.read_exact(&mut bytes[..step])?;
            values.clear();
            self.header.sample.decode(&bytes[..step], &mut values);
            sink(&values);
            left -= step as u64;
        }
        self.next += 1;
        if self.next == self.header.volumes {
            self.stream.finish()?;
        }
        Ok(())
    }
}
