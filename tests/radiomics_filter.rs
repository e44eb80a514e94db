//! Image filters against their oracles, and the rules that hold for all of them.

mod common;

#[path = "radiomics_filter/decimated.rs"]
mod decimated;
#[path = "radiomics_filter/ibsi.rs"]
mod ibsi;
#[path = "radiomics_filter/parts.rs"]
mod parts;
#[path = "radiomics_filter/pyradiomics.rs"]
mod pyradiomics;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vbx::error::Error;
use vbx::image::{BoundingBox, Grid, Volume};
use vbx::radiomics::filter::Filter;

/// The name of a filter as a study file writes it.
fn kind(filter: &Value) -> String {
    let key = || filter.as_object().and_then(|object| object.keys().next().cloned());
    filter.as_str().map(str::to_string).or_else(key).expect("a filter has a name")
}

#[test]
fn every_registered_filter_has_an_oracle() {
    let schema = serde_json::to_value(schemars::schema_for!(Filter)).unwrap();
    let named = |variant: &Value| -> Vec<String> {
        let one = variant["const"].as_str().map(str::to_string);
        let many = variant["enum"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_string));
        let keys = variant["properties"].as_object().into_iter().flat_map(|object| object.keys().cloned());
        one.into_iter().chain(many).chain(keys).collect()
    };
    let registered: BTreeSet<String> = schema["oneOf"].as_array().expect("an enum").iter().flat_map(named).collect();
    let answered: BTreeSet<String> = pyradiomics::filters().iter().chain(&ibsi::filters()).map(kind).collect();
    assert!(registered.len() > 10);
    assert_eq!(registered, answered);
}

#[test]
fn filters_are_written_as_they_are_read() {
    for filter in pyradiomics::filters().into_iter().chain(ibsi::filters()).chain(decimated::filters()) {
        let read: Filter = serde_json::from_value(filter).unwrap();
        let again: Filter = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(read, again);
    }
    for wrong in [
        json!("cube"),
        json!({"recursive-log": {"sigma": 1.0, "width": 2.0}}),
        json!({"wavelet": {"wavelet": "coif6"}}),
        json!({"mean": {}}),
        json!({"lbp-2d": {"method": "var"}}),
    ] {
        assert!(serde_json::from_value::<Filter>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn parameters_out_of_range_are_refused() {
    let image = Volume::new(Grid::plain([8, 8, 8], [1.0; 3]), vec![1.0; 512]);
    for wrong in [
        json!({"recursive-log": {"sigma": 0.0}}),
        json!({"recursive-log": {"sigma": -1.0}}),
        json!({"wavelet": {"level": 0}}),
        json!({"wavelet": {"level": 2, "start-level": u64::MAX}}),
        json!({"lbp-2d": {"samples": 0}}),
        json!({"lbp-2d": {"samples": 32}}),
        json!({"lbp-3d": {"subdivision": 9}}),
        json!({"lbp-3d": {"levels": 0}}),
        json!({"mean": {"support": 4}}),
        json!({"log": {"sigma": 1.0, "truncate": 0.0}}),
        json!({"laws": {"kernel": "E5"}}),
        json!({"laws": {"kernel": "E5Ö5S5"}}),
        json!({"gabor": {"sigma": 1.0, "lambda": 0.0, "gamma": 1.0}}),
        json!({"gabor": {"sigma": 1.0, "lambda": 1.0, "gamma": 1.0, "theta-step": 0.0}}),
        json!({"separable-wavelet": {"wavelet": "haar", "band": "LXL"}}),
        json!({"separable-wavelet": {"wavelet": "haar", "band": "LLL", "level": 0}}),
        json!({"simoncelli": {"level": 0}}),
    ] {
        let filter: Filter = serde_json::from_value(wrong.clone()).unwrap();
        assert!(matches!(filter.apply(&image), Err(Error::Usage(_))), "{wrong}");
    }
    let log: Filter = serde_json::from_value(json!({"recursive-log": {"sigma": 9.0}})).unwrap();
    assert!(matches!(log.apply(&image), Err(Error::Study(_))), "the image is smaller than the filter");
    let flat = Volume::new(Grid::plain([8, 8, 8], [1.0, 1.0, 3.0]), vec![1.0; 512]);
    let log: Filter = serde_json::from_value(json!({"log": {"sigma": 1.0}})).unwrap();
    assert!(matches!(log.apply(&flat), Err(Error::Study(_))), "voxels of unequal sides");
    let beyond = BoundingBox { start: [0; 3], end: [9, 8, 8] };
    assert!(matches!(Filter::Square.apply_within(&image, &beyond), Err(Error::Usage(_))));
}

#[test]
fn images_of_one_slice_or_one_voxel_do_not_panic() {
    let all = || pyradiomics::filters().into_iter().chain(ibsi::filters()).chain(decimated::filters());
    for size in [[1, 1, 1], [5, 4, 1], [1, 1, 9], [2, 2, 2]] {
        let grid = Grid::plain(size, [1.0; 3]);
        let image = Volume::new(grid.clone(), (0..grid.voxels()).map(|x| x as f64).collect());
        for filter in all() {
            let read: Filter = serde_json::from_value(filter).unwrap();
            let expected: [usize; 3] = std::array::from_fn(|axis| size[axis].div_ceil(read.decimation()[axis]));
            if let Ok(maps) = read.apply(&image) {
                assert!(maps.iter().all(|map| map.image.grid.size == expected));
            }
        }
    }
}
