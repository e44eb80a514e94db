//! DICOM reading against the same case as NIfTI, against itself in other codings, and against what must be refused.

mod common;

use std::path::{Path, PathBuf};

use common::reference;
use vbx::image::read::dicom::{SeriesChoice, files_of, read_files, read_series};
use vbx::image::read::nifti;
use vbx::image::{Grid, Volume};

/// The value at the voxel nearest to every voxel centre of `other`'s grid, by place.
fn same_by_place(a: &Volume, b: &Volume) {
    assert_eq!(a.grid.voxels(), b.grid.voxels());
    let steps: [[f64; 3]; 3] = std::array::from_fn(|axis| std::array::from_fn(|row| a.grid.direction[row][axis]));
    let mut compared = 0;
    for k in (0..b.grid.size[2]).step_by(3) {
        for j in (0..b.grid.size[1]).step_by(2) {
            for i in 0..b.grid.size[0] {
                let point = b.grid.point([i as f64, j as f64, k as f64]);
                let offset: [f64; 3] = std::array::from_fn(|axis| point[axis] - a.grid.origin[axis]);
                let index: [f64; 3] = std::array::from_fn(|axis| {
                    steps[axis].iter().zip(offset).map(|(s, o)| s * o).sum::<f64>() / a.grid.spacing[axis]
                });
                let nearest = index.map(f64::round);
                assert!(index.iter().zip(nearest).all(|(a, b)| (a - b).abs() < 1e-3), "{index:?} is no voxel");
                let voxel = nearest.map(|n| n as usize);
                assert_eq!(a.values[a.grid.at(voxel)], b.values[b.grid.at([i, j, k])], "at {point:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100_000);
}

#[test]
fn a_dce_series_is_the_nifti_of_the_same_case() {
    let Some(folder) = reference("breast_dce/dicom/dce") else { return };
    let nifti = nifti::read_volumes(&folder.join("../../UCSF-BR-06_dce4d.nii.gz")).unwrap();
    // Three time points lie at every place; acquisition and instance numbers tell them apart.
    let series = read_series(&folder, &SeriesChoice::Only).unwrap();
    assert_eq!((series.volumes.len(), series.number, series.spacing_known), (3, Some(2), true));
    for (dicom, nifti) in series.volumes.iter().zip(&nifti) {
        same_by_place(dicom, nifti);
    }
}

#[test]
fn several_series_are_listed_and_one_can_be_chosen() {
    let Some(folder) = reference("dicom") else { return };
    let refusal = |choice: SeriesChoice| read_series(&folder, &choice).map(|_| ()).unwrap_err().to_string();
    let message = refusal(SeriesChoice::Only);
    assert!(message.contains("marked lesion<MPR Collection>") && message.contains("number 301"), "{message}");
    assert!(refusal(SeriesChoice::Number(7)).contains("series of number 7"));
    let chosen = read_series(&folder, &SeriesChoice::Description("marked LESION<MPR collection>".into())).unwrap();
    assert_eq!((chosen.number, chosen.volumes[0].grid.size), (Some(18), [484, 484, 1]));
}

#[test]
fn order_and_names_of_files_do_not_matter_and_gaps_do() {
    let Some(folder) = reference("breast_dce/dicom/dce") else { return };
    let mut files: Vec<PathBuf> = files_of(&folder).unwrap();
    files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with("1-0"));
    let files = &mut files[..12];
    let read = |files: &[PathBuf]| read_files(Path::new("the list"), files, &SeriesChoice::Only);
    let sorted = read(files).unwrap();
    files.reverse();
    files.swap(2, 7);
    assert!(read(files).unwrap() == sorted);
    let gap = [&files[..5], &files[6..]].concat();
    let message = read(&gap).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("missing") && message.contains("the list"), "{message}");
    let twice = [&files[..], &files[..1]].concat();
    assert!(read(&twice).map(|_| ()).unwrap_err().to_string().contains("every image once"));
}

#[test]
fn compressed_ultrasound_is_the_uncompressed_one() {
    let Some(folder) = reference("dicom") else { return };
    let read = |name: &str| {
        let series = read_series(&folder.join(name), &SeriesChoice::Only).unwrap();
        assert_eq!((series.modality.as_str(), series.volumes.len(), series.spacing_known), ("US", 1, false));
        series.volumes.into_iter().next().unwrap()
    };
    let plain = read("US1_UNCR.dcm");
    assert_eq!(plain.grid, Grid::plain([640, 480, 1], [1.0; 3]));
    assert!(read("US1_J2KR.dcm") == plain, "lossless");
    let (lossy, before) = (read("US1_J2KI.dcm"), read("US1_UNCI.dcm"));
    let worst = lossy.values.iter().zip(&before.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let mean = lossy.values.iter().zip(&before.values).map(|(a, b)| (a - b).abs()).sum::<f64>() / 307_200.0;
    assert!(mean < 1.0 && worst <= 3.0, "mean {mean}, worst {worst}");
}

#[test]
fn byte_order_does_not_matter() {
    let Some(folder) = reference("dicom") else { return };
    let read = |name: &str| read_series(&folder.join(name), &SeriesChoice::Only).unwrap();
    let (little, big) = (read("emri_small.dcm"), read("emri_small_big_endian.dcm"));
    assert!(little == big);
    // These files state no place, so each of the ten frames is an image of its own.
    assert_eq!((little.volumes.len(), little.volumes[0].grid.size), (10, [64, 64, 1]));
}

#[test]
fn an_oblique_slice_keeps_its_place() {
    let Some(folder) = reference("dicom") else { return };
    let series = read_series(&folder.join("MR2_UNCR.dcm"), &SeriesChoice::Only).unwrap();
    let grid = &series.volumes[0].grid;
    assert_eq!((grid.size, grid.spacing[0], grid.spacing[1]), ([1024, 1024, 1], 0.195313, 0.195313));
    let far = grid.point([1.0, 1.0, 0.0]);
    for (axis, expected) in
        [(0, -180.058222 + 0.195313 * 0.569486), (1, -97.147766 + 0.195313 * 0.822001), (2, 112.82799 - 0.195313)]
    {
        assert!((far[axis] - expected).abs() < 1e-6, "{far:?}");
    }
}
