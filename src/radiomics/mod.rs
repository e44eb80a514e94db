//! Radiomics: features of a region of an image, as IBSI defines them and as PyRadiomics computes them.

pub mod feature;
pub mod filter;
pub mod resegment;
pub mod roi;

pub use feature::{Definition, Values};
pub use resegment::Keep;
pub use roi::Roi;
