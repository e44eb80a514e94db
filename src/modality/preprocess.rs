//! What is done to an image before it is measured: each image by itself, or by a scale that was frozen before.

use crate::error::Result;
use crate::image::Volume;
use crate::image::bias_field::N4;
use crate::image::normalise::{Normalisation, StandardScale, body_mask};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Over which voxels statistics of an image are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// All voxels.
    #[default]
    Image,
    /// The body, by Otsu's threshold.
    Body,
}

/// A step of preprocessing.
#[derive(Debug, Clone, PartialEq)]
pub enum Preprocess {
    /// Bias-field correction within the body.
    N4(N4),
    /// A common scale from the image's own intensities.
    Normalise(Normalisation, Within),
    /// A frozen standard scale.
    StandardScale(StandardScale, Within),
}

impl Preprocess {
    /// The image after this step.
    ///
    /// # Errors
    /// Those of the step, e.g. an image that does not vary.
    pub fn apply(&self, image: &Volume) -> Result<Volume> {
        let mask = |within: Within| match within {
            Within::Image => Ok(None),
            Within::Body => body_mask(image).map(Some),
        };
        match self {
            Preprocess::N4(n4) => n4.correct(image, Some(&body_mask(image)?)),
            Preprocess::Normalise(how, within) => how.apply(image, mask(*within)?.as_ref()),
            Preprocess::StandardScale(scale, within) => scale.apply(image, mask(*within)?.as_ref()),
        }
    }

    /// In a word or two, for the methods.
    pub fn words(&self) -> &'static str {
        match self {
            Preprocess::N4(_) => "bias-field correction (N4)",
            Preprocess::Normalise(Normalisation::ZScore, _) => "z-scores",
            Preprocess::Normalise(Normalisation::MinMax, _) => "scaling of the range to 0 to 1",
            Preprocess::Normalise(Normalisation::Percentile { .. }, _) => "scaling between percentiles",
            Preprocess::Normalise(Normalisation::WhiteStripe(_), _) => "white-stripe normalisation",
            Preprocess::StandardScale(..) => "a frozen standard scale (Nyúl)",
        }
    }
}

/// An image after all steps, in order.
///
/// # Errors
/// Those of the first step that fails.
pub fn preprocessed(image: Volume, steps: &[Preprocess]) -> Result<Volume> {
    steps.iter().try_fold(image, |image, step| step.apply(&image))
}
