//! HER2 status of a case from immunohistochemistry and in situ hybridisation.
//!
//! Rule: a case is decided by the guideline, by a rule of [`Her2Rules`] that the study can change, or not at all, and then it
//! says why. These are research classes: the 2023 panel found it premature to report HER2-low or ultralow as result categories.

mod ihc;
mod ish;
mod rules;
mod status;

pub use ihc::{Ihc, Staining};
pub use ish::Ish;
pub use rules::{Contradiction, Her2Rules, IshSource, StatedStatus};
pub use status::StatedClass;

use super::Interval;
use super::text::fold;
use std::fmt;

/// What is known about one tumour, as it stands in the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Her2Evidence<'a> {
    /// The IHC score as reported.
    pub ihc: Option<&'a str>,
    /// The ISH result as reported.
    pub ish: Option<&'a str>,
    /// HER2/CEP17 ratio of a dual probe.
    pub ish_ratio: Option<Interval>,
    /// Mean HER2 copy number per cell of a dual probe.
    pub ish_copies: Option<Interval>,
    /// Mean HER2 copy number per cell of a single probe.
    pub single_probe_copies: Option<Interval>,
    /// A status stated without its grounds: positive, negative, low …
    pub status: Option<&'a str>,
    /// Percentage of cells with faint, incomplete staining where the score is 0.
    pub faint_percent: Option<f64>,
    /// Whether the table has neither an IHC nor an ISH column (see [`StatedStatus::IfNothingElse`]).
    pub only_status: bool,
}

/// HER2 in the three classes of present research.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Her2Class {
    /// IHC 0.
    Zero,
    /// IHC 1+, or 2+ without amplification.
    Low,
    /// IHC 3+, or 2+ with amplification.
    Positive,
}

/// HER2 as finely as the evidence allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Her2Level {
    /// IHC 0 without any staining.
    Null,
    /// IHC 0 with faint staining in more than 0 and at most 10 % of cells.
    Ultralow,
    /// IHC 0, not further specified.
    Zero,
    /// IHC 1+.
    OnePlus,
    /// IHC 2+ without amplification.
    TwoPlusNotAmplified,
    /// IHC 2+ with amplification.
    TwoPlusAmplified,
    /// IHC 3+.
    ThreePlus,
    /// Positive by ISH without, or against, the IHC score.
    PositiveByIsh,
    /// Positive as stated.
    PositiveAsStated,
    /// Low as stated.
    LowAsStated,
    /// Negative (by ISH alone, or by a word): zero or low, unknown which.
    Negative,
}

impl Her2Level {
    /// Zero, low or positive; `None` for a negative that is not split into zero and low.
    pub fn class(self) -> Option<Her2Class> {
        use Her2Level::*;
        match self {
            Null | Ultralow | Zero => Some(Her2Class::Zero),
            OnePlus | TwoPlusNotAmplified | LowAsStated => Some(Her2Class::Low),
            TwoPlusAmplified | ThreePlus | PositiveByIsh | PositiveAsStated => Some(Her2Class::Positive),
            Negative => None,
        }
    }

    /// Whether it is HER2-positive.
    pub fn is_positive(self) -> bool {
        self.class() == Some(Her2Class::Positive)
    }
}

/// Why HER2 status could not be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Her2Undetermined {
    /// Nothing usable is recorded.
    NothingRecorded,
    /// IHC 2+ and no ISH result.
    TwoPlusWithoutIsh,
    /// IHC 2+ and an equivocal ISH result.
    TwoPlusIshEquivocal,
    /// A dual-probe group that is read together with IHC, and IHC is missing.
    IshGroupWithoutIhc,
    /// An equivocal ISH result, and IHC is missing.
    IshEquivocalWithoutIhc,
    /// IHC and ISH contradict each other and the rules leave such cases out.
    IhcContradictsIsh,
    /// The stated status contradicts the score and the rules leave such cases out.
    StatusContradictsScore,
    /// An IHC entry that is no score, and no ISH result that decides.
    IhcUnreadable,
    /// Negative, but whether zero or low is unknown.
    NegativeNotSplit,
}

