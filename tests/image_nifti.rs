//! NIfTI reading: against the header's definition, against the IBSI phantoms' published figures, and against bad input.

mod common;
mod image_fixture;

use std::path::Path;

use common::reference;
use image_fixture::{Nifti, gzip};
use vbx::image::read::nifti::{
    parse_labels, parse_volume, read_grid, read_labels, read_region, read_volume, read_volume_at, read_volumes,
};
use vbx::image::{BoundingBox, Label};

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6, "{a} is not {b}");
}

fn parse(file: &Nifti) -> vbx::image::Volume {
    parse_volume(Path::new("x.nii"), &file.encode()).unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    parse_volume(Path::new("some/case.nii.gz"), bytes).unwrap_err().to_string()
}

#[test]
fn both_versions_and_byte_orders_hold_the_same_image() {
    let stored: Vec<i16> = (-12..12).collect();
    for version in [1, 2] {
        for big_endian in [false, true] {
            let mut file = Nifti::bytes_of(&[4, 3, 2], &[]);
            file.voxels = stored.iter().flat_map(|n| if big_endian { n.to_be_bytes() } else { n.to_le_bytes() }).collect();
            (file.version, file.big_endian, file.datatype) = (version, big_endian, 4);
            (file.slope, file.intercept) = (0.5, -3.0);
            file.pixdim = [1.0, 0.5, 0.75, 2.0];
            let expected: Vec<f64> = stored.iter().map(|n| 0.5 * f64::from(*n) - 3.0).collect();
            for bytes in [file.encode(), gzip(&file.encode())] {
                let image = parse_volume(Path::new("x"), &bytes).unwrap();
                assert_eq!(image.values, expected, "version {version}, big endian {big_endian}");
                assert_eq!((image.grid.size, image.grid.spacing), ([4, 3, 2], [0.5, 0.75, 2.0]));
            }
        }
    }
}

#[test]
fn space_is_taken_from_the_transform_that_itk_takes() {
    let (sine, cosine) = 0.3f64.sin_cos();
    let turned = [[0.5 * cosine, -0.75 * sine, 0.0, 10.0], [0.5 * sine, 0.75 * cosine, 0.0, 20.0], [0.0, 0.0, 2.0, 30.0]];
    let mut file = Nifti::bytes_of(&[4, 3, 2], &[0; 24]);
    file.pixdim = [1.0, 0.5, 0.75, 2.0];
    // Neither transform: axes along LPS.
    assert_eq!(parse(&file).grid, vbx::image::Grid::plain([4, 3, 2], [0.5, 0.75, 2.0]));
    // The sform, and LPS is RAS with x and y turned.
    file.sform = Some((2, turned));
    let from_sform = parse(&file).grid;
    let point = from_sform.point([3.0, 2.0, 1.0]);
    for (axis, sign) in [(0, -1.0), (1, -1.0), (2, 1.0)] {
        near(point[axis], sign * (3.0 * turned[axis][0] + 2.0 * turned[axis][1] + turned[axis][2] + turned[axis][3]));
    }
    // The same rotation about z as a quaternion.
    file.sform = None;
    file.qform = Some((1, [0.0, 0.0, 0.15f64.sin()], [10.0, 20.0, 30.0]));
    let from_qform = parse(&file).grid;
    assert!(from_qform.agrees_with(&from_sform) && from_sform.agrees_with(&from_qform));
    // A qform of other place: it counts unless the sform says scanner coordinates.
    file.qform = Some((1, [0.0; 3], [1.0, 2.0, 3.0]));
    file.sform = Some((2, turned));
    assert_eq!(parse(&file).grid.origin, [-1.0, -2.0, 3.0]);
    file.sform = Some((1, turned));
    assert_eq!(parse(&file).grid.origin, [-10.0, -20.0, 30.0]);
    // A negative handedness turns the third axis.
    file.sform = None;
    file.pixdim[0] = -1.0;
    near(parse(&file).grid.point([0.0, 0.0, 1.0])[2], 1.0);
    // A sheared sform alone is no grid.
    let mut sheared = turned;
    sheared[0][1] += 0.2;
    (file.sform, file.qform) = (Some((1, sheared)), None);
    assert!(refusal(&file.encode()).contains("right angles"));
}

