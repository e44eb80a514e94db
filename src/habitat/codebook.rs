//! Codebooks: habitats learned once, on training rows, and applied to all others as they are.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::mixture::Mixture;
use super::nearest::assign;
use super::recipe::Recipe;
use super::vectors::{Scaling, Vectors};

/// Learned habitats: maps, their scaling, and what tells one habitat from another. Written as a file (`atlas`) it is a frozen
/// atlas for external cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codebook {
    /// Version of the file's format.
    pub format: u32,
    /// The program that learned it.
    pub program: String,
    /// How it was learned.
    pub learned_by: String,
    /// Number of training vectors.
    pub learned_from: usize,
    /// Names of the maps, in the order of the vectors.
    pub maps: Vec<String>,
    /// The map by which habitats are numbered: habitat 1 has the smallest mean in it.
    pub ordered_by: String,
    /// Location and scale of the maps in the training vectors.
    pub scaling: Scaling,
    /// The habitats, in order, in scaled units.
    pub groups: Groups,
}

/// What tells one habitat from another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Groups {
    /// `[habitat][map]`; a vector belongs to the nearest.
    Centroids(Vec<Vec<f64>>),
    /// A vector belongs to the most probable component.
    Mixture(Mixture),
}

impl Groups {
    /// The mean of every habitat, in scaled units.
    pub fn means(&self) -> &[Vec<f64>] {
        match self {
            Groups::Centroids(centroids) => centroids,
            Groups::Mixture(mixture) => &mixture.means,
        }
    }

    /// The habitats by their mean in map `key`, rising; equal ones in the order of the remaining maps.
    fn ordered(self, key: usize) -> Self {
        let means = self.means();
        let mut order: Vec<usize> = (0..means.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&means[*a], &means[*b]);
            let by_all = || a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            a[key].total_cmp(&b[key]).then_with(|| by_all().unwrap_or(std::cmp::Ordering::Equal))
        });
        fn pick<T: Clone>(of: &[T], order: &[usize]) -> Vec<T> {
            order.iter().map(|at| of[*at].clone()).collect()
        }
        match self {
            Groups::Centroids(centroids) => Groups::Centroids(pick(&centroids, &order)),
            Groups::Mixture(Mixture { weights, means, covariances }) => Groups::Mixture(Mixture {
                weights: pick(&weights, &order),
                means: pick(&means, &order),
                covariances: pick(&covariances, &order),
            }),
        }
    }
}

impl Codebook {
    /// Learns habitats from training vectors.
    ///
    /// # Definition
    /// Maps are scaled to mean 0 and standard deviation 1 over the training vectors, grouped as the recipe says, and the groups
    /// numbered by their mean in the map `ordered_by`, rising (equal ones in the order of the remaining maps).
    ///
    /// # Errors
    /// [`Error::Usage`] as [`Recipe::check`]; [`Error::Study`] where names and vectors do not fit, vectors are too few or too
    /// alike, or the criterion chooses no number; [`Error::Numeric`] where no mixture can be fitted.
    pub fn learn(vectors: &Vectors, maps: &[String], recipe: &Recipe, rng: &mut impl Rng) -> Result<Codebook> {
        if maps.len() != vectors.maps() {
            return Err(Error::study(format!("{} names for {} maps", maps.len(), vectors.maps())));
        }
        recipe.check(maps)?;
        let key = maps.iter().position(|map| *map == recipe.ordered_by).unwrap_or(0);
        let needed = recipe.needed(maps.len());
        if vectors.count() < needed {
            return Err(Error::study(format!(
                "too small for {} habitats: {} voxel vectors where {needed} are needed",
                recipe.number.range().end(),
                vectors.count()
            )));
        }
        let scaling = vectors.scaling();
        let groups = recipe.group(&scaling.apply(vectors)?, rng)?.ordered(key);
        Ok(Codebook {
            format: super::atlas::FORMAT,
            program: format!("vbx {}", env!("CARGO_PKG_VERSION")),
            learned_by: recipe.words(),
            learned_from: vectors.count(),
            maps: maps.to_vec(),
            ordered_by: recipe.ordered_by.clone(),
            scaling,
            groups,
        })
    }

    /// Number of habitats.
    pub fn habitats(&self) -> usize {
        self.groups.means().len()
    }

    /// The habitat of every vector, counted from 0: that of the nearest centroid or of the most probable component, the first of
    /// equals. The habitat of a vector does not depend on the other vectors.
    ///
    /// # Errors
    /// [`Error::Study`] where names or number of the maps differ from those that were learned.
    pub fn assign(&self, vectors: &Vectors, maps: &[String]) -> Result<Vec<u16>> {
        if maps != self.maps {
            let (learned, here) = (self.maps.join(", "), maps.join(", "));
            return Err(Error::study(format!("the habitats were learned on the maps {learned}; here are {here}")));
        }
        let scaled = self.scaling.apply(vectors)?;
        match &self.groups {
            Groups::Centroids(centroids) => Ok(assign(&scaled, centroids)),
            Groups::Mixture(mixture) => Ok(mixture.fit(&scaled)?.labels),
        }
    }

    /// The means in the units of the maps: `[habitat][map]`.
    pub fn means(&self) -> Vec<Vec<f64>> {
        let Scaling { mean, sd } = &self.scaling;
        let unscaled = |centroid: &Vec<f64>| centroid.iter().zip(mean).zip(sd).map(|((c, mean), sd)| mean + sd * c).collect();
        self.groups.means().iter().map(unscaled).collect()
    }
}
