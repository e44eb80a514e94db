//! Reader agreement: closed forms, and every pair of surface voxels.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use vbx::image::{Grid, Mask};
use vbx::region::agreement::agreement;

fn block(grid: &Grid, low: [usize; 3], high: [usize; 3]) -> Mask {
    let [nx, ny, _] = grid.size;
    let inside = (0..grid.voxels())
        .map(|at| {
            let x = [at % nx, at / nx % ny, at / (nx * ny)];
            (0..3).all(|a| (low[a]..high[a]).contains(&x[a]))
        })
        .collect();
    Mask::new(grid.clone(), inside)
}

#[test]
fn a_shifted_block() {
    let grid = Grid::plain([30, 20, 10], [0.5, 1.0, 3.0]);
    let a = block(&grid, [5, 5, 2], [15, 15, 8]);
    let b = block(&grid, [9, 5, 2], [19, 15, 8]);
    let found = agreement(&a, &b).unwrap();
    assert!((found.dice.clone().unwrap() - 0.6).abs() < 1e-15);
    assert!((found.jaccard.clone().unwrap() - 6.0 / 14.0).abs() < 1e-15);
    // Four voxels of half a millimetre: the far face of one lies 2 mm from the other.
    assert!((found.hausdorff.clone().unwrap() - 2.0).abs() < 1e-12);
    assert_eq!(agreement(&a, &a).unwrap().hausdorff, Ok(0.0));
    assert_eq!(agreement(&a, &a).unwrap().dice, Ok(1.0));
    assert_eq!(agreement(&b, &a).unwrap(), found);
}

/// The same definitions by looking at every pair.
fn by_pairs(a: &Mask, b: &Mask) -> (f64, f64, f64) {
    let size = a.grid.size.map(|n| n as isize);
    let surface = |mask: &Mask| -> Vec<[f64; 3]> {
        let inside = |x: [isize; 3]| {
            (0..3).all(|axis| (0..size[axis]).contains(&x[axis])) && mask.inside[mask.grid.at(x.map(|n| n as usize))]
        };
        let mut points = Vec::new();
        for k in 0..size[2] {
            for j in 0..size[1] {
                for i in 0..size[0] {
                    let open = (0..3).filter(|axis| size[*axis] > 1).any(|axis| {
                        [-1, 1].into_iter().any(|step| {
                            let mut next = [i, j, k];
                            next[axis] += step;
                            !inside(next)
                        })
                    });
                    if inside([i, j, k]) && open {
                        points.push(std::array::from_fn(|axis| [i, j, k][axis] as f64 * mask.grid.spacing[axis]));
                    }
                }
            }
        }
        points
    };
    let (sa, sb) = (surface(a), surface(b));
    let directed = |from: &[[f64; 3]], to: &[[f64; 3]]| -> Vec<f64> {
        let mut d: Vec<f64> = from
            .iter()
            .map(|p| to.iter().map(|q| (0..3).map(|x| (p[x] - q[x]).powi(2)).sum::<f64>().sqrt()).fold(f64::INFINITY, f64::min))
            .collect();
        d.sort_by(f64::total_cmp);
        d
    };
    let (da, db) = (directed(&sa, &sb), directed(&sb, &sa));
    let percentile = |d: &[f64]| {
        let h = 0.95 * (d.len() - 1) as f64;
        let low = h.floor() as usize;
        d[low] + (h - low as f64) * (d[(low + 1).min(d.len() - 1)] - d[low])
    };
    let most = |d: &[f64]| d[d.len() - 1];
    let mean = (da.iter().sum::<f64>() + db.iter().sum::<f64>()) / (da.len() + db.len()) as f64;
    (most(&da).max(most(&db)), percentile(&da).max(percentile(&db)), mean)
}

#[test]
fn every_pair_of_surface_voxels() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    for size in [[12, 11, 7], [14, 13, 1], [6, 1, 1]] {
        for round in 0..6 {
            let grid = Grid::plain(size, [0.6, 0.9, 2.5]);
            let mut blob = |share: f64| {
                let low: [usize; 3] = std::array::from_fn(|axis| random.gen_range(0..size[axis].div_ceil(3)));
                let high: [usize; 3] = std::array::from_fn(|axis| (low[axis] + size[axis].div_ceil(2)).min(size[axis]));
                let mut mask = block(&grid, low, high);
                let keep = mask.grid.at(low);
                mask.inside.iter_mut().for_each(|inside| *inside &= random.r#gen::<f64>() < share);
                mask.inside[keep] = true;
                mask
            };
            let (a, b) = (blob(1.0), blob(if round % 2 == 0 { 0.8 } else { 1.0 }));
            let found = agreement(&a, &b).unwrap();
            let (most, most95, mean) = by_pairs(&a, &b);
            assert!((found.hausdorff.unwrap() - most).abs() < 1e-12);
            assert!((found.hausdorff95.unwrap() - most95).abs() < 1e-12);
            assert!((found.average_surface_distance.unwrap() - mean).abs() < 1e-12);
        }
    }
}

#[test]
fn what_is_undefined_says_why() {
    let grid = Grid::plain([4, 4, 2], [1.0; 3]);
    let empty = block(&grid, [0; 3], [0; 3]);
    let some = block(&grid, [1, 1, 0], [3, 3, 2]);
    let both = agreement(&empty, &empty).unwrap();
    assert!(both.dice.is_err() && both.jaccard.is_err() && both.hausdorff.is_err());
    let one = agreement(&some, &empty).unwrap();
    assert_eq!((one.dice, one.jaccard), (Ok(0.0), Ok(0.0)));
    assert!(one.hausdorff95.is_err() && one.average_surface_distance.is_err());
    assert!(agreement(&some, &block(&Grid::plain([4, 4, 2], [2.0; 3]), [0; 3], [2; 3])).is_err());
    let single = Mask::new(Grid::plain([1, 1, 1], [1.0; 3]), vec![true]);
    assert_eq!(agreement(&single, &single).unwrap().hausdorff, Ok(0.0));
}
