//! The standard's consensus: the digital phantom, and the CT phantom in the configurations that need no interpolation.

use std::collections::{BTreeMap, BTreeSet};

use vbx::radiomics::texture::{Aggregation, Extent, glcm, gldzm, glrlm, glszm, ngldm, ngtdm};
use vbx::radiomics::{Definition, Discretisation, Levels, Values};

use crate::common::reference;
use crate::volumes::Region;

const FAMILIES: [&str; 6] = ["GLCM", "GLRLM", "GLSZM", "GLDZM", "NGTDM", "NGLDM"];

/// Everything that the six families give: (family, IBSI code, aggregation as the reference spells it) and value.
type Found = BTreeMap<(String, String, String), f64>;

fn all(levels: &Levels, morphology: &[bool], extents: &[Extent]) -> Found {
    let mut found = Found::new();
    let mut add = |family: &str, aggregation: &str, definitions: &[Definition], values: Values| {
        assert_eq!(definitions.len(), values.len());
        for (definition, value) in definitions.iter().zip(values) {
            let value = value.unwrap_or_else(|| panic!("{family} {} is undefined", definition.name));
            let key = (family.to_string(), definition.code.to_string(), aggregation.to_string());
            assert!(found.insert(key, value).is_none(), "{family} {} twice", definition.code);
        }
    };
    let spelt = ["2D, averaged", "2D, slice-merged", "2.5D, direction-merged", "2.5D, merged", "3D, averaged", "3D, merged"];
    for (aggregation, name) in Aggregation::ALL.into_iter().zip(spelt).filter(|(a, _)| extents.contains(&a.extent())) {
        add("GLCM", name, glcm::FEATURES, glcm::features(levels, aggregation, 1));
        add("GLRLM", name, glrlm::FEATURES, glrlm::features(levels, aggregation));
    }
    for (extent, name) in Extent::ALL.into_iter().zip(["2D", "2.5D", "3D"]).filter(|(extent, _)| extents.contains(extent)) {
        add("GLSZM", name, glszm::FEATURES, glszm::features(levels, extent));
        add("GLDZM", name, gldzm::FEATURES, gldzm::features(levels, morphology, extent));
        add("NGTDM", name, ngtdm::FEATURES, ngtdm::features(levels, extent, 1));
        add("NGLDM", name, ngldm::FEATURES, ngldm::features(levels, extent, 1, 0));
    }
    found
}

/// Compares with a consensus table: every feature has a row, every row a feature, every value lies in the tolerance. Where the
/// table states none, values must agree in the three digits that it prints.
fn compare(table: &str, found: &Found) {
    let Some(path) = reference(table) else { return };
    let mut reader = csv::Reader::from_path(path).expect("the consensus table");
    let mut expected = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row");
        if !FAMILIES.contains(&row["family"].as_str()) {
            continue;
        }
        let key = (row["family"].clone(), row["code"].clone(), row["aggregation"].clone());
        let consensus: f64 = row["value"].parse().expect("a value");
        let last_digit = 10_f64.powf(consensus.abs().max(1e-300).log10().floor() - 2.0);
        let tolerance = row["tolerance"].parse().unwrap_or(0.5 * last_digit * (1.0 + 1e-9));
        match found.get(&key) {
            None => wrong.push(format!("{key:?} ({}) is not computed", row["feature"])),
            Some(value) if !((value - consensus).abs() <= tolerance) => {
                wrong.push(format!("{key:?} ({}): {value}, consensus {consensus} ± {tolerance}", row["feature"]));
            }
            Some(_) => {}
        }
        expected.insert(key);
    }
    wrong.extend(found.keys().filter(|key| !expected.contains(key)).map(|key| format!("{key:?} has no consensus value")));
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
}

#[test]
fn digital_phantom() {
    let (Some(image), Some(mask)) =
        (reference("ibsi1/digital_phantom/image.nii.gz"), reference("ibsi1/digital_phantom/mask.nii.gz"))
    else {
        return;
    };
    let region = Region::read(&image, &mask);
    let levels =
        Levels::new(region.size, region.spacing, &region.intensity, &region.inside, Discretisation::None).expect("levels");
    compare("ibsi1/ibsi1_reference_phantom.csv", &all(&levels, &region.inside, &Extent::ALL));
}

/// Configuration A: 2-D, no interpolation, re-segmentation to [−500, 400] HU, bins of 25 HU from the lower bound.
#[test]
fn ct_phantom_configuration_a() {
    let (Some(image), Some(mask)) = (reference("ibsi1/ct_phantom/image.nii.gz"), reference("ibsi1/ct_phantom/mask.nii.gz"))
    else {
        return;
    };
    let region = Region::read(&image, &mask);
    let kept = region.keeping(|x| (-500.0..=400.0).contains(&x));
    let rule = Discretisation::BinSize { width: 25.0, from: Some(-500.0) };
    let levels = Levels::new(region.size, region.spacing, &region.intensity, &kept, rule).expect("levels");
    compare("ibsi1/ibsi1_reference_A.csv", &all(&levels, &region.inside, &[Extent::Slice, Extent::Plane]));
}
