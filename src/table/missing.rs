//! The words by which people write that a value is missing.

use std::collections::HashSet;

use super::number::{Decimal, parse_number};
use super::text::half_width;

/// Words that always mean a missing value; compared in lower case and half width.
const WORDS: &[&str] = &[
    "",
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "nan",
    "-nan",
    "<na>",
    "nat",
    "null",
    "<null>",
    "nil",
    "\\n",
    "missing",
    "unknown",
    // Marks.
    "-",
    "--",
    "---",
    "–",
    "—",
    "——",
    "−",
    ".",
    "..",
    "...",
    "…",
    "?",
    "??",
    "/",
    // Spreadsheet and C runtime errors.
    "#n/a",
    "#na",
    "#null!",
    "#div/0!",
    "#value!",
    "#ref!",
    "#name?",
    "#num!",
    "1.#qnan",
    "-1.#ind",
    "1.#ind",
    // In words, and as TCGA brackets them.
    "not available",
    "not evaluated",
    "not recorded",
    "not reported",
    "not known",
    "[not available]",
    "[not evaluated]",
    "[not applicable]",
    "[unknown]",
    "[discrepancy]",
    "[pending]",
    "[not reported]",
    "[not submitted]",
    // Chinese: unknown, unclear, absent, no data, not filled in, not examined.
    "未知",
    "不详",
    "不明",
    "不清",
    "不清楚",
    "缺失",
    "缺",
    "缺失值",
    "空",
    "空值",
    "无数据",
    "无记录",
    "暂无",
    "未填",
    "未记录",
    "未提供",
    "未查",
    "未检",
    "未检测",
    "未测",
    "未做",
    "未评估",
];

/// Words that mean a missing value among numbers, but may be a level among words: `none` is a finding of its own in
/// BI-RADS (no calcification), and `not applicable` says that a descriptor has no object.
const WORDS_AMONG_NUMBERS: &[&str] = &["none", "not applicable", "不适用", "无"];

/// Longer texts than this, in bytes, are no missing word.
const LONGEST: usize = 24;

/// What a cell's text says about being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// A value.
    Value,
    /// Missing in a column of numbers, a level in a column of words.
    MissingAmongNumbers,
    /// Missing.
    Missing,
}

/// The words that count as missing in one file: the usual ones and the user's own.
#[derive(Debug, Clone, Default)]
pub(super) struct MissingWords {
    own_words: HashSet<String>,
    own_numbers: Vec<f64>,
}

impl MissingWords {
    /// The usual words and `own` ones. An own number (`-99`) is recognised in any spelling (`-99.0`).
    pub(super) fn new(own: &[String]) -> Self {
        MissingWords {
            own_words: own.iter().map(|word| normal(word)).collect(),
            own_numbers: own.iter().filter_map(|word| parse_number(word, Decimal::Point)).collect(),
        }
    }

    /// Whether a number is one of the user's own codes for a missing value.
    pub(super) fn has_number(&self, value: f64) -> bool {
        value.is_nan() || self.own_numbers.contains(&value)
    }

    /// What `text`, a cell without blanks at its ends, says about being there.
    pub(super) fn presence(&self, text: &str) -> Presence {
        if !self.own_words.is_empty() && self.own_words.contains(&normal(text)) {
            return Presence::Missing;
        }
        // Most cells are numbers or long words, which need no look-up.
        if text.len() > LONGEST || text.bytes().next().is_some_and(|b| b.is_ascii_digit() && !text.contains('#')) {
            return Presence::Value;
        }
        let word = normal(text);
        if WORDS.contains(&word.as_str()) {
            Presence::Missing
        } else if WORDS_AMONG_NUMBERS.contains(&word.as_str()) {
            Presence::MissingAmongNumbers
        } else {
            Presence::Value
        }
    }
}

fn normal(text: &str) -> String {
    super::text::squeeze(&half_width(text)).to_lowercase()
}

/// Whether `text` is a plus as laboratories write it: `+`, `++`, `(+)`, `2+`, `±`. Beside such marks a lone minus says
/// negative, not missing.
pub(super) fn is_plus_mark(text: &str) -> bool {
    let text = half_width(text);
    let inner = text.trim_start_matches('(').trim_end_matches(')');
    let pluses = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    inner.len() - pluses.len() <= 1 && !pluses.is_empty() && pluses.chars().all(|c| matches!(c, '+' | '±'))
}

/// Whether `text` is a lone minus, as a hyphen, a minus sign or a dash.
pub(super) fn is_minus_mark(text: &str) -> bool {
    matches!(half_width(text).as_ref(), "-" | "−" | "–" | "—")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_missing_in_any_case_and_width() {
        let words = MissingWords::default();
        for text in
            ["", "NA", "n/a", "NaN", "Null", "-", "—", ".", "?", "？", "－", "#DIV/0!", "未知", "不详", "[Not Available]", "ＮＡ"]
        {
            assert_eq!(words.presence(text), Presence::Missing, "{text}");
        }
        for text in ["0", "no", "negative", "-1", "1.5", "无淋巴结转移", "Nancy", "+"] {
            assert_eq!(words.presence(text), Presence::Value, "{text}");
        }
        for text in ["None", "not applicable", "无"] {
            assert_eq!(words.presence(text), Presence::MissingAmongNumbers, "{text}");
        }
    }

    #[test]
    fn own_words_and_codes_are_added() {
        let words = MissingWords::new(&["-99".to_owned(), "Not Done".to_owned(), "none".to_owned()]);
        assert_eq!(words.presence("not  done"), Presence::Missing);
        assert_eq!(words.presence("None"), Presence::Missing);
        assert_eq!(words.presence("-99"), Presence::Missing);
        assert!(words.has_number(-99.0) && !words.has_number(99.0) && words.has_number(f64::NAN));
    }

    #[test]
    fn marks_of_laboratories() {
        for plus in ["+", "++", "(+)", "2+", "±", "（＋）", "3+"] {
            assert!(is_plus_mark(plus), "{plus}");
        }
        for other in ["", "12+", "a+", "+1", "-"] {
            assert!(!is_plus_mark(other), "{other}");
        }
        assert!(is_minus_mark("-") && is_minus_mark("－") && !is_minus_mark("--"));
    }
}
