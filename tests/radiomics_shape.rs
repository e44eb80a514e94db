//! Shape against PyRadiomics' baselines, feature by feature and both ways round.

mod common;
mod radiomics_support;

use std::collections::BTreeSet;

use common::reference;
use radiomics_support::{close, read_mask, rows};
use vbx::radiomics::{shape, shape_2d};

/// PyRadiomics gives these only when they are asked for by name, and its baselines do not.
const BY_NAME_ONLY: [&str; 3] = ["Compactness1", "Compactness2", "SphericalDisproportion"];

fn baseline(case: &str) -> Option<Vec<(String, f64)>> {
    let table = reference("pyradiomics/pyradiomics_baseline_dev.csv")?;
    let of_case = rows(&table).into_iter().filter(|row| row["testcase"] == case && row["class"].starts_with("shape"));
    Some(of_case.map(|row| (row["feature"].rsplit('_').next().unwrap().to_string(), row["value"].parse().unwrap())).collect())
}

fn compare(case: &str, registered: &[vbx::radiomics::Definition], values: &[Option<f64>]) {
    let Some(expected) = baseline(case) else { return };
    let names: BTreeSet<&str> = registered.iter().map(|d| d.name).filter(|name| !BY_NAME_ONLY.contains(name)).collect();
    assert_eq!(names, expected.iter().map(|(name, _)| name.as_str()).collect(), "registered and reference rows differ");
    for (name, expected) in expected {
        let at = registered.iter().position(|d| d.name == name).unwrap();
        let found = values[at].unwrap();
        assert!(close(found, expected, 1e-6), "{case} {name}: {found} instead of {expected}");
    }
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
