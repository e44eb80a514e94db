//! Separable wavelets as IBSI 2 defines them, undecimated and decimated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Block, Source, asked};
use super::boundary::Boundary;
use super::decimated::{coarser, covering, halving};
use super::family::Family;
use super::rotation::{Pool, Pooling, rotations};
use super::separable::Separable;

/// Separable wavelets of IBSI 2 (`25BO`), indifferent to rotation where asked.
///
/// # Definition
/// Level 1 convolves with the low- (`L`) or high-pass (`H`) decomposition filter along i, j and k. Undecimated, level `n` first convolves
/// `n − 1` times with the low-pass filter along all axes, the taps of step `l` being `2^(l − 1)` voxels apart (à trous), then with the
/// filters of the band, their taps `2^(n − 1)` voxels apart. Decimated, no taps move apart; instead, each step keeps every second voxel
/// of its response. Where `pooling` is given, that is done with the filters in all right-angled rotations, and the responses are
/// pooled. The boundary goes on anew at each step.
///
/// The response of a decimated band of level `n` has its own grid, with voxels `2^n` times as long along the filtered axes: voxel `m` stands
/// for the voxels `2^n m` to `2^n (m + 1) − 1` of the image and lies in their middle, where the filter has its own. Along an axis of `N`
/// voxels each step keeps `⌈N / 2⌉`. Features are those of the voxels of that grid of which at least half (of the voxels within the image)
/// belong to the region; where fewer than two do, they are undefined. That response depends on where the image's first voxel lies,
/// as any decimated transform does.
///
/// # Reference
/// IBSI 2, separable wavelets; Mallat, IEEE Trans Pattern Anal Mach Intell 1989;11:674. Decimated: `dwtn` of PyWavelets (`periodization` for
/// the periodic boundary; for the others the same with the image continued). IBSI's benchmarks have undecimated ones only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SeparableWavelet {
    /// The wavelet.
    pub wavelet: Family,
    /// Letters of the filters along i, j and k (`LHL`), or along i and j, slice by slice (`LH`).
    pub band: String,
    /// Level of decomposition, from 1.
    #[serde(default = "one")]
    pub level: usize,
    /// How the responses to the rotated filters are pooled; without it, there is one response, that depends on how the image lies.
    #[serde(default)]
    pub pooling: Option<Pooling>,
    /// What lies beyond the edge of the image.
    #[serde(default)]
    pub boundary: Boundary,
    /// Whether each level halves the grid. IBSI recommends that it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decimated: bool,
}

fn one() -> usize {
    1
}

impl SeparableWavelet {
    pub(super) fn check(&self) -> Result<()> {
        if !matches!(self.band.len(), 2 | 3) || self.band.chars().any(|letter| !matches!(letter, 'L' | 'H')) {
            return Err(Error::usage(format!(
                "`{}` is no band of a wavelet: two or three of the letters L and H are",
                self.band
            )));
        }
        if !(1..=10).contains(&self.level) {
            return Err(Error::usage("the level of a wavelet is 1 to 10"));
        }
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        let pooling = match self.pooling {
            None => "",
            Some(Pooling::Max) => "-max",
            Some(Pooling::Average) => "-average",
        };
        let decimated = if self.decimated { "-decimated" } else { "" };
        format!("ibsi-wavelet-{}-{}-level-{}{decimated}{pooling}", self.wavelet, self.band, self.level)
    }

    /// How many voxels of the image one of the response stands for, along each axis.
    pub(super) fn decimation(&self) -> [usize; 3] {
        let factor = if self.decimated { 1 << self.level } else { 1 };
        std::array::from_fn(|axis| if axis < self.band.len() { factor } else { 1 })
    }

    /// The filters of the band, and the low-pass filters before them.
    fn filters(&self) -> [Separable; 2] {
        let pair = self.wavelet.pair();
        let letters: Vec<char> = self.band.chars().collect();
        let band = |letter: &char| if *letter == 'L' { pair.low.clone() } else { pair.high.clone() };
        let low = |_: &char| pair.low.clone();
        [
            Separable(std::array::from_fn(|axis| letters.get(axis).map(band))),
            Separable(std::array::from_fn(|axis| letters.get(axis).map(low))),
        ]
    }

    /// The filters of each step, in their order, for each rotation.
    fn chains(&self) -> Vec<Vec<Separable>> {
        let [band, low] = self.filters();
        let chain = |band: &Separable, low: &Separable| {
            let holes = |level: usize| if self.decimated { 1 } else { 1 << (level - 1) };
            let steps = (1..self.level).map(|level| low.dilated(holes(level)));
            steps.chain([band.dilated(holes(self.level))]).collect::<Vec<_>>()
        };
        if self.pooling.is_none() {
            return vec![chain(&band, &low)];
        }
        // The low-pass filters turn with the band.
        rotations(&[&band, &low]).iter().map(|turned| chain(&turned[0], &turned[1])).collect()
    }

    /// What is kept of a decimated response depends on where the image begins, so a part of it will not do.
    pub(super) fn support(&self) -> [usize; 3] {
        if self.decimated {
            return [super::WHOLE; 3];
        }
        let along = |chain: &[Separable], axis: usize| {
            let reach = |side: usize| chain.iter().map(|step| step.reach()[axis][side]).sum::<usize>();
            reach(0).max(reach(1))
        };
        let chains = self.chains();
        std::array::from_fn(|axis| chains.iter().map(|chain| along(chain, axis)).max().unwrap_or(0))
    }

    pub(super) fn apply(&self, image: &Volume, place: &BoundingBox) -> Result<Volume> {
        let extent = image.grid.size;
        let mut pool = Pool::new(self.pooling.unwrap_or(Pooling::Max));
        let nothing = || Error::usage("a wavelet needs a band");
        if self.decimated {
            let factor = self.decimation();
            let place = covering(place, factor);
            self.chains().iter().for_each(|chain| pool.add(halving(image, chain, &place, self.boundary)));
            return Ok(pool.finish().ok_or_else(nothing)?.place(&coarser(&image.grid, factor), &place));
        }
        for chain in self.chains() {
            // What each step must answer follows from what the next one asks for.
            let mut places = vec![*place];
            for step in chain.iter().skip(1).rev() {
                places.push(asked(&places[places.len() - 1], step.reach(), extent, self.boundary));
            }
            places.reverse();
            let mut response: Option<(Block, BoundingBox)> = None;
            for (step, place) in chain.iter().zip(places) {
                let source = match &response {
                    None => Source::whole(image),
                    Some((block, held)) => Source { values: &block.values, held: *held, extent },
                };
                response = Some((step.apply(&source, &place, self.boundary), place));
            }
            if let Some((block, _)) = response {
                pool.add(block);
            }
        }
        let pooled = pool.finish().ok_or_else(nothing)?;
        Ok(pooled.place(&image.grid, place))
    }
}
