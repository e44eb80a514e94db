//! From what the study file says of an arm to the learner that is fitted, and to the sentence that describes it.

use super::spec::{ArmSpec, ModelSpec, NomogramModel, StudySpec, Task, signature_defaults};
use crate::classifier::{ClassifierSpec, Logistic, Ordinal};
use crate::error::Result;
use crate::fusion::{Cascade, Early, Late, LateWeights, SecondStage, Signature};
use crate::learn::{Learner, Pipeline, TrainRows, Transform};
use crate::transform::{BlockScale, Encode, Impute, MedianSplit, TransformSpec, WithoutRepeats};
use std::sync::Arc;

/// An arm ready to be fitted.
pub struct BuiltArm {
    /// Its name in the study file.
    pub name: String,
    /// Its name in print.
    pub label: String,
    /// `single`, `early`, `late`, `stacking` or `nomogram`.
    pub fusion: &'static str,
    /// The modalities that it uses.
    pub modalities: Vec<String>,
    /// What is fitted, in a sentence.
    pub description: String,
    /// What happens to a case that lacks a modality.
    pub missing_rule: String,
    /// The learner.
    pub learner: Arc<dyn Learner>,
    /// For a nomogram: its second stage, to describe the final model.
    pub second_stage: Option<Arc<SecondStage>>,
    /// For a nomogram: the names of its variables.
    pub variables: Vec<String>,
    /// The classifier of the first stage.
    pub classifier: ClassifierSpec,
    /// For one model on columns: the training rows as its classifier sees them, to draw its regularisation path.
    pub prepare: Option<Prepare>,
}

/// Training rows as a classifier sees them.
pub type Prepare = Arc<dyn Fn(&TrainRows) -> Result<TrainRows> + Send + Sync>;

/// What arms need to know of the data.
pub struct Blocks<'a> {
    /// Modality names with their labels.
    pub labels: &'a dyn Fn(&str) -> String,
    /// Names of a modality's columns, `{modality}.{name}`.
    pub columns: &'a dyn Fn(&str) -> Vec<String>,
    /// Columns that are split at their training median.
    pub median_split: Vec<String>,
    /// Number of classes.
    pub classes: usize,
    /// Whether they are ordered.
    pub ordered: bool,
}

/// Builds every arm of a study.
pub fn build(spec: &StudySpec, blocks: &Blocks) -> Result<Vec<BuiltArm>> {
    spec.arm.iter().map(|(name, arm)| build_arm(spec, name, arm, blocks)).collect()
}

/// A model with everything that it leaves open filled in.
fn resolve(spec: &StudySpec, model: &ModelSpec) -> ModelSpec {
    model.or(&spec.model).or(&signature_defaults())
}

fn steps(specs: &[TransformSpec], median_split: &[String]) -> (Vec<Arc<dyn Transform>>, String) {
    let split = (!median_split.is_empty()).then(|| TransformSpec::MedianSplit(MedianSplit { columns: median_split.to_vec() }));
    let all: Vec<TransformSpec> = split.into_iter().chain(specs.iter().cloned()).collect();
    let fingerprint = format!("{all:?}");
    // Repeated measurements serve the filter of robustness alone.
    let asked = all.iter().any(|spec| matches!(spec, TransformSpec::Robustness(_)));
    let without = (!asked).then(|| Arc::new(WithoutRepeats) as Arc<dyn Transform>);
    (without.into_iter().chain(all.iter().map(TransformSpec::build)).collect(), fingerprint)
}

fn words(model: &ModelSpec) -> String {
    let transforms: Vec<String> = model.transforms().iter().map(TransformSpec::words).collect();
    format!("{}; {}", transforms.join(", "), model.classifier().words())
}

