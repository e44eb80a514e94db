//! Resampling against SimpleITK and PyRadiomics (`tests/reference/resample_simpleitk.py`), against closed forms, and on IBSI's CT phantom.

mod common;

use serde_json::Value;
use vbx::image::resample::pyradiomics::{PyRadiomicsResampling, Stored};
use vbx::image::resample::{Beyond, Interpolation, MaskInterpolation, aligned_grid, mask_onto, volume_onto};
use vbx::image::{Grid, Mask, Volume};

fn oracle() -> Value {
    serde_json::from_str(include_str!("reference/resample_simpleitk.json")).unwrap()
}

fn three(value: &Value) -> [f64; 3] {
    std::array::from_fn(|axis| value[axis].as_f64().unwrap())
}

fn grid(value: &Value) -> Grid {
    Grid {
        size: three(&value["size"]).map(|n| n as usize),
        spacing: three(&value["spacing"]),
        origin: three(&value["origin"]),
        direction: [0, 1, 2].map(|row| [0, 1, 2].map(|column| value["direction"][3 * row + column].as_f64().unwrap())),
    }
}

fn indices(grid: &Grid) -> impl Iterator<Item = [i64; 3]> {
    let [nx, ny, nz] = grid.size.map(|n| n as i64);
    (0..nz).flat_map(move |k| (0..ny).flat_map(move |j| (0..nx).map(move |i| [i, j, k])))
}

/// The image of the script.
fn image(grid: Grid) -> Volume {
    let values = indices(&grid)
        .map(|[i, j, k]| {
            let digits = (i * 7919 + j * 10473 + k * 12997 + i * j * 31 + j * k * 17 + i * k * 13) % 1009;
            (digits - 200 + 40 * i - 30 * j) as f64
        })
        .collect();
    Volume::new(grid, values)
}

/// The mask of the script.
fn mask(grid: Grid, region: &Value) -> Mask {
    let range = |axis: usize| region[axis][0].as_i64().unwrap()..region[axis][1].as_i64().unwrap();
    let inside = indices(&grid)
        .map(|index| (0..3).all(|a| range(a).contains(&index[a])) && (index[0] * 5 + index[1] * 3 + index[2] * 7) % 11 != 0)
        .collect();
    Mask::new(grid, inside)
}

fn kind(value: &Value) -> Interpolation {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn pyradiomics_grid_image_and_mask() {
    let oracle = oracle();
    for case in oracle["pyradiomics"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let stored = match case["type"].as_str().unwrap() {
            "int16" => Stored::INT16,
            "float32" => Stored::Single,
            _ => Stored::Real,
        };
        let recipe = PyRadiomicsResampling {
            resampled_pixel_spacing: three(&case["spacing"]),
            interpolator: kind(&case["interpolator"]),
            pad_distance: case["pad"].as_u64().unwrap() as usize,
            stored,
        };
        let region = mask(grid(&case["mask"]), &case["box"]);
        let (resampled, region) = recipe.apply(&image(grid(&case["image"])), &region).unwrap();
        let expected = grid(&case["grid"]);
        assert_eq!(resampled.grid.size, expected.size, "{id}");
        for axis in 0..3 {
            assert!((resampled.grid.spacing[axis] - expected.spacing[axis]).abs() < 1e-12, "{id}");
            assert!((resampled.grid.origin[axis] - expected.origin[axis]).abs() < 1e-12, "{id}");
        }
        let members: String = region.inside.iter().map(|inside| if *inside { '1' } else { '0' }).collect();
        let wrong = members.bytes().zip(case["region"].as_str().unwrap().bytes()).filter(|(a, b)| a != b).count();
        assert_eq!(wrong, 0, "{id}: voxels of the mask");
        let worst = resampled
            .values
            .iter()
            .zip(case["values"].as_array().unwrap())
            .map(|(found, expected)| (found - expected.as_f64().unwrap()).abs())
            .fold(0.0, f64::max);
        // 32-bit reals differ in their last digit where the interpolated value lies between two.
        let allowed = if stored == Stored::Single { 2e-4 } else { 1e-6 };
        assert!(worst <= allowed, "{id}: off by {worst}");
    }
}

#[test]
fn any_grid_as_in_simpleitk() {
    let oracle = oracle();
    for case in oracle["simpleitk"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let target = grid(&case["grid"]);
        let found =
            volume_onto(&image(grid(&case["image"])), &target, kind(&case["interpolator"]), Beyond::Value(-5000.0)).unwrap();
        let mut inside = 0;
        for (found, expected) in found.values.iter().zip(case["values"].as_array().unwrap()) {
            let expected = expected.as_f64().unwrap();
            inside += usize::from(expected != -5000.0);
            assert!((found - expected).abs() < 1e-6, "{id}: {found} {expected}");
        }
        assert!(inside > 50, "{id}: {inside}");
    }
}

/// Polynomials up to the order that a scheme reproduces, away from the edges.
#[test]
fn polynomials_are_reproduced_to_the_order_of_the_scheme() {
    let from = Grid { origin: [1.0, -2.0, 5.0], ..Grid::plain([70, 72, 74], [0.7, 0.9, 1.1]) };
    let cubic = |p: [f64; 3]| {
        let [x, y, z] = p.map(|p| p / 20.0);
        1.0 + x - 2.0 * y * y + x * y * z + x * x * x - z * z * z + 0.5 * x * x * y * y
    };
    let linear = |p: [f64; 3]| 3.0 + p[0] - 2.0 * p[1] + 0.25 * p[2] + 0.01 * p[0] * p[1];
    let filled = |f: &dyn Fn([f64; 3]) -> f64| {
        Volume::new(from.clone(), indices(&from).map(|index| f(from.point(index.map(|n| n as f64)))).collect())
    };
    let (c, s) = (0.96, 0.28);
    let to = Grid {
        size: [6, 5, 4],
        spacing: [0.31, 0.53, 0.71],
        origin: from.point([33.3, 34.4, 35.5]),
        direction: [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]],
    };
    let straight = Grid { direction: from.direction, ..to.clone() };
    for to in [to, straight] {
        for (kind, f) in [(Interpolation::CubicSpline, &cubic as &dyn Fn(_) -> _), (Interpolation::Linear, &linear)] {
            let found = volume_onto(&filled(f), &to, kind, Beyond::Edge).unwrap();
            for (index, found) in indices(&to).zip(found.values) {
                let expected = f(to.point(index.map(|n| n as f64)));
                assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{kind:?}: {found} {expected}");
            }
        }
    }
}

