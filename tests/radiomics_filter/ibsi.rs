//! The filters of IBSI 2 against the consensus response maps of the standard: each voxel within 1 % of the range of the map.

use serde_json::json;
use vbx::image::read::nifti;
use vbx::radiomics::filter::Filter;

/// Benchmark id, phantom, filter: the parameters of the IBSI 2 reference manual.
fn benchmarks() -> Vec<(&'static str, &'static str, serde_json::Value)> {
    let mean = |boundary: &str| json!({"mean": {"support": 15, "boundary": boundary}});
    let laws = |kernel: &str, boundary: &str| json!({"laws": {"kernel": kernel, "boundary": boundary}});
    let pooled = |kernel: &str, boundary: &str| json!({"laws": {"kernel": kernel, "boundary": boundary, "pooling": "max"}});
    let energy =
        |kernel: &str, boundary: &str| json!({"laws": {"kernel": kernel, "boundary": boundary, "pooling": "max", "energy": 7}});
    let wavelet = |wavelet: &str, band: &str, boundary: &str| json!({"separable-wavelet": {"wavelet": wavelet, "band": band, "boundary": boundary}});
    vec![
        ("1_a_1", "checkerboard", mean("zero")),
        ("1_a_2", "checkerboard", mean("nearest")),
        ("1_a_3", "checkerboard", mean("periodic")),
        ("1_a_4", "checkerboard", mean("mirror")),
        ("1_b_1", "impulse", json!({"mean": {"support": 15, "by-slice": true, "boundary": "zero"}})),
        ("2_a", "impulse", json!({"log": {"sigma": 3.0, "boundary": "zero"}})),
        ("2_b", "checkerboard", json!({"log": {"sigma": 5.0, "boundary": "mirror"}})),
        ("3_a_1", "impulse", laws("E5L5S5", "zero")),
        ("3_a_2", "impulse", pooled("E5L5S5", "zero")),
        ("3_a_3", "impulse", energy("E5L5S5", "zero")),
        ("3_b_1", "checkerboard", laws("E3W5R5", "mirror")),
        ("3_b_2", "checkerboard", pooled("E3W5R5", "mirror")),
        ("3_b_3", "checkerboard", energy("E3W5R5", "mirror")),
        ("3_c_1", "checkerboard", laws("L5S5", "mirror")),
        ("4_a_1", "impulse", json!({"gabor": {"sigma": 10.0, "lambda": 4.0, "gamma": 0.5, "theta": 60.0, "boundary": "zero"}})),
        (
            "4_a_2",
            "impulse",
            json!({"gabor": {"sigma": 10.0, "lambda": 4.0, "gamma": 0.5, "theta-step": 45.0, "orthogonal": true, "boundary": "zero"}}),
        ),
        ("4_b_1", "sphere", json!({"gabor": {"sigma": 20.0, "lambda": 8.0, "gamma": 2.5, "theta": 225.0, "boundary": "mirror"}})),
        (
            "4_b_2",
            "sphere",
            json!({"gabor": {"sigma": 20.0, "lambda": 8.0, "gamma": 2.5, "theta-step": 22.5, "orthogonal": true, "boundary": "mirror"}}),
        ),
        ("5_a_1", "impulse", wavelet("db2", "LHL", "zero")),
        ("6_a_1", "sphere", wavelet("coif1", "HHL", "periodic")),
        (
            "7_a_1",
            "checkerboard",
            json!({"separable-wavelet": {"wavelet": "haar", "band": "LLL", "level": 2, "pooling": "average", "boundary": "mirror"}}),
        ),
        ("8_a_1", "checkerboard", json!({"simoncelli": {"level": 1}})),
        ("8_a_2", "checkerboard", json!({"simoncelli": {"level": 2}})),
    ]
}

/// The filters that have a consensus response map.
pub fn filters() -> Vec<serde_json::Value> {
    benchmarks().into_iter().map(|(_, _, filter)| filter).collect()
}

#[test]
fn response_maps_are_those_of_the_consensus() {
    let Some(root) = super::common::reference("ibsi2") else { return };
    let mut outside = Vec::new();
    for (id, phantom, filter) in benchmarks() {
        let filter: Filter = serde_json::from_value(filter).expect("a filter");
        let image = nifti::read_volume(&root.join(format!("phantoms/{phantom}/image.nii.gz"))).unwrap();
        let truth = nifti::read_volume(&root.join(format!("response_maps/{id}-ValidCRM.nii.gz"))).unwrap().values;
        let response = filter.apply(&image).expect("a response");
        assert_eq!(response.len(), 1);
        let (low, high) = truth.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
        let worst = response[0].image.values.iter().zip(&truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let share = worst / (high - low);
        if !(share <= 0.01) {
            outside.push(id);
        }
    }
    assert!(outside.is_empty(), "outside the tolerance: {outside:?}");
}
