//! Undecimated separable wavelets as IBSI 2 defines them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use super::block::{Block, Source, asked};
use super::boundary::Boundary;
use super::family::Family;
use super::rotation::{Pool, Pooling, rotations};
use super::separable::Separable;

/// Separable wavelets of IBSI 2 (`25BO`), undecimated, indifferent to rotation where asked.
///
/// # Definition
/// Level 1 convolves with the low- (`L`) or high-pass (`H`) decomposition filter along i, j and k. Level `n` first convolves `n − 1` times
/// with the low-pass filter along all axes, the taps of step `l` being `2^(l − 1)` voxels apart (à trous), then with the filters of
/// the band, their taps `2^(n − 1)` voxels apart. Where `pooling` is given, that is done with the filters in all right-angled
/// rotations, and the responses are pooled. The boundary goes on anew at each step.
///
/// # Reference
/// IBSI 2, separable wavelets. Decimated wavelets have no response map on the grid of the image, so IBSI's benchmarks, and this, have none.
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
        format!("ibsi-wavelet-{}-{}-level-{}{pooling}", self.wavelet, self.band, self.level)
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
            let steps = (1..self.level).map(|level| low.dilated(1 << (level - 1)));
            steps.chain([band.dilated(1 << (self.level - 1))]).collect::<Vec<_>>()
        };
        if self.pooling.is_none() {
            return vec![chain(&band, &low)];
        }
        // The low-pass filters turn with the band.
        rotations(&[&band, &low]).iter().map(|turned| chain(&turned[0], &turned[1])).collect()
    }

    pub(super) fn support(&self) -> [usize; 3] {
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
        let pooled = pool.finish().ok_or_else(|| Error::usage("a wavelet needs a band"))?;
        Ok(pooled.place(&image.grid, place))
    }
}
