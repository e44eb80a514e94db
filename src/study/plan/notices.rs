//! What is noticed about the data before anything is fitted.

use crate::learn::Cohort;
use crate::study::results::{Level, Notice};
use crate::table::{self, FeatureTable, Finding};

/// A finding of the table layer as a notice of the study. File names go in; rows and values do not, as rows may be patients.
pub fn of_finding(finding: &Finding) -> Notice {
    let level = match finding.level {
        table::Level::Info => Level::Info,
        table::Level::Caution => Level::Caution,
        table::Level::Warning => Level::Warning,
    };
    let file = finding.file.as_ref().and_then(|file| file.file_name()).map(|name| format!("{}: ", name.to_string_lossy()));
    Notice {
        level,
        code: finding.code.clone(),
        message: format!("{}{}", file.unwrap_or_default(), finding.message),
        columns: finding.columns.clone(),
    }
}

/// Whether the cohort is large enough for what is asked of it.
pub(super) fn of_size(cohort: &Cohort, table: &FeatureTable) -> Vec<Notice> {
    let classes = cohort.classes();
    let counts: Vec<usize> =
        (0..classes.len() as u32).map(|k| cohort.outcome().iter().filter(|&&class| class == k).count()).collect();
    let (rarest, n) = counts.iter().enumerate().min_by_key(|(_, n)| **n).map_or((0, 0), |(k, n)| (k, *n));
    let mut notices = Vec::new();
    if n < 30 {
        notices.push(Notice {
            level: Level::Warning,
            code: "few-events".into(),
            message: format!(
                "Only {n} cases are `{}`. With so few, every interval is wide, and differences between arms of the size that \
                 published studies report cannot be shown or excluded.",
                classes[rarest]
            ),
            columns: Vec::new(),
        });
    } else if n < 100 {
        notices.push(Notice {
            level: Level::Caution,
            code: "few-events".into(),
            message: format!(
                "{n} cases are `{}`; external validation studies are advised to have at least 100 events and 100 non-events.",
                classes[rarest]
            ),
            columns: Vec::new(),
        });
    }
    let p = table.n_features();
    if p > n {
        notices.push(Notice {
            level: Level::Info,
            code: "more-columns-than-events".into(),
            message: format!(
                "There are {p} columns for {n} cases of the rarest class; models without penalty or selection will be unstable."
            ),
            columns: Vec::new(),
        });
    }
    notices
}
