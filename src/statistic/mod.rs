//! Statistics: slices in, estimates out. Pure: nothing of ours is used here, nothing is read, nothing is printed;
//! randomness is a generator that the caller passes in.

pub mod auc;
pub mod backward;
pub(crate) mod beta;
pub mod correlated;
pub mod delong;
pub mod estimate;
pub mod firth;
pub mod fit_error;
mod infinite;
pub(crate) mod linear;
pub mod logistic;
pub mod logistic_inference;
pub mod model_indices;
pub mod multinomial;
pub mod loess;
pub mod lowess;
mod newton;
pub mod normal;
pub mod ordinal;
pub mod placement;
mod quadratic_form;
pub mod quantile;
pub mod r_pretty;
pub mod rank;
mod separation;
