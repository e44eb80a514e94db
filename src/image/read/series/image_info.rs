//! What is known of one image of a series before its voxels are read.

use std::path::PathBuf;

use crate::error::{InputError, Result};
use crate::image::grid::Grid;
use crate::image::protocol::Scan;
use crate::image::series::FrameTime;

/// One image of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageInfo {
    /// Its file (of a DICOM image: that of its first slice).
    pub source: PathBuf,
    /// What tells it from the others, for messages.
    pub words: String,
    /// When it was taken, as stated.
    pub time: FrameTime,
    /// Its b-value, s/mm², where one is stated.
    pub b: Option<f64>,
    /// Its gradient direction, where one is stated.
    pub direction: Option<[f64; 3]>,
    /// How it was acquired.
    pub scan: Scan,
}

/// Refuses two images of a series on different grids, and shows both.
///
/// # Errors
/// [`InputError`] about the second.
pub fn one_grid(first: (&ImageInfo, &Grid), other: (&ImageInfo, &Grid)) -> Result<()> {
    if first.1.agrees_with(other.1) {
        return Ok(());
    }
    let found = format!("an image ({}) of {}", other.0.words, other.1);
    let source = first.0.source.display();
    let expected = format!("the grid of {source} ({}): {}; resample one onto the other", first.0.words, first.1);
    Err(InputError::new(&other.0.source, found, expected).into())
}
