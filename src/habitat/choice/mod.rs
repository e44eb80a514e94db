//! How many habitats: indices of every number that comes into question, and the number that one of them prefers.
//!
//! The rule here: indices are computed on the vectors that are passed in, in one go for all k, and one of them, named beforehand,
//! decides; where it is undefined, that is an error and not another index's turn. A new criterion is a variant of [`Criterion`]
//! and a field of [`Candidate`].

pub mod consensus;
pub mod gap;
pub mod partition;
pub mod silhouette;

use std::ops::RangeInclusive;

use rand::Rng;
use rand::seq::index::sample;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::kmeans::{KMeans, KMeansOptions, kmeans};
use super::mixture::{Mixture, MixtureOptions, mixture};
use super::vectors::Vectors;
pub use consensus::{ConsensusOptions, ambiguous_proportion};
pub use gap::{Gap, first_sufficient, gaps};
pub use partition::{PartitionIndices, partition_indices};
pub use silhouette::silhouettes;

/// What decides the number of habitats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// The largest mean silhouette (of a sample).
    Silhouette,
    /// The largest simplified silhouette (of all voxels).
    SimplifiedSilhouette,
    /// The largest Calinski–Harabasz index.
    CalinskiHarabasz,
    /// The smallest Davies–Bouldin index.
    DaviesBouldin,
    /// The sharpest bend of the inertia: the largest second difference.
    Elbow,
    /// The smallest Bayesian information criterion of Gaussian mixtures (of a sample).
    Bic,
    /// The smallest k whose gap reaches the next one's less its error.
    Gap,
    /// The smallest proportion of ambiguous pairs (of a sample).
    Consensus,
}

impl Criterion {
    /// What it is called in a methods text.
    pub fn words(self) -> &'static str {
        match self {
            Criterion::Silhouette => "the mean silhouette",
            Criterion::SimplifiedSilhouette => "the simplified silhouette",
            Criterion::CalinskiHarabasz => "the Calinski–Harabasz index",
            Criterion::DaviesBouldin => "the Davies–Bouldin index",
            Criterion::Elbow => "the elbow of the inertia",
            Criterion::Bic => "the Bayesian information criterion",
            Criterion::Gap => "the gap statistic",
            Criterion::Consensus => "consensus clustering",
        }
    }
}

/// What is computed, and on how many vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceOptions {
    /// Numbers of habitats to compare; at least 2.
    pub habitats: RangeInclusive<usize>,
    /// How k-means is run.
    pub kmeans: KMeansOptions,
    /// Most vectors for the silhouette; a sample of this size is drawn from more.
    pub silhouette_sample: usize,
    /// Gaussian mixtures: options and most vectors; `None` leaves the criterion out.
    pub mixture: Option<(MixtureOptions, usize)>,
    /// Gap statistic: number of reference sets and most vectors; `None` leaves it out.
    pub gap: Option<(usize, usize)>,
    /// Consensus: options and most vectors; `None` leaves it out.
    pub consensus: Option<(ConsensusOptions, usize)>,
}

impl Default for ChoiceOptions {
    fn default() -> Self {
        ChoiceOptions {
            habitats: 2..=8,
            kmeans: KMeansOptions::default(),
            silhouette_sample: 10_000,
            mixture: None,
            gap: None,
            consensus: None,
        }
    }
}

/// A number of habitats and all that was computed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The partition.
    pub partition: KMeans,
    /// Indices over all vectors.
    pub indices: PartitionIndices,
    /// Mean silhouette of the sample.
    pub silhouette: Option<f64>,
    /// Second difference of the inertia, W(k − 1) − 2 W(k) + W(k + 1); `None` at the ends.
    pub bend: Option<f64>,
    /// Information criterion of the mixture, and the mixture; `None` where it was not asked for, or no start converged.
    pub bic: Option<(f64, Mixture)>,
    /// Gap statistic.
    pub gap: Option<Gap>,
    /// Proportion of ambiguous pairs.
    pub ambiguous: Option<f64>,
}

/// All numbers of habitats that were compared, in rising order.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// One entry per number of habitats.
    pub candidates: Vec<Candidate>,
}

