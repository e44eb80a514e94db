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

/// Fits transforms one after the other, each to the rows that the earlier ones have changed. Gives the changed rows and the
/// fitted transforms.
pub fn fit_transforms(
    mut rows: TrainRows,
    transforms: &[Arc<dyn Transform>],
) -> Result<(TrainRows, Vec<Box<dyn FittedTransform>>)> {
    let mut steps = Vec::with_capacity(transforms.len());
    for transform in transforms {
        let fitted = transform.fit(&rows)?;
        rows = rows.with_features(fitted.transform(rows.features())?)?;
        steps.push(fitted);
    }
    Ok((rows, steps))
}

impl Pipeline {
    /// The training rows as the classifier sees them.
    pub fn prepare(&self, train: &TrainRows) -> Result<TrainRows> {
        Ok(fit_transforms(train.clone(), &self.transforms)?.0)
    }
}

impl Learner for Pipeline {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let (rows, steps) = fit_transforms(train.clone(), &self.transforms)?;
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