impl fmt::Display for Her2Undetermined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Her2Undetermined::NothingRecorded => "neither IHC nor ISH is recorded",
            Her2Undetermined::TwoPlusWithoutIsh => "IHC 2+ without ISH",
            Her2Undetermined::TwoPlusIshEquivocal => "IHC 2+ with equivocal ISH",
            Her2Undetermined::IshGroupWithoutIhc => "ISH group 2, 3 or 4 without IHC",
            Her2Undetermined::IshEquivocalWithoutIhc => "equivocal ISH without IHC",
            Her2Undetermined::IhcContradictsIsh => "IHC and ISH contradict each other",
            Her2Undetermined::StatusContradictsScore => "stated status contradicts the IHC score",
            Her2Undetermined::IhcUnreadable => "the IHC entry is no score",
            Her2Undetermined::NegativeNotSplit => "negative, but zero or low is unknown",
        })
    }
}

/// What is odd about a case, whether or not it could be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Her2Flag {
    /// IHC 3+ and ISH negative.
    ThreePlusIshNegative,
    /// IHC 0 or 1+ and ISH amplified.
    ZeroOrOnePlusIshPositive,
    /// The stated status contradicts the IHC score, e.g. 0 or 1+ called positive, 3+ called negative.
    StatusContradictsScore,
    /// The reported ISH result and the signal counts disagree.
    IshResultContradictsCounts,
    /// ISH was decided by a ratio without copy number.
    RatioWithoutCopyNumber,
    /// The IHC entry is no score; it was taken as missing.
    IhcUnreadable,
    /// The ISH entry is no result; it was taken as missing.
    IshUnreadable,
    /// The stated status is none of positive, negative, low, zero; it was taken as missing.
    StatusUnreadable,
}

impl Her2Flag {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Her2Flag::ThreePlusIshNegative => "her2-three-plus-ish-negative",
            Her2Flag::ZeroOrOnePlusIshPositive => "her2-zero-or-one-plus-ish-positive",
            Her2Flag::StatusContradictsScore => "her2-status-contradicts-score",
            Her2Flag::IshResultContradictsCounts => "her2-ish-result-contradicts-counts",
            Her2Flag::RatioWithoutCopyNumber => "her2-ratio-without-copy-number",
            Her2Flag::IhcUnreadable => "her2-ihc-unreadable",
            Her2Flag::IshUnreadable => "her2-ish-unreadable",
            Her2Flag::StatusUnreadable => "her2-status-unreadable",
        }
    }
}

impl fmt::Display for Her2Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Her2Flag::ThreePlusIshNegative => "IHC 3+ with negative ISH",
            Her2Flag::ZeroOrOnePlusIshPositive => "IHC 0 or 1+ with amplified ISH",
            Her2Flag::StatusContradictsScore => "stated status contradicts the IHC score",
            Her2Flag::IshResultContradictsCounts => "reported ISH result contradicts ratio and copy number",
            Her2Flag::RatioWithoutCopyNumber => "ISH decided by a ratio without copy number",
            Her2Flag::IhcUnreadable => "IHC entry is no score",
            Her2Flag::IshUnreadable => "ISH entry is no result",
            Her2Flag::StatusUnreadable => "stated status is none of positive, negative, low, zero",
        })
    }
}

/// The derived status of a case, and what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Her2Outcome {
    /// The level, or why there is none.
    pub level: Result<Her2Level, Her2Undetermined>,
    /// What is odd, in the order in which it was seen.
    pub flags: Vec<Her2Flag>,
}

impl Her2Outcome {
    /// Zero, low or positive, or why not.
    pub fn class(&self) -> Result<Her2Class, Her2Undetermined> {
        self.level?.class().ok_or(Her2Undetermined::NegativeNotSplit)
    }

    /// Whether it is positive, or why that is unknown; a negative that is not split counts as not positive.
    pub fn is_positive(&self) -> Result<bool, Her2Undetermined> {
        self.level.map(Her2Level::is_positive)
    }
}

