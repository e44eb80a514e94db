//! Image cohorts whose truth is known: MRI, ultrasound and mammography of patients whose tumours follow from their HER2 class.
//!
//! A tool that measures images can only be trusted where the answer is known. This module makes whole multimodal cohorts in
//! real file
//! formats, on top of the tabular simulator: it takes patients, classes, sites, clinical variables, and for each modality the two
//! latent scores with their AUC and correlation. [`effect`] turns the scores into image parameters (perfusion, diffusion, echo
//! level,
//! density …) so that **the best use of a modality's parameters has exactly the AUC that the preset asks for**; phantom and
//! physics
//! turn parameters into images.
//!
//! The rule that holds here: **everything about patient `i` follows from the preset and `i` alone**: same bytes for any number of
//! threads, and after an interruption. The simulator has its own physics and uses nothing that measures images (`parametric`,
//! `habitat`, `radiomics`, `region`): the truth comes from another hand than the code under test.
//!
//! | file | what it knows |
//! |---|---|
//! | [`preset`](mod@preset) | what a user may ask for: TOML, its checks, the built-in presets |
//! | [`design`] | all that is drawn once: sites' protocols, effects |
//! | [`effect`] | a modality's scores → its parameters |
//! | [`biology`] | one patient's tumour before any scanner sees it |
//! | [`field`], [`harmonic`], [`geometry`] | smooth random fields, rounded surfaces, rigid motion |
//! | [`breast`], [`lesion`], [`phantom`] | outline, skin, gland, muscle; shape, margin, habitats; both together as tissue |
//! | [`mri`] | perfusion, signal, artefacts, all sequences of a visit |
//! | [`ultrasound`] | anatomy, speckle, the machine's picture |
//! | [`mammography`] | rays through the compressed breast, display |
//! | [`descriptor`] | BI-RADS, read off the phantom |
//! | [`course`], [`gene`] | response, survival; gene expression |
//! | [`write`](mod@write) | the folder: BIDS-like tree, manifests, truth |
//!
//! To add a parameter: its field in [`preset`](mod@preset)'s list and its entry in `pipelines/presets/images/default.toml`; to
//! add a
//! sequence: one [`mri::Sequence`] in [`mri::examine`]; to add a built-in preset: a file in `pipelines/presets/images/` and its
//! line
//! in [`preset::BUILT_IN`].

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
