//! Bytes as a DICOM SEG or RTSTRUCT on a small grid.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use vbx::image::read::dicom::parse_mask;
use vbx::image::{Grid, Label};

fuzz_target!(|bytes: &[u8]| {
    let grid = Grid { origin: [1.0, 2.0, 3.0], ..Grid::plain([8, 8, 4], [0.25, 0.5, 2.0]) };
    let _ = parse_mask(Path::new("fuzz"), bytes, Label::AnyNonzero, &grid);
});
