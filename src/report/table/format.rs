//! Digits as journals print them: the one place where a number becomes text.
//!
//! Rule: no rounding anywhere else. A table keeps the number itself; every export asks here how it is written, so that Word,
//! LaTeX and the page agree to the last digit. Spreadsheets and CSV keep the number and only borrow its display format.

use serde::{Deserialize, Serialize};

/// The confidence level of every interval that the workbench prints.
pub const INTERVAL: &str = "95% CI";

/// What is printed where there is no number.
pub const NONE: &str = "–";

/// How p values are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PStyle {
    /// `0.017`, as most journals.
    #[default]
    LeadingZero,
    /// `.017`, as Radiology and the JAMA and APA families.
    NoLeadingZero,
}

/// Typeface of Word tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Typeface {
    /// Times New Roman.
    #[default]
    Times,
    /// Arial.
    Arial,
}

/// House style of the printed tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// How p values are printed.
    pub p: PStyle,
    /// Digits of an AUC after the decimal point: 3, or 2.
    pub auc_digits: u8,
    /// Typeface of Word tables.
    pub typeface: Typeface,
}

impl Default for Style {
    fn default() -> Self {
        Style { p: PStyle::default(), auc_digits: 3, typeface: Typeface::default() }
    }
}

/// What kind of number it is, which decides its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A count.
    Count,
    /// An area under a curve; its digits are an option.
    Auc,
    /// A difference of areas, same digits.
    AucDifference,
    /// So many digits after the point.
    Fixed(u8),
    /// The same for numbers that may be negative: their interval reads `a to b`.
    Signed(u8),
    /// A share, printed in percent with so many digits.
    Percent(u8),
    /// An odds ratio: about three significant digits.
    Ratio,
}

impl Format {
    /// Digits after the point in print.
    pub fn digits(self, value: f64, style: &Style) -> usize {
        match self {
            Format::Count => 0,
            Format::Auc | Format::AucDifference => usize::from(style.auc_digits),
            Format::Fixed(digits) | Format::Signed(digits) | Format::Percent(digits) => usize::from(digits),
            Format::Ratio => match value.abs() {
                x if x >= 99.95 => 0,
                x if x >= 9.995 => 1,
                x if x >= 0.0995 || x == 0.0 => 2,
                _ => 3,
            },
        }
    }

    /// Whether numbers of this kind may be negative, so that a dash in their interval would be misread.
    fn signed(self) -> bool {
        matches!(self, Format::AucDifference | Format::Signed(_))
    }

    /// The display format for a spreadsheet cell.
    pub fn spreadsheet(self, value: f64, style: &Style) -> String {
        let digits = self.digits(value, style);
        let places = if digits == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(digits)) };
        if matches!(self, Format::Percent(_)) { places + "%" } else { places }
    }
}

/// A number in print, with a true minus sign: `−0.012`.
///
/// A number that rounds to zero has no sign.
pub fn number(value: f64, format: Format, style: &Style) -> String {
    if value.is_nan() {
        return NONE.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
    }
    let shown = if matches!(format, Format::Percent(_)) { 100.0 * value } else { value };
    let smallest = 0.001;
    if format == Format::Ratio && value > 0.0 && value < smallest {
        return format!("<{smallest}");
    }
    let text = format!("{shown:.*}", format.digits(value, style));
    match text.strip_prefix('-') {
        Some(magnitude) if magnitude.bytes().any(|b| (b'1'..=b'9').contains(&b)) => format!("−{magnitude}"),
        Some(magnitude) => magnitude.to_owned(),
        None => text,
    }
}

/// An interval in print: `0.489–0.671`, or `−0.089 to 0.069` where a dash could be read as a minus.
pub fn interval(lower: f64, upper: f64, format: Format, style: &Style) -> String {
    let joint = if format.signed() || lower < 0.0 { " to " } else { "–" };
    format!("{}{joint}{}", number(lower, format, style), number(upper, format, style))
}

/// An estimate and its interval: `0.583 (0.489–0.671)`.
pub fn estimate(value: f64, limits: Option<(f64, f64)>, format: Format, style: &Style) -> String {
    match limits {
        Some((lower, upper)) => format!("{} ({})", number(value, format, style), interval(lower, upper, format, style)),
        None => number(value, format, style),
    }
}

/// A p value in print.
///
/// Below 0.001 `<0.001`; below 0.1 three digits, so that nothing between 0.045 and 0.054 loses its side; else two digits; above
/// 0.99 `>0.99`. Where rounding would carry a p below 0.05 onto 0.05 a digit is added: 0.0499 stays `0.0499`.
pub fn p_value(p: f64, style: &Style) -> String {
    let text = match p {
        p if !(0.0..=1.0).contains(&p) => return NONE.to_owned(),
        p if p < 0.001 => "<0.001".to_owned(),
        p if p > 0.99 => ">0.99".to_owned(),
        p if (0.0495..0.05).contains(&p) => match format!("{p:.4}") {
            text if text == "0.0500" => "<0.05".to_owned(),
            text => text,
        },
        p if p < 0.1 => format!("{p:.3}"),
        p => format!("{p:.2}"),
    };
    match style.p {
        PStyle::LeadingZero => text,
        PStyle::NoLeadingZero => text.replacen("0.", ".", 1),
    }
}

