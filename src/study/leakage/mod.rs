//! Columns that give the outcome away: by what they are called, and by how well one alone tells the classes apart.
//!
//! Rule: a column that defines the outcome (HER2 IHC and ISH, subtype) is no feature. A column that may give it away (treatment,
//! response, survival, near-perfect separation) is named in a warning and stays in: only the researcher knows whether it was on
//! record before the outcome was. Nothing here changes a value or chooses a feature by its relation to the outcome.

mod name;
mod value;

pub use name::{by_name, by_names};
pub use value::{Separation, by_categories, by_numbers};

use crate::table::ColumnView;

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

/// Why the values of a column give the outcome away, if they do. `class` is the class of each row, `None` where it has none.
pub fn by_value(column: &str, values: ColumnView<'_>, class: &[Option<usize>], classes: &[String]) -> Option<Leak> {
    let rows: Vec<(usize, usize)> = class.iter().enumerate().filter_map(|(row, class)| class.map(|class| (row, class))).collect();
    let class: Vec<usize> = rows.iter().map(|(_, class)| *class).collect();
    let why = match values {
        ColumnView::Scalar(values) => {
            let values: Vec<Option<f64>> = rows.iter().map(|(row, _)| values[*row]).collect();
            by_numbers(&values, &class, classes.len())?.words(classes, &[])
        }
        ColumnView::Category { codes, levels } => {
            let codes: Vec<Option<usize>> = rows.iter().map(|(row, _)| codes[*row].map(|code| code as usize)).collect();
            by_categories(&codes, &class, classes.len())?.words(classes, levels)
        }
        ColumnView::Array(_) => return None,
    };
    Some(Leak { column: column.to_string(), why, verdict: Verdict::Warned })
}
