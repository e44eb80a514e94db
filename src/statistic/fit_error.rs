//! Why a regression has no estimate, precise enough that its reader knows which column to look at.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::estimate::Undefined;

/// Why a logistic, multinomial or ordinal regression could not be fitted. Columns are numbered from 0 as they were handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitError {
    /// Two inputs differ in length.
    Lengths {
        /// Rows of the outcome.
        expected: usize,
        /// Rows of the other input.
        found: usize,
    },
    /// A column (or offset, or weight: `None`) holds a NaN or an infinite value.
    NotFinite {
        /// The column.
        column: Option<usize>,
    },
    /// A case weight is negative, or all are zero.
    Weights,
    /// The outcome has fewer than two classes with cases in them.
    OneClass,
    /// An outcome code is not below the number of classes, or a class has no case.
    Classes,
    /// There are no more cases than parameters.
    TooFewCases {
        /// Cases.
        cases: usize,
        /// Parameters, intercepts among them.
        parameters: usize,
    },
    /// The column has one value only: the intercept says the same.
    Constant {
        /// The column.
        column: usize,
    },
    /// The column is a linear combination of the intercept and the columns before it.
    Collinear {
        /// The column.
        column: usize,
    },
    /// A combination of these columns predicts the outcome perfectly, for all cases (`complete`) or for some of them: the likelihood has no
    /// maximum, coefficients grow without bound.
    Separated {
        /// The columns of the combination; one of them alone where one suffices.
        columns: Vec<usize>,
        /// Every case is predicted perfectly.
        complete: bool,
    },
    /// Newton's method did not settle.
    NoConvergence {
        /// Iterations done.
        iterations: usize,
    },
}

impl FitError {
    /// The reason in words, columns called by `names`.
    pub fn describe(&self, names: &[impl AsRef<str>]) -> String {
        let name = |column: usize| match names.get(column) {
            Some(name) => format!("`{}`", name.as_ref()),
            None => format!("column {}", column + 1),
        };
        match self {
            FitError::Lengths { expected, found } => format!("{found} values where there are {expected} cases"),
            FitError::NotFinite { column: Some(column) } => format!("{} has missing or infinite values", name(*column)),
            FitError::NotFinite { column: None } => "offset or weights have missing or infinite values".into(),
            FitError::Weights => "case weights must be non-negative and not all zero".into(),
            FitError::OneClass => "all cases have the same outcome".into(),
            FitError::Classes => "an outcome class has no case, or a case has no class".into(),
            FitError::TooFewCases { cases, parameters } => {
                format!("{cases} cases are too few for {parameters} parameters")
            }
            FitError::Constant { column } => format!("{} has the same value in all cases", name(*column)),
            FitError::Collinear { column } => {
                format!("{} repeats a combination of the columns before it; leave one out", name(*column))
            }
            FitError::Separated { columns, complete } => {
                let list = columns.iter().map(|&c| name(c)).collect::<Vec<_>>().join(", ");
                let (verb, whom) = (
                    if columns.len() == 1 { "separates" } else { "together separate" },
                    if *complete { "all cases" } else { "some cases" },
                );
                format!(
                    "{list} {verb} the outcome perfectly in {whom}: no finite coefficient exists; drop or merge levels, or penalise (Firth)"
                )
            }
            FitError::NoConvergence { iterations } => format!("no convergence after {iterations} iterations"),
        }
    }
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(&[] as &[&str]))
    }
}

impl std::error::Error for FitError {}

impl From<FitError> for Undefined {
    fn from(error: FitError) -> Self {
        Undefined::because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_columns_where_it_can() {
        let error = FitError::Separated { columns: vec![1], complete: false };
        assert!(error.to_string().starts_with("column 2 separates the outcome perfectly in some cases"));
        assert!(error.describe(&["age", "ki67"]).starts_with("`ki67` separates"));
        assert_eq!(Undefined::from(FitError::OneClass).0, "all cases have the same outcome");
    }
}
