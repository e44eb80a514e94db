//! k-means: voxels of like behaviour grouped around k centroids.

use std::ops::Range;

use rand::Rng;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::nearest::{BLOCK, Nearest, assign, blocks, chunks, columns, scan};
use super::seeding::plus_plus;
use super::vectors::Vectors;

/// How k-means is run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct KMeansOptions {
    /// Number of starts; the one of least inertia is kept.
    pub restarts: usize,
    /// Most rounds of one start.
    pub max_iterations: usize,
    /// A start has converged when the summed squared movement of its centroids is at most this fraction of the maps' mean variance, or
    /// when no voxel changes its habitat.
    pub tolerance: f64,
}

impl Default for KMeansOptions {
    fn default() -> Self {
        KMeansOptions { restarts: 10, max_iterations: 300, tolerance: 1e-4 }
    }
}

/// A partition of vectors into k groups.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// `centroids[group][map]`.
    pub centroids: Vec<Vec<f64>>,
    /// The group of every vector: that of its nearest centroid.
    pub labels: Vec<u16>,
    /// Sum of squared distances to the nearest centroid.
    pub inertia: f64,
    /// Rounds of the start that was kept.
    pub iterations: usize,
    /// Whether that start converged.
    pub converged: bool,
}

/// Groups vectors around `k` centroids, from several random starts.
///
/// # Definition
/// Minimises Σ‖x − c(x)‖² by Lloyd's rounds (each vector to its nearest centroid, each centroid to the mean of its vectors) from
/// k-means++ starts. Vectors whose nearest centroid cannot have changed by the triangle inequality are skipped (Hamerly), which changes
/// no result. A centroid left without vectors moves to the vector farthest from its own centroid.
///
/// # Errors
/// [`Error::Study`] where `k` is 0, there are fewer than `k` distinct vectors, or more than 65 535 groups are asked for.
///
/// # Reference
/// Lloyd, IEEE Trans Inf Theory 1982;28:129. Hamerly, Proc SDM 2010:130.
pub fn kmeans(vectors: &Vectors, k: usize, options: &KMeansOptions, rng: &mut impl Rng) -> Result<KMeans> {
    check(vectors, k)?;
    let still = options.tolerance * vectors.mean_variance();
    let mut best: Option<KMeans> = None;
    for _ in 0..options.restarts.max(1) {
        let start = plus_plus(vectors, k, rng)?;
        let found = lloyd(vectors, start, still, options.max_iterations);
        if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| Error::numeric("k-means found no partition"))
}

/// Groups vectors from the given first centroids.
///
/// # Errors
/// [`Error::Study`] as [`kmeans`], and where a centroid has not as many numbers as there are maps.
pub fn kmeans_from(vectors: &Vectors, start: Vec<Vec<f64>>, options: &KMeansOptions) -> Result<KMeans> {
    check(vectors, start.len())?;
    if start.iter().any(|centroid| centroid.len() != vectors.maps()) {
        return Err(Error::study(format!("a first centroid has not {} numbers, one per map", vectors.maps())));
    }
    let still = options.tolerance * vectors.mean_variance();
    Ok(lloyd(vectors, start, still, options.max_iterations))
}

fn check(vectors: &Vectors, k: usize) -> Result<()> {
    if k == 0 || k > usize::from(u16::MAX) {
        return Err(Error::study(format!("{k} habitats: the number must be 1 to {}", u16::MAX)));
    }
    if vectors.count() < k {
        return Err(Error::study(format!("the region is too small for {k} habitats: it has {} voxel vectors", vectors.count())));
    }
    Ok(())
}

/// What one chunk of vectors remembers between rounds: its groups, and bounds on the distances to the own and to any other centroid.
struct Chunk {
    range: Range<usize>,
    label: Vec<u16>,
    upper: Vec<f64>,
    lower: Vec<f64>,
}

/// Sums and counts by group, or their changes.
struct Sums {
    sum: Vec<Vec<f64>>,
    count: Vec<i64>,
    changed: usize,
}

impl Sums {
    fn new(k: usize, maps: usize) -> Self {
        Sums { sum: vec![vec![0.0; maps]; k], count: vec![0; k], changed: 0 }
    }