/// Partitions the vectors into every number of habitats and computes the indices.
///
/// # Errors
/// [`Error::Study`] where the range is empty or starts below 2, or the region is too small for its end; those of the fits.
pub fn compare(vectors: &Vectors, options: &ChoiceOptions, rng: &mut impl Rng) -> Result<Choice> {
    let ks: Vec<usize> = options.habitats.clone().collect();
    if ks.first().is_none_or(|k| *k < 2) {
        return Err(Error::study("numbers of habitats to compare start at 2"));
    }
    let mut partitions = Vec::with_capacity(ks.len());
    for k in &ks {
        partitions.push(kmeans(vectors, *k, &options.kmeans, rng)?);
    }
    let rows = sampled(vectors, options.silhouette_sample, rng);
    let part = |labels: &[u16]| rows.iter().map(|row| labels[*row]).collect();
    let labels: Vec<Vec<u16>> = partitions.iter().map(|partition| part(&partition.labels)).collect();
    let silhouette = silhouettes(&vectors.rows(&rows), &labels)?;
    let gap = gap_of(vectors, &ks, options, rng)?;
    let inertias: Vec<f64> = partitions.iter().map(|partition| partition.inertia).collect();
    let bend = |n: usize| (n > 0 && n + 1 < inertias.len()).then(|| inertias[n - 1] - 2.0 * inertias[n] + inertias[n + 1]);
    // One sample for all numbers: likelihoods of different voxels are not comparable.
    let fitted = options.mixture.as_ref().map(|(mixture, most)| (mixture, vectors.rows(&sampled(vectors, *most, rng))));
    let paired = options.consensus.as_ref().map(|(consensus, most)| (consensus, vectors.rows(&sampled(vectors, *most, rng))));
    let mut candidates = Vec::with_capacity(ks.len());
    for (n, partition) in partitions.into_iter().enumerate() {
        let indices = partition_indices(vectors, &partition.labels, ks[n])?;
        let bic = match &fitted {
            Some((options, part)) => bic_of(part, ks[n], options, rng)?,
            None => None,
        };
        let ambiguous = match &paired {
            Some((consensus, part)) => ambiguous_proportion(part, ks[n], consensus, &options.kmeans, rng)?,
            None => None,
        };
        candidates.push(Candidate { partition, indices, silhouette: silhouette[n], bend: bend(n), bic, gap: gap[n], ambiguous });
    }
    Ok(Choice { candidates })
}

fn sampled(vectors: &Vectors, most: usize, rng: &mut impl Rng) -> Vec<usize> {
    if vectors.count() <= most {
        return (0..vectors.count()).collect();
    }
    let mut rows = sample(rng, vectors.count(), most).into_vec();
    rows.sort_unstable();
    rows
}

fn bic_of(part: &Vectors, k: usize, options: &MixtureOptions, rng: &mut impl Rng) -> Result<Option<(f64, Mixture)>> {
    match mixture(part, k, options, rng) {
        Ok(found) => Ok(Some((found.fit(part)?.bic, found))),
        // More components than there are groups need not converge: this number has no criterion then, the others have.
        Err(Error::Numeric(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

fn gap_of(vectors: &Vectors, ks: &[usize], options: &ChoiceOptions, rng: &mut impl Rng) -> Result<Vec<Option<Gap>>> {
    let Some((references, most)) = options.gap else { return Ok(vec![None; ks.len()]) };
    let part = vectors.rows(&sampled(vectors, most, rng));
    let mut inertias = Vec::with_capacity(ks.len());
    for k in ks {
        inertias.push((*k, kmeans(&part, *k, &options.kmeans, rng)?.inertia));
    }
    gaps(&part, &inertias, references, &options.kmeans, rng)
}

impl Choice {
    /// The candidate that a criterion prefers, the smaller number of habitats among equals.
    ///
    /// # Errors
    /// [`Error::Study`] where the criterion was not computed or is undefined for every number.
    pub fn by(&self, criterion: Criterion) -> Result<&Candidate> {
        if criterion == Criterion::Gap {
            let ks: Vec<usize> = (0..self.candidates.len()).collect();
            let gaps: Vec<Option<Gap>> = self.candidates.iter().map(|candidate| candidate.gap).collect();
            return first_sufficient(&ks, &gaps).map(|at| &self.candidates[at]).ok_or_else(|| undefined(criterion));
        }
        // Every value is turned so that larger is better.
        let value = |candidate: &Candidate| match criterion {
            Criterion::Silhouette => candidate.silhouette,
            Criterion::SimplifiedSilhouette => candidate.indices.simplified_silhouette,
            Criterion::CalinskiHarabasz => candidate.indices.calinski_harabasz,
            Criterion::DaviesBouldin => candidate.indices.davies_bouldin.map(|value| -value),
            Criterion::Elbow => candidate.bend,
            Criterion::Bic => candidate.bic.as_ref().map(|(bic, _)| -bic),
            Criterion::Consensus => candidate.ambiguous.map(|value| -value),
            Criterion::Gap => None,
        };
        let better = |best: Option<(f64, usize)>, (at, candidate): (usize, &Candidate)| match (best, value(candidate)) {
            (Some((most, _)), Some(value)) if value > most => Some((value, at)),
            (None, Some(value)) => Some((value, at)),
            _ => best,
        };
        let best = self.candidates.iter().enumerate().fold(None, better);
        best.map(|(_, at)| &self.candidates[at]).ok_or_else(|| undefined(criterion))
    }
}

fn undefined(criterion: Criterion) -> Error {
    Error::study(format!(
        "the criterion {criterion:?} chooses no number of habitats: it is undefined for all, or was not computed"
    ))
}
