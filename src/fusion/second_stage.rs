//! A second model on the scores of the first: stacking, and the nomogram.

use super::Signature;
use crate::error::Result;
use crate::learn::{
    Column, Features, FittedTransform, Learner, Predictor, Probabilities, Regression, TrainRows, Transform, Weight,
    fit_transforms,
};
use crate::table::FeatureName;
use std::collections::HashMap;
use std::sync::Arc;

/// A second-stage model on the scores of modality signatures and, for a nomogram, on clinical variables.
///
/// # Definition
/// A signature's score is log p_k / p_0 for k = 1 … K−1: for two classes the log odds, the "rad-score". The second stage is
/// fitted on *inner out-of-fold* scores of the training rows: scores of cases that a signature was fitted to are too good,
/// and a second stage fitted on them would trust them too much. To predict, the signatures fitted on all training rows give
/// the scores.
///
/// A case that lacks a modality gets that modality's mean training score, which in a model that is linear in the scores
/// leaves its prediction to the rest. A case that lacks everything has no prediction.
///
/// # Reference
/// Wolpert, Neural Networks 1992;5:241 (stacked generalisation).
pub struct SecondStage {
    signatures: Vec<Signature>,
    variables: Vec<String>,
    variable_transforms: Vec<Arc<dyn Transform>>,
    model: Arc<dyn Learner>,
    fingerprint: String,
}

impl SecondStage {
    /// Stacking: `model` on the scores.
    pub fn stacking(signatures: Vec<Signature>, model: Arc<dyn Learner>) -> Self {
        Self::new("stacking", signatures, Vec::new(), Vec::new(), model, "")
    }

    /// A nomogram: a regression `model` on the scores and on the columns named `variables` (`{modality}.{name}`) after
    /// `transforms` (imputation, indicator columns), which `fingerprint` names.
    pub fn nomogram(
        signatures: Vec<Signature>,
        variables: Vec<String>,
        transforms: Vec<Arc<dyn Transform>>,
        model: Arc<dyn Learner>,
        fingerprint: &str,
    ) -> Self {
        Self::new("nomogram", signatures, variables, transforms, model, fingerprint)
    }

    fn new(
        kind: &str,
        signatures: Vec<Signature>,
        variables: Vec<String>,
        variable_transforms: Vec<Arc<dyn Transform>>,
        model: Arc<dyn Learner>,
        transforms: &str,
    ) -> Self {
        let parts: Vec<String> = signatures.iter().map(|signature| signature.fingerprint()).collect();
        let fingerprint =
            format!("{kind}: {} + {} {transforms} > {}", parts.join(" | "), variables.join(", "), model.fingerprint());
        SecondStage { signatures, variables, variable_transforms, model, fingerprint }
    }

    fn variables_of(&self, rows: &Features) -> Features {
        rows.select_columns(|column| self.variables.contains(&column.name.to_string()))
    }

    /// The second stage's model.
    pub fn model(&self) -> &dyn Learner {
        self.model.as_ref()
    }

    /// The second stage's training rows, and what is needed to make the same columns of other rows.
    pub fn rows(&self, train: &TrainRows) -> Result<(TrainRows, SecondStageColumns)> {
        let mut means = HashMap::new();
        let mut columns = Features::new(Vec::new(), train.n())?;
        for signature in &self.signatures {
            let scores = train.inner_scores(signature)?;
            let block = score_columns(signature.modality(), train.accept(&scores)?)?;
            for column in &block {
                let values = column.numbers().unwrap_or_default();
                let there: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
                means.insert(column.name.clone(), there.iter().sum::<f64>() / there.len().max(1) as f64);
            }
            columns = columns.beside(&Features::new(fill(block, &means), train.n())?)?;
        }
        let variables = train.with_features(self.variables_of(train.features()))?;
        let (variables, steps) = fit_transforms(variables, &self.variable_transforms)?;
        let rows = train.with_features(variables.features().beside(&columns)?)?;
        Ok((rows, SecondStageColumns { means, steps }))
    }
}

/// What the second stage has learned about its columns.
pub struct SecondStageColumns {
    means: HashMap<Arc<FeatureName>, f64>,
    steps: Vec<Box<dyn FittedTransform>>,
}

fn score_columns(modality: &str, scores: &Probabilities) -> Result<Vec<Column>> {
    (1..scores.classes())
        .map(|k| {
            let name = if scores.classes() == 2 { "score".to_string() } else { format!("score{k}") };
            let values = (0..scores.n()).map(|i| scores.score(i).map_or(f64::NAN, |score| score[k - 1])).collect();
            Ok(Column::numeric(Arc::new(FeatureName::new(modality, &name)?), values))
        })
        .collect()
}

fn fill(columns: Vec<Column>, means: &HashMap<Arc<FeatureName>, f64>) -> Vec<Column> {
    columns
        .into_iter()
        .map(|column| {
            let mean = means.get(&column.name).copied().unwrap_or(0.0);
            let values = column.numbers().unwrap_or_default();
            Column::numeric(column.name.clone(), values.iter().map(|&x| if x.is_nan() { mean } else { x }).collect())
        })
        .collect()
}

impl Learner for SecondStage {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let (rows, columns) = self.rows(train)?;
        let model = self.model.fit(&rows)?;
        let signatures = self.signatures.iter().map(|s| Ok((s.modality().to_string(), train.fitted(s)?)));
        let signatures = signatures.collect::<Result<Vec<_>>>()?;
        Ok(Box::new(FittedSecondStage {
            signatures,
            variables: self.variables.clone(),
            columns,
            model,
            classes: train.classes(),
        }))
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        // The scores are inner out-of-fold already; the small second stage is cross-fitted on top of them.
        let (rows, _) = self.rows(train)?;
        Ok(rows.inner_scores(self.model.as_ref())?.probabilities().clone())
    }
}

struct FittedSecondStage {
    signatures: Vec<(String, Arc<Box<dyn Predictor>>)>,
    variables: Vec<String>,
    columns: SecondStageColumns,
    model: Box<dyn Predictor>,
    classes: usize,
}

impl Predictor for FittedSecondStage {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let mut variables = rows.select_columns(|column| self.variables.contains(&column.name.to_string()));
        let mut anything = variables.present();
        for step in &self.columns.steps {
            variables = step.transform(&variables)?;
        }
        let mut all = variables;
        for (modality, model) in &self.signatures {
            let scores = model.predict(rows)?;
            anything.iter_mut().enumerate().for_each(|(i, any)| *any |= scores.is_defined(i));
            let block = fill(score_columns(modality, &scores)?, &self.columns.means);
            all = all.beside(&Features::new(block, rows.n())?)?;
        }
        let there: Vec<usize> = (0..rows.n()).filter(|&i| anything[i]).collect();
        let mut probabilities = Probabilities::undefined(rows.n(), self.classes);
        if !there.is_empty() {
            probabilities.place(&there, &self.model.predict(&all.select_rows(&there))?);
        }
        Ok(probabilities)
    }

    fn weights(&self) -> Vec<Weight> {
        self.model.weights()
    }

    fn notices(&self) -> Vec<String> {
        let first = self.signatures.iter().flat_map(|(_, model)| model.notices());
        first.chain(self.model.notices()).collect()
    }

    fn regression(&self) -> Option<&Regression> {
        self.model.regression()
    }
}
