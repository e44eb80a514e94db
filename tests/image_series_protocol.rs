//! Protocols against what a study expects: every deviation is a sentence with what was found and what was expected.

use vbx::image::Grid;
use vbx::image::protocol::{Deviation, DeviationKind, Expected, Protocol, Scan, SequenceKind, check};
use vbx::image::series::{Diffusion, PhaseTable, TimeSource, Times};

fn scan() -> Scan {
    Scan {
        sequence: Some(SequenceKind::SpoiledGradientEcho),
        repetition_time_ms: Some(4.5),
        echo_time_ms: Some(1.8),
        flip_angle_deg: Some(10.0),
        field_t: Some(1.494),
        manufacturer: Some("SIEMENS".into()),
        model: Some("Avanto".into()),
        slice_thickness_mm: Some(2.0),
    }
}

fn dce(seconds: &[f64], injection: Option<f64>, baseline: Option<usize>) -> Protocol {
    let times = Times { seconds: seconds.to_vec(), source: TimeSource::AcquisitionTime, injection };
    let phases = PhaseTable::new(seconds.len(), Some(&times), baseline, None).ok();
    let scans = vec![scan(); seconds.len()];
    Protocol::new(scans.iter(), &Grid::plain([4, 4, 4], [0.8, 0.8, 2.0]), Some(&times), phases.as_ref(), None)
}

fn dwi(b_values: &[f64]) -> Protocol {
    let diffusion = Diffusion::of_b_values(b_values.to_vec()).unwrap();
    let scans = vec![scan(); b_values.len()];
    Protocol::new(scans.iter(), &Grid::plain([4, 4, 4], [0.8, 0.8, 2.0]), None, None, Some(&diffusion))
}

fn expected(toml: &str) -> Expected {
    toml::from_str(toml).unwrap()
}

fn only(protocol: &Protocol, toml: &str) -> Deviation {
    let mut found = check(protocol, &expected(toml));
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The sentence of the only deviation, which must be of the given kind.
fn says(protocol: &Protocol, toml: &str, kind: DeviationKind) -> String {
    let deviation = only(protocol, toml);
    assert_eq!(deviation.kind, kind);
    deviation.to_string()
}

const GOOD: [f64; 6] = [0.0, 90.0, 150.0, 210.0, 270.0, 330.5];

#[test]
fn a_protocol_as_expected_has_no_deviation() {
    let protocol = dce(&GOOD, Some(70.0), None);
    let study = "phases = 6\nbaseline = 1\nfirst-phase-within-s = 30\ninterval-s = 60\ninterval-tolerance-s = 2\nfield-t = 1.5\n\
                 repetition-time-ms = [3, 6]\necho-time-ms = [1, 2.5]\nflip-angle-deg = [10, 10]\nslice-thickness-mm = [1, 3]\n\
                 pixel-spacing-mm = [0.5, 1]\nsequence = 'spoiled-gradient-echo'";
    expected(study).validate().unwrap();
    assert_eq!(check(&protocol, &expected(study)), []);
    assert_eq!(check(&protocol, &Expected::default()), []);
    assert_eq!(check(&dwi(&[0.0, 805.0, 50.0]), &expected("b-values = [0, 50, 800]")), []);
}

#[test]
fn phases_times_and_baseline() {
    let protocol = dce(&GOOD, Some(70.0), None);
    assert_eq!(says(&protocol, "phases = 8", DeviationKind::Phases), "found 6 phases (2 missing); expected 8 phases");
    assert!(says(&protocol, "phases = 5", DeviationKind::Phases).contains("1 too many"));
    assert!(says(&protocol, "baseline = 2", DeviationKind::Baseline).contains("found 1 images before"));
    assert!(says(&dce(&GOOD, None, None), "baseline = 1", DeviationKind::Baseline).contains("no baseline"));
    let late = says(&protocol, "first-phase-within-s = 10", DeviationKind::FirstPhase);
    assert_eq!(late, "found the first image after contrast agent at 20 s; expected the first within 10 s of the injection");
    // An injection that is assumed at the first image proves nothing.
    assert!(says(&dce(&GOOD, None, Some(1)), "first-phase-within-s = 10", DeviationKind::FirstPhase).contains("no statement"));
    let uneven = dce(&[0.0, 90.0, 150.0, 240.0, 300.0], Some(70.0), None);
    let words = says(&uneven, "interval-tolerance-s = 5", DeviationKind::Interval);
    assert_eq!(words, "found intervals of 60, 90, 60 s; expected 60 ± 5 s each");
    assert!(says(&protocol, "interval-s = 55", DeviationKind::Interval).contains("55 ± 2.75 s"));
    // Times that go back or stand still are reported whatever the study says.
    for seconds in [[0.0, 60.0, 30.0], [0.0, 60.0, 60.0]] {
        let words = says(&dce(&seconds, None, Some(1)), "", DeviationKind::TimesNotIncreasing);
        assert!(words.contains("image 2 at 60 s and image 3"), "{words}");
    }
    assert!(says(&dwi(&[0.0, 800.0]), "interval-s = 60", DeviationKind::TimesUnknown).contains("no times"));
}

#[test]
fn diffusion_weighting() {
    let wrong = says(&dwi(&[0.0, 50.0, 1000.0]), "b-values = [0, 50, 800]", DeviationKind::BValues);
    assert_eq!(wrong, "found b-values of 0, 50, 1000 s/mm²; expected 0, 50, 800 ± 10 s/mm²");
    assert!(says(&dwi(&[0.0, 50.0, 805.0]), "b-values = [0, 50, 800]\nb-tolerance = 1", DeviationKind::BValues).contains("± 1 "));
    let kinds = |protocol: &Protocol, toml: &str| check(protocol, &expected(toml)).iter().map(|d| d.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&dwi(&[50.0, 800.0]), "b-values = [0, 800]"), [DeviationKind::BValues, DeviationKind::Unweighted]);
    assert_eq!(kinds(&dce(&GOOD, None, None), "b-values = [0, 800]"), [DeviationKind::BValues, DeviationKind::Unweighted]);
    assert!(says(&dwi(&[0.0, 800.0]), "directions = 3", DeviationKind::Directions).contains("0 at b = 800"));
}

