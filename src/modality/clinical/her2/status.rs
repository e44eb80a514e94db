//! A HER2 status stated without its grounds.

use super::{Her2Level, Ihc};
use crate::modality::clinical::{
    text::{fold, key},
    value,
};

/// What a report calls the tumour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatedClass {
    /// Positive, over-expressed.
    Positive,
    /// Negative, without saying whether zero or low.
    Negative,
    /// Low.
    Low,
    /// Zero.
    Zero,
    /// Ultralow.
    Ultralow,
}

impl StatedClass {
    /// Reads a status: `positive`, `HER2-low`, `阴性`, `1`, `0` …; `Ok(None)` where it says nothing.
    ///
    /// # Errors
    /// The text itself, where it is no status.
    pub fn read(text: &str) -> Result<Option<StatedClass>, String> {
        let folded = fold(text).replace("her-2", "her2");
        let rest = folded.strip_prefix("her2").filter(|rest| !rest.is_empty()).unwrap_or(&folded);
        Ok(Some(match key(rest).as_str() {
            "low" | "lowexpression" | "低表达" | "低" => StatedClass::Low,
            "zero" | "零表达" | "零" | "无表达" => StatedClass::Zero,
            "ultralow" | "超低表达" | "超低" => StatedClass::Ultralow,
            "positive" | "overexpression" | "overexpressed" | "amplified" | "过表达" | "高表达" | "阳性" => {
                StatedClass::Positive
            }
            "negative" | "阴性" => StatedClass::Negative,
            _ => {
                return Ok(
                    value::sign(rest)?.map(|positive| if positive { StatedClass::Positive } else { StatedClass::Negative })
                );
            }
        }))
    }

    /// The level, where nothing else is known.
    pub fn level(self) -> Her2Level {
        match self {
            StatedClass::Positive => Her2Level::PositiveAsStated,
            StatedClass::Negative => Her2Level::Negative,
            StatedClass::Low => Her2Level::LowAsStated,
            StatedClass::Zero => Her2Level::Zero,
            StatedClass::Ultralow => Her2Level::Ultralow,
        }
    }

    /// Whether it cannot be true of a tumour with this score: 0 or 1+ called positive, 3+ called anything else, 0 called low,
    /// 1+ called zero. 2+ contradicts only zero, as ISH decides about the rest.
    pub fn contradicts(self, score: Ihc) -> bool {
        use StatedClass::*;
        match score {
            Ihc::Null | Ihc::Ultralow | Ihc::Zero => matches!(self, Positive | Low),
            Ihc::OnePlus => matches!(self, Positive | Zero | Ultralow),
            Ihc::TwoPlus => matches!(self, Zero | Ultralow),
            Ihc::ThreePlus => self != Positive,
            Ihc::ZeroOrOnePlus => self == Positive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_in_words_signs_and_numbers() {
        for (class, spellings) in [
            (Some(StatedClass::Positive), ["positive", "HER2+", "1", "阳性", "过表达", "HER2-positive"]),
            (Some(StatedClass::Negative), ["negative", "HER2-", "0", "阴性", "(-)", "HER2 negative"]),
            (Some(StatedClass::Low), ["low", "HER2-low", "HER2 low", "低表达", "HER2低表达", "Low expression"]),
            (None, ["", "Equivocal", "Indeterminate", "[Not Evaluated]", "未知", "NA"]),
        ] {
            for spelling in spellings {
                assert_eq!(StatedClass::read(spelling), Ok(class), "{spelling}");
            }
        }
        assert!(StatedClass::read("2").is_err());
    }
}
