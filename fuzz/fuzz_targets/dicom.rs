//! Bytes as a DICOM image.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use vbx::image::read::dicom::parse_series;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_series(Path::new("fuzz"), bytes);
});
