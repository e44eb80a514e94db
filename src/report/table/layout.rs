//! How much room a table needs: what decides landscape, widths and font size in every format.
//!
//! The unit is a digit (half an em in a text face). Letters are counted by how wide they are in print, so that `nomogram` gets
//! more room than `illicit`.

use super::format::{self, Style};
use super::model::{Cell, Table};

/// Widths of the columns, in digits.
pub struct Widths {
    /// What each column would like: its longest line.
    pub natural: Vec<f64>,
    /// What it can do with: words in short lines, numbers unbroken.
    pub narrow: Vec<f64>,
    /// What it needs at least: its longest word.
    pub least: Vec<f64>,
}

impl Widths {
    /// Measures a table as printed.
    pub fn of(table: &Table, style: &Style) -> Self {
        let mut widths = Widths { natural: Vec::new(), narrow: Vec::new(), least: Vec::new() };
        for column in 0..table.columns.len() {
            // Beyond these a text wraps: row labels later than other words.
            let (line, short) = if column == 0 { (44.0, 22.0) } else { (34.0, 16.0) };
            let head = table.printed_head(column);
            let word = bold(longest_word(&head));
            let mut least = word;
            let mut natural = (bold(width(&head)) / 2.0 + 1.0).max(word);
            let mut narrow = (bold(width(&head)) / 3.0).max(word);
            for row in table.rows.iter().filter(|row| !row.is_heading()) {
                let text = unbroken(&row.cells[column], style);
                let indent = if column == 0 { 2.5 * f64::from(row.indent) } else { 0.0 };
                let whole = width(&text) + indent;
                let word = longest_word(&text) + indent;
                let words = matches!(row.cells[column], Cell::Text(_));
                natural = natural.max(if words { whole.min(line).max(word) } else { whole });
                narrow = narrow.max(if words { whole.min(short).max(word) } else { whole });
                least = least.max(word);
            }
            widths.natural.push(natural);
            widths.narrow.push(narrow.min(natural));
            widths.least.push(least.min(narrow));
        }
        widths
    }

    /// A whole line, with the gaps between columns.
    pub fn line(&self) -> f64 {
        self.natural.iter().map(|width| width + 2.0).sum()
    }

    /// The shortest line on which no word and no interval breaks.
    pub fn shortest_line(&self) -> f64 {
        self.least.iter().map(|width| width + 2.0).sum()
    }

    /// Widths that fill at most `room`, with `gap` at each column: natural if they fit, else each column gives way in proportion
    /// to what it can spare. Also says whether numbers stay unbroken.
    pub fn within(&self, room: f64, gap: f64) -> (Vec<f64>, bool) {
        let sum = |widths: &[f64]| widths.iter().map(|w| w + gap).sum::<f64>();
        if sum(&self.natural) <= room {
            return (self.natural.clone(), true);
        }
        let fits = sum(&self.narrow) <= room;
        let (wide, slim) = if fits { (&self.natural, &self.narrow) } else { (&self.narrow, &self.least) };
        let share = ((sum(wide) - room) / (sum(wide) - sum(slim)).max(1e-9)).clamp(0.0, 1.0);
        (wide.iter().zip(slim).map(|(w, s)| w - (w - s) * share).collect(), fits)
    }
}

/// The text of a cell; an interval may stand on a line of its own but does not break within.
pub fn unbroken(cell: &Cell, style: &Style) -> String {
    let text = cell.printed(style);
    if matches!(cell, Cell::Measure { .. }) { format::unbroken(&text) } else { text }
}

/// Width of a text in print, in digits.
pub fn width(text: &str) -> f64 {
    text.chars().map(letter).sum()
}

fn bold(width: f64) -> f64 {
    1.1 * width
}

fn letter(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | '\'' | '.' | ',' | ':' | ';' | '|' | '!' => 0.6,
        ' ' | '\u{a0}' => 0.5,
        'r' | 's' | '(' | ')' | '[' | ']' | '-' | '/' | 'I' | 'J' => 0.75,
        'm' | 'M' | 'W' | '%' | '@' | '—' => 1.7,
        'w' | 'A'..='Z' | '<' | '>' | '=' | '+' | '−' | '≥' | '≤' | '±' | '×' | 'Δ' => 1.35,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}' => 2.0,
        _ => 1.0,
    }
}

fn longest_word(text: &str) -> f64 {
    text.split(' ').map(width).fold(0.0, f64::max)
}
