//! Maps as a study file or the command line names them, what each gives, and the one way to compute them.
//!
//! | file | what |
//! |---|---|
//! | `dynamic` | kinetics, Tofts, extended Tofts, Patlak: a series over time |
//! | `diffusion` | ADC, IVIM, kurtosis, stretched, CTRW, FROC: a series over b-values |
//! | `relaxation` | T1 from flip angles, relaxometry before and after contrast agent |
//! | `inputs` | what a computation reads: a series with its times or b-values, named volumes, masks and curves |
//!
//! The rule that holds here: [`MapSpec::maps`] says every map and its unit without any data, and [`compute`] gives exactly these; no file is
//! read. To add a kind: its options in one of the files, a variant, and a line in each `match`.

mod diffusion;
mod dynamic;
mod inputs;
mod relaxation;

pub use diffusion::{AdcSpec, CtrwSpec, FrocSpec, IvimSpec, KurtosisSpec, StretchedSpec};
pub use dynamic::{
    AifFile, AifMask, AifSpec, BaselineT1Spec, KineticsSpec, PhaseSpec, SignalSpec, ToftsSpec, ValuesSpec, WeinmannSpec,
};
pub use inputs::{Images, Inputs, Needs, SeriesKind};
pub use relaxation::{RelaxometrySpec, T1Spec};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::Mask;
use crate::parametric::curve_types;
use crate::parametric::info::{AT_BOUND, MapInfo};
use crate::parametric::map::{Maps, VoxelModel, map_voxels};
use crate::parametric::tofts::Exchange;
use crate::parametric::{adc, concentration, ctrw, froc, ivim, kurtosis, stretched};

/// A kind of parametric map with its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum MapSpec {
    /// Semi-quantitative kinetics: peak and mean enhancement, time to peak, wash-in, wash-out, SER, initial areas, curve types.
    Kinetics(KineticsSpec),
    /// Tofts: Ktrans, kep, ve.
    Tofts(ToftsSpec),
    /// Extended Tofts: Ktrans, kep, ve, vp.
    ExtendedTofts(ToftsSpec),
    /// Patlak: Ktrans, vp, for tissue that gives nothing back.
    Patlak(ToftsSpec),
    /// T1 from spoiled gradient echo images at several flip angles.
    T1(T1Spec),
    /// Apparent diffusion coefficient.
    Adc(AdcSpec),
    /// Intravoxel incoherent motion.
    Ivim(IvimSpec),
    /// Diffusion kurtosis.
    Kurtosis(KurtosisSpec),
    /// Stretched exponential.
    Stretched(StretchedSpec),
    /// Continuous-time random walk.
    Ctrw(CtrwSpec),
    /// Fractional order calculus.
    Froc(FrocSpec),
    /// A T1, T2 or proton density map before and after contrast agent, and what changed.
    Relaxometry(RelaxometrySpec),
}

