//! k-means: voxels of like behaviour grouped around k centroids.

use rand::Rng;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::nearest::{CHUNK, scan};
use super::screen::Screen;
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
    /// A start has converged when the summed squared movement of its centroids is at most this fraction of the maps' mean
    /// variance, or when no voxel changes its habitat.
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
/// k-means++ starts. Nearest centroids are sought with 32-bit numbers and, where these cannot tell, with 64-bit numbers, which
/// changes no result. A centroid left without vectors moves to the vector farthest from its own centroid.
///
/// # Errors
/// [`Error::Study`] where `k` is 0, there are fewer than `k` distinct vectors, or more than 65 535 groups are asked for.
///
/// # Reference
/// Lloyd, IEEE Trans Inf Theory 1982;28:129.
pub fn kmeans(vectors: &Vectors, k: usize, options: &KMeansOptions, rng: &mut impl Rng) -> Result<KMeans> {
    check(vectors, k)?;
    let still = options.tolerance * vectors.mean_variance();
    let screen = Screen::new(vectors);
    let mut best: Option<KMeans> = None;
    for _ in 0..options.restarts.max(1) {
        let start = plus_plus(vectors, &screen, k, rng)?;
        let found = lloyd(vectors, &screen, start, still, options.max_iterations);
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
    Ok(lloyd(vectors, &Screen::new(vectors), start, still, options.max_iterations))
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

    /// Of all vectors with these labels.
    fn of(vectors: &Vectors, labels: &[u16], k: usize) -> Self {
        let one_chunk = |(chunk, labels): (usize, &[u16])| {
            let mut sums = Sums::new(k, vectors.maps());
            labels.iter().for_each(|label| sums.count[usize::from(*label)] += 1);
            for map in 0..vectors.maps() {
                for (label, value) in labels.iter().zip(&vectors.map(map)[chunk * CHUNK..]) {
                    sums.sum[usize::from(*label)][map] += value;
                }
            }
            sums
        };
        let parts: Vec<Sums> = labels.par_chunks(CHUNK).enumerate().map(one_chunk).collect();
        Sums::total(k, vectors.maps(), &parts)
    }

    fn means(&self, before: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mean = |((sum, count), before): ((&Vec<f64>, &i64), &Vec<f64>)| match count {
            0 => before.clone(),
            count => sum.iter().map(|sum| sum / *count as f64).collect(),
        };
        self.sum.iter().zip(&self.count).zip(before).map(mean).collect()
    }
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

/// Lloyd's rounds until the summed squared movement is at most `still`.
fn lloyd(vectors: &Vectors, screen: &Screen, mut centroids: Vec<Vec<f64>>, still: f64, max_iterations: usize) -> KMeans {
    let k = centroids.len();
    let mut labels = vec![0; vectors.count()];
    advance(vectors, screen, &centroids, &mut labels);
    let mut sums = Sums::of(vectors, &labels, k);
    let (mut iterations, mut converged) = (1, false);
    while iterations < max_iterations {
        let lost = sums.count.contains(&0);
        let after = sums.means(&centroids);
        if lost {
            centroids = relocated(vectors, after, &sums.count);
        } else {
            let moved: f64 = centroids.iter().zip(&after).map(|(a, b)| squared(a, b)).sum();
            centroids = after;
            if moved <= still {
                converged = true;
                break;
            }
        }
        let change = advance(vectors, screen, &centroids, &mut labels);
        iterations += 1;
        if change.changed == 0 && !lost {
            converged = true;
            break;
        }
        sums.add(&change);
    }
    finish(vectors, centroids, &labels, iterations, converged)
}

/// Every vector to its nearest centroid; what that changes in the sums.
fn advance(vectors: &Vectors, screen: &Screen, centroids: &[Vec<f64>], labels: &mut [u16]) -> Sums {
    let (k, maps) = (centroids.len(), vectors.maps());
    let one_chunk = |(chunk, labels): (usize, &mut [u16])| {
        let mut change = Sums::new(k, maps);
        let start = chunk * CHUNK;
        screen.scan(vectors, start..start + labels.len(), centroids, |block, found| {
            let labels = &mut labels[block.start - start..block.end - start];
            // Most blocks do not change once habitats have settled.
            if labels == found {
                return;
            }
            for ((label, found), at) in labels.iter_mut().zip(found).zip(block).filter(|((label, found), _)| **label != **found) {
                let (from, to) = (usize::from(*label), usize::from(*found));
                *label = *found;
                change.changed += 1;
                change.count[from] -= 1;
                change.count[to] += 1;
                for map in 0..maps {
                    let value = vectors.map(map)[at];
                    change.sum[from][map] -= value;
                    change.sum[to][map] += value;
                }
            }
        });
        change
    };
    let changes: Vec<Sums> = labels.par_chunks_mut(CHUNK).enumerate().map(one_chunk).collect();
    Sums::total(k, maps, &changes)
}

/// Centroids summed afresh, so that no rounding of the rounds' differences stays in them, and what they say of every vector.
fn finish(vectors: &Vectors, centroids: Vec<Vec<f64>>, labels: &[u16], iterations: usize, converged: bool) -> KMeans {
    let centroids = Sums::of(vectors, labels, centroids.len()).means(&centroids);
    let start = || (0.0, Vec::with_capacity(CHUNK));
    let parts = scan(vectors, &centroids, start, |(inertia, labels), block, near| {
        *inertia += near.best[..block.len()].iter().sum::<f64>();
        labels.extend(near.label[..block.len()].iter().map(|label| *label as u16));
    });
    let inertia = parts.iter().map(|part| part.0).sum();
    let labels = parts.into_iter().flat_map(|part: (f64, Vec<u16>)| part.1).collect();
    KMeans { labels, inertia, centroids, iterations, converged }
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
