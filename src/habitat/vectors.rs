//! Voxel vectors: the aligned maps of a tumour, seen voxel by voxel.

use crate::error::{Error, Result};

/// One vector per voxel (or per supervoxel): a value of every map, all of them finite.
///
/// Kept map by map, since distances to a centroid are then computed for many voxels at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    columns: Vec<Vec<f64>>,
}

/// Location and scale of every map, learned on training rows and applied to all others.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Mean of every map.
    pub mean: Vec<f64>,
    /// Standard deviation of every map (denominator n); 1 where a map is constant.
    pub sd: Vec<f64>,
}

impl Vectors {
    /// Vectors from maps: `columns[map][voxel]`.
    ///
    /// # Errors
    /// [`Error::Study`] where there is no map or no voxel, where maps differ in length, or where a value is not finite.
    pub fn new(columns: Vec<Vec<f64>>) -> Result<Self> {
        let Some(count) = columns.first().map(Vec::len).filter(|count| *count > 0) else {
            return Err(Error::study("habitats need at least one map and one voxel"));
        };
        for (map, column) in columns.iter().enumerate() {
            if column.len() != count {
                return Err(Error::study(format!("map {} has {} voxels, map 1 has {count}", map + 1, column.len())));
            }
            let bad = column.iter().filter(|value| !value.is_finite()).count();
            if bad > 0 {
                return Err(Error::study(format!("map {} is not finite in {bad} of {count} voxels: leave these out", map + 1)));
            }
        }
        Ok(Vectors { columns })
    }

    /// Number of vectors.
    pub fn count(&self) -> usize {
        self.columns[0].len()
    }

    /// Number of maps: the dimension of every vector.
    pub fn maps(&self) -> usize {
        self.columns.len()
    }

    /// All values of one map.
    pub fn map(&self, map: usize) -> &[f64] {
        &self.columns[map]
    }

    /// One vector.
    pub fn row(&self, row: usize) -> Vec<f64> {
        self.columns.iter().map(|column| column[row]).collect()
    }

    /// The vectors of the given rows, in their order.
    pub fn rows(&self, rows: &[usize]) -> Vectors {
        Vectors { columns: self.columns.iter().map(|column| rows.iter().map(|row| column[*row]).collect()).collect() }
    }

    /// Mean and standard deviation of every map.
    pub fn scaling(&self) -> Scaling {
        let n = self.count() as f64;
        let mean: Vec<f64> = self.columns.iter().map(|column| column.iter().sum::<f64>() / n).collect();
        let variance = self.columns.iter().zip(&mean).map(|(column, m)| column.iter().map(|v| (v - m).powi(2)).sum::<f64>() / n);
        let sd = variance.map(f64::sqrt).map(|sd| if sd > 0.0 { sd } else { 1.0 }).collect();
        Scaling { mean, sd }
    }

    /// Mean over the maps of their variances (denominator n): the unit in which movements of centroids are judged.
    pub(super) fn mean_variance(&self) -> f64 {
        let n = self.count() as f64;
        let variance = |column: &Vec<f64>| {
            let mean = column.iter().sum::<f64>() / n;
            column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n
        };
        self.columns.iter().map(variance).sum::<f64>() / self.maps() as f64
    }
}

impl Scaling {
    /// The vectors as multiples of the standard deviation from the mean.
    ///
    /// # Errors
    /// [`Error::Study`] where the number of maps differs from that of the training vectors.
    pub fn apply(&self, vectors: &Vectors) -> Result<Vectors> {
        if vectors.maps() != self.mean.len() {
            return Err(Error::study(format!(
                "the habitats were learned on {} maps, here are {}",
                self.mean.len(),
                vectors.maps()
            )));
        }
        let scaled = |(map, column): (usize, &Vec<f64>)| column.iter().map(|v| (v - self.mean[map]) / self.sd[map]).collect();
        Ok(Vectors { columns: vectors.columns.iter().enumerate().map(scaled).collect() })
    }
}