#[test]
fn edges_go_on_and_single_voxels_are_constant() {
    let one = Volume::new(Grid::plain([1, 1, 1], [1.0; 3]), vec![7.0]);
    let wide = Grid { origin: [-3.0, -3.0, -3.0], ..Grid::plain([5, 5, 5], [1.3; 3]) };
    for kind in [Interpolation::Nearest, Interpolation::Linear, Interpolation::CubicSpline] {
        assert!(volume_onto(&one, &wide, kind, Beyond::Edge).unwrap().values.iter().all(|v| (v - 7.0).abs() < 1e-12));
    }
    let row = Volume::new(Grid::plain([3, 1, 1], [1.0; 3]), vec![1.0, 2.0, 4.0]);
    let far = Grid { origin: [-10.0, 0.0, 0.0], ..Grid::plain([2, 1, 1], [30.0, 1.0, 1.0]) };
    for kind in [Interpolation::Nearest, Interpolation::Linear, Interpolation::CubicSpline] {
        let found = volume_onto(&row, &far, kind, Beyond::Edge).unwrap().values;
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 4.0).abs() < 1e-12, "{kind:?} {found:?}");
    }
    let region = Mask::new(Grid::plain([1, 1, 1], [1.0; 3]), vec![true]);
    assert_eq!(mask_onto(&region, &wide, MaskInterpolation::Linear).unwrap().count(), 1);
    let nothing = Volume::new(Grid::plain([0, 3, 3], [1.0; 3]), vec![]);
    assert!(volume_onto(&nothing, &wide, Interpolation::Linear, Beyond::Edge).is_err());
}

#[test]
fn a_mask_keeps_half_covered_voxels() {
    // Two voxels make one: half covered is inside, a quarter is not.
    let fine = Grid::plain([4, 4, 1], [1.0; 3]);
    let region = Mask::new(fine.clone(), indices(&fine).map(|[i, j, _]| (i < 2 && j < 1) || (i == 3 && j == 3)).collect());
    let coarse = aligned_grid(&fine, [2.0, 2.0, 0.0]).unwrap();
    let found = mask_onto(&region, &coarse, MaskInterpolation::Linear).unwrap();
    assert_eq!(found.inside, [true, false, false, false]);
}

#[test]
fn pyradiomics_refuses_what_it_cannot_do() {
    let whole = Grid::plain([6, 6, 6], [1.0; 3]);
    let recipe = PyRadiomicsResampling {
        resampled_pixel_spacing: [2.0; 3],
        interpolator: Interpolation::CubicSpline,
        pad_distance: 5,
        stored: Stored::Real,
    };
    let scan = image(whole.clone());
    assert!(recipe.apply(&scan, &Mask::new(whole.clone(), vec![false; 216])).is_err());
    let shifted = Grid { origin: [3.0, 0.0, 0.0], ..whole.clone() };
    assert!(recipe.apply(&scan, &Mask::new(shifted, vec![true; 216])).is_err());
    let negative = PyRadiomicsResampling { resampled_pixel_spacing: [-1.0; 3], ..recipe };
    assert!(negative.apply(&scan, &Mask::new(whole.clone(), vec![true; 216])).is_err());
    let mut one = Mask::new(whole, vec![false; 216]);
    one.inside[100] = true;
    // One voxel is one voxel thick along every axis: all spacings are kept, and the image is cropped.
    let (crop, region) = PyRadiomicsResampling { pad_distance: 1, ..recipe }.apply(&scan, &one).unwrap();
    assert_eq!((crop.grid.size, region.count()), ([3, 3, 3], 1));
}
