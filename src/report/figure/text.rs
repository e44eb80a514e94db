//! How wide text is, where it breaks, and how numbers are printed. Widths come from the embedded Liberation Sans, so a layout is
//! the same on every machine.

use crate::study::results::Measure;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};
use std::sync::LazyLock;

/// Liberation Sans Regular (SIL OFL 1.1, see `font/`).
pub(super) const REGULAR: &[u8] = include_bytes!("font/LiberationSans-Regular.ttf");
/// Liberation Sans Bold.
pub(super) const BOLD: &[u8] = include_bytes!("font/LiberationSans-Bold.ttf");

struct Face {
    characters: Charmap<'static>,
    glyphs: GlyphMetrics<'static>,
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Face> {
        let font = FontRef::new(data).ok()?;
        Some(Face { characters: font.charmap(), glyphs: font.glyph_metrics(Size::new(1.0), LocationRef::default()) })
    }

    fn advance(&self, character: char) -> Option<f64> {
        self.characters.map(character).and_then(|glyph| self.glyphs.advance_width(glyph)).map(f64::from)
    }
}

static FACES: LazyLock<[Option<Face>; 2]> = LazyLock::new(|| [Face::new(REGULAR), Face::new(BOLD)]);

/// Whether the embedded font has a glyph for `character`.
pub fn covers(character: char) -> bool {
    FACES[0].as_ref().is_some_and(|face| face.characters.map(character).is_some())
}

/// Width of `text` at `size`, in points. A character that the font lacks (Chinese) counts as a full square.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let face = FACES[usize::from(bold)].as_ref();
    text.chars().map(|character| face.and_then(|face| face.advance(character)).unwrap_or(1.0)).sum::<f64>() * size
}

/// `text` if it fits in `room`, else its beginning and an ellipsis.
pub fn shortened(text: &str, room: f64, size: f64, bold: bool) -> String {
    if width(text, size, bold) <= room {
        return text.to_string();
    }
    let mut kept = text.to_string();
    while kept.pop().is_some() {
        let candidate = format!("{}…", kept.trim_end());
        if width(&candidate, size, bold) <= room {
            return candidate;
        }
    }
    "…".to_string()
}

/// `text` if it fits in `room`, else both its ends with an ellipsis between: names of features differ in their last part.
pub fn shortened_inside(text: &str, room: f64, size: f64, bold: bool) -> String {
    if width(text, size, bold) <= room {
        return text.to_string();
    }
    let characters: Vec<char> = text.chars().collect();
    for kept in (1..characters.len()).rev() {
        let head: String = characters[..kept / 3].iter().collect();
        let tail: String = characters[characters.len() - (kept - kept / 3)..].iter().collect();
        let candidate = format!("{head}…{tail}");
        if width(&candidate, size, bold) <= room {
            return candidate;
        }
    }
    "…".to_string()
}

/// `text` broken into at most `lines` lines that fit in `room`; what is left over ends in an ellipsis.
///
/// Lines break at spaces, after `/ _ .` and hyphens inside long names, between Chinese characters, and anywhere if nothing else helps.
pub fn wrapped(text: &str, room: f64, size: f64, bold: bool, lines: usize) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut rest = pieces(text).into_iter().peekable();
    while let Some(piece) = rest.next() {
        let candidate = format!("{line}{piece}");
        if width(candidate.trim_end(), size, bold) <= room {
            line = candidate;
            continue;
        }
        if result.len() + 1 == lines.max(1) {
            let remaining: String = rest.collect();
            result.push(shortened(&format!("{candidate}{remaining}"), room, size, bold));
            return result;
        }
        if !line.trim().is_empty() {
            result.push(line.trim().to_string());
        }
        line = piece;
        while width(line.trim_end(), size, bold) > room {
            let fitting = fitting_prefix(&line, room, size, bold);
            if result.len() + 1 == lines.max(1) {
                let remaining: String = rest.collect();
                result.push(shortened(&format!("{line}{remaining}"), room, size, bold));
                return result;
            }
            let tail = line.split_off(fitting);
            result.push(std::mem::replace(&mut line, tail));
        }
    }
    if !line.trim().is_empty() || result.is_empty() {
        result.push(line.trim().to_string());
    }
    result
}

/// The widest of `lines`.
pub fn widest(lines: &[String], size: f64, bold: bool) -> f64 {
    lines.iter().map(|line| width(line, size, bold)).fold(0.0, f64::max)
}

/// Byte length of the longest prefix that fits, one character at least.
fn fitting_prefix(text: &str, room: f64, size: f64, bold: bool) -> usize {
    let mut fitting = text.chars().next().map_or(0, char::len_utf8);
    for (at, character) in text.char_indices().skip(1) {
        if width(&text[..at + character.len_utf8()], size, bold) > room {
            break;
        }
        fitting = at + character.len_utf8();
    }
    fitting
}