fn build_arm(spec: &StudySpec, name: &str, arm: &ArmSpec, blocks: &Blocks) -> Result<BuiltArm> {
    let signature = |modality: &str, model: &ModelSpec| {
        let model = resolve(spec, model);
        let own: Vec<String> = blocks.median_split.iter().filter(|c| c.starts_with(&format!("{modality}."))).cloned().collect();
        let (transforms, fingerprint) = steps(&model.transforms(), &own);
        Signature::new(modality, Arc::new(Pipeline::new(transforms, model.classifier().build(), &fingerprint)))
    };
    let signatures = |modalities: &[String], model: &ModelSpec| -> Vec<Signature> {
        modalities.iter().map(|modality| signature(modality, model)).collect()
    };
    let listed = |modalities: &[String]| modalities.iter().map(|m| (blocks.labels)(m)).collect::<Vec<_>>().join(" + ");
    let mean_score = "a modality that a case lacks enters with its mean training score; \
                      a case that lacks all of them has no prediction";
    let mut second_stage = None;
    let mut prepare: Option<Prepare> = None;
    let mut variables = Vec::new();
    let (learner, label, description, missing_rule, model): (Arc<dyn Learner>, String, String, &str, &ModelSpec) = match arm {
        ArmSpec::Single(arm) => {
            let own = Arc::new(signature(&arm.modality, &arm.model));
            let preparing = own.clone();
            prepare = Some(Arc::new(move |train: &TrainRows| preparing.prepare(train)));
            (
                own,
                (blocks.labels)(&arm.modality),
                format!("{} alone: {}", (blocks.labels)(&arm.modality), words(&resolve(spec, &arm.model))),
                "a case that lacks the modality has no prediction",
                &arm.model,
            )
        }
        ArmSpec::Early(arm) => {
            let model = resolve(spec, &arm.model);
            let joint = arm.joint.as_ref().map_or_else(
                || vec![TransformSpec::BlockScale(BlockScale::default())],
                |joint| joint.iter().map(|choice| choice.0.clone()).collect(),
            );
            let (joint_steps, joint_print) = steps(&joint, &[]);
            let mut prints = Vec::new();
            let per_block = arm.modalities.iter().map(|modality| {
                let prefix = format!("{modality}.");
                let own: Vec<String> = blocks.median_split.iter().filter(|c| c.starts_with(&prefix)).cloned().collect();
                let (transforms, print) = steps(&model.transforms(), &own);
                prints.push(format!("{modality} {print}"));
                (modality.clone(), transforms)
            });
            let per_block: Vec<_> = per_block.collect();
            // Blocks have been put on a common scale; a classifier that standardises again would undo their weights.
            let classifier = model.classifier().without_standardising().build();
            let early =
                Arc::new(Early::new(per_block, joint_steps, classifier, &format!("{} > {joint_print}", prints.join(" | "))));
            let preparing = early.clone();
            prepare = Some(Arc::new(move |train: &TrainRows| preparing.prepare(train)));
            let joint_words: Vec<String> = joint.iter().map(TransformSpec::words).collect();
            (
                early,
                format!("Early fusion ({})", listed(&arm.modalities)),
                format!("each block by itself: {}; all blocks: {}", words(&model), joint_words.join(", ")),
                "the columns of a modality that a case lacks are imputed from training cases and flagged",
                &arm.model,
            )
        }
        ArmSpec::Late(arm) => (
            Arc::new(Late::new(signatures(&arm.modalities, &arm.model), arm.weights)),
            format!("Late fusion ({})", listed(&arm.modalities)),
            format!(
                "probabilities of the modality models averaged{}; modality models: {}",
                if arm.weights == LateWeights::InnerAuc { ", weighted by inner AUC" } else { "" },
                words(&resolve(spec, &arm.model))
            ),
            "probabilities are averaged over the modalities that a case has",
            &arm.model,
        ),
        ArmSpec::Stacking(arm) => {
            let second = arm.second.clone().map_or_else(|| ClassifierSpec::Logistic(Logistic::default()), |choice| choice.0);
            (
                Arc::new(SecondStage::stacking(signatures(&arm.modalities, &arm.model), second.build())),
                format!("Stacking ({})", listed(&arm.modalities)),
                format!(
                    "{} on the inner out-of-fold scores of the modality models: {}",
                    second.words(),
                    words(&resolve(spec, &arm.model))
                ),
                mean_score,
                &arm.model,
            )
        }
        ArmSpec::Nomogram(arm) => {
            let ordinal = match arm.regression {
                Some(regression) => regression == NomogramModel::Ordinal,
                None => blocks.classes > 2 && blocks.ordered,
            };
            let regression = if ordinal && blocks.classes > 2 {
                ClassifierSpec::Ordinal(Ordinal::default())
            } else {
                ClassifierSpec::Logistic(Logistic::default())
            };
            variables = arm.variables.iter().flat_map(|pattern| matching(pattern, blocks)).collect();
            let prepare =
                [TransformSpec::Impute(Impute { flag: false, ..Impute::default() }), TransformSpec::Encode(Encode::default())];
            let own: Vec<String> = blocks.median_split.iter().filter(|c| variables.contains(c)).cloned().collect();
            let (transforms, print) = steps(&prepare, &own);
            let stage = Arc::new(SecondStage::nomogram(
                signatures(&arm.scores, &arm.model),
                variables.clone(),
                transforms,
                regression.build(),
                &print,
            ));
            second_stage = Some(stage.clone());
            let parts: Vec<String> =
                arm.scores.iter().map(|m| format!("{} score", (blocks.labels)(m))).chain(arm.variables.clone()).collect();
            (
                stage,
                if arm.scores.is_empty() { "Clinical nomogram".to_string() } else { "Nomogram".to_string() },
                format!(
                    "{} on {}; scores are inner out-of-fold: {}",
                    regression.words(),
                    parts.join(", "),
                    words(&resolve(spec, &arm.model))
                ),
                "missing variables are imputed from training cases, and a modality that a case lacks enters with its mean \
                 training score",
                &arm.model,
            )
        }
    };
    let cascade = spec.outcome.task == Some(Task::Cascade);
    let learner: Arc<dyn Learner> = if cascade { Arc::new(Cascade::new(learner)) } else { learner };
    let mut modalities: Vec<String> = arm.modalities().into_iter().map(String::from).collect();
    for variable in &variables {
        let modality = variable.split('.').next().unwrap_or_default().to_string();
        if !modalities.contains(&modality) {
            modalities.push(modality);
        }
    }
    Ok(BuiltArm {
        name: name.to_string(),
        label: arm.label().map_or(label, String::from),
        fusion: arm.fusion(),
        modalities,
        description: if cascade { format!("two questions in sequence, each: {description}") } else { description },
        missing_rule: missing_rule.split_whitespace().collect::<Vec<_>>().join(" "),
        learner,
        second_stage: if cascade { None } else { second_stage },
        variables,
        classifier: resolve(spec, model).classifier(),
        prepare: if cascade { None } else { prepare },
    })
}

/// The columns that a variable of a nomogram stands for.
fn matching(pattern: &str, blocks: &Blocks) -> Vec<String> {
    match pattern.strip_suffix(".*") {
        Some(modality) => (blocks.columns)(modality),
        None => vec![pattern.to_string()],
    }
}
