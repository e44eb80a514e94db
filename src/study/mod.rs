//! A study from file to answer.

pub mod leakage;
pub mod ordered;
pub mod outcome;
pub mod results;
pub mod spec;