/// A p value in a sentence: `p = 0.017`, `p < 0.001`.
pub fn p_phrase(p: f64, style: &Style) -> String {
    let text = p_value(p, style);
    match text.chars().next() {
        Some(sign @ ('<' | '>')) => format!("p {sign} {}", &text[1..]),
        _ => format!("p = {text}"),
    }
}

/// The same text with spaces that do not break inside of `95% CI`, `n = 52` and `−0.1 to 0.2`.
pub fn unbroken(text: &str) -> String {
    text.replace("% CI", "%\u{a0}CI").replace("n = ", "n\u{a0}=\u{a0}").replace(" to ", "\u{a0}to\u{a0}")
}

/// A number for programs: shortest text that reads back to the same number, ASCII minus.
pub fn raw(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_read_as_journals_print_them() {
        let cases = [
            (0.0, "<0.001", "<.001"),
            (0.000_999, "<0.001", "<.001"),
            (0.001, "0.001", ".001"),
            (0.0172, "0.017", ".017"),
            (0.0449, "0.045", ".045"),
            (0.0494, "0.049", ".049"),
            (0.0499, "0.0499", ".0499"),
            (0.049_99, "<0.05", "<.05"),
            (0.05, "0.050", ".050"),
            (0.0512, "0.051", ".051"),
            (0.0544, "0.054", ".054"),
            (0.0999, "0.100", ".100"),
            (0.1, "0.10", ".10"),
            (0.8765, "0.88", ".88"),
            (0.99, "0.99", ".99"),
            (0.9951, ">0.99", ">.99"),
            (1.0, ">0.99", ">.99"),
            (f64::NAN, "–", "–"),
            (-0.1, "–", "–"),
        ];
        let bare = Style { p: PStyle::NoLeadingZero, ..Style::default() };
        for (p, zero, none) in cases {
            assert_eq!(p_value(p, &Style::default()), zero, "{p}");
            assert_eq!(p_value(p, &bare), none, "{p}");
        }
        assert_eq!(p_phrase(0.0172, &bare), "p = .017");
        assert_eq!(p_phrase(1e-9, &Style::default()), "p < 0.001");
    }

    #[test]
    fn a_printed_p_never_changes_its_side_of_5_percent_and_never_reads_zero() {
        for i in 0..=100_000 {
            let p = f64::from(i) / 100_000.0;
            let text = p_value(p, &Style::default());
            let printed: f64 = text.trim_start_matches(['<', '>']).parse().unwrap();
            assert!(printed > 0.0, "{p} prints {text}");
            assert_eq!(printed < 0.05 || text == "<0.05", p < 0.05, "{p} prints {text}");
        }
    }

    #[test]
    fn numbers_have_the_digits_of_their_kind() {
        let style = Style::default();
        let two = Style { auc_digits: 2, ..style };
        for (value, format, style, text) in [
            (0.583_21, Format::Auc, &style, "0.583"),
            (0.583_21, Format::Auc, &two, "0.58"),
            (-0.010_4, Format::AucDifference, &style, "−0.010"),
            (-0.000_4, Format::AucDifference, &style, "0.000"),
            (0.681_3, Format::Percent(1), &style, "68.1"),
            (158.0, Format::Count, &style, "158"),
            (2.754, Format::Ratio, &style, "2.75"),
            (27.54, Format::Ratio, &style, "27.5"),
            (275.4, Format::Ratio, &style, "275"),
            (9.999, Format::Ratio, &style, "10.0"),
            (0.041_2, Format::Ratio, &style, "0.041"),
            (0.000_2, Format::Ratio, &style, "<0.001"),
            (f64::INFINITY, Format::Ratio, &style, "∞"),
        ] {
            assert_eq!(number(value, format, style), text);
        }
    }

    #[test]
    fn intervals_use_a_dash_only_where_it_cannot_be_a_minus() {
        let style = Style::default();
        assert_eq!(estimate(0.583, Some((0.489, 0.671)), Format::Auc, &style), "0.583 (0.489–0.671)");
        assert_eq!(estimate(-0.01, Some((-0.089, 0.069)), Format::AucDifference, &style), "−0.010 (−0.089 to 0.069)");
        assert_eq!(estimate(0.04, Some((0.01, 0.07)), Format::AucDifference, &style), "0.040 (0.010 to 0.070)");
        assert_eq!(estimate(0.9, Some((-0.1, 1.9)), Format::Fixed(2), &style), "0.90 (−0.10 to 1.90)");
    }

    #[test]
    fn raw_numbers_read_back() {
        for value in [0.1, -0.25, 158.0, 1e-12, 2e26, std::f64::consts::PI] {
            assert_eq!(raw(value).parse::<f64>().unwrap(), value);
        }
        assert_eq!(raw(158.0), "158");
    }
}
