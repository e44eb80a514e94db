//! From numbers to positions, and the round numbers that belong on an axis.

use super::text::number;

/// A linear map from a range of numbers to a range of positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The numbers at both ends.
    pub domain: [f64; 2],
    /// Their positions in points.
    pub range: [f64; 2],
}

impl Scale {
    /// Maps `domain` onto `range`. An empty or undefined domain is widened, so that a constant still has a place.
    pub fn new(domain: [f64; 2], range: [f64; 2]) -> Self {
        let [low, high] = domain;
        let domain = if !low.is_finite() || !high.is_finite() {
            [0.0, 1.0]
        } else if low == high {
            let margin = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            [low - margin, high + margin]
        } else {
            domain
        };
        Scale { domain, range }
    }

    /// The position of `value`.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain[0]) / (self.domain[1] - self.domain[0]);
        self.range[0] + share * (self.range[1] - self.range[0])
    }

    /// Whether `value` lies in the domain, within rounding.
    pub fn contains(&self, value: f64) -> bool {
        let [low, high] = [self.domain[0].min(self.domain[1]), self.domain[0].max(self.domain[1])];
        let slack = (high - low) * 1e-9;
        value >= low - slack && value <= high + slack
    }

    /// `value`, or the nearest end of the domain.
    pub fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.domain[0].min(self.domain[1]), self.domain[0].max(self.domain[1]))
    }
}

/// A mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where.
    pub value: f64,
    /// What is printed there; empty for a minor mark.
    pub label: String,
}

/// About `count` round numbers within `[low, high]`, printed with as many decimals as their distance needs.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<Tick> {
    let step = step(low, high, count);
    let decimals = decimals(step);
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    if !(first.is_finite() && last.is_finite()) || last - first > 1000.0 {
        return Vec::new();
    }
    (0..=(last - first).max(-1.0) as i64)
        .map(|i| (first + i as f64) * step)
        .map(|value| Tick { value, label: number(value, decimals) })
        .collect()
}

/// The smallest range of round numbers that holds `low` and `high`.
pub fn round_out(low: f64, high: f64, count: usize) -> [f64; 2] {
    let step = step(low, high, count);
    [(low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step]
}

/// The round distance (1, 2 or 5 times a power of ten) that divides `[low, high]` into about `count` parts.
fn step(low: f64, high: f64, count: usize) -> f64 {
    let rough = (high - low).abs() / count.max(1) as f64;
    if !rough.is_finite() || rough <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    // The nearest of them on a logarithmic scale: bounds at √2, √10 and √50.
    let factor = match rough / power {
        ratio if ratio < 1.4143 => 1.0,
        ratio if ratio < 3.1623 => 2.0,
        ratio if ratio < 7.0711 => 5.0,
        _ => 10.0,
    };
    factor * power
}

fn decimals(step: f64) -> usize {
    (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, count: usize) -> Vec<String> {
        ticks(low, high, count).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn round_numbers_with_equal_decimals() {
        assert_eq!(labels(0.0, 1.0, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(-0.04, 0.11, 4), ["0.00", "0.05", "0.10"]);
        assert_eq!(labels(-0.1, 0.1, 4), ["−0.10", "−0.05", "0.00", "0.05", "0.10"]);
        assert_eq!(labels(0.0, 4909.0, 5), ["0", "1000", "2000", "3000", "4000"]);
        assert_eq!(round_out(0.47, 0.83, 4), [0.4, 0.9]);
    }

    #[test]
    fn degenerate_ranges_give_an_axis_all_the_same() {
        assert!(ticks(f64::NAN, 1.0, 5).is_empty());
        assert!((Scale::new([0.5, 0.5], [0.0, 10.0]).at(0.5) - 5.0).abs() < 1e-9);
        assert!(Scale::new([f64::NAN, 0.5], [0.0, 10.0]).at(0.5).is_finite());
    }

    #[test]
    fn a_falling_range_turns_the_axis() {
        let scale = Scale::new([0.0, 1.0], [100.0, 0.0]);
        assert_eq!(scale.at(0.25), 75.0);
        assert!(scale.contains(1.0) && !scale.contains(1.1));
    }
}
