//! Tables.

pub mod feature_name;
pub mod feature_table;
pub mod file;
pub mod write;

pub use feature_name::FeatureName;
