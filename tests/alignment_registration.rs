//! Registration of a breast-like phantom under known motion, with noise, contrast change and voxels of unequal sides.

#![allow(clippy::print_stdout)]

mod alignment_support;

use alignment_support::*;
use rand::{Rng, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::alignment::{Alignment, Fixed, Motion, RegistrationOptions, Start, Verdict, register};
use vbx::error::Error;
use vbx::image::resample::{Beyond, Interpolation};
use vbx::image::{AffineTransform, Grid, Mask, Volume};

/// About a sixteenth of the gland's signal.
const NOISE: f64 = 20.0;

fn generator(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// The images of half the voxels along each axis, for what does not need the full scan.
fn small_grid() -> Grid {
    let grid = scan_grid();
    Grid { size: [90, 75, 36], spacing: [1.6, 1.6, 3.0], ..grid }
}

fn small_options() -> RegistrationOptions {
    RegistrationOptions { levels: vec![8.0, 4.0], samples: 20_000, ..RegistrationOptions::default() }
}

/// Draws of a motion, each found again; what was wrong by how much is printed and held to half a millimetre everywhere in the breast.
fn recovered(motion: Motion, grid: &Grid, draws: u64, mut draw: impl FnMut() -> AffineTransform) {
    let breast = Breast::new(7);
    let fixed = breast.image(grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let (mask, wide) = (breast_mask(grid, 0.0), breast_mask(grid, 5.0));
    let options = RegistrationOptions { motion, ..RegistrationOptions::default() };
    let prepared = Fixed::new(&fixed, Some(&wide), &options, &mut generator(3)).unwrap();
    let (mut before, mut means, mut largest, mut angles) = (vec![], vec![], vec![], vec![]);
    for number in 0..draws {
        let truth = draw();
        let moving = breast.image(grid, &truth, &AFTER, NOISE, 100 + number);
        let found = prepared.align(&moving).unwrap();
        let [mean, most] = target_error(&found.transform, &truth, &mask);
        before.push(target_error(&AffineTransform::IDENTITY, &truth, &mask)[1]);
        assert!(mean < 0.5 && most < 0.5, "draw {number}: {mean} mm, at most {most} mm");
        assert!(found.verdict == Verdict::Better && found.converged && !found.at_bound);
        assert!(found.after.nmi > found.before.nmi);
        means.push(mean);
        largest.push(most);
        if motion == Motion::Rigid {
            let angle = angle_between(&found.transform, &truth);
            assert!(angle < 0.5, "draw {number}: {angle} degrees");
            let rigid = found.rigid.unwrap();
            assert!(target_error(&rigid.affine(), &found.transform, &mask)[1] < 1e-9);
            angles.push(angle);
        }
    }
    println!("{motion:?}, {draws} draws: least, median, largest");
    println!("  largest displacement before: {:.2?} mm", spread(before));
    println!("  target registration error, mean over the breast: {:.3?} mm; largest: {:.3?} mm", spread(means), spread(largest));
    if motion == Motion::Rigid {
        println!("  error of the turn: {:.3?} degrees", spread(angles));
    }
}

#[test]
fn rigid_motion_is_recovered_to_half_a_millimetre_and_half_a_degree() {
    let mut rng = generator(11);
    recovered(Motion::Rigid, &scan_grid(), 24, || motion(8.0, 8.0, &mut rng));
}

#[test]
fn affine_motion_is_recovered_to_half_a_millimetre() {
    let mut rng = generator(12);
    recovered(Motion::Affine, &Grid { size: [120, 100, 54], spacing: [1.2, 1.2, 2.0], ..scan_grid() }, 20, || {
        affine_motion(&mut rng)
    });
}

/// Turned by up to 5°, shifted by up to 5 mm, each entry of the matrix changed by up to 4 %.
fn affine_motion(rng: &mut impl Rng) -> AffineTransform {
    let rigid = motion(5.0, 5.0, rng);
    let mut stretch = AffineTransform::IDENTITY.matrix;
    stretch.iter_mut().flatten().for_each(|entry| *entry += rng.gen_range(-0.04..0.04));
    rigid.after(&AffineTransform::about(stretch, MIDDLE, [0.0; 3]))
}

/// Another sequence (fat bright, gland dark) on an oblique, flipped grid of other voxels.
#[test]
fn another_sequence_on_an_oblique_grid_is_brought_over() {
    let (breast, grid) = (Breast::new(8), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let mask = breast_mask(&grid, 5.0);
    let (c, s) = (0.2f64.cos(), 0.2f64.sin());
    let direction = [[0.0, c, s], [1.0, 0.0, 0.0], [0.0, s, -c]];
    let mut other = Grid { size: [80, 90, 60], spacing: [1.9, 1.7, 2.1], origin: [0.0; 3], direction };
    let middle = other.point(other.size.map(|n| 0.5 * (n as f64 - 1.0)));
    other.origin = [0, 1, 2].map(|a| MIDDLE[a] - middle[a]);
    let mut rng = generator(5);
    for draw in 0..3 {
        let truth = motion(8.0, 8.0, &mut rng);
        let moving = breast.image(&other, &truth, &T1, 40.0, 50 + draw);
        let found = register(&fixed, &moving, Some(&mask), &small_options(), &mut generator(1)).unwrap();
        let [mean, most] = target_error(&found.transform, &truth, &breast_mask(&grid, 0.0));
        assert!(mean < 0.5 && most < 0.7 && angle_between(&found.transform, &truth) < 0.5, "{mean} {most}");
        assert!(found.after.nmi > found.before.nmi);
    }
}

/// A patient who was put 45 mm elsewhere: from the headers too far, from the centre of mass found.
#[test]
fn a_start_from_the_centre_of_mass_or_a_given_transform_reaches_further() {
    let (breast, grid) = (Breast::new(9), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let truth = AffineTransform::shift([30.0, 10.0, -30.0]).after(&motion(4.0, 0.0, &mut generator(2)));
    let mut moved = small_grid();
    moved.origin = [moved.origin[0] + 30.0, moved.origin[1] + 10.0, moved.origin[2] - 30.0];
    let moving = breast.image(&moved, &truth, &AFTER, NOISE, 2);
    for start in [Start::CentreOfMass, Start::Given(AffineTransform::shift([28.0, 12.0, -27.0]))] {
        let options = RegistrationOptions { start, ..small_options() };
        let found = register(&fixed, &moving, None, &options, &mut generator(1)).unwrap();
        let [mean, most] = target_error(&found.transform, &truth, &breast_mask(&grid, 0.0));
        assert!(mean < 0.5 && most < 0.7, "{start:?}: {mean} {most}");
        assert!((found.displacement_mean - 43.6).abs() < 3.0 && found.displacement_max > found.displacement_mean);
    }
}

#[test]
fn one_slice_is_moved_within_its_plane() {
    let breast = Breast::new(10);
    let (c, s) = (0.3f64.cos(), 0.3f64.sin());
    let direction = [[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]];
    let grid = Grid { size: [180, 150, 1], spacing: [0.8, 0.8, 4.0], origin: [-71.6, -68.0, -20.0], direction };
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    // A turn about the slice's normal and a shift within it.
    let normal = direction.map(|row| row[2]);
    let angle = 6.0f64.to_radians();
    let cross = [[0.0, -normal[2], normal[1]], [normal[2], 0.0, -normal[0]], [-normal[1], normal[0], 0.0]];
    let turn = [0, 1, 2].map(|r| {
        [0, 1, 2].map(|c| {
            let same = f64::from(u8::from(r == c));
            angle.cos() * same + angle.sin() * cross[r][c] + (1.0 - angle.cos()) * normal[r] * normal[c]
        })
    });
    let middle = grid.point([89.5, 74.5, 0.0]);
    let shift = [0, 1, 2].map(|r| 5.0 * direction[r][0] - 3.0 * direction[r][1]);
    let truth = AffineTransform::about(turn, middle, shift);
    let moving = breast.image(&grid, &truth, &AFTER, NOISE, 2);
    let mask = breast_mask(&grid, 0.0);
    for (motion, limit) in [(Motion::Rigid, 0.5), (Motion::Affine, 0.8)] {
        let options = RegistrationOptions { motion, ..RegistrationOptions::default() };
        let found = register(&fixed, &moving, None, &options, &mut generator(1)).unwrap();
        let [mean, most] = target_error(&found.transform, &truth, &mask);
        assert!(mean < 0.5 && most < limit, "{motion:?}: {mean} {most}");
        let there = found.transform.apply(middle);
        let away: f64 = (0..3).map(|a| normal[a] * (there[a] - middle[a])).sum();
        assert!(away.abs() < 1e-9, "it stays in its plane");
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let moving = breast.image(&grid, &motion(6.0, 6.0, &mut generator(4)), &AFTER, NOISE, 2);
    let with = |threads: usize| -> Alignment {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| register(&fixed, &moving, None, &small_options(), &mut generator(1)).unwrap())
    };
    assert_eq!(with(1), with(3));
    assert_eq!(with(1), with(7));
}

/// What cannot be gained is not claimed: noise upon noise is left where it is.
#[test]
fn images_that_share_nothing_are_left_where_they_are() {
    let grid = Grid::plain([60, 60, 30], [1.0, 1.0, 2.0]);
    let noise = |seed: u64| {
        let mut rng = generator(seed);
        Volume::new(grid.clone(), (0..grid.voxels()).map(|_| rng.sample(StandardNormal)).collect())
    };
    for seed in 0..6 {
        let found = register(&noise(seed), &noise(100 + seed), None, &small_options(), &mut generator(seed)).unwrap();
        assert_eq!(found.verdict, Verdict::IdentityKept, "{:?}", found.gain);
        assert_eq!((found.transform, found.displacement_max), (AffineTransform::IDENTITY, 0.0));
        assert_eq!(found.before, found.after);
        assert!(found.after.nmi.unwrap() < 1.02);
    }
}

/// An image that lies right already is moved by next to nothing, if at all.
#[test]
fn aligned_images_stay_aligned() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let moving = breast.image(&grid, &AffineTransform::IDENTITY, &AFTER, NOISE, 2);
    let found = register(&fixed, &moving, Some(&breast_mask(&grid, 5.0)), &small_options(), &mut generator(1)).unwrap();
    assert!(found.displacement_max < 0.3, "{found:?}");
}

#[test]
fn the_reach_holds_the_search_and_is_reported() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let truth = AffineTransform::shift([12.0, 0.0, 0.0]);
    let moving = breast.image(&grid, &truth, &AFTER, NOISE, 2);
    let options = RegistrationOptions { reach: 5.0, ..small_options() };
    let found = register(&fixed, &moving, None, &options, &mut generator(1)).unwrap();
    assert!(found.at_bound && found.displacement_max <= 5.0 + 1e-6 && found.displacement_max > 4.5, "{found:?}");
    let free = register(&fixed, &moving, None, &small_options(), &mut generator(1)).unwrap();
    assert!(!free.at_bound && target_error(&free.transform, &truth, &breast_mask(&grid, 0.0))[1] < 0.7);
}

#[test]
fn a_hole_of_nan_in_either_image_is_left_out() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let truth = motion(6.0, 6.0, &mut generator(4));
    let mut fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let mut moving = breast.image(&grid, &truth, &AFTER, NOISE, 2);
    for k in 0..36 {
        for j in 30..45 {
            let row = grid.at([30, j, k]);
            fixed.values[row..row + 12].fill(f64::NAN);
            moving.values[row + 20..row + 30].fill(f64::INFINITY);
        }
    }
    let found = register(&fixed, &moving, Some(&breast_mask(&grid, 5.0)), &small_options(), &mut generator(1)).unwrap();
    let [mean, most] = target_error(&found.transform, &truth, &breast_mask(&grid, 0.0));
    assert!(mean < 0.5 && most < 0.7, "{mean} {most}");
    assert!(found.after.overlap < 0.99, "places beside a hole of the moving image are not on it");
}

#[test]
fn what_cannot_be_registered_is_refused_with_its_reason() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let image = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let says = |fixed: &Volume, moving: &Volume, mask: Option<&Mask>, options: &RegistrationOptions| {
        let fault = register(fixed, moving, mask, options, &mut generator(1)).unwrap_err();
        assert!(matches!(fault, Error::Study(_) | Error::Usage(_)), "{fault}");
        fault.to_string()
    };
    let options = small_options();
    let empty = Mask::new(grid.clone(), vec![false; grid.voxels()]);
    assert!(says(&image, &image, Some(&empty), &options).contains("has 0 voxels"));
    let elsewhere = Mask::new(Grid::plain([4; 3], [1.0; 3]), vec![true; 64]);
    assert!(says(&image, &image, Some(&elsewhere), &options).contains("another grid"));
    let constant = Volume::new(grid.clone(), vec![5.0; grid.voxels()]);
    assert!(says(&constant, &image, None, &options).contains("fixed image does not vary"));
    assert!(says(&image, &constant, None, &options).contains("moving image does not vary"));
    let nothing = Volume::new(grid.clone(), vec![f64::NAN; grid.voxels()]);
    assert!(says(&nothing, &image, None, &options).contains("has 0 voxels"));
    assert!(says(&image, &nothing, None, &options).contains("moving image does not vary"));
    let mut far = image.clone();
    far.grid.origin[0] += 500.0;
    assert!(says(&image, &far, None, &options).contains("0.0 % of the fixed image"));
    let slice = Volume::new(Grid::plain([90, 75, 1], [1.6, 1.6, 3.0]), image.values[..6750].to_vec());
    assert!(says(&slice, &image, None, &options).contains("one slice"));
    assert!(says(&image, &slice, None, &options).contains("one slice"));
    let line = Volume::new(Grid::plain([6750, 1, 1], [1.0; 3]), image.values[..6750].to_vec());
    assert!(says(&line, &line, None, &options).contains("6750×1×1"));
    let flat = AffineTransform { matrix: [[0.0; 3]; 3], offset: [0.0; 3] };
    let starts = [flat, AffineTransform::shift([f64::NAN, 0.0, 0.0])];
    for start in starts {
        let options = RegistrationOptions { start: Start::Given(start), ..small_options() };
        assert!(says(&image, &image, None, &options).contains("start"));
    }
    for wrong in [
        RegistrationOptions { levels: vec![], ..small_options() },
        RegistrationOptions { levels: vec![f64::NAN], ..small_options() },
        RegistrationOptions { samples: 0, ..small_options() },
        RegistrationOptions { bins: 1, ..small_options() },
        RegistrationOptions { bins: 1 << 40, ..small_options() },
        RegistrationOptions { iterations: 0, ..small_options() },
        RegistrationOptions { tolerance: 0.0, ..small_options() },
        RegistrationOptions { reach: f64::INFINITY, ..small_options() },
    ] {
        assert!(says(&image, &image, None, &wrong).contains("a registration needs"));
    }
}

/// Four phases: one still, two moved, one that cannot be read.
#[test]
fn a_series_comes_with_a_row_for_each_image() {
    let (breast, grid) = (Breast::new(7), small_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, NOISE, 1);
    let mask = breast_mask(&grid, 5.0);
    let prepared = Fixed::new(&fixed, Some(&mask), &small_options(), &mut generator(1)).unwrap();
    let mut rng = generator(6);
    let truths = [motion(5.0, 5.0, &mut rng), motion(5.0, 5.0, &mut rng)];
    let phase = |n: usize| Ok(breast.image(&grid, &truths[n], &AFTER, NOISE, 60 + n as u64));
    let images = vec![
        ("pre".to_string(), Ok(fixed.clone())),
        ("post 1".into(), phase(0)),
        ("post 2".into(), phase(1)),
        ("post 3".into(), Err(Error::study("this file is damaged"))),
    ];
    let mut seen = Vec::new();
    let rows = prepared.align_series(images, Interpolation::Linear, Beyond::Value(f64::NAN), |aligned| seen.push(aligned));
    assert_eq!(rows, seen.iter().map(|aligned| aligned.row.clone()).collect::<Vec<_>>());
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["pre", "post 1", "post 2", "post 3"]);
    assert!(rows[3].fault.as_ref().unwrap().contains("damaged") && seen[3].image.is_none() && rows[3].alignment.is_none());
    let still = breast.image(&grid, &AffineTransform::IDENTITY, &AFTER, 0.0, 0);
    for (n, truth) in truths.iter().enumerate() {
        let found = rows[n + 1].alignment.as_ref().unwrap();
        assert!(target_error(&found.transform, truth, &breast_mask(&grid, 0.0))[1] < 0.7);
        // The image brought over is the breast as it lies in the fixed image.
        let brought = seen[n + 1].image.as_ref().unwrap();
        assert_eq!(brought.grid, grid);
        let differences: Vec<f64> = (0..grid.voxels())
            .filter(|at| mask.inside[*at] && brought.values[*at].is_finite())
            .map(|at| (brought.values[at] - still.values[at]).abs())
            .collect();
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        assert!(differences.len() > mask.count() / 2 && mean < NOISE, "{mean}");
    }
    let same = rows[0].alignment.as_ref().unwrap();
    assert!(same.displacement_max < 0.05, "the reference onto itself: {same:?}");
    let text = serde_json::to_string(&rows).unwrap();
    assert_eq!(serde_json::from_str::<Vec<vbx::alignment::QualityRow>>(&text).unwrap(), rows);
}
