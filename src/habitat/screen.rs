//! Nearest centroids at half the precision and twice the speed, with the same answers.
//!
//! Distances are computed with 32-bit numbers; where the two nearest centroids are closer to each other than rounding can tell
//! apart, they are computed again with 64-bit numbers. So the answer is that of [`Nearest`], for every vector and on every
//! processor.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::nearest::{BLOCK, Nearest, blocks, chunks};
use super::vectors::Vectors;

/// Half the distance between 1 and the next 32-bit number.
const UNIT: f64 = 1.0 / (1u64 << 24) as f64;

/// Vectors with 32-bit numbers, moved to their middle, where these are finest.
pub(super) struct Screen {
    columns: Vec<Vec<f32>>,
    middle: Vec<f64>,
    /// Per block the largest size of a number in it, not below that of any middle of vectors.
    reach: Vec<f64>,
}

impl Screen {
    pub fn new(vectors: &Vectors) -> Self {
        let count = vectors.count();
        let middle: Vec<f64> = (0..vectors.maps()).map(|map| vectors.map(map).iter().sum::<f64>() / count as f64).collect();
        let moved = |map: usize| vectors.map(map).par_iter().map(|value| (value - middle[map]) as f32).collect();
        let columns: Vec<Vec<f32>> = (0..vectors.maps()).map(moved).collect();
        let largest = |block: Range<usize>| {
            let of = |column: &Vec<f32>| column[block.clone()].iter().fold(0.0f32, |most, value| most.max(value.abs()));
            columns.iter().map(of).fold(0.0, f32::max)
        };
        let reach = blocks(0..count).map(|block| f64::from(largest(block))).collect();
        Screen { columns, middle, reach }
    }

    /// A point as the screen sees it.
    fn moved(&self, point: &[f64]) -> Vec<f32> {
        point.iter().zip(&self.middle).map(|(value, middle)| (value - middle) as f32).collect()
    }

    /// Goes through a chunk's vectors and tells the number of the nearest centroid of each block of them; of equally near ones
    /// the first.
    pub fn scan(
        &self,
        vectors: &Vectors,
        chunk: Range<usize>,
        centroids: &[Vec<f64>],
        mut step: impl FnMut(Range<usize>, &[u16]),
    ) {
        let points: Vec<Vec<f32>> = centroids.iter().map(|centroid| self.moved(centroid)).collect();
        let far = points.iter().flatten().fold(0.0f32, |most, value| most.max(value.abs()));
        let maps = self.columns.len() as f64;
        let (mut lanes, mut exact) = (Lanes::new(), Nearest::new());
        let mut gathered = vec![[0.0; BLOCK]; self.columns.len()];
        for block in blocks(chunk) {
            let count = block.len();
            let columns: Vec<&[f32]> = self.columns.iter().map(|column| &column[block.clone()]).collect();
            // Rounding of a value, a centroid and their difference moves a difference x − c by at most 4 R u, R the largest size
            // of any number and u the unit of rounding; so it moves d = Σ (x − c)² by at most 8 R u √(p d) + 16 p R² u² + (p + 3)
            // u d, and 2 R √d ≤ R² + d.
            let reach = self.reach[block.start / BLOCK].max(f64::from(far));
            let constant = UNIT * (4.0 * maps.sqrt() * reach * reach + 16.0 * maps * reach * reach * UNIT);
            let slope = UNIT * (4.0 * maps.sqrt() + maps + 3.0);
            // Both distances may be wrong, and the bound itself is rounded.
            let margin = [2.1 * constant, 2.1 * slope].map(|n| n as f32);
            Arch::new().dispatch(Find { lanes: &mut lanes, block: &columns, count, points: &points, margin });
            if lanes.open {
                let open: Vec<usize> = (0..count).filter(|at| lanes.close[*at] != 0).collect();
                for (map, gathered) in gathered.iter_mut().enumerate() {
                    let values = &vectors.map(map)[block.clone()];
                    gathered.iter_mut().zip(&open).for_each(|(value, at)| *value = values[*at]);
                }
                let columns: Vec<&[f64]> = gathered.iter().map(|column| &column[..]).collect();
                exact.find(&columns, open.len(), centroids);
                open.iter().enumerate().for_each(|(n, at)| lanes.label[*at] = exact.label[n] as u16);
            }
            step(block, &lanes.label[..count]);
        }
    }

    /// About what the sum of squared distances to the nearest centroid would be with each of the candidates among them.
    pub fn left_over(&self, candidates: &[Vec<f64>], closest: &[f64]) -> Vec<f64> {
        let points: Vec<Vec<f32>> = candidates.iter().map(|candidate| self.moved(candidate)).collect();
        let chunk_sums = |chunk: Range<usize>| {
            let mut sums = vec![0.0; points.len()];
            for block in blocks(chunk) {
                let columns: Vec<&[f32]> = self.columns.iter().map(|column| &column[block.clone()]).collect();
                Arch::new().dispatch(LeftOver { columns: &columns, closest: &closest[block], points: &points, sums: &mut sums });
            }
            sums
        };
        let by_chunk: Vec<Vec<f64>> = chunks(closest.len()).into_par_iter().map(chunk_sums).collect();
        (0..candidates.len()).map(|candidate| by_chunk.iter().map(|sums| sums[candidate]).sum()).collect()
    }
}

struct LeftOver<'a> {
    columns: &'a [&'a [f32]],
    closest: &'a [f64],
    points: &'a [Vec<f32>],
    sums: &'a mut [f64],
}

