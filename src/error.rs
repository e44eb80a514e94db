//! What can go wrong, grouped by who can mend it. Each group has its own exit code, so that a script can tell them apart.
//!
//! | exit code | group | who mends it |
//! |---|---|---|
//! | 0 | success | |
//! | 1 | a bug | us |
//! | 2 | [`Error::Usage`] | whoever typed the command or the study file |
//! | 3 | [`Error::Input`] | whoever keeps the data: a file, a row, a column |
//! | 4 | [`Error::Study`] | whoever designs the study: the data cannot answer the question |
//! | 5 | [`Error::Numeric`] | whoever chooses the model: a fit did not converge, a matrix is singular |
//! | 6 | [`Error::Io`] | whoever runs the machine: disk, permissions |

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error, with enough said for its reader to mend it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The command line or the study file is wrong.
    #[error("{0}")]
    Usage(String),
    /// A data file is not what it should be.
    #[error("{0}")]
    Input(Box<InputError>),
    /// The data cannot answer the question that the study asks (too few events, one class only).
    #[error("{0}")]
    Study(String),
    /// A computation has no answer on these numbers (separation, singularity, no convergence).
    #[error("{0}")]
    Numeric(String),
    /// The operating system refused something.
    #[error("{path}: {message}", path = path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
}

impl Error {
    /// The documented exit code of this group of errors.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            Error::Input(_) => 3,
            Error::Study(_) => 4,
            Error::Numeric(_) => 5,
            Error::Io { .. } => 6,
        }
    }

    /// An [`Error::Usage`].
    pub fn usage(message: impl fmt::Display) -> Self {
        Error::Usage(message.to_string())
    }

    /// An [`Error::Study`].
    pub fn study(message: impl fmt::Display) -> Self {
        Error::Study(message.to_string())
    }

    /// An [`Error::Numeric`].
    pub fn numeric(message: impl fmt::Display) -> Self {
        Error::Numeric(message.to_string())
    }

    /// An [`Error::Io`] about `path`.
    pub fn io(path: impl AsRef<Path>, cause: impl fmt::Display) -> Self {
        Error::Io { path: path.as_ref().to_path_buf(), message: cause.to_string() }
    }
}

/// A fault in a data file: where it is, what stands there, what should.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InputError {
    /// The file.
    pub path: PathBuf,
    /// One-based line or row as a spreadsheet counts it (the header is row 1).
    pub row: Option<usize>,
    /// The column's name as it stands in the file.
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What was expected, or what to do.
    pub expected: String,
}

impl InputError {
    /// A fault of the whole file.
    pub fn new(path: impl AsRef<Path>, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        InputError {
            path: path.as_ref().to_path_buf(),
            found: found.to_string(),
            expected: expected.to_string(),
            ..Default::default()
        }
    }

    /// Points at a row (one-based, the header is row 1).
    pub fn at_row(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }

    /// Points at a column.
    pub fn in_column(mut self, column: impl fmt::Display) -> Self {
        self.column = Some(column.to_string());
        self
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}

impl From<InputError> for Error {
    fn from(fault: InputError) -> Self {
        Error::Input(Box::new(fault))
    }
}
