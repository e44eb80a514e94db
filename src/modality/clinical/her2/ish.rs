//! HER2 in situ hybridisation: a reported result, the dual-probe groups, the single-probe rule.

use crate::modality::clinical::{
    Interval,
    text::{fold, key},
};

/// An ISH result as it decides an IHC score of 2+, or as a dual-probe group that still needs the IHC score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ish {
    /// Amplified.
    Positive,
    /// Not amplified.
    Negative,
    /// Reported as equivocal, or a single-probe count from 4 to below 6.
    Equivocal,
    /// A dual-probe group that is read together with IHC: 2, 3 or 4.
    Group(u8),
}

impl Ish {
    /// Reads a reported result: `positive`, `amplified`, `扩增`, `FISH(+)`, `1`, `negative`, `not amplified`, `group 3` …
    ///
    /// `Ok(None)` where the test was not done or gave nothing (`not performed`, `indeterminate`, `未做`).
    ///
    /// # Errors
    /// The text itself, where it is none of these.
    pub fn read(text: &str) -> Result<Option<Ish>, String> {
        let whole = key(text);
        let core = ["her2", "fish", "cish", "sish", "dish", "ish", "检测", "result"]
            .iter()
            .fold(whole.as_str(), |rest, prefix| rest.strip_prefix(prefix).unwrap_or(rest));
        // A cell such as `FISH(+)` has letters, so that its key has lost the sign: look for it behind the letters.
        let core = if core.is_empty() { text.trim_matches(|c: char| c.is_alphanumeric() || c.is_whitespace()) } else { core };
        let core = if core.chars().any(char::is_alphanumeric) { core.to_string() } else { key(core) };
        if let Ok(number) = fold(text).parse::<f64>() {
            return match number {
                0.0 => Ok(Some(Ish::Negative)),
                1.0 => Ok(Some(Ish::Positive)),
                _ => Err(text.trim().to_string()),
            };
        }
        Ok(Some(match core.as_str() {
            "positive" | "pos" | "p" | "amplified" | "amplification" | "amp" | "yes" | "+" | "扩增" | "有扩增" | "阳性"
            | "基因扩增" | "有" | "是" => Ish::Positive,
            "negative" | "neg" | "n" | "notamplified" | "nonamplified" | "unamplified" | "noamplification" | "nonamp" | "no"
            | "-" | "无扩增" | "未扩增" | "阴性" | "不扩增" | "未见扩增" | "基因无扩增" | "无" | "否" => {
                Ish::Negative
            }
            "equivocal" | "borderline" | "临界" | "不确定" => Ish::Equivocal,
            "group1" | "g1" | "第1组" => Ish::Positive,
            "group2" | "g2" | "第2组" => Ish::Group(2),
            "group3" | "g3" | "第3组" => Ish::Group(3),
            "group4" | "g4" | "第4组" => Ish::Group(4),
            "group5" | "g5" | "第5组" => Ish::Negative,
            "" | "na" | "nan" | "none" | "notdone" | "notperformed" | "notevaluated" | "notavailable" | "indeterminate"
            | "unknown" | "failed" | "未做" | "未检测" | "未行" | "未查" | "未知" | "不详" => return Ok(None),
            _ => return Err(text.trim().to_string()),
        }))
    }

    /// The dual-probe result by HER2/CEP17 ratio and mean HER2 copy number per cell.
    ///
    /// # Definition
    /// | group | ratio | copy number | result |
    /// |---|---|---|---|
    /// | 1 | ≥ 2.0 | ≥ 4.0 | amplified |
    /// | 2 | ≥ 2.0 | < 4.0 | with IHC: negative unless 3+ |
    /// | 3 | < 2.0 | ≥ 6.0 | with IHC: positive where 2+ or 3+, else negative |
    /// | 4 | < 2.0 | 4.0 to < 6.0 | with IHC: negative unless 3+ |
    /// | 5 | < 2.0 | < 4.0 | not amplified |
    ///
    /// `None` where a reported range (`<10`, `>1.5`) does not settle the group.
    ///
    /// # Reference
    /// Wolff AC et al., ASCO/CAP guideline 2018, affirmed 2023.
    pub fn from_dual_probe(ratio: Interval, copies: Interval) -> Option<Ish> {
        let at_least_four = copies.at_least(4.0);
        match (ratio.at_least(2.0)?, at_least_four) {
            (true, Some(true)) => Some(Ish::Positive),
            (true, Some(false)) => Some(Ish::Group(2)),
            (false, Some(false)) => Some(Ish::Negative),
            (false, Some(true)) => Some(if copies.at_least(6.0)? { Ish::Group(3) } else { Ish::Group(4) }),
            (_, None) => None,
        }
    }

    /// The dual-probe result where only the ratio is known: ≥ 2.0 amplified, else not. It cannot tell group 2 from 1, nor
    /// groups 3 and 4 from 5.
    pub fn from_ratio(ratio: Interval) -> Option<Ish> {
        Some(if ratio.at_least(2.0)? { Ish::Positive } else { Ish::Negative })
    }

    /// The single-probe result by mean HER2 copy number per cell: ≥ 6.0 amplified, < 4.0 not, between them equivocal.
    ///
    /// # Reference
    /// Wolff AC et al., ASCO/CAP guideline 2018, affirmed 2023.
    pub fn from_single_probe(copies: Interval) -> Option<Ish> {
        match (copies.at_least(4.0)?, copies.at_least(6.0)) {
            (false, _) => Some(Ish::Negative),
            (true, Some(true)) => Some(Ish::Positive),
            (true, Some(false)) => Some(Ish::Equivocal),
            (true, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_of_a_result_are_read() {
        for (result, spellings) in [
            (
                Some(Ish::Positive),
                vec!["Positive", "+", "(+)", "FISH(+)", "FISH+", "amplified", "扩增", "FISH阳性", "1", "HER2 amplified"],
            ),
            (
                Some(Ish::Negative),
                vec!["Negative", "-", "FISH(-)", "FISH-", "not amplified", "non-amplified", "无扩增", "FISH无扩增", "0"],
            ),
            (Some(Ish::Equivocal), vec!["Equivocal", "不确定"]),
            (Some(Ish::Group(3)), vec!["Group 3", "G3"]),
            (None, vec!["Not Performed", "[Not Evaluated]", "Indeterminate", "未做", "", "NA"]),
        ] {
            for spelling in spellings {
                assert_eq!(Ish::read(spelling), Ok(result), "{spelling}");
            }
        }
        assert!(Ish::read("polysomy").is_err());
        assert!(Ish::read("2.3").is_err());
    }

    #[test]
    fn a_range_on_both_sides_of_a_threshold_settles_nothing() {
        let below_ten = Interval::read("<10").unwrap();
        assert_eq!(Ish::from_dual_probe(2.5.into(), below_ten), None);
        assert_eq!(Ish::from_single_probe(Interval::read(">6").unwrap()), Some(Ish::Positive));
        assert_eq!(Ish::from_single_probe(Interval::read("<4.0").unwrap()), Some(Ish::Negative));
        assert_eq!(Ish::from_single_probe(Interval::read(">4.5").unwrap()), None);
    }
}
