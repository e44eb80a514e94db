//! Image and mask together, whatever their formats: the front that a user meets.

mod common;
mod image_fixture;

use std::path::{Path, PathBuf};

use common::reference;
use image_fixture::{Nifti, gzip, nrrd};
use vbx::error::Error;
use vbx::image::Label;
use vbx::image::read::{Format, ImageOptions, format_of, read_case, read_image, read_mask};

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn formats_are_known_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let nifti = Nifti::bytes_of(&[2, 1, 1], &[1, 2]).encode();
    for (bytes, format) in [
        (nifti.clone(), Format::Nifti),
        (gzip(&nifti), Format::Nifti),
        (nrrd("uchar", "2 1 1", "encoding: raw\n", &[1, 2]), Format::Nrrd),
        (image_fixture::dicom::segmentation(), Format::Dicom),
        (image_fixture::png_header(1, 1), Format::Raster),
    ] {
        assert_eq!(format_of(&write(folder.path(), "misleading.txt", &bytes)).unwrap(), format);
    }
    let message = format_of(&write(folder.path(), "a.nii", b"hello")).unwrap_err().to_string();
    assert!(message.contains("no known image format"), "{message}");
    assert!(matches!(format_of(&folder.path().join("absent")).unwrap_err(), Error::Io { .. }));
}

#[test]
fn a_case_is_the_same_from_every_pair_of_formats() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| write(folder.path(), name, bytes);
    let voxels: Vec<u8> = (0..60).collect();
    let mut labels = vec![0u8; 60];
    (labels[26], labels[27], labels[31]) = (1, 1, 1);
    let space = "space: RAS\nspace directions: (-1,0,0) (0,-1,0) (0,0,1)\nencoding: raw\n";
    let images = [
        at("i.nii.gz", &gzip(&Nifti::bytes_of(&[5, 4, 3], &voxels).encode())),
        at("i.nii", &Nifti::bytes_of(&[5, 4, 3], &voxels).encode()),
        at("i.nrrd", &nrrd("uchar", "5 4 3", space, &voxels)),
    ];
    let masks = [
        at("m.nii.gz", &gzip(&Nifti::bytes_of(&[5, 4, 3], &labels).encode())),
        at("m.nrrd", &nrrd("uchar", "5 4 3", space, &labels)),
    ];
    let options = ImageOptions::default();
    let first = read_case(&images[0], &masks[0], Label::Value(1), 1, &options).unwrap();
    assert_eq!((first.bounds.start, first.bounds.end, first.mask.count()), ([0, 0, 0], [4, 4, 3], 3));
    assert_eq!(first.image.values[first.image.grid.at([1, 1, 1])], 26.0);
    for image in &images {
        let whole = read_image(image, &options).unwrap();
        assert!(read_mask(&masks[0], Label::Value(1), (image, &whole.volume.grid)).unwrap().count() == 3);
        for mask in &masks {
            assert!(read_case(image, mask, Label::Value(1), 1, &options).unwrap() == first);
        }
    }
    // A mask of a single voxel is a mask.
    labels.fill(0);
    labels[59] = 3;
    let single = at("single.nii", &Nifti::bytes_of(&[5, 4, 3], &labels).encode());
    assert_eq!(read_case(&images[0], &single, Label::Value(3), 0, &options).unwrap().image.values, [59.0]);
    let message = |mask: &Path| read_case(&images[0], mask, Label::Value(1), 0, &options).unwrap_err().to_string();
    assert!(message(&single).contains("labels 3"), "{}", message(&single));
    let empty = at("empty.nii", &Nifti::bytes_of(&[5, 4, 3], &[0; 60]).encode());
    assert!(message(&empty).contains("every voxel is zero"));
    let other = at("other.nii", &Nifti::bytes_of(&[4, 5, 3], &[1; 60]).encode());
    assert!(message(&other).contains("4×5×3") && message(&other).contains("5×4×3"), "{}", message(&other));
}

#[test]
fn a_voxel_that_is_no_number_matters_inside_the_region_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut image = Nifti::bytes_of(&[3, 1, 1], &[]);
    image.datatype = 16;
    image.voxels = [f32::NAN, 1.0, 2.0].iter().flat_map(|n| n.to_le_bytes()).collect();
    let image = write(folder.path(), "i.nii", &image.encode());
    let case = |labels: [u8; 3]| {
        let mask = write(folder.path(), "m.nii", &Nifti::bytes_of(&[3, 1, 1], &labels).encode());
        read_case(&image, &mask, Label::AnyNonzero, 1, &ImageOptions::default())
    };
    assert!(case([0, 1, 1]).is_ok());
    assert!(case([1, 1, 0]).unwrap_err().to_string().contains("1 of the region's 2 voxels"));
}

#[test]
fn a_real_case_is_the_same_as_nifti_and_as_dicom() {
    let Some(folder) = reference("breast_dce") else { return };
    let (dicom, seg) = (folder.join("dicom/dce"), folder.join("dicom/seg/1-1.dcm"));
    let (nifti, voi) = (folder.join("UCSF-BR-06_dce4d.nii.gz"), folder.join("UCSF-BR-06_voi_mask.nii.gz"));
    let options = ImageOptions { volume: Some(1), ..ImageOptions::default() };
    let read = |image: &Path, mask: &Path| {
        let case = read_case(image, mask, Label::AnyNonzero, 0, &options).unwrap();
        let mut inside: Vec<f64> =
            case.image.values.iter().zip(&case.mask.inside).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect();
        inside.sort_by(f64::total_cmp);
        (inside, case.image.grid.voxel_volume())
    };
    let (a, b) = (read(&nifti, &voi), read(&dicom, &seg));
    assert!(a.0.len() > 80_000 && a.0 == b.0);
    assert!((a.1 - b.1).abs() < 1e-6);
    let whole = read_image(&dicom, &ImageOptions::default()).map(|_| ()).unwrap_err().to_string();
    assert!(whole.contains("3 volumes"), "{whole}");
}

#[test]
fn a_flat_image_and_its_mask() {
    let Some(folder) = reference("cohorts/breast_usg") else { return };
    let options = ImageOptions { spacing: Some([0.1, 0.1]), ..ImageOptions::default() };
    let case = read_case(&folder.join("case001.png"), &folder.join("case001_tumor.png"), Label::AnyNonzero, 2, &options).unwrap();
    assert!(case.spacing_known && case.mask.count() > 1000 && case.full.size[2] == 1);
    assert_eq!(case.image.grid.spacing, [0.1, 0.1, 1.0]);
}
