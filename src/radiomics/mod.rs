//! Radiomics: features of a region of an image, as IBSI defines them and as PyRadiomics computes them.
//!
//! In reading order: a [`roi`] is cut out of image and mask and may be [re-segmented](resegment); the families of [`family`] measure it,
//! textures after [discretisation](discretise); [`filter`]s give further images to measure; [`extract`] does all this in the order of one
//! of two definitions, whose [`settings`] may come from a [PyRadiomics parameter file](pyradiomics_params). The rule here: a family file
//! lists its features once, in the order in which it returns values.

pub mod dictionary;
pub mod discretise;
pub mod extract;
pub mod family;
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
pub mod pyradiomics_params;
pub mod resegment;
pub mod roi;
pub mod settings;
pub mod shape;
pub mod shape_2d;
pub mod texture;

pub use discretise::{Discretisation, Levels};
pub use extract::{Extractor, Feature};
pub use feature::{Definition, Values};
pub use resegment::Keep;
pub use roi::Roi;
pub use settings::Settings;
