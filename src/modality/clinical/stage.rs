//! T and N category, anatomic stage, histological grade, BI-RADS category: codes with prefixes, suffixes and Roman numerals.

use super::text::{fold, key};

/// The T category as a number: Tis and T0 are 0, `T1mi`–`T1c` 1, up to 4; `None` for TX and what is no T category.
///
/// # Reference
/// AJCC Cancer Staging Manual, 8th edition.
pub fn t_stage(text: &str) -> Option<u8> {
    single(text)?;
    let key = key(text);
    let core = tumour_prefix(&key, 't');
    match core {
        "is" | "isdcis" | "ispaget" => Some(0),
        _ => {
            let (number, rest) = leading_level(core, 4)?;
            matches!(rest, "" | "a" | "b" | "c" | "d" | "mi" | "mic" | "期").then_some(number)
        }
    }
}

/// The N category as a number: `N0(i+)` and `N0(mol+)` are 0, `N1mi` 1, up to 3; `None` for NX and what is no N category.
///
/// # Reference
/// AJCC Cancer Staging Manual, 8th edition.
pub fn n_stage(text: &str) -> Option<u8> {
    single(text)?;
    let key = key(text);
    let (number, rest) = leading_level(tumour_prefix(&key, 'n'), 3)?;
    matches!(rest, "" | "a" | "b" | "c" | "mi" | "mic" | "i" | "mol" | "isn" | "sn" | "asn" | "misn" | "期").then_some(number)
}

/// The anatomic stage as a number, 0 to 4: `Stage IIA` is 2.
///
/// # Reference
/// AJCC Cancer Staging Manual, 8th edition.
pub fn anatomic_stage(text: &str) -> Option<u8> {
    single(text)?;
    let key = key(text);
    let core = key.strip_prefix("stage").or_else(|| key.strip_prefix("ajcc")).unwrap_or(&key);
    let core = core.strip_suffix('期').unwrap_or(core);
    let (number, rest) = leading_level(core, 4)?;
    matches!(rest, "" | "a" | "b" | "c").then_some(number)
}

/// The histological grade, 1 to 3: `G2`, `II`, `Grade 2`, `2级`, `Nottingham grade 2`, `moderately differentiated`, `中分化`.
///
/// # Reference
/// Elston CW, Ellis IO. Histopathology 1991;19:403 (Nottingham grade).
pub fn grade(text: &str) -> Option<u8> {
    single(text)?;
    let key = key(text);
    match key.as_str() {
        "low" | "lowgrade" | "well" | "welldifferentiated" | "高分化" | "低级别" => return Some(1),
        "intermediate" | "intermediategrade" | "moderate" | "moderatelydifferentiated" | "中分化" | "中级别" => {
            return Some(2);
        }
        "high" | "highgrade" | "poor" | "poorlydifferentiated" | "低分化" | "高级别" => return Some(3),
        _ => {}
    }
    let core = ["nottingham", "sbr", "elston", "histologic", "histological", "组织学", "分级"]
        .iter()
        .fold(key.as_str(), |rest, prefix| rest.strip_prefix(prefix).unwrap_or(rest));
    let core = core.strip_prefix("grade").or_else(|| core.strip_prefix('g')).unwrap_or(core);
    let core = core.strip_suffix('级').unwrap_or(core);
    let (number, rest) = leading_level(core, 3)?;
    (number >= 1 && rest.is_empty()).then_some(number)
}

/// The BI-RADS category on a scale that keeps the order: 1, 2, 3, then 4A 4.0, 4B 4.3, 4C 4.6, 5, 6. A 4 without letter counts
/// as 4B. Category 0 (incomplete) has no place in the order and gives `None`.
///
/// # Reference
/// ACR BI-RADS Atlas, 5th edition (2013).
pub fn birads(text: &str) -> Option<f64> {
    let key = key(text);
    let core = key.strip_prefix("birads").or_else(|| key.strip_prefix("acr")).unwrap_or(&key);
    let core = core.strip_prefix("category").unwrap_or(core);
    let core = core.strip_suffix("类").or_else(|| core.strip_suffix('级')).unwrap_or(core);
    match core {
        "1" | "2" | "3" | "5" | "6" => core.parse().ok(),
        "i" => Some(1.0),
        "ii" => Some(2.0),
        "iii" => Some(3.0),
        "v" => Some(5.0),
        "vi" => Some(6.0),
        "4a" | "iva" => Some(4.0),
        "4b" | "ivb" | "4" | "iv" => Some(4.3),
        "4c" | "ivc" => Some(4.6),
        _ => None,
    }
}

/// The T category that the largest diameter implies: up to 20 mm 1, up to 50 mm 2, above 3. T4 is not a matter of size.
///
/// # Reference
/// AJCC Cancer Staging Manual, 8th edition.
pub fn t_stage_of_size(diameter_mm: f64) -> Option<u8> {
    match diameter_mm {
        d if d <= 0.0 || d.is_nan() => None,
        d if d <= 20.0 => Some(1),
        d if d <= 50.0 => Some(2),
        _ => Some(3),
    }
}

