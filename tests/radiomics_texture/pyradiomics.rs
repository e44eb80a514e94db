//! PyRadiomics' own baselines, with the settings they were made with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vbx::radiomics::texture::{Norm, Settings, glcm, glrlm, glszm, ngldm, ngtdm};
use vbx::radiomics::{Definition, Discretisation, Levels, Values};

use crate::common::reference;
use crate::volumes::Region;

/// A family as PyRadiomics names it, its features, and what computes them.
type Family = (&'static str, &'static [Definition], fn(&Levels, &Settings) -> Values);

const FAMILIES: [Family; 5] = [
    ("glcm", glcm::PYRADIOMICS, glcm::pyradiomics),
    ("glrlm", glrlm::PYRADIOMICS, glrlm::pyradiomics),
    ("glszm", glszm::PYRADIOMICS, glszm::pyradiomics),
    ("ngtdm", ngtdm::PYRADIOMICS, ngtdm::pyradiomics),
    ("gldm", ngldm::PYRADIOMICS, ngldm::pyradiomics),
];

/// Baselines that need resampling or normalisation of the image are tested with the extractor, which does that.
fn is_textures_alone(settings: &Value) -> bool {
    settings["resampledPixelSpacing"].is_null() && settings["normalize"] != Value::Bool(true)
}

fn texture_settings(settings: &Value) -> Settings {
    let numbers = |value: &Value| value.as_array().map(|all| all.iter().filter_map(Value::as_u64).map(|n| n as usize).collect());
    Settings {
        distances: numbers(&settings["distances"]).expect("distances"),
        without_axis: settings["force2D"]
            .as_bool()
            .unwrap_or(false)
            .then(|| 2 - settings["force2Ddimension"].as_u64().unwrap_or(0) as usize),
        symmetrical: settings["symmetricalGLCM"].as_bool().unwrap_or(true),
        weighting: settings["weightingNorm"].as_str().map(|name| match name {
            "infinity" => Norm::Infinity,
            "euclidean" => Norm::Euclidean,
            "manhattan" => Norm::Manhattan,
            _ => Norm::Equal,
        }),
        dependence: settings["gldm_a"].as_u64().unwrap_or(0) as u16,
    }
}

/// Levels of a case as the settings have them: re-segmentation by standard deviations, then bins.
fn levels(region: &Region, settings: &Value) -> Levels {
    let inside = match (settings["resegmentMode"].as_str(), &settings["resegmentRange"]) {
        (Some("sigma"), Value::Array(range)) => {
            let values: Vec<f64> =
                region.intensity.iter().zip(&region.inside).filter(|(_, inside)| **inside).map(|(x, _)| *x).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let deviation = (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
            let bound = |at: usize| mean + deviation * range[at].as_f64().expect("a bound");
            region.keeping(|x| x >= bound(0) && x <= bound(1))
        }
        _ => region.inside.clone(),
    };
    let rule = match settings["binCount"].as_u64() {
        Some(n) => Discretisation::PyRadiomicsCount(n as usize),
        None => Discretisation::PyRadiomicsWidth(settings["binWidth"].as_f64().unwrap_or(25.0)),
    };
    Levels::new(region.size, region.spacing, &region.intensity, &inside, rule).expect("levels")
}

#[test]
fn baselines() {
    let (Some(table), Some(settings)) =
        (reference("pyradiomics/pyradiomics_baseline_dev.csv"), reference("pyradiomics/pyradiomics_baseline_settings.json"))
    else {
        return;
    };
    let settings: Value = serde_json::from_reader(std::fs::File::open(settings).expect("settings")).expect("JSON");
    let mut expected: BTreeMap<(String, String, String), BTreeMap<String, f64>> = BTreeMap::new();
    for row in csv::Reader::from_path(table).expect("the baselines").deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("a row");
        let feature = row["feature"].rsplit('_').next().expect("a name").to_string();
        let key = (row["case"].clone(), row["testcase"].clone(), row["class"].clone());
        expected.entry(key).or_default().insert(feature, row["value"].parse().expect("a number"));
    }
    let mut regions = BTreeMap::new();
    let (mut wrong, mut compared, mut tested) = (Vec::new(), 0, BTreeSet::new());
    for ((case, testcase, class), values) in &expected {
        let Some((_, definitions, features)) = FAMILIES.iter().find(|(name, ..)| name == class) else { continue };
        let settings = &settings[testcase][class];
        if !is_textures_alone(settings) {
            continue;
        }
        let region = regions.entry(case.clone()).or_insert_with(|| {
            let file = |what: &str| reference(&format!("pyradiomics/{case}_{what}.nii.gz")).expect("the case's files");
            Region::read(&file("image"), &file("label"))
        });
        let found = features(&levels(region, settings), &texture_settings(settings));
        let names: BTreeSet<&str> = definitions.iter().map(|definition| definition.name).collect();
        assert_eq!(names, values.keys().map(String::as_str).collect(), "{testcase} {class}: features and rows are the same");
        tested.insert(class.as_str());
        for (definition, found) in definitions.iter().zip(found) {
            let expected = values[definition.name];
            let found = found.unwrap_or(f64::NAN);
            compared += 1;
            // PyRadiomics adds 2⁻⁵² to what it takes logarithms of: entropies that are 0 come out as −3e-16.
            if !((found - expected).abs() <= 1e-6 * expected.abs() + 1e-15) {
                wrong.push(format!("{testcase} {class} {}: {found}, PyRadiomics {expected}", definition.name));
            }
        }
    }
    assert_eq!(tested.len(), FAMILIES.len(), "every family has a baseline");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}
