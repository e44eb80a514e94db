//! Tables: reading what researchers already have, and the feature table that everything else learns from.
//!
//! The rule: nothing is repaired silently. Whatever a file holds is read as it is, and every decision (a separator, an encoding,
//! a decimal comma, a word for a missing value, a dropped column, two spellings of one patient) leaves a [`Finding`] that says
//! what was noticed and by which stated rule it was handled. What cannot be decided is an error that says what to do. Missing is
//! `None`, never 0 or NaN. No data frame leaves this module.
//!
//! From a file to a table:
//! - [`read`](read()): CSV, TSV and other text (`delimited`, `sniff`, `encoding`), workbooks (`excel`), Parquet (`parquet`);
//!   what the file holds becomes a `sheet`, whose `header` is cleaned and whose columns are typed (`infer`, by `number` and
//!   `missing`): a [`RawTable`]
//! - [`identify`]: case, patient and site of each row; [`harmonise`]: one spelling per patient over several files
//! - [`audit`](audit()): columns that repeat others, are constant, empty or hold impossible values
//!
//! The feature table:
//! - [`FeatureTable`] of [`Column`]s by [`FeatureName`], with a [`FeatureDictionary`], joined by case (`join`) and kept as
//!   Parquet (`feature_file`)
//!
//! Writing: [`mod@file`] (whole files or none), [`PlainTable`] (predictions, folds).
//!
//! To read a new format, write a file that makes a `sheet::Sheet` of it and name its first bytes in `read`.

mod audit;
mod column;
mod date;
mod delimited;
mod dictionary;
mod encoding;
mod excel;
mod feature_file;
mod feature_name;
mod feature_table;
pub mod file;
mod finding;
mod grouped;
mod guard;
mod header;
mod id_names;
mod id_spelling;
mod identifier;
mod infer;
mod join;
mod limits;
mod missing;
mod number;
mod parquet;
mod raw;
mod read;
mod sheet;
mod sniff;
mod text;
mod text_cells;
mod write;

pub use audit::audit;
pub use column::{ArrayView, Column, ColumnView, Kind};
pub use date::is_date;
pub use dictionary::{FeatureDictionary, FeatureInfo, ImageOrigin, Origin};
pub use feature_name::FeatureName;
pub use feature_table::FeatureTable;
pub use finding::{Finding, Level};
pub use grouped::{Grouped, group_by_case};
pub use id_spelling::harmonise;
pub use identifier::{IdMapping, Identifiers, identify};
pub use join::ModalityPresence;
pub use number::{Decimal, parse_number};
pub use raw::{Cells, RawColumn, RawTable};
pub use read::{ReadOptions, read};
pub use write::{PlainColumn, PlainTable};
