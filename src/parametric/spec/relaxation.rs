//! Options of the relaxometry maps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wrong;
use super::{Images, Inputs, Needs, SeriesKind};
use crate::error::Result;
use crate::parametric::concentration::VariableFlipAngle;
use crate::parametric::relaxometry::{Difference, Quantity};

/// T1 from spoiled gradient echo images at several flip angles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct T1Spec {
    /// Flip angle of each image, degrees.
    pub flip_angles: Vec<f64>,
    /// Repetition time, ms.
    pub repetition_time: f64,
    /// Name of a map of actual over nominal flip angle (B1), on the grid of the images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b1: Option<String>,
}

impl T1Spec {
    pub(super) fn needs(&self) -> Needs {
        Needs { volumes: self.b1.iter().cloned().collect(), ..Needs::series(SeriesKind::FlipAngles) }
    }

    pub(super) fn model(&self, inputs: &Inputs) -> Result<VariableFlipAngle> {
        if !matches!(inputs.images, Images::Plain(_)) {
            return Err(wrong("a T1 map needs one image per flip angle"));
        }
        let model = VariableFlipAngle::new(&self.flip_angles, self.repetition_time * 1e-3)?;
        Ok(match &self.b1 {
            Some(name) => model.with_b1(inputs.volume(name)?.clone()),
            None => model,
        })
    }
}

/// A relaxometry map before and after contrast agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelaxometrySpec {
    /// What the two maps show.
    pub quantity: Quantity,
}

impl RelaxometrySpec {
    pub(super) fn model(&self, inputs: &Inputs) -> Result<Difference> {
        match inputs.images {
            Images::Plain(series) if series.images() == 2 => Ok(Difference { quantity: self.quantity }),
            _ => Err(wrong("relaxometry needs two maps: before and after contrast agent")),
        }
    }
}
