//! Normalisation: Nyúl against intensity-normalization, PyRadiomics' against SimpleITK, closed forms, and simulated tissue peaks.

use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;
use vbx::image::normalise::body::{body_mask, otsu_threshold};
use vbx::image::normalise::white_stripe::Peak;
use vbx::image::normalise::{Normalisation, StandardScale, WhiteStripe, normalize};
use vbx::image::{Grid, Mask, Volume};

fn oracle() -> Value {
    serde_json::from_str(include_str!("reference/normalise.json")).unwrap()
}

fn grid() -> Grid {
    Grid::plain([10, 9, 8], [1.0; 3])
}

/// The images and masks of the script.
fn image(number: i64) -> Volume {
    let value = |v: i64| {
        let digits = (v * 7919 + v * v * 31 + number * 104_729) % 1009;
        (digits + digits * digits * (number + 1) / 700 + 50 * number) as f64
    };
    Volume::new(grid(), (0..720).map(value).collect())
}

fn mask(number: i64) -> Mask {
    Mask::new(grid(), (0..720).map(|v| (v * 37 + number) % 5 != 0).collect())
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn close(found: impl IntoIterator<Item = f64>, expected: &[f64], tolerance: f64) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} {expected}");
    }
}

#[test]
fn nyul_as_in_intensity_normalization() {
    let oracle = &oracle()["nyul"];
    let (images, masks): (Vec<_>, Vec<_>) = (0..4).map(|n| (image(n), mask(n))).unzip();
    let training: Vec<_> = (0..3).map(|n| (&images[n], Some(&masks[n]))).collect();
    let scale = StandardScale::learn(&training).unwrap();
    assert_eq!(scale.images(), 3);
    close(scale.landmarks().map(|(percent, _)| percent), &numbers(&oracle["percents"]), 0.0);
    close(scale.landmarks().map(|(_, place)| place), &numbers(&oracle["landmarks"]), 1e-12);
    let applied = scale.apply(&images[3], Some(&masks[3])).unwrap();
    // It keeps images as 32-bit reals: half a unit in their last place.
    close(applied.values.into_iter().step_by(5), &numbers(&oracle["applied"]), 6e-8);
    // Frozen: what is written and read again is the same object.
    let again: StandardScale = serde_json::from_str(&serde_json::to_string(&scale).unwrap()).unwrap();
    assert_eq!(again, scale);
}

#[test]
fn nyul_takes_away_what_is_linear() {
    let first = image(1);
    let scale = StandardScale::learn(&[(&first, None)]).unwrap();
    let other = Volume::new(grid(), first.values.iter().map(|v| 3.0 * v - 40.0).collect());
    let (a, b) = (scale.apply(&first, None).unwrap(), scale.apply(&other, None).unwrap());
    close(a.values, &b.values, 1e-9);
}

#[test]
fn nyul_with_equal_landmarks_and_with_nonsense() {
    let scale = StandardScale::learn(&[(&image(0), None)]).unwrap();
    // Half of all voxels are 0: seven landmarks fall together, and the rest still ascends.
    let half = Volume::new(grid(), (0..720).map(|v| if v % 3 == 0 { f64::from(v) } else { 0.0 }).collect());
    let mut placed: Vec<(f64, f64)> = half.values.iter().copied().zip(scale.apply(&half, None).unwrap().values).collect();
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(placed.windows(2).all(|pair| pair[0].1 <= pair[1].1 && pair[0].1.is_finite()));
    assert!(StandardScale::learn(&[]).is_err());
    let flat = Volume::new(grid(), vec![7.0; 720]);
    assert!(StandardScale::learn(&[(&flat, None)]).is_err());
    assert!(scale.apply(&flat, None).is_err());
    for wrong in [
        r#"{"percents":[1,99],"landmarks":[5,5],"images":1}"#,
        r#"{"percents":[1,99],"landmarks":[5],"images":1}"#,
        r#"{"percents":[],"landmarks":[],"images":1}"#,
        r#"{"percents":[-1,900],"landmarks":[0,1],"images":1}"#,
    ] {
        let scale: StandardScale = serde_json::from_str(wrong).unwrap();
        assert!(scale.apply(&image(0), None).is_err(), "{wrong}");
    }
}

