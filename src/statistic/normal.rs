//! Tail probabilities and quantiles of the distributions that tests refer to, exact far into the tails.
//!
//! Upper tails are computed as such, never as 1 − cdf: a p-value of 1e-30 is 1e-30, not 0.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use statrs::function::erf::erfc_inv;
use statrs::function::gamma::gamma_ur;

use super::beta::{beta_quantile, incomplete_beta};

/// The complementary error function to about 14 digits, as the incomplete gamma function Q(½, x²).
/// (The rational approximation that statrs offers under this name is good to 10 digits only.)
pub fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let square = x * x;
    let tail = if square == 0.0 {
        1.0
    } else if square > 800.0 {
        0.0
    } else {
        gamma_ur(0.5, square)
    };
    if x >= 0.0 { tail } else { 2.0 - tail }
}

/// Standard normal density.
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Φ(x), the standard normal distribution function.
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// 1 − Φ(x), the upper tail.
pub fn sf(x: f64) -> f64 {
    0.5 * erfc(x * FRAC_1_SQRT_2)
}

/// P(|Z| ≥ |z|), the two-sided p-value of a z statistic.
pub fn two_sided(z: f64) -> f64 {
    erfc(z.abs() * FRAC_1_SQRT_2)
}

/// Φ⁻¹(p): −∞ at 0, +∞ at 1, NaN outside [0, 1].
pub fn quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let x = -SQRT_2 * erfc_inv(2.0 * p);
    // One step of Halley's method carries the rational approximation to full precision, on the shorter tail.
    let excess = if p < 0.5 { cdf(x) - p } else { (1.0 - p) - sf(x) };
    let u = excess / density(x);
    if u.is_finite() { x - u / (1.0 + 0.5 * x * u) } else { x }
}

/// The z of a two-sided interval at `level`: 1.959964 at 0.95.
pub fn critical(level: f64) -> f64 {
    quantile(0.5 + 0.5 * level)
}

/// P(χ²_df ≥ x).
pub fn chi_square_sf(x: f64, df: f64) -> f64 {
    if x.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    gamma_ur(0.5 * df, 0.5 * x)
}

/// P(|T_df| ≥ |t|), the two-sided p-value of Student's t. An infinite `df` is the normal distribution.
pub fn student_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df.is_infinite() {
        return two_sided(t);
    }
    if t.is_infinite() {
        return 0.0;
    }
    let square = t * t;
    incomplete_beta(0.5 * df, 0.5, df / (df + square), square / (df + square))
}

/// The t of a two-sided interval at `level` with `df` degrees of freedom.
pub fn student_critical(level: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return critical(level);
    }
    if df.is_nan() || df <= 0.0 || !(0.0..=1.0).contains(&level) {
        return f64::NAN;
    }
    let (y, x) = beta_quantile(0.5, 0.5 * df, level, 1.0 - level);
    (df * y / x).sqrt()
}

/// P(F ≥ f) of Snedecor's F with `df1` and `df2` degrees of freedom; an infinite `df2` is χ² / `df1`.
pub fn f_sf(f: f64, df1: f64, df2: f64) -> f64 {
    if f.is_nan() || df1.is_nan() || df2.is_nan() || df1 <= 0.0 || df2 <= 0.0 {
        return f64::NAN;
    }
    if f <= 0.0 {
        return 1.0;
    }
    if f.is_infinite() {
        return 0.0;
    }
    if df2.is_infinite() {
        return chi_square_sf(df1 * f, df1);
    }
    let (x, y) = (df2 / (df2 + df1 * f), df1 * f / (df2 + df1 * f));
    incomplete_beta(0.5 * df2, 0.5 * df1, x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} is not {b}");
    }

    #[test]
    fn the_tail_follows_its_asymptotic_series() {
        // 1 − Φ(x) = φ(x)/x · (1 − 1/x² + 3/x⁴ − 15/x⁶ + …), whose error is below its next term.
        for x in [20.0, 30.0, 37.0f64] {
            let r = 1.0 / (x * x);
            let series = 1.0 - r * (1.0 - 3.0 * r * (1.0 - 5.0 * r * (1.0 - 7.0 * r * (1.0 - 9.0 * r))));
            close(sf(x), density(x) / x * series, 1e-11);
        }
        assert_eq!(sf(0.0), 0.5);
        assert_eq!(two_sided(f64::INFINITY), 0.0);
        assert_eq!(cdf(f64::INFINITY), 1.0);
        assert!(two_sided(f64::NAN).is_nan());
    }

    #[test]
    fn the_integral_of_the_density_is_the_distribution() {
        // Simpson's rule on [0, x] with 2,000 steps is exact to 1e-14 here.
        for x in [0.3, 1.0, 1.96, 3.1] {
            let n = 2000;
            let h = x / n as f64;
            let sum: f64 = (0..=n)
                .map(|i| {
                    density(i as f64 * h)
                        * if i == 0 || i == n {
                            1.0
                        } else if i % 2 == 1 {
                            4.0
                        } else {
                            2.0
                        }
                })
                .sum();
            close(cdf(x), 0.5 + sum * h / 3.0, 3e-14);
        }
    }

    #[test]
    fn the_quantile_inverts_the_distribution() {
        for p in [1e-300, 1e-30, 1e-8, 0.025, 0.3, 0.5, 0.8, 0.975, 1.0 - 1e-12] {
            let x = quantile(p);
            if p < 0.5 { close(cdf(x), p, 1e-12) } else { close(sf(x), 1.0 - p, 1e-12) }
        }
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert!(quantile(1.1).is_nan());
        close(critical(0.95), -quantile(0.025), 1e-14);
    }

    #[test]
    fn closed_forms_of_the_others() {
        // χ² with 2 degrees of freedom is exponential; with 1 it is a squared normal; t with 1 is Cauchy, with 2 algebraic.
        close(chi_square_sf(30.0, 2.0), (-15.0f64).exp(), 1e-13);
        close(chi_square_sf(9.0, 1.0), two_sided(3.0), 1e-13);
        close(f_sf(9.0, 1.0, 12.0), student_two_sided(3.0, 12.0), 1e-13);
        close(f_sf(4.0, 2.0, 6.0), (1.0f64 + 4.0 / 3.0).powi(-3), 1e-13);
        close(f_sf(2.5, 4.0, f64::INFINITY), chi_square_sf(10.0, 4.0), 1e-15);
        close(student_two_sided(3.0, 1.0), 1.0 - 2.0 / PI * 3.0f64.atan(), 1e-13);
        close(student_two_sided(0.1, 2.0), 1.0 - 0.1 / 2.01f64.sqrt(), 1e-14);
        assert_eq!(student_two_sided(0.0, 7.0), 1.0);
        close(student_two_sided(2.0, f64::INFINITY), two_sided(2.0), 1e-15);
        // With a million degrees of freedom Student's t is normal up to (x³ + x)/(4 df) φ(x) per tail and the next order.
        let (x, df) = (1.5f64, 1e6);
        let correction = (x.powi(3) + x) / (4.0 * df) * density(x);
        close(student_two_sided(x, df), two_sided(x) + 2.0 * correction, 1e-12);
        for (level, df) in [(0.95, 1.0), (0.95, 3.3), (0.9, 106.5), (0.99, 1e5)] {
            close(student_two_sided(student_critical(level, df), df), 1.0 - level, 1e-12);
        }
    }
}
