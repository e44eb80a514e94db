//! HER2 immunohistochemistry: the score, as reported or from the staining itself.

use crate::modality::clinical::text::{fold, key};

/// An IHC result, as finely as it was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ihc {
    /// 0 with no staining at all.
    Null,
    /// 0 with faint, incomplete staining in more than 0 and at most 10 % of cells.
    Ultralow,
    /// 0, not further specified.
    Zero,
    /// 1+.
    OnePlus,
    /// 2+ (equivocal).
    TwoPlus,
    /// 3+.
    ThreePlus,
    /// Reported as negative, or as "0 to 1+": one of the two.
    ZeroOrOnePlus,
}

impl Ihc {
    /// Reads a reported score: `3+`, `+++`, `(3+)`, `score 3`, `3`, `HER2 3+`, `1+`, `0`, `-`, `ultralow`, `阴性` …
    ///
    /// # Errors
    /// What is wrong with a text that is no score, as a sentence: percentages (the score needs the intensity as well),
    /// two scores at once, words.
    pub fn read(text: &str) -> Result<Ihc, String> {
        let core = core(text);
        match core.as_str() {
            "0" | "0.0" | "-" | "0-" | "0+0" => return Ok(Ihc::Zero),
            "0+" => return Ok(Ihc::Ultralow),
            "1" | "1.0" | "1+" | "+" | "+1" => return Ok(Ihc::OnePlus),
            "2" | "2.0" | "2+" | "++" | "+2" => return Ok(Ihc::TwoPlus),
            "3" | "3.0" | "3+" | "+++" | "+3" => return Ok(Ihc::ThreePlus),
            "0-1" | "0-1+" | "0/1+" | "0/1" | "0~1+" | "0,1+" | "0or1+" | "-/+" | "-~+" | "0-+" => return Ok(Ihc::ZeroOrOnePlus),
            _ => {}
        }
        if core.contains('%') {
            return Err("it is a percentage of cells, and the score also needs the intensity and completeness of staining".into());
        }
        match key(&core).as_str() {
            "null" | "herzeronull" | "nostaining" | "无着色" | "完全无着色" | "null0" => Ok(Ihc::Null),
            "ultralow" | "超低" | "超低表达" | "0ultralow" => Ok(Ihc::Ultralow),
            "zero" | "零表达" | "无表达" | "none" => Ok(Ihc::Zero),
            "negative" | "neg" | "阴性" => Ok(Ihc::ZeroOrOnePlus),
            "equivocal" | "borderline" | "不确定" | "临界" => Ok(Ihc::TwoPlus),
            "positive" | "pos" | "阳性" | "强阳性" => Ok(Ihc::ThreePlus),
            _ => Err("it is no IHC score".into()),
        }
    }

    /// Whether a text can only be a score: 2 or 3, or more than one plus. (`+`, `1`, `0` and words may also be a status.)
    pub fn is_graded(text: &str) -> bool {
        let core = core(text);
        (core.starts_with(['2', '3']) || core.contains("++") || core == "1+") && Ihc::read(text).is_ok()
    }

    /// The score by what is seen in invasive tumour cells.
    ///
    /// # Definition
    /// `percent` is the percentage of invasive tumour cells that stain so (0 to 100).
    ///
    /// | staining | cells | score |
    /// |---|---|---|
    /// | none | | 0 (null) |
    /// | faint or barely perceptible, incomplete | ≤ 10 % | 0 (ultralow where > 0 %) |
    /// | faint or barely perceptible, incomplete | > 10 % | 1+ |
    /// | weak to moderate, complete | > 10 % | 2+ |
    /// | intense, complete | ≤ 10 % | 2+ |
    /// | intense, complete | > 10 % | 3+ |
    ///
    /// Combinations that the guideline does not name (weak to moderate complete staining of at most 10 %) give `None`.
    ///
    /// # Reference
    /// Wolff AC et al., ASCO/CAP guideline 2018, affirmed 2023 (J Clin Oncol 41:3867).
    pub fn from_staining(staining: Staining, percent: f64) -> Option<Ihc> {
        if !(0.0..=100.0).contains(&percent) {
            return None;
        }
        let many = percent > 10.0;
        match staining {
            Staining::None => Some(Ihc::Null),
            _ if percent == 0.0 => Some(Ihc::Null),
            Staining::FaintIncomplete => Some(if many { Ihc::OnePlus } else { Ihc::Ultralow }),
            Staining::WeakToModerateComplete => many.then_some(Ihc::TwoPlus),
            Staining::IntenseComplete => Some(if many { Ihc::ThreePlus } else { Ihc::TwoPlus }),
        }
    }

