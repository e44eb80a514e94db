//! A study from file to answer.

pub mod leakage;
pub mod outcome;
pub mod results;