#[test]
fn axes_that_run_backwards_stay_as_they_are_in_memory() {
    let mut file = Nifti::bytes_of(&[3, 1, 1], &[1, 2, 3]);
    file.sform = Some((1, [[-1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]));
    let image = parse(&file);
    assert_eq!(image.values, [1.0, 2.0, 3.0]);
    near(image.grid.point([2.0, 0.0, 0.0])[0], 2.0);
}

#[test]
fn images_of_two_and_four_dimensions() {
    let mut file = Nifti::bytes_of(&[3, 2], &[1, 2, 3, 4, 5, 6]);
    file.pixdim = [1.0, 0.1, 0.2, 0.0];
    let image = parse(&file);
    assert_eq!((image.grid.size, image.grid.spacing), ([3, 2, 1], [0.1f32.into(), 0.2f32.into(), 1.0]));

    let file = Nifti::bytes_of(&[2, 1, 1, 3], &[1, 2, 3, 4, 5, 6]);
    assert!(refusal(&file.encode()).contains("3 volumes"));
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.nii", file.encode()), ("b.nii.gz", gzip(&file.encode()))] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let all = read_volumes(&path).unwrap();
        assert_eq!(all.iter().map(|volume| volume.values.clone()).collect::<Vec<_>>(), [[1., 2.], [3., 4.], [5., 6.]]);
        assert_eq!(read_volume_at(&path, 1).unwrap(), all[1]);
        assert!(read_volume_at(&path, 3).unwrap_err().to_string().contains("3 volumes"));
        assert_eq!(read_grid(&path).unwrap(), (all[0].grid.clone(), 3));
    }
}

#[test]
fn a_header_and_its_voxels_may_lie_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Nifti::bytes_of(&[2, 2, 1], &[5, 6, 7, 8]).encode();
    bytes[344..348].copy_from_slice(b"ni1\0");
    bytes[108..112].copy_from_slice(&0f32.to_le_bytes());
    let path = folder.path().join("pair.hdr");
    std::fs::write(&path, &bytes[..348]).unwrap();
    assert!(read_volume(&path).unwrap_err().to_string().contains(".img"));
    std::fs::write(folder.path().join("pair.img"), &bytes[352..]).unwrap();
    assert_eq!(read_volume(&path).unwrap().values, [5.0, 6.0, 7.0, 8.0]);
}

#[test]
fn a_region_is_the_part_of_the_whole() {
    let voxels: Vec<u8> = (0..120).collect();
    let mut file = Nifti::bytes_of(&[6, 5, 4], &voxels);
    file.sform = Some((1, [[0.0, -2.0, 0.0, 7.0], [3.0, 0.0, 0.0, 8.0], [0.0, 0.0, 4.0, 9.0]]));
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.nii", file.encode()), ("b.nii.gz", gzip(&file.encode()))] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let whole = read_volume(&path).unwrap();
        for bounds in [
            BoundingBox { start: [1, 2, 1], end: [4, 4, 3] },
            BoundingBox { start: [0, 1, 2], end: [6, 3, 4] },
            BoundingBox { start: [5, 4, 3], end: [6, 5, 4] },
            whole.grid.whole(),
        ] {
            assert_eq!(read_region(&path, &bounds).unwrap(), whole.part(&bounds));
        }
        let beyond = BoundingBox { start: [0, 0, 0], end: [7, 1, 1] };
        assert!(read_region(&path, &beyond).is_err());
    }
}

#[test]
fn false_claims_and_damage_are_refused_with_a_reason() {
    let mut file = Nifti::bytes_of(&[2, 2, 2], &[1; 8]);
    let whole = file.encode();
    assert!(refusal(&whole[..whole.len() - 1]).contains("some/case.nii.gz"));
    let packed = gzip(&whole);
    for kept in [packed.len() - 9, packed.len() / 2, 19] {
        refusal(&packed[..kept]);
    }
    let mut damaged = packed.clone();
    let checksum = packed.len() - 6;
    damaged[checksum] ^= 1;
    assert!(refusal(&damaged).contains("damaged"), "the checksum counts");
    file.dim = vec![32767, 32767, 32767];
    assert!(refusal(&file.encode()).contains("announces"));
    assert!(refusal(&gzip(&file.encode())).contains("cannot inflate"));
    (file.version, file.dim) = (2, vec![65535, 65535, 65535]);
    assert!(refusal(&gzip(&file.encode())).contains("28146209200537"));
    file.dim = vec![i64::MAX, i64::MAX, 2];
    assert!(refusal(&file.encode()).contains("claims"));
    file.dim = vec![2, 2, 2, i64::MAX];
    assert!(parse_labels(Path::new("x"), &file.encode()).is_err());
    for dim in [vec![], vec![0, 2, 2], vec![-1, 2, 2], vec![1; 8]] {
        (file.version, file.dim) = (2, dim);
        refusal(&file.encode());
    }
    (file.version, file.dim, file.pixdim) = (1, vec![2, 2, 2], [1.0, 0.0, 1.0, 1.0]);
    assert!(refusal(&file.encode()).contains("spacing"));
    file.pixdim = [1.0, 1.0, -1.0, 1.0];
    assert!(refusal(&file.encode()).contains("spacing"));
    file.pixdim = [1.0; 4];
    file.datatype = 32;
    assert!(refusal(&file.encode()).contains("complex"));
    refusal(b"");
    refusal(b"PK\x03\x04 something else that is long enough for a header, or not");
}

