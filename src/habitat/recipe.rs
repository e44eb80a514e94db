//! How habitats are found: which clustering, into how many.

use std::ops::RangeInclusive;

use rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::choice::{ChoiceOptions, ConsensusOptions, Criterion, compare};
use super::codebook::Groups;
use super::kmeans::{KMeansOptions, kmeans};
use super::mixture::{MixtureOptions, mixture};
use super::vectors::Vectors;

/// What groups the vectors.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Clustering {
    /// Each vector belongs to its nearest centroid.
    KMeans(KMeansOptions),
    /// Each vector belongs to its most probable component.
    Mixture(MixtureOptions),
}

impl Default for Clustering {
    fn default() -> Self {
        Clustering::KMeans(KMeansOptions::default())
    }
}

/// How many habitats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Number {
    /// So many.
    Fixed(usize),
    /// The number that a criterion prefers on the vectors that are learned from.
    Chosen {
        /// The smallest number that comes into question; at least 2.
        from: usize,
        /// The largest.
        to: usize,
        /// What decides.
        by: Criterion,
        /// Most vectors for criteria whose time grows with their square (silhouette, consensus), or that are fitted anew (BIC,
        /// gap).
        sample: usize,
    },
}

impl Default for Number {
    fn default() -> Self {
        Number::Chosen { from: 2, to: 8, by: Criterion::Silhouette, sample: 5000 }
    }
}

impl Number {
    /// The numbers that come into question.
    pub fn range(&self) -> RangeInclusive<usize> {
        match self {
            Number::Fixed(k) => *k..=*k,
            Number::Chosen { from, to, .. } => *from..=*to,
        }
    }
}

/// A clustering, a number of habitats and their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// What groups the vectors.
    pub clustering: Clustering,
    /// How many groups.
    pub number: Number,
    /// The map by which habitats are numbered: habitat 1 has the smallest mean in it.
    pub ordered_by: String,
    /// Fewest vectors per habitat that are worth grouping.
    pub least: usize,
}

impl Recipe {
    /// So many habitats by k-means, numbered by a map.
    pub fn of(habitats: usize, ordered_by: &str) -> Self {
        Recipe {
            clustering: Clustering::default(),
            number: Number::Fixed(habitats),
            ordered_by: ordered_by.to_owned(),
            least: LEAST_VECTORS,
        }
    }

    /// What was done, for an atlas file and a methods text.
    pub fn words(&self) -> String {
        let how = match self.clustering {
            Clustering::KMeans(_) => "k-means",
            Clustering::Mixture(_) => "a Gaussian mixture",
        };
        match &self.number {
            Number::Fixed(k) => format!("{how} of {k} habitats"),
            Number::Chosen { from, to, by, .. } => {
                format!("{how}, number of habitats from {from} to {to} chosen by {}", by.words())
            }
        }
    }

    /// Fewest vectors of so many maps in which this many habitats can be sought.
    pub fn needed(&self, maps: usize) -> usize {
        let least = match self.clustering {
            Clustering::KMeans(_) => self.least.max(1),
            Clustering::Mixture(_) => self.least.max(maps + 1),
        };
        self.number.range().end().saturating_mul(least)
    }

    /// Groups of scaled vectors, not yet in order.
    pub(super) fn group(&self, scaled: &Vectors, rng: &mut impl Rng) -> Result<Groups> {
        let k = match &self.number {
            Number::Fixed(k) => *k,
            Number::Chosen { from, to, by, sample } => {
                let choice = compare(scaled, &self.options(*from, *to, *by, *sample), rng)?;
                let chosen = choice.by(*by)?;
                if matches!(self.clustering, Clustering::KMeans(_)) {
                    return Ok(Groups::Centroids(chosen.partition.centroids.clone()));
                }
                chosen.partition.centroids.len()
            }
        };
        Ok(match &self.clustering {
            Clustering::KMeans(options) => Groups::Centroids(kmeans(scaled, k, options, rng)?.centroids),
            Clustering::Mixture(options) => Groups::Mixture(mixture(scaled, k, options, rng)?),
        })
    }

    /// Only what the criterion asks for is computed.
    fn options(&self, from: usize, to: usize, by: Criterion, sample: usize) -> ChoiceOptions {
        let (kmeans, mixture) = match self.clustering {
            Clustering::KMeans(options) => (options, MixtureOptions::default()),
            Clustering::Mixture(options) => (KMeansOptions::default(), options),
        };
        ChoiceOptions {
            habitats: from..=to,
            kmeans,
            silhouette_sample: if by == Criterion::Silhouette { sample } else { 2 },
            mixture: (by == Criterion::Bic).then_some((mixture, sample)),
            gap: (by == Criterion::Gap).then_some((10, sample)),
            consensus: (by == Criterion::Consensus).then_some((ConsensusOptions::default(), sample)),
        }
    }

    /// Faults that no data can mend.
    ///
    /// # Errors
    /// [`Error::Usage`] for a number of habitats that cannot be, or a map to order by that is not among the maps.
    pub fn check(&self, maps: &[String]) -> Result<()> {
        let (range, chosen) = (self.number.range(), matches!(self.number, Number::Chosen { .. }));
        let (least, from, to) = (if chosen { 2 } else { 1 }, *range.start(), *range.end());
        if from < least || to < from || to > MOST_HABITATS {
            return Err(Error::usage(format!("{from} to {to} habitats; give numbers from {least} to {MOST_HABITATS}")));
        }
        if !maps.contains(&self.ordered_by) {
            return Err(Error::usage(format!(
                "habitats cannot be ordered by `{}`: the maps are {}",
                self.ordered_by,
                maps.join(", ")
            )));
        }
        Ok(())
    }
}

/// Fewest vectors per habitat where nothing else is said.
pub const LEAST_VECTORS: usize = 10;

/// More habitats than this have no names, no colours and no meaning.
pub const MOST_HABITATS: usize = 64;
