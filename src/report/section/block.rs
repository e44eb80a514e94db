//! What a section consists of.

use serde::Serialize;

/// A piece of a section; `page/block.html` knows how each looks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Block {
    /// Paragraphs.
    Prose {
        /// One text each.
        paragraphs: Vec<String>,
    },
    /// A list of sentences.
    List {
        /// One sentence each.
        items: Vec<String>,
    },
    /// The answer in words, the first sentence large.
    Statement {
        /// The first sentence.
        headline: String,
        /// The others.
        sentences: Vec<String>,
    },
    /// A difference and its interval on a line with a zero.
    Interval(IntervalView),
    /// A few numbers to remember.
    KeyNumbers {
        /// One card each.
        items: Vec<KeyNumber>,
    },
    /// Notices of one level.
    Notices {
        /// `warning`, `caution` or `info`.
        level: &'static str,
        /// One each.
        items: Vec<NoticeView>,
    },
    /// How to read what stands beside it.
    Aside {
        /// Its title.
        title: String,
        /// Its paragraphs.
        paragraphs: Vec<String>,
    },
    /// A subheading.
    Heading {
        /// Its text.
        text: String,
    },
    /// Terms and what they are.
    Facts {
        /// Term and text.
        rows: Vec<(String, String)>,
    },
    /// A figure.
    Figure {
        /// Its name.
        id: String,
    },
    /// A table.
    Table {
        /// Its name.
        id: String,
    },
    /// Blocks that open on a click; open in print.
    Details {
        /// The line to click.
        summary: String,
        /// What it opens.
        blocks: Vec<Block>,
    },
    /// A nomogram's calculator.
    Calculator {
        /// The arm whose nomogram it is.
        arm: String,
    },
    /// All files of the report.
    Files,
}

/// A number to remember.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyNumber {
    /// What it is.
    pub label: String,
    /// The number, as printed.
    pub value: String,
    /// Its interval or what belongs to it.
    pub detail: String,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NoticeView {
    /// Study, arm or comparison.
    pub concerns: String,
    /// What was noticed.
    pub message: String,
    /// Columns, as far as they are listed.
    pub columns: Vec<String>,
    /// How many columns are not listed.
    pub more: usize,
}

/// An interval on a line: positions are percentages of its width.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntervalView {
    /// What the line measures.
    pub label: String,
    /// The estimate and its interval, as printed.
    pub text: String,
    /// What lies to the left of zero.
    pub left: String,
    /// What lies to the right of zero.
    pub right: String,
    /// Whether the interval includes no difference, in words.
    pub verdict: String,
    /// Lower limit.
    pub lower: f64,
    /// Estimate.
    pub value: f64,
    /// Upper limit.
    pub upper: f64,
    /// Ticks: position, label, and whether a narrow screen leaves it out.
    pub ticks: Vec<(f64, String, bool)>,
}

impl Block {
    /// One paragraph.
    pub fn prose(text: impl Into<String>) -> Self {
        Block::Prose { paragraphs: vec![text.into()] }
    }

    /// How to read something.
    pub fn aside(title: &str, paragraphs: &[&str]) -> Self {
        Block::Aside { title: title.to_owned(), paragraphs: paragraphs.iter().map(|p| (*p).to_owned()).collect() }
    }

    /// Blocks that open on a click.
    pub fn details(summary: impl Into<String>, blocks: Vec<Block>) -> Self {
        Block::Details { summary: summary.into(), blocks }
    }
}