/// `Some` unless the text is a range of two codes (`I-II`, `T1~2`), which is none of them.
fn single(text: &str) -> Option<()> {
    let folded = fold(text);
    let code = |c: char| c.is_ascii_digit() || c == 'i' || c == 'v';
    let mut before = ' ';
    for (at, c) in folded.char_indices() {
        let after = folded[at + c.len_utf8()..].trim_start().trim_start_matches(['g', 't', 'n']).chars().next().unwrap_or(' ');
        if matches!(c, '-' | '~' | '/' | '至') && code(before) && code(after) {
            return None;
        }
        if c != ' ' {
            before = c;
        }
    }
    Some(())
}

/// A code without what says how it was found (`c`, `p`, `yp`, `r`) and without its letter.
fn tumour_prefix(key: &str, letter: char) -> &str {
    let core = ["yp", "yc", "rp", "c", "p", "r", "y"]
        .iter()
        .find_map(|how| key.strip_prefix(how).filter(|rest| rest.starts_with(letter)));
    let core = core.unwrap_or(key);
    let core = core.strip_prefix(letter).unwrap_or(core);
    core.strip_prefix("stage").unwrap_or(core)
}

/// A digit or Roman numeral up to `most` at the start, and what follows.
fn leading_level(core: &str, most: u8) -> Option<(u8, &str)> {
    let (number, length) = match core {
        _ if core.starts_with(|c: char| c.is_ascii_digit()) => (core.as_bytes()[0] - b'0', 1),
        _ if core.starts_with("iv") => (4, 2),
        _ if core.starts_with("iii") => (3, 3),
        _ if core.starts_with("ii") => (2, 2),
        _ if core.starts_with('i') => (1, 1),
        _ => return None,
    };
    (number <= most).then(|| (number, &core[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_categories() {
        for (text, number) in [
            ("Tis", 0),
            ("T0", 0),
            ("T1c", 1),
            ("pT1mi", 1),
            ("cT2", 2),
            ("ypT3", 3),
            ("T4d", 4),
            ("2", 2),
            ("1b", 1),
            ("Ⅱ", 2),
            ("T2期", 2),
        ] {
            assert_eq!(t_stage(text), Some(number), "{text}");
        }
        for text in ["TX", "T5", "T1-2", "", "tumour", "T23", "N1"] {
            assert_eq!(t_stage(text), None, "{text}");
        }
    }

    #[test]
    fn n_categories() {
        for (text, number) in [
            ("N0 (i-)", 0),
            ("N0 (i+)", 0),
            ("N0 (mol+)", 0),
            ("N1mi", 1),
            ("pN2a", 2),
            ("cN1", 1),
            ("N3c", 3),
            ("0", 0),
            ("pN0(sn)", 0),
        ] {
            assert_eq!(n_stage(text), Some(number), "{text}");
        }
        for text in ["NX", "N4", "", "T1", "12", "positive"] {
            assert_eq!(n_stage(text), None, "{text}");
        }
    }

    #[test]
    fn stages_and_grades() {
        for (text, number) in [("Stage IIA", 2), ("Stage IV", 4), ("IIIC", 3), ("Ⅲ期", 3), ("0", 0), ("1", 1), ("Stage I", 1)]
        {
            assert_eq!(anatomic_stage(text), Some(number), "{text}");
        }
        assert_eq!(anatomic_stage("Stage X"), None);
        for (text, number) in [
            ("G2", 2),
            ("II", 2),
            ("Grade 3", 3),
            ("2级", 2),
            ("Nottingham Grade 1", 1),
            ("低分化", 3),
            ("高分化", 1),
            ("Ⅲ", 3),
            ("1", 1),
        ] {
            assert_eq!(grade(text), Some(number), "{text}");
        }
        for text in ["GX", "G4", "0", "I-II", "II-III", ""] {
            assert_eq!(grade(text), None, "{text}");
        }
    }

    #[test]
    fn birads_categories_keep_their_order() {
        let read = |text| birads(text).unwrap();
        let order = ["1", "BI-RADS 2", "3类", "4A", "BI-RADS 4b", "4c", "5", "Ⅵ"].map(read);
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "{order:?}");
        assert_eq!(birads("4"), birads("4B"));
        assert_eq!(birads("0"), None);
        assert_eq!(birads("4d"), None);
    }

    #[test]
    fn size_implies_the_t_category() {
        let by_size = [0.0, 0.1, 20.0, 20.1, 50.0, 50.1].map(t_stage_of_size);
        assert_eq!(by_size, [None, Some(1), Some(1), Some(2), Some(2), Some(3)]);
    }
}
