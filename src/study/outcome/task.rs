//! The questions about HER2 that studies ask, as maps from levels to classes. Of two classes the one with more HER2 is the event.

use super::Stage;
use crate::modality::clinical::her2::{Her2Class, Her2Level, Her2Outcome, Her2Undetermined};
use crate::study::spec::Task;

/// What a task makes of a case.
pub(super) type Answer = Result<usize, String>;

impl Task {
    /// What is predicted, in words.
    pub fn name(self) -> &'static str {
        match self {
            Task::PositiveVsRest => "HER2 positive versus zero or low",
            Task::LowVsZero => "HER2 low versus zero",
            Task::ZeroVsRest => "HER2 low or positive versus zero",
            Task::LowVsPositive => "HER2 positive versus low",
            Task::LowVsRest => "HER2 low versus zero or positive",
            Task::ThreeClass => "HER2 zero, low or positive",
            Task::Cascade => "HER2 zero, low or positive, in two steps",
            Task::ThreePlusVsTwoPlusAmplified => "HER2 IHC 3+ versus 2+ with amplified ISH",
            Task::UltralowVsNull => "HER2 ultralow versus null",
            Task::FourClass => "HER2 null, ultralow, low or positive",
        }
    }

    /// Names of the classes; of two the last is the event.
    pub fn classes(self) -> &'static [&'static str] {
        match self {
            Task::PositiveVsRest => &["zero or low", "positive"],
            Task::LowVsZero => &["zero", "low"],
            Task::ZeroVsRest => &["zero", "low or positive"],
            Task::LowVsPositive => &["low", "positive"],
            Task::LowVsRest => &["zero or positive", "low"],
            Task::ThreeClass | Task::Cascade => &["zero", "low", "positive"],
            Task::ThreePlusVsTwoPlusAmplified => &["2+ amplified", "3+"],
            Task::UltralowVsNull => &["null", "ultralow"],
            Task::FourClass => &["null", "ultralow", "low", "positive"],
        }
    }

    /// Whether the classes are ordered.
    pub fn ordered(self) -> bool {
        matches!(self, Task::ThreeClass | Task::Cascade | Task::FourClass)
    }

    /// The binary questions of a cascade in sequence; empty for any other task.
    pub fn stages(self) -> Vec<Stage> {
        match self {
            Task::Cascade => vec![
                Stage { name: Task::PositiveVsRest.name().to_string(), rest: vec![0, 1], event: vec![2] },
                Stage { name: Task::LowVsZero.name().to_string(), rest: vec![0], event: vec![1] },
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
            Task::PositiveVsRest => case.is_positive().map(usize::from).map_err(undetermined),
            Task::LowVsZero => match class()? {
                Zero => Ok(0),
                Low => Ok(1),
                Positive => not_asked("positive"),
            },
            Task::ZeroVsRest => Ok(usize::from(class()? != Zero)),
            Task::LowVsPositive => match class()? {
                Low => Ok(0),
                Positive => Ok(1),
                Zero => not_asked("zero"),
            },
            Task::LowVsRest => Ok(usize::from(class()? == Low)),
            Task::ThreeClass | Task::Cascade => Ok(class()? as usize),
            Task::ThreePlusVsTwoPlusAmplified => match case.level.map_err(undetermined)? {
                Her2Level::TwoPlusAmplified => Ok(0),
                Her2Level::ThreePlus => Ok(1),
                level if level.is_positive() => Err("HER2 positive, IHC score not recorded".to_string()),
                _ => not_asked("zero or low"),
            },
            Task::UltralowVsNull => match case.level.map_err(undetermined)? {
                Her2Level::Null => Ok(0),
                Her2Level::Ultralow => Ok(1),
                Her2Level::Zero => Err(FAINT_UNKNOWN.to_string()),
                Her2Level::Negative => Err(undetermined(Her2Undetermined::NegativeNotSplit)),
                _ => not_asked("low or positive"),
            },
            Task::FourClass => match case.level.map_err(undetermined)? {
                Her2Level::Null => Ok(0),
                Her2Level::Ultralow => Ok(1),
                Her2Level::Zero => Err(FAINT_UNKNOWN.to_string()),
                _ => Ok(class()? as usize + 1),
            },
        }
    }
}

const FAINT_UNKNOWN: &str = "HER2 IHC 0, faint staining not recorded";
