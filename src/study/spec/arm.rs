//! What is compared: arms.

use crate::classifier::{ClassifierSpec, Lasso};
use crate::fusion::LateWeights;
use crate::study::choice::Choice;
use crate::transform::{Encode, Impute, Standardise, TransformSpec, Variance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Transforms in order, then a classifier. What is not given comes from the study's `[model]`, and what is not given there
/// from the defaults: impute, encode, drop constant columns, z-standardise, LASSO.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ModelSpec {
    /// Transforms in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transforms: Option<Vec<Choice<TransformSpec>>>,
    /// The classifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classifier: Option<Choice<ClassifierSpec>>,
}

impl ModelSpec {
    /// This model, with what it leaves open taken from `default`.
    pub fn or(&self, default: &ModelSpec) -> ModelSpec {
        ModelSpec {
            transforms: self.transforms.clone().or_else(|| default.transforms.clone()),
            classifier: self.classifier.clone().or_else(|| default.classifier.clone()),
        }
    }

    /// The transforms.
    pub fn transforms(&self) -> Vec<TransformSpec> {
        self.transforms.iter().flatten().map(|choice| choice.0.clone()).collect()
    }

    /// The classifier.
    pub fn classifier(&self) -> ClassifierSpec {
        self.classifier.clone().map_or_else(|| ClassifierSpec::Lasso(Lasso::default()), |choice| choice.0)
    }
}

/// The model of one modality where the study file says nothing.
pub fn signature_defaults() -> ModelSpec {
    ModelSpec {
        transforms: Some(
            [
                TransformSpec::Impute(Impute::default()),
                TransformSpec::Encode(Encode::default()),
                TransformSpec::Variance(Variance::default()),
                TransformSpec::Standardise(Standardise::default()),
            ]
            .map(Choice)
            .to_vec(),
        ),
        classifier: Some(Choice(ClassifierSpec::Lasso(Lasso::default()))),
    }
}

/// An arm: a fusion strategy and its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArmSpec {
    /// One modality's model.
    Single(SingleSpec),
    /// One model on the columns of several modalities.
    Early(EarlySpec),
    /// The mean of the modalities' probabilities.
    Late(LateSpec),
    /// A second model on the modalities' scores.
    Stacking(StackingSpec),
    /// One regression model on scores and clinical variables, with a points scale.
    Nomogram(NomogramSpec),
}

impl ArmSpec {
    /// Its fusion strategy.
    pub fn fusion(&self) -> &'static str {
        match self {
            ArmSpec::Single(_) => "single",
            ArmSpec::Early(_) => "early",
            ArmSpec::Late(_) => "late",
            ArmSpec::Stacking(_) => "stacking",
            ArmSpec::Nomogram(_) => "nomogram",
        }
    }

    /// The modalities that it names.
    pub fn modalities(&self) -> Vec<&str> {
        match self {
            ArmSpec::Single(spec) => vec![&spec.modality],
            ArmSpec::Early(EarlySpec { modalities, .. })
            | ArmSpec::Late(LateSpec { modalities, .. })
            | ArmSpec::Stacking(StackingSpec { modalities, .. }) => modalities.iter().map(String::as_str).collect(),
            ArmSpec::Nomogram(spec) => spec.scores.iter().map(String::as_str).collect(),
        }
    }

    /// Its label in print, if given.
    pub fn label(&self) -> Option<&str> {
        match self {
            ArmSpec::Single(spec) => spec.label.as_deref(),
            ArmSpec::Early(spec) => spec.label.as_deref(),
            ArmSpec::Late(spec) => spec.label.as_deref(),
            ArmSpec::Stacking(spec) => spec.label.as_deref(),
            ArmSpec::Nomogram(spec) => spec.label.as_deref(),
        }
    }
}

/// One modality's model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SingleSpec {
    /// The modality.
    pub modality: String,
    /// How the arm is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its model.
    #[serde(default)]
    pub model: ModelSpec,
}

/// One model on the columns of several modalities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EarlySpec {
    /// The modalities.
    pub modalities: Vec<String>,
    /// How the arm is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its model: the transforms are applied to each modality's block by itself.
    #[serde(default)]
    pub model: ModelSpec,
    /// Transforms of all columns together, after the blocks stand side by side; by default `block-scale`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<Vec<Choice<TransformSpec>>>,
}

/// The mean of the modalities' probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LateSpec {
    /// The modalities.
    pub modalities: Vec<String>,
    /// How the arm is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The model of each modality.
    #[serde(default)]
    pub model: ModelSpec,
    /// How modalities are weighted.
    #[serde(default)]
    pub weights: LateWeights,
}

/// A second model on the modalities' inner out-of-fold scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StackingSpec {
    /// The modalities.
    pub modalities: Vec<String>,
    /// How the arm is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The model of each modality.
    #[serde(default)]
    pub model: ModelSpec,
    /// The second model; by default `logistic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Choice<ClassifierSpec>>,
}

/// One regression model on modality scores and clinical variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NomogramSpec {
    /// Modalities whose scores enter.
    #[serde(default)]
    pub scores: Vec<String>,
    /// Variables that enter, `{modality}.{name}`, e.g. `clinical.er`; `clinical.*` stands for all of a modality.
    #[serde(default)]
    pub variables: Vec<String>,
    /// How the arm is called in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The model behind each score.
    #[serde(default)]
    pub model: ModelSpec,
    /// The regression: by default logistic for two classes, proportional odds for ordered and multinomial for other classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regression: Option<NomogramModel>,
}

/// The regression behind a nomogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NomogramModel {
    /// Logistic; multinomial for three or more classes.
    Logistic,
    /// Proportional odds, for ordered classes.
    Ordinal,
}
