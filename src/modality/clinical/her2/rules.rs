//! What a study may choose about HER2, with defaults, and the choices in words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rules by which HER2 status is derived from IHC and ISH. The defaults follow ASCO/CAP 2018 and 2023 where they speak,
/// and leave out what contradicts itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Her2Rules {
    /// IHC 3+ with a negative ISH: IHC decides (positive) by default, as the guideline calls 3+ positive without ISH.
    pub three_plus_ish_negative: Contradiction,
    /// IHC 0 or 1+ with an amplified ISH: left out by default, as one of the two must be wrong or the tumour heterogeneous.
    pub zero_or_one_plus_ish_positive: Contradiction,
    /// Whether a case whose stated status contradicts its IHC score (0 or 1+ called positive, 3+ called negative) is left out.
    /// By default the score decides and the case is flagged.
    pub exclude_if_status_contradicts: bool,
    /// Which ISH result counts where a result in words and the signal counts disagree.
    pub ish_source: IshSource,
    /// Whether ISH counts where IHC is missing: amplified is positive, not amplified is negative (zero or low is then unknown).
    pub ish_without_ihc: bool,
    /// Whether a ratio without a copy number counts: ≥ 2.0 amplified, else not.
    pub ratio_without_copy_number: bool,
    /// When a stated status (positive or negative, without score) counts.
    pub stated_status: StatedStatus,
}

impl Default for Her2Rules {
    fn default() -> Self {
        Her2Rules {
            three_plus_ish_negative: Contradiction::Ihc,
            zero_or_one_plus_ish_positive: Contradiction::Exclude,
            exclude_if_status_contradicts: false,
            ish_source: IshSource::Stated,
            ish_without_ihc: true,
            ratio_without_copy_number: true,
            stated_status: StatedStatus::IfNothingElse,
        }
    }
}

/// What to do with a case whose IHC and ISH contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contradiction {
    /// IHC decides.
    Ihc,
    /// ISH decides.
    Ish,
    /// The case is left out and counted.
    Exclude,
}

/// Which ISH result counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IshSource {
    /// The result in words; ratio and copy number where there is none.
    Stated,
    /// Ratio and copy number; the result in words where there are none.
    Counts,
}

/// When a stated HER2 status counts that comes without IHC score or ISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatedStatus {
    /// Never.
    Never,
    /// In a table that has neither an IHC column nor an ISH column, so that the stated status is all there is.
    IfNothingElse,
    /// In every case that has neither an IHC score nor an ISH result.
    WhereMissing,
}

impl Her2Rules {
    /// The rules in words, a sentence each, for the methods section.
    pub fn sentences(&self) -> Vec<String> {
        let mut lines = vec![
            "HER2 was derived from immunohistochemistry (IHC) and in situ hybridisation (ISH) by ASCO/CAP 2018, affirmed 2023: \
             positive is IHC 3+, or 2+ with amplified ISH; low is 1+, or 2+ without amplification; zero is 0."
                .to_string(),
            "IHC 2+ without a conclusive ISH result is indeterminate: excluded and counted.".to_string(),
            "Dual-probe ISH was read in groups 1 to 5 together with IHC; a single probe is amplified from 6 copies per cell, not amplified \
             below 4, equivocal between."
                .to_string(),
        ];
        lines.push(format!("IHC 3+ with a negative ISH: {}.", self.three_plus_ish_negative.words("positive", "low")));
        lines.push(format!(
            "IHC 0 or 1+ with an amplified ISH: {}.",
            self.zero_or_one_plus_ish_positive.words("zero or low by its score", "positive")
        ));
        lines.push(
            if self.exclude_if_status_contradicts {
                "A case whose stated status contradicts its IHC score is excluded and counted."
            } else {
                "Where the stated status contradicts the IHC score, the score decides, and the case is flagged."
            }
            .to_string(),
        );
        lines.push(
            match self.ish_source {
                IshSource::Stated => "A reported ISH result goes before ratio and copy number; these decide where there is none.",
                IshSource::Counts => "ISH ratio and copy number go before a reported result; it decides where they are missing.",
            }
            .to_string(),
        );
        lines.push(
            if self.ish_without_ihc {
                "Without an IHC score, amplified ISH is positive; a negative ISH is negative, but zero or low is unknown."
            } else {
                "Without an IHC score a case is undetermined."
            }
            .to_string(),
        );
        if self.ratio_without_copy_number {
            lines.push("An ISH ratio without copy number is amplified from 2.0.".to_string());
        }
        lines.push(
            match self.stated_status {
                StatedStatus::Never => "A stated status without IHC or ISH is not used.",
                StatedStatus::IfNothingElse => {
                    "A stated status is used only in a table that has neither an IHC nor an ISH column."
                }
                StatedStatus::WhereMissing => "A stated status is used where a case has neither an IHC score nor an ISH result.",
            }
            .to_string(),
        );
        lines
    }
}

impl Contradiction {
    fn words(self, by_ihc: &str, by_ish: &str) -> String {
        match self {
            Contradiction::Ihc => format!("IHC decides ({by_ihc}), and the case is flagged"),
            Contradiction::Ish => format!("ISH decides ({by_ish}), and the case is flagged"),
            Contradiction::Exclude => "excluded and counted".to_string(),
        }
    }
}
