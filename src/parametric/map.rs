//! One model in every voxel of a region.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::image::{Grid, Mask, Volume};
use crate::parametric::block::{Block, LANES};
use crate::parametric::failure::{Failure, Fit};
use crate::parametric::info::{AT_BOUND, MapInfo};
use crate::parametric::series::Series;

/// What turns the signal of one voxel into values.
pub trait VoxelModel: Sync {
    /// Working memory that a thread reuses from voxel to voxel.
    type Scratch: Send;

    /// The maps, in the order in which [`VoxelModel::fit`] writes them.
    fn maps(&self) -> Vec<MapInfo>;

    /// How many signals a voxel must have.
    fn images(&self) -> usize;

    /// New working memory.
    fn scratch(&self) -> Self::Scratch;

    /// Whether signals below zero have a meaning (concentrations with noise have, magnitudes have not).
    fn takes_negative(&self) -> bool {
        false
    }

    /// Whether parameters have bounds that a fit may stop at; the map [`AT_BOUND`] then follows the others.
    fn is_bounded(&self) -> bool {
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

    /// The same for some voxels at once, leaving alone those that have failed before; one by one unless a model knows a faster way. The
    /// values must not depend on which voxels share a block.
    fn fit_block(&self, block: &mut Block, scratch: &mut Self::Scratch) {
        let mut signal = Vec::with_capacity(self.images());
        for lane in 0..block.len() {
            if block.outcomes[lane].is_ok() {
                block.signal(lane, &mut signal);
                let voxel = block.voxels[lane];
                block.outcomes[lane] = self.fit(voxel, &signal, scratch, block.values_mut(lane));
            }
        }
    }

    /// Names of the maps.
    fn names(&self) -> Vec<Cow<'static, str>> {
        self.maps().into_iter().map(|map| map.name).collect()
    }
}

/// The maps of a model, and how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct Maps {
    /// Each map; NaN outside the region and where the value is null.
    pub maps: Vec<(MapInfo, Volume)>,
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
        self.maps.iter().find(|(other, _)| other.name == name).map(|(_, volume)| volume)
    }

    /// Voxels without values.
    pub fn failed(&self) -> usize {
        self.failures.values().sum()
    }

    /// Voxels of the region in which one map alone is null although the model gave values (a wash-out that has no end, a D* without flow).
    pub fn undefined(&self, name: &str) -> Option<usize> {
        let known = self.get(name)?.values.iter().filter(|value| value.is_finite()).count();
        Some(self.voxels - self.failed() - known)
    }
}

/// Neighbouring positions in memory that one task takes.
const CHUNK: usize = 2048;

/// Computes a model in every voxel of `region` (everywhere without one), on all cores of the current rayon pool.
///
/// `advance` is called with the number of voxels done since the last call, from any thread. Each voxel depends on its own signal alone, and
/// counts are sums of integers, so results are the same for any number of threads. Beside the series, memory holds the maps alone.
///
/// # Errors
/// [`Error::Study`] when the region or a map of the model lies on another grid, the region is empty, or the series has not as many images as the model needs.
pub fn map_voxels<M: VoxelModel>(
    series: &Series,
    region: Option<&Mask>,
    model: &M,
    advance: impl Fn(usize) + Sync,
) -> Result<Maps> {
    let (grid, images) = (series.grid(), series.images());
    if images != model.images() {
        return Err(Error::study(format!("the series has {images} images, its times or b-values are {}", model.images())));
    }
    if let Some(region) = region.filter(|region| !region.grid.agrees_with(grid)) {
        return Err(Error::study(format!("region and series lie on different grids: {}; {grid}", region.grid)));
    }
    if let Some(other) = model.grid().filter(|other| !other.agrees_with(grid)) {
        return Err(Error::study(format!("the map that the model reads and the series lie on different grids: {other}; {grid}")));
    }
    if region.map_or(grid.voxels(), Mask::count) == 0 {
        return Err(Error::study("the region to map has no voxels"));
    }
    let mut infos = model.maps();
    let fitted = infos.len();
    if model.is_bounded() {
        infos.push(AT_BOUND);
    }
    let mut values: Vec<Vec<f64>> = infos.iter().map(|_| vec![f64::NAN; grid.voxels()]).collect();
    // Each task owns its stretch of every map.
    let mut stretches: Vec<Vec<&mut [f64]>> = (0..grid.voxels().div_ceil(CHUNK)).map(|_| Vec::new()).collect();
    for map in &mut values {
        stretches.iter_mut().zip(map.chunks_mut(CHUNK)).for_each(|(stretch, part)| stretch.push(part));
    }
    let counts: Vec<Counts> = stretches
        .into_par_iter()
        .enumerate()
        .map_init(
            || (model.scratch(), Block::new(images, fitted)),
            |(scratch, block), (at, mut stretch)| {
                let first = at * CHUNK;
                let mut counts = Counts::default();
                let mut inside =
                    (first..(first + CHUNK).min(grid.voxels())).filter(|voxel| region.is_none_or(|r| r.inside[*voxel]));
                loop {
                    block.voxels.clear();
                    block.voxels.extend(inside.by_ref().take(LANES));
                    if block.is_empty() {
                        break;
                    }
                    block.read(series, model.takes_negative());
                    model.fit_block(block, scratch);
                    counts.add(block, first, fitted, &mut stretch);
                }
                advance(counts.voxels);
                counts
            },
        )
        .collect();
    let mut maps = Maps { maps: Vec::new(), voxels: 0, at_bound: 0, failures: BTreeMap::new() };
    for counts in &counts {
        maps.voxels += counts.voxels;
        maps.at_bound += counts.at_bound;
        for (reason, count) in &counts.failures {
            *maps.failures.entry(*reason).or_default() += count;
        }
    }
    maps.maps = infos.into_iter().zip(values).map(|(info, values)| (info, Volume::new(grid.clone(), values))).collect();
    Ok(maps)
}

/// How the voxels of one task ended.
#[derive(Default)]
struct Counts {
    voxels: usize,
    at_bound: usize,
    failures: BTreeMap<Failure, usize>,
}

impl Counts {
    /// Counts a block and writes its values into the maps.
    fn add(&mut self, block: &Block, first: usize, fitted: usize, maps: &mut [&mut [f64]]) {
        self.voxels += block.len();
        for (lane, (voxel, outcome)) in block.voxels.iter().zip(&block.outcomes).enumerate() {
            let fit = match outcome {
                Ok(fit) => *fit,
                Err(reason) => {
                    *self.failures.entry(*reason).or_default() += 1;
                    continue;
                }
            };
            self.at_bound += usize::from(fit == Fit::AtBound);
            let flag = if fit == Fit::AtBound { 1.0 } else { 0.0 };
            let found = block.values[lane * fitted..(lane + 1) * fitted].iter().copied();
            maps.iter_mut().zip(found.chain([flag])).for_each(|(map, value)| map[voxel - first] = value);
        }
    }
}
