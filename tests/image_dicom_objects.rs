//! DICOM objects built to a known truth: regions, contours, stored numbers, and what must be refused.

mod common;
mod image_fixture;

use std::path::Path;

use common::reference;
use image_fixture::dicom::{element, file, image, place, segmentation, sequence, short, structure_set, text, with};
use vbx::image::read::dicom::{RegionData, parse_mask, parse_series, read_mask, region_of};
use vbx::image::read::nifti;
use vbx::image::{BoundingBox, Grid, Label, Mask};

fn values(bytes: &[u8]) -> Vec<f64> {
    let series = parse_series(Path::new("x.dcm"), bytes).unwrap();
    assert_eq!(series.volumes.len(), 1);
    series.volumes[0].values.clone()
}

fn refusal(bytes: &[u8]) -> String {
    parse_series(Path::new("x.dcm"), bytes).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_real_segmentation_is_the_mask_of_the_same_case() {
    let Some(folder) = reference("breast_dce") else { return };
    let labels = nifti::read_labels(&folder.join("UCSF-BR-06_voi_mask.nii.gz")).unwrap();
    let expected = labels.mask(Label::AnyNonzero).unwrap();
    let seg = folder.join("dicom/seg/1-1.dcm");
    for label in [Label::Value(1), Label::AnyNonzero] {
        assert!(read_mask(&seg, label, &labels.grid).unwrap() == expected);
    }
    let message = read_mask(&seg, Label::Value(2), &labels.grid).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("1 `Breast`"), "{message}");
    let mut shifted = labels.grid.clone();
    shifted.origin[0] += 0.3;
    let message = read_mask(&seg, Label::Value(1), &shifted).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("grid of the image"), "{message}");
}

#[test]
fn binary_segments_are_told_apart() {
    let grid = Grid { origin: [1.0, 2.0, 3.0], ..Grid::plain([4, 2, 2], [0.25, 0.5, 2.0]) };
    let set = |label| {
        let mask = parse_mask(Path::new("s"), &segmentation(), label, &grid).unwrap();
        mask.inside.iter().enumerate().filter(|(_, inside)| **inside).map(|(at, _)| at).collect::<Vec<_>>()
    };
    // Lowest bit first: byte 1000_0001 sets the first and the eighth pixel of the first frame.
    assert_eq!(set(Label::Value(1)), [0, 7]);
    assert_eq!(set(Label::Value(2)), [9, 10]);
    assert_eq!(set(Label::AnyNonzero), [0, 7, 9, 10]);
}

#[test]
fn contours_are_filled_by_the_even_odd_rule_at_voxel_centres() {
    let grid = Grid { origin: [-5.0, 0.0, 10.0], ..Grid::plain([12, 10, 3], [0.5, 1.0, 2.0]) };
    let square = |low: f64, high: f64, z: f64| {
        // Patient coordinates of a square in voxel indices.
        [[low, low], [high, low], [high, high], [low, high]].map(|[i, j]| [-5.0 + 0.5 * i, j, z])
    };
    let (outer, hole) = (square(0.5, 8.5, 12.0), square(2.5, 5.5, 12.0));
    let bytes = structure_set(&[&outer, &hole]);
    let mask = parse_mask(Path::new("r"), &bytes, Label::Value(4), &grid).unwrap();
    for k in 0..3 {
        for j in 0..10 {
            for i in 0..12 {
                let within = |low: usize, high: usize| (low..=high).contains(&i) && (low..=high).contains(&j);
                assert_eq!(mask.inside[grid.at([i, j, k])], k == 1 && within(1, 8) && !within(3, 5), "{i} {j} {k}");
            }
        }
    }
    assert!(parse_mask(Path::new("r"), &bytes, Label::Value(1), &grid).unwrap_err().to_string().contains("4 `GTV`"));
    let beyond = structure_set(&[&square(0.5, 8.5, 20.0)]);
    assert!(parse_mask(Path::new("r"), &beyond, Label::Value(4), &grid).unwrap_err().to_string().contains("slice"));
    // A circle's area is that of its voxels, to a voxel's rim.
    let circle: Vec<[f64; 3]> =
        (0..360).map(|n| (f64::from(n)).to_radians().sin_cos()).map(|(s, c)| [40.0 * c, 40.0 * s, 0.0]).collect();
    let fine = Grid { origin: [-50.0, -50.0, 0.0], ..Grid::plain([101, 101, 1], [1.0; 3]) };
    let mask = parse_mask(Path::new("r"), &structure_set(&[&circle]), Label::AnyNonzero, &fine).unwrap();
    let area = std::f64::consts::PI * 1600.0;
    assert!((mask.count() as f64 - area).abs() < 0.01 * area, "{} voxels, {area} mm²", mask.count());
}

