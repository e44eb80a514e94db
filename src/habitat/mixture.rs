//! Gaussian mixtures: habitats as overlapping clouds, each of its own shape.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::GaussianMixtureModel;
use ndarray::Array2;
use rand::Rng;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::nearest::chunks;
use super::vectors::Vectors;

/// How a mixture is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct MixtureOptions {
    /// Number of starts; the one of the largest likelihood is kept.
    pub restarts: usize,
    /// Most rounds of one start.
    pub max_iterations: u64,
    /// A start has converged when its mean log-likelihood per vector changes by less.
    pub tolerance: f64,
    /// Added to every variance, in squared units of the maps, so that no component shrinks to a point.
    pub ridge: f64,
}

impl Default for MixtureOptions {
    fn default() -> Self {
        MixtureOptions { restarts: 10, max_iterations: 500, tolerance: 1e-4, ridge: 1e-6 }
    }
}

/// A mixture of normal distributions, each with a full covariance matrix.
///
/// # Definition
/// p(x) = Σ_k w_k N(x; μ_k, Σ_k), fitted by expectation–maximisation (linfa-clustering).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mixture {
    /// w_k: share of every component; sums to 1.
    pub weights: Vec<f64>,
    /// μ_k: `means[component][map]`.
    pub means: Vec<Vec<f64>>,
    /// Σ_k: `covariances[component][map][map]`.
    pub covariances: Vec<Vec<Vec<f64>>>,
}

/// What a mixture says of vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureFit {
    /// The most probable component of every vector.
    pub labels: Vec<u16>,
    /// Σ ln p(x).
    pub log_likelihood: f64,
    /// Bayesian information criterion −2 ln L + m ln n, m free parameters; smaller is better.
    pub bic: f64,
    /// Akaike information criterion −2 ln L + 2 m; smaller is better.
    pub aic: f64,
}

