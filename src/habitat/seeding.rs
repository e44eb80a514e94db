//! Where k-means starts: centroids far from each other, drawn at random.

use pulp::Arch;
use rand::Rng;
use rayon::prelude::*;

use crate::error::{Error, Result};

use super::nearest::{BLOCK, CHUNK, blocks, chunks, columns, squared_distances};
use super::vectors::Vectors;

/// First centroids by greedy k-means++.
///
/// # Definition
/// The first is a vector drawn evenly; each further one is, of 2 + ⌊ln k⌋ vectors drawn with probability proportional to the squared
/// distance to the nearest centroid so far, the one that leaves the smallest sum of these squared distances.
///
/// # Errors
/// [`Error::Study`] where there are fewer than k distinct vectors.
///
/// # Reference
/// Arthur, Vassilvitskii, Proc SODA 2007:1027 (with the greedy choice of its section 6).
pub(super) fn plus_plus(vectors: &Vectors, k: usize, rng: &mut impl Rng) -> Result<Vec<Vec<f64>>> {
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
        let sums = left_over(vectors, &candidates, &closest);
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

/// What the sum of squared distances to the nearest centroid would be with each of the candidates among them. A block of vectors is
/// fetched once for all candidates.
fn left_over(vectors: &Vectors, candidates: &[Vec<f64>], closest: &[f64]) -> Vec<f64> {
    let chunk_sums = |chunk: std::ops::Range<usize>| {
        let mut distance = [0.0; BLOCK];
        let mut sums = vec![[0.0; BLOCK]; candidates.len()];
        for block in blocks(chunk) {
            let distance = &mut distance[..block.len()];
            let (columns, closest) = (columns(vectors, block.clone()), &closest[block]);
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for (candidate, sums) in candidates.iter().zip(&mut sums) {
                        squared_distances(&columns, candidate, distance);
                        for ((sum, closest), distance) in sums.iter_mut().zip(closest).zip(&*distance) {
                            *sum += if *distance < *closest { *distance } else { *closest };
                        }
                    }
                },
            );
        }
        sums.iter().map(|sums| sums.iter().sum()).collect::<Vec<f64>>()
    };
    let by_chunk: Vec<Vec<f64>> = chunks(vectors.count()).into_par_iter().map(chunk_sums).collect();
    (0..candidates.len()).map(|candidate| by_chunk.iter().map(|sums| sums[candidate]).sum()).collect()
}

fn distances(vectors: &Vectors, point: &[f64], block: std::ops::Range<usize>, distance: &mut [f64]) {
    let block = columns(vectors, block);
    Arch::new().dispatch(
        #[inline(always)]
        || squared_distances(&block, point, distance),
    );
}
