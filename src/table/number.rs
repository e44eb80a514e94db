//! From text to number, as researchers type numbers.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::{half_width, trim};

/// The sign between the whole part of a number and its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    /// `1234.5`, or `1,234.5` with thousands separators.
    Point,
    /// `1234,5`, or `1.234,5` with thousands separators.
    Comma,
}

impl Decimal {
    fn sign(self) -> char {
        match self {
            Decimal::Point => '.',
            Decimal::Comma => ',',
        }
    }

    fn group_separator(self) -> char {
        match self {
            Decimal::Point => ',',
            Decimal::Comma => '.',
        }
    }
}

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    pub(super) value: f64,
    /// A percent sign followed; the value is in percent.
    pub(super) percent: bool,
    /// A `<`, `>`, `≤` or `≥` preceded; the value is the limit it names.
    pub(super) limit: bool,
    /// Thousands were separated.
    pub(super) grouped: bool,
}

/// The number that `text` stands for, or `None` if it is not a number in this notation.
///
/// # Definition
/// A sign (`-`, `−`, `+`), digits (of full width too) with at most one decimal sign, thousands separated in groups of three by
/// the other sign, an apostrophe or a space, an exponent, and a percent sign, which is dropped: `12.5%` is 12.5. Words for
/// infinity count as infinite numbers, which [`audit`](super::audit()) turns into missing values and counts. Limits such as
/// `<5` are not numbers, nor are words for not-a-number.
pub fn parse_number(text: &str, decimal: Decimal) -> Option<f64> {
    let text = trim(text);
    plain(text).or_else(|| written(text, decimal).filter(|number| !number.limit).map(|number| number.value))
}

/// A number in plain notation: ASCII digits, point, exponent. Every decimal convention reads it alike unless it has a point.
pub(super) fn plain(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

/// A number in any notation that `decimal` allows.
pub(super) fn written(text: &str, decimal: Decimal) -> Option<Written> {
    let ascii = ascii(text);
    let ascii = ascii.trim();
    let (limit, ascii) = match ascii.strip_prefix(['<', '>', '≤', '≥']) {
        Some(rest) => (true, rest.strip_prefix('=').unwrap_or(rest).trim_start()),
        None => (false, ascii),
    };
    let (percent, ascii) = match ascii.strip_suffix('%') {
        Some(rest) => (true, rest.trim_end()),
        None => (false, ascii),
    };
    let (sign, magnitude) = match ascii.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, ascii.strip_prefix('+').unwrap_or(ascii)),
    };
    if ["inf", "infinity", "1.#inf"].iter().any(|word| magnitude.eq_ignore_ascii_case(word)) {
        return Some(Written { value: sign * f64::INFINITY, percent, limit, grouped: false });
    }
    let (mantissa, exponent) = match magnitude.find(['e', 'E']) {
        Some(at) => (&magnitude[..at], &magnitude[at..]),
        None => (magnitude, ""),
    };
    let (whole, fraction) = match mantissa.split_once(decimal.sign()) {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let digits = ungrouped(whole, decimal)?;
    if !is_digits(fraction) || (digits.is_empty() && fraction.is_empty()) || !is_exponent(exponent) {
        return None;
    }
    let value: f64 = format!("{digits}.{fraction}0{exponent}").parse().ok()?;
    Some(Written { value: sign * value, percent, limit, grouped: digits.len() != whole.len() })
}

/// Full-width characters, the typographic minus and the many spaces and apostrophes as plain ASCII.
fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    half_width(text)
        .chars()
        .map(|c| match c {
            '\u{2212}' | '\u{fe63}' => '-',
            '\u{2019}' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect::<String>()
        .into()
}

/// The digits of a whole part without its thousands separators; `None` if the groups are not of three digits.
fn ungrouped(whole: &str, decimal: Decimal) -> Option<Cow<'_, str>> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.into()) };
    if separator != decimal.group_separator() && !matches!(separator, '\'' | ' ') {
        return None;
    }
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    let first_fits = (1..=3).contains(&first.len()) && is_digits(first) && !first.starts_with('0');
    let rest_fits = groups.all(|group| group.len() == 3 && is_digits(group));
    (first_fits && rest_fits).then(|| whole.replace(separator, "").into())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_exponent(text: &str) -> bool {
    let Some(power) = text.strip_prefix(['e', 'E']) else { return text.is_empty() };
    let power = power.strip_prefix(['-', '+']).unwrap_or(power);
    !power.is_empty() && is_digits(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> Option<f64> {
        parse_number(text, Decimal::Point)
    }

    fn comma(text: &str) -> Option<f64> {
        parse_number(text, Decimal::Comma)
    }

    #[test]
    fn plain_and_scientific() {
        for (text, value) in [("12", 12.0), ("-0.5", -0.5), ("+3.", 3.0), (".5", 0.5), ("1e-3", 1e-3), ("2.5E+06", 2.5e6)] {
            assert_eq!(point(text), Some(value), "{text}");
        }
        assert_eq!(point(" １２．５ "), Some(12.5));
        assert_eq!(point("−7"), Some(-7.0));
        assert_eq!(point("-Inf"), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "",
            ".",
            "-",
            "+",
            "1+",
            "1-2",
            "2024-01-31",
            "1.2.3",
            "e5",
            "1e",
            "1e5.5",
            "0x1f",
            "nan",
            "12 mm",
            "T2",
            "1,2,3",
            "<5",
            "5%%",
        ] {
            assert_eq!(point(text), None, "{text}");
        }
    }

    #[test]
    fn thousands_need_groups_of_three() {
        assert_eq!(point("1,234,567.8"), Some(1_234_567.8));
        assert_eq!(comma("1.234.567,8"), Some(1_234_567.8));
        assert_eq!(point("12\u{a0}345"), Some(12_345.0));
        assert_eq!(point("1'000"), Some(1000.0));
        for text in ["1,23", "1234,567", "0,123", ",123", "1,234,56", "1, 234"] {
            assert_eq!(point(text), None, "{text}");
        }
    }

    #[test]
    fn the_decimal_comma() {
        assert_eq!(comma("0,123"), Some(0.123));
        assert_eq!(comma("-1,5e3"), Some(-1500.0));
        assert_eq!(written("1.5", Decimal::Comma), None);
    }

    #[test]
    fn percents_and_limits_say_so() {
        assert_eq!(point("12.5 %"), Some(12.5));
        assert_eq!(point("８０％"), Some(80.0));
        let limit = written(">= 90 %", Decimal::Point).unwrap();
        assert!(limit.limit && limit.percent && limit.value == 90.0);
        assert!(written("≤5", Decimal::Point).unwrap().limit);
        assert!(written("＜5", Decimal::Point).unwrap().limit);
    }

    proptest::proptest! {
        #[test]
        fn every_number_is_read_back(value: f64) {
            if value.is_finite() {
                let text = value.to_string();
                proptest::prop_assert_eq!(point(&text), Some(value));
                proptest::prop_assert_eq!(comma(&text.replace('.', ",")), Some(value));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (point(&text), comma(&text));
        }
    }
}
