//! The dynamic contrast-enhanced series.

use rand::Rng;

use super::artefact::{moved, rician};
use super::perfusion::Perfusion;
use super::signal::{R1, spoiled_gradient_echo};
use crate::image::Grid;
use crate::simulate::images::design::SiteProtocol;
use crate::simulate::images::geometry::Rigid;
use crate::simulate::images::phantom::Tissue;

/// Share of fat's signal that fat suppression leaves.
const FAT_LEFT: f64 = 0.10;
/// T1 of fat, ms.
pub const FAT_T1: f64 = 380.0;

/// When the images of a series are taken: seconds after injection of each image's centre, and how many are before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Timing {
    /// Seconds after injection.
    pub times: Vec<f64>,
    /// Images before injection.
    pub baseline: usize,
    /// Duration of an image, s.
    pub duration: f64,
}

impl Timing {
    /// One image before and `phases` after contrast agent, each of `duration` s; the first of them starts 15 s after injection.
    pub fn conventional(phases: usize, duration: f64) -> Self {
        let before = std::iter::once(-0.5 * duration - 10.0);
        let after = (0..phases).map(|phase| 15.0 + duration * (phase as f64 + 0.5));
        Timing { times: before.chain(after).collect(), baseline: 1, duration }
    }

    /// `frames` images of `duration` s without a break, a quarter of them before injection.
    pub fn ultrafast(frames: usize, duration: f64) -> Self {
        let baseline = (frames / 4).max(1);
        let times = (0..frames).map(|frame| duration * (frame as f64 + 0.5 - baseline as f64)).collect();
        Timing { times, baseline, duration }
    }
}

/// A series as it was taken.
#[derive(Debug, Clone)]
pub struct DynamicSeries {
    /// When.
    pub timing: Timing,
    /// One image per time.
    pub images: Vec<Vec<i16>>,
    /// Motion of each image against the first.
    pub motion: Vec<Rigid>,
    /// Seconds from injection to the arrival of the bolus in the breast.
    pub arrival: f64,
    /// Standard deviation of the noise in each channel.
    pub noise_sd: f64,
}

/// What the series needs beside tissue.
pub struct Acquisition<'a> {
    /// The grid.
    pub grid: &'a Grid,
    /// The site's protocol.
    pub protocol: &'a SiteProtocol,
    /// Receive field.
    pub field: &'a [f32],
    /// Grey levels per unit of signal.
    pub scale: f64,
    /// Standard deviation of the noise, grey levels.
    pub noise_sd: f64,
}

/// A number as an image stores it.
pub fn stored(value: f64) -> i16 {
    value.round().clamp(-32768.0, 32767.0) as i16
}

impl Acquisition<'_> {
    /// Signal of a voxel at a concentration of contrast agent (mM), before noise.
    pub fn signal(&self, tissue: &Tissue, concentration: f64) -> f64 {
        let (tr, flip) = (self.protocol.dce_tr, self.protocol.dce_flip);
        if tissue.body <= 0.0 || tissue.t1 <= 0.0 {
            return 0.0;
        }
        let water = spoiled_gradient_echo(tissue.water, 1000.0 / tissue.t1 + R1 * concentration, tr, flip);
        let fat = spoiled_gradient_echo(FAT_LEFT * tissue.fat, 1000.0 / FAT_T1, tr, flip);
        self.scale * (water + fat)
    }

    /// Takes a series. `motion` has one entry per image, the first of them none.
    pub fn series(
        &self,
        tissues: &[Tissue],
        timing: Timing,
        motion: Vec<Rigid>,
        arrival: f64,
        rng: &mut impl Rng,
    ) -> DynamicSeries {
        let perfusion = Perfusion::new(&timing.times, arrival);
        let mut clean = vec![vec![0.0f32; tissues.len()]; timing.times.len()];
        for (voxel, tissue) in tissues.iter().enumerate() {
            if tissue.body <= 0.0 {
                continue;
            }
            let field = f64::from(self.field[voxel]);
            for (image, c) in clean.iter_mut().zip(perfusion.concentration(tissue.ktrans, tissue.ve, tissue.vp)) {
                image[voxel] = (field * self.signal(tissue, c)) as f32;
            }
        }
        let images = clean.into_iter().zip(&motion).map(|(image, motion)| {
            let image = if motion.is_none() { image } else { moved(self.grid, &image, motion) };
            image.iter().map(|signal| stored(rician(f64::from(*signal), self.noise_sd, rng))).collect()
        });
        DynamicSeries { images: images.collect(), timing, motion, arrival, noise_sd: self.noise_sd }
    }
}
