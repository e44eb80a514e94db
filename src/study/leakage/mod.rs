//! Columns that give the outcome away: by what they are called, and by how well one alone tells the classes apart.
//!
//! Rule: a column that defines the outcome (HER2 IHC and ISH, subtype) is no feature. A column that may give it away (treatment,
//! response, survival, near-perfect separation) is named in a warning and stays in: only the researcher knows whether it was on
//! record before the outcome was. Nothing here changes a value or chooses a feature by its relation to the outcome.

mod name;
mod value;

pub use name::{by_name, by_names};
pub use value::{Separation, by_categories, by_numbers};

/// What to do about a column that gives the outcome away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It defines the outcome, and is no feature.
    Excluded,
    /// It may give the outcome away; it stays, with a warning.
    Warned,
}

/// A column that gives the outcome away, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The column.
    pub column: String,
    /// Why, as the rest of a sentence that begins with the column.
    pub why: String,
    /// What to do.
    pub verdict: Verdict,
}

impl std::fmt::Display for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let consequence = match self.verdict {
            Verdict::Excluded => "It is not used as a feature",
            Verdict::Warned => "It is used; leave it out unless it was on record before the outcome was known",
        };
        write!(f, "`{}` {}. {consequence}.", self.column, self.why)
    }
}
