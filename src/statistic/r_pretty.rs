//! Axis ticks as R's `pretty` places them: 1, 2 or 5 times a power of ten, covering the range.

/// Round values that cover `[low, high]` in about `n` intervals.
///
/// # Definition
/// With c = (high − low) / n and b the power of ten below c, the step is the last of b, 2b, 5b, 10b for which
/// 2b − c < h (c − b), 5b − c < h₅ (c − 2b), 10b − c < h (c − 5b) hold one after the other; h = 1.5, h₅ = 0.5 + 1.5 h.
/// Ticks run from ⌊low / step⌋ to ⌈high / step⌉ (with a tolerance of 1e-10 steps); if that makes fewer than ⌊n / 3⌋ intervals, more are
/// added at both ends. A range that is empty at double precision is widened first.
///
/// Returns nothing for bounds that are not finite or too far apart, or `n` = 0; bounds in the wrong order are exchanged.
///
/// # Reference
/// R 4.2 `pretty.default` with its default arguments.
pub fn pretty(low: f64, high: f64, n: usize) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite() && (high - low).is_finite()) || n == 0 {
        return Vec::new();
    }
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    let step = step(low, high, n);
    let mut first = (low / step + ROUNDING).floor();
    let mut last = (high / step - ROUNDING).ceil();
    while first * step > low + ROUNDING * step {
        first -= 1.0;
    }
    while last * step < high - ROUNDING * step {
        last += 1.0;
    }
    let lacking = (n / 3) as f64 - (last - first);
    if lacking > 0.0 {
        let (less, more) = ((lacking / 2.0).floor(), (lacking / 2.0).ceil());
        let upwards = low == 0.0 && first == 0.0 && high != 0.0;
        let downwards = high == 0.0 && last == 0.0 && low != 0.0;
        if upwards {
            last += lacking;
        } else if downwards {
            first -= lacking;
        } else if first >= 0.0 {
            last += less;
            first -= more;
        } else {
            first -= less;
            last += more;
        }
    }
    // Interpolated between the ends, as R's seq does: the last digits agree with it.
    let (from, to) = (low.min(first * step), high.max(last * step));
    let intervals = (last - first).round() as usize;
    if intervals == 0 {
        return vec![from];
    }
    let by = (to - from) / intervals as f64;
    (0..=intervals)
        .map(|k| {
            let tick = if k == intervals { to } else { from + k as f64 * by };
            if tick.abs() < 1e-14 * by { 0.0 } else { tick }
        })
        .collect()
}

/// Ticks may miss the ends of the range by this part of a step.
const ROUNDING: f64 = 1e-10;

/// The distance between ticks.
fn step(low: f64, high: f64, n: usize) -> f64 {
    const H: f64 = 1.5;
    const H5: f64 = 0.5 + 1.5 * H;
    let range = high - low;
    let largest = low.abs().max(high.abs());
    let is_empty = if largest == 0.0 {
        true
    } else {
        // R's bound on cell / unit, times a few roundings.
        let bound = 1.0 + 1.0 / (1.0 + H);
        range < largest * bound * n as f64 * f64::EPSILON * 3.0
    };
    let mut cell = if is_empty {
        let mut cell = if largest == 0.0 { 1.0 } else { largest };
        if cell > 10.0 {
            cell = 9.0 + cell / 10.0;
        }
        cell *= 0.75;
        if n / 3 > 1 { cell / (n / 3) as f64 } else { cell }
    } else {
        range / n as f64
    };
    cell = cell.clamp(20.0 * f64::MIN_POSITIVE, 0.1 * f64::MAX);
    let base = 10f64.powf(cell.log10().floor());
    let mut unit = base;
    for (multiple, bias) in [(2.0, H), (5.0, H5), (10.0, H)] {
        if multiple * base - cell < bias * (cell - unit) {
            unit = multiple * base;
        } else {
            break;
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_the_range_with_round_steps() {
        for (low, high) in [(0.0, 1.0), (-3.7, 12.2), (0.034, 0.035), (1e6, 1.000001e6), (-1e-9, 1e-9), (21.7, 89.4)] {
            for n in 1..=12 {
                let ticks = pretty(low, high, n);
                let by = ticks[1] - ticks[0];
                assert!(ticks[0] <= low && *ticks.last().unwrap() >= high, "{low} {high} {n}: {ticks:?}");
                let mantissa = by / 10f64.powf((by * (1.0 + 1e-9)).log10().floor());
                assert!([1.0, 2.0, 5.0].iter().any(|m| (mantissa - m).abs() < 1e-6), "{low} {high} {n}: step {by}");
            }
        }
    }

    #[test]
    fn ranges_without_width_and_bad_bounds() {
        assert!(pretty(5.0, 5.0, 10).len() >= 4);
        assert!(pretty(0.0, 0.0, 10).contains(&0.0));
        assert!(pretty(f64::NAN, 1.0, 5).is_empty());
        assert!(pretty(0.0, f64::INFINITY, 5).is_empty());
        assert!(pretty(0.0, 1.0, 0).is_empty());
        assert_eq!(pretty(1.0, 0.0, 5), pretty(0.0, 1.0, 5));
    }
}
