//! Decimated wavelets against PyWavelets (`tests/reference/decimated_pywavelets.py`), and what is measured on their grids.

use std::path::Path;

use serde_json::{Value, json};
use vbx::image::{BoundingBox, Grid, Mask, Volume};
use vbx::radiomics::filter::Filter;
use vbx::radiomics::settings::{Bins, Ibsi, ImageType, PyRadiomics};
use vbx::radiomics::{Extractor, Feature, Settings};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn oracle() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/decimated_pywavelets.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the oracle is committed")).expect("JSON")
}

fn filter_of(written: &Value) -> Filter {
    serde_json::from_value(written.clone()).expect("a filter")
}

/// The filters that have an answer of PyWavelets.
pub fn filters() -> Vec<Value> {
    oracle()["cases"].as_array().expect("cases").iter().map(|case| case["filter"].clone()).collect()
}

#[test]
fn coefficients_are_those_of_pywavelets() {
    let oracle = oracle();
    let images = oracle["images"].as_array().unwrap();
    for case in oracle["cases"].as_array().unwrap() {
        let written = &images[case["image"].as_u64().unwrap() as usize];
        let size = numbers(&written["size"]);
        let grid = Grid::plain(std::array::from_fn(|axis| size[axis] as usize), [1.0, 0.5, 2.0]);
        let image = Volume::new(grid, numbers(&written["values"]));
        let filter = filter_of(&case["filter"]);
        let response = filter.apply(&image).unwrap().remove(0);
        let factor = filter.decimation();
        let coarse: [usize; 3] = std::array::from_fn(|axis| image.grid.size[axis].div_ceil(factor[axis]));
        assert_eq!(response.image.grid.size, coarse);
        let truth = numbers(&case["values"]);
        assert_eq!(response.image.values.len(), truth.len(), "{}", case["filter"]);
        let worst = response.image.values.iter().zip(&truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        // They are written with ten digits.
        let scale = truth.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        assert!(worst < 1e-9 * scale, "{} of {size:?}: off by {worst}", case["filter"]);
    }
}

#[test]
fn a_periodic_decimated_wavelet_keeps_the_energy_of_the_image() {
    let grid = Grid::plain([16, 8, 8], [1.0; 3]);
    let image = Volume::new(grid.clone(), (0..grid.voxels()).map(|x| ((x * 7919) % 211) as f64 - 90.0).collect());
    let energy = |values: &[f64]| values.iter().map(|x| x * x).sum::<f64>();
    for wavelet in ["haar", "db4", "sym5", "coif3"] {
        let of = |band: &str, level: usize| {
            let written = json!({"wavelet": wavelet, "band": band, "level": level, "boundary": "periodic", "decimated": true});
            energy(&filter_of(&json!({"separable-wavelet": written})).apply(&image).unwrap()[0].image.values)
        };
        let fine = ["LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"];
        let total: f64 = [1, 2, 3].iter().flat_map(|level| fine.map(|band| of(band, *level))).sum::<f64>() + of("LLL", 3);
        assert!((total / energy(&image.values) - 1.0).abs() < 1e-9, "{wavelet}: {total}");
    }
}

#[test]
fn a_turned_image_has_the_turned_pooled_response() {
    let size = [8, 8, 8];
    let grid = Grid::plain(size, [1.0; 3]);
    let value = |[i, j, k]: [usize; 3]| ((i * 37 + j * 101 + k * 59 + i * j * 7) % 83) as f64;
    let image = |turned: bool| {
        // A quarter turn about k: (i, j) goes to (7 − j, i).
        let of = |[i, j, k]: [usize; 3]| if turned { value([7 - j, i, k]) } else { value([i, j, k]) };
        Volume::new(grid.clone(), (0..512).map(|at| of([at % 8, at / 8 % 8, at / 64])).collect())
    };
    for pooling in ["max", "average"] {
        let written = json!({"wavelet": "db2", "band": "LHL", "pooling": pooling, "boundary": "mirror", "decimated": true});
        let filter = filter_of(&json!({"separable-wavelet": written}));
        let [plain, turned] = [false, true].map(|turned| filter.apply(&image(turned)).unwrap().remove(0));
        assert!(plain.name.ends_with("LHL-level-1-decimated-max") || plain.name.ends_with("LHL-level-1-decimated-average"));
        for at in 0..64 {
            let [i, j, k] = [at % 4, at / 4 % 4, at / 16];
            let there = (3 - j) + 4 * (i + 4 * k);
            assert!((turned.image.values[at] - plain.image.values[there]).abs() < 1e-9, "{pooling} at {at}");
        }
    }
}

#[test]
fn a_part_of_a_decimated_response_is_that_part_of_the_whole() {
    let grid = Grid { origin: [3.0, -7.0, 20.0], ..Grid::plain([21, 14, 11], [0.7, 1.1, 2.0]) };
    let image = Volume::new(grid.clone(), (0..grid.voxels()).map(|x| ((x * 7919 + x / 13) % 1009) as f64).collect());
    for boundary in ["zero", "nearest", "periodic", "mirror"] {
        for (wavelet, band, level, pooling) in
            [("haar", "HLL", 1, None), ("db2", "LHL", 2, Some("max")), ("coif1", "HH", 3, None), ("sym4", "LLL", 3, None)]
        {
            let written = json!({"wavelet": wavelet, "band": band, "level": level, "pooling": pooling, "boundary": boundary,
                                 "decimated": true});
            let filter = filter_of(&json!({"separable-wavelet": written}));
            let whole = filter.apply(&image).unwrap().remove(0).image;
            let factor = filter.decimation();
            for (start, end) in [([0, 0, 0], [2, 3, 1]), ([5, 4, 3], [12, 9, 8]), ([20, 13, 10], [21, 14, 11])] {
                let part = filter.apply_within(&image, &BoundingBox { start, end }).unwrap().remove(0).image;
                let coarse = BoundingBox {
                    start: std::array::from_fn(|axis| start[axis] / factor[axis]),
                    end: std::array::from_fn(|axis| end[axis].div_ceil(factor[axis])),
                };
                let truth = whole.part(&coarse);
                assert_eq!(part.grid, truth.grid);
                let worst = part.values.iter().zip(&truth.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(worst < 1e-9, "{written} from {start:?}: {worst}");
            }
        }
    }
}

fn ball(radius: f64) -> (Volume, Mask) {
    let grid = Grid::plain([32, 32, 32], [1.0, 1.0, 1.0]);
    let inside = |at: usize| {
        let squared = |n: usize| (n as f64 - 15.5).powi(2);
        squared(at % 32) + squared(at / 32 % 32) + squared(at / 1024) <= radius * radius
    };
    // Roots, so that no sum lies on the edge of a bin.
    let values = (0..grid.voxels()).map(|x| (((x * 7919 + x / 13 * 104_729) % 1009) as f64).sqrt()).collect();
    (Volume::new(grid.clone(), values), Mask::new(grid.clone(), (0..grid.voxels()).map(inside).collect()))
}

fn decimated(level: usize) -> Filter {
    filter_of(&json!({"separable-wavelet": {"wavelet": "haar", "band": "LLL", "level": level, "decimated": true}}))
}

fn of_levels(levels: &[usize]) -> Extractor {
    let filters = levels.iter().map(|level| decimated(*level)).collect();
    Extractor::new(Settings::Ibsi(Ibsi { filters, bins: Bins::Number(8), ..Ibsi::default() }))
}

#[test]
fn a_decimated_band_is_measured_on_its_own_grid() {
    let (image, mask) = ball(11.0);
    let features = of_levels(&[1]).extract(&image, &mask).unwrap();
    // The same by hand: sums of blocks of eight voxels over √8, where four or more of the eight are in the region.
    let grid = Grid::plain([16, 16, 16], [2.0; 3]);
    let block = |at: usize| {
        let corner = [2 * (at % 16), 2 * (at / 16 % 16), 2 * (at / 256)];
        (0..8).map(move |n| (corner[0] + n % 2) + 32 * (corner[1] + n / 2 % 2) + 1024 * (corner[2] + n / 4))
    };
    let sums = (0..4096).map(|at| block(at).map(|voxel| image.values[voxel]).sum::<f64>() / 8f64.sqrt()).collect();
    let halves = (0..4096).map(|at| block(at).filter(|voxel| mask.inside[*voxel]).count() >= 4).collect();
    let coarse = of_levels(&[]).extract(&Volume::new(grid.clone(), sums), &Mask::new(grid, halves)).unwrap();
    let of_response: Vec<&Feature> = features.iter().filter(|feature| feature.image != "original").collect();
    let texture: Vec<&Feature> = coarse.iter().filter(|feature| !matches!(feature.class, "morphology" | "local")).collect();
    assert_eq!(of_response.len(), texture.len());
    for (found, expected) in of_response.iter().zip(texture) {
        assert_eq!((found.class, found.definition.name), (expected.class, expected.definition.name));
        assert_eq!(found.image, "ibsi-wavelet-haar-LLL-level-1-decimated");
        match (found.value, expected.value) {
            (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3), "{}: {a} {b}", found.name()),
            (a, b) => assert_eq!(a, b),
        }
    }
}

#[test]
fn a_level_too_coarse_for_the_region_gives_no_values_and_says_why() {
    let (image, mask) = ball(4.2);
    let extractor = of_levels(&[1, 4]);
    let features = extractor.extract(&image, &mask).unwrap();
    let of = |image: &str| features.iter().filter(|feature| feature.image.ends_with(image)).collect::<Vec<_>>();
    let (fine, coarse) = (of("level-1-decimated"), of("level-4-decimated"));
    assert!(fine.iter().all(|feature| feature.reason.is_none()) && fine.iter().any(|feature| feature.value.is_some()));
    assert_eq!(fine.len(), coarse.len());
    assert!(coarse.iter().all(|feature| feature.value.is_none()));
    let reason = coarse[0].reason.as_deref().unwrap();
    assert!(reason.contains("level-4") && reason.contains("has 0 on") && reason.contains("16×16×16"), "{reason}");
    // The columns are there all the same, and in the same order.
    let names = |features: &[Feature]| features.iter().map(Feature::name).collect::<Vec<_>>();
    assert_eq!(names(&extractor.columns(false).unwrap()), names(&features));
    assert_eq!(extractor.margin([1.0; 3]).map(|margin| margin[0] > 10_000), Some(true));
}

#[test]
fn pyradiomics_has_no_decimated_wavelets() {
    let (image, mask) = ball(6.0);
    let images = vec![ImageType { filter: Some(decimated(1)), features: Default::default() }];
    let settings = Settings::Pyradiomics(PyRadiomics { images, ..PyRadiomics::default() });
    let said = Extractor::new(settings).extract(&image, &mask).unwrap_err().to_string();
    assert!(said.contains("decimated"), "{said}");
}

#[test]
fn settings_without_decimation_are_written_as_before() {
    let written = json!({"separable-wavelet": {"wavelet": "haar", "band": "LLL"}});
    let again = serde_json::to_value(filter_of(&written)).unwrap();
    assert_eq!(again["separable-wavelet"].get("decimated"), None);
    assert_eq!(serde_json::to_value(decimated(1)).unwrap()["separable-wavelet"]["decimated"], true);
}