#[test]
fn pyradiomics_normalize_as_in_simpleitk() {
    let oracle = &oracle()["normalize"];
    for (kind, expected) in oracle.as_object().unwrap() {
        let expected = numbers(expected);
        assert!(!kind.is_empty());
        close(normalize(&image(2), 1.0, None).unwrap().values.into_iter().step_by(5), &expected, 1e-12);
        let clipped: Vec<f64> = expected.iter().map(|v| v.clamp(-1.5, 1.5) * 100.0).collect();
        close(normalize(&image(2), 100.0, Some(1.5)).unwrap().values.into_iter().step_by(5), &clipped, 1e-12);
    }
}

#[test]
fn linear_schemes_have_the_moments_they_promise() {
    let (image, mask) = (image(3), mask(3));
    let within =
        |v: &Volume| -> Vec<f64> { v.values.iter().zip(&mask.inside).filter(|(_, inside)| **inside).map(|(v, _)| *v).collect() };
    let z = within(&Normalisation::ZScore.apply(&image, Some(&mask)).unwrap());
    let mean = z.iter().sum::<f64>() / z.len() as f64;
    let variance = z.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (z.len() as f64 - 1.0);
    assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    let scaled = within(&Normalisation::MinMax.apply(&image, Some(&mask)).unwrap());
    assert_eq!(scaled.iter().copied().fold(f64::INFINITY, f64::min), 0.0);
    assert!((scaled.iter().copied().fold(0.0, f64::max) - 1.0).abs() < 1e-15);
    // Of 101 values 0 to 100 the percentiles are the values themselves.
    let steps = Volume::new(Grid::plain([101, 1, 1], [1.0; 3]), (0..=100).map(f64::from).collect());
    let cut = Normalisation::Percentile { low: 10.0, high: 90.0 }.apply(&steps, None).unwrap().values;
    assert_eq!((cut[0], cut[10], cut[90], cut[100]), (0.0, 0.0, 1.0, 1.0));
    assert!((cut[30] - 0.25).abs() < 1e-15);
}

/// Two tissues whose means and shares are known.
fn two_tissues(seed: u64) -> Volume {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (dark, bright) = (Normal::new(200.0, 20.0).unwrap(), Normal::new(500.0, 30.0).unwrap());
    let grid = Grid::plain([60, 60, 20], [1.0; 3]);
    let values =
        (0..grid.voxels()).map(|v| if v % 10 < 3 { dark.sample(&mut random) } else { bright.sample(&mut random) }).collect();
    Volume::new(grid, values)
}

#[test]
fn white_stripe_finds_the_tissue() {
    let image = two_tissues(3);
    for (peak, mean, deviation) in [(Peak::First, 200.0, 20.0), (Peak::Last, 500.0, 30.0), (Peak::Highest, 500.0, 30.0)] {
        let (found, spread) = WhiteStripe { peak, ..WhiteStripe::default() }.stripe(&image, None).unwrap();
        assert!((found - mean).abs() < 0.15 * deviation, "{peak:?}: {found}");
        // Within ± 5 % of all voxels around the peak of a share of 30 or 70 %: a truncated normal's deviation.
        let share = if mean < 300.0 { 0.3 } else { 0.7 };
        let half = vbx::statistic::normal::quantile(0.5 + 0.05 / share);
        let inner = 1.0 - 2.0 * half * vbx::statistic::normal::density(half) / (0.1 / share);
        let truth = deviation * inner.sqrt();
        assert!((spread - truth).abs() < 0.05 * truth, "{peak:?}: {spread} {truth}");
        // An image in other units of intensity comes out the same.
        let stripe = Normalisation::WhiteStripe(WhiteStripe { peak, width: 0.05 });
        let scaled = Volume::new(image.grid.clone(), image.values.iter().map(|v| 0.37 * v + 11.0).collect());
        let (a, b) = (stripe.apply(&image, None).unwrap(), stripe.apply(&scaled, None).unwrap());
        let apart = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < 1e-9, "{apart}");
    }
}

