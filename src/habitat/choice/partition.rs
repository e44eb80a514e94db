//! Indices of one partition that need a pass over its vectors only.

use crate::error::{Error, Result};
use crate::habitat::nearest::scan;
use crate::habitat::vectors::Vectors;

/// How compact and how separate the groups of a partition are.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionIndices {
    /// Vectors per group.
    pub counts: Vec<u64>,
    /// Sum of squared distances to the groups' means.
    pub within: f64,
    /// Calinski–Harabasz; larger is better. `None` for one group, groups of single vectors only, or no spread within groups.
    pub calinski_harabasz: Option<f64>,
    /// Davies–Bouldin; smaller is better. `None` for one group, or where two means coincide.
    pub davies_bouldin: Option<f64>,
    /// Simplified silhouette over all vectors; larger is better. `None` for one group.
    pub simplified_silhouette: Option<f64>,
}

#[derive(Clone)]
struct Spread {
    squared: f64,
    distance: Vec<f64>,
    silhouette: f64,
}

/// The indices of a partition into `k` groups.
///
/// # Definition
/// With W the sum of squared distances to the groups' means, B = Σ n_k ‖μ_k − μ‖², S_k the mean distance of group k from its
/// mean: Calinski–Harabasz = (B / (k − 1)) / (W / (n − k)); Davies–Bouldin = mean over k of max_j (S_k + S_j) / ‖μ_k − μ_j‖;
/// simplified silhouette = mean of (b − a) / max(a, b), a the distance from the own group's mean and b from the nearest other
/// mean (0 where both are 0).
///
/// # Errors
/// [`Error::Study`] where labels do not fit the vectors or a group is empty.
///
/// # Reference
/// Caliński, Harabasz, Commun Stat 1974;3:1. Davies, Bouldin, IEEE Trans Pattern Anal 1979;1:224. Hruschka et al., Inf Sci
/// 2006;176:1898.
pub fn partition_indices(vectors: &Vectors, labels: &[u16], k: usize) -> Result<PartitionIndices> {
    let (count, maps) = (vectors.count(), vectors.maps());
    if labels.len() != count || labels.iter().any(|label| usize::from(*label) >= k) {
        return Err(Error::study(format!("{} labels below {k} are needed, one per vector", count)));
    }
    let mut counts = vec![0u64; k];
    labels.iter().for_each(|label| counts[usize::from(*label)] += 1);
    if let Some(empty) = counts.iter().position(|count| *count == 0) {
        return Err(Error::study(format!("habitat {} of {k} is empty", empty + 1)));
    }
    let mut means = vec![vec![0.0; maps]; k];
    for map in 0..maps {
        labels.iter().zip(vectors.map(map)).for_each(|(label, value)| means[usize::from(*label)][map] += value);
        means.iter_mut().zip(&counts).for_each(|(mean, count)| mean[map] /= *count as f64);
    }
    let none = || Spread { squared: 0.0, distance: vec![0.0; k], silhouette: 0.0 };
    let parts = scan(vectors, &means, none, |sum, block, near| {
        for (n, at) in block.enumerate() {
            let own = usize::from(labels[at]);
            let (a, b) = if near.label[n] as usize == own {
                (near.best[n], near.second[n])
            } else {
                ((0..maps).map(|map| (vectors.map(map)[at] - means[own][map]).powi(2)).sum(), near.best[n])
            };
            sum.squared += a;
            let (a, b) = (a.sqrt(), b.sqrt());
            sum.distance[own] += a;
            let larger = a.max(b);
            sum.silhouette += if larger > 0.0 && larger.is_finite() { (b - a) / larger } else { 0.0 };
        }
    });
    let mut total = none();
    for part in &parts {
        total.squared += part.squared;
        total.silhouette += part.silhouette;
        total.distance.iter_mut().zip(&part.distance).for_each(|(sum, part)| *sum += part);
    }
    let many = k > 1;
    Ok(PartitionIndices {
        within: total.squared,
        calinski_harabasz: (many && count > k && total.squared > 0.0).then(|| {
            let centre: Vec<f64> = (0..maps)
                .map(|map| means.iter().zip(&counts).map(|(mean, n)| mean[map] * *n as f64).sum::<f64>() / count as f64)
                .collect();
            let between: f64 = means.iter().zip(&counts).map(|(mean, n)| *n as f64 * apart(mean, &centre).powi(2)).sum();
            (between / (k - 1) as f64) / (total.squared / (count - k) as f64)
        }),
        davies_bouldin: if many { davies_bouldin(&means, &counts, &total.distance) } else { None },
        simplified_silhouette: many.then(|| total.silhouette / count as f64),
        counts,
    })
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn davies_bouldin(means: &[Vec<f64>], counts: &[u64], distance: &[f64]) -> Option<f64> {
    let spread: Vec<f64> = distance.iter().zip(counts).map(|(sum, count)| sum / *count as f64).collect();
    let worst = |one: usize| {
        let ratio = |other: usize| (spread[one] + spread[other]) / apart(&means[one], &means[other]);
        (0..means.len()).filter(|other| *other != one).map(ratio).fold(0.0, f64::max)
    };
    let mean = (0..means.len()).map(worst).sum::<f64>() / means.len() as f64;
    mean.is_finite().then_some(mean)
}
