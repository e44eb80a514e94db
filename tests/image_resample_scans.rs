//! Resampling of real scans: IBSI's CT phantom in configuration B, and PyRadiomics' baselines of its resampled cases.

mod common;

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use vbx::image::resample::pyradiomics::{PyRadiomicsResampling, Stored};
use vbx::image::resample::{Interpolation, MaskInterpolation, Resampling};
use vbx::image::{Grid, Mask, Volume};

/// A NIfTI file whose axes run along the patient's, as these do; values only, so that this test stands without the reader.
fn nifti(path: &Path) -> Volume {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    let short = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let float = |at: usize| f64::from(f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()));
    let size = [1, 2, 3].map(|axis| short(40 + 2 * axis).max(1) as usize);
    let spacing = [1, 2, 3].map(|axis| float(76 + 4 * axis));
    let (slope, shift) = (if float(112) == 0.0 { 1.0 } else { float(112) }, float(116));
    let data = &bytes[float(108) as usize..];
    let values: Vec<f64> = match short(70) {
        2 => data.iter().map(|v| f64::from(*v)).collect(),
        4 => data.chunks_exact(2).map(|v| f64::from(i16::from_le_bytes([v[0], v[1]]))).collect(),
        16 => data.chunks_exact(4).map(|v| f64::from(f32::from_le_bytes(v.try_into().unwrap()))).collect(),
        512 => data.chunks_exact(2).map(|v| f64::from(u16::from_le_bytes([v[0], v[1]]))).collect(),
        other => panic!("datatype {other}"),
    };
    // Rows of the sform; LPS is its first two rows with the sign turned.
    let row = |r: usize| [0, 1, 2, 3].map(|c| float(280 + 16 * r + 4 * c) * if r < 2 { -1.0 } else { 1.0 });
    let rows = [row(0), row(1), row(2)];
    let direction = rows.map(|row| std::array::from_fn(|c| (row[c] / spacing[c]).round()));
    let grid = Grid { size, spacing, origin: rows.map(|row| row[3]), direction };
    Volume::new(grid, values.into_iter().map(|v| v * slope + shift).collect())
}

fn case(image: &str, mask: &str) -> Option<(Volume, Mask)> {
    let (image, mask) = (nifti(&common::reference(image)?), nifti(&common::reference(mask)?));
    let inside = mask.values.iter().map(|v| *v > 0.5).collect();
    Some((image, Mask::new(mask.grid, inside)))
}

fn region(image: &Volume, mask: &Mask) -> Vec<f64> {
    image.values.iter().zip(&mask.inside).filter(|(_, inside)| **inside).map(|(value, _)| *value).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn least_most(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// Configuration B: the diagnostic values of the consensus table.
#[test]
fn ct_phantom_after_interpolation() {
    let Some((image, mask)) = case("ibsi1/ct_phantom/image.nii.gz", "ibsi1/ct_phantom/mask.nii.gz") else { return };
    let table = std::fs::read_to_string(common::reference("ibsi1/ibsi1_reference_B.csv").unwrap()).unwrap();
    let rows: HashMap<&str, (f64, f64)> = table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Some((cells[2], (cells[5].parse().ok()?, cells[6].parse().ok()?)))
        })
        .collect();
    let recipe = Resampling {
        spacing: [2.0, 2.0, 0.0],
        image: Interpolation::Linear,
        mask: MaskInterpolation::Linear,
        round: true,
        margin: None,
    };
    let (resampled, region_mask) = recipe.apply(&image, &mask).unwrap();
    let check = |name: &str, found: f64, digits: f64| {
        let (expected, tolerance) = rows[name];
        assert!((found - expected).abs() <= tolerance + digits, "{name}: {found}, expected {expected} ± {tolerance}");
    };
    for (axis, letter) in ["x", "y", "z"].iter().enumerate() {
        check(&format!("img_dim_{letter}_interp_img"), resampled.grid.size[axis] as f64, 0.0);
    }
    // The table gives three digits: half of the last is allowed beside the tolerance.
    check("mean_int_interp_img", mean(&resampled.values), 0.5);
    let (least, most) = least_most(&resampled.values);
    check("min_int_interp_img", least, 0.5);
    check("max_int_interp_img", most, 0.5);
    let inside = region(&resampled, &region_mask);
    check("int_mask_vox_count_interp_roi", inside.len() as f64, 0.5);
    check("int_mask_mean_int_interp_roi", mean(&inside), 0.05);
    let (least, most) = least_most(&inside);
    check("int_mask_min_int_interp_roi", least, 0.5);
    check("int_mask_max_int_interp_roi", most, 0.5);
    let bounds = region_mask.bounding_box().unwrap();
    for (axis, letter) in ["x", "y", "z"].iter().enumerate() {
        check(&format!("int_mask_bb_dim_{letter}_interp_roi"), (bounds.end[axis] - bounds.start[axis]) as f64, 0.0);
    }
    let kept: Vec<f64> = inside.into_iter().filter(|v| (-500.0..=400.0).contains(v)).collect();
    check("int_mask_vox_count_reseg_roi", kept.len() as f64, 0.5);
    check("int_mask_mean_int_reseg_roi", mean(&kept), 0.05);
}

#[test]
fn pyradiomics_baselines_of_resampled_cases() {
    let mut tested = 0;
    for name in ["brain1", "breast1"] {
        let file = |part: &str| format!("pyradiomics/{name}_{part}.nii.gz");
        let Some((image, mask)) = case(&file("image"), &file("label")) else { return };
        let table = std::fs::read_to_string(common::reference("pyradiomics/pyradiomics_baseline_dev.csv").unwrap()).unwrap();
        let test_case = format!("{name}_resampling");
        let baseline: HashMap<&str, f64> = table
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>())
            .filter(|cells| cells[1] == test_case)
            .map(|cells| (cells[3], cells[4].parse().unwrap()))
            .collect();
        let recipe = PyRadiomicsResampling {
            resampled_pixel_spacing: [2.0; 3],
            interpolator: Interpolation::CubicSpline,
            pad_distance: 5,
            stored: Stored::INT16,
        };
        let (resampled, region_mask) = recipe.apply(&image, &mask).unwrap();
        let inside = region(&resampled, &region_mask);
        let (least, most) = least_most(&inside);
        let average = mean(&inside);
        let found = [
            ("original_firstorder_Mean", average),
            ("original_firstorder_Minimum", least),
            ("original_firstorder_Maximum", most),
            ("original_firstorder_Energy", inside.iter().map(|v| v * v).sum()),
            ("original_firstorder_Variance", inside.iter().map(|v| (v - average).powi(2)).sum::<f64>() / inside.len() as f64),
            ("original_shape_VoxelVolume", inside.len() as f64 * resampled.grid.voxel_volume()),
        ];
        for (feature, found) in found {
            let expected = baseline[feature];
            assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{name} {feature}: {found} {expected}");
            tested += 1;
        }
    }
    assert_eq!(tested, 12);
}
