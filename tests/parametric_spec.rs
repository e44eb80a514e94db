//! Maps by their specification: what is declared is what comes, options are checked, and bad input is refused or null with its reason.

use vbx::image::{Grid, Mask, Volume};
use vbx::parametric::aif::{Aif, HAEMATOCRIT, Population};
use vbx::parametric::concentration::Spgr;
use vbx::parametric::convolution::Convolution;
use vbx::parametric::{BValues, Curve, Failure, Images, Inputs, MapSpec, Maps, Series, Timing, compute};

const VOXELS: usize = 3;

fn grid() -> Grid {
    Grid::plain([VOXELS, 1, 1], [1.0; 3])
}

fn spec(text: &str) -> MapSpec {
    serde_json::from_str(text).unwrap_or_else(|cause| panic!("{text}: {cause}"))
}

/// Frames in which every voxel has the same values.
fn alike(values: &[f64]) -> Series {
    Series::from_frames(grid(), values.iter().map(|value| vec![*value as f32; VOXELS]).collect()).unwrap()
}

fn timing() -> Timing {
    Timing::new((0..40).map(|image| f64::from(image) * 8.0 - 25.0).collect(), 4).unwrap()
}

/// Concentrations of a voxel with Ktrans 0.25/min, ve 0.4, vp 0.05, Parker's bolus arriving at the injection.
fn concentrations() -> Vec<f64> {
    let (timing, aif) = (timing(), Aif::population(Population::Parker, 0.0, 400.0, HAEMATOCRIT).unwrap());
    let (mut values, mut slopes) = (vec![0.0; 40], vec![0.0; 40]);
    Convolution::new(&aif, 0.25 / 0.4).at(timing.times(), 0.0, &mut values, &mut slopes);
    values.iter().zip(timing.times()).map(|(value, time)| 0.25 * value + 0.05 * aif.at(*time)).collect()
}

/// The series that each kind takes, with signals it can explain.
fn run(spec: &MapSpec) -> Maps {
    let (timing, concentration) = (timing(), concentrations());
    let b = BValues::new(vec![0.0, 50.0, 100.0, 200.0, 400.0, 700.0, 1000.0, 1500.0]).unwrap();
    let decay = b.values().iter().map(|b| 900.0 * (0.1 * (-b * 0.03).exp() + 0.9 * (-b * 1e-3).exp())).collect::<Vec<f64>>();
    let series = match spec.kind() {
        "kinetics" => alike(&concentration.iter().map(|c| 100.0 + 50.0 * c).collect::<Vec<f64>>()),
        "tofts" | "extended-tofts" | "patlak" => alike(&concentration),
        "t1" => alike(&[2.0, 5.0, 12.0].map(|angle| Spgr::new(angle, 0.005).unwrap().signal(800.0, 0.7))),
        "relaxometry" => alike(&[1600.0, 400.0]),
        _ => alike(&decay),
    };
    let images = match spec.kind() {
        "kinetics" | "tofts" | "extended-tofts" | "patlak" => Images::Dynamic(&series, &timing),
        "t1" | "relaxometry" => Images::Plain(&series),
        _ => Images::Diffusion(&series, &b),
    };
    compute(spec, &Inputs::new(images), None, |_| {}).unwrap()
}

const EVERY_KIND: [&str; 14] = [
    r#"{"kinetics": {}}"#,
    r#"{"kinetics": {"iauc": [45], "early": {"image": 12}, "mean-enhancement": "plain", "time-to-peak": "arrival"}}"#,
    r#"{"tofts": {}}"#,
    r#"{"extended-tofts": {}}"#,
    r#"{"extended-tofts": {"delay": {"fitted": {"from": -3, "to": 3}}, "aif": "georgiou"}}"#,
    r#"{"patlak": {"aif": {"weinmann": {}}}}"#,
    r#"{"t1": {"flip-angles": [2, 5, 12], "repetition-time": 5}}"#,
    r#"{"adc": {"method": "two-point", "min-b": 200}}"#,
    r#"{"ivim": {"method": "full"}}"#,
    r#"{"kurtosis": {}}"#,
    r#"{"stretched": {}}"#,
    r#"{"ctrw": {}}"#,
    r#"{"froc": {"duration": 20, "separation": 40}}"#,
    r#"{"relaxometry": {"quantity": "T1"}}"#,
];

#[test]
fn the_maps_that_are_declared_are_those_that_come() {
    for text in EVERY_KIND {
        let spec = spec(text);
        let maps = run(&spec);
        assert_eq!(maps.maps.iter().map(|(info, _)| info.clone()).collect::<Vec<_>>(), spec.maps(), "{text}");
        assert_eq!((maps.voxels, maps.failed()), (VOXELS, 0), "{text}: {:?}", maps.failures);
        assert_eq!(spec.measure(&maps, None).len(), spec.statistics().len());
        let again: MapSpec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        assert_eq!(again, spec);
    }
    assert!(schemars::schema_for!(MapSpec).get("oneOf").is_some());
}

