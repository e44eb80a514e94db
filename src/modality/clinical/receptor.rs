//! ER and PR: positive or negative by a cut-off on the percentage of stained cells, or as stated.

use super::Interval;
use super::text::fold;
use super::value;
use std::fmt;

/// The cut-off of ASCO/CAP 2020, in per cent; earlier practice and some national guidelines use 10.
pub const DEFAULT_CUTOFF: f64 = 1.0;

/// The rule in words, for a cut-off in per cent.
pub fn sentence(cutoff: f64) -> String {
    format!(
        "ER and PR are positive from {cutoff} % stained nuclei; where no percentage is given, the stated result counts, whatever \
         cut-off its laboratory used."
    )
}

/// An ER or PR entry: a percentage, a stated sign, or both (`阳性 80%`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReceptorEntry {
    /// Percentage of stained nuclei.
    pub percent: Option<Interval>,
    /// Stated as positive or negative.
    pub positive: Option<bool>,
}

impl ReceptorEntry {
    /// Reads an entry in words and signs. A number counts as a percentage only with a percent sign: what bare numbers mean is
    /// a matter of the whole column, see [`NumberCoding`].
    ///
    /// # Errors
    /// The text itself, where it is no receptor result.
    pub fn read(text: &str) -> Result<ReceptorEntry, String> {
        if let Ok(positive) = value::sign(text) {
            return Ok(ReceptorEntry { percent: None, positive });
        }
        if let Some(percent) = fold(text).contains('%').then(|| Interval::read(text)).flatten().filter(in_range) {
            return Ok(ReceptorEntry { percent: Some(percent), positive: None });
        }
        let folded = fold(text);
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '<' | '>' | '%' | '~' | '≥' | '≤' | '约');
        // `+80%`, `(+)80%`, `阳性(80-90%)`, `80% +`, `3+ 90%`: a sign and a percentage in either order.
        let (sign, percent): (String, String) = match folded.find('%') {
            Some(end) => {
                let start =
                    folded[..end].rfind(|c: char| !number(c) && c != '-' && c != ' ').map_or(0, |at| at + char_len(&folded, at));
                (format!("{} {}", &folded[..start], &folded[end + 1..]), folded[start..=end].to_string())
            }
            None => (folded.clone(), String::new()),
        };
        let stars: String = sign.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | ',' | '，' | ';' | ':')).collect();
        let stars = stars.strip_prefix("er").or_else(|| stars.strip_prefix("pr")).unwrap_or(&stars);
        let positive = match stars {
            "1+" | "2+" | "3+" => Some(true),
            _ => value::sign(stars).map_err(|_| text.trim().to_string())?,
        };
        let percent = if percent.is_empty() {
            None
        } else {
            Some(Interval::read(percent.trim_matches([' ', '-'])).filter(in_range).ok_or_else(|| text.trim().to_string())?)
        };
        if percent.is_none() && positive.is_none() {
            return Err(text.trim().to_string());
        }
        Ok(ReceptorEntry { percent, positive })
    }
}

fn in_range(percent: &Interval) -> bool {
    percent.point() >= 0.0 && percent.point() <= 100.0
}

fn char_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

/// What bare numbers in an ER or PR column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberCoding {
    /// 0 negative, 1 positive.
    Sign,
    /// Staining intensity 0 to 3: from 1 positive.
    Intensity,
    /// Percentages.
    Percent,
    /// Fractions of 1.
    Fraction,
    /// Not to be told: 1 and 2 only, or numbers out of range.
    Unclear,
}

impl NumberCoding {
    /// What the numbers of a column mean.
    ///
    /// # Definition
    /// Only 0 and 1: signs. Whole numbers up to 3 with a 0 among them: intensities. All within 0 and 1: fractions. All within 0
    /// and 100 with one above 3: percentages. Else unclear, as where only 1 and 2 occur (positive and negative, or the reverse).
    pub fn of(numbers: impl Iterator<Item = f64> + Clone) -> NumberCoding {
        let all = |test: fn(f64) -> bool| numbers.clone().all(test);
        let any = |test: fn(f64) -> bool| numbers.clone().any(test);
        if all(|x| x == 0.0 || x == 1.0) {
            NumberCoding::Sign
        } else if all(|x| (0.0..=1.0).contains(&x)) {
            NumberCoding::Fraction
        } else if all(|x| x.fract() == 0.0 && (0.0..=3.0).contains(&x)) && any(|x| x == 0.0) {
            NumberCoding::Intensity
        } else if all(|x| (0.0..=100.0).contains(&x)) && any(|x| x > 3.0) {
            NumberCoding::Percent
        } else {
            NumberCoding::Unclear
        }
    }

    /// A bare number as an entry; `None` where the coding is unclear.
    pub fn entry(self, number: f64) -> Option<ReceptorEntry> {
        let percent = |x: f64| Some(ReceptorEntry { percent: Some(x.into()), positive: None });
        match self {
            NumberCoding::Sign | NumberCoding::Intensity => Some(ReceptorEntry { percent: None, positive: Some(number >= 1.0) }),
            NumberCoding::Percent => percent(number),
            NumberCoding::Fraction => percent(100.0 * number),
            NumberCoding::Unclear => None,
        }
    }
}

/// Why a receptor's status is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceptorUnknown {
    /// Neither a percentage nor a result is recorded.
    NothingRecorded,
    /// The reported range lies on both sides of the cut-off, and no result is stated.
    RangeAcrossCutoff,
}

impl fmt::Display for ReceptorUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ReceptorUnknown::NothingRecorded => "neither a percentage nor a result is recorded",
            ReceptorUnknown::RangeAcrossCutoff => "the reported range of percentages lies on both sides of the cut-off",
        })
    }
}

