//! Ki-67: high or low by a cut-off that is fixed beforehand or learned from the training rows.

use super::Interval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From which labelling index Ki-67 is high.
///
/// The median of the cohort is no number before the study is split: computed on all rows it would carry test rows into
/// training. Hence [`Ki67Cutoff::Median`] gives no column here; it names a transform that a fold fits on its training rows
/// (see [`Ki67Cutoff::fixed`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Ki67Cutoff {
    /// 14 % (Cheang 2009, St Gallen 2011).
    #[serde(rename = "14%")]
    Fourteen,
    /// 20 % (St Gallen 2013).
    #[default]
    #[serde(rename = "20%")]
    Twenty,
    /// 30 % (International Ki67 Working Group 2021).
    #[serde(rename = "30%")]
    Thirty,
    /// The median of the training rows of each fold.
    #[serde(rename = "median")]
    Median,
}

impl Ki67Cutoff {
    /// The cut-off in per cent; `None` where it is to be learned from training rows.
    pub fn fixed(self) -> Option<f64> {
        match self {
            Ki67Cutoff::Fourteen => Some(14.0),
            Ki67Cutoff::Twenty => Some(20.0),
            Ki67Cutoff::Thirty => Some(30.0),
            Ki67Cutoff::Median => None,
        }
    }

    /// The rule in words.
    pub fn sentence(self) -> String {
        match self.fixed() {
            Some(cut) => format!("Ki-67 is high from {cut} %."),
            None => "Ki-67 is high from the median of the training rows, computed anew in each fold.".to_string(),
        }
    }
}

/// Whether Ki-67 is high: `cut` per cent or more. `None` where a reported range lies on both sides of the cut-off.
///
/// # Reference
/// Goldhirsch A et al., St Gallen 2013 (Ann Oncol 24:2206).
pub fn is_high(percent: Interval, cut: f64) -> Option<bool> {
    percent.at_least(cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_begins_at_the_cutoff() {
        for (cutoff, cut) in [(Ki67Cutoff::Fourteen, 14.0), (Ki67Cutoff::Twenty, 20.0), (Ki67Cutoff::Thirty, 30.0)] {
            assert_eq!(cutoff.fixed(), Some(cut));
            assert_eq!(is_high(cut.into(), cut), Some(true));
            assert_eq!(is_high((cut - 0.1).into(), cut), Some(false));
        }
        assert_eq!(is_high(Interval::read("10-30%").unwrap(), 20.0), None);
        assert_eq!(is_high(Interval::read(">30%").unwrap(), 20.0), Some(true));
        assert_eq!(Ki67Cutoff::Median.fixed(), None);
    }
}
