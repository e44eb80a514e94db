//! Roots of functions of one variable.

/// A root of `f` between `low` and `high`, where it has different signs: inverse quadratic interpolation guarded by bisection.
///
/// Stops when the bracket is shorter than `tolerance` (plus rounding). The steps are those of Brent's zeroin, so that with R's
/// default tolerance the result is that of `uniroot` to the last digits. `None` where the signs are equal or a value is NaN.
///
/// # Reference
/// Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4.
pub(crate) fn brent(mut f: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> Option<f64> {
    let (mut previous, mut best, mut opposite) = (low, high, low);
    let (mut f_previous, mut f_best) = (f(low), f(high));
    let mut f_opposite = f_previous;
    if f_previous == 0.0 {
        return Some(low);
    }
    if f_best == 0.0 {
        return Some(high);
    }
    if f_previous.is_nan() || f_best.is_nan() || (f_previous > 0.0) == (f_best > 0.0) {
        return None;
    }
    for _ in 0..1000 {
        let last_step = best - previous;
        if f_opposite.abs() < f_best.abs() {
            (previous, best, opposite) = (best, opposite, best);
            (f_previous, f_best, f_opposite) = (f_best, f_opposite, f_best);
        }
        let least = 2.0 * f64::EPSILON * best.abs() + tolerance / 2.0;
        let half = (opposite - best) / 2.0;
        if half.abs() <= least || f_best == 0.0 {
            return Some(best);
        }
        let mut step = half;
        if last_step.abs() >= least && f_previous.abs() > f_best.abs() {
            let width = opposite - best;
            let (mut p, mut q) = if previous == opposite {
                let s = f_best / f_previous;
                (width * s, 1.0 - s)
            } else {
                let (q, r, s) = (f_previous / f_opposite, f_best / f_opposite, f_best / f_previous);
                (s * (width * q * (q - r) - (best - previous) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if p < 0.75 * width * q - (least * q).abs() / 2.0 && p < (last_step * q / 2.0).abs() {
                step = p / q;
            }
        }
        if step.abs() < least {
            step = if step > 0.0 { least } else { -least };
        }
        (previous, f_previous) = (best, f_best);
        best += step;
        f_best = f(best);
        if f_best.is_nan() {
            return None;
        }
        if (f_best > 0.0) == (f_opposite > 0.0) && f_best != 0.0 {
            (opposite, f_opposite) = (previous, f_previous);
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_roots_to_the_tolerance() {
        assert!((brent(|x| x * x - 2.0, 0.0, 2.0, 1e-15).unwrap() - 2f64.sqrt()).abs() < 1e-15);
        assert!((brent(|x| x.cos() - x, 0.0, 1.0, 1e-15).unwrap() - 0.739_085_133_215_160_6).abs() < 1e-15);
        assert_eq!(brent(|x| x, 0.0, 1.0, 1e-9), Some(0.0));
        assert_eq!(brent(|x| x + 1.0, 0.0, 1.0, 1e-9), None);
        assert_eq!(brent(|_| f64::NAN, 0.0, 1.0, 1e-9), None);
    }
}
