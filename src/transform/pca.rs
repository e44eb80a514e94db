//! Principal components.

use crate::error::{Error, Result};
use crate::learn::{Column, Features, FittedTransform, TrainRows, Transform};
use crate::table::FeatureName;
use ndarray::{Array1, Array2, Axis};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Replaces the numeric columns by their first principal components on the training rows: `components` of them, or as many
/// as explain the share `variance`. Columns are centred, not scaled; put `standardise` before. The sign of a component is
/// such that its largest loading is positive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Pca {
    /// Number of components; wins over `variance`.
    pub components: Option<usize>,
    /// Share of variance to explain, 0 to 1.
    pub variance: f64,
}

impl Default for Pca {
    fn default() -> Self {
        Pca { components: None, variance: 0.95 }
    }
}

impl Pca {
    pub(super) fn words(&self) -> String {
        match self.components {
            Some(components) => format!("replaced by {components} principal components"),
            None => format!("replaced by the principal components that explain {} % of the variance", self.variance * 100.0),
        }
    }
}

struct FittedPca {
    inputs: Vec<Arc<FeatureName>>,
    mean: Array1<f64>,
    /// p × k.
    loadings: Array2<f64>,
    outputs: Vec<Arc<FeatureName>>,
}

impl Transform for Pca {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn FittedTransform>> {
        if self.components.is_none() && !(self.variance > 0.0 && self.variance <= 1.0) {
            return Err(Error::usage(format!("pca variance {}: give a number between 0 and 1", self.variance)));
        }
        let numeric = train.features().select_columns(|column| column.numbers().is_some());
        let inputs: Vec<Arc<FeatureName>> = numeric.columns().iter().map(|column| column.name.clone()).collect();
        let x = numeric.matrix()?;
        let mean = x.mean_axis(Axis(0)).ok_or_else(|| Error::study("principal components need training rows"))?;
        let centred = &x - &mean;
        let (n, p) = centred.dim();
        if p == 0 {
            return Ok(Box::new(FittedPca { inputs, mean, loadings: Array2::zeros((0, 0)), outputs: Vec::new() }));
        }
        let matrix = faer::Mat::from_fn(n, p, |i, j| centred[[i, j]]);
        let svd = matrix.thin_svd().map_err(|_| Error::numeric("the singular value decomposition did not converge"))?;
        let singular: Vec<f64> = (0..n.min(p)).map(|k| svd.S()[k]).collect();
        let variances: Vec<f64> = singular.iter().map(|s| s * s).collect();
        let total: f64 = variances.iter().sum();
        let rank = variances.iter().filter(|&&v| v > total * 1e-14).count();
        let wanted = match self.components {
            Some(components) => components,
            None => {
                let mut sum = 0.0;
                1 + variances
                    .iter()
                    .take_while(|&&v| {
                        sum += v;
                        sum < self.variance * total
                    })
                    .count()
            }
        };
        let k = wanted.min(rank);
        let mut loadings = Array2::from_shape_fn((p, k), |(i, j)| svd.V()[(i, j)]);
        for mut loading in loadings.columns_mut() {
            let largest = loading.iter().copied().fold(0.0, |best: f64, x| if x.abs() > best.abs() { x } else { best });
            if largest < 0.0 {
                loading.mapv_inplace(|x| -x);
            }
        }
        let modality = match inputs.as_slice() {
            [first, rest @ ..] if rest.iter().all(|name| name.modality() == first.modality()) => first.modality(),
            _ => "all",
        };
        let named = |i: usize| Ok(Arc::new(FeatureName::new(modality, &format!("pc{i}"))?));
        let outputs = (1..=k).map(named).collect::<Result<Vec<_>>>()?;
        Ok(Box::new(FittedPca { inputs, mean, loadings, outputs }))
    }
}

impl FittedTransform for FittedPca {
    fn transform(&self, rows: &Features) -> Result<Features> {
        let numeric = rows.select_columns(|column| column.numbers().is_some());
        if !numeric.columns().iter().map(|column| &column.name).eq(self.inputs.iter()) {
            return Err(Error::numeric("the columns differ from those that the principal components were fitted on"));
        }
        let x = numeric.matrix()?;
        // Row by row: a product over all rows at once may round differently from one over a single row.
        let mut scores: Vec<Vec<f64>> = vec![Vec::with_capacity(rows.n()); self.outputs.len()];
        for row in x.rows() {
            for (k, score) in scores.iter_mut().enumerate() {
                let loading = self.loadings.column(k);
                score.push(row.iter().zip(&self.mean).zip(loading).map(|((x, m), w)| (x - m) * w).sum());
            }
        }
        let components = self.outputs.iter().zip(scores).map(|(name, score)| Column::numeric(name.clone(), score));
        let others = rows.select_columns(|column| column.numbers().is_none());
        Features::new(components.chain(others.columns().iter().cloned()).collect(), rows.n())
    }
}
