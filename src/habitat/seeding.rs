//! Where k-means starts: centroids far from each other, drawn at random.

use pulp::{Arch, Simd, WithSimd};
use rand::Rng;
use rayon::prelude::*;

use crate::error::{Error, Result};

use super::nearest::{BLOCK, CHUNK, blocks, columns, squared_distances};
use super::screen::Screen;
use super::vectors::Vectors;

/// First centroids by greedy k-means++.
///
/// # Definition
/// The first is a vector drawn evenly; each further one is, of 2 + ⌊ln k⌋ vectors drawn with probability proportional to the
/// squared distance to the nearest centroid so far, the one that leaves the smallest sum of these squared distances (to the
/// precision of 32-bit numbers, which suffices to choose among draws).
///
/// # Errors
/// [`Error::Study`] where there are fewer than k distinct vectors.
///
/// # Reference
/// Arthur, Vassilvitskii, Proc SODA 2007:1027 (with the greedy choice of its section 6).
pub(super) fn plus_plus(vectors: &Vectors, screen: &Screen, k: usize, rng: &mut impl Rng) -> Result<Vec<Vec<f64>>> {
    let count = vectors.count();
    let mut centroids = vec![vectors.row(rng.gen_range(0..count))];
    let mut closest = vec![f64::INFINITY; count];
    let mut potential = lower(vectors, &centroids[0], &mut closest);
    let trials = 2 + (k as f64).ln() as usize;
    while centroids.len() < k {
        let total: f64 = potential.iter().sum();
        if !(total > 0.0) {
            let found = centroids.len();
            return Err(Error::study(format!("{k} habitats need {k} different voxel vectors, and there are only {found}")));
        }
        let candidates: Vec<Vec<f64>> =
            (0..trials).map(|_| vectors.row(draw(&closest, &potential, rng.r#gen::<f64>() * total))).collect();
        let sums = screen.left_over(&candidates, &closest);
        let best = (1..trials).fold(0, |best, trial| if sums[trial] < sums[best] { trial } else { best });
        potential = lower(vectors, &candidates[best], &mut closest);
        centroids.extend(candidates.into_iter().nth(best));
    }
    Ok(centroids)
}

/// The first vector at which the running sum of `closest` passes `target`; never one of weight zero.
fn draw(closest: &[f64], potential: &[f64], target: f64) -> usize {
    let mut left = target;
    let last = potential.iter().rposition(|sum| *sum > 0.0).unwrap_or(0);
    for (chunk, sum) in potential.iter().enumerate() {
        if left < *sum || chunk == last {
            let start = chunk * CHUNK;
            let part = &closest[start..(start + CHUNK).min(closest.len())];
            let mut chosen = 0;
            for (at, weight) in part.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                chosen = at;
                if left < *weight {
                    break;
                }
                left -= weight;
            }
            return start + chosen;
        }
        left -= sum;
    }
    0
}

/// Squared distances to the nearest centroid once `point` has joined them; their sums by chunk.
fn lower(vectors: &Vectors, point: &[f64], closest: &mut [f64]) -> Vec<f64> {
    let lower_chunk = |(chunk, closest): (usize, &mut [f64])| {
        let start = chunk * CHUNK;
        let mut distance = [0.0; BLOCK];
        let mut sum = 0.0;
        for block in blocks(start..start + closest.len()) {
            let distance = &mut distance[..block.len()];
            distances(vectors, point, block.clone(), distance);
            for (closest, distance) in closest[block.start - start..block.end - start].iter_mut().zip(distance) {
                *closest = if *distance < *closest { *distance } else { *closest };
                sum += *closest;
            }
        }
        sum
    };
    closest.par_chunks_mut(CHUNK).enumerate().map(lower_chunk).collect()
}

fn distances(vectors: &Vectors, point: &[f64], block: std::ops::Range<usize>, distance: &mut [f64]) {
    let block = columns(vectors, block);
    Arch::new().dispatch(Distances(&block, point, distance));
}

struct Distances<'a>(&'a [&'a [f64]], &'a [f64], &'a mut [f64]);

impl WithSimd for Distances<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        squared_distances(self.0, self.1, self.2);
    }
}
