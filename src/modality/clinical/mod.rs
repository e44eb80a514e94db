//! Clinical variables.
mod interval;
pub mod dictionary;
pub mod her2;
pub mod ki67;
pub mod receptor;
pub mod stage;
pub mod subtype;
mod text;
mod value;
pub use interval::Interval;
pub(crate) use text::{fold, key};
pub(crate) use value::{says_nothing, sign};
