//! Sections of the page, one file each.
//!
//! Rule: a section decides what is said and shown, in words a clinician understands; `page` decides how it looks. It shows
//! numbers of [`Results`] through tables and figures and computes none. A section without blocks does not appear.
//! To add one: a file with `blocks(&Material) -> Vec<Block>`, named in [`SECTIONS`] at its place.

mod answer;
mod arms;
pub mod block;
mod calibration;
mod cohort;
mod comparison;
mod files;
mod limitations;
mod methods;
mod models;
mod nomogram;
mod notices;
mod performance;
mod reproducibility;
mod utility;

use super::figure::Figure;
use super::table::{Style, Table};
use crate::study::results::Results;
use block::Block;

/// A section of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its title in the table of contents.
    pub short: &'static str,
    /// What it shows.
    pub blocks: fn(&Material) -> Vec<Block>,
}

/// What sections are made of.
pub struct Material<'a> {
    /// The results.
    pub results: &'a Results,
    /// All tables.
    pub tables: &'a [Table],
    /// All figures.
    pub figures: &'a [Figure],
    /// House style of numbers in sentences.
    pub style: &'a Style,
}

/// All sections, in reading order.
pub const SECTIONS: &[Section] = &[
    Section { id: "answer", title: "The answer", short: "Answer", blocks: answer::blocks },
    Section { id: "notices", title: "Before you conclude", short: "Before you conclude", blocks: notices::blocks },
    Section { id: "cohort", title: "Who was studied", short: "Cohort", blocks: cohort::blocks },
    Section { id: "arms", title: "What was compared", short: "Arms", blocks: arms::blocks },
    Section {
        id: "performance",
        title: "How well the classes are told apart",
        short: "Discrimination",
        blocks: performance::blocks,
    },
    Section { id: "comparison", title: "Does it make a difference?", short: "Comparisons", blocks: comparison::blocks },
    Section { id: "calibration", title: "Do predicted risks come true?", short: "Calibration", blocks: calibration::blocks },
    Section { id: "utility", title: "Would it help decisions?", short: "Clinical utility", blocks: utility::blocks },
    Section { id: "models", title: "What the models use", short: "Models", blocks: models::blocks },
    Section { id: "nomogram", title: "Nomogram", short: "Nomogram", blocks: nomogram::blocks },
    Section { id: "methods", title: "Methods", short: "Methods", blocks: methods::blocks },
    Section { id: "limitations", title: "Limitations", short: "Limitations", blocks: limitations::blocks },
    Section { id: "reproducibility", title: "Reproducibility", short: "Reproducibility", blocks: reproducibility::blocks },
    Section { id: "files", title: "Tables and figures as files", short: "Files", blocks: files::blocks },
];

impl Material<'_> {
    /// The table called `id`, to be shown.
    pub fn table(&self, id: &str) -> Option<Block> {
        self.tables.iter().any(|table| table.id == id).then(|| Block::Table { id: id.to_owned() })
    }

    /// All tables whose name begins with `prefix`, to be shown.
    pub fn tables(&self, prefix: &str) -> Vec<Block> {
        let fits = |table: &&Table| table.id.starts_with(prefix) && !table.listing;
        self.tables.iter().filter(fits).map(|table| Block::Table { id: table.id.clone() }).collect()
    }

    /// All figures whose name is `name`, or begins with `name` and a dash.
    pub fn figures(&self, name: &str) -> Vec<Block> {
        let fits = |id: &str| id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        self.figures.iter().filter(|figure| fits(&figure.id)).map(|figure| Block::Figure { id: figure.id.clone() }).collect()
    }

    /// The figure of exactly this name.
    pub fn figure(&self, id: &str) -> Option<Block> {
        self.figures.iter().any(|figure| figure.id == id).then(|| Block::Figure { id: id.to_owned() })
    }
}
