//! A study from file to answer.
//!
//! | step | module |
//! |---|---|
//! | the file as typed | [`spec`] |
//! | checked against the data: cohort, folds, arms | [`plan`] (with [`outcome`] and [`leakage`]) |
//! | from words to learners | [`arms`] |
//! | fitted on all folds, resumable | [`run`], [`cache`] |
//! | compared | [`compare`] (of any tool's predictions: [`compare_file`]) |
//! | described beside performance | [`describe`] |
//! | the answer as data | [`results`] |
//! | contracts of the files | [`schema`] |

pub mod arms;
pub mod cache;
pub mod choice;
pub mod compare;
pub mod compare_file;
pub mod describe;
pub mod extract;
pub mod leakage;
pub mod ordered;
pub mod outcome;
pub mod plan;
pub mod results;
pub mod run;
pub mod schema;
pub mod scored;
pub mod spec;
