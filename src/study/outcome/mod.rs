//! The outcome of each case: what the study predicts, derived from the table by stated rules.
//!
//! Rule: this is the only place that makes outcomes, and it makes nothing else. It hands back a class or a reason per case and
//! never a column, so that no feature can come from here; extraction (`modality`) never calls it. To add a task, add a variant
//! to [`Her2Task`] with its classes.

mod cases;
mod column;
mod her2;
mod task;

pub use cases::{CaseOutcome, Outcome, Stage};
pub use column::ColumnOutcome;
pub use her2::{Her2Columns, Her2Question};
pub use task::Her2Task;

use crate::error::Result;
use crate::table::RawTable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a study predicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeSpec {
    /// HER2 status, derived from IHC and ISH.
    Her2(Her2Question),
    /// The values of any column.
    Column(ColumnOutcome),
}

impl OutcomeSpec {
    /// The outcome of every row of `table`, or why a row has none.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) if a column is not there,
    /// [`Error::Usage`](crate::error::Error::Usage) if the task makes no sense,
    /// [`Error::Study`](crate::error::Error::Study) if a class has no case.
    pub fn derive(&self, table: &RawTable) -> Result<Outcome> {
        match self {
            OutcomeSpec::Her2(question) => question.derive(table),
            OutcomeSpec::Column(column) => column.derive(table),
        }
    }
}

/// `1 row`, `7 rows`.
fn rows(n: usize) -> String {
    if n == 1 { "1 row".to_string() } else { format!("{n} rows") }
}
