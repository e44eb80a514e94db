//! Bytes of a file, inflated where they are compressed, and how many there can be at most.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::{MultiGzDecoder, ZlibDecoder};

use crate::error::{Error, InputError, Result};

/// Inflated bytes held between two reads: large enough that calls cost nothing, small enough for the second-level cache.
const BUFFER: usize = 128 << 10;
/// The same for a look at a header.
const HEAD_BUFFER: usize = 4 << 10;
/// Compressed bytes held between two reads.
const COMPRESSED_BUFFER: usize = 64 << 10;
/// Deflate cannot expand further than this (258 bytes by two bits), so a longer claim is false.
const LARGEST_EXPANSION: u64 = 1032;
/// What may follow the voxels in a compressed file before we stop looking for its checksum.
const LONGEST_TAIL: u64 = 1 << 20;

enum Bytes<'a> {
    File(BufReader<File>),
    Memory(&'a [u8]),
    Inflated(BufReader<Box<dyn Read + 'a>>),
}

/// A file read from front to back.
pub struct Stream<'a> {
    path: PathBuf,
    bytes: Bytes<'a>,
    /// Bytes handed out or skipped.
    position: u64,
    /// No more bytes than this can come in all; exact when the file is not compressed.
    most: u64,
    /// The inflated length that the file itself states (gzip's trailer, modulo 2³²).
    stated: Option<u32>,
}

/// How the bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// As they are.
    None,
    /// gzip, one member or several.
    Gzip,
    /// zlib: gzip's bare cousin.
    Zlib,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];

