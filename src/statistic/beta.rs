//! The incomplete beta function and its inverse: behind Student's t, exact binomial tails, and exact intervals of proportions.
//!
//! `statrs` has one, but it loses digits as its parameters grow (1e-9 at a million degrees of freedom).

use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

/// ln Γ(z) − [(z − ½) ln z − z + ½ ln 2π], what Stirling's formula leaves over.
fn stirling_rest(z: f64) -> f64 {
    if z < 10.0 {
        return ln_gamma(z) - ((z - 0.5) * z.ln() - z + 0.5 * (2.0 * PI).ln());
    }
    let r = 1.0 / (z * z);
    (1.0 / 12.0
        - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * (691.0 / 360_360.0 - r / 156.0))))))
        / z
}

/// k ln(k/m) + m − k, without cancellation when k is near m; `excess` is k − m as exactly as it is known.
fn deviance(k: f64, m: f64, excess: f64) -> f64 {
    if excess.abs() >= 0.1 * (k + m) {
        return k * (k / m).ln() - excess;
    }
    // With v = (k − m)/(k + m): k ln(k/m) = 2 k (v + v³/3 + v⁵/5 + …), and the linear parts cancel exactly.
    let v = excess / (k + m);
    let mut sum = excess * v;
    let mut term = 2.0 * k * v;
    for j in 1..100 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// xᵃ yᵇ / B(a, b) with y = 1 − x, by Loader's saddle-point form.
fn kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    // a − n x = n y − b, taken from the smaller of x and y, which is the one known to more digits.
    let excess = if x < y { a - n * x } else { n * y - b };
    let rests = stirling_rest(n) - stirling_rest(a) - stirling_rest(b);
    (a * b / (2.0 * PI * n)).sqrt() * (rests - deviance(a, n * x, excess) - deviance(b, n * y, -excess)).exp()
}

/// Iₓ(a, b), the regularised incomplete beta function; `y` is 1 − `x`, given apart because one of them may be tiny.
pub(crate) fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, y, x);
    }
    kernel(a, b, x, y) * continued_fraction(a, b, x) / a
}

/// The continued fraction of the incomplete beta function by Lentz's method; it converges fast for x < (a + 1)/(a + b + 2).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..200_000 {
        let m = f64::from(m);
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / away(1.0 + numerator * d);
            c = away(1.0 + numerator / c);
            value *= d * c;
        }
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// The x with Iₓ(a, b) = `p`, and 1 − x; `q` is 1 − `p`.
pub(crate) fn beta_quantile(a: f64, b: f64, p: f64, q: f64) -> (f64, f64) {
    if p <= 0.0 {
        return (0.0, 1.0);
    }
    if q <= 0.0 {
        return (1.0, 0.0);
    }
    // The smaller of x and 1 − x is sought, so that both come out with all their digits.
    if incomplete_beta(a, b, 0.5, 0.5) >= p {
        let x = lower_quantile(a, b, p);
        (x, 1.0 - x)
    } else {
        let y = lower_quantile(b, a, q);
        (1.0 - y, y)
    }
}

/// The x ≤ ½ with Iₓ(a, b) = `p`, by Newton's method inside a bracket.
fn lower_quantile(a: f64, b: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.5);
    let mut x = 0.25;
    for _ in 0..400 {
        let excess = incomplete_beta(a, b, x, 1.0 - x) - p;
        if excess > 0.0 {
            high = x
        } else {
            low = x
        }
        let newton = x - excess * x * (1.0 - x) / kernel(a, b, x, 1.0 - x);
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        let done = (next - x).abs() <= 2.0 * f64::EPSILON * x;
        x = next;
        if done {
            break;
        }
    }
    x
}

/// P(X ≤ k) for X binomial with `n` trials and chance `p` each.
pub(crate) fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n { 1.0 } else { incomplete_beta((n - k) as f64, k as f64 + 1.0, 1.0 - p, p) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} is not {b}");
    }

    #[test]
    fn closed_forms() {
        // I_x(a, 1) = xᵃ; I_x(1, b) = 1 − (1 − x)ᵇ; I_x(½, ½) = 2/π arcsin √x; symmetry at ½.
        for x in [1e-9, 0.1, 0.4, 0.7, 0.999] {
            close(incomplete_beta(3.5, 1.0, x, 1.0 - x), x.powf(3.5), 1e-13);
            close(incomplete_beta(1.0, 4.0, x, 1.0 - x), -(4.0 * (-x).ln_1p()).exp_m1(), 1e-13);
            close(incomplete_beta(0.5, 0.5, x, 1.0 - x), 2.0 / PI * x.sqrt().asin(), 1e-13);
        }
        for a in [0.5, 3.0, 250.0, 1e6] {
            close(incomplete_beta(a, a, 0.5, 0.5), 0.5, 1e-12);
        }
    }

    #[test]
    fn binomial_tails_are_sums() {
        for (n, p) in [(10u64, 0.5f64), (37, 0.2)] {
            let mut sum = 0.0;
            let mut term = (1.0 - p).powi(n as i32);
            for k in 0..=n {
                sum += term;
                close(binomial_cdf(k, n, p), sum, 1e-12);
                term *= (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            }
        }
    }

    #[test]
    fn the_quantile_inverts() {
        for (a, b) in [(0.5, 0.5), (1.0, 12.0), (70.0, 3.5), (0.5, 60.0), (3000.0, 5000.0), (1.0, 2e3)] {
            for p in [1e-6, 0.025, 0.5, 0.975] {
                let (x, y) = beta_quantile(a, b, p, 1.0 - p);
                assert!((incomplete_beta(a, b, x, y) - p).abs() < 1e-15 + 1e-13 * p, "{a} {b} {p}");
                assert!((x + y - 1.0).abs() < 1e-15);
            }
        }
    }
}
