//! The lowest point of a function of one number.

/// Where a function is lowest between two points, to within `tolerance`: steps to the vertex of a parabola where that helps, golden
/// sections elsewhere. Finds the lowest point of the interval where there is one valley, else one of several.
///
/// # Reference
/// Brent 1973, Algorithms for Minimization without Derivatives, chapter 5.
pub fn minimum(mut low: f64, mut high: f64, tolerance: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    const GOLDEN: f64 = 0.381_966_011_250_105;
    const ROUNDS: usize = 100;
    let mut best = low + GOLDEN * (high - low);
    let (mut second, mut third) = (best, best);
    let mut f_best = f(best);
    let (mut f_second, mut f_third) = (f_best, f_best);
    let (mut step, mut last_step) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        let middle = 0.5 * (low + high);
        if (best - middle).abs() + 0.5 * (high - low) <= 2.0 * tolerance {
            break;
        }
        let r = (best - second) * (f_best - f_third);
        let q = (best - third) * (f_best - f_second);
        let (p, q) = ((best - third) * q - (best - second) * r, 2.0 * (q - r));
        let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
        let inside = p > q * (low - best) && p < q * (high - best);
        if last_step.abs() > tolerance && inside && p.abs() < (0.5 * q * last_step).abs() {
            (last_step, step) = (step, p / q);
            if best + step - low < 2.0 * tolerance || high - best - step < 2.0 * tolerance {
                step = tolerance.copysign(middle - best);
            }
        } else {
            last_step = if best < middle { high - best } else { low - best };
            step = GOLDEN * last_step;
        }
        let tried = best + if step.abs() >= tolerance { step } else { tolerance.copysign(step) };
        let f_tried = f(tried);
        if f_tried <= f_best {
            if tried < best {
                high = best
            } else {
                low = best
            }
            (third, f_third, second, f_second, best, f_best) = (second, f_second, best, f_best, tried, f_tried);
        } else {
            if tried < best {
                low = tried
            } else {
                high = tried
            }
            if f_tried <= f_second || second == best {
                (third, f_third, second, f_second) = (second, f_second, tried, f_tried);
            } else if f_tried <= f_third || third == best || third == second {
                (third, f_third) = (tried, f_tried);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::minimum;

    #[test]
    fn finds_inner_and_end_points() {
        assert!((minimum(-3.0, 5.0, 1e-9, |x| (x - 1.25).powi(2)) - 1.25).abs() < 1e-7);
        assert!((minimum(0.0, 3.0, 1e-9, |x: f64| -x.sin()) - std::f64::consts::FRAC_PI_2).abs() < 1e-7);
        assert!((minimum(0.0, 2.0, 1e-9, |x| x) - 0.0).abs() < 1e-8);
    }
}
