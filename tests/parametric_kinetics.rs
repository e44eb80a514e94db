//! Semi-quantitative kinetics against the published maps of a real examination.

#![allow(clippy::print_stdout)]

mod common;

use std::io::Read;
use std::path::Path;

use vbx::image::{Grid, Mask, Volume};
use vbx::parametric::kinetics::Kinetics;
use vbx::parametric::{Series, Timing, map_voxels};

/// Raw NIfTI-1 values as they lie in the file (signed 16-bit or single precision), without scaling.
fn values(path: &Path) -> Vec<f64> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
    let data = &bytes[352..];
    match i16::from_le_bytes([bytes[70], bytes[71]]) {
        2 => data.iter().map(|byte| f64::from(*byte)).collect(),
        4 => data.chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect(),
        16 => data.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect(),
        other => panic!("unexpected type {other}"),
    }
}

#[test]
fn pe1_and_ser_are_the_published_maps() {
    let Some(folder) = common::reference("breast_dce") else { return };
    let read = |what: &str| values(&folder.join(format!("UCSF-BR-06_{what}.nii.gz")));
    let (dce, pe1, ser) = (read("dce4d"), read("pe1_reference"), read("ser_reference"));
    let grid = Grid::plain([256, 256, 60], [1.0; 3]);
    let frames = dce.chunks_exact(grid.voxels()).map(|frame| Volume::new(grid.clone(), frame.to_vec()));
    let series = Series::new(frames).unwrap();
    let region = Mask::new(grid.clone(), pe1.iter().map(|value| *value != 0.0).collect());
    let model = Kinetics::new(Timing::new(vec![0.0, 150.0, 450.0], 1).unwrap(), 1, 2).unwrap();
    let maps = map_voxels(&series, Some(&region), &model, |_| {}).unwrap();
    let (early, ratio) = (maps.get("PE_early").unwrap(), maps.get("SER").unwrap());
    let (mut compared, mut differ, mut ser_compared, mut ser_differ) = (0, 0, 0, 0);
    let mut examples = Vec::new();
    for voxel in 0..grid.voxels() {
        if pe1[voxel] != 0.0 && early.values[voxel].is_finite() {
            compared += 1;
            if early.values[voxel].floor() != pe1[voxel] {
                differ += 1;
                examples.push((pe1[voxel], early.values[voxel]));
            }
        }
        if ser[voxel] != 0.0 && ratio.values[voxel].is_finite() {
            ser_compared += 1;
            // The published map is clipped at 3, rounded to thousandths and stored in single precision.
            if (ratio.values[voxel].min(3.0) - ser[voxel]).abs() > 0.0005 + 1e-6 * ser[voxel].abs() {
                ser_differ += 1;
                examples.push((ser[voxel], ratio.values[voxel]));
            }
        }
    }
    examples.truncate(10);
    println!("PE1 {differ}/{compared} {examples:?}; SER {ser_differ}/{ser_compared}; {:?}", maps.failures);
    assert!(compared > 10_000 && ser_compared > 1000);
    assert_eq!(differ, 0);
    assert_eq!(ser_differ, 0);
}
