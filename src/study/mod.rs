//! A study from file to answer.

pub mod results;
