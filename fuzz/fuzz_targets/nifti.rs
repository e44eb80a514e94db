//! Bytes as a NIFTI image and as a label image.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use vbx::image::read::nifti::{parse_labels, parse_volume};

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_volume(Path::new("fuzz"), bytes);
    let _ = parse_labels(Path::new("fuzz"), bytes);
});
