//! Nyúl's histogram standardisation: one intensity scale for images of one sequence.

use serde::{Deserialize, Serialize};

use super::{percentile_of, values_within};
use crate::error::{Error, Result};
use crate::image::{Mask, Volume};

/// A standard intensity scale, learned from training images and frozen: apply it to any image of the same sequence.
///
/// It is learned across cases, so in a study its training images are those of the training rows: nothing here learns it on the way.
///
/// # Definition
/// Landmarks of an image are the percentiles 1, 10, 20, …, 90, 99 of its values within the body (or another mask). Learning maps each training
/// image's range from first to last landmark linearly to 0 … 100 and averages the mapped landmarks. Applying maps an image's own landmarks to
/// those of the scale, linearly between them and on with the outer slopes beyond.
///
/// # Reference
/// Nyúl, Udupa and Zhang, IEEE Trans Med Imaging 2000;19:143; percentiles as in Shah et al., Med Image Anal 2011;15:267.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardScale {
    /// Percents of the landmarks, ascending.
    percents: Vec<f64>,
    /// The landmarks' places on the standard scale, ascending.
    landmarks: Vec<f64>,
    /// Number of images that it was learned from.
    images: usize,
}

/// Percents of the landmarks.
const PERCENTS: [f64; 11] = [1.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 99.0];
/// The ends of the standard scale.
const SCALE: (f64, f64) = (0.0, 100.0);

impl StandardScale {
    /// Learned from training images, each with the mask that its landmarks are taken in, if any.
    ///
    /// # Errors
    /// No image; an image whose first and last landmark are equal; what [`super::Normalisation::apply`] refuses.
    pub fn learn(training: &[(&Volume, Option<&Mask>)]) -> Result<StandardScale> {
        if training.is_empty() {
            return Err(Error::study("a standard scale is learned from one training image at least"));
        }
        let mut landmarks = vec![0.0; PERCENTS.len()];
        for (image, within) in training {
            let own = landmarks_of(image, *within, &PERCENTS)?;
            let (first, last) = (own[0], own[own.len() - 1]);
            for (sum, landmark) in landmarks.iter_mut().zip(own) {
                *sum += SCALE.0 + (landmark - first) / (last - first) * (SCALE.1 - SCALE.0);
            }
        }
        let images = training.len();
        landmarks.iter_mut().for_each(|sum| *sum /= images as f64);
        Ok(StandardScale { percents: PERCENTS.to_vec(), landmarks, images })
    }

    /// The image on the standard scale; its own landmarks are taken within the mask, if any.
    ///
    /// # Errors
    /// A scale read from a file that is none; an image whose first and last landmark are equal; what [`super::Normalisation::apply`] refuses.
    pub fn apply(&self, image: &Volume, within: Option<&Mask>) -> Result<Volume> {
        self.check()?;
        let own = landmarks_of(image, within, &self.percents)?;
        // Equal landmarks (many voxels of one value) hold no segment: their places on the scale are met at their mean.
        let mut knots: Vec<(f64, f64, f64)> = Vec::with_capacity(own.len());
        for (x, y) in own.into_iter().zip(&self.landmarks) {
            match knots.last_mut() {
                Some((last, sum, count)) if *last == x => (*sum, *count) = (*sum + y, *count + 1.0),
                _ => knots.push((x, *y, 1.0)),
            }
        }
        let knots: Vec<(f64, f64)> = knots.into_iter().map(|(x, sum, count)| (x, sum / count)).collect();
        let place = |value: &f64| {
            let piece = knots.partition_point(|(x, _)| x <= value).clamp(1, knots.len() - 1);
            let ((x0, y0), (x1, y1)) = (knots[piece - 1], knots[piece]);
            y0 + (value - x0) * (y1 - y0) / (x1 - x0)
        };
        Ok(Volume::new(image.grid.clone(), image.values.iter().map(place).collect()))
    }

    /// Places of the landmarks on the scale, with their percents.
    pub fn landmarks(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.percents.iter().copied().zip(self.landmarks.iter().copied())
    }

    /// Number of images that it was learned from.
    pub fn images(&self) -> usize {
        self.images
    }

    fn check(&self) -> Result<()> {
        let ascends = |values: &[f64]| values.windows(2).all(|pair| pair[0] <= pair[1]) && values.iter().all(|v| v.is_finite());
        let n = self.percents.len();
        let percents = n >= 2 && self.percents[0] >= 0.0 && self.percents[n - 1] <= 100.0 && ascends(&self.percents);
        if percents && self.landmarks.len() == n && ascends(&self.landmarks) && self.landmarks[0] < self.landmarks[n - 1] {
            return Ok(());
        }
        Err(Error::study("the standard scale has no ascending landmarks"))
    }
}

fn landmarks_of(image: &Volume, within: Option<&Mask>, percents: &[f64]) -> Result<Vec<f64>> {
    let mut values = values_within(image, within)?;
    values.sort_unstable_by(f64::total_cmp);
    let landmarks: Vec<f64> = percents.iter().map(|percent| percentile_of(&values, *percent)).collect();
    if !(landmarks[0] < landmarks[landmarks.len() - 1]) {
        return Err(Error::study(format!("the outer percentiles of the image are equal: {}", landmarks[0])));
    }
    Ok(landmarks)
}
