//! Image filters: one file per filter; each turns a volume into one or more response maps, on the same grid or (decimated
//! wavelets) on a coarser one.
//!
//! Two dialects live side by side, because studies need both: the filters of PyRadiomics under its names (`square` … `lbp-3d`), and
//! those of IBSI 2 (`mean` … `simoncelli`). The rule here: a filter of a part of an image answers what the filter of the whole image
//! answers there. [`Filter::apply_within`] computes no more than that part needs; [`Filter::support`] says how much that is.
//!
//! To add a filter: a file with its parameters (serde, schemars) and its definition, a variant of [`Filter`], and an oracle in
//! `tests/radiomics_filter.rs`, which fails for a variant without one.

mod axis;
mod block;
mod boundary;
mod convolve;
mod decimated;
mod family;
mod fourier;
mod gabor;
mod gradient;
mod icosphere;
mod laws;
mod lbp_2d;
mod lbp_3d;
mod log;
mod mean;
mod pointwise;
mod recursive;
mod recursive_log;
mod rotation;
mod separable;
mod separable_wavelet;
mod simoncelli;
mod spline;
mod taps;
mod wavelet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{BoundingBox, Volume};

use block::{Block, extent};

pub(crate) use decimated::covering;

pub use axis::Axis;
pub use boundary::Boundary;
pub use family::Family;
pub use gabor::Gabor;
pub use gradient::Gradient;
pub use laws::Laws;
pub use lbp_2d::{Lbp2d, LbpMethod};
pub use lbp_3d::Lbp3d;
pub use log::Log;
pub use mean::Mean;
pub use pointwise::Range;
pub use recursive_log::RecursiveLog;
pub use rotation::Pooling;
pub use separable_wavelet::SeparableWavelet;
pub use simoncelli::Simoncelli;
pub use wavelet::Wavelet;

/// One response map of a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Filtered {
    /// As PyRadiomics names image types: `original`, `wavelet-LLH`, `log-sigma-1-0-mm-3D`, `square`, …
    pub name: String,
    /// The response: on the grid of the image, or on the coarser one of [`Filter::decimation`].
    pub image: Volume,
}

/// An image filter with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Filter {
    /// PyRadiomics: squares, scaled to the range of the image. `(c x)²`, `c = 1 / √max|x|`.
    Square,
    /// PyRadiomics: signed square roots, scaled to the range of the image. `sign(x) √(c |x|)`, `c = max|x|`.
    SquareRoot,
    /// PyRadiomics: signed logarithms, scaled to the range of the image. `sign(x) c log(|x| + 1)`, `c = max|x| / log(max|x| + 1)`.
    Logarithm,
    /// PyRadiomics: exponentials, scaled to the range of the image. `exp(c x)`, `c = log(max|x|) / max|x|`.
    Exponential,
    /// PyRadiomics: gradient magnitude.
    Gradient(Gradient),
    /// PyRadiomics: Laplacian of Gaussian, by recursion.
    RecursiveLog(RecursiveLog),
    /// PyRadiomics: stationary wavelets.
    Wavelet(Wavelet),
    /// PyRadiomics: local binary patterns of slices.
    #[serde(rename = "lbp-2d")]
    Lbp2d(Lbp2d),
    /// PyRadiomics: local binary patterns on spheres.
    #[serde(rename = "lbp-3d")]
    Lbp3d(Lbp3d),
    /// IBSI 2: mean.
    Mean(Mean),
    /// IBSI 2: Laplacian of Gaussian, sampled and cut off.
    Log(Log),
    /// IBSI 2: Laws' kernels.
    Laws(Laws),
    /// IBSI 2: Gabor filters.
    Gabor(Gabor),
    /// IBSI 2: separable wavelets, undecimated or decimated.
    SeparableWavelet(SeparableWavelet),
    /// IBSI 2: the non-separable wavelet of Simoncelli.
    Simoncelli(Simoncelli),
}

/// The support of a filter that needs the whole image: more voxels than any image has along an axis.
const WHOLE: usize = 1 << 24;

impl Filter {
    /// The response maps of an image.
    ///
    /// # Errors
    /// Parameters out of range ([`Error::Usage`]), or an image that is too small for the filter ([`Error::Study`]).
    pub fn apply(&self, image: &Volume) -> Result<Vec<Filtered>> {
        self.apply_within(image, &BoundingBox { start: [0; 3], end: image.grid.size })
    }

    /// The part of the response maps of an image that lies in a box: the same values, without filtering the rest. Of a decimated response
    /// it is the voxels that stand for any of the box.
    ///
    /// # Errors
    /// As [`Filter::apply`]; and a box that is empty or reaches out of the image.
    pub fn apply_within(&self, image: &Volume, place: &BoundingBox) -> Result<Vec<Filtered>> {
        let range = self.needs_range().then(|| Range::of(&image.values));
        self.apply_part(image, place, range)
    }

