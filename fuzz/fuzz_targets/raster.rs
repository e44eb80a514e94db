//! Bytes as a flat image and as a mask.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use vbx::image::read::raster::{parse_labels, parse_volume};

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_volume(Path::new("fuzz"), bytes, [1.0; 2]);
    let _ = parse_labels(Path::new("fuzz"), bytes, [1.0; 2]);
});
