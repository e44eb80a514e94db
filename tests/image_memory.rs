//! No file, true or damaged, takes more than twice the memory of what it truly holds.
//!
//! True size: the bytes of the whole file and its voxels as 64-bit numbers. Each file is read in a process of its own, whose highest resident
//! memory the system tells; what such a process takes to read a picture of one pixel is left out.

mod image_fixture;

use std::path::Path;

use image::{DynamicImage, ImageFormat};
use image_fixture::{Nifti, dicom, gzip, nrrd, process};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::image::read::{dicom as read_dicom, nifti, nrrd as read_nrrd, raster};

/// Names the file that the process of one's own reads, and with what.
const FILE: &str = "VBX_TEST_MEMORY_OF";
/// Buffers of a fixed size (inflated bytes, compressed bytes, a window of 32 KiB), tables of decoders, and memory that comes by the page.
const FIXED: u64 = 1 << 20;

fn read(kind: &str, path: &Path) -> bool {
    match kind {
        "nifti" => nifti::read_volume(path).is_ok(),
        "nifti-labels" => nifti::read_labels(path).is_ok(),
        "nrrd" => read_nrrd::read_volume(path).is_ok(),
        "nrrd-labels" => read_nrrd::read_labels(path).is_ok(),
        "picture" => raster::read_volume(path, [1.0; 2]).is_ok(),
        "picture-labels" => raster::read_labels(path, [1.0; 2]).is_ok(),
        "dicom" => read_dicom::read_series(path, &read_dicom::SeriesChoice::Only).is_ok(),
        other => panic!("no reader {other}"),
    }
}

/// Not a test by itself: what the process of a file's own does.
#[test]
fn the_process_of_one_file() {
    let named = process::asked_for(FILE);
    if let Some((kind, path)) = named.as_deref().and_then(|named| named.split_once('|')) {
        process::answer(read(kind, Path::new(path)));
    }
}

/// Whether a file is read, and the memory that its process had; `None` where the system does not tell.
fn measured(kind: &str, path: &Path) -> Option<(bool, u64)> {
    process::measured("the_process_of_one_file", FILE, &format!("{kind}|{}", path.display()))
}

struct Case {
    name: &'static str,
    kind: &'static str,
    whole: Vec<u8>,
    voxels: u64,
    /// Where the numbers that tell sizes lie.
    header: std::ops::Range<usize>,
}

const SIDE: usize = 96;
const FLAT: u32 = 900;

