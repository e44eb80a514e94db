//! Some voxels side by side: their signals image by image, so that one instruction works on several voxels.

use crate::parametric::failure::{Failure, Fit};
use crate::parametric::series::Series;

/// Voxels of a block; their signals (60 images in double precision) fit the first-level cache.
pub const LANES: usize = 64;

/// Up to [`LANES`] voxels, their signals, and what was found in them.
pub struct Block {
    /// Positions of the voxels in memory.
    pub(crate) voxels: Vec<usize>,
    /// Signals, image by image, [`LANES`] to an image.
    pub(crate) signals: Vec<f64>,
    /// How each voxel ended; a failure before the model sees it is a signal that cannot be used.
    pub(crate) outcomes: Vec<Result<Fit, Failure>>,
    /// Values, voxel by voxel.
    pub(crate) values: Vec<f64>,
    images: usize,
    maps: usize,
}

impl Block {
    /// Room for voxels of so many images and maps.
    pub fn new(images: usize, maps: usize) -> Self {
        Block {
            voxels: Vec::with_capacity(LANES),
            signals: vec![0.0; LANES * images],
            outcomes: Vec::with_capacity(LANES),
            values: vec![f64::NAN; LANES * maps],
            images,
            maps,
        }
    }

    /// Takes the signals of the voxels that were pushed, and refuses those that no model can use.
    pub(crate) fn read(&mut self, series: &Series, takes_negative: bool) {
        let ceiling = series.ceiling().unwrap_or(f64::INFINITY);
        let (mut finite, mut low, mut high) = ([0.0; LANES], [f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        for image in 0..self.images {
            let frame = series.frame(image);
            let row = &mut self.signals[image * LANES..(image + 1) * LANES];
            for (place, voxel) in row.iter_mut().zip(&self.voxels) {
                *place = f64::from(frame[*voxel]);
            }
            for lane in 0..LANES {
                let value = row[lane];
                // Zero times what is not finite is not a number.
                finite[lane] += value * 0.0;
                low[lane] = if value < low[lane] { value } else { low[lane] };
                high[lane] = if value > high[lane] { value } else { high[lane] };
            }
        }
        self.values.fill(f64::NAN);
        self.outcomes.clear();
        self.outcomes.extend((0..self.voxels.len()).map(|lane| match () {
            () if finite[lane] != 0.0 => Err(Failure::NotFinite),
            () if low[lane] < 0.0 && !takes_negative => Err(Failure::NotPositive),
            () if high[lane] >= ceiling && ceiling.is_finite() => Err(Failure::Saturated),
            () => Ok(Fit::Inside),
        }));
    }

    /// Number of voxels.
    pub fn len(&self) -> usize {
        self.voxels.len()
    }

    /// Whether it holds no voxel.
    pub fn is_empty(&self) -> bool {
        self.voxels.is_empty()
    }

    /// The signals of one voxel.
    pub fn signal(&self, lane: usize, into: &mut Vec<f64>) {
        into.clear();
        into.extend((0..self.images).map(|image| self.signals[image * LANES + lane]));
    }

    /// The values of one voxel, to be written.
    pub fn values_mut(&mut self, lane: usize) -> &mut [f64] {
        &mut self.values[lane * self.maps..(lane + 1) * self.maps]
    }
}
