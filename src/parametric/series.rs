//! What was measured: a signal per voxel at each time after contrast agent, or at each b-value.

use crate::error::{Error, Result};
use crate::image::{Grid, Volume};
use crate::parametric::failure::Failure;

/// When the images of a dynamic series were taken, and which of them before the contrast agent came.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    times: Vec<f64>,
    baseline: usize,
}

impl Timing {
    /// Times in seconds after the injection (negative before it), of which the first `baseline` images are before contrast agent.
    ///
    /// # Errors
    /// [`Error::Study`] when times are not finite or not strictly increasing, no image is before contrast agent, or none after it.
    pub fn new(times: Vec<f64>, baseline: usize) -> Result<Self> {
        if let Some(at) = times.iter().position(|time| !time.is_finite()) {
            return Err(Error::study(format!("time {} of the dynamic series is {}, not a number of seconds", at + 1, times[at])));
        }
        if let Some(at) = (1..times.len()).find(|&at| times[at] <= times[at - 1]) {
            let (before, time) = (times[at - 1], times[at]);
            return Err(Error::study(format!(
                "times of the dynamic series must increase: image {} is at {before} s, image {} at {time} s",
                at,
                at + 1
            )));
        }
        if baseline == 0 {
            return Err(Error::study(
                "the dynamic series has no image before contrast agent: enhancement has nothing to compare with",
            ));
        }
        if baseline >= times.len() {
            let images = times.len();
            return Err(Error::study(format!("the dynamic series has {images} images, all before contrast agent ({baseline})")));
        }
        Ok(Timing { times, baseline })
    }

    /// Seconds from the injection, one per image.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// How many images are before contrast agent.
    pub fn baseline(&self) -> usize {
        self.baseline
    }

    /// Seconds of the images after contrast agent.
    pub fn after(&self) -> &[f64] {
        &self.times[self.baseline..]
    }

    /// When contrast agent may first be there, s: at the injection or, if later, at the last image without it. Times that are not counted
    /// from the injection (some image with contrast agent is not after 0) have no injection to go by.
    pub fn onset(&self) -> f64 {
        let last_before = self.times[self.baseline - 1];
        if self.times[self.baseline] > 0.0 { last_before.max(0.0) } else { last_before }
    }

    /// Mean signal before contrast agent.
    ///
    /// # Errors
    /// [`Failure::NoBaseline`] when it is not positive.
    pub fn baseline_signal(&self, signal: &[f64]) -> Result<f64, Failure> {
        let mean = signal[..self.baseline].iter().sum::<f64>() / self.baseline as f64;
        if mean > 0.0 { Ok(mean) } else { Err(Failure::NoBaseline) }
    }
}

/// The diffusion weightings of a series, s/mm².
#[derive(Debug, Clone, PartialEq)]
pub struct BValues {
    values: Vec<f64>,
    unweighted: Vec<usize>,
}

impl BValues {
    /// b-values at or below this count as b = 0 (scanners write 5 or 10 for the crusher gradients of an unweighted image).
    pub const UNWEIGHTED: f64 = 10.0;

    /// The b-values of a series, in the order of its images; any order, repeats allowed.
    ///
    /// # Errors
    /// [`Error::Study`] when a b-value is negative or no number, or fewer than two differ.
    pub fn new(values: Vec<f64>) -> Result<Self> {
        if let Some(at) = values.iter().position(|b| !b.is_finite() || *b < 0.0) {
            return Err(Error::study(format!(
                "b-value {} of the diffusion series is {}, not 0 or more s/mm²",
                at + 1,
                values[at]
            )));
        }
        let mut different = values.clone();
        different.sort_by(f64::total_cmp);
        different.dedup();
        if different.len() < 2 {
            return Err(Error::study("a diffusion series needs at least two different b-values"));
        }
        // The lowest b-value stands for b = 0 only where it is about zero; true zeros are preferred to small b-values, which IVIM needs.
        let lowest = different[0];
        let unweighted = match lowest <= Self::UNWEIGHTED {
            true => (0..values.len()).filter(|&at| values[at] == lowest).collect(),
            false => Vec::new(),
        };
        Ok(BValues { values, unweighted })
    }

    /// The b-values, s/mm².
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Which images are unweighted (b = 0).
    pub fn unweighted(&self) -> &[usize] {
        &self.unweighted
    }

    /// Requires an image without diffusion weighting.
    ///
    /// # Errors
    /// [`Error::Study`] when there is none.
    pub fn need_unweighted(&self, model: &str) -> Result<()> {
        if self.unweighted.is_empty() {
            let lowest = self.values.iter().copied().fold(f64::INFINITY, f64::min);
            return Err(Error::study(format!("{model} needs an image at b = 0; the lowest b-value is {lowest} s/mm²")));
        }
        Ok(())
    }

