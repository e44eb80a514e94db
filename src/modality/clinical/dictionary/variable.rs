//! A variable of the dictionary, its levels, and how its cells are read.

use crate::modality::clinical::text::{fold, key};
use crate::modality::clinical::{Interval, stage, value};
use serde::Serialize;

/// What kind of values a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Names a patient, a lesion, a site, a date …; never a feature.
    Identifier,
    /// A number with a unit.
    Numeric,
    /// No or yes.
    Binary,
    /// Levels in an order; becomes the number of its level.
    Ordinal,
    /// Levels without an order.
    Nominal,
}

/// Which part of the examination a variable belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Who, where, when.
    Identity,
    /// The patient and the tumour on the slide.
    Pathology,
    /// What came after: treatment, response, survival.
    Course,
    /// A radiologist's judgement of the lesion, whatever the modality.
    Assessment,
    /// MRI, as a radiologist describes it.
    Mri,
    /// MRI, as it is measured.
    Quantitative,
    /// Ultrasound.
    Ultrasound,
    /// Mammography.
    Mammography,
}

/// What a study may ask, as far as a variable can give the answer away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// HER2 status.
    Her2,
    /// Malignant or benign.
    Malignancy,
    /// Response to treatment (pCR).
    Response,
    /// Anything else.
    Other,
}

/// A level of a variable, with the ways in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Level {
    /// Its name.
    pub name: &'static str,
    /// Its number, where the levels are ordered or binary.
    pub code: Option<f64>,
    /// Other spellings; compared without regard to capitals, blanks and punctuation.
    pub synonyms: &'static [&'static str],
}

/// A level without a number.
pub(super) const fn level(name: &'static str, synonyms: &'static [&'static str]) -> Level {
    Level { name, code: None, synonyms }
}

/// A level with its number.
pub(super) const fn coded(code: f64, name: &'static str, synonyms: &'static [&'static str]) -> Level {
    Level { name, code: Some(code), synonyms }
}

/// How a variable's cells are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// By the names of its levels, or as a number.
    Plain,
    /// As an ER or PR result: a sign, a percentage or both.
    Receptor,
    /// As a percentage.
    Percent,
    /// As a T category.
    TStage,
    /// As an N category.
    NStage,
    /// As an anatomic stage.
    Stage,
    /// As a histological grade.
    Grade,
    /// As a BI-RADS category.
    BiRads,
}

/// A variable of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Variable {
    /// Its name; a feature is called `clinical.<name>`.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// What kind of values it has.
    pub kind: Kind,
    /// Which part of the examination it belongs to.
    pub family: Family,
    /// Its unit.
    pub unit: Option<&'static str>,
    /// Plausible range; a value outside is taken as a slip of the pen.
    pub range: Option<(f64, f64)>,
    /// Its levels: from low to high where ordered, from the least to the most suspicious where several can apply at once.
    /// A nominal variable without levels takes any word.
    pub levels: &'static [Level],
    /// How its cells are read.
    pub reading: Reading,
    /// Names of columns that hold it, besides its own name.
    pub columns: &'static [&'static str],
    /// Names of columns that hold it where the rest of the table is of the same family (`Shape` in an ultrasound table).
    pub bare: &'static [&'static str],
    /// The questions that it answers outright: it is the outcome, or made from it.
    pub defines: &'static [Question],
    /// The questions whose answer it may give away: chosen, or known, only after the answer was.
    pub gives_away: &'static [Question],
    /// The guideline that defines it.
    pub source: &'static str,
}

/// No and yes.
pub(super) const NO_YES: &[Level] = &[coded(0.0, "no", &[]), coded(1.0, "yes", &[])];
/// Negative and positive.
pub(super) const SIGN: &[Level] = &[coded(0.0, "negative", &[]), coded(1.0, "positive", &[])];

