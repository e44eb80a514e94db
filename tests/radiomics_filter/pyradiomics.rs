//! The filters of PyRadiomics against PyRadiomics: `tests/reference/filters_pyradiomics.py` wrote what it answers.

use std::path::Path;

use serde_json::Value;
use vbx::image::{Grid, Volume};
use vbx::radiomics::filter::Filter;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
}

fn oracle() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/filters_pyradiomics.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the oracle is committed")).expect("JSON")
}

fn image_of(oracle: &Value) -> Volume {
    let size = numbers(&oracle["image"]["size"]);
    let spacing = numbers(&oracle["image"]["spacing"]);
    let grid = Grid::plain(std::array::from_fn(|a| size[a] as usize), std::array::from_fn(|a| spacing[a]));
    Volume::new(grid, numbers(&oracle["image"]["values"]))
}

/// The filters that have an answer of PyRadiomics.
pub fn filters() -> Vec<Value> {
    oracle()["cases"].as_array().expect("cases").iter().map(|case| case["filter"].clone()).collect()
}

fn filter_of(case: &Value) -> Filter {
    serde_json::from_value(case["filter"].clone()).unwrap_or_else(|fault| panic!("{}: {fault}", case["filter"]))
}

#[test]
fn responses_and_names_are_those_of_pyradiomics() {
    let oracle = oracle();
    let image = image_of(&oracle);
    for case in oracle["cases"].as_array().unwrap() {
        let filtered = filter_of(case).apply(&image).unwrap();
        let maps = case["maps"].as_array().unwrap();
        let names: Vec<&str> = filtered.iter().map(|map| map.name.as_str()).collect();
        let theirs: Vec<&str> = maps.iter().map(|map| map["name"].as_str().unwrap()).collect();
        assert_eq!(names, theirs, "{}", case["filter"]);
        // SimpleITK rounds the gradient magnitude, and the intermediate images of the Laplacian of Gaussian, to 32 bits (2^-24 is 6e-8);
        // the other numbers are written with eleven digits.
        let kind = |name: &str| case["filter"].get(name).is_some();
        let tolerance = if kind("gradient") {
            6e-8
        } else if kind("recursive-log") {
            3e-7
        } else {
            1e-9
        };
        for (map, truth) in filtered.iter().zip(maps) {
            let truth = numbers(&truth["values"]);
            let scale = truth.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            let worst = map.image.values.iter().zip(&truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst <= tolerance * scale, "{} {}: off by {worst} of {scale}", case["filter"], map.name);
            assert_eq!(map.image.grid, image.grid);
        }
    }
}
