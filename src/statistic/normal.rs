//! Tail probabilities and quantiles of the distributions that tests refer to, exact far into the tails.
//!
//! Upper tails are computed as such, never as 1 − cdf: a p-value of 1e-30 is 1e-30, not 0.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use statrs::function::beta::beta_reg;
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::gamma_ur;

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
    beta_reg(0.5 * df, 0.5, df / (df + t * t))
}