    /// Requires so many different b-values.
    ///
    /// # Errors
    /// [`Error::Study`] when there are fewer.
    pub fn need_different(&self, least: usize, model: &str) -> Result<()> {
        let mut different = self.values.clone();
        different.sort_by(f64::total_cmp);
        different.dedup();
        if different.len() < least {
            return Err(Error::study(format!(
                "{model} needs at least {least} different b-values, the series has {}",
                different.len()
            )));
        }
        Ok(())
    }

    /// Mean signal of the unweighted images.
    ///
    /// # Errors
    /// [`Failure::NoBaseline`] when there are none or it is not positive.
    pub fn unweighted_signal(&self, signal: &[f64]) -> Result<f64, Failure> {
        let sum: f64 = self.unweighted.iter().map(|&at| signal[at]).sum();
        let mean = sum / self.unweighted.len() as f64;
        if mean > 0.0 { Ok(mean) } else { Err(Failure::NoBaseline) }
    }
}

/// The images of a series on one grid.
///
/// Values are kept in single precision: scanners measure 12 to 16 bits, which it holds exactly, and a dynamic series is large.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    grid: Grid,
    frames: Vec<Vec<f32>>,
    ceiling: Option<f64>,
}

impl Series {
    /// A series of images, taken one by one so that each can be freed after it is read.
    ///
    /// # Errors
    /// [`Error::Study`] when there is none, or when their grids differ.
    pub fn new(images: impl IntoIterator<Item = Volume>) -> Result<Self> {
        let mut images = images.into_iter();
        let first = images.next().ok_or_else(|| Error::study("a series needs at least one image"))?;
        let single = |image: &Volume| image.values.iter().map(|value| *value as f32).collect::<Vec<_>>();
        let (mut frames, grid) = (vec![single(&first)], first.grid);
        for image in images {
            if !image.grid.agrees_with(&grid) {
                let number = frames.len() + 1;
                return Err(Error::study(format!(
                    "image {number} of the series lies on another grid: {}; the first: {grid}",
                    image.grid
                )));
            }
            frames.push(single(&image));
        }
        Ok(Series { grid, frames, ceiling: None })
    }

    /// A series of images already in single precision.
    ///
    /// # Errors
    /// [`Error::Study`] when there is none, or one has not a value per voxel.
    pub fn from_frames(grid: Grid, frames: Vec<Vec<f32>>) -> Result<Self> {
        if frames.is_empty() || frames.iter().any(|frame| frame.len() != grid.voxels()) {
            return Err(Error::study(format!("a series needs images of {} values each", grid.voxels())));
        }
        Ok(Series { grid, frames, ceiling: None })
    }

    /// States the signal at and above which the scanner or the file format has clipped (4095 for 12 bits): such voxels become null.
    pub fn saturated_at(mut self, ceiling: f64) -> Self {
        self.ceiling = Some(ceiling);
        self
    }

    /// Where the voxels lie.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Number of images.
    pub fn images(&self) -> usize {
        self.frames.len()
    }

    /// One image.
    pub fn frame(&self, image: usize) -> &[f32] {
        &self.frames[image]
    }

    /// The signal at and above which voxels are saturated, where it was stated.
    pub fn ceiling(&self) -> Option<f64> {
        self.ceiling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_timings_are_refused_with_their_reason() {
        let says = |times: &[f64], baseline| Timing::new(times.to_vec(), baseline).unwrap_err().to_string();
        assert!(says(&[0.0, 60.0, 60.0], 1).contains("must increase"));
        assert!(says(&[0.0, f64::NAN], 1).contains("time 2"));
        assert!(says(&[0.0, 60.0], 0).contains("no image before"));
        assert!(says(&[0.0, 60.0], 2).contains("all before"));
        assert!(Timing::new(vec![-5.0, 60.0], 1).is_ok());
    }

    #[test]
    fn bad_b_values_are_refused_with_their_reason() {
        let says = |values: &[f64]| BValues::new(values.to_vec()).unwrap_err().to_string();
        assert!(says(&[0.0, -1.0]).contains("b-value 2"));
        assert!(says(&[500.0, 500.0]).contains("two different"));
        let without = BValues::new(vec![50.0, 800.0]).unwrap();
        assert!(without.need_unweighted("IVIM").unwrap_err().to_string().contains("lowest b-value is 50"));
        assert_eq!(BValues::new(vec![0.0, 5.0, 0.0, 800.0]).unwrap().unweighted(), [0, 2]);
    }

    #[test]
    fn images_of_different_grids_are_refused() {
        let image = |n| Volume::new(Grid::plain([n, 1, 1], [1.0; 3]), vec![1.0; n]);
        assert!(Series::new([image(2), image(3)]).unwrap_err().to_string().contains("another grid"));
        assert!(Series::new([]).is_err());
    }
}