impl Variable {
    const fn new(name: &'static str, kind: Kind, columns: &'static [&'static str], description: &'static str) -> Self {
        Variable {
            name,
            description,
            kind,
            family: Family::Identity,
            unit: None,
            range: None,
            levels: &[],
            reading: Reading::Plain,
            columns,
            bare: &[],
            defines: &[],
            gives_away: &[],
            source: "",
        }
    }

    pub(super) const fn identifier(name: &'static str, columns: &'static [&'static str], description: &'static str) -> Self {
        Variable::new(name, Kind::Identifier, columns, description)
    }

    pub(super) const fn numeric(
        name: &'static str,
        unit: &'static str,
        range: (f64, f64),
        columns: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        let mut variable = Variable::new(name, Kind::Numeric, columns, description);
        variable.unit = if unit.is_empty() { None } else { Some(unit) };
        variable.range = Some(range);
        variable
    }

    pub(super) const fn percent(name: &'static str, columns: &'static [&'static str], description: &'static str) -> Self {
        Variable::numeric(name, "%", (0.0, 100.0), columns, description).read_as(Reading::Percent)
    }

    pub(super) const fn binary(name: &'static str, columns: &'static [&'static str], description: &'static str) -> Self {
        let mut variable = Variable::new(name, Kind::Binary, columns, description);
        variable.levels = NO_YES;
        variable
    }

    pub(super) const fn ordinal(
        name: &'static str,
        levels: &'static [Level],
        columns: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        let mut variable = Variable::new(name, Kind::Ordinal, columns, description);
        variable.levels = levels;
        variable
    }

    pub(super) const fn nominal(
        name: &'static str,
        levels: &'static [Level],
        columns: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        let mut variable = Variable::new(name, Kind::Nominal, columns, description);
        variable.levels = levels;
        variable
    }

    pub(super) const fn of(mut self, family: Family, source: &'static str) -> Self {
        self.family = family;
        self.source = source;
        self
    }

    pub(super) const fn signed(mut self) -> Self {
        self.levels = SIGN;
        self
    }

    pub(super) const fn bare(mut self, bare: &'static [&'static str]) -> Self {
        self.bare = bare;
        self
    }

    pub(super) const fn defines(mut self, questions: &'static [Question]) -> Self {
        self.defines = questions;
        self
    }

    pub(super) const fn gives_away(mut self, questions: &'static [Question]) -> Self {
        self.gives_away = questions;
        self
    }

    pub(super) const fn read_as(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// What stands in the dictionary for an unknown cell: the levels, or the range and unit.
    pub fn expected(&self) -> String {
        match (self.kind, self.range, self.levels) {
            (_, Some((low, high)), _) => {
                format!("a number from {low} to {high}{}", self.unit.map(|unit| format!(" {unit}")).unwrap_or_default())
            }
            (_, _, []) => "a word".to_string(),
            (_, _, levels) => levels.iter().map(|level| level.name).collect::<Vec<_>>().join(", "),
        }
    }
}

/// A cell as the dictionary understands it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number: a measurement, the number of an ordered level, 0 or 1. The second field is true where a range or a bound
    /// was read as one number.
    Number(f64, bool),
    /// The position of a level; the second field is true where several were named and the last in the list counts.
    Level(usize, bool),
    /// A word of a nominal variable without levels.
    Word(String),
    /// It says that nothing is known.
    Nothing,
    /// It is none of the variable's values.
    Unknown,
}

impl Variable {
    /// Reads a cell.
    pub fn read(&self, cell: &str) -> Value {
        if let Some(position) = self.level(cell) {
            return self.value_of(position, false);
        }
        let number = |stage: Option<f64>| stage.map_or(Value::Unknown, |n| Value::Number(n, false));
        let special = match self.reading {
            Reading::TStage => number(stage::t_stage(cell).map(f64::from)),
            Reading::NStage => number(stage::n_stage(cell).map(f64::from)),
            Reading::Stage => number(stage::anatomic_stage(cell).map(f64::from)),
            Reading::Grade => number(stage::grade(cell).map(f64::from)),
            Reading::BiRads => number(stage::birads(cell)),
            Reading::Receptor | Reading::Percent | Reading::Plain => Value::Unknown,
        };
        if special != Value::Unknown {
            return special;
        }
        match self.kind {
            Kind::Numeric => {
                if let Some(interval) = Interval::read(cell) {
                    let clipped = if self.unit == Some("%") { interval.within(0.0, 100.0) } else { interval };
                    return Value::Number(clipped.point(), !interval.is_exact());
                }
            }
            Kind::Binary => match value::sign(cell) {
                Ok(Some(positive)) => return Value::Number(f64::from(u8::from(positive)), false),
                Ok(None) => return Value::Nothing,
                Err(_) => {}
            },
            Kind::Identifier => return Value::Word(fold(cell)),
            Kind::Nominal if self.levels.is_empty() && !value::says_nothing(cell) => return Value::Word(fold(cell)),
            Kind::Ordinal | Kind::Nominal => {}
        }
        if value::says_nothing(cell) {
            return Value::Nothing;
        }
        self.several(cell).map_or(Value::Unknown, |position| self.value_of(position, true))
    }

    fn value_of(&self, position: usize, several: bool) -> Value {
        match (self.kind, self.levels[position].code) {
            (Kind::Nominal, _) | (_, None) => Value::Level(position, several),
            (_, Some(code)) => Value::Number(code, several),
        }
    }

    /// The position of the level that a cell names: as a whole, or without what stands in brackets behind it.
    fn level(&self, cell: &str) -> Option<usize> {
        let folded = fold(cell);
        let bare = folded.split_once('(').map_or("", |(before, _)| before);
        self.level_of_key(&key(&folded)).or_else(|| self.level_of_key(&key(bare)))
    }

    fn level_of_key(&self, wanted: &str) -> Option<usize> {
        if wanted.is_empty() {
            return None;
        }
        self.levels.iter().position(|level| key(level.name) == wanted || level.synonyms.iter().any(|name| key(name) == wanted))
    }

    /// The last in the list of several levels that a cell names (`spiculated & indistinct`); all its parts must be levels.
    fn several(&self, cell: &str) -> Option<usize> {
        let folded = fold(cell).replace(" - ", "&");
        let parts: Vec<&str> = folded
            .split(['&', ';', '|', ',', '/', '、', '，', '；', '+'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        if parts.len() < 2 {
            return None;
        }
        parts.iter().map(|part| self.level(part)).collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}
