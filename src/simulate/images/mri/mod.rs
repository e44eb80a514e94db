//! MRI of the phantom: physics first, then what scanners and patients add to it.
//!
//! | file | what it knows |
//! |---|---|
//! | [`perfusion`] | contrast agent in tissue: Parker's input function through the extended Tofts model |
//! | [`signal`] | signal equations: spoiled gradient echo, spin echo, diffusion |
//! | [`artefact`] | Rician noise, receive field, motion between images |
//! | [`dynamic`] | the dynamic contrast-enhanced series |
//! | [`examination`] | all sequences of one visit |
//!
//! The simulator has its own physics, so that the code which measures images is tested against another hand.

pub mod artefact;
pub mod dynamic;
pub mod examination;
pub mod perfusion;
pub mod signal;

pub use examination::{Examination, Sequence, examine};
