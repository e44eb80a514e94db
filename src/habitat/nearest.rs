//! The nearest centroid of many vectors at once.
//!
//! Work is cut into chunks of a fixed number of vectors and their results come back in order, so that no sum depends on the
//! number of threads; products and sums are kept apart (no fused multiply-add), so that none depends on the processor either.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::vectors::Vectors;

/// Vectors per unit of parallel work.
pub(super) const CHUNK: usize = 8192;
/// Vectors whose distances stay in the fastest cache together.
pub(super) const BLOCK: usize = 256;

/// For a block of vectors: squared distances to the nearest and second nearest centroid, and the number of the nearest. Of
/// equally near centroids the first counts.
pub(super) struct Nearest {
    pub best: [f64; BLOCK],
    pub second: [f64; BLOCK],
    /// A whole number as a float, so that it is chosen in the same lanes as the distances.
    pub label: [f64; BLOCK],
    distance: [f64; BLOCK],
}

impl Nearest {
    pub fn new() -> Self {
        Nearest { best: [0.0; BLOCK], second: [0.0; BLOCK], label: [0.0; BLOCK], distance: [0.0; BLOCK] }
    }

    /// Finds the nearest of `centroids` for the first `count` vectors of a block given map by map.
    pub fn find(&mut self, block: &[&[f64]], count: usize, centroids: &[Vec<f64>]) {
        Arch::new().dispatch(Find { near: self, block, count, centroids });
    }

    #[inline(always)]
    fn find_in_lanes(&mut self, block: &[&[f64]], count: usize, centroids: &[Vec<f64>]) {
        let Nearest { best, second, label, distance } = self;
        let (best, second) = (&mut best[..count], &mut second[..count]);
        let (label, distance) = (&mut label[..count], &mut distance[..count]);
        best.fill(f64::INFINITY);
        second.fill(f64::INFINITY);
        label.fill(0.0);
        for (number, centroid) in centroids.iter().enumerate() {
            squared_distances(block, centroid, distance);
            let number = number as f64;
            for (((best, second), label), distance) in best.iter_mut().zip(&mut *second).zip(&mut *label).zip(&*distance) {
                let nearer = *distance < *best;
                let runner_up = if *distance < *second { *distance } else { *second };
                *second = if nearer { *best } else { runner_up };
                *label = if nearer { number } else { *label };
                *best = if nearer { *distance } else { *best };
            }
        }
    }
}

/// What runs in the processor's widest lanes is a struct and no closure: a closure's call need not be compiled for them.
struct Find<'a> {
    near: &'a mut Nearest,
    block: &'a [&'a [f64]],
    count: usize,
    centroids: &'a [Vec<f64>],
}

impl WithSimd for Find<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.near.find_in_lanes(self.block, self.count, self.centroids);
    }
}

/// Squared distances of a block of vectors, given map by map, from one point.
#[inline(always)]
pub(super) fn squared_distances(block: &[&[f64]], point: &[f64], distance: &mut [f64]) {
    distance.fill(0.0);
    let count = distance.len();
    for (column, at) in block.iter().zip(point) {
        for (distance, value) in distance.iter_mut().zip(&column[..count]) {
            let step = value - at;
            *distance += step * step;
        }
    }
}

/// The chunks of `count` vectors, in order.
pub(super) fn chunks(count: usize) -> Vec<Range<usize>> {
    (0..count).step_by(CHUNK).map(|start| start..(start + CHUNK).min(count)).collect()
}

/// The blocks of a chunk, in order.
pub(super) fn blocks(chunk: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = chunk.end;
    chunk.step_by(BLOCK).map(move |start| start..(start + BLOCK).min(end))
}

/// The part of every map that a block covers.
pub(super) fn columns(vectors: &Vectors, block: Range<usize>) -> Vec<&[f64]> {
    (0..vectors.maps()).map(|map| &vectors.map(map)[block.clone()]).collect()
}

/// Goes through all vectors with their nearest centroids: one accumulator per chunk, handed back in the order of the chunks.
pub(super) fn scan<A: Send>(
    vectors: &Vectors,
    centroids: &[Vec<f64>],
    start: impl Fn() -> A + Sync,
    step: impl Fn(&mut A, Range<usize>, &Nearest) + Sync,
) -> Vec<A> {
    let whole = |chunk: Range<usize>| {
        let (mut sum, mut nearest) = (start(), Nearest::new());
        for block in blocks(chunk) {
            nearest.find(&columns(vectors, block.clone()), block.len(), centroids);
            step(&mut sum, block, &nearest);
        }
        sum
    };
    chunks(vectors.count()).into_par_iter().map(whole).collect()
}

/// The nearest centroid of every vector.
pub(super) fn assign(vectors: &Vectors, centroids: &[Vec<f64>]) -> Vec<u16> {
    let labels = scan(vectors, centroids, Vec::new, |labels: &mut Vec<u16>, block, nearest| {
        labels.extend(nearest.label[..block.len()].iter().map(|label| *label as u16));
    });
    labels.concat()
}
