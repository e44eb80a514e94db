//! # vbx — virtual biopsy workbench
//!
//! A researcher has MRI, ultrasound, mammography and clinical data of a few hundred patients and wants to know, honestly,
//! whether fusing them predicts HER2 status, and by how much. `vbx` answers with one study file and one command.
//!
//! Modules in reading order; a module may use only those on lower floors (`tests/layers.rs` holds it).

pub mod cli;
pub mod study;

pub mod report;

pub mod fusion;

pub mod classifier;
pub mod modality;
pub mod transform;

pub mod alignment;
pub mod habitat;
pub mod learn;
pub mod parametric;
pub mod radiomics;
pub mod region;
pub mod simulate;

pub mod image;
pub mod statistic;
pub mod table;

pub mod error;
