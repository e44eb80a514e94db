//! The ellipsoid that a region's principal axes span.

/// Volume in mm³ of an ellipsoid with these half-axes.
pub(crate) fn volume([a, b, c]: [f64; 3]) -> f64 {
    4.0 / 3.0 * std::f64::consts::PI * a * b * c
}

/// Area in mm² of an ellipsoid with half-axes a ≥ b ≥ c > 0, as IBSI approximates it: the first 21 terms of a Legendre series.
///
/// # Definition
/// A = 4 π a b Σ_{ν=0}^{20} (α β)^ν / (1 − 4 ν²) · P_ν((α² + β²) / (2 α β)), α² = 1 − b²/a², β² = 1 − c²/a². The exact series has
/// α² = 1 − c²/a² and β² = 1 − c²/b²; the standard's reference values follow the standard's text, several per cent below the true area
/// of a long ellipsoid, and so does this.
pub(crate) fn area([a, b, c]: [f64; 3]) -> f64 {
    const TERMS: usize = 20;
    let (alpha2, beta2) = (1.0 - b * b / (a * a), 1.0 - c * c / (a * a));
    // (α β)^ν P_ν(x) by the recurrence (ν + 1) P_{ν+1} = (2 ν + 1) x P_ν − ν P_{ν−1}, each factor α β taken inside; nothing divides by α β,
    // which is 0 for a spheroid.
    let (product, half_sum) = ((alpha2 * beta2).max(0.0), (alpha2 + beta2) / 2.0);
    let (mut last, mut current) = (0.0, 1.0);
    let mut sum = 0.0;
    for order in 0..=TERMS {
        let v = order as f64;
        sum += current / (1.0 - 4.0 * v * v);
        (last, current) = (current, ((2.0 * v + 1.0) * half_sum * current - v * product * last) / (v + 1.0));
    }
    4.0 * std::f64::consts::PI * a * b * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_has_its_closed_value_where_two_half_axes_are_equal() {
        let pi = std::f64::consts::PI;
        assert!((area([2.0, 2.0, 2.0]) - 16.0 * pi).abs() < 1e-12);
        // b = c makes α = β and P_ν(1) = 1: Σ α^{2ν} / (1 − 4 ν²) = (1 + artanh(α) (1/α − α)) / 2.
        let (a, b) = (3.0f64, 2.0f64);
        let alpha = (1.0 - b * b / (a * a)).sqrt();
        let closed = 4.0 * pi * a * b * (1.0 + alpha.atanh() * (1.0 / alpha - alpha)) / 2.0;
        assert!((area([a, b, b]) - closed).abs() < 1e-8 * closed);
    }
}