/// Derives HER2 status.
///
/// # Definition
/// Positive is IHC 3+, or 2+ with amplified ISH; low is 1+, or 2+ with ISH not amplified; zero is 0. IHC 2+ without a
/// conclusive ISH is undetermined. ISH groups 2 and 4 are negative unless IHC is 3+; group 3 is positive where IHC is 2+ or 3+.
/// All else is a rule of [`Her2Rules`].
///
/// # Reference
/// Wolff AC et al., ASCO/CAP 2018, affirmed 2023 (J Clin Oncol 41:3867); low and zero as in DESTINY-Breast04, ultralow and null
/// as in DESTINY-Breast06.
pub fn derive(evidence: &Her2Evidence, rules: &Her2Rules) -> Her2Outcome {
    let mut flags = Vec::new();
    let (ihc_text, ish_text) = split_ihc_and_ish(evidence.ihc);
    let ihc = ihc_text.filter(|text| !text.trim().is_empty()).and_then(|text| match Ihc::read(&text) {
        Ok(score) => Some(score.with_faint_staining(evidence.faint_percent)),
        Err(_) => {
            flags.push(Her2Flag::IhcUnreadable);
            None
        }
    });
    let evidence = &Her2Evidence { ish: evidence.ish.or(ish_text.as_deref()), ..*evidence };
    let ish = ish_result(evidence, rules, &mut flags);
    let status = evidence.status.filter(|text| !text.trim().is_empty()).and_then(|text| match StatedClass::read(text) {
        Ok(class) => class,
        Err(_) => {
            flags.push(Her2Flag::StatusUnreadable);
            None
        }
    });
    let mut level = decide(ihc, ish, rules, &mut flags);
    if ihc.zip(status).is_some_and(|(score, stated)| stated.contradicts(score)) {
        flags.push(Her2Flag::StatusContradictsScore);
        if rules.exclude_if_status_contradicts {
            level = Err(Her2Undetermined::StatusContradictsScore);
        }
    }
    let unreadable = flags.contains(&Her2Flag::IhcUnreadable);
    if level == Err(Her2Undetermined::NothingRecorded) {
        let counts = match rules.stated_status {
            StatedStatus::Never => false,
            StatedStatus::IfNothingElse => evidence.only_status,
            StatedStatus::WhereMissing => true,
        };
        level = match status.filter(|_| counts) {
            Some(stated) => Ok(stated.level()),
            None if unreadable => Err(Her2Undetermined::IhcUnreadable),
            None => level,
        };
    }
    Her2Outcome { level, flags }
}

/// An IHC entry that holds the ISH result as well (`2+/FISH-`, `2+（FISH阴性）`), taken apart.
fn split_ihc_and_ish(entry: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(folded) = entry.map(fold) else { return (None, None) };
    let test = ["fish", "cish", "sish", "dish", "ish"].iter().find_map(|test| folded.find(test));
    match test {
        Some(at) if at > 0 => {
            let ihc = folded[..at].trim_end_matches([' ', ',', '，', ';', '/', '(', '、']);
            let ish = folded[at..].trim_end_matches([' ', '.', '。']);
            // The bracket that opened before the test closes behind its result; one that holds the sign stays: `fish(-)`.
            let closes = ish.matches(')').count() > ish.matches('(').count();
            let ish = if closes { ish.strip_suffix(')').unwrap_or(ish) } else { ish };
            (Some(ihc.to_string()), Some(ish.to_string()))
        }
        _ => (Some(folded), None),
    }
}

