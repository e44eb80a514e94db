//! Damaged files of every format: seeded truncations and changed bytes never end in a panic, nor take memory that a small file cannot ask
//! for. The fuzz targets in `fuzz/` go on where these seconds end.

mod image_fixture;

use std::path::Path;

use image_fixture::{Nifti, dicom, gzip, nrrd};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::image::read::{dicom as read_dicom, nifti, nrrd as read_nrrd, raster};
use vbx::image::{Grid, Label};

const ROUNDS: usize = 10_000;

/// One file with `1..=4` faults: cut off, a byte changed, a number set to an extreme, a piece repeated.
fn damaged(whole: &[u8], random: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.gen_range(1..=4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.gen_range(0..bytes.len());
        match random.gen_range(0..5) {
            0 => bytes.truncate(at),
            1 | 2 => bytes[at] = random.r#gen(),
            3 => {
                let extreme = [0u32, 1, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x8000_0000][random.gen_range(0..7)];
                let width = [1, 2, 4][random.gen_range(0..3)];
                let value = if random.r#gen() { extreme.to_le_bytes() } else { extreme.to_be_bytes() };
                for (slot, byte) in bytes[at..].iter_mut().zip(&value[..width]) {
                    *slot = *byte;
                }
            }
            _ => {
                let end = (at + random.gen_range(1..40)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

/// The most memory this process has had, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn survives(name: &str, whole: &[u8], read: impl Fn(&[u8]) -> bool) {
    assert!(read(whole), "{name}: the file as it is must be read");
    let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
    let before = peak_memory();
    let mut refused = 0;
    for round in 0..ROUNDS {
        let bytes = damaged(whole, &mut random);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(&bytes)));
        match outcome {
            Ok(true) => {}
            Ok(false) => refused += 1,
            Err(_) => panic!("{name}: round {round} panics on {bytes:02x?}"),
        }
    }
    assert!(refused > ROUNDS / 20, "{name}: only {refused} refused; is the damage real?");
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        // Decoders of pictures may take tables of some megabytes whatever the file says.
        assert!(after - before < 96 << 20, "{name}: {} MiB more for files of {} bytes", (after - before) >> 20, whole.len());
    }
}

#[test]
fn damaged_files_are_refused_and_nothing_else() {
    let name = Path::new("damaged");
    let mut file = Nifti::bytes_of(&[5, 4, 3], &(0..60).collect::<Vec<u8>>());
    survives("nifti", &file.encode(), |bytes| nifti::parse_volume(name, bytes).is_ok());
    survives("nifti.gz", &gzip(&file.encode()), |bytes| nifti::parse_volume(name, bytes).is_ok());
    file.version = 2;
    survives("nifti-2 labels", &file.encode(), |bytes| nifti::parse_labels(name, bytes).is_ok());

    let space = "space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\n";
    let voxels: Vec<u8> = (0..24).collect();
    let raw = nrrd("short", "3 2 2", &format!("{space}encoding: raw\nendian: little\n"), &voxels);
    survives("nrrd", &raw, |bytes| read_nrrd::parse_volume(name, bytes).is_ok());
    let packed = nrrd("short", "3 2 2", &format!("{space}encoding: gzip\nendian: big\n"), &gzip(&voxels));
    survives("nrrd gzip", &packed, |bytes| read_nrrd::parse_labels(name, bytes).is_ok());
    let words = nrrd("float", "2 2", "encoding: ascii\n", b"1 2 3.5 4e1");
    survives("nrrd text", &words, |bytes| read_nrrd::parse_volume(name, bytes).is_ok());

    let picture = image::DynamicImage::ImageRgb8(image::RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8, y as u8, 99])));
    for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Tiff, image::ImageFormat::Bmp] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        survives(&format!("{format:?}"), &bytes.into_inner(), |bytes| raster::parse_volume(name, bytes, [1.0; 2]).is_ok());
    }

    let slice = dicom::file([dicom::image(4, 3, &[7; 12]), dicom::place(1.0)].concat());
    survives("dicom", &slice, |bytes| read_dicom::parse_series(name, bytes).is_ok());
    let grid = Grid { origin: [1.0, 2.0, 3.0], ..Grid::plain([4, 2, 2], [0.25, 0.5, 2.0]) };
    survives("dicom seg", &dicom::segmentation(), |bytes| read_dicom::parse_mask(name, bytes, Label::AnyNonzero, &grid).is_ok());
    let square = [[1.0, 2.0, 3.0], [1.7, 2.0, 3.0], [1.7, 2.5, 3.0], [1.0, 2.5, 3.0]];
    survives("rtstruct", &dicom::structure_set(&[&square]), |bytes| {
        read_dicom::parse_mask(name, bytes, Label::AnyNonzero, &grid).is_ok()
    });
}