    /// Score 0, with the percentage of faintly staining cells where it is known: null for 0 %, ultralow for more.
    pub fn with_faint_staining(self, percent: Option<f64>) -> Ihc {
        match (self, percent) {
            (Ihc::Zero, Some(0.0)) => Ihc::Null,
            (Ihc::Zero, Some(p)) if p > 0.0 && p <= 10.0 => Ihc::Ultralow,
            (other, _) => other,
        }
    }
}

/// A score without what may stand around it: brackets, the name of the test, the score again in words.
fn core(text: &str) -> String {
    let plain: String = fold(text).chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '[' | ']' | ':' | '_')).collect();
    let mut core = plain.as_str();
    for prefix in TEST_NAMES {
        core = core.strip_prefix(prefix).unwrap_or(core);
    }
    for suffix in ["positive", "negative", "equivocal", "阳性", "阴性", "级", "分"] {
        // `3+ positive` repeats the score in words; a lone word is a result of its own.
        let scored = |rest: &&str| rest.ends_with(|c: char| c.is_ascii_digit() || c == '+');
        core = core.strip_suffix(suffix).filter(scored).unwrap_or(core);
    }
    core.to_string()
}

/// Names of the test in front of a score, the longer before the shorter.
const TEST_NAMES: [&str; 12] =
    ["免疫组化", "ihc", "her-2/neu", "her2/neu", "her-2", "her2", "c-erbb-2", "c-erbb2", "cerbb-2", "cerbb2", "score", "level"];

/// Membrane staining of invasive tumour cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staining {
    /// None.
    None,
    /// Incomplete and faint or barely perceptible.
    FaintIncomplete,
    /// Complete and weak to moderate.
    WeakToModerateComplete,
    /// Complete and intense.
    IntenseComplete,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_of_a_score_are_read() {
        for (score, spellings) in [
            (Ihc::Zero, vec!["0", "0.0", "-", "(-)", "（－）", "HER2 0", "Score 0", "无表达"]),
            (Ihc::OnePlus, vec!["1", "1+", "+", "(+)", "（1＋）", "HER-2(1+)", "1+ Negative"]),
            (Ihc::TwoPlus, vec!["2", "2+", "++", "（＋＋）", "equivocal", "IHC 2+", "C-erbB-2(2+)"]),
            (Ihc::ThreePlus, vec!["3", "3+", "+++", "3+ POSITIVE", "score 3+", "阳性", "3分", "(3+)"]),
            (Ihc::ZeroOrOnePlus, vec!["0-1+", "0/1+", "Negative", "阴性", "0～1+"]),
            (Ihc::Ultralow, vec!["ultralow", "Ultra-low", "超低表达", "0+"]),
            (Ihc::Null, vec!["null", "no staining", "无着色"]),
        ] {
            for spelling in spellings {
                assert_eq!(Ihc::read(spelling), Ok(score), "{spelling}");
            }
        }
    }

    #[test]
    fn scores_differ_from_signs() {
        assert!(["1+", "2+", "++", "3", "HER2(3+)"].iter().all(|text| Ihc::is_graded(text)));
        assert!(!["+", "-", "1", "0", "positive", "阴性", "2.5", "low"].iter().any(|text| Ihc::is_graded(text)));
    }

    #[test]
    fn what_is_no_score_says_why() {
        assert!(Ihc::read("30%").unwrap_err().contains("percentage"));
        for text in ["1+~2+", "2+/3+", "4+", "30", "CISH", "", "[Not Available]"] {
            assert!(Ihc::read(text).is_err(), "{text}");
        }
    }
}
