//! The outcome of each case: what the study predicts, derived from the table by stated rules.
//!
//! Rule: this is the only place that makes outcomes, and it makes nothing else. It hands back a class or a reason per row and
//! never a column, so that no feature can come from here; extraction (`modality`) never calls it. To add a question about HER2,
//! add a variant to [`Task`](crate::study::spec::Task) and its classes to `task.rs`.

mod cases;
mod column;
mod her2;
mod task;

pub use cases::{CaseOutcome, Outcome, Stage};
pub use her2::{her2_columns, her2_of_rows};

use crate::error::{Error, Result};
use crate::study::spec::OutcomeSpec;
use crate::table::RawTable;

/// The outcome of every row of `table`, or why a row has none.
///
/// # Errors
/// [`Error::Usage`] if the study asks for nothing, for two things, or for something that makes no sense; [`Error::Input`] if a
/// column that it names is not there; [`Error::Study`] if the table has none of the columns, or a class has no case.
pub fn derive(spec: &OutcomeSpec, table: &RawTable) -> Result<Outcome> {
    let mut outcome = match (spec.task, &spec.column) {
        (Some(task), None) => her2::derive(task, &spec.her2, table),
        (None, Some(column)) => column::derive(spec, column, table),
        (Some(_), Some(_)) => Err(Error::usage("outcome: `task` and `column` exclude each other; keep one")),
        (None, None) => Err(Error::usage("outcome: say what is predicted, with `task` (a question about HER2) or with `column`")),
    }?;
    if let Some(label) = &spec.label {
        outcome.name = label.clone();
    }
    outcome.with_every_class()
}

/// `1 row`, `7 rows`.
fn rows(n: usize) -> String {
    if n == 1 { "1 row".to_string() } else { format!("{n} rows") }
}