#[test]
fn stored_numbers_become_intensities() {
    let two = image(2, 1, &[10, 250]);
    assert_eq!(values(&file(two.clone())), [10.0, 250.0]);
    let scale = vec![text(0x0028_1052, "DS", "-1024"), text(0x0028_1053, "DS", "2.5")];
    assert_eq!(values(&file(with(two.clone(), scale))), [-999.0, -399.0]);
    let bright_is_low = vec![text(0x0028_0004, "CS", "MONOCHROME1")];
    assert_eq!(values(&file(with(two.clone(), bright_is_low))), [245.0, 5.0]);
    // Twelve signed bits; the four bits above them hold an overlay.
    let signed = vec![short(0x0028_0100, 16), short(0x0028_0101, 12), short(0x0028_0102, 11), short(0x0028_0103, 1)];
    let pixels = element(0x7FE0_0010, "OW", &[0xFF, 0x1F, 0x01, 0xF8]);
    assert_eq!(values(&file(with(two.clone(), [signed, vec![pixels]].concat()))), [-1.0, -2047.0]);
    let colour = |photometric: &str, planar: u16, pixels: &[u8]| {
        let more = vec![
            text(0x0028_0004, "CS", photometric),
            short(0x0028_0002, 3),
            short(0x0028_0006, planar),
            element(0x7FE0_0010, "OB", pixels),
        ];
        values(&file(with(two.clone(), more)))
    };
    assert_eq!(colour("RGB", 0, &[7, 7, 7, 255, 0, 0]), [7.0, 0.299 * 255.0]);
    assert_eq!(colour("RGB", 1, &[7, 255, 7, 0, 7, 0]), [7.0, 0.299 * 255.0]);
    assert_eq!(colour("YBR_FULL", 0, &[90, 128, 128, 76, 85, 255]), [90.0, 76.0]);
    let table = |tag: u32, entries: [u16; 2]| element(tag, "OW", &entries.map(u16::to_le_bytes).concat());
    let palette = vec![
        text(0x0028_0004, "CS", "PALETTE COLOR"),
        element(0x0028_1101, "US", &[2u16, 10, 16].map(u16::to_le_bytes).concat()),
        table(0x0028_1201, [5, 600]),
        table(0x0028_1202, [5, 600]),
        table(0x0028_1203, [5, 600]),
    ];
    assert_eq!(values(&file(with(two, palette))), [5.0, 600.0]);
}