impl WithSimd for LeftOver<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (mut distance, mut near) = ([0.0f32; BLOCK], [0.0f32; BLOCK]);
        let count = self.closest.len();
        for (near, closest) in near.iter_mut().zip(self.closest) {
            *near = *closest as f32;
        }
        for (point, sum) in self.points.iter().zip(self.sums) {
            squared_distances(self.columns, point, &mut distance[..count]);
            *sum += f64::from(least_sum(&near[..count], &distance[..count]));
        }
    }
}

struct Find<'a> {
    lanes: &'a mut Lanes,
    block: &'a [&'a [f32]],
    count: usize,
    points: &'a [Vec<f32>],
    margin: [f32; 2],
}

impl WithSimd for Find<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.lanes.find(self.block, self.count, self.points, self.margin);
    }
}

/// Σ min(a, b) in sixteen sums side by side, whatever the processor's width.
#[inline(always)]
fn least_sum(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (mut a, mut b) = (a.chunks_exact(16), b.chunks_exact(16));
    for (a, b) in (&mut a).zip(&mut b) {
        for lane in 0..16 {
            sums[lane] += if b[lane] < a[lane] { b[lane] } else { a[lane] };
        }
    }
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| if b < a { *b } else { *a }).sum();
    sums.iter().sum::<f32>() + rest
}

/// For a block of vectors the two nearest centroids, as far as 32 bits tell.
struct Lanes {
    best: [f32; BLOCK],
    second: [f32; BLOCK],
    number: [f32; BLOCK],
    distance: [f32; BLOCK],
    label: [u16; BLOCK],
    /// Not 0 where the nearest two cannot be told apart.
    close: [u32; BLOCK],
    /// Whether there is such a vector.
    open: bool,
}

impl Lanes {
    fn new() -> Self {
        let zero = [0.0; BLOCK];
        Lanes { best: zero, second: zero, number: zero, distance: zero, label: [0; BLOCK], close: [0; BLOCK], open: false }
    }

    #[inline(always)]
    fn find(&mut self, block: &[&[f32]], count: usize, points: &[Vec<f32>], margin: [f32; 2]) {
        let (best, second) = (&mut self.best[..count], &mut self.second[..count]);
        let (number, distance) = (&mut self.number[..count], &mut self.distance[..count]);
        best.fill(f32::INFINITY);
        second.fill(f32::INFINITY);
        number.fill(0.0);
        for (at, point) in points.iter().enumerate() {
            squared_distances(block, point, distance);
            let at = at as f32;
            for (((best, second), number), distance) in best.iter_mut().zip(&mut *second).zip(&mut *number).zip(&*distance) {
                let nearer = *distance < *best;
                let runner_up = if *distance < *second { *distance } else { *second };
                *second = if nearer { *best } else { runner_up };
                *number = if nearer { at } else { *number };
                *best = if nearer { *distance } else { *best };
            }
        }
        let mut open = 0;
        for ((close, second), best) in self.close[..count].iter_mut().zip(&*second).zip(&*best) {
            // With one centroid the second is infinite, and so is the bound; numbers too large for 32 bits end here as well.
            let apart = *second - *best > margin[0] + margin[1] * *second;
            *close = u32::from(!apart);
            open |= *close;
        }
        self.open = open != 0;
        self.label[..count].iter_mut().zip(&*number).for_each(|(label, number)| *label = *number as i32 as u16);
    }
}

#[inline(always)]
fn squared_distances(block: &[&[f32]], point: &[f32], distance: &mut [f32]) {
    distance.fill(0.0);
    let count = distance.len();
    for (column, at) in block.iter().zip(point) {
        for (distance, value) in distance.iter_mut().zip(&column[..count]) {
            let step = value - at;
            *distance += step * step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habitat::nearest::assign;

    fn labels(vectors: &Vectors, centroids: &[Vec<f64>]) -> Vec<u16> {
        let screen = Screen::new(vectors);
        let mut all = Vec::new();
        for chunk in chunks(vectors.count()) {
            screen.scan(vectors, chunk, centroids, |_, labels| all.extend_from_slice(labels));
        }
        all
    }

    /// Vectors on and beside the planes between centroids, by less than 32 bits can tell; outliers; offsets; numbers too large
    /// for 32 bits.
    #[test]
    fn answers_are_those_of_64_bits() {
        for (offset, scale) in [(0.0, 1.0), (1e6, 1.0), (0.0, 1e-6), (-3.0, 1e20), (0.0, 1e150)] {
            let value = |at: usize, map: usize| {
                let grain = ((at * 7919 + map * 104_729 + at * at * 31) % 1009) as f64 / 1009.0 - 0.5;
                let beside = if map == 0 { (at % 7) as f64 * 1e-9 } else { 2.0 * grain };
                let outlier = if at % 5000 == 77 { 1e4 } else { 1.0 };
                offset + scale * beside * outlier
            };
            let columns = (0..3).map(|map| (0..20_011).map(|at| value(at, map)).collect()).collect();
            let vectors = Vectors::new(columns).unwrap();
            let at = |x: f64, y: f64| vec![offset + scale * x, offset + scale * y, offset + scale * 3e-9];
            for centroids in [
                vec![at(-1.0, 0.0), at(1.0, 0.0)],
                vec![at(1.0, 0.5), at(-1.0, 0.5), at(1.0, 0.5), at(0.0, -1.0)],
                vec![at(0.0, 0.0)],
            ] {
                assert_eq!(labels(&vectors, &centroids), assign(&vectors, &centroids), "{offset} {scale} {}", centroids.len());
            }
        }
    }
}
