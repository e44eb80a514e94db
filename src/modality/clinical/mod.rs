//! Clinical and pathological variables, and what radiologists describe in words.
//!
//! Rule: what a column and its values mean stands in the [`dictionary`]; what follows from several values is a rule of its own
//! file, pure and named after its guideline; the [`adapter`](extract) only applies them and says what it did. To add a variable,
//! add it to the dictionary; to add a rule, add a file.

mod adapter;
pub mod dictionary;
pub mod her2;
mod interval;
pub mod ki67;
pub mod receptor;
pub mod stage;
pub mod subtype;
mod text;
mod value;

pub use adapter::{ClinicalOptions, extract};
pub use interval::Interval;
pub(crate) use text::{fold, key};
pub(crate) use value::{says_nothing, sign};
