//! Modalities: one adapter per source of features.
//!
//! Rule: an adapter turns what one source holds into named columns, one row per case, and says what it noticed. It never sees an
//! outcome, and nothing that it puts into a row depends on the values of other rows, but for what a whole column says about its
//! own coding (percent or fraction, 0/1 or per cent). What is learned from cases is a transform. To add a modality, add a file here.

mod case_files;
pub mod clinical;
mod extracted;
pub mod imported;
mod load;
mod measured;
pub mod mri;
mod pattern;
mod plain;
pub mod preprocess;
pub mod radiomics;
mod several;
pub mod ultrasound;

pub use case_files::{CaseFeatures, CaseFiles, DeclaredColumn, ImageModality, LesionPicture, Outline, View};
pub use extracted::{Extracted, FeatureColumn};
pub use pattern::fits;
pub use several::Several;