    /// As [`Filter::apply_within`] for an `image` that is itself a part of a larger one, cut with a margin of at least
    /// [`Filter::support`] around the box (or up to the edge of the larger one), whose intensities have this range. The range is
    /// taken of the part where none is given.
    ///
    /// # Errors
    /// As [`Filter::apply_within`].
    pub fn apply_part(&self, image: &Volume, place: &BoundingBox, range: Option<Range>) -> Result<Vec<Filtered>> {
        self.check()?;
        if (0..3).any(|axis| place.start[axis] >= place.end[axis] || place.end[axis] > image.grid.size[axis]) {
            return Err(Error::usage(format!(
                "the box {place:?} is empty or reaches out of an image of {:?} voxels",
                image.grid.size
            )));
        }
        let pointwise = |f: fn(&[f64], Range) -> Vec<f64>| {
            let part = Block::cut(image, place.start.map(|at| at as isize), extent(place), Boundary::Nearest);
            let values = f(&part.values, range.unwrap_or_else(|| Range::of(&image.values)));
            Block { values, ..part }.place(&image.grid, place)
        };
        let one = |image: Volume| vec![Filtered { name: self.name(), image }];
        let many = |maps: Vec<(String, Volume)>| maps.into_iter().map(|(name, image)| Filtered { name, image }).collect();
        Ok(match self {
            Filter::Square => one(pointwise(pointwise::square)),
            Filter::SquareRoot => one(pointwise(pointwise::square_root)),
            Filter::Logarithm => one(pointwise(pointwise::logarithm)),
            Filter::Exponential => one(pointwise(pointwise::exponential)),
            Filter::Gradient(gradient) => one(gradient.apply(image, place)),
            Filter::RecursiveLog(log) => one(log.apply(image, place)?),
            Filter::Wavelet(wavelet) => many(wavelet.apply(image, place)),
            Filter::Lbp2d(lbp) => one(lbp.apply(image, place)),
            Filter::Lbp3d(lbp) => many(lbp.apply(image, place)),
            Filter::Mean(mean) => one(mean.apply(image, place)),
            Filter::Log(log) => one(log.apply(image, place)?),
            Filter::Laws(laws) => one(laws.apply(image, place)?),
            Filter::Gabor(gabor) => one(gabor.apply(image, place)?),
            Filter::SeparableWavelet(wavelet) => one(wavelet.apply(image, place)?),
            Filter::Simoncelli(wavelet) => one(wavelet.apply(image, place)),
        })
    }

    /// Whether it scales by the range of the whole image.
    pub fn needs_range(&self) -> bool {
        matches!(self, Filter::Square | Filter::SquareRoot | Filter::Logarithm | Filter::Exponential)
    }

    /// How many voxels of the image one voxel of a response stands for, along i, j and k: more than one for decimated wavelets only.
    pub fn decimation(&self) -> [usize; 3] {
        match self {
            Filter::SeparableWavelet(wavelet) => wavelet.decimation(),
            _ => [1; 3],
        }
    }

    /// The margin in voxels, along i, j and k, that a part of an image needs around it so that its filtered middle is what filtering
    /// the whole image gives: exactly, but for the recursive Laplacian of
    /// Gaussian and the splines of the 3-D local binary pattern, whose tails are cut at 10⁻¹⁰ of their weight.
    ///
    /// Where the margin reaches over the edge of the image, a periodic boundary shows the other side of it, which a part does not
    /// hold: [`Filter::apply_within`] looks there.
    pub fn support(&self, spacing: [f64; 3]) -> [usize; 3] {
        match self {
            Filter::Square | Filter::SquareRoot | Filter::Logarithm | Filter::Exponential => [0; 3],
            Filter::Gradient(_) => [1; 3],
            Filter::RecursiveLog(log) => log.support(spacing),
            Filter::Wavelet(wavelet) => wavelet.support(),
            Filter::Lbp2d(lbp) => lbp.support(),
            Filter::Lbp3d(lbp) => lbp.support(),
            Filter::Mean(mean) => separable::margin(mean.filter().reach()),
            Filter::Log(log) => log.support(spacing),
            Filter::Laws(laws) => laws.support(),
            Filter::Gabor(gabor) => gabor.support(spacing),
            Filter::SeparableWavelet(wavelet) => wavelet.support(),
            Filter::Simoncelli(_) => [WHOLE; 3],
        }
    }

    fn check(&self) -> Result<()> {
        match self {
            Filter::RecursiveLog(log) => log.check(),
            Filter::Wavelet(wavelet) => wavelet.check(),
            Filter::Lbp2d(lbp) => lbp.check(),
            Filter::Lbp3d(lbp) => lbp.check(),
            Filter::Mean(mean) => mean.check(),
            Filter::Log(log) => log.check(),
            Filter::Laws(laws) => laws.check(),
            Filter::Gabor(gabor) => gabor.check(),
            Filter::SeparableWavelet(wavelet) => wavelet.check(),
            Filter::Simoncelli(wavelet) => wavelet.check(),
            _ => Ok(()),
        }
    }

    /// The name of the response map of a filter that gives one.
    fn name(&self) -> String {
        match self {
            Filter::Square => "square".into(),
            Filter::SquareRoot => "squareroot".into(),
            Filter::Logarithm => "logarithm".into(),
            Filter::Exponential => "exponential".into(),
            Filter::Gradient(_) => "gradient".into(),
            Filter::RecursiveLog(log) => log.name(),
            Filter::Wavelet(_) => "wavelet".into(),
            Filter::Lbp2d(_) => "lbp-2D".into(),
            Filter::Lbp3d(_) => "lbp-3D".into(),
            Filter::Mean(mean) => mean.name(),
            Filter::Log(log) => log.name(),
            Filter::Laws(laws) => laws.name(),
            Filter::Gabor(gabor) => gabor.name(),
            Filter::SeparableWavelet(wavelet) => wavelet.name(),
            Filter::Simoncelli(wavelet) => wavelet.name(),
        }
    }
}