#[test]
fn otsu_parts_where_the_variance_between_is_largest() {
    for number in 0..4 {
        let values = image(number).values;
        let threshold = otsu_threshold(&values).unwrap();
        let apart = |t: f64| {
            let (low, high): (Vec<f64>, Vec<f64>) = values.iter().partition(|v| **v <= t);
            let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
            low.len() as f64 * high.len() as f64 * (mean(&high) - mean(&low)).powi(2)
        };
        let mut cuts = values.clone();
        cuts.sort_by(f64::total_cmp);
        cuts.dedup();
        cuts.pop();
        let best = cuts.into_iter().map(apart).fold(0.0, f64::max);
        assert!(apart(threshold) > 0.9999 * best, "{number}: {} {best}", apart(threshold));
    }
}

#[test]
fn the_body_is_found_with_its_dark_inside() {
    let grid = Grid::plain([40, 30, 5], [1.0; 3]);
    let place = |v: usize| [(v % 40) as f64 - 20.0, (v / 40 % 30) as f64 - 15.0];
    let truth: Vec<bool> = (0..grid.voxels()).map(|v| place(v)[0].hypot(1.3 * place(v)[1]) < 15.0).collect();
    let values = (0..grid.voxels())
        .map(|v| {
            let noise = ((v * 7919) % 23) as f64;
            let [x, y] = place(v);
            let (lung, coil) = (x.hypot(y) < 4.0 && (1..4).contains(&(v / 1200)), v % 40 < 2 && v / 40 % 30 < 2);
            if (truth[v] && !lung) || coil { 300.0 + noise } else { noise }
        })
        .collect();
    let found = body_mask(&Volume::new(grid.clone(), values)).unwrap();
    assert_eq!(found.inside, truth);
    assert!(body_mask(&Volume::new(grid, vec![1.0; 6000])).is_err());
}

#[test]
fn what_has_no_scale_is_refused() {
    let schemes = [
        Normalisation::ZScore,
        Normalisation::MinMax,
        Normalisation::Percentile { low: 1.0, high: 99.0 },
        Normalisation::WhiteStripe(WhiteStripe::default()),
    ];
    let image = image(0);
    let one = Grid::plain([1, 1, 1], [1.0; 3]);
    let mut holed = image.clone();
    holed.values[3] = f64::INFINITY;
    for scheme in schemes {
        assert!(scheme.apply(&image, None).is_ok());
        assert!(scheme.apply(&Volume::new(grid(), vec![5.0; 720]), None).is_err());
        assert!(scheme.apply(&Volume::new(one.clone(), vec![5.0]), None).is_err());
        assert!(scheme.apply(&holed, None).is_err());
        assert!(scheme.apply(&image, Some(&Mask::new(grid(), vec![false; 720]))).is_err());
        assert!(scheme.apply(&image, Some(&Mask::new(one.clone(), vec![true]))).is_err());
        let empty = Volume::new(Grid::plain([0, 3, 3], [1.0; 3]), vec![]);
        assert!(scheme.apply(&empty, None).is_err());
    }
    for (low, high) in [(50.0, 50.0), (-1.0, 50.0), (1.0, 101.0), (f64::NAN, 99.0)] {
        assert!(Normalisation::Percentile { low, high }.apply(&image, None).is_err());
    }
    assert!(WhiteStripe { width: 0.7, ..WhiteStripe::default() }.apply(&image, None).is_err());
    assert!(normalize(&Volume::new(one, vec![5.0]), 1.0, None).is_err());
}
