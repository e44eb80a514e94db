//! The three HER2 classes and the two questions that lead to them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// HER2 status as current therapy distinguishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Her2Class {
    /// IHC 0.
    Zero,
    /// IHC 1+, or IHC 2+ without amplification.
    Low,
    /// IHC 3+, or IHC 2+ with amplification.
    Positive,
}

impl Her2Class {
    /// All classes in order.
    pub const ALL: [Her2Class; 3] = [Her2Class::Zero, Her2Class::Low, Her2Class::Positive];

    /// 0, 1 or 2, in the order of [`Her2Class::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Her2Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Her2Class::Zero => "zero",
            Her2Class::Low => "low",
            Her2Class::Positive => "positive",
        })
    }
}

/// One value for each HER2 class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerClass<T> {
    /// In HER2-zero tumours.
    pub zero: T,
    /// In HER2-low tumours.
    pub low: T,
    /// In HER2-positive tumours.
    pub positive: T,
}

impl<T> PerClass<T> {
    /// The three values in the order of [`Her2Class::ALL`].
    pub fn as_array(&self) -> [&T; 3] {
        [&self.zero, &self.low, &self.positive]
    }

    /// The same for each class.
    pub fn same(value: T) -> Self
    where
        T: Clone,
    {
        PerClass { zero: value.clone(), low: value.clone(), positive: value }
    }
}

/// One of the two questions that lead to the class: is it positive; and if it is not, is it low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// HER2-positive against HER2-negative (zero and low together).
    PositiveVsNegative,
    /// HER2-low against HER2-zero, among HER2-negative tumours.
    LowVsZero,
}

impl Contrast {
    /// Both, in the order in which they are asked.
    pub const ALL: [Contrast; 2] = [Contrast::PositiveVsNegative, Contrast::LowVsZero];

    /// Whether a tumour of this class is an event of the contrast; `None` where the contrast does not ask.
    pub fn is_event(self, class: Her2Class) -> Option<bool> {
        match (self, class) {
            (Contrast::PositiveVsNegative, class) => Some(class == Her2Class::Positive),
            (Contrast::LowVsZero, Her2Class::Positive) => None,
            (Contrast::LowVsZero, class) => Some(class == Her2Class::Low),
        }
    }
}

/// One value for each [`Contrast`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerContrast<T> {
    /// For HER2-positive against HER2-negative.
    pub positive_vs_negative: T,
    /// For HER2-low against HER2-zero.
    pub low_vs_zero: T,
}

impl<T> PerContrast<T> {
    /// The same function asked for each contrast.
    pub fn of(mut value: impl FnMut(Contrast) -> T) -> Self {
        PerContrast { positive_vs_negative: value(Contrast::PositiveVsNegative), low_vs_zero: value(Contrast::LowVsZero) }
    }

    /// What is held for one contrast.
    pub fn at(&self, contrast: Contrast) -> &T {
        match contrast {
            Contrast::PositiveVsNegative => &self.positive_vs_negative,
            Contrast::LowVsZero => &self.low_vs_zero,
        }
    }
}

impl<T: Copy> PerContrast<T> {
    /// The value for one contrast.
    pub fn get(&self, contrast: Contrast) -> T {
        *self.at(contrast)
    }
}
