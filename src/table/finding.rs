//! What was noticed about the data, and by which stated rule it was handled.

use std::fmt;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding asks of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Handled by a rule that changes no value that matters; good to know.
    Info,
    /// Handled by a rule that may be wrong for these data; worth a look.
    Caution,
    /// The data are probably not what their owner believes; look before using the results.
    Warning,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Info => "info",
            Level::Caution => "caution",
            Level::Warning => "warning",
        })
    }
}

/// One thing that was noticed in the data.
///
/// The message states both the fact and the rule by which it was handled. It never holds a patient's identifier: rows are
/// named by their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How much it asks of the reader.
    pub level: Level,
    /// A stable name in kebab-case, such as `duplicate-column`, for programs and documentation.
    pub code: String,
    /// The fact and the rule, as sentences.
    pub message: String,
    /// The file concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The columns concerned, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The first rows concerned (at most [`Finding::MAX_ROWS`]), as a spreadsheet counts; the message tells how many there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<usize>,
}

impl Finding {
    /// How many rows a finding names at most.
    pub const MAX_ROWS: usize = 100;

    /// A finding about no file, column or row yet.
    pub fn new(level: Level, code: &str, message: impl fmt::Display) -> Self {
        Finding { level, code: code.to_owned(), message: message.to_string(), file: None, columns: Vec::new(), rows: Vec::new() }
    }

    /// An [`Level::Info`].
    pub fn info(code: &str, message: impl fmt::Display) -> Self {
        Finding::new(Level::Info, code, message)
    }

    /// A [`Level::Caution`].
    pub fn caution(code: &str, message: impl fmt::Display) -> Self {
        Finding::new(Level::Caution, code, message)
    }

    /// A [`Level::Warning`].
    pub fn warning(code: &str, message: impl fmt::Display) -> Self {
        Finding::new(Level::Warning, code, message)
    }

    /// Names the file.
    pub fn in_file(mut self, path: impl AsRef<Path>) -> Self {
        self.file = Some(path.as_ref().to_path_buf());
        self
    }

    /// Names the columns.
    pub fn in_columns<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Names the rows; only the first [`Finding::MAX_ROWS`] are kept.
    pub fn at_rows(mut self, rows: impl IntoIterator<Item = usize>) -> Self {
        self.rows = rows.into_iter().take(Finding::MAX_ROWS).collect();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.level)?;
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        write!(f, "{}", self.message)?;
        if !self.columns.is_empty() {
            write!(f, " [{}]", first_few(&self.columns, 5))?;
        }
        if !self.rows.is_empty() {
            write!(f, " [rows {}]", first_few(&self.rows, 3))?;
        }
        Ok(())
    }
}

/// The first `n` items separated by commas, and how many more there are.
pub(super) fn first_few<T: fmt::Display>(items: &[T], n: usize) -> String {
    let shown = items.iter().take(n).map(T::to_string).collect::<Vec<_>>().join(", ");
    if items.len() > n { format!("{shown} and {} more", items.len() - n) } else { shown }
}

/// `1 row`, `2 rows`: a count with its noun.
pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_one_line_and_survives_json() {
        let finding = Finding::caution("duplicate-column", "2 columns repeat others")
            .in_file("a.csv")
            .in_columns(["x", "y"])
            .at_rows([4, 5, 6, 7]);
        assert_eq!(finding.to_string(), "caution: a.csv: 2 columns repeat others [x, y] [rows 4, 5, 6 and 1 more]");
        let json = serde_json::to_string(&finding).unwrap();
        assert!(json.contains(r#""level":"caution","code":"duplicate-column""#), "{json}");
        assert_eq!(serde_json::from_str::<Finding>(&json).unwrap(), finding);
    }

    #[test]
    fn levels_are_ordered_by_gravity() {
        assert!(Level::Info < Level::Caution && Level::Caution < Level::Warning);
    }
}
