//! What each table says, one file per table.
//!
//! Rule: a builder copies numbers out of [`Results`] and computes none; it returns no table where there is nothing to show.
//! To add a table, write a builder and name it in [`TABLES`] at its place in the report.

mod arms;
mod associations;
mod calibration;
mod characteristics;
mod cohort;
mod comparisons;
mod confusion;
mod discrimination;
mod features;
mod flow;
mod joint;
mod matrix;
mod measures;
mod nomogram;
mod notices;
mod per_class;
mod reclassification;
mod reclassified;
mod threshold;

use super::model::Table;
use crate::study::results::Results;

/// A builder of tables.
type Builder = fn(&Results) -> Vec<Table>;

/// All builders, in the order of the report.
pub const TABLES: &[Builder] = &[
    characteristics::tables,
    cohort::tables,
    arms::tables,
    discrimination::tables,
    threshold::tables,
    per_class::tables,
    confusion::tables,
    matrix::tables,
    joint::tables,
    comparisons::tables,
    reclassification::tables,
    reclassified::tables,
    calibration::tables,
    features::tables,
    associations::tables,
    nomogram::tables,
    flow::tables,
    notices::tables,
];

/// A name that a file can have: lower-case letters, digits, dashes; other scripts stay.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn file_names_are_harmless() {
        assert_eq!(slug("MRI + Clinical (nomogram)"), "mri-clinical-nomogram");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("临床"), "临床");
    }
}
