//! Parametric maps: what a series of images says about the tissue in each voxel.
//!
//! | question | file |
//! |---|---|
//! | what was measured: times or b-values, and one signal per voxel and image? | `series` |
//! | how does the contrast agent come and go, without a model? | `kinetics` (PE, TTP, wash-in, wash-out, SER, iAUC, curve type) |
//! | how much agent is in the tissue? | `concentration` (SPGR signal to mM, T1 from variable flip angles) |
//! | how much agent does the blood bring? | `aif` (Parker, Weinmann, Georgiou, measured) |
//! | how fast does it cross into the tissue? | `tofts` (Tofts, extended Tofts, Patlak), over `kep_table` and `convolution` |
//! | how freely does water move? | `adc`, `ivim`, `kurtosis`, `stretched`, `ctrw` (over `mittag_leffler`), `froc` |
//! | what does the agent change in T1, T2, PD? | `relaxometry` |
//! | what do the curve types say of a whole lesion? | `curve_types` |
//! | the same in every voxel of a region | `map` ([`map_voxels`]), `block` |
//! | what is a map called, what is its unit? | `info` |
//! | how does a study name a map, and get it? | `spec` ([`MapSpec`], [`compute`]) |
//! | how are parameters searched? | `least_squares`, `minimum`, `products`, `subspace`; what diffusion fits share: `diffusion` |
//!
//! The rule that holds here: a quantity that the signal does not define is null in that voxel, with a [`Failure`] that is counted, never a
//! made-up number; times are seconds, rates per minute, concentrations mM, b-values s/mm², diffusivities mm²/s. To add a map: one file
//! with a type that implements [`VoxelModel`], a variant of [`MapSpec`], its identity limits and a simulation with a known truth as tests.

pub mod adc;
pub mod aif;
pub mod block;
pub mod concentration;
pub mod convolution;
pub mod ctrw;
pub mod curve_types;
pub mod diffusion;
pub mod failure;
pub mod froc;
pub mod info;
pub mod ivim;
pub mod kep_table;
pub mod kinetics;
pub mod kurtosis;
pub mod least_squares;
pub mod map;
pub mod minimum;
pub mod mittag_leffler;
pub mod products;
pub mod relaxometry;
pub mod series;
pub mod spec;
pub mod stretched;
pub mod subspace;
pub mod tofts;

pub use aif::{Aif, Curve, Population};
pub use failure::{Failure, Fit};
pub use info::{MapInfo, MapKind};
pub use map::{Maps, VoxelModel, map_voxels};
pub use series::{BValues, Series, Timing};
pub use spec::{Images, Inputs, MapSpec, compute};
pub use tofts::{Delay, Exchange, Pharmacokinetics};