#[test]
fn a_mask_is_labels() {
    let file = Nifti::bytes_of(&[4, 2, 2], &[0, 0, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let labels = parse_labels(Path::new("m.nii"), &file.encode()).unwrap();
    assert_eq!(labels.describe(), "the labels 1 (3 voxels), 2 (1 voxels)");
    assert_eq!(labels.mask(Label::Value(2)).unwrap().count(), 1);
    assert_eq!(labels.bounding_box(Label::Value(1)), Some(BoundingBox { start: [2, 0, 0], end: [4, 2, 2] }));
    // A map of probabilities is no mask.
    let mut map = Nifti::bytes_of(&[1, 1, 1], &0.5f32.to_le_bytes());
    map.datatype = 16;
    assert!(parse_labels(Path::new("m.nii"), &map.encode()).unwrap_err().to_string().contains("0.5"));
}

#[test]
fn voxels_that_are_no_number_are_counted() {
    let mut file = Nifti::bytes_of(&[3, 1, 1], &[]);
    file.datatype = 16;
    file.voxels = [1.0, f32::NAN, f32::INFINITY].iter().flat_map(|n| n.to_le_bytes()).collect();
    assert_eq!(parse(&file).non_finite(), 2);
}

/// The published figures of the CT phantom (IBSI configuration A, before anything is done to it).
#[test]
fn the_ct_phantom_is_what_ibsi_published() {
    let Some(folder) = reference("ibsi1") else { return };
    let table = std::fs::read_to_string(folder.join("ibsi1_reference_A.csv")).unwrap();
    let published = |name: &str| -> f64 {
        let line = table.lines().find(|line| line.split(',').nth(2) == Some(name)).unwrap();
        line.split(',').nth(5).unwrap().parse().unwrap()
    };
    let image = read_volume(&folder.join("ct_phantom/image.nii.gz")).unwrap();
    let labels = read_labels(&folder.join("ct_phantom/mask.nii.gz")).unwrap();
    assert!(labels.grid.agrees_with(&image.grid));
    for (axis, name) in ["x", "y", "z"].iter().enumerate() {
        assert_eq!(image.grid.size[axis] as f64, published(&format!("img_dim_{name}_init_img")));
        near(image.grid.spacing[axis], published(&format!("vox_dim_{name}_init_img")));
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let extremes = |values: &[f64]| values.iter().fold((f64::MAX, f64::MIN), |(a, b), n| (a.min(*n), b.max(*n)));
    assert_eq!(mean(&image.values).round(), published("mean_int_init_img"));
    assert_eq!(extremes(&image.values), (published("min_int_init_img"), published("max_int_init_img")));

    let region = labels.cropped(Label::Value(1), 0).unwrap();
    assert_eq!(region.mask.count() as f64, published("int_mask_vox_count_init_roi"));
    for (axis, name) in ["x", "y", "z"].iter().enumerate() {
        assert_eq!(region.mask.grid.size[axis] as f64, published(&format!("int_mask_bb_dim_{name}_init_roi")));
    }
    let part = read_region(&folder.join("ct_phantom/image.nii.gz"), &region.bounds).unwrap();
    assert_eq!(part, image.part(&region.bounds));
    let inside: Vec<f64> = part.values.iter().zip(&region.mask.inside).filter(|(_, inside)| **inside).map(|(v, _)| *v).collect();
    assert_eq!(((mean(&inside)) * 10.0).round() / 10.0, published("int_mask_mean_int_init_roi"));
    assert_eq!(extremes(&inside), (published("int_mask_min_int_init_roi"), published("int_mask_max_int_init_roi")));
}

/// PE1 = ⌊100 (S1 − S0) / S0⌋ of the published map ties three volumes of a 4-D file together.
#[test]
fn a_published_enhancement_map_follows_from_the_four_dimensional_file() {
    let Some(folder) = reference("breast_dce") else { return };
    let series = read_volumes(&folder.join("UCSF-BR-06_dce4d.nii.gz")).unwrap();
    let map = read_volume(&folder.join("UCSF-BR-06_pe1_reference.nii.gz")).unwrap();
    assert_eq!(series.len(), 3);
    assert!(series.iter().all(|volume| volume.grid.agrees_with(&map.grid)));
    let (mut compared, mut equal) = (0, 0);
    for (at, published) in map.values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        let (before, early) = (series[0].values[at], series[1].values[at]);
        compared += 1;
        equal += usize::from((100.0 * (early - before) / before).floor() == *published);
    }
    assert!(compared > 10_000 && equal == compared, "{equal} of {compared}");
}
