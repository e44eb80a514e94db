//! Surrogate molecular subtype from ER, PR, HER2 and Ki-67.

use super::Interval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// By which definition luminal A-like is told from luminal B-like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubtypeDefinition {
    /// Luminal A-like: Ki-67 below 20 % and PR from 20 %.
    #[default]
    StGallen2013,
    /// Luminal A-like: Ki-67 below 14 %, or below 20 % with PR from 20 %.
    Maisonneuve2014,
}

impl SubtypeDefinition {
    /// The definition in words.
    pub fn sentence(self) -> &'static str {
        match self {
            SubtypeDefinition::StGallen2013 => {
                "Subtype by St Gallen 2013: luminal A-like has Ki-67 below 20 % and PR of 20 % or more."
            }
            SubtypeDefinition::Maisonneuve2014 => {
                "Subtype by Maisonneuve 2014: luminal A-like has Ki-67 below 14 %, or from 14 to below 20 % with PR of 20 % or more."
            }
        }
    }
}

/// Surrogate molecular subtype.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subtype {
    /// ER+, HER2−, low Ki-67, high PR.
    LuminalA,
    /// ER+, HER2−, not luminal A-like.
    LuminalBHer2Negative,
    /// ER+, HER2+.
    LuminalBHer2Positive,
    /// ER−, PR−, HER2+.
    Her2NonLuminal,
    /// ER−, PR−, HER2−.
    TripleNegative,
}

impl fmt::Display for Subtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Subtype::LuminalA => "luminal A-like",
            Subtype::LuminalBHer2Negative => "luminal B-like, HER2-negative",
            Subtype::LuminalBHer2Positive => "luminal B-like, HER2-positive",
            Subtype::Her2NonLuminal => "HER2-positive, non-luminal",
            Subtype::TripleNegative => "triple-negative",
        })
    }
}

/// Why a subtype could not be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubtypeUndetermined {
    /// ER is unknown.
    ErUnknown,
    /// HER2 is unknown.
    Her2Unknown,
    /// ER is negative and PR unknown.
    PrUnknown,
    /// ER is negative and PR positive: no subtype of the definition.
    PrPositiveErNegative,
    /// ER+, HER2−, and Ki-67 or PR do not settle A or B.
    KiOrPrUnknown,
}

impl fmt::Display for SubtypeUndetermined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SubtypeUndetermined::ErUnknown => "ER is unknown",
            SubtypeUndetermined::Her2Unknown => "HER2 is unknown",
            SubtypeUndetermined::PrUnknown => "ER is negative and PR is unknown",
            SubtypeUndetermined::PrPositiveErNegative => "ER-negative and PR-positive is no subtype of the definition",
            SubtypeUndetermined::KiOrPrUnknown => "Ki-67 or the percentage of PR does not settle luminal A or B",
        })
    }
}

/// What a subtype is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SubtypeEvidence {
    /// ER positive.
    pub er: Option<bool>,
    /// PR positive.
    pub pr: Option<bool>,
    /// Percentage of PR-stained nuclei.
    pub pr_percent: Option<Interval>,
    /// HER2 positive; low and zero are negative here.
    pub her2: Option<bool>,
    /// Ki-67 labelling index in per cent.
    pub ki67: Option<Interval>,
}

/// Derives the subtype; what is known is used as far as it settles the matter.
///
/// # Definition
/// ER+ HER2+ is luminal B-like HER2-positive; ER− PR− HER2+ is HER2-positive non-luminal; ER− PR− HER2− is triple-negative. ER+
/// HER2− is luminal A-like or B-like by [`SubtypeDefinition`]; a PR stated as negative counts as below 20 %.
///
/// # Reference
/// Goldhirsch A et al., Ann Oncol 2013;24:2206. Maisonneuve P et al., Breast Cancer Res 2014;16:R65.
pub fn derive(evidence: &SubtypeEvidence, definition: SubtypeDefinition) -> Result<Subtype, SubtypeUndetermined> {
    let her2 = evidence.her2.ok_or(SubtypeUndetermined::Her2Unknown);
    match (evidence.er.ok_or(SubtypeUndetermined::ErUnknown)?, evidence.pr) {
        (true, _) if her2? => Ok(Subtype::LuminalBHer2Positive),
        (true, _) => luminal(evidence, definition),
        (false, None) => Err(SubtypeUndetermined::PrUnknown),
        (false, Some(true)) => Err(SubtypeUndetermined::PrPositiveErNegative),
        (false, Some(false)) => Ok(if her2? { Subtype::Her2NonLuminal } else { Subtype::TripleNegative }),
    }
}

