//! N4: a field that is known, SimpleITK's N4 on the same image, and images on which there is nothing to estimate.

use serde_json::Value;
use vbx::image::bias_field::N4;
use vbx::image::{Grid, Mask, Volume};

struct Phantom {
    image: Volume,
    mask: Mask,
    tissue: Vec<f64>,
    log_field: Vec<f64>,
}

/// The phantom of the script, or the same finer by `scale`.
fn phantom(scale: i64) -> Phantom {
    let size = [36 * scale, 32 * scale, 20 * scale];
    let grid = Grid::plain(size.map(|n| n as usize), [1.0 / scale as f64; 3]);
    let (mut image, mut tissue, mut log_field) = (Vec::new(), Vec::new(), Vec::new());
    for k in 0..size[2] {
        for j in 0..size[1] {
            for i in 0..size[0] {
                let (a, b, c) = (i / scale, j / scale, k / scale);
                let r = (4 * a - 70).pow(2) + (5 * b - 77).pow(2) + (6 * c - 57).pow(2);
                let mut t = if r < 4900 { 100.0 } else { 0.0 };
                t += if r < 2500 { 80.0 } else { 0.0 };
                t += if r < 900 || (a > 20 && r < 4900 && b % 7 < 3) { 60.0 } else { 0.0 };
                let (x, y, z) =
                    (i as f64 / (size[0] - 1) as f64, j as f64 / (size[1] - 1) as f64, k as f64 / (size[2] - 1) as f64);
                let log = 0.5 * x - 0.35 * y * y + 0.3 * x * z - 0.2 * z;
                let digits = (i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17) % 101;
                image.push(t * log.exp() * (1.0 + (digits - 50) as f64 / 2500.0));
                tissue.push(t);
                log_field.push(log);
            }
        }
    }
    let inside = tissue.iter().map(|t| *t > 0.0).collect();
    Phantom { image: Volume::new(grid.clone(), image), mask: Mask::new(grid, inside), tissue, log_field }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum();
    product / a.len() as f64 / deviation(a) / deviation(b)
}

fn within(values: &[f64], inside: &[bool]) -> Vec<f64> {
    values.iter().zip(inside).filter(|(_, inside)| **inside).map(|(v, _)| *v).collect()
}

/// Coefficient of variation within each tissue, the largest.
fn worst_variation(values: &[f64], tissue: &[f64]) -> f64 {
    [100.0, 160.0, 180.0, 240.0]
        .into_iter()
        .map(|t| within(values, &tissue.iter().map(|own| *own == t).collect::<Vec<_>>()))
        .filter(|values| values.len() > 50)
        .map(|values| deviation(&values) / mean(&values))
        .fold(0.0, f64::max)
}

#[test]
fn a_known_field_is_found() {
    for (scale, shrink) in [(1, 1), (2, 2), (2, 4)] {
        let Phantom { image, mask, tissue, log_field } = phantom(scale);
        let n4 = N4 { shrink, ..N4::default() };
        let found = n4.estimate(&image, Some(&mask)).unwrap().log_field();
        let (found, truth) = (within(&found.values, &mask.inside), within(&log_field, &mask.inside));
        let r = correlation(&found, &truth);
        assert!(r > 0.98, "{scale} {shrink}: correlation with the true field {r}");
        let corrected = n4.correct(&image, Some(&mask)).unwrap();
        let (before, after) = (worst_variation(&image.values, &tissue), worst_variation(&corrected.values, &tissue));
        // The noise alone is 1.2 %.
        assert!(before > 0.1 && after < 0.03, "{scale} {shrink}: variation within a tissue {before} to {after}");
        // Brightness is kept: the field's geometric mean is 1.
        assert!(mean(&found).abs() < 0.02);
    }
}

#[test]
fn the_field_is_that_of_simpleitk() {
    let oracle: Value = serde_json::from_str(include_str!("reference/bias_field_simpleitk.json")).unwrap();
    let expected: Vec<f64> = oracle["log"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    let Phantom { image, mask, .. } = phantom(1);
    let found = N4 { shrink: 1, ..N4::default() }.estimate(&image, Some(&mask)).unwrap().log_field();
    let found: Vec<f64> = found.values.into_iter().step_by(7).collect();
    let inside: Vec<bool> = mask.inside.into_iter().step_by(7).collect();
    let (found, expected) = (within(&found, &inside), within(&expected, &inside));
    // ITK's field is not scaled: the means are taken off.
    let (mf, me) = (mean(&found), mean(&expected));
    let apart: Vec<f64> = found.iter().zip(&expected).map(|(f, e)| (f - mf - e + me).abs()).collect();
    // The histogram's bins turn the last digits of sums into a few millionths of the field.
    let worst = apart.iter().copied().fold(0.0, f64::max);
    assert!(worst < 3e-5, "log fields differ by up to {worst}");
}

#[test]
fn what_has_no_field_is_no_panic() {
    let one = Grid::plain([1, 1, 1], [1.0; 3]);
    let full = |grid: &Grid| Mask::new(grid.clone(), vec![true; grid.voxels()]);
    let n4 = N4::default();
    // A single voxel, a flat image: the field is 1.
    let single = Volume::new(one.clone(), vec![5.0]);
    assert_eq!(n4.correct(&single, Some(&full(&one))).unwrap().values, [5.0]);
    assert!(n4.correct(&single, None).is_err());
    let slice = Grid::plain([40, 30, 1], [1.0; 3]);
    let flat = Volume::new(slice.clone(), vec![5.0; 1200]);
    assert!(n4.correct(&flat, Some(&full(&slice))).unwrap().values.iter().all(|v| (v - 5.0).abs() < 1e-9));
    assert!(n4.correct(&flat, Some(&Mask::new(slice.clone(), vec![false; 1200]))).is_err());
    assert!(n4.correct(&flat, Some(&full(&one))).is_err());
    let dark = Volume::new(slice.clone(), vec![-1.0; 1200]);
    assert!(n4.correct(&dark, Some(&full(&slice))).is_err());
    let mut holed = flat.clone();
    holed.values[7] = f64::NAN;
    assert!(n4.correct(&holed, Some(&full(&slice))).is_err());
    for wrong in [N4 { shrink: 0, ..n4 }, N4 { levels: 0, ..n4 }, N4 { bins: 1, ..n4 }, N4 { width: f64::NAN, ..n4 }] {
        assert!(wrong.correct(&flat, Some(&full(&slice))).is_err());
    }
    // One slice with a field: two dimensions are enough.
    let values: Vec<f64> = (0..1200)
        .map(|v| {
            let (x, y) = ((v % 40) as f64 / 39.0, (v / 40) as f64 / 29.0);
            let tissue = if (v % 40 / 5 + v / 40 / 5) % 2 == 0 { 100.0 } else { 200.0 };
            tissue * (0.4 * x + 0.2 * y * y).exp()
        })
        .collect();
    let truth: Vec<f64> = (0..1200).map(|v| 0.4 * (v % 40) as f64 / 39.0 + 0.2 * ((v / 40) as f64 / 29.0).powi(2)).collect();
    let shaded = Volume::new(slice.clone(), values);
    let found = N4 { shrink: 1, ..n4 }.estimate(&shaded, Some(&full(&slice))).unwrap().log_field();
    let r = correlation(&found.values, &truth);
    assert!(r > 0.95, "{r}");
}
