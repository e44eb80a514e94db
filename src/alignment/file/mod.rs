//! Files of transforms that ITK, SimpleITK, ANTs and 3D Slicer write and read.
//!
//! | question | file |
//! |---|---|
//! | which class is it, and which map are its numbers? | `itk` |
//! | text: `.tfm`, `.txt` | `text` |
//! | binary: `.mat` of MATLAB version 4, as ANTs' `*0GenericAffine.mat` | `matlab` |
//!
//! The rule that holds here: a file carries points of the fixed image to the moving one (LPS, mm), as in ITK; it is not trusted, so nothing
//! is read beyond what a linear transform can need; whatever is not exactly understood is refused with the file and the fault.

mod itk;
mod matlab;
mod text;

use std::io::Read;
use std::path::Path;

use super::rigid::RigidTransform;
use crate::error::{Error, InputError, Result};
use crate::image::AffineTransform;
use itk::Block;

/// No linear transform, nor a chain of some, takes more bytes.
const MOST_BYTES: usize = 1 << 20;

/// The transform of a file.
///
/// # Errors
/// When the file cannot be read or is larger than any linear transform's, is damaged, or holds what is no linear transform in three
/// dimensions (B-splines, displacement fields).
pub fn read_transform(path: &Path) -> Result<AffineTransform> {
    let fault = |cause| Error::io(path, cause);
    let file = std::fs::File::open(path).map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(fault)?;
    parse_transform(path, &bytes)
}

/// The transform from the bytes of its file; `path` is its name in messages.
///
/// # Errors
/// As [`read_transform`].
pub fn parse_transform(path: &Path, bytes: &[u8]) -> Result<AffineTransform> {
    let fault = |found: String, expected: &str| Error::from(InputError::new(path, found, expected));
    if bytes.starts_with(b"\x89HDF") {
        return Err(fault(
            "an HDF5 file".into(),
            "an ITK text transform (.tfm, .txt) or MATLAB version 4 (.mat): write it again as .tfm",
        ));
    }
    if bytes.starts_with(b"MATLAB 5") || bytes.starts_with(b"MATLAB 7") {
        return Err(fault("a MATLAB file of version 5 or later".into(), "version 4, which ITK and ANTs write"));
    }
    let is_text = bytes.first().is_some_and(|first| *first >= b'\t' && first.is_ascii());
    let blocks = if is_text { text::parse(path, bytes)? } else { matlab::parse(path, bytes)? };
    itk::compose(&blocks).map_err(|(found, expected)| fault(found, expected))
}

/// What a file can hold of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stored {
    /// Written as `Euler3DTransform`.
    Rigid(RigidTransform),
    /// Written as `AffineTransform`.
    Affine(AffineTransform),
}

/// Writes a transform that ITK, SimpleITK, ANTs and 3D Slicer read: MATLAB version 4 where the file is named `.mat`, else text.
///
/// # Errors
/// When the file cannot be written.
pub fn write_transform(path: &Path, transform: &Stored) -> Result<()> {
    let block = match transform {
        Stored::Rigid(rigid) => Block::of_rigid(rigid),
        Stored::Affine(affine) => Block::of_affine(affine),
    };
    let binary = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mat"));
    let bytes = if binary { matlab::format(&block) } else { text::format(&block).into_bytes() };
    std::fs::write(path, bytes).map_err(|cause| Error::io(path, cause))
}
