//! Whole extractions against PyRadiomics' baselines: every test case, every class, every feature, both ways round.

mod common;
mod radiomics_support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::reference;
use radiomics_support::{close, read_mask, read_nifti, rows};
use vbx::radiomics::family::{FAMILIES, Family};
use vbx::radiomics::{Extractor, Feature, Settings, pyradiomics_params};

/// PyRadiomics 3.0.1 itself, run on brain1, differs from its own baseline in these; see `radiomics_shape.rs`.
fn older_table(case: &str, feature: &str) -> bool {
    case == "brain1"
        && ["shape_Sphericity", "shape_SurfaceVolumeRatio", "shape_MeshVolume", "shape_SurfaceArea"]
            .iter()
            .any(|name| feature.ends_with(name))
}

/// Test case → class → the settings that the baseline was made with.
type Cases = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

fn extract(case: &str, class: &str, settings: &serde_json::Value) -> Option<Vec<Feature>> {
    let parameters = serde_json::json!({ "setting": settings, "featureClass": { class: null } }).to_string();
    let settings = pyradiomics_params::parse(&parameters, Path::new("baseline.json")).unwrap();
    let name = case.split('_').next().unwrap();
    let image = read_nifti(&reference(&format!("pyradiomics/{name}_image.nii.gz"))?);
    let slice = if class == "shape2D" { "_slice2d" } else { "" };
    let mask = read_mask(&reference(&format!("pyradiomics/{name}_label{slice}.nii.gz"))?);
    Some(Extractor::new(Settings::Pyradiomics(settings)).extract(&image, &mask).unwrap())
}

#[test]
fn every_baseline_is_reproduced() {
    let Some(table) = reference("pyradiomics/pyradiomics_baseline_dev.csv") else { return };
    let Some(settings) = reference("pyradiomics/pyradiomics_baseline_settings.json") else { return };
    let cases: Cases = serde_json::from_str(&std::fs::read_to_string(settings).unwrap()).unwrap();
    let mut expected: BTreeMap<(String, String), BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows(&table) {
        let value: f64 = row["value"].parse().unwrap();
        expected.entry((row["testcase"].clone(), row["class"].clone())).or_default().insert(row["feature"].clone(), value);
    }
    assert!(expected.len() > 60);
    let mut off = Vec::new();
    for ((case, class), expected) in &expected {
        let features = extract(case, class, &cases[case][class]).unwrap();
        let found: BTreeMap<String, Option<f64>> = features.iter().map(|feature| (feature.name(), feature.value)).collect();
        assert_eq!(found.keys().collect::<BTreeSet<_>>(), expected.keys().collect(), "{case} {class}: names");
        for (name, expected) in expected {
            let within = if older_table(case, name) { 1e-3 } else { 1e-6 };
            match found[name] {
                Some(found) if close(found, *expected, within) => {}
                found => off.push(format!("{case} {name}: {found:?} instead of {expected}")),
            }
        }
    }
    assert!(off.is_empty(), "{} differ\n{}", off.len(), off.join("\n"));
}

#[test]
fn every_class_of_pyradiomics_has_a_baseline() {
    let Some(table) = reference("pyradiomics/pyradiomics_baseline_dev.csv") else { return };
    let with_rows: BTreeSet<String> = rows(&table).into_iter().map(|row| row["class"].clone()).collect();
    let registered =
        FAMILIES.iter().filter(|family| !family.pyradiomics.is_empty()).map(|family: &Family| family.class.to_string());
    assert_eq!(with_rows, registered.collect());
}
