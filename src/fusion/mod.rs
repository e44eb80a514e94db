//! Fusion strategies. Each is a [`Learner`](crate::learn::Learner) over the columns of several modalities, so it is fitted, cross-fitted and
//! compared like any classifier.
//!
//! | strategy | what is fused | a case that lacks a modality |
//! |---|---|---|
//! | [`Signature`] (single) | nothing: one modality's model | has no prediction |
//! | [`Early`] | columns, block by block, into one model | its columns are imputed and flagged in training-row terms |
//! | [`Late`] | probabilities, averaged | is averaged over the modalities it has |
//! | [`SecondStage`] (stacking) | scores, by a second model fitted on inner out-of-fold scores | the score is the training mean |
//! | [`SecondStage`] (nomogram) | scores and clinical variables, in one regression model with a points scale | likewise; variables are imputed |
//!
//! To add one: a file with its `Learner`, an arm in `study::spec::ArmSpec`, a row in this table.

mod cascade;
mod early;
mod late;
mod second_stage;
mod signature;

pub use cascade::Cascade;
pub use early::Early;
pub use late::{Late, LateWeights};
pub use second_stage::SecondStage;
pub use signature::Signature;
