//! Cohorts whose truth is known: the tables of a breast-imaging study, made from a preset, with the answer written beside them.
//!
//! A study that fuses modalities can only be trusted to say "fusion helps by this much" if it says so, by the right amount,
//! where the right amount is known, and says "it does not" where nothing is there. This module makes such cohorts: HER2 by
//! IHC and ISH, clinical variables, one feature table per modality, sites with their shifts, missing modalities.
//!
//! The rule that holds here: **everything about patient `i` follows from the preset and `i` alone**. No draw depends on how many
//! patients there are, on the thread that makes them, or on whether they go to memory or to disk.
//!
//! The truth in one paragraph. HER2 is reached in two steps: positive or not, then low or zero among those that are not. Each
//! modality block carries one score for each step. The score of the first step is N(0, 1) in HER2-negative and N(d, 1) in
//! HER2-positive tumours; that of the second is N(0, 1) in HER2-zero and N(d, 1) in HER2-low tumours, and a positive tumour draws
//! it as a negative one of its site would, so that it says nothing about the first step. Hence every block's AUC is Φ(d/√2) for
//! both steps, blocks fuse by Mahalanobis' distance ([`binormal`]), and both steps are exactly logistic in the scores.
//!
//! | file | what it knows |
//! |---|---|
//! | [`preset`](mod@preset) | what a user may ask for: TOML, its checks, the built-in presets |
//! | [`stream`] | one random generator per (seed, purpose, index) |
//! | [`binormal`] | AUC and separation, correlated scores, the best fusion |
//! | [`class`] | HER2-zero, low, positive |
//! | [`her2`] | IHC and ISH that the ASCO/CAP rules read back as the class |
//! | [`variable`] | one clinical variable: its law in each class |
//! | [`clinical`] | all of them, and the score that they make together |
//! | [`feature_name`] | the names that PyRadiomics gives |
//! | [`block`] | one modality's features from its two scores |
//! | [`site`] | centres: prevalence, shift, missing examinations |
//! | [`design`] | all that is drawn once, and from it each patient |
//! | [`images`] | image cohorts: phantom, MRI, ultrasound, mammography |
//! | [`cohort`] | the whole cohort in memory |
//! | [`truth`] | what is true of the cohort, and each patient's class probabilities |
//! | [`write`](mod@write) | the folder, as CSV or Parquet |
//!
//! To add a kind of clinical variable: a variant of [`preset::Distribution`] and its arm in [`variable`]. To add a built-in
//! preset: a file in `pipelines/presets/` and its line in [`preset::BUILT_IN`].

pub mod binormal;
pub mod block;
pub mod class;
pub mod clinical;
pub mod cohort;
pub mod design;
pub mod feature_name;
pub mod her2;
pub mod images;
pub mod preset;
pub mod site;
pub mod stream;
pub mod truth;
pub mod variable;
pub mod write;

pub use class::Her2Class;
pub use cohort::{SimulatedCohort, in_memory};
pub use design::{Design, Patient};
pub use preset::{CohortPreset, preset, presets};
pub use truth::Truth;
pub use write::{Format, IfPresent, WriteOptions, WrittenFile, write, write_with};
