//! Image cohorts whose truth is known.
pub mod biology;
pub mod breast;
pub mod course;
pub mod descriptor;
pub mod design;
pub mod effect;
pub mod field;
pub mod gene;
pub mod geometry;
pub mod harmonic;
pub mod lesion;
pub mod mammography;
pub mod mri;
pub mod phantom;
pub mod preset;
pub mod ultrasound;
pub mod write;

pub use biology::Biology;
pub use design::ImageDesign;
pub use phantom::Phantom;
pub use preset::{ImagePreset, image_preset, image_presets};
pub use write::write;
