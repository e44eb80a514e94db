//! Spaces and widths of characters as people type them.

use std::borrow::Cow;

/// White space in any alphabet, the byte-order mark and the characters of no width that copying from web pages leaves behind.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

/// `text` without blanks at its ends.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        // Nearly every cell begins and ends with a visible ASCII character; the check of whole characters is for the rest.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        [only] if only.is_ascii_graphic() => text,
        _ => text.trim_matches(is_blank),
    }
}

/// `text` without blanks at its ends, and every run of blanks inside as one space.
pub(super) fn squeeze(text: &str) -> String {
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `text` without any blank.
pub(super) fn without_blanks(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_blank) { text.chars().filter(|&c| !is_blank(c)).collect() } else { text.into() }
}

/// `text` with full-width forms (`Ａ`, `１`, `（`, the ideographic space) as their ASCII counterparts.
pub(super) fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars()
        .map(|c| match c {
            // The block U+FF01–U+FF5E repeats ASCII 0x21–0x7E in the same order.
            '\u{ff01}'..='\u{ff5e}' => char::from((u32::from(c) - 0xfee0) as u8),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_every_kind_go() {
        assert_eq!(trim("\u{feff} \u{3000}年龄\u{a0}\t"), "年龄");
        assert_eq!(trim(" x "), "x");
        assert_eq!(trim("x y"), "x y");
        assert_eq!(trim(" "), "");
        assert_eq!(squeeze("  Tumour \n size\u{3000}(mm) "), "Tumour size (mm)");
        assert_eq!(without_blanks("A 0\u{a0}1"), "A01");
    }

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(half_width("ＩＤ（０１２）　％"), "ID(012) %");
        assert_eq!(half_width("患者"), "患者");
    }
}
