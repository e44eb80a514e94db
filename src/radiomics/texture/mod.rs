//! Textures: how grey levels are arranged, by the standard's six families of matrices.
//!
//! The rule here: a matrix is counted on a padded box ([`field`]), so that no neighbour needs a test, and kept by its cells that
//! are not zero ([`tally`]), so that memory follows the region and not the square of its levels. A new family is a file with
//! `FEATURES` and `features`, and where PyRadiomics has it `PYRADIOMICS` and `pyradiomics`; [`families`] lists them.

pub mod aggregation;
mod cooccurrence;
pub mod families;
mod field;
pub mod glcm;
pub mod gldzm;
pub mod glrlm;
pub mod glszm;
mod maximal_correlation;
mod neighbourhood;
pub mod ngldm;
pub mod ngtdm;
pub mod pyradiomics;
mod size_matrix;
mod tally;
mod zones;

pub use aggregation::{Aggregation, Extent};
pub use families::Family;
pub use pyradiomics::{Norm, Settings};
