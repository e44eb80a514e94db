//! Bytes as a DICOM SEG or RTSTRUCT on a small grid.
#![no_main]

#[path = "../readers.rs"]
#[allow(dead_code)]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    readers::dicom_region(bytes);
});