impl<'a> Stream<'a> {
    /// A file from its first byte; gzip is recognised by its first two bytes, whatever the name says.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Stream<'static>> {
        Stream::opened(path, true, BUFFER)
    }

    /// As [`Stream::open`], for a look at the first bytes: no more than a few kilobytes are inflated.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened.
    pub fn open_head(path: &Path) -> Result<Stream<'static>> {
        Stream::opened(path, true, HEAD_BUFFER)
    }

    /// A file as it is, whatever it begins with.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened.
    pub fn open_plain(path: &Path) -> Result<Stream<'static>> {
        Stream::opened(path, false, BUFFER)
    }

    fn opened(path: &Path, inflate: bool, buffer: usize) -> Result<Stream<'static>> {
        let fault = |cause| Error::io(path, cause);
        let mut file = File::open(path).map_err(fault)?;
        let length = file.metadata().map_err(fault)?.len();
        let mut magic = [0; 2];
        let mut trailer = [0; 4];
        let compressed = inflate && length > 18 && file.read_exact(&mut magic).is_ok() && magic == GZIP;
        let stated = compressed && file.seek(SeekFrom::End(-4)).is_ok() && file.read_exact(&mut trailer).is_ok();
        file.seek(SeekFrom::Start(0)).map_err(fault)?;
        Ok(Stream {
            path: path.to_path_buf(),
            bytes: if compressed {
                let compressed = BufReader::with_capacity(buffer.min(COMPRESSED_BUFFER), file);
                Bytes::Inflated(BufReader::with_capacity(buffer, Box::new(MultiGzDecoder::new(compressed))))
            } else {
                Bytes::File(BufReader::with_capacity(buffer, file))
            },
            position: 0,
            most: if compressed { length.saturating_mul(LARGEST_EXPANSION) } else { length },
            stated: stated.then(|| u32::from_le_bytes(trailer)),
        })
    }

    /// The content of a file that is in memory already; gzip is recognised.
    pub fn of_bytes(path: &Path, bytes: &'a [u8]) -> Self {
        let compression = if bytes.starts_with(&GZIP) && bytes.len() > 18 { Compression::Gzip } else { Compression::None };
        Stream::of_compressed(path, bytes, compression)
    }

    /// Bytes in memory whose compression is known.
    pub fn of_compressed(path: &Path, bytes: &'a [u8], compression: Compression) -> Self {
        let length = bytes.len() as u64;
        let inflated = |reader: Box<dyn Read + 'a>| Bytes::Inflated(BufReader::with_capacity(BUFFER, reader));
        Stream {
            path: path.to_path_buf(),
            bytes: match compression {
                Compression::None => Bytes::Memory(bytes),
                Compression::Gzip => inflated(Box::new(MultiGzDecoder::new(bytes))),
                Compression::Zlib => inflated(Box::new(ZlibDecoder::new(bytes))),
            },
            position: 0,
            most: if compression == Compression::None { length } else { length.saturating_mul(LARGEST_EXPANSION) },
            stated: bytes.last_chunk().filter(|_| compression == Compression::Gzip).map(|last| u32::from_le_bytes(*last)),
        }
    }

    /// The rest of this stream, inflated: a file whose header is plain and whose voxels are not (NRRD).
    pub fn inflate_rest(self, compression: Compression) -> Stream<'a> {
        let most = self.most.saturating_sub(self.position);
        let plain: Box<dyn BufRead + 'a> = match self.bytes {
            Bytes::File(reader) => Box::new(reader),
            Bytes::Memory(bytes) => Box::new(bytes),
            Bytes::Inflated(reader) => Box::new(reader),
        };
        let inflated = |reader: Box<dyn Read + 'a>| Bytes::Inflated(BufReader::with_capacity(BUFFER, reader));
        Stream {
            path: self.path,
            bytes: match compression {
                Compression::None => inflated(Box::new(plain)),
                Compression::Gzip => inflated(Box::new(MultiGzDecoder::new(plain))),
                Compression::Zlib => inflated(Box::new(ZlibDecoder::new(plain))),
            },
            position: 0,
            most: if compression == Compression::None { most } else { most.saturating_mul(LARGEST_EXPANSION) },
            stated: None,
        }
    }

    /// The file, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn reader(&mut self) -> &mut dyn BufRead {
        match &mut self.bytes {
            Bytes::File(reader) => reader,
            Bytes::Memory(bytes) => bytes,
            Bytes::Inflated(reader) => reader,
        }
    }

    /// Refuses a claim of `needed` further bytes that the file cannot hold. It costs nothing and comes before memory is taken.
    ///
    /// # Errors
    /// [`Error::Input`] with both lengths.
    pub fn can_hold(&self, needed: u64) -> Result<()> {
        let left = self.most.saturating_sub(self.position);
        if needed <= left {
            return Ok(());
        }
        let compressed = matches!(self.bytes, Bytes::Inflated(_));
        let found = if compressed {
            format!("a compressed file that cannot inflate to more than {left} bytes")
        } else {
            format!("{left} bytes of voxels")
        };
        Err(InputError::new(&self.path, found, format!("the {needed} bytes that its header announces (is it complete?)")).into())
    }

    /// How many of `count` elements of `width` bytes room may be made for at once: all of them when the file's own length agrees
    /// with the claim, else few, to grow as bytes arrive.
    pub fn trusted(&self, count: usize, width: usize) -> usize {
        let end = self.position.saturating_add((count as u64).saturating_mul(width as u64));
        let trusted = match (&self.bytes, self.stated) {
            (Bytes::Inflated(_), Some(stated)) => end as u32 == stated || end <= u64::from(stated),
            (Bytes::Inflated(_), None) => false,
            _ => end <= self.most,
        };
        if trusted { count } else { count.min(BUFFER) }
    }

    fn short(&self, cause: &std::io::Error) -> Error {
        let at = self.position;
        let found = match cause.kind() {
            std::io::ErrorKind::UnexpectedEof => format!("an end of file after {at} bytes"),
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
                format!("damaged compressed data ({cause}) after {at} bytes")
            }
            _ => return Error::io(&self.path, cause),
        };
        InputError::new(&self.path, found, "a complete, undamaged file").into()
    }

    /// Fills `into` with the next bytes.
    ///
    /// # Errors
    /// [`Error::Input`] when the file ends before, or its compressed data is damaged.
    pub fn read_exact(&mut self, into: &mut [u8]) -> Result<()> {
        let done = match &mut self.bytes {
            Bytes::File(reader) => reader.read_exact(into),
            Bytes::Memory(bytes) => bytes.read_exact(into),
            Bytes::Inflated(reader) => reader.read_exact(into),
        };
        done.map_err(|cause| self.short(&cause))?;
        self.position += into.len() as u64;
        Ok(())
    }

    /// Passes over `count` bytes.
    ///
    /// # Errors
    /// [`Error::Input`] when the file ends before.
    pub fn skip(&mut self, count: u64) -> Result<()> {
        if let Bytes::File(reader) = &mut self.bytes {
            if self.most.saturating_sub(self.position) < count {
                return Err(self.short(&std::io::ErrorKind::UnexpectedEof.into()));
            }
            if let Ok(step) = i64::try_from(count) {
                reader.seek_relative(step).map_err(|cause| Error::io(&self.path, cause))?;
                self.position += count;
                return Ok(());
            }
        }
        let mut left = count;
        while left > 0 {
            let there = match self.reader().fill_buf() {
                Ok([]) => return Err(self.short(&std::io::ErrorKind::UnexpectedEof.into())),
                Ok(bytes) => bytes.len(),
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(cause) => return Err(self.short(&cause)),
            };
            let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.reader().consume(step);
            self.position += step as u64;
            left -= step as u64;
        }
        Ok(())
    }

    /// Appends at most `most` of the next bytes: fewer when the file ends.
    ///
    /// # Errors
    /// [`Error::Input`] when compressed data is damaged.
    pub fn read_up_to(&mut self, most: u64, into: &mut Vec<u8>) -> Result<usize> {
        let got = self.reader().take(most).read_to_end(into).map_err(|cause| self.short(&cause))?;
        self.position += got as u64;
        Ok(got)
    }

    /// One line without its end, at most `longest` bytes; `None` at the end of the file.
    ///
    /// # Errors
    /// [`Error::Input`] when the line is longer or compressed data is damaged.
    pub fn line(&mut self, longest: u64) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let got = self.reader().take(longest).read_until(b'\n', &mut line).map_err(|cause| self.short(&cause))?;
        self.position += got as u64;
        if got == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') && got as u64 == longest {
            let found = format!("a header line of more than {longest} bytes");
            return Err(InputError::new(&self.path, found, "a text header").into());
        }
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some(line))
    }

    /// Reads a compressed file to its end, so that its checksum is compared; bytes after the voxels are passed over.
    ///
    /// # Errors
    /// [`Error::Input`] when the checksum differs or the compressed data ends early.
    pub fn finish(&mut self) -> Result<()> {
        if !matches!(self.bytes, Bytes::Inflated(_)) {
            return Ok(());
        }
        let mut tail = 0;
        while tail < LONGEST_TAIL {
            let there = match self.reader().fill_buf() {
                Ok([]) => break,
                Ok(bytes) => bytes.len(),
                Err(cause) => return Err(self.short(&cause)),
            };
            self.reader().consume(there);
            self.position += there as u64;
            tail += there as u64;
        }
        Ok(())
    }
}
