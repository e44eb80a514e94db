//! The questions about HER2 that studies ask, as maps from levels to classes.

use super::Stage;
use crate::modality::clinical::her2::{Her2Class, Her2Level, Her2Outcome, Her2Undetermined};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A question about HER2. In a binary one the class that is named first is the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Her2Task {
    /// Positive against zero and low. A case known to be negative counts even where zero or low is unknown.
    PositiveVsRest,
    /// Low against zero; positive cases are left out.
    LowVsZero,
    /// Zero against low and positive.
    ZeroVsRest,
    /// Low against positive; zero is left out.
    LowVsPositive,
    /// Low against zero and positive.
    LowVsRest,
    /// Zero, low and positive, in this order.
    ThreeClass,
    /// Zero, low and positive, asked as two questions in sequence: positive or not, then low or zero.
    Cascade,
    /// Among positive cases: IHC 3+ against IHC 2+ with amplified ISH.
    ThreePlusVsTwoPlusAmplified,
    /// Ultralow against null, among IHC 0 with recorded faint staining.
    UltralowVsNull,
    /// Null, ultralow, low and positive, in this order; IHC 0 without recorded faint staining is left out.
    FourClass,
}

/// What a task makes of a case.
pub(super) type Answer = Result<usize, String>;

impl Her2Task {
    /// What is predicted, in words.
    pub fn name(self) -> &'static str {
        match self {
            Her2Task::PositiveVsRest => "HER2 positive versus zero or low",
            Her2Task::LowVsZero => "HER2 low versus zero",
            Her2Task::ZeroVsRest => "HER2 zero versus low or positive",
            Her2Task::LowVsPositive => "HER2 low versus positive",
            Her2Task::LowVsRest => "HER2 low versus zero or positive",
            Her2Task::ThreeClass => "HER2 zero, low or positive",
            Her2Task::Cascade => "HER2 zero, low or positive, in two steps",
            Her2Task::ThreePlusVsTwoPlusAmplified => "HER2 IHC 3+ versus 2+ with amplified ISH",
            Her2Task::UltralowVsNull => "HER2 ultralow versus null",
            Her2Task::FourClass => "HER2 null, ultralow, low or positive",
        }
    }

    /// Names of the classes; of two the last is the event.
    pub fn classes(self) -> &'static [&'static str] {
        match self {
            Her2Task::PositiveVsRest => &["zero or low", "positive"],
            Her2Task::LowVsZero => &["zero", "low"],
            Her2Task::ZeroVsRest => &["low or positive", "zero"],
            Her2Task::LowVsPositive => &["positive", "low"],
            Her2Task::LowVsRest => &["zero or positive", "low"],
            Her2Task::ThreeClass | Her2Task::Cascade => &["zero", "low", "positive"],
            Her2Task::ThreePlusVsTwoPlusAmplified => &["2+ amplified", "3+"],
            Her2Task::UltralowVsNull => &["null", "ultralow"],
            Her2Task::FourClass => &["null", "ultralow", "low", "positive"],
        }
    }

    /// Whether the classes are ordered.
    pub fn ordered(self) -> bool {
        matches!(self, Her2Task::ThreeClass | Her2Task::Cascade | Her2Task::FourClass)
    }

    /// The binary questions of a cascade in sequence; empty for any other task.
    pub fn stages(self) -> Vec<Stage> {
        match self {
            Her2Task::Cascade => vec![
                Stage { name: Her2Task::PositiveVsRest.name().to_string(), rest: vec![0, 1], event: vec![2] },
                Stage { name: Her2Task::LowVsZero.name().to_string(), rest: vec![0], event: vec![1] },
            ],
            _ => Vec::new(),
        }
    }

    /// The class of a case, or why it is left out.
    pub(super) fn answer(self, case: &Her2Outcome) -> Answer {
        use Her2Class::{Low, Positive, Zero};
        let undetermined = |reason: Her2Undetermined| format!("HER2 undetermined: {reason}");
        let class = || case.class().map_err(undetermined);
        let not_asked = |what: &str| Err(format!("not asked about: HER2 {what}"));
        match self {
            Her2Task::PositiveVsRest => case.is_positive().map(usize::from).map_err(undetermined),
            Her2Task::LowVsZero => match class()? {
                Zero => Ok(0),
                Low => Ok(1),
                Positive => not_asked("positive"),
            },
            Her2Task::ZeroVsRest => Ok(usize::from(class()? == Zero)),
            Her2Task::LowVsPositive => match class()? {
                Positive => Ok(0),
                Low => Ok(1),
                Zero => not_asked("zero"),
            },
            Her2Task::LowVsRest => Ok(usize::from(class()? == Low)),
            Her2Task::ThreeClass | Her2Task::Cascade => Ok(class()? as usize),
            Her2Task::ThreePlusVsTwoPlusAmplified => match case.level.map_err(undetermined)? {
                Her2Level::TwoPlusAmplified => Ok(0),
                Her2Level::ThreePlus => Ok(1),
                level if level.is_positive() => Err("HER2 positive, IHC score not recorded".to_string()),
                _ => not_asked("zero or low"),
            },
            Her2Task::UltralowVsNull => match case.level.map_err(undetermined)? {
                Her2Level::Null => Ok(0),
                Her2Level::Ultralow => Ok(1),
                Her2Level::Zero => Err(FAINT_UNKNOWN.to_string()),
                Her2Level::Negative => Err(undetermined(Her2Undetermined::NegativeNotSplit)),
                _ => not_asked("low or positive"),
            },
            Her2Task::FourClass => match case.level.map_err(undetermined)? {
                Her2Level::Null => Ok(0),
                Her2Level::Ultralow => Ok(1),
                Her2Level::Zero => Err(FAINT_UNKNOWN.to_string()),
                _ => Ok(class()? as usize + 1),
            },
        }
    }
}

const FAINT_UNKNOWN: &str = "HER2 IHC 0, faint staining not recorded";
