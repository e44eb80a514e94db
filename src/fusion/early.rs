//! Early fusion: one model on the columns of several modalities.

use crate::error::{Error, Result};
use crate::learn::{Features, FittedTransform, Learner, Predictor, Probabilities, TrainRows, Transform, Weight, fit_transforms};
use std::sync::Arc;

/// Each modality's columns go through that modality's own transforms (so a block of 1,500 columns is filtered by itself);
/// then the blocks stand side by side, go through the joint transforms (by default scaled to equal total variance), and one
/// classifier is fitted to them. A case without any of the modalities has no prediction.
pub struct Early {
    blocks: Vec<(String, Vec<Arc<dyn Transform>>)>,
    joint: Vec<Arc<dyn Transform>>,
    classifier: Arc<dyn Learner>,
    fingerprint: String,
}

impl Early {
    /// From the modalities with their transforms, the joint transforms and the classifier. `fingerprint` names the
    /// transforms.
    pub fn new(
        blocks: Vec<(String, Vec<Arc<dyn Transform>>)>,
        joint: Vec<Arc<dyn Transform>>,
        classifier: Arc<dyn Learner>,
        fingerprint: &str,
    ) -> Self {
        let fingerprint = format!("early: {fingerprint} > {}", classifier.fingerprint());
        Early { blocks, joint, classifier, fingerprint }
    }

    fn modalities(&self) -> Vec<String> {
        self.blocks.iter().map(|(modality, _)| modality.clone()).collect()
    }
}

/// Which rows have any of the modalities.
fn rows_with_any(rows: &Features, modalities: &[String]) -> Vec<usize> {
    let own = rows.select_columns(|column| modalities.iter().any(|modality| modality == column.name.modality()));
    let present = own.present();
    (0..rows.n()).filter(|&i| present[i]).collect()
}

impl Learner for Early {
    fn fit(&self, train: &TrainRows) -> Result<Box<dyn Predictor>> {
        let (rows, blocks, joint) = self.prepared(train)?;
        let model = self.classifier.fit(&rows)?;
        Ok(Box::new(FittedEarly { blocks, joint, model, modalities: self.modalities(), classes: train.classes() }))
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn training_probabilities(&self, train: &TrainRows) -> Result<Probabilities> {
        Ok(train.inner_scores(self)?.probabilities().clone())
    }
}

type Steps = Vec<Box<dyn FittedTransform>>;
type Blocks = Vec<(String, Steps)>;

impl Early {
    /// The training rows as the classifier sees them.
    pub fn prepare(&self, train: &TrainRows) -> Result<TrainRows> {
        Ok(self.prepared(train)?.0)
    }

    fn prepared(&self, train: &TrainRows) -> Result<(TrainRows, Blocks, Steps)> {
        let modalities = self.modalities();
        let rows = rows_with_any(train.features(), &modalities);
        let train = if rows.len() == train.n() { train.clone() } else { train.select(&rows, "early") };
        if train.class_counts().contains(&0) {
            return Err(Error::study(format!("a class has no training case with any of {}", modalities.join(", "))));
        }
        let mut beside = Features::new(Vec::new(), train.n())?;
        let mut blocks = Vec::new();
        for (modality, transforms) in &self.blocks {
            let block = train.with_features(train.features().modality(modality))?;
            let (block, steps) = fit_transforms(block, transforms)?;
            beside = beside.beside(block.features())?;
            blocks.push((modality.clone(), steps));
        }
        let (rows, joint) = fit_transforms(train.with_features(beside)?, &self.joint)?;
        Ok((rows, blocks, joint))
    }
}

struct FittedEarly {
    blocks: Blocks,
    joint: Steps,
    model: Box<dyn Predictor>,
    modalities: Vec<String>,
    classes: usize,
}

impl Predictor for FittedEarly {
    fn predict(&self, rows: &Features) -> Result<Probabilities> {
        let there = rows_with_any(rows, &self.modalities);
        let mut all = Probabilities::undefined(rows.n(), self.classes);
        if there.is_empty() {
            return Ok(all);
        }
        let rows = rows.select_rows(&there);
        let mut beside = Features::new(Vec::new(), rows.n())?;
        for (modality, steps) in &self.blocks {
            let mut block = rows.modality(modality);
            for step in steps {
                block = step.transform(&block)?;
            }
            beside = beside.beside(&block)?;
        }
        for step in &self.joint {
            beside = step.transform(&beside)?;
        }
        all.place(&there, &self.model.predict(&beside)?);
        Ok(all)
    }

    fn weights(&self) -> Vec<Weight> {
        self.model.weights()
    }

    fn notices(&self) -> Vec<String> {
        let steps = self.blocks.iter().flat_map(|(_, steps)| steps).chain(&self.joint);
        steps.flat_map(|step| step.notices()).chain(self.model.notices()).collect()
    }
}
