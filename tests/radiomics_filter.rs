//! The filters of PyRadiomics against PyRadiomics (`tests/reference/filters_pyradiomics.py`), and the rule of the house: a filter of
//! a part of an image answers what the filter of the whole answers there.

use std::path::Path;

use serde_json::Value;
use vbx::image::{BoundingBox, Grid, Volume};
use vbx::radiomics::filter::{Filter, Range};

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

fn simulated(size: [usize; 3], spacing: [f64; 3]) -> Volume {
    let grid = Grid::plain(size, spacing);
    let values = (0..grid.voxels()).map(|x| ((x * 7919 + x / 13 * 104_729) % 1009) as f64 - 400.0).collect();
    Volume::new(grid, values)
}

fn box_of(start: [usize; 3], end: [usize; 3]) -> BoundingBox {
    BoundingBox { start, end }
}

fn cropped(image: &Volume, place: &BoundingBox) -> Volume {
    let size: [usize; 3] = std::array::from_fn(|a| place.end[a] - place.start[a]);
    let mut values = Vec::new();
    for k in place.start[2]..place.end[2] {
        for j in place.start[1]..place.end[1] {
            let row = image.grid.at([place.start[0], j, k]);
            values.extend_from_slice(&image.values[row..row + size[0]]);
        }
    }
    let origin = image.grid.point(place.start.map(|at| at as f64));
    Volume::new(Grid { size, origin, ..image.grid.clone() }, values)
}

/// Every filter with an oracle, of this file's and of the IBSI 2 file's.
fn filters() -> Vec<Filter> {
    oracle()["cases"].as_array().unwrap().iter().map(filter_of).chain(ibsi()).collect()
}

fn ibsi() -> Vec<Filter> {
    Vec::new()
}

#[test]
fn a_part_is_filtered_as_the_whole_is_there() {
    let image = simulated([33, 30, 27], [1.0, 1.0, 1.0]);
    for filter in filters() {
        let whole = filter.apply(&image).unwrap();
        let scale = |map: &Volume| map.values.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        // In a corner, in the middle, at the far end; then a part cut out with its margin, which knows nothing of the rest.
        for place in [box_of([0, 0, 0], [5, 4, 6]), box_of([14, 13, 12], [17, 18, 13]), box_of([30, 20, 26], [33, 30, 27])] {
            for (part, map) in filter.apply_within(&image, &place).unwrap().iter().zip(&whole) {
                let truth = cropped(&map.image, &place);
                assert_eq!((&part.name, &part.image.grid), (&map.name, &truth.grid));
                let worst = part.image.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(worst <= 1e-9 * scale(&map.image), "{filter:?} {}: {worst} in {place:?}", map.name);
            }
        }
        let margin = filter.support(image.grid.spacing);
        let place = box_of([15, 14, 13], [17, 16, 14]);
        if (0..3).any(|a| margin[a] > place.start[a] || place.end[a] + margin[a] > image.grid.size[a]) {
            continue;
        }
        let around =
            box_of(std::array::from_fn(|a| place.start[a] - margin[a]), std::array::from_fn(|a| place.end[a] + margin[a]));
        let inner = box_of(margin, std::array::from_fn(|a| margin[a] + place.end[a] - place.start[a]));
        let parts = filter.apply_part(&cropped(&image, &around), &inner, Some(Range::of(&image.values))).unwrap();
        for (part, map) in parts.iter().zip(&whole) {
            let truth = cropped(&map.image, &place);
            let worst = part.image.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst <= 1e-9 * scale(&map.image), "{filter:?} {}: {worst} of a part with its margin", map.name);
        }
    }
}