/// The guideline's decision from IHC and ISH alone.
fn decide(
    ihc: Option<Ihc>,
    ish: Option<Ish>,
    rules: &Her2Rules,
    flags: &mut Vec<Her2Flag>,
) -> Result<Her2Level, Her2Undetermined> {
    match (ihc, ish) {
        (Some(Ihc::ThreePlus), Some(Ish::Negative)) => {
            flags.push(Her2Flag::ThreePlusIshNegative);
            match rules.three_plus_ish_negative {
                Contradiction::Ihc => Ok(Her2Level::ThreePlus),
                // Not amplified and yet stained: the weakest reading of the stain that ISH leaves is 2+.
                Contradiction::Ish => Ok(Her2Level::TwoPlusNotAmplified),
                Contradiction::Exclude => Err(Her2Undetermined::IhcContradictsIsh),
            }
        }
        (Some(Ihc::ThreePlus), _) => Ok(Her2Level::ThreePlus),
        (Some(Ihc::TwoPlus), Some(Ish::Positive | Ish::Group(3))) => Ok(Her2Level::TwoPlusAmplified),
        (Some(Ihc::TwoPlus), Some(Ish::Negative | Ish::Group(_))) => Ok(Her2Level::TwoPlusNotAmplified),
        (Some(Ihc::TwoPlus), Some(Ish::Equivocal)) => Err(Her2Undetermined::TwoPlusIshEquivocal),
        (Some(Ihc::TwoPlus), None) => Err(Her2Undetermined::TwoPlusWithoutIsh),
        (Some(score), Some(Ish::Positive)) => {
            flags.push(Her2Flag::ZeroOrOnePlusIshPositive);
            match rules.zero_or_one_plus_ish_positive {
                Contradiction::Ihc => Ok(by_score(score)),
                Contradiction::Ish => Ok(Her2Level::PositiveByIsh),
                Contradiction::Exclude => Err(Her2Undetermined::IhcContradictsIsh),
            }
        }
        (Some(score), _) => Ok(by_score(score)),
        (None, None) => Err(Her2Undetermined::NothingRecorded),
        (None, Some(_)) if !rules.ish_without_ihc => Err(Her2Undetermined::NothingRecorded),
        (None, Some(Ish::Positive)) => Ok(Her2Level::PositiveByIsh),
        (None, Some(Ish::Negative)) => Ok(Her2Level::Negative),
        (None, Some(Ish::Equivocal)) => Err(Her2Undetermined::IshEquivocalWithoutIhc),
        (None, Some(Ish::Group(_))) => Err(Her2Undetermined::IshGroupWithoutIhc),
    }
}

/// The level of a score that needs no ISH.
fn by_score(score: Ihc) -> Her2Level {
    match score {
        Ihc::Null => Her2Level::Null,
        Ihc::Ultralow => Her2Level::Ultralow,
        Ihc::Zero => Her2Level::Zero,
        Ihc::OnePlus => Her2Level::OnePlus,
        Ihc::TwoPlus => Her2Level::TwoPlusNotAmplified,
        Ihc::ThreePlus => Her2Level::ThreePlus,
        Ihc::ZeroOrOnePlus => Her2Level::Negative,
    }
}

/// The ISH result that counts: reported or from the signal counts, as the rules say.
fn ish_result(evidence: &Her2Evidence, rules: &Her2Rules, flags: &mut Vec<Her2Flag>) -> Option<Ish> {
    let stated = evidence.ish.and_then(|text| match Ish::read(text) {
        Ok(result) => result,
        Err(_) => {
            flags.push(Her2Flag::IshUnreadable);
            None
        }
    });
    let dual = match (evidence.ish_ratio, evidence.ish_copies) {
        (Some(ratio), Some(copies)) => Ish::from_dual_probe(ratio, copies),
        _ => None,
    };
    let single = evidence.single_probe_copies.and_then(Ish::from_single_probe);
    let ratio = evidence.ish_ratio.filter(|_| rules.ratio_without_copy_number).and_then(Ish::from_ratio);
    let counts = dual.or(single).or(ratio);
    if let (Some(stated), Some(counts)) = (stated, counts)
        && matches!(
            (stated, counts),
            (Ish::Positive, Ish::Negative | Ish::Group(2 | 4)) | (Ish::Negative, Ish::Positive | Ish::Group(3))
        )
    {
        flags.push(Her2Flag::IshResultContradictsCounts);
    }
    let counts_decide = rules.ish_source == IshSource::Counts || stated.is_none();
    if counts_decide && counts.is_some() && dual.or(single).is_none() {
        flags.push(Her2Flag::RatioWithoutCopyNumber);
    }
    if counts_decide { counts.or(stated) } else { stated }
}