/// Pieces between which a line may break; each keeps its trailing space.
fn pieces(text: &str) -> Vec<String> {
    let mut result = vec![String::new()];
    let mut previous: Option<char> = None;
    for character in text.chars() {
        // `HER2-positive` may break at its hyphen, `BI-RADS` and `Ki-67` may not.
        let long = || result.last().is_some_and(|piece| piece.chars().filter(|c| c.is_alphanumeric()).count() > 2);
        let breaks = match previous {
            Some(before) if before.is_whitespace() => !character.is_whitespace(),
            Some('/' | '_' | '.') => character.is_alphabetic(),
            Some('-') => character.is_alphabetic() && long(),
            Some(before) => ideographic(before) || ideographic(character),
            None => false,
        };
        if breaks {
            result.push(String::new());
        }
        if let Some(last) = result.last_mut() {
            last.push(if character.is_whitespace() { ' ' } else { character });
        }
        previous = Some(character);
    }
    result
}

fn ideographic(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{3040}'..='\u{30ff}' | '\u{20000}'..='\u{3ffff}')
}

/// `value` with this many decimals, a real minus sign, and no "−0".
pub fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let zero = plain.chars().all(|c| matches!(c, '-' | '0' | '.'));
    match plain.strip_prefix('-') {
        Some(positive) if zero => positive.to_string(),
        Some(positive) => format!("−{positive}"),
        None => plain,
    }
}

/// `0.83 (0.76–0.90)`; `0.83` without an interval; `undefined` without a value. Negative limits are joined by a word.
pub fn estimate(measure: &Measure, decimals: usize) -> String {
    let Some(value) = finite(measure.value) else { return "undefined".to_string() };
    match (finite(measure.lower), finite(measure.upper)) {
        (Some(lower), Some(upper)) => {
            let joint = if lower < 0.0 || upper < 0.0 { " to " } else { "–" };
            format!("{} ({}{joint}{})", number(value, decimals), number(lower, decimals), number(upper, decimals))
        }
        _ => number(value, decimals),
    }
}

/// A p value as journals print it, without the `P`: `0.04`, `0.003`, `<0.001`.
pub fn p_value(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_string()
    } else if p < 0.0095 || (0.0495..0.05).contains(&p) {
        // Two decimals would print 0.0497 as 0.05, on the wrong side of the line that readers draw.
        number(p, 3)
    } else if p > 0.99 {
        ">0.99".to_string()
    } else {
        number(p, 2)
    }
}

/// The number if it is one: a NaN that got this far is treated as missing, never drawn.
pub fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_helvetica() {
        // Helvetica's published advance widths: 0 is 556, A is 667, a space 278 thousandths of the size.
        assert!((width("0", 1000.0, false) - 556.0).abs() < 1.0);
        assert!((width("A ", 1000.0, false) - 945.0).abs() < 1.0);
        assert!((width("A", 1000.0, true) - 722.0).abs() < 1.0);
    }

    #[test]
    fn chinese_is_square_and_not_covered() {
        assert_eq!(width("磁共振", 7.0, false), 21.0);
        assert!(!covers('磁') && covers('λ') && covers('−') && covers('≥'));
    }

    #[test]
    fn wrapping_never_exceeds_the_room_and_loses_nothing_with_enough_lines() {
        for text in
            ["Intratumoral and peritumoral radiomics score", "mri.dce2.peri3mm_original_glcm_Contrast", "磁共振影像组学评分", "x"]
        {
            for room in [20.0, 45.0, 90.0] {
                let lines = wrapped(text, room, 7.0, false, 99);
                assert!(lines.iter().all(|line| width(line, 7.0, false) <= room), "{lines:?}");
                let joined: String = lines.concat();
                assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
                let two = wrapped(text, room, 7.0, false, 2);
                assert!(two.len() <= 2 && two.iter().all(|line| width(line, 7.0, false) <= room), "{two:?}");
            }
        }
    }

    #[test]
    fn a_cut_line_says_so() {
        assert!(wrapped("one two three four five six seven", 40.0, 7.0, false, 2)[1].ends_with('…'));
        assert!(shortened("abcdefgh", 15.0, 7.0, false).ends_with('…'));
        let inside = shortened_inside("mri.original_glcm_Contrast", 60.0, 7.0, false);
        assert!(inside.starts_with("mri") && inside.ends_with("Contrast") && width(&inside, 7.0, false) <= 60.0);
        assert_eq!(wrapped("(BI-RADS)", 24.0, 7.0, false, 2)[0].chars().next(), Some('('));
        assert_eq!(wrapped("HER2-positive", 35.0, 7.0, false, 2), ["HER2-", "positive"]);
    }

    #[test]
    fn numbers_as_journals_print_them() {
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-0.12, 2), "−0.12");
        let full = Measure { value: Some(0.831), lower: Some(0.764), upper: Some(0.898), ..Default::default() };
        assert_eq!(estimate(&full, 2), "0.83 (0.76–0.90)");
        let signed = Measure { value: Some(0.03), lower: Some(-0.02), upper: Some(0.08), ..Default::default() };
        assert_eq!(estimate(&signed, 2), "0.03 (−0.02 to 0.08)");
        assert_eq!(estimate(&Measure::undefined("one class"), 2), "undefined");
        assert_eq!(estimate(&Measure::of(f64::NAN), 2), "undefined");
        assert_eq!(
            [p_value(0.0004), p_value(0.0042), p_value(0.0491), p_value(0.04961), p_value(0.5)],
            ["<0.001", "0.004", "0.05", "0.050", "0.50"]
        );
    }
}
