//! Outcomes of cases, with the reasons for those that have none.

use crate::error::{Error, Result};
use crate::modality::clinical::dictionary::Question;
use crate::table::Finding;

/// The outcome of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseOutcome {
    /// The position of its class.
    Class(usize),
    /// Left out, and why; equal reasons are counted together in the flow diagram.
    Excluded(String),
}

/// One of several binary questions that are asked one after the other (cascade).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The question in words, e.g. `HER2 positive versus zero or low`.
    pub name: String,
    /// Positions of the classes that are no event here.
    pub rest: Vec<usize>,
    /// Positions of the classes that are the event here; they leave the cascade.
    pub event: Vec<usize>,
}

/// What is predicted, for every row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What is predicted, in words, e.g. `HER2 positive versus zero or low`.
    pub name: String,
    /// Names of the classes; of two the last is the event.
    pub classes: Vec<String>,
    /// Whether the classes are ordered.
    pub ordered: bool,
    /// The binary questions of a cascade in sequence; empty otherwise.
    pub stages: Vec<Stage>,
    /// One entry per row.
    pub cases: Vec<CaseOutcome>,
    /// The rules by which the classes were derived, a sentence each.
    pub rules: Vec<String>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// The columns that the outcome was derived from; none of them may be a feature.
    pub columns: Vec<String>,
    /// What is asked, as far as the dictionary knows variables that give the answer away.
    pub question: Question,
}

impl Outcome {
    /// The event, where there are two classes.
    pub fn event(&self) -> Option<&str> {
        match self.classes.as_slice() {
            [_, event] => Some(event),
            _ => None,
        }
    }

    /// The class of each row, `None` where it is left out.
    pub fn class_of_rows(&self) -> Vec<Option<usize>> {
        self.cases.iter().map(|case| if let CaseOutcome::Class(class) = case { Some(*class) } else { None }).collect()
    }

    /// Cases per class.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for class in self.class_of_rows().into_iter().flatten() {
            counts[class] += 1;
        }
        counts
    }

    /// Reasons for exclusion with their numbers of rows, most frequent first, then by name.
    pub fn exclusions(&self) -> Vec<(String, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for case in &self.cases {
            if let CaseOutcome::Excluded(reason) = case {
                *counts.entry(reason.clone()).or_insert(0) += 1;
            }
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        counts
    }

    /// The same outcome if every class has a case.
    ///
    /// # Errors
    /// [`Error::Study`] that names the empty class and says where the rows went.
    pub(super) fn with_every_class(self) -> Result<Self> {
        let counts = self.counts();
        let Some(empty) = counts.iter().position(|&n| n == 0) else { return Ok(self) };
        let found: Vec<String> = self.classes.iter().zip(&counts).map(|(class, n)| format!("{class} {n}")).collect();
        let left_out: Vec<String> = self.exclusions().iter().map(|(reason, n)| format!("{n} × {reason}")).collect();
        Err(Error::study(format!(
            "No case is `{}`, so the study cannot ask for {}. Cases: {}. Left out: {}.",
            self.classes[empty],
            self.name,
            found.join(", "),
            if left_out.is_empty() { "none".to_string() } else { left_out.join("; ") }
        )))
    }
}
