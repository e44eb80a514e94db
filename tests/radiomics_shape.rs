//! Shape against PyRadiomics' baselines, feature by feature and both ways round.

mod common;
mod radiomics_support;

use std::collections::BTreeSet;

use common::reference;
use radiomics_support::{close, read_mask, rows};
use vbx::radiomics::{shape, shape_2d};

/// PyRadiomics gives these only when they are asked for by name, and its baselines do not.
const BY_NAME_ONLY: [&str; 3] = ["Compactness1", "Compactness2", "SphericalDisproportion"];

/// PyRadiomics 3.0.1 itself, run on brain1, differs from its own baseline here by up to 0.1 % (its tests allow 3 %) and agrees with ours to
/// 13 digits. Why its baseline differs is not known; a table of triangles that changed since would explain it.
const OLDER_TABLE: [&str; 4] = ["Sphericity", "SurfaceVolumeRatio", "MeshVolume", "SurfaceArea"];

fn baseline(case: &str) -> Option<Vec<(String, f64)>> {
    let table = reference("pyradiomics/pyradiomics_baseline_dev.csv")?;
    let of_case = rows(&table).into_iter().filter(|row| row["testcase"] == case && row["class"].starts_with("shape"));
    Some(of_case.map(|row| (row["feature"].rsplit('_').next().unwrap().to_string(), row["value"].parse().unwrap())).collect())
}

fn compare(case: &str, registered: &[vbx::radiomics::Definition], values: &[Option<f64>]) {
    let Some(expected) = baseline(case) else { return };
    let names: BTreeSet<&str> = registered.iter().map(|d| d.name).filter(|name| !BY_NAME_ONLY.contains(name)).collect();
    assert_eq!(names, expected.iter().map(|(name, _)| name.as_str()).collect(), "registered and reference rows differ");
    let value = |name: &str| values[registered.iter().position(|d| d.name == name).unwrap()].unwrap();
    let within = |name: &str| if case == "brain1" && OLDER_TABLE.contains(&name) { 1e-3 } else { 1e-6 };
    let off: Vec<_> = expected.iter().filter(|(name, expected)| !close(value(name), *expected, within(name))).collect();
    let said: Vec<_> = off.iter().map(|(name, expected)| format!("{name}: {} instead of {expected}", value(name))).collect();
    assert!(off.is_empty(), "{case}\n{}", said.join("\n"));
}

#[test]
fn shapes_of_the_test_cases_are_pyradiomics() {
    for case in ["brain1", "breast1"] {
        let Some(path) = reference(&format!("pyradiomics/{case}_label.nii.gz")) else { return };
        let mask = read_mask(&path);
        let values = shape::shape(mask.grid.size, mask.grid.spacing, &mask.inside);
        compare(case, &shape::DEFINITIONS, &values);
    }
}

#[test]
fn shapes_in_one_slice_are_pyradiomics() {
    for case in ["brain1", "breast1"] {
        let Some(path) = reference(&format!("pyradiomics/{case}_label_slice2d.nii.gz")) else { return };
        let mask = read_mask(&path);
        let [nx, ny, _] = mask.grid.size;
        let around = mask.bounding_box().unwrap();
        assert_eq!(around.size()[2], 1);
        let slice = &mask.inside[nx * ny * around.start[2]..][..nx * ny];
        let values = shape_2d::shape_2d([nx, ny], [mask.grid.spacing[0], mask.grid.spacing[1]], slice);
        compare(&format!("{case}_shape2D"), &shape_2d::DEFINITIONS, &values);
    }
}
