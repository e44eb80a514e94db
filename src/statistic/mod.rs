//! Statistics: slices in, estimates out. Pure: nothing of ours is used here, nothing is read, nothing is printed;
//! randomness is a generator that the caller passes in.

pub mod auc;
pub(crate) mod beta;
pub mod correlated;
pub mod delong;
pub mod estimate;
mod infinite;
pub mod normal;
pub mod placement;
mod quadratic_form;
pub mod quantile;
pub mod r_pretty;
pub mod rank;
pub mod stratified;
