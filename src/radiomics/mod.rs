//! Radiomics: features of a region of an image, as IBSI defines them and as PyRadiomics computes them.

pub mod feature;
pub mod filter;
pub mod first_order;
pub mod intensity_histogram;
pub mod intensity_statistics;
pub mod intensity_volume_histogram;
pub mod local_intensity;
mod moments;
pub mod morphology;
mod percentile;
pub mod resegment;
pub mod roi;
pub mod shape;
pub mod shape_2d;

pub use feature::{Definition, Values};
pub use resegment::Keep;
pub use roi::Roi;
