//! The gap statistic: whether k habitats explain more than they would of voxels without any.

use rand::Rng;

use crate::error::Result;
use crate::habitat::kmeans::{KMeansOptions, kmeans};
use crate::habitat::vectors::Vectors;

/// The gap of one number of habitats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Mean of ln W over the reference sets, less ln W of the vectors.
    pub gap: f64,
    /// Standard deviation of ln W over the reference sets (denominator B), times √(1 + 1/B).
    pub error: f64,
}

/// The gaps of partitions whose inertias are given.
///
/// # Definition
/// Reference sets are drawn evenly from the box that the vectors fill, map by map, and partitioned likewise; W is the inertia.
/// `None` where an inertia is zero.
///
/// # Errors
/// Those of [`kmeans`].
///
/// # Reference
/// Tibshirani, Walther, Hastie, J R Stat Soc B 2001;63:411 (uniform reference over the range of each feature).
pub fn gaps(
    vectors: &Vectors,
    inertias: &[(usize, f64)],
    references: usize,
    options: &KMeansOptions,
    rng: &mut impl Rng,
) -> Result<Vec<Option<Gap>>> {
    let bounds: Vec<(f64, f64)> = (0..vectors.maps())
        .map(|map| vectors.map(map).iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v))))
        .collect();
    let mut logs = vec![Vec::with_capacity(references); inertias.len()];
    for _ in 0..references {
        let uniform = |(low, high): &(f64, f64), rng: &mut _| -> Vec<f64> {
            (0..vectors.count()).map(|_| low + (high - low) * Rng::r#gen::<f64>(rng)).collect()
        };
        let reference = Vectors::new(bounds.iter().map(|bound| uniform(bound, rng)).collect())?;
        for (logs, (k, _)) in logs.iter_mut().zip(inertias) {
            logs.push(kmeans(&reference, *k, options, rng)?.inertia.ln());
        }
    }
    let gap = |((_, inertia), logs): (&(usize, f64), &Vec<f64>)| {
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let sd = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / n).sqrt();
        let gap = Gap { gap: mean - inertia.ln(), error: sd * (1.0 + 1.0 / n).sqrt() };
        (gap.gap.is_finite() && gap.error.is_finite()).then_some(gap)
    };
    Ok(inertias.iter().zip(&logs).map(gap).collect())
}

/// The smallest k whose gap is at least the next one's less its error; `None` where no k satisfies it. `ks` rise by one.
pub fn first_sufficient(ks: &[usize], gaps: &[Option<Gap>]) -> Option<usize> {
    let sufficient = |pair: &[Option<Gap>]| matches!(pair, [Some(here), Some(next)] if here.gap >= next.gap - next.error);
    gaps.windows(2).position(sufficient).map(|at| ks[at])
}