#[test]
fn signals_masks_and_tables_give_the_truth() {
    let (timing, concentration, t1, relaxivity) = (timing(), concentrations(), 1.6, 4.5);
    let aif = Aif::population(Population::Parker, 0.0, 400.0, HAEMATOCRIT).unwrap();
    let blood: Vec<f64> = timing.times().iter().map(|time| aif.at(*time) * (1.0 - HAEMATOCRIT)).collect();
    let spgr = Spgr::new(20.0, 0.005).unwrap();
    // Voxel 0 is the artery, the others are tissue.
    let frames = concentration.iter().zip(&blood).map(|(tissue, blood)| {
        let tissue = spgr.signal(500.0, 1.0 / t1 + relaxivity * tissue) as f32;
        vec![spgr.signal(700.0, 1.0 / 1.932 + relaxivity * blood) as f32, tissue, tissue]
    });
    let series = Series::from_frames(grid(), frames.collect()).unwrap();
    let region = Mask::new(grid(), vec![false, true, true]);
    let mut inputs = Inputs::new(Images::Dynamic(&series, &timing));
    inputs.volumes.insert("t1".into(), Volume::new(grid(), vec![1.0, t1, f64::NAN]));
    inputs.masks.insert("artery".into(), Mask::new(grid(), vec![true, false, false]));
    inputs.curves.insert("aif.csv".into(), Curve { seconds: timing.times().to_vec(), concentration: blood });
    let signal = r#""values": {"signal": {"repetition-time": 5, "flip-angle": 20, "t1": {"map": "t1"}}}"#;
    // A measured AIF is sampled as coarsely as the series: 8 s lose some of the first pass, for the sampled curves alike.
    for (aif, tolerance) in
        [(r#""parker""#, 1e-3), (r#"{"mask": {"mask": "artery"}}"#, 0.15), (r#"{"file": {"file": "aif.csv"}}"#, 0.15)]
    {
        let spec = spec(&format!(r#"{{"extended-tofts": {{{signal}, "aif": {aif}}}}}"#));
        let maps = compute(&spec, &inputs, Some(&region), |_| {}).unwrap();
        let ktrans = &maps.get("Ktrans").unwrap().values;
        assert!((ktrans[1] / 0.25 - 1.0).abs() < tolerance, "{aif}: {ktrans:?}");
        assert!(ktrans[0].is_nan() && ktrans[2].is_nan());
        assert_eq!(maps.failures.get(&Failure::NoBaseline), Some(&1), "T1 is unknown in voxel 2");
    }
    // Mask and table hold the same artery: the same answer.
    let of = |aif: &str| {
        let spec = spec(&format!(r#"{{"extended-tofts": {{{signal}, "aif": {aif}}}}}"#));
        compute(&spec, &inputs, Some(&region), |_| {}).unwrap().get("Ktrans").unwrap().values[1]
    };
    assert!((of(r#"{"mask": {"mask": "artery"}}"#) - of(r#"{"file": {"file": "aif.csv"}}"#)).abs() < 1e-4);
}

#[test]
fn what_the_inputs_cannot_answer_is_refused() {
    let (timing, series) = (timing(), alike(&concentrations()));
    let dynamic = Inputs::new(Images::Dynamic(&series, &timing));
    let says = |text: &str, inputs: &Inputs| compute(&spec(text), inputs, None, |_| {}).unwrap_err().to_string();
    assert!(says(r#"{"adc": {}}"#, &dynamic).contains("diffusion series"));
    assert!(says(r#"{"relaxometry": {"quantity": "T2"}}"#, &dynamic).contains("two maps"));
    assert!(says(r#"{"kinetics": {"early": {"image": 41}}}"#, &dynamic).contains("40 images"));
    assert!(says(r#"{"kinetics": {"early": {"image": 2}}}"#, &dynamic).contains("early (image 2)"));
    assert!(says(r#"{"kinetics": {"iauc": [60, 60]}}"#, &dynamic).contains("60"));
    assert!(says(r#"{"tofts": {"aif": {"mask": {"mask": "artery"}}}}"#, &dynamic).contains("`artery`"));
    assert!(says(r#"{"tofts": {"haematocrit": 1}}"#, &dynamic).contains("haematocrit"));
    assert!(
        says(r#"{"tofts": {"values": {"signal": {"repetition-time": 5, "flip-angle": 200}}}}"#, &dynamic).contains("flip angle")
    );
    let plain = Inputs::new(Images::Plain(&series));
    assert!(says(r#"{"kinetics": {}}"#, &plain).contains("dynamic series"));
    assert!(says(r#"{"t1": {"flip-angles": [2, 5], "repetition-time": 5}}"#, &plain).contains("40 images"));
    let b = BValues::new((0..40).map(|at| 50.0 + f64::from(at)).collect()).unwrap();
    let weighted = Inputs::new(Images::Diffusion(&series, &b));
    for kind in [r#"{"ivim": {}}"#, r#"{"stretched": {}}"#, r#"{"ctrw": {}}"#, r#"{"froc": {"duration": 20, "separation": 40}}"#]
    {
        assert!(says(kind, &weighted).contains("b = 0"), "{kind}");
    }
    assert!(serde_json::from_str::<MapSpec>(r#"{"adc": {"minimum": 3}}"#).is_err());
}

#[test]
fn negative_and_saturated_signals_are_null_and_counted() {
    let b = BValues::new(vec![0.0, 200.0, 500.0, 1000.0]).unwrap();
    let frames = vec![vec![100.0, 100.0, 4095.0], vec![80.0, 30.0, 900.0], vec![60.0, 3.0, 600.0], vec![37.0, -1.0, 300.0]];
    let series = Series::from_frames(grid(), frames).unwrap().saturated_at(4095.0);
    let inputs = Inputs::new(Images::Diffusion(&series, &b));
    let counts = |text: &str| compute(&spec(text), &inputs, None, |_| {}).unwrap().failures;
    for kind in [r#"{"adc": {}}"#, r#"{"ivim": {}}"#, r#"{"stretched": {}}"#, r#"{"kurtosis": {}}"#] {
        let failures = counts(kind);
        assert_eq!(failures.get(&Failure::NotPositive), Some(&1), "{kind}");
        assert_eq!(failures.get(&Failure::Saturated), Some(&1), "{kind}");
    }
    assert_eq!(counts(r#"{"stretched": {"negative": true}}"#).get(&Failure::NotPositive), None);
}
