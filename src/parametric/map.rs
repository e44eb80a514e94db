//! One model in every voxel of a region.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::image::{Grid, Mask, Volume};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::series::Series;

/// What turns the signal of one voxel into values.
pub trait VoxelModel: Sync {
    /// Working memory that a thread reuses from voxel to voxel.
    type Scratch: Send;

    /// Names of the maps, in the order in which [`VoxelModel::fit`] writes them.
    fn names(&self) -> Vec<&'static str>;

    /// How many signals a voxel must have.
    fn images(&self) -> usize;

    /// New working memory.
    fn scratch(&self) -> Self::Scratch;

    /// Whether signals below zero have a meaning (concentrations with noise have, magnitudes have not).
    fn takes_negative(&self) -> bool {
        false
    }

    /// The grid of another map that the model reads voxel by voxel (T1 before contrast agent, transmit field).
    fn grid(&self) -> Option<&Grid> {
        None
    }

    /// Writes the voxel's values (NaN where one alone is undefined). `voxel` is its position in memory, for models that hold other maps.
    ///
    /// # Errors
    /// The reason why the voxel has no values.
    fn fit(&self, voxel: usize, signal: &[f64], scratch: &mut Self::Scratch, values: &mut [f64]) -> Result<Fit, Failure>;
}

/// The maps of a model, and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Maps {
    /// Name and values of each map; NaN outside the region and where the value is null.
    pub maps: Vec<(&'static str, Volume)>,
    /// Voxels of the region.
    pub voxels: usize,
    /// Voxels whose fit stopped at the bound of a parameter; they have values.
    pub at_bound: usize,
    /// Voxels without values, by reason.
    pub failures: BTreeMap<Failure, usize>,
}

impl Maps {
    /// The map of a name.
    pub fn get(&self, name: &str) -> Option<&Volume> {
        self.maps.iter().find(|(other, _)| *other == name).map(|(_, volume)| volume)
    }

    /// Voxels without values.
    pub fn failed(&self) -> usize {
        self.failures.values().sum()
    }
}

/// Voxels that one task takes: their signals (60 images in double precision) fit the second-level cache.
const BLOCK: usize = 256;

/// Computes a model in every voxel of `region` (everywhere without one), on all cores of the current rayon pool.
///
/// `advance` is called with the number of voxels done since the last call, from any thread. Each voxel depends on its own signal alone, and
/// counts are sums of integers, so results are the same for any number of threads.
///
/// # Errors
/// [`Error::Study`] when the region or a map of the model lies on another grid, the region is empty, or the series has not as many images as the model needs.
pub fn map_voxels<M: VoxelModel>(
    series: &Series,
    region: Option<&Mask>,
    model: &M,
    advance: impl Fn(usize) + Sync,
) -> Result<Maps> {
    let (grid, images, names) = (series.grid(), series.images(), model.names());
    if images != model.images() {
        return Err(Error::study(format!("the series has {images} images, its times or b-values are {}", model.images())));
    }
    if let Some(region) = region.filter(|region| !region.grid.agrees_with(grid)) {
        return Err(Error::study(format!("region and series lie on different grids: {}; {grid}", region.grid)));
    }
    if let Some(other) = model.grid().filter(|other| !other.agrees_with(grid)) {
        return Err(Error::study(format!("the map that the model reads and the series lie on different grids: {other}; {grid}")));
    }
    let voxels: Vec<u32> =
        (0..grid.voxels() as u32).filter(|&at| region.is_none_or(|region| region.inside[at as usize])).collect();
    if voxels.is_empty() {
        return Err(Error::study("the region to map has no voxels"));
    }
    let blocks: Vec<Block> = voxels
        .par_chunks(BLOCK)
        .map_init(
            || (model.scratch(), vec![0.0; BLOCK * images]),
            |(scratch, signals), voxels| {
                gather(series, voxels, signals);
                let block = Block::fit(series, model, voxels, signals, scratch);
                advance(voxels.len());
                block
            },
        )
        .collect();
    let mut maps = Maps { maps: Vec::with_capacity(names.len()), voxels: voxels.len(), at_bound: 0, failures: BTreeMap::new() };
    for block in &blocks {
        maps.at_bound += block.at_bound;
        for (reason, count) in &block.failures {
            *maps.failures.entry(*reason).or_default() += count;
        }
    }
    for (map, name) in names.iter().enumerate() {
        let mut values = vec![f64::NAN; grid.voxels()];
        for (voxels, block) in voxels.chunks(BLOCK).zip(&blocks) {
            for (&voxel, fitted) in voxels.iter().zip(block.values.chunks_exact(names.len())) {
                values[voxel as usize] = fitted[map];
            }
        }
        maps.maps.push((*name, Volume::new(grid.clone(), values)));
    }
    Ok(maps)
}

/// Brings the signals of each voxel together; image by image, since neighbours in memory are neighbours in space.
fn gather(series: &Series, voxels: &[u32], signals: &mut [f64]) {
    let images = series.images();
    for image in 0..images {
        let frame = series.frame(image);
        for (place, &voxel) in voxels.iter().enumerate() {
            signals[place * images + image] = f64::from(frame[voxel as usize]);
        }
    }
}

/// What one task found.
struct Block {
    values: Vec<f64>,
    at_bound: usize,
    failures: BTreeMap<Failure, usize>,
}

impl Block {
    fn fit<M: VoxelModel>(series: &Series, model: &M, voxels: &[u32], signals: &[f64], scratch: &mut M::Scratch) -> Block {
        let maps = model.names().len();
        let mut block = Block { values: vec![f64::NAN; voxels.len() * maps], at_bound: 0, failures: BTreeMap::new() };
        let fitted = block.values.chunks_exact_mut(maps);
        for ((&voxel, signal), values) in voxels.iter().zip(signals.chunks_exact(series.images())).zip(fitted) {
            let outcome =
                series.check(signal, model.takes_negative()).and_then(|()| model.fit(voxel as usize, signal, scratch, values));
            match outcome {
                Ok(Fit::Inside) => {}
                Ok(Fit::AtBound) => block.at_bound += 1,
                Err(reason) => {
                    values.fill(f64::NAN);
                    *block.failures.entry(reason).or_default() += 1;
                }
            }
        }
        block
    }
}
