//! Cells as people type them: full-width letters, Roman numerals, stray blanks and brackets fold to one form.

/// A cell in its plain form: full-width characters become ASCII, Roman-numeral characters become letters, every dash a
/// hyphen, letters small, blanks trimmed and single.
pub fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{3000}' | '\u{00a0}' => plain.push(' '),
            '\u{ff01}'..='\u{ff5e}' => plain.extend(char::from_u32(c as u32 - 0xfee0)),
            '\u{2160}'..='\u{216b}' => plain.push_str(ROMAN[c as usize - 0x2160]),
            '\u{2170}'..='\u{217b}' => plain.push_str(ROMAN[c as usize - 0x2170]),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => plain.push('-'),
            '\u{fe62}' => plain.push('+'),
            _ => plain.push(c),
        }
    }
    let small = plain.to_lowercase();
    small.split_whitespace().collect::<Vec<_>>().join(" ")
}

const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

/// What two spellings of one word have in common: its letters and digits, folded. Of a cell that holds signs only (`(+)`,
/// `--`) the plus and minus signs remain.
pub fn key(text: &str) -> String {
    let folded = fold(text);
    let letters: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() { folded.chars().filter(|c| matches!(c, '+' | '-')).collect() } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_share_a_key() {
        for spelling in ["Ki-67", "ki67", " KI 67 ", "Ki_67", "Ｋｉ－６７"] {
            assert_eq!(key(spelling), "ki67", "{spelling}");
        }
        assert_eq!(key("Ⅱ"), "ii");
        assert_eq!(key("（＋）"), "+");
        assert_eq!(key("−"), "-");
        assert_eq!(key("绝经 后"), "绝经后");
    }
}