    fn add(&mut self, other: &Sums) {
        for (sum, other) in self.sum.iter_mut().flatten().zip(other.sum.iter().flatten()) {
            *sum += other;
        }
        for (count, other) in self.count.iter_mut().zip(&other.count) {
            *count += other;
        }
        self.changed += other.changed;
    }

    fn total(k: usize, maps: usize, parts: &[Sums]) -> Self {
        let mut total = Sums::new(k, maps);
        parts.iter().for_each(|part| total.add(part));
        total
    }

    fn means(&self, before: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mean = |((sum, count), before): ((&Vec<f64>, &i64), &Vec<f64>)| match count {
            0 => before.clone(),
            count => sum.iter().map(|sum| sum / *count as f64).collect(),
        };
        self.sum.iter().zip(&self.count).zip(before).map(mean).collect()
    }
}

/// What the centroids' last movement does to the bounds.
struct Movement {
    moved: Vec<f64>,
    /// The largest movement among the other centroids.
    others: Vec<f64>,
    /// Half the distance to the nearest other centroid.
    half: Vec<f64>,
}

impl Movement {
    fn new(before: &[Vec<f64>], after: &[Vec<f64>]) -> Self {
        let moved: Vec<f64> = before.iter().zip(after).map(|(a, b)| squared(a, b).sqrt()).collect();
        let apart = |from: usize, of: &dyn Fn(usize) -> f64, pick: fn(f64, f64) -> f64, start: f64| {
            (0..after.len()).filter(|other| *other != from).map(of).fold(start, pick)
        };
        let others = (0..after.len()).map(|c| apart(c, &|other| moved[other], f64::max, 0.0)).collect();
        let half = (0..after.len())
            .map(|c| 0.5 * apart(c, &|other| squared(&after[c], &after[other]).sqrt(), f64::min, f64::INFINITY))
            .collect();
        Movement { moved, others, half }
    }
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

/// Lloyd's rounds until the summed squared movement is at most `still`.
fn lloyd(vectors: &Vectors, mut centroids: Vec<Vec<f64>>, still: f64, max_iterations: usize) -> KMeans {
    let (k, maps) = (centroids.len(), vectors.maps());
    let (mut state, mut sums) = begin(vectors, &centroids);
    let (mut iterations, mut converged) = (1, false);
    while iterations < max_iterations {
        if sums.count.contains(&0) {
            centroids = relocated(vectors, sums.means(&centroids), &sums.count);
            (state, sums) = begin(vectors, &centroids);
            iterations += 1;
            continue;
        }
        let after = sums.means(&centroids);
        let movement = Movement::new(&centroids, &after);
        centroids = after;
        if movement.moved.iter().map(|moved| moved * moved).sum::<f64>() <= still {
            converged = true;
            break;
        }
        let changes: Vec<Sums> = state.par_iter_mut().map(|chunk| chunk.advance(vectors, &centroids, &movement)).collect();
        let change = Sums::total(k, maps, &changes);
        iterations += 1;
        if change.changed == 0 {
            converged = true;
            break;
        }
        sums.add(&change);
    }
    finish(vectors, &state, centroids, iterations, converged)
}

/// Centroids summed afresh, so that no rounding of the rounds' differences stays in them, and what they say of every vector.
fn finish(vectors: &Vectors, state: &[Chunk], centroids: Vec<Vec<f64>>, iterations: usize, converged: bool) -> KMeans {
    let parts: Vec<Sums> = state.par_iter().map(|chunk| chunk.sums(vectors, centroids.len())).collect();
    let centroids = Sums::total(centroids.len(), vectors.maps(), &parts).means(&centroids);
    let inertia = scan(vectors, &centroids, || 0.0, |sum, block, near| *sum += near.best[..block.len()].iter().sum::<f64>());
    KMeans { labels: assign(vectors, &centroids), inertia: inertia.iter().sum(), centroids, iterations, converged }
}

fn begin(vectors: &Vectors, centroids: &[Vec<f64>]) -> (Vec<Chunk>, Sums) {
    let (state, parts): (Vec<Chunk>, Vec<Sums>) = chunks(vectors.count())
        .into_par_iter()
        .map(|range| {
            let chunk = Chunk::new(vectors, range, centroids);
            let sums = chunk.sums(vectors, centroids.len());
            (chunk, sums)
        })
        .unzip();
    (state, Sums::total(centroids.len(), vectors.maps(), &parts))
}

/// Every centroid without vectors is put on the vector farthest from its nearest centroid, one after the other.
fn relocated(vectors: &Vectors, mut centroids: Vec<Vec<f64>>, count: &[i64]) -> Vec<Vec<f64>> {
    for empty in (0..centroids.len()).filter(|group| count[*group] == 0) {
        let far = scan(
            vectors,
            &centroids,
            || (0, f64::NEG_INFINITY),
            |far, block, near| {
                for (at, distance) in block.clone().zip(&near.best) {
                    if *distance > far.1 {
                        *far = (at, *distance);
                    }
                }
            },
        );
        let farthest = far.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
        if let Some((at, _)) = farthest {
            centroids[empty] = vectors.row(at);
        }
    }
    centroids
}

impl Chunk {
    fn new(vectors: &Vectors, range: Range<usize>, centroids: &[Vec<f64>]) -> Self {
        let count = range.len();
        let (mut label, mut upper, mut lower) = (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        let mut near = Nearest::new();
        for block in blocks(range.clone()) {
            near.find(&columns(vectors, block.clone()), block.len(), centroids);
            label.extend(near.label[..block.len()].iter().map(|label| *label as u16));
            upper.extend(near.best[..block.len()].iter().map(|distance| distance.sqrt()));
            lower.extend(near.second[..block.len()].iter().map(|distance| distance.sqrt()));
        }
        Chunk { range, label, upper, lower }
    }

    fn sums(&self, vectors: &Vectors, k: usize) -> Sums {
        let mut sums = Sums::new(k, vectors.maps());
        self.label.iter().for_each(|label| sums.count[usize::from(*label)] += 1);
        for map in 0..vectors.maps() {
            for (label, value) in self.label.iter().zip(&vectors.map(map)[self.range.clone()]) {
                sums.sum[usize::from(*label)][map] += value;
            }
        }
        sums
    }

    /// One round: bounds follow the centroids, and only vectors whose bounds cross look for their nearest centroid again.
    fn advance(&mut self, vectors: &Vectors, centroids: &[Vec<f64>], movement: &Movement) -> Sums {
        let mut open = Vec::with_capacity(BLOCK);
        let mut gathered = vec![[0.0; BLOCK]; vectors.maps()];
        let mut near = Nearest::new();
        let mut change = Sums::new(centroids.len(), vectors.maps());
        let count = self.label.len();
        for at in 0..count {
            let group = usize::from(self.label[at]);
            self.upper[at] += movement.moved[group];
            self.lower[at] -= movement.others[group];
            if self.upper[at] > self.lower[at].max(movement.half[group]) {
                open.push(at);
            }
            if open.len() == BLOCK || (at + 1 == count && !open.is_empty()) {
                self.search(vectors, centroids, &open, &mut gathered, &mut near, &mut change);
                open.clear();
            }
        }
        change
    }

    fn search(
        &mut self,
        vectors: &Vectors,
        centroids: &[Vec<f64>],
        open: &[usize],
        gathered: &mut [[f64; BLOCK]],
        near: &mut Nearest,
        change: &mut Sums,
    ) {
        for (map, gathered) in gathered.iter_mut().enumerate() {
            let values = &vectors.map(map)[self.range.clone()];
            gathered.iter_mut().zip(open).for_each(|(value, at)| *value = values[*at]);
        }
        let block: Vec<&[f64]> = gathered.iter().map(|column| &column[..]).collect();
        near.find(&block, open.len(), centroids);
        for (n, at) in open.iter().enumerate() {
            self.upper[*at] = near.best[n].sqrt();
            self.lower[*at] = near.second[n].sqrt();
            let (from, to) = (usize::from(self.label[*at]), near.label[n] as usize);
            if from != to {
                self.label[*at] = to as u16;
                change.changed += 1;
                change.count[from] -= 1;
                change.count[to] += 1;
                for (map, column) in block.iter().enumerate() {
                    change.sum[from][map] -= column[n];
                    change.sum[to][map] += column[n];
                }
            }
        }
    }
}
