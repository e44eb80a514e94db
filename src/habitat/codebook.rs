//! Codebooks: habitats learned once, on training rows, and applied to all others as they are.

use std::path::Path;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, InputError, Result};

use super::kmeans::{KMeansOptions, kmeans};
use super::nearest::assign;
use super::vectors::{Scaling, Vectors};

/// The format's number: raised when old files would be misread.
const FORMAT: u32 = 1;

/// Learned habitats: maps, their scaling, and a centroid per habitat. Written as JSON it is a frozen atlas for external cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codebook {
    /// Version of the format.
    pub format: u32,
    /// Names of the maps, in the order of the vectors.
    pub maps: Vec<String>,
    /// The map by which habitats are numbered: habitat 1 has the smallest centroid in it.
    pub ordered_by: String,
    /// Location and scale of the maps in the training vectors.
    pub scaling: Scaling,
    /// `centroids[habitat][map]`, scaled.
    pub centroids: Vec<Vec<f64>>,
    /// Number of training vectors.
    pub learned_from: usize,
}

impl Codebook {
    /// Learns `k` habitats from training vectors.
    ///
    /// # Definition
    /// Maps are scaled to mean 0 and standard deviation 1 over the training vectors, grouped by k-means, and the groups numbered by the
    /// centroid's value in the map `ordered_by`, rising (equal ones in the order of the remaining maps).
    ///
    /// # Errors
    /// [`Error::Usage`] where `ordered_by` is not one of the maps; [`Error::Study`] where names and vectors do not fit, or vectors are too few.
    pub fn learn(
        vectors: &Vectors,
        maps: &[String],
        k: usize,
        ordered_by: &str,
        options: &KMeansOptions,
        rng: &mut impl Rng,
    ) -> Result<Codebook> {
        if maps.len() != vectors.maps() {
            return Err(Error::study(format!("{} names for {} maps", maps.len(), vectors.maps())));
        }
        let Some(key) = maps.iter().position(|map| map == ordered_by) else {
            return Err(Error::usage(format!("habitats cannot be ordered by {ordered_by}: the maps are {}", maps.join(", "))));
        };
        let scaling = vectors.scaling();
        let mut centroids = kmeans(&scaling.apply(vectors)?, k, options, rng)?.centroids;
        centroids.sort_by(|a, b| {
            let by_all = || a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            a[key].total_cmp(&b[key]).then_with(|| by_all().unwrap_or(std::cmp::Ordering::Equal))
        });
        let (maps, ordered_by, learned_from) = (maps.to_vec(), ordered_by.to_owned(), vectors.count());
        Ok(Codebook { format: FORMAT, maps, ordered_by, scaling, centroids, learned_from })
    }

    /// Number of habitats.
    pub fn habitats(&self) -> usize {
        self.centroids.len()
    }

    /// The habitat of every vector, counted from 0: that of the nearest centroid, the first of equally near ones.
    ///
    /// # Errors
    /// [`Error::Study`] where names or number of the maps differ from those that were learned.
    pub fn assign(&self, vectors: &Vectors, maps: &[String]) -> Result<Vec<u16>> {
        if maps != self.maps {
            let (learned, here) = (self.maps.join(", "), maps.join(", "));
            return Err(Error::study(format!("the habitats were learned on the maps {learned}; here are {here}")));
        }
        Ok(assign(&self.scaling.apply(vectors)?, &self.centroids))
    }

    /// The centroids in the units of the maps: `[habitat][map]`.
    pub fn means(&self) -> Vec<Vec<f64>> {
        let Scaling { mean, sd } = &self.scaling;
        let unscaled = |centroid: &Vec<f64>| centroid.iter().zip(mean).zip(sd).map(|((c, mean), sd)| mean + sd * c).collect();
        self.centroids.iter().map(unscaled).collect()
    }

    /// The atlas file's text.
    ///
    /// # Errors
    /// [`Error::Numeric`] where a number cannot be written.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(Error::numeric)
    }

    /// Reads an atlas file's text; `path` is for messages only.
    ///
    /// # Errors
    /// [`Error::Input`] where it is no atlas, one of another format, or its parts do not fit each other.
    pub fn from_json(text: &str, path: &Path) -> Result<Codebook> {
        let fault = |found: String| Error::from(InputError::new(path, found, "a habitat atlas as this program writes it"));
        let book: Codebook = serde_json::from_str(text).map_err(|why| fault(why.to_string()))?;
        if book.format != FORMAT {
            return Err(fault(format!("format {}", book.format)));
        }
        let maps = book.maps.len();
        let even = book.centroids.iter().chain([&book.scaling.mean, &book.scaling.sd]).all(|row| row.len() == maps);
        let count = book.centroids.len();
        if maps == 0 || count == 0 || count > usize::from(u16::MAX) || !even || !book.maps.contains(&book.ordered_by) {
            return Err(fault(format!("{count} centroids for {maps} maps that do not fit each other")));
        }
        if !book.centroids.iter().flatten().chain(&book.scaling.mean).all(|v| v.is_finite())
            || !book.scaling.sd.iter().all(|sd| *sd > 0.0 && sd.is_finite())
        {
            return Err(fault("a number that is not finite, or a standard deviation that is not positive".into()));
        }
        Ok(book)
    }
}