impl MapSpec {
    /// The name of the kind, as a study file writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            MapSpec::Kinetics(_) => "kinetics",
            MapSpec::Tofts(_) => "tofts",
            MapSpec::ExtendedTofts(_) => "extended-tofts",
            MapSpec::Patlak(_) => "patlak",
            MapSpec::T1(_) => "t1",
            MapSpec::Adc(_) => "adc",
            MapSpec::Ivim(_) => "ivim",
            MapSpec::Kurtosis(_) => "kurtosis",
            MapSpec::Stretched(_) => "stretched",
            MapSpec::Ctrw(_) => "ctrw",
            MapSpec::Froc(_) => "froc",
            MapSpec::Relaxometry(_) => "relaxometry",
        }
    }

    /// The maps it gives, without any data: feature columns are known before an image is read.
    pub fn maps(&self) -> Vec<MapInfo> {
        let bounded = |mut maps: Vec<MapInfo>| {
            maps.push(AT_BOUND);
            maps
        };
        match self {
            MapSpec::Kinetics(spec) => spec.maps(),
            MapSpec::Tofts(spec) => bounded(spec.maps(Exchange::Tofts)),
            MapSpec::ExtendedTofts(spec) => bounded(spec.maps(Exchange::ExtendedTofts)),
            MapSpec::Patlak(spec) => bounded(spec.maps(Exchange::Patlak)),
            MapSpec::T1(_) => concentration::MAPS.to_vec(),
            MapSpec::Adc(_) => adc::MAPS.to_vec(),
            MapSpec::Ivim(_) => bounded(ivim::MAPS.to_vec()),
            MapSpec::Kurtosis(_) => kurtosis::MAPS.to_vec(),
            MapSpec::Stretched(_) => bounded(stretched::MAPS.to_vec()),
            MapSpec::Ctrw(_) => bounded(ctrw::MAPS.to_vec()),
            MapSpec::Froc(_) => bounded(froc::MAPS.to_vec()),
            MapSpec::Relaxometry(spec) => spec.quantity.maps(),
        }
    }

    /// Statistics of a region that the maps of this kind have beside their means and percentiles.
    pub fn statistics(&self) -> Vec<MapInfo> {
        match self {
            MapSpec::Kinetics(_) => curve_types::statistics(),
            _ => Vec::new(),
        }
    }

    /// Those statistics over a region, in the order of [`MapSpec::statistics`].
    pub fn measure(&self, maps: &Maps, region: Option<&Mask>) -> Vec<Option<f64>> {
        match self {
            MapSpec::Kinetics(_) => curve_types::measure(maps, region),
            _ => Vec::new(),
        }
    }

    /// What must be read for it.
    pub fn needs(&self) -> Needs {
        match self {
            MapSpec::Kinetics(_) => Needs::series(SeriesKind::Dynamic),
            MapSpec::Tofts(spec) | MapSpec::ExtendedTofts(spec) | MapSpec::Patlak(spec) => spec.needs(),
            MapSpec::T1(spec) => spec.needs(),
            MapSpec::Relaxometry(_) => Needs::series(SeriesKind::BeforeAfter),
            MapSpec::Adc(_)
            | MapSpec::Ivim(_)
            | MapSpec::Kurtosis(_)
            | MapSpec::Stretched(_)
            | MapSpec::Ctrw(_)
            | MapSpec::Froc(_) => Needs::series(SeriesKind::Diffusion),
        }
    }
}

/// Computes the maps of a kind in every voxel of `region` (everywhere without one). `advance` is told how many voxels were done since its last
/// call, from any thread.
///
/// # Errors
/// [`Error::Study`] when the inputs cannot answer: another kind of series, a volume, mask or curve that is not there, too few times or
/// b-values, different grids, settings out of their range.
pub fn compute(spec: &MapSpec, inputs: &Inputs, region: Option<&Mask>, advance: impl Fn(usize) + Sync) -> Result<Maps> {
    let run = Run { inputs, region, advance: &advance };
    match spec {
        MapSpec::Kinetics(spec) => run.with(&spec.model(run.inputs.timing()?)?),
        MapSpec::Tofts(spec) => run.with(&spec.model(Exchange::Tofts, inputs)?),
        MapSpec::ExtendedTofts(spec) => run.with(&spec.model(Exchange::ExtendedTofts, inputs)?),
        MapSpec::Patlak(spec) => run.with(&spec.model(Exchange::Patlak, inputs)?),
        MapSpec::T1(spec) => run.with(&spec.model(inputs)?),
        MapSpec::Adc(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Ivim(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Kurtosis(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Stretched(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Ctrw(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Froc(spec) => run.with(&spec.model(inputs.b_values()?)?),
        MapSpec::Relaxometry(spec) => run.with(&spec.model(inputs)?),
    }
}

/// One model over the inputs.
struct Run<'a, F> {
    inputs: &'a Inputs<'a>,
    region: Option<&'a Mask>,
    advance: &'a F,
}

impl<F: Fn(usize) + Sync> Run<'_, F> {
    fn with<M: VoxelModel>(&self, model: &M) -> Result<Maps> {
        map_voxels(self.inputs.images.series(), self.region, model, self.advance)
    }
}

/// A refusal of inputs.
fn wrong(message: impl std::fmt::Display) -> Error {
    Error::study(message)
}
