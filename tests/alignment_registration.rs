//! Registration of a breast-like phantom under known motion, with noise, contrast change and voxels of unequal sides.

mod alignment_support;

use alignment_support::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::alignment::{Fixed, RegistrationOptions};
use vbx::image::AffineTransform;

fn generator(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

#[test]
fn explore() {
    let (breast, grid) = (Breast::new(7), scan_grid());
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, 20.0, 1);
    let (mask, wide) = (breast_mask(&grid, 0.0), breast_mask(&grid, 5.0));
    println!("mask {} of {}", mask.count(), grid.voxels());
    for (name, noise, contrast, levels) in [("same", 0.0, BEFORE, vec![8.0,4.0,2.0]), ("contrast", 0.0, AFTER, vec![8.0,4.0,2.0]), ("same1.2", 0.0, BEFORE, vec![8.0,4.0,1.2]), ("both", 20.0, AFTER, vec![8.0,4.0,1.2]), ("both", 20.0, AFTER, vec![8.0,4.0,2.0, 0.0])] {
    println!("{name} {levels:?}");
    let fixed = breast.image(&grid, &AffineTransform::IDENTITY, &BEFORE, noise, 1);
    let options = RegistrationOptions { levels, ..RegistrationOptions::default() };
    let prepared = Fixed::new(&fixed, Some(&wide), &options, &mut generator(3)).unwrap();
    let mut rng = generator(11);
    for draw in 0..3 {
        let truth = motion(8.0, 8.0, &mut rng);
        let clock = std::time::Instant::now();
        let moving = breast.image(&grid, &truth, &contrast, noise, 100 + draw);
        let made = clock.elapsed().as_secs_f64();
        let clock = std::time::Instant::now();
        let found = prepared.align(&moving).unwrap();
        let took = clock.elapsed().as_secs_f64();
        let before = target_error(&AffineTransform::IDENTITY, &truth, &mask);
        println!("{draw}: made {made:.2} took {took:.3} iterations {} {:?} tre before {before:.2?} after {:.3?} angle {:.3} conv {} {:?}", found.iterations, found.verdict, target_error(&found.found, &truth, &mask), angle_between(&found.found, &truth), found.converged, found.gain);
        
    }
}
}
