//! Where supervoxels start: evenly over the region, whatever its shape.

use super::Scene;

/// Rounds of k-means over places.
const ROUNDS: usize = 5;

/// A first supervoxel for every member, counted from 0: k-means of the members' places in mm, from places as far from each other
/// as can be.
pub(super) fn by_place(scene: &Scene) -> Vec<u32> {
    let places: Vec<[f64; 3]> = (0..scene.voxel.len()).map(|member| scene.place(member)).collect();
    let mut centres = far_apart(&places, scene.count);
    let mut label = nearest(&places, &centres);
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0; 3], 0.0); centres.len()];
        for (place, label) in places.iter().zip(&label) {
            let (sum, count) = &mut sums[*label as usize];
            (0..3).for_each(|axis| sum[axis] += place[axis]);
            *count += 1.0;
        }
        for (centre, (sum, count)) in centres.iter_mut().zip(sums).filter(|(_, (_, count))| *count > 0.0) {
            *centre = sum.map(|sum| sum / count);
        }
        label = nearest(&places, &centres);
    }
    label
}

fn squared(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]) * (a[axis] - b[axis])).sum()
}

/// The first is the place nearest to the middle; each further one the place farthest from all before (the first of equals).
fn far_apart(places: &[[f64; 3]], count: usize) -> Vec<[f64; 3]> {
    let n = places.len() as f64;
    let middle: [f64; 3] = std::array::from_fn(|axis| places.iter().map(|place| place[axis]).sum::<f64>() / n);
    let first = places.iter().map(|place| squared(place, &middle)).enumerate();
    let first = first.fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best }).0;
    let mut centres = vec![places[first]];
    let mut closest: Vec<f64> = places.iter().map(|place| squared(place, &places[first])).collect();
    while centres.len() < count {
        let far = closest.iter().copied().enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best }).0;
        centres.push(places[far]);
        closest.iter_mut().zip(places).for_each(|(closest, place)| *closest = closest.min(squared(place, &places[far])));
    }
    centres
}

fn nearest(places: &[[f64; 3]], centres: &[[f64; 3]]) -> Vec<u32> {
    use rayon::prelude::*;
    let nearest = |place: &[f64; 3]| {
        let all = centres.iter().map(|centre| squared(place, centre)).enumerate();
        all.fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best }).0 as u32
    };
    places.par_iter().with_min_len(1024).map(nearest).collect()
}
