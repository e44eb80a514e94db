//! Transforms, then a learner: a learner again.

use super::{Features, FittedTransform, Learner, Predictor, Probabilities, TrainRows, Transform, Weight};
use crate::error::Result;
use std::sync::Arc;

/// Transforms in order, then a classifier. All of it is fitted on the same training rows.
pub struct Pipeline {
    transforms: Vec<Arc<dyn Transform>>,
    classifier: Arc<dyn Learner>,
    fingerprint: String,
}

impl Pipeline {
    /// `fingerprint` names the transforms; the classifier adds its own.
    pub fn new(transforms: Vec<Arc<dyn Transform>>, classifier: Arc<dyn Learner>, fingerprint: &str) -> Self {
        let fingerprint = format!("{fingerprint} > {}", classifier.fingerprint());
        Pipeline { transforms, classifier, fingerprint }
    }
}

impl Learner for Pipeline {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let mut rows = train.clone();
        let mut steps = Vec::with_capacity(self.transforms.len());
        for transform in &self.transforms {
            let fitted = transform.fit(&rows)?;
            rows = rows.with_features(fitted.transform(rows.features())?)?;
            steps.push(fitted);
        }
        let model = self.classifier.fit(&rows)?;
        Ok(Box::new(FittedPipeline { steps, model }))
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

struct FittedPipeline {
    steps: Vec<Box<dyn FittedTransform>>,
    model: Box<dyn Predictor>,
}

impl Predictor for FittedPipeline {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let mut rows = rows.clone();
        for step in &self.steps {
            rows = step.transform(&rows)?;
        }
        self.model.predict(&rows)
    }

    fn weights(&self) -> Vec<Weight> {
        self.model.weights()
    }

    fn notices(&self) -> Vec<String> {
        self.steps.iter().flat_map(|step| step.notices()).chain(self.model.notices()).collect()
    }
}