#[test]
fn a_multi_frame_object_is_put_in_order_and_split_by_time() {
    let frame = |z: f64, time: u32| {
        [
            sequence(0x0020_9111, &[element(0x0020_9128, "UL", &time.to_le_bytes())]),
            sequence(0x0020_9113, &[text(0x0020_0032, "DS", &format!("1\\2\\{z}"))]),
        ]
        .concat()
    };
    let shared = [
        sequence(0x0020_9116, &[text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")]),
        sequence(0x0028_9110, &[text(0x0028_0030, "DS", "0.5\\0.25")]),
        sequence(0x0028_9145, &[[text(0x0028_1052, "DS", "1"), text(0x0028_1053, "DS", "2")].concat()]),
    ]
    .concat();
    let frames = [frame(6.0, 2), frame(3.0, 1), frame(3.0, 2), frame(6.0, 1)];
    let bytes = file(with(
        image(2, 1, &[1, 2, 3, 4, 5, 6, 7, 8]),
        vec![text(0x0028_0008, "IS", "4"), sequence(0x5200_9229, &[shared]), sequence(0x5200_9230, &frames)],
    ));
    let series = parse_series(Path::new("x"), &bytes).unwrap();
    let stored: Vec<Vec<f64>> =
        series.volumes.iter().map(|volume| volume.values.iter().map(|n| (n - 1.0) / 2.0).collect()).collect();
    assert_eq!(stored, [[3.0, 4.0, 7.0, 8.0], [5.0, 6.0, 1.0, 2.0]]);
    let expected = Grid { origin: [1.0, 2.0, 3.0], ..Grid::plain([2, 1, 2], [0.25, 0.5, 3.0]) };
    assert!(series.volumes.iter().all(|volume| volume.grid == expected));
}

#[test]
fn the_ultrasound_region_that_holds_the_mask_gives_the_pixel_size() {
    let region = |corners: [u32; 4], units: u16, millimetres: f64| {
        let [x0, y0, x1, y1] = corners.map(|n| n.to_le_bytes());
        let delta = (millimetres / 10.0).to_le_bytes();
        [
            short(0x0018_6012, 1),
            short(0x0018_6014, 1),
            element(0x0018_6018, "UL", &x0),
            element(0x0018_601A, "UL", &y0),
            element(0x0018_601C, "UL", &x1),
            element(0x0018_601E, "UL", &y1),
            short(0x0018_6024, units),
            short(0x0018_6026, units),
            element(0x0018_602C, "FD", &delta),
            element(0x0018_602E, "FD", &delta),
        ]
        .concat()
    };
    let regions = [region([0, 0, 4, 9], 3, 0.2), region([5, 0, 9, 9], 3, 0.1), region([0, 0, 9, 9], 4, 7.0)];
    let bytes = file(with(image(10, 10, &[0; 100]), vec![text(0x0008_0060, "CS", "US"), sequence(0x0018_6011, &regions)]));
    let series = parse_series(Path::new("x"), &bytes).unwrap();
    assert_eq!((series.regions.len(), series.spacing_known), (3, false));
    let grid = series.volumes[0].grid.clone();
    let at = |voxels: &[[usize; 3]]| {
        let mut mask = Mask::new(grid.clone(), vec![false; 100]);
        voxels.iter().for_each(|voxel| mask.inside[grid.at(*voxel)] = true);
        region_of(&series.regions, &mask).map(|region| (region.spacing, region.data, region.bounds))
    };
    let left = BoundingBox { start: [0, 0, 0], end: [5, 10, 1] };
    assert_eq!(at(&[[0, 0, 0], [4, 9, 0]]), Some((Some([0.2, 0.2]), RegionData::Tissue, left)));
    assert_eq!(at(&[[5, 0, 0]]).and_then(|found| found.0), Some([0.1, 0.1]));
    assert_eq!(at(&[[4, 0, 0], [5, 0, 0]]), None, "a mask over two regions has no one pixel size");
    assert_eq!(at(&[]), None);
}

#[test]
fn false_claims_and_damage_are_refused_with_a_reason() {
    let whole = file([image(2, 1, &[1, 2]), place(0.0)].concat());
    assert_eq!(parse_series(Path::new("x"), &whole).unwrap().volumes[0].grid.spacing, [0.25, 0.5, 1.0]);
    for length in [0, 100, 132, 140, 200, whole.len() - 1, whole.len() - 20] {
        refusal(&whole[..length]);
    }
    let claim = file(with(image(2, 1, &[1, 2]), vec![short(0x0028_0010, 65_535), short(0x0028_0011, 65_535)]));
    assert!(refusal(&claim).contains("65535"));
    let frames = file(with(image(2, 1, &[1, 2]), vec![text(0x0028_0008, "IS", "2000000000")]));
    refusal(&frames);
    // An element of four gigabytes in a file of a few hundred bytes.
    let mut lie = whole.clone();
    let at = lie.len() - 6;
    lie[at..at + 4].copy_from_slice(&0xFFFF_FFF0u32.to_le_bytes());
    assert!(refusal(&lie).contains("are left"));
    let table = vec![sequence(0x0028_3000, &[short(0x0028_0010, 1)])];
    assert!(refusal(&file(with(image(2, 1, &[1, 2]), table))).contains("look-up table"));
    let spacing = vec![text(0x0028_0030, "DS", "0\\0")];
    assert!(refusal(&file(with([image(2, 1, &[1, 2]), place(0.0)].concat(), spacing))).contains("spacing"));
    let deep = (0..200).fold(Vec::new(), |inner, _| sequence(0x0008_1140, &[inner]));
    assert!(refusal(&file(with(image(2, 1, &[1, 2]), vec![deep]))).contains("deep"));
}
