//! Shapiro and Wilk's test of normality.

use super::describe::finite;
use super::estimate::{Defined, Test, undefined};
use super::normal;

/// Tests whether values can come from a normal distribution; the statistic is W, near 1 for normal samples.
///
/// # Definition
/// W = (Σ aᵢ x₍ᵢ₎)² / Σ (x − x̄)² with Royston's approximation of the weights; ln (1 − W) is then approximately normal
/// (n = 3: exact distribution).
///
/// # Errors
/// Fewer than 3 or more than 5000 values, or all equal.
///
/// # Reference
/// Shapiro and Wilk, Biometrika 1965;52:591. Royston, Applied Statistics 1995;44:547 (algorithm AS R94). R `shapiro.test`.
pub fn shapiro_wilk(values: &[f64]) -> Defined<Test> {
    finite(values)?;
    let n = values.len();
    if !(3..=5000).contains(&n) {
        undefined!("{n} values: the test is defined for 3 to 5000");
    }
    let mut x = values.to_vec();
    x.sort_unstable_by(f64::total_cmp);
    let range = x[n - 1] - x[0];
    if range <= 0.0 {
        undefined!("all values are equal");
    }
    let a = weights(n);
    // Antisymmetric weights; dividing by the range keeps squares of large values finite.
    let weight = |i: usize| match (2 * i + 1).cmp(&n) {
        std::cmp::Ordering::Less => -a[i],
        std::cmp::Ordering::Equal => 0.0,
        std::cmp::Ordering::Greater => a[n - 1 - i],
    };
    let least = x[0];
    let centre = x.iter().map(|x| (x - least) / range).sum::<f64>() / n as f64;
    let (mut ssa, mut ssx, mut sax) = (0.0, 0.0, 0.0);
    for (i, x_i) in x.iter().enumerate() {
        let (w, d) = (weight(i), (x_i - least) / range - centre);
        ssa += w * w;
        ssx += d * d;
        sax += w * d;
    }
    // 1 − W without cancellation where W is near 1.
    let both = (ssa * ssx).sqrt();
    let rest = (both - sax) * (both + sax) / (ssa * ssx);
    Ok(Test { statistic: 1.0 - rest, df: None, p: p_value(rest, n) })
}

/// c₀ + c₁ x + c₂ x² + …
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// Weights of the upper half, largest value first.
fn weights(n: usize) -> Vec<f64> {
    if n == 3 {
        return vec![0.5f64.sqrt()];
    }
    let size = n as f64;
    // Expected order statistics of a normal sample (Blom), positive for the upper half.
    let m: Vec<f64> = (1..=n / 2).map(|i| -normal::quantile((i as f64 - 0.375) / (size + 0.25))).collect();
    let squares = 2.0 * m.iter().map(|m| m * m).sum::<f64>();
    let (length, u) = (squares.sqrt(), 1.0 / size.sqrt());
    let first = m[0] / length + polynomial(&[0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u);
    let second = |m: &[f64]| m[1] / length + polynomial(&[0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u);
    let (fixed, scale) = if n > 5 {
        let second = second(&m);
        let rest = squares - 2.0 * (m[0] * m[0] + m[1] * m[1]);
        (vec![first, second], (rest / (1.0 - 2.0 * (first * first + second * second))).sqrt())
    } else {
        (vec![first], ((squares - 2.0 * m[0] * m[0]) / (1.0 - 2.0 * first * first)).sqrt())
    };
    let others = m[fixed.len()..].iter().map(|m| m / scale).collect::<Vec<f64>>();
    fixed.into_iter().chain(others).collect()
}

/// P of a W at least this far from 1; `rest` is 1 − W.
fn p_value(rest: f64, n: usize) -> f64 {
    let size = n as f64;
    if n == 3 {
        let w: f64 = 1.0 - rest;
        return (6.0 / std::f64::consts::PI * (w.sqrt().asin() - 0.75f64.sqrt().asin())).max(0.0);
    }
    let (y, mean, sd) = if n <= 11 {
        let gamma = polynomial(&[-2.273, 0.459], size);
        if rest.ln() >= gamma {
            return 1e-99;
        }
        (
            -(gamma - rest.ln()).ln(),
            polynomial(&[0.544, -0.39978, 0.025054, -6.714e-4], size),
            polynomial(&[1.3822, -0.77857, 0.062767, -0.0020322], size).exp(),
        )
    } else {
        let l = size.ln();
        (
            rest.ln(),
            polynomial(&[-1.5861, -0.31082, -0.083751, 0.0038915], l),
            polynomial(&[-0.4803, -0.082676, 0.0030302], l).exp(),
        )
    };
    normal::sf((y - mean) / sd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_pass_and_a_step_does_not() {
        let normal: Vec<f64> = (1..=50).map(|i| normal::quantile((f64::from(i) - 0.375) / 50.25)).collect();
        let test = shapiro_wilk(&normal).unwrap();
        assert!(test.statistic > 0.99 && test.p > 0.9);
        let step: Vec<f64> = (0..50).map(|i| f64::from(u8::from(i > 24))).collect();
        assert!(shapiro_wilk(&step).unwrap().p < 1e-8);
    }

    #[test]
    fn location_and_scale_do_not_matter() {
        for n in [3, 4, 5, 6, 11, 12, 40] {
            let x: Vec<f64> = (0..n).map(|i| f64::from((i * 7919) % 101).sqrt()).collect();
            let moved: Vec<f64> = x.iter().map(|x| 5.0 - 3.0 * x).collect();
            let (a, b) = (shapiro_wilk(&x).unwrap(), shapiro_wilk(&moved).unwrap());
            assert!((a.statistic - b.statistic).abs() < 1e-12 && (a.p - b.p).abs() < 1e-9, "{n}");
        }
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(shapiro_wilk(&[1.0, 2.0]).is_err());
        assert!(shapiro_wilk(&[1.0; 10]).is_err());
        assert!(shapiro_wilk(&[1.0, f64::NAN, 2.0]).is_err());
    }
}
