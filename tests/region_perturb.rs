//! Perturbed outlines: volumes that were asked for, motions with a known answer, contours that stay near the lesion; all drawn again alike.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::image::resample::{Beyond, Interpolation, MaskInterpolation, mask_onto, volume_onto};
use vbx::image::{Grid, Mask, Volume};
use vbx::region::agreement::agreement;
use vbx::region::perturb::contour::ContourSpec;
use vbx::region::perturb::slic::{Slic, supervoxels};
use vbx::region::perturb::{Perturbation, Pose};

fn random(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

fn case() -> (Volume, Mask) {
    let grid = Grid::plain([40, 36, 14], [0.8, 0.9, 2.0]);
    let [nx, ny, _] = grid.size;
    let distance = |at: usize| {
        let x = [at % nx, at / nx % ny, at / (nx * ny)];
        let centre = [19.0, 17.0, 6.0];
        (0..3).map(|a| ((x[a] as f64 - centre[a]) * grid.spacing[a]).powi(2)).sum::<f64>().sqrt()
    };
    let values = (0..grid.voxels())
        .map(|at| if distance(at) < 8.0 { 200.0 } else { 100.0 } + ((at * 7919 + at * at % 104_729) % 41) as f64)
        .collect();
    let inside = (0..grid.voxels()).map(|at| distance(at) < 8.0).collect();
    (Volume::new(grid.clone(), values), Mask::new(grid, inside))
}

#[test]
fn the_volume_asked_for_exactly_and_nearest_voxels_first() {
    let (image, lesion) = case();
    for fraction in [-0.9, -0.3, -0.05, 0.0, 0.1, 0.5, 2.0] {
        let changed = Perturbation::Volume(fraction).apply(&lesion, &image, &mut random(1)).unwrap();
        assert_eq!(changed.count(), (lesion.count() as f64 * (1.0 + fraction)).round() as usize, "{fraction}");
        let (small, large) = if fraction < 0.0 { (&changed, &lesion) } else { (&lesion, &changed) };
        assert!(small.inside.iter().zip(&large.inside).all(|(s, l)| !s || *l), "{fraction}");
        // A ball that grows stays a ball: no voxel that was left out is much nearer than one that was taken.
        let again = Perturbation::Volume(fraction).apply(&lesion, &image, &mut random(1)).unwrap();
        assert_eq!(changed, again);
    }
    let grown = Perturbation::Volume(0.2).apply(&lesion, &image, &mut random(1)).unwrap();
    let field = vbx::image::distance::distance(&lesion).unwrap().values;
    let taken = field.iter().zip(&grown.inside).filter(|(_, g)| **g).map(|(d, _)| *d).fold(0.0, f64::max);
    let left = field.iter().zip(&grown.inside).filter(|(_, g)| !**g).map(|(d, _)| *d).fold(f64::INFINITY, f64::min);
    assert!(taken <= left + 1e-9, "{taken} {left}");
}

#[test]
fn a_shift_by_whole_voxels_moves_the_mask_by_them() {
    let (image, lesion) = case();
    let moved =
        Perturbation::Pose(Pose { shift: [2.0, -3.0, 1.0], degrees: 0.0 }).apply(&lesion, &image, &mut random(1)).unwrap();
    let (a, b) = (lesion.bounding_box().unwrap(), moved.bounding_box().unwrap());
    assert_eq!(b.start, [a.start[0] + 2, a.start[1] - 3, a.start[2] + 1]);
    assert_eq!(moved.count(), lesion.count());
    let half = Perturbation::Pose(Pose { shift: [0.5, 0.0, 0.0], degrees: 0.0 }).apply(&lesion, &image, &mut random(1)).unwrap();
    assert!(agreement(&half, &lesion).unwrap().dice.unwrap() > 0.93);
}

#[test]
fn a_quarter_turn_swaps_the_axes_and_a_turned_grid_sees_the_same_image() {
    let grid = Grid { origin: [3.0, 4.0, 5.0], ..Grid::plain([21, 21, 3], [1.0, 1.0, 2.0]) };
    let mut bar = Mask::new(grid.clone(), vec![false; grid.voxels()]);
    for i in 5..16 {
        let at = grid.at([i, 10, 1]);
        bar.inside[at] = true;
    }
    let image = Volume::new(grid.clone(), vec![0.0; grid.voxels()]);
    let quarter = Pose { shift: [0.0; 3], degrees: 90.0 };
    let turned = Perturbation::Pose(quarter).apply(&bar, &image, &mut random(1)).unwrap();
    let bounds = turned.bounding_box().unwrap();
    assert_eq!((bounds.start, bounds.end), ([10, 5, 1], [11, 16, 2]));

    // A linear image on a turned and shifted grid takes the linear function's values at the new points.
    let f = |p: [f64; 3]| 2.0 * p[0] - p[1] + 0.5 * p[2];
    let values = (0..grid.voxels()).map(|at| f(grid.point([at % 21, at / 21 % 21, at / 441].map(|n| n as f64)))).collect();
    let pose = Pose { shift: [0.25, -0.5, 0.0], degrees: 7.0 };
    let moved = pose.grid(&grid, &bar).unwrap();
    let seen = volume_onto(&Volume::new(grid.clone(), values), &moved, Interpolation::Linear, Beyond::Edge).unwrap();
    for k in 0..3 {
        for j in 6..15 {
            for i in 6..15 {
                let expected = f(moved.point([i as f64, j as f64, k as f64]));
                assert!((seen.values[moved.at([i, j, k])] - expected).abs() < 1e-9);
            }
        }
    }
    let back = mask_onto(&Mask::new(moved, bar.inside.clone()), &grid, MaskInterpolation::Linear).unwrap();
    assert!(back.count() >= 8);
}

#[test]
fn random_contours_follow_the_image() {
    let (image, lesion) = case();
    let spec = Perturbation::Contour(ContourSpec::default());
    let drawn: Vec<Mask> = (0..5).map(|seed| spec.apply(&lesion, &image, &mut random(seed)).unwrap()).collect();
    for mask in &drawn {
        let found = agreement(mask, &lesion).unwrap();
        // The edge is plain to see in this image, so supervoxels keep to it.
        assert!(found.dice.clone().unwrap() > 0.9, "{:?}", found.dice);
    }
    assert_eq!(drawn[0], spec.apply(&lesion, &image, &mut random(0)).unwrap());
    // Where the image shows no edge, contours differ from one another.
    let flat = Volume::new(image.grid.clone(), image.values.iter().map(|v| v % 100.0).collect());
    let drawn: Vec<Mask> = (0..5).map(|seed| spec.apply(&lesion, &flat, &mut random(seed)).unwrap()).collect();
    assert!(drawn.iter().any(|mask| *mask != drawn[0]));
    for mask in &drawn {
        let dice = agreement(mask, &lesion).unwrap().dice.unwrap();
        assert!((0.7..1.0).contains(&dice), "{dice}");
    }
}

#[test]
fn supervoxels_keep_to_edges() {
    // Two halves of different intensity: no supervoxel holds both.
    let grid = Grid::plain([30, 20, 6], [1.0, 1.0, 2.0]);
    let values: Vec<f64> = (0..grid.voxels()).map(|at| if at % 30 < 13 { 0.0 } else { 50.0 }).collect();
    let labels = supervoxels(&Volume::new(grid, values.clone()), Slic { edge: 5.0, compactness: 0.1, rounds: 10 });
    let most = *labels.iter().max().unwrap() as usize;
    assert!(most > 10);
    let mut seen = vec![None; most + 1];
    for (label, value) in labels.iter().zip(&values) {
        assert_eq!(*seen[*label as usize].get_or_insert(*value), *value);
    }
}

#[test]
fn what_cannot_be_perturbed_is_refused() {
    let (image, lesion) = case();
    let empty = Mask::new(lesion.grid.clone(), vec![false; lesion.inside.len()]);
    let all = [
        Perturbation::Pose(Pose { shift: [0.5; 3], degrees: 3.0 }),
        Perturbation::Volume(0.1),
        Perturbation::Contour(ContourSpec::default()),
    ];
    for perturbation in all {
        assert!(perturbation.apply(&empty, &image, &mut random(1)).is_err());
    }
    let mut one = empty.clone();
    one.inside[5000] = true;
    assert!(Perturbation::Volume(-0.9).apply(&one, &image, &mut random(1)).is_err());
    assert!(Perturbation::Volume(f64::NAN).apply(&lesion, &image, &mut random(1)).is_err());
    assert!(Perturbation::Volume(1e6).apply(&lesion, &image, &mut random(1)).is_err());
    assert_eq!(Perturbation::Volume(6.0).apply(&one, &image, &mut random(1)).unwrap().count(), 7);
    assert!(Perturbation::Contour(ContourSpec::default()).apply(&one, &image, &mut random(1)).unwrap().count() > 0);
    let far = Perturbation::Pose(Pose { shift: [500.0, 0.0, 0.0], degrees: 0.0 });
    assert!(far.apply(&lesion, &image, &mut random(1)).is_err());
    let elsewhere = Volume::new(Grid::plain([40, 36, 14], [1.0; 3]), image.values.clone());
    assert!(Perturbation::Contour(ContourSpec::default()).apply(&lesion, &elsewhere, &mut random(1)).is_err());
    let mut holed = image.clone();
    holed.values[lesion.inside.iter().position(|i| *i).unwrap()] = f64::NAN;
    assert!(Perturbation::Contour(ContourSpec::default()).apply(&lesion, &holed, &mut random(1)).is_err());
    let slice = Grid::plain([12, 12, 1], [1.0; 3]);
    let flat = Volume::new(slice.clone(), vec![3.0; 144]);
    let square = Mask::new(slice, (0..144).map(|at| (4..8).contains(&(at % 12)) && (4..8).contains(&(at / 12))).collect());
    for perturbation in all {
        let found = perturbation.apply(&square, &flat, &mut random(1)).unwrap();
        assert!(found.count() > 0);
    }
}
