//! Late fusion: the modalities' probabilities are averaged.

use super::Signature;
use crate::error::Result;
use crate::learn::{Features, Learner, Predictor, Probabilities, TrainRows, Weight};
use crate::statistic::multiclass::{Average, multiclass_auc};
use crate::table::FeatureName;
use ndarray::Array2;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How modalities are weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LateWeights {
    /// All alike.
    #[default]
    Equal,
    /// By max(AUC − ½, 0) on inner out-of-fold predictions of the training cases (macro AUC for three or more classes): a
    /// modality at chance gets no weight. If all are at chance, all alike.
    InnerAuc,
}

/// The (weighted) mean of the modalities' class probabilities, over the modalities that a case has.
pub struct Late {
    signatures: Vec<Signature>,
    weights: LateWeights,
}

impl Late {
    /// Averages `signatures`.
    pub fn new(signatures: Vec<Signature>, weights: LateWeights) -> Self {
        Late { signatures, weights }
    }

    fn modality_weights(&self, train: &TrainRows) -> Result<Vec<f64>> {
        if self.weights == LateWeights::Equal {
            return Ok(vec![1.0; self.signatures.len()]);
        }
        let mut weights = Vec::with_capacity(self.signatures.len());
        for signature in &self.signatures {
            let scores = train.inner_scores(signature)?;
            weights.push(excess_auc(train.accept(&scores)?, train.outcome()));
        }
        let useful = weights.iter().any(|&w| w > 0.0);
        Ok(if useful { weights } else { vec![1.0; self.signatures.len()] })
    }
}

/// max(AUC − ½, 0), macro over classes; 0 where it is undefined.
fn excess_auc(probabilities: &Probabilities, outcome: &[u32]) -> f64 {
    let rows: Vec<usize> = (0..probabilities.n()).filter(|&i| probabilities.is_defined(i)).collect();
    let classes: Vec<usize> = rows.iter().map(|&i| outcome[i] as usize).collect();
    let values: Vec<Vec<f64>> = rows.iter().filter_map(|&i| probabilities.row(i)).map(|row| row.to_vec()).collect();
    multiclass_auc(&classes, &[&values], Average::Macro).map_or(0.0, |aucs| (aucs.auc[0] - 0.5).max(0.0))
}

impl Learner for Late {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let weights = self.modality_weights(train)?;
        let models = self.signatures.iter().map(|signature| train.fitted(signature)).collect::<Result<Vec<_>>>()?;
        let name = |signature: &Signature| Ok(Arc::new(FeatureName::new(signature.modality(), "probability")?));
        let names = self.signatures.iter().map(name).collect::<Result<Vec<_>>>()?;
        Ok(Box::new(FittedLate { models, weights, names, classes: train.classes() }))
    }

    fn fingerprint(&self) -> String {
        let parts: Vec<String> = self.signatures.iter().map(|signature| signature.fingerprint()).collect();
        format!("late, {:?}: {}", self.weights, parts.join(" | "))
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        let mut parts = Vec::with_capacity(self.signatures.len());
        for signature in &self.signatures {
            parts.push(train.accept(&*train.inner_scores(signature)?)?.clone());
        }
        average(&parts, &self.modality_weights(train)?, train.n(), train.classes())
    }
}

struct FittedLate {
    models: Vec<Arc<Box<dyn Predictor>>>,
    weights: Vec<f64>,
    names: Vec<Arc<FeatureName>>,
    classes: usize,
}

impl Predictor for FittedLate {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let parts = self.models.iter().map(|model| model.predict(rows)).collect::<Result<Vec<_>>>()?;
        average(&parts, &self.weights, rows.n(), self.classes)
    }

    fn weights(&self) -> Vec<Weight> {
        let total: f64 = self.weights.iter().sum();
        let weight = |(name, w): (&Arc<FeatureName>, &f64)| Weight { name: name.clone(), value: w / total, signed: false };
        self.names.iter().zip(&self.weights).filter(|(_, w)| **w > 0.0).map(weight).collect()
    }

    fn notices(&self) -> Vec<String> {
        self.models.iter().flat_map(|model| model.notices()).collect()
    }
}

/// The weighted mean over the parts that have the row. If all of a row's parts have weight 0, they count alike: a case with
/// only a modality at chance keeps that modality's prediction.
fn average(parts: &[Probabilities], weights: &[f64], rows: usize, classes: usize) -> Result<Probabilities> {
    let mut all = Probabilities::undefined(rows, classes);
    for i in 0..rows {
        let there: Vec<usize> = (0..parts.len()).filter(|&m| parts[m].is_defined(i)).collect();
        let total: f64 = there.iter().map(|&m| weights[m]).sum();
        let weight = |m: usize| if total > 0.0 { weights[m] / total } else { 1.0 / there.len() as f64 };
        let mut mean = Array2::zeros((1, classes));
        for &m in &there {
            if let Some(row) = parts[m].row(i) {
                mean.row_mut(0).scaled_add(weight(m), &row);
            }
        }
        if !there.is_empty() {
            all.place(&[i], &Probabilities::new(mean)?);
        }
    }
    Ok(all)
}