#[test]
fn the_scanner_and_its_settings() {
    let protocol = dce(&GOOD, Some(70.0), None);
    assert_eq!(says(&protocol, "field-t = 3", DeviationKind::Field), "found a field strength of 1.494 T; expected 3 T");
    assert!(says(&protocol, "repetition-time-ms = [5, 6]", DeviationKind::RepetitionTime).contains("4.5 ms"));
    assert!(says(&protocol, "sequence = 'echo-planar'", DeviationKind::Sequence).contains("spoiled-gradient-echo"));
    assert!(says(&protocol, "pixel-spacing-mm = [0.1, 0.5]", DeviationKind::PixelSpacing).contains("0.8, 0.8 mm"));
    let silent = Protocol { flip_angles_deg: vec![], sequences: vec![], ..protocol.clone() };
    assert!(says(&silent, "flip-angle-deg = [5, 20]", DeviationKind::FlipAngle).contains("no statement of the flip angle"));
    assert!(says(&silent, "sequence = 'echo-planar'", DeviationKind::Sequence).contains("no statement"));
    let mixed = Protocol { flip_angles_deg: vec![10.0, 30.0], ..protocol };
    assert!(says(&mixed, "flip-angle-deg = [5, 20]", DeviationKind::FlipAngle).contains("10, 30 degrees"));
}

#[test]
fn descriptors_and_expectations_are_files() {
    let protocol = dce(&GOOD, Some(70.0), None);
    let text = serde_json::to_string(&protocol).unwrap();
    assert_eq!(serde_json::from_str::<Protocol>(&text).unwrap(), protocol);
    assert!(text.contains("\"injection\":{\"stated\":70.0}"), "{text}");
    assert!(toml::from_str::<Expected>("phase = 6").is_err());
    assert!(toml::from_str::<Expected>("sequence = 'flash'").is_err());
    for (toml, word) in [
        ("phases = 0", "phases"),
        ("phases = 2\nbaseline = 2", "baseline"),
        ("b-values = [0, -1]", "b-values"),
        ("echo-time-ms = [2, 1]", "echo-time-ms"),
        ("interval-tolerance-s = -1", "interval-tolerance-s"),
        ("field-t = nan", "field-t"),
    ] {
        let message = expected(toml).validate().unwrap_err().to_string();
        assert!(message.contains(&format!("`{word}`")), "{message}");
    }
    let schema = serde_json::to_value(schemars::schema_for!(Expected)).unwrap();
    assert!(schema["properties"]["first-phase-within-s"].is_object() && schema["additionalProperties"] == false, "{schema}");
    let schema = serde_json::to_value(schemars::schema_for!(Protocol)).unwrap();
    assert!(schema["properties"]["slice-thicknesses-mm"].is_object(), "{schema}");
}
