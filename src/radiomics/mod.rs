//! Radiomics: features of a region of an image, as IBSI defines them and as PyRadiomics computes them.

pub mod discretise;
pub mod feature;
pub mod filter;
pub mod texture;

pub use discretise::{Discretisation, Levels};
pub use feature::{Definition, Values};
