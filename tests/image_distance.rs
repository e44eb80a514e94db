//! The exact distance transform against every pair of voxels.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::image::distance::{distance, signed_distance};
use vbx::image::{Grid, Mask};

fn index(grid: &Grid, at: usize) -> [f64; 3] {
    let [nx, ny, _] = grid.size;
    [at % nx, at / nx % ny, at / (nx * ny)].map(|n| n as f64)
}

fn nearest(mask: &Mask, at: usize, wanted: bool) -> f64 {
    let here = index(&mask.grid, at);
    (0..mask.inside.len())
        .filter(|other| mask.inside[*other] == wanted)
        .map(|other| {
            let there = index(&mask.grid, other);
            (0..3).map(|axis| ((here[axis] - there[axis]) * mask.grid.spacing[axis]).powi(2)).sum::<f64>().sqrt()
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn every_voxel_on_grids_of_every_shape() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let shapes = [[13, 9, 7], [17, 1, 1], [1, 14, 1], [1, 1, 12], [1, 8, 9], [12, 10, 1], [2, 2, 2]];
    for size in shapes {
        for (spacing, share) in [([1.0; 3], 0.3), ([0.7, 0.7, 5.0], 0.05), ([3.0, 0.2, 1.1], 0.01), ([0.3, 4.0, 0.9], 0.9)] {
            let grid = Grid::plain(size, spacing);
            let mut inside: Vec<bool> = (0..grid.voxels()).map(|_| random.r#gen::<f64>() < share).collect();
            let n = inside.len();
            inside[n / 2] = true;
            inside[0] = false;
            let mask = Mask::new(grid, inside);
            let field = distance(&mask).unwrap();
            let signed = signed_distance(&mask).unwrap();
            for at in 0..n {
                let truth = nearest(&mask, at, true);
                assert!((field.values[at] - truth).abs() < 1e-12 * (1.0 + truth), "{size:?} {spacing:?} {at}");
                let edge = truth - nearest(&mask, at, false);
                assert!((signed.values[at] - edge).abs() < 1e-12 * (1.0 + edge.abs()));
                assert_eq!(signed.values[at] < 0.0, mask.inside[at]);
            }
        }
    }
}