/// A receptor's status.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReceptorOutcome {
    /// Positive or negative, or why not.
    pub positive: Result<bool, ReceptorUnknown>,
    /// Whether the percentage is from 1 to 10 (ASCO/CAP 2020 "low positive", for ER); `None` where no percentage tells.
    pub low_positive: Option<bool>,
    /// The stated result and the percentage disagree at this cut-off; the percentage was used.
    pub contradiction: bool,
}

/// Status of ER or PR.
///
/// # Definition
/// Positive where the percentage is `cutoff` or more; a reported range counts where it lies on one side of the cut-off. Without a
/// percentage, or where its range does not settle it, the stated result counts.
///
/// # Reference
/// Allison KH et al., ASCO/CAP 2020 (J Clin Oncol 38:1346): positive from 1 %, ER-low-positive from 1 to 10 %.
pub fn status(entry: &ReceptorEntry, cutoff: f64) -> ReceptorOutcome {
    let by_percent = entry.percent.and_then(|percent| percent.at_least(cutoff));
    let unknown = if entry.percent.is_some() { ReceptorUnknown::RangeAcrossCutoff } else { ReceptorUnknown::NothingRecorded };
    let low_positive = entry.percent.and_then(|percent| {
        let above_ten = if percent.high <= 10.0 { Some(false) } else { (percent.low > 10.0).then_some(true) };
        match (percent.at_least(1.0), above_ten) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    });
    ReceptorOutcome {
        positive: by_percent.or(entry.positive).ok_or(unknown),
        low_positive,
        contradiction: by_percent.zip(entry.positive).is_some_and(|(by_percent, stated)| by_percent != stated),
    }
}

/// Hormone-receptor status: positive where ER or PR is, negative where both are; `None` where the known one is negative and the
/// other unknown.
pub fn hormone_receptor(er: Option<bool>, pr: Option<bool>) -> Option<bool> {
    match (er, pr) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(percent: &str, stated: Option<bool>, cutoff: f64) -> Result<bool, ReceptorUnknown> {
        status(&ReceptorEntry { percent: Interval::read(percent), positive: stated }, cutoff).positive
    }

    #[test]
    fn the_cutoff_divides_at_one_or_ten_per_cent() {
        for (percent, at_one, at_ten) in [
            ("0", false, false),
            ("0.9", false, false),
            ("1", true, false),
            ("9", true, false),
            ("10", true, true),
            ("90-99%", true, true),
        ] {
            assert_eq!(by(percent, None, 1.0), Ok(at_one), "{percent}");
            assert_eq!(by(percent, None, 10.0), Ok(at_ten), "{percent}");
        }
        assert_eq!(by("<10%", None, 1.0), Err(ReceptorUnknown::RangeAcrossCutoff));
        assert_eq!(by("<10%", Some(true), 1.0), Ok(true));
        assert_eq!(by("<10%", Some(true), 10.0), Ok(false));
        assert_eq!(by("", None, 1.0), Err(ReceptorUnknown::NothingRecorded));
    }

    #[test]
    fn er_low_positive_is_one_to_ten_per_cent() {
        let low =
            |percent| status(&ReceptorEntry { percent: Interval::read(percent), positive: None }, DEFAULT_CUTOFF).low_positive;
        assert_eq!(["0", "0.5", "1", "10", "10.5", "90"].map(low), [false, false, true, true, false, false].map(Some));
        assert_eq!(low("<10%"), None);
        assert_eq!(low("5-20"), None);
    }

    #[test]
    fn entries_with_sign_and_percentage_are_read() {
        for (text, percent, positive) in [
            ("阳性（80%）", Some(80.0), Some(true)),
            ("(+)80%", Some(80.0), Some(true)),
            ("+ 80-90%", Some(85.0), Some(true)),
            ("80%+", Some(80.0), Some(true)),
            ("ER(+) 90%", Some(90.0), Some(true)),
            ("3+, 95%", Some(95.0), Some(true)),
            ("阴性(<1%)", Some(1.0), Some(false)),
            ("80%", Some(80.0), None),
            ("++", None, Some(true)),
            ("Positive", None, Some(true)),
            ("Indeterminate", None, None),
        ] {
            let entry = ReceptorEntry::read(text).unwrap_or_else(|text| panic!("{text}"));
            assert_eq!((entry.percent.map(|p| p.point()), entry.positive), (percent, positive), "{text}");
        }
        for text in ["Allred 8/8", "150%", "80", "H-score 200"] {
            assert!(ReceptorEntry::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_bare_numbers_mean_is_told_from_the_column() {
        let of = |numbers: &[f64]| NumberCoding::of(numbers.iter().copied());
        assert_eq!(of(&[0.0, 1.0, 1.0]), NumberCoding::Sign);
        assert_eq!(of(&[0.0, 1.0, 2.0, 3.0]), NumberCoding::Intensity);
        assert_eq!(of(&[0.0, 80.0, 1.0]), NumberCoding::Percent);
        assert_eq!(of(&[0.0, 0.8, 1.0]), NumberCoding::Fraction);
        assert_eq!(of(&[1.0, 2.0, 2.0]), NumberCoding::Unclear);
        assert_eq!(of(&[0.0, 180.0]), NumberCoding::Unclear);
    }

    #[test]
    fn one_positive_receptor_makes_hormone_receptor_positive() {
        assert_eq!(hormone_receptor(Some(true), None), Some(true));
        assert_eq!(hormone_receptor(Some(false), Some(true)), Some(true));
        assert_eq!(hormone_receptor(Some(false), Some(false)), Some(false));
        assert_eq!(hormone_receptor(Some(false), None), None);
    }
}