/// Luminal A-like or B-like, of an ER+ HER2− tumour.
fn luminal(evidence: &SubtypeEvidence, definition: SubtypeDefinition) -> Result<Subtype, SubtypeUndetermined> {
    let pr_high = evidence.pr_percent.and_then(|pr| pr.at_least(20.0)).or((evidence.pr == Some(false)).then_some(false));
    let ki67_from = |cut| evidence.ki67.and_then(|ki67| ki67.at_least(cut));
    let ki67_low_enough = match definition {
        SubtypeDefinition::StGallen2013 => None,
        SubtypeDefinition::Maisonneuve2014 => ki67_from(14.0).map(|high| !high),
    };
    match (ki67_low_enough, ki67_from(20.0), pr_high) {
        (Some(true), _, _) => Ok(Subtype::LuminalA),
        (_, Some(true), _) => Ok(Subtype::LuminalBHer2Negative),
        (_, Some(false), Some(true)) => Ok(Subtype::LuminalA),
        // Low PR makes it B-like, unless Ki-67 below 14 % would have made it A-like all the same.
        (Some(false), _, Some(false)) => Ok(Subtype::LuminalBHer2Negative),
        (None, _, Some(false)) if definition == SubtypeDefinition::StGallen2013 => Ok(Subtype::LuminalBHer2Negative),
        _ => Err(SubtypeUndetermined::KiOrPrUnknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubtypeDefinition::{Maisonneuve2014, StGallen2013};

    fn luminal(ki67: &str, pr: &str) -> [Result<Subtype, SubtypeUndetermined>; 2] {
        let pr_percent = Interval::read(pr);
        let evidence = SubtypeEvidence { er: Some(true), pr: None, pr_percent, her2: Some(false), ki67: Interval::read(ki67) };
        [StGallen2013, Maisonneuve2014].map(|definition| derive(&evidence, definition))
    }

    #[test]
    fn luminal_a_and_b_by_both_definitions() {
        use Subtype::{LuminalA as A, LuminalBHer2Negative as B};
        assert_eq!(luminal("13", "20"), [Ok(A), Ok(A)]);
        assert_eq!(luminal("13", "19"), [Ok(B), Ok(A)]);
        assert_eq!(luminal("14", "20"), [Ok(A), Ok(A)]);
        assert_eq!(luminal("14", "19"), [Ok(B), Ok(B)]);
        assert_eq!(luminal("19", "20"), [Ok(A), Ok(A)]);
        assert_eq!(luminal("20", "90"), [Ok(B), Ok(B)]);
        assert_eq!(luminal("20", ""), [Ok(B), Ok(B)]);
        let unknown = Err(SubtypeUndetermined::KiOrPrUnknown);
        assert_eq!(luminal("13", ""), [unknown, Ok(A)]);
        assert_eq!(luminal("", "10"), [Ok(B), unknown]);
        assert_eq!(luminal("", "90"), [unknown, unknown]);
    }

    #[test]
    fn the_other_subtypes_need_no_ki67() {
        let of = |er, pr, her2| derive(&SubtypeEvidence { er, pr, her2, ..Default::default() }, StGallen2013);
        assert_eq!(of(Some(true), None, Some(true)), Ok(Subtype::LuminalBHer2Positive));
        assert_eq!(of(Some(false), Some(false), Some(true)), Ok(Subtype::Her2NonLuminal));
        assert_eq!(of(Some(false), Some(false), Some(false)), Ok(Subtype::TripleNegative));
        assert_eq!(of(Some(true), Some(false), Some(false)), Ok(Subtype::LuminalBHer2Negative));
        assert_eq!(of(Some(false), Some(true), Some(false)), Err(SubtypeUndetermined::PrPositiveErNegative));
        assert_eq!(of(Some(false), None, Some(false)), Err(SubtypeUndetermined::PrUnknown));
        assert_eq!(of(None, Some(false), Some(false)), Err(SubtypeUndetermined::ErUnknown));
        assert_eq!(of(Some(true), Some(true), None), Err(SubtypeUndetermined::Her2Unknown));
    }
}
