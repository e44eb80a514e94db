//! Words that mean yes, no or nothing, in English and Chinese. What a table's own missing markers leave over is read here.

use super::text::{fold, key};

/// Whether a cell says that nothing is known: `unknown`, `[Not Available]`, `indeterminate`, `NX`, `未知` … or is empty.
pub fn says_nothing(text: &str) -> bool {
    let key = key(text);
    key.is_empty() || NOTHING.contains(&key.as_str()) || key.starts_with("indeterminate")
}

const NOTHING: &[&str] = &[
    "na",
    "nan",
    "nd",
    "nr",
    "null",
    "none",
    "missing",
    "unknown",
    "unk",
    "unclear",
    "undetermined",
    "notavailable",
    "notapplicable",
    "notevaluated",
    "notperformed",
    "notdone",
    "nottested",
    "notknown",
    "notreported",
    "notstated",
    "notassessed",
    "indefinable",
    "nx",
    "tx",
    "gx",
    "mx",
    "stagex",
    "未知",
    "不详",
    "不明",
    "未做",
    "未行",
    "未检测",
    "未查",
    "缺失",
    "无法评估",
];

/// Reads a word, sign or number (1, 0) for positive or negative; `Ok(None)` for one that says nothing or equivocal.
///
/// # Errors
/// The text itself, where it is no such word.
pub fn sign(text: &str) -> Result<Option<bool>, String> {
    if let Ok(number) = fold(text).trim_matches(['(', ')']).parse::<f64>() {
        return match number {
            0.0 => Ok(Some(false)),
            1.0 => Ok(Some(true)),
            _ => Err(text.trim().to_string()),
        };
    }
    let key = key(text);
    match key.as_str() {
        "" => Ok(None),
        _ if POSITIVE.contains(&key.as_str()) || key.chars().all(|c| c == '+') => Ok(Some(true)),
        _ if NEGATIVE.contains(&key.as_str()) => Ok(Some(false)),
        "equivocal" | "borderline" | "不确定" | "临界" => Ok(None),
        _ if says_nothing(text) => Ok(None),
        _ => Err(text.trim().to_string()),
    }
}

const POSITIVE: &[&str] = &[
    "positive",
    "pos",
    "p",
    "yes",
    "y",
    "true",
    "t",
    "present",
    "阳性",
    "阳",
    "弱阳性",
    "强阳性",
    "中阳性",
    "部分阳性",
    "是",
    "有",
    "存在",
    "weaklypositive",
];

const NEGATIVE: [&str; 14] = ["negative", "neg", "n", "no", "false", "f", "absent", "-", "--", "阴性", "阴", "否", "无", "没有"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_read_in_words_signs_and_numbers() {
        for text in ["Positive", "+", "(+)", "＋＋", "1", "1.0", "yes", "阳性", "弱阳性"] {
            assert_eq!(sign(text), Ok(Some(true)), "{text}");
        }
        for text in ["negative", "-", "(－)", "0", "0.0", "No", "阴性", "无"] {
            assert_eq!(sign(text), Ok(Some(false)), "{text}");
        }
        for text in ["", "NA", "[Not Evaluated]", "Indeterminate (by both)", "未知", "equivocal"] {
            assert_eq!(sign(text), Ok(None), "{text}");
        }
        for text in ["2", "10", "maybe", "80%"] {
            assert!(sign(text).is_err(), "{text}");
        }
    }
}