fn cases() -> Vec<Case> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let mut noise = |count: usize| (0..count).map(|_| random.r#gen::<u8>()).collect::<Vec<u8>>();
    let count = SIDE * SIDE * SIDE;
    let dim = [SIDE as i64; 3];
    let voxels = count as u64;
    let noisy = noise(count);
    let smooth: Vec<u8> = (0..count).map(|at| (at / 500 % 7) as u8).collect();
    let volume = |voxels: &[u8]| Nifti::bytes_of(&dim, voxels).encode();
    let words = Nifti { datatype: 4, ..Nifti::bytes_of(&dim, &noise(2 * count)) }.encode();
    let mut bad_checksum = gzip(&volume(&noisy));
    let end = bad_checksum.len();
    bad_checksum[end - 4..].copy_from_slice(&[7; 4]);
    let sizes = format!("{SIDE} {SIDE} {SIDE}");
    let raw = nrrd("uchar", &sizes, "encoding: raw\n", &noisy);
    let packed = nrrd("uchar", &sizes, "encoding: gzip\n", &gzip(&noisy));
    let text: Vec<u8> = noisy.iter().flat_map(|value| format!("{value} ").into_bytes()).collect();
    let text = nrrd("uchar", &sizes, "encoding: ascii\n", &text);
    let slices = 40u16;
    let frames = noise(200 * 200 * usize::from(slices));
    let several = vec![dicom::text(0x0028_0008, "IS", &slices.to_string())];
    let multi = dicom::file(dicom::with(dicom::image(200, 200, &frames), several));
    let case = |name, kind, whole, voxels, header| Case { name, kind, whole, voxels, header };
    let mut cases = vec![
        case("NIfTI", "nifti", volume(&noisy), voxels, 40..112),
        case("NIfTI of 16 bits", "nifti", words, voxels, 40..112),
        case("NIfTI in gzip", "nifti", gzip(&volume(&noisy)), voxels, 10..400),
        case("smooth NIfTI in gzip", "nifti", gzip(&volume(&smooth)), voxels, 10..200),
        case("gzip of a false length", "nifti", bad_checksum, voxels, 10..400),
        case("labels", "nifti-labels", gzip(&volume(&smooth)), voxels, 10..200),
        case("an image taken for labels", "nifti-labels", gzip(&volume(&noisy)), voxels, 10..400),
        case("NRRD", "nrrd", raw, voxels, 20..75),
        case("NRRD in gzip", "nrrd", packed, voxels, 20..75),
        case("NRRD in words", "nrrd", text.clone(), voxels, 20..75),
        case("labels in words", "nrrd-labels", text, voxels, 20..75),
        case("DICOM of many frames", "dicom", multi, 200 * 200 * u64::from(slices), 300..420),
    ];
    let pixels = u64::from(FLAT) * u64::from(FLAT);
    let grey = DynamicImage::ImageLuma8(image::GrayImage::from_raw(FLAT, FLAT, noise((FLAT * FLAT) as usize)).unwrap());
    let colour = DynamicImage::ImageRgb8(image::RgbImage::from_fn(FLAT, FLAT, |x, y| {
        image::Rgb([(x / 3) as u8, (y / 5) as u8, ((x * y) >> 9) as u8])
    }));
    let formats = [
        ("grey PNG", &grey, ImageFormat::Png, 16..33),
        ("colour PNG", &colour, ImageFormat::Png, 16..33),
        ("grey JPEG", &grey, ImageFormat::Jpeg, 85..110),
        ("colour JPEG", &colour, ImageFormat::Jpeg, 150..190),
        ("grey TIFF", &grey, ImageFormat::Tiff, 0..8),
        ("grey BMP", &grey, ImageFormat::Bmp, 2..54),
    ];
    for (name, picture, format, header) in formats {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        cases.push(case(name, "picture", bytes.into_inner(), pixels, header));
    }
    let mut opaque = std::io::Cursor::new(Vec::new());
    colour.to_rgba8().write_to(&mut opaque, ImageFormat::Png).unwrap();
    cases.push(case("mask in colour", "picture-labels", opaque.into_inner(), pixels, 16..33));
    cases
}

/// A file with a fault: cut off, or with its sizes set to something else (the checksum of a PNG's header right again).
fn damaged(case: &Case, random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = case.whole.clone();
    match random.gen_range(0..4) {
        0 => bytes.truncate(random.gen_range(bytes.len() / 8..bytes.len())),
        // Decimal digits where they are digits, else any number.
        _ => {
            for _ in 0..random.gen_range(1..3) {
                let at = random.gen_range(case.header.clone()).min(bytes.len() - 1);
                bytes[at] = if bytes[at].is_ascii_digit() { b'0' + random.gen_range(0..10) } else { random.r#gen() };
            }
        }
    }
    if bytes.starts_with(b"\x89PNG") && bytes.len() > 33 {
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    }
    bytes
}

#[test]
fn no_file_takes_more_than_twice_its_true_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut dot = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(image::GrayImage::new(1, 1)).write_to(&mut dot, ImageFormat::Png).unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, dot.into_inner()).unwrap();
    let Some((true, nothing)) = measured("picture", &path) else { return };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let mut above = Vec::new();
    for case in cases() {
        let truth = case.whole.len() as u64 + 8 * case.voxels;
        let mut refused = 0;
        for round in 0..9 {
            let bytes = if round == 0 { case.whole.clone() } else { damaged(&case, &mut random) };
            std::fs::write(&path, &bytes).unwrap();
            let Some((done, peak)) = measured(case.kind, &path) else { return };
            assert!(done || round > 0 || case.name.contains("false"), "{}: the whole file must be read", case.name);
            refused += usize::from(!done);
            let taken = peak.saturating_sub(nothing);
            if taken > 2 * truth + FIXED {
                above.push(format!("{} round {round}: {} KiB of {} KiB", case.name, taken >> 10, truth >> 10));
            }
        }
        assert!(refused > 0, "{}: is the damage real?", case.name);
    }
    assert!(above.is_empty(), "more than twice the true size:\n{}", above.join("\n"));
}
