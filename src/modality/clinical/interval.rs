//! A measured value as it is reported: `35`, `90-99%`, `<10%`, `>6`, `about 30 %`.

use super::text::fold;
use crate::table::{Decimal, parse_number};

/// A value known to lie between two bounds; an exact value has both the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound; minus infinity where only an upper bound is reported.
    pub low: f64,
    /// Upper bound; infinity where only a lower bound is reported.
    pub high: f64,
    /// The upper bound itself is not reached (`<10`).
    pub below_high: bool,
}

impl From<f64> for Interval {
    fn from(value: f64) -> Self {
        Interval { low: value, high: value, below_high: false }
    }
}

impl Interval {
    /// Reads a number, a range or a bound. A percent sign and a unit behind the number are ignored; `None` for anything else,
    /// as for numbers that are not finite.
    pub fn read(text: &str) -> Option<Self> {
        let folded = fold(text).replace("大于等于", ">=").replace("小于等于", "<=").replace("大于", ">").replace("小于", "<");
        let plain = folded.trim_start_matches(['约', '(', '~', '≈']).trim_start_matches("about ").trim();
        for (mark, lower) in [("<=", false), ("≤", false), (">=", true), ("≥", true), ("<", false), (">", true)] {
            if let Some(rest) = plain.strip_prefix(mark) {
                let bound = bare_number(rest)?;
                return Some(if lower {
                    Interval { low: bound, high: f64::INFINITY, below_high: false }
                } else {
                    Interval { low: f64::NEG_INFINITY, high: bound, below_high: mark == "<" }
                });
            }
        }
        if let Some(value) = bare_number(plain) {
            return Some(value.into());
        }
        for (at, mark) in plain.char_indices().skip(1) {
            if matches!(mark, '-' | '~' | '至' | '到') {
                let (low, high) = (bare_number(&plain[..at])?, bare_number(&plain[at + mark.len_utf8()..])?);
                return (low <= high).then_some(Interval { low, high, below_high: false });
            }
        }
        None
    }

    /// The one value it stands for: itself, the middle of a range, or the reported bound of a half-open one.
    pub fn point(&self) -> f64 {
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => 0.5 * (self.low + self.high),
            (true, false) => self.low,
            _ => self.high,
        }
    }

    /// The part of it inside `low..=high`, so that `>90 %` becomes 90 to 100.
    pub fn within(self, low: f64, high: f64) -> Self {
        let clipped = Interval { low: self.low.max(low), high: self.high.min(high), ..self };
        if clipped.low <= clipped.high { clipped } else { self }
    }

    /// Whether it is one number.
    pub fn is_exact(&self) -> bool {
        self.low == self.high
    }

    /// Whether the value is `cut` or more; `None` where the interval lies on both sides of it.
    pub fn at_least(&self, cut: f64) -> Option<bool> {
        if self.low >= cut {
            Some(true)
        } else if self.high < cut || (self.below_high && self.high <= cut) {
            Some(false)
        } else {
            None
        }
    }

    /// Both bounds multiplied by a positive `factor`, to twelve digits: a change of unit adds none (0.07 is 7 %, not
    /// 7.000000000000001 %).
    pub fn times(self, factor: f64) -> Self {
        let times = |bound: f64| format!("{:.11e}", bound * factor).parse().unwrap_or(bound * factor);
        if factor == 1.0 { self } else { Interval { low: times(self.low), high: times(self.high), ..self } }
    }
}

/// The number that `text` is, but for a unit or a sign of percent behind it.
fn bare_number(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', ')']);
    let bare = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end();
    parse_number(bare, Decimal::Point).or_else(|| parse_number(bare, Decimal::Comma)).filter(|value| value.is_finite())
}

/// Units that may stand behind a number.
const UNITS: [&str; 20] = [
    "years",
    "year",
    "yrs",
    "yr",
    "y",
    "岁",
    "mm2/s",
    "mm",
    "毫米",
    "ms",
    "毫秒",
    "/min",
    "min",
    "分钟",
    "signals/cell",
    "signals",
    "拷贝",
    "个",
    "percent",
    "左右",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(text: &str) -> Option<(f64, f64)> {
        Interval::read(text).map(|i| (i.low, i.high))
    }

    #[test]
    fn numbers_ranges_and_bounds_are_read() {
        assert_eq!(bounds("35"), Some((35.0, 35.0)));
        assert_eq!(bounds(" 35 % "), Some((35.0, 35.0)));
        assert_eq!(bounds("３５％"), Some((35.0, 35.0)));
        assert_eq!(bounds("约30%"), Some((30.0, 30.0)));
        assert_eq!(bounds("2,5"), Some((2.5, 2.5)));
        assert_eq!(bounds("-1.5"), Some((-1.5, -1.5)));
        assert_eq!(bounds("1e-3"), Some((1e-3, 1e-3)));
        assert_eq!(bounds("90-99%"), Some((90.0, 99.0)));
        assert_eq!(bounds("90%–99%"), Some((90.0, 99.0)));
        assert_eq!(bounds("<10%"), Some((f64::NEG_INFINITY, 10.0)));
        assert_eq!(bounds("≥14"), Some((14.0, f64::INFINITY)));
        assert_eq!(bounds("大于等于20%"), Some((20.0, f64::INFINITY)));
        assert_eq!(bounds("43岁"), Some((43.0, 43.0)));
        for text in ["", "abc", "3+", "1/2", "12 cats", "1-2-3", "5-2", "nan", "inf", "1e999", "-", "%"] {
            assert_eq!(bounds(text), None, "{text}");
        }
    }

    #[test]
    fn a_cut_inside_the_interval_decides_nothing() {
        let read = |text| Interval::read(text).unwrap();
        assert_eq!(read("<10%").at_least(10.0), Some(false));
        assert_eq!(read("≤10%").at_least(10.0), None);
        assert_eq!(read("<10%").at_least(1.0), None);
        assert_eq!(read("10-19%").at_least(10.0), Some(true));
        assert_eq!(read(">6").at_least(6.0), Some(true));
        assert_eq!(read(">90%").within(0.0, 100.0).point(), 95.0);
        assert_eq!(read("0.07").times(100.0).point(), 7.0);
        assert_eq!(read(">950").times(1e-3), read(">0.95"));
    }
}
