//! One modality's model: a signature.

use crate::error::{Error, Result};
use crate::learn::{Features, Learner, Pipeline, Predictor, Probabilities, TrainRows, Weight};
use std::sync::Arc;

/// A pipeline on the columns of one modality, fitted on the training cases that have the modality. A case without it has no
/// prediction.
#[derive(Clone)]
pub struct Signature {
    modality: String,
    pipeline: Arc<Pipeline>,
}

impl Signature {
    /// The model of `modality`.
    pub fn new(modality: &str, pipeline: Arc<Pipeline>) -> Self {
        Signature { modality: modality.to_string(), pipeline }
    }

    /// The modality.
    pub fn modality(&self) -> &str {
        &self.modality
    }
}

impl Signature {
    /// The modality's columns of the training rows that have it, as the classifier sees them.
    pub fn prepare(&self, train: &TrainRows) -> Result<TrainRows> {
        self.pipeline.prepare(&self.own(train)?)
    }

    fn own(&self, train: &TrainRows) -> Result<TrainRows> {
        let own = train.with_features(train.features().modality(&self.modality))?;
        let present = own.features().present();
        let rows: Vec<usize> = (0..own.n()).filter(|&i| present[i]).collect();
        let own = if rows.len() == own.n() { own } else { own.select(&rows, &self.modality) };
        if let Some(k) = own.class_counts().iter().position(|&n| n == 0) {
            return Err(Error::study(format!(
                "no training case of class {k} has the modality `{}`; its model cannot be fitted",
                self.modality
            )));
        }
        Ok(own)
    }
}

impl Learner for Signature {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let model = self.pipeline.fit(&self.own(train)?)?;
        Ok(Box::new(FittedSignature { modality: self.modality.clone(), classes: train.classes(), model }))
    }

    fn fingerprint(&self) -> String {
        format!("signature of {}: {}", self.modality, self.pipeline.fingerprint())
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

struct FittedSignature {
    modality: String,
    classes: usize,
    model: Box<dyn Predictor>,
}

impl Predictor for FittedSignature {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let own = rows.modality(&self.modality);
        let present = own.present();
        let there: Vec<usize> = (0..own.n()).filter(|&i| present[i]).collect();
        let mut all = Probabilities::undefined(rows.n(), self.classes);
        if !there.is_empty() {
            all.place(&there, &self.model.predict(&own.select_rows(&there))?);
        }
        Ok(all)
    }

    fn weights(&self) -> Vec<Weight> {
        self.model.weights()
    }

    fn notices(&self) -> Vec<String> {
        self.model.notices()
    }
}