/// Fits a mixture of `k` components.
///
/// # Errors
/// [`Error::Study`] where `k` is 0 or there are fewer than k (p + 1) vectors of p maps; [`Error::Numeric`] where no start
/// converges.
pub fn mixture(vectors: &Vectors, k: usize, options: &MixtureOptions, rng: &mut impl Rng) -> Result<Mixture> {
    let (count, maps) = (vectors.count(), vectors.maps());
    if k == 0 || count < k * (maps + 1) {
        return Err(Error::study(format!(
            "a mixture of {k} habitats over {maps} maps needs at least one habitat and {} voxels: there are {count}",
            k * (maps + 1)
        )));
    }
    let data = DatasetBase::from(Array2::from_shape_fn((count, maps), |(row, map)| vectors.map(map)[row]));
    let mut best: Option<(f64, Mixture)> = None;
    let mut fault = String::new();
    for _ in 0..options.restarts.max(1) {
        let start = Xoshiro256Plus::seed_from_u64(rng.r#gen());
        let model = GaussianMixtureModel::params_with_rng(k, start)
            .n_runs(1)
            .max_n_iterations(options.max_iterations)
            .tolerance(options.tolerance)
            .reg_covariance(options.ridge)
            .fit(&data);
        let found = match model {
            Ok(model) => Mixture {
                weights: model.weights().to_vec(),
                means: model.means().outer_iter().map(|mean| mean.to_vec()).collect(),
                covariances: model
                    .covariances()
                    .outer_iter()
                    .map(|matrix| matrix.outer_iter().map(|row| row.to_vec()).collect())
                    .collect(),
            },
            Err(why) => {
                fault = why.to_string();
                continue;
            }
        };
        let likelihood = found.fit(vectors)?.log_likelihood;
        if best.as_ref().is_none_or(|best| likelihood > best.0) {
            best = Some((likelihood, found));
        }
    }
    best.map(|(_, found)| found).ok_or_else(|| Error::numeric(format!("no mixture of {k} habitats: {fault}")))
}

impl Mixture {
    /// Whether densities of vectors of so many maps can be computed at all.
    pub(super) fn check(&self, maps: usize) -> Result<()> {
        (0..self.weights.len()).try_for_each(|component| Component::new(self, component, maps).map(drop))
    }

    /// Most probable components, likelihood and information criteria.
    ///
    /// # Definition
    /// m = (k − 1) + k p + k p (p + 1) / 2 for k components and p maps.
    ///
    /// # Errors
    /// [`Error::Study`] where the number of maps differs; [`Error::Numeric`] where a covariance is not positive definite.
    pub fn fit(&self, vectors: &Vectors) -> Result<MixtureFit> {
        let (k, maps) = (self.weights.len(), vectors.maps());
        let components = (0..k).map(|c| Component::new(self, c, maps)).collect::<Result<Vec<_>>>()?;
        let one_chunk = |range: std::ops::Range<usize>| {
            let (mut sum, mut labels) = (0.0, Vec::with_capacity(range.len()));
            for row in range {
                let x = vectors.row(row);
                let logs: Vec<f64> = components.iter().map(|component| component.log_density(&x)).collect();
                let label = (1..k).fold(0, |best, c| if logs[c] > logs[best] { c } else { best });
                let top = logs[label];
                sum += top + logs.iter().map(|log| (log - top).exp()).sum::<f64>().ln();
                labels.push(label as u16);
            }
            (sum, labels)
        };
        let parts: Vec<(f64, Vec<u16>)> = chunks(vectors.count()).into_par_iter().map(one_chunk).collect();
        let log_likelihood: f64 = parts.iter().map(|part| part.0).sum();
        let free = (k - 1 + k * maps + k * maps * (maps + 1) / 2) as f64;
        Ok(MixtureFit {
            labels: parts.into_iter().flat_map(|part| part.1).collect(),
            log_likelihood,
            bic: -2.0 * log_likelihood + free * (vectors.count() as f64).ln(),
            aic: -2.0 * log_likelihood + 2.0 * free,
        })
    }
}

/// One component, ready for densities: the Cholesky factor of its covariance.
struct Component<'a> {
    mean: &'a [f64],
    factor: Vec<Vec<f64>>,
    /// ln w − ½ (p ln 2π + ln |Σ|).
    constant: f64,
}

impl<'a> Component<'a> {
    fn new(of: &'a Mixture, component: usize, maps: usize) -> Result<Self> {
        let (Some(mean), Some(covariance)) = (of.means.get(component), of.covariances.get(component)) else {
            return Err(Error::study("the mixture has fewer means or covariances than weights"));
        };
        if mean.len() != maps || covariance.len() != maps || covariance.iter().any(|row| row.len() != maps) {
            return Err(Error::study(format!("the mixture was learned on {} maps, here are {maps}", mean.len())));
        }
        let mut factor = vec![vec![0.0; maps]; maps];
        for i in 0..maps {
            for j in 0..=i {
                let rest = covariance[i][j] - (0..j).map(|m| factor[i][m] * factor[j][m]).sum::<f64>();
                factor[i][j] = if i == j { rest.sqrt() } else { rest / factor[j][j] };
            }
            if !(factor[i][i] > 0.0) {
                return Err(Error::numeric(format!("the covariance of habitat {} is not positive definite", component + 1)));
            }
        }
        let log_root: f64 = (0..maps).map(|i| factor[i][i].ln()).sum();
        let constant = of.weights[component].ln() - 0.5 * maps as f64 * std::f64::consts::TAU.ln() - log_root;
        Ok(Component { mean, factor, constant })
    }

    fn log_density(&self, x: &[f64]) -> f64 {
        let mut solved: Vec<f64> = Vec::with_capacity(x.len());
        for (i, row) in self.factor.iter().enumerate() {
            let rest = x[i] - self.mean[i] - row.iter().zip(&solved).map(|(l, z)| l * z).sum::<f64>();
            solved.push(rest / row[i]);
        }
        self.constant - 0.5 * solved.iter().map(|z| z * z).sum::<f64>()
    }
}
