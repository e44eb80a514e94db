//! The Mittag-Leffler function of a negative number: the exponential's slower relative.

use statrs::function::gamma::ln_gamma;

/// E_α(−z) = Σₖ (−z)ᵏ/Γ(αk + 1) for 0 < α ≤ 1 and z ≥ 0, prepared for one α.
///
/// # Definition
/// Near zero the power series. Beyond, E_α(−z) = 1/(απ) ∫₀^{απ} exp(−(z sin(απ − φ)/sin φ)^{1/α}) dφ, which follows from the function's
/// spectral form by substituting the angle; the integrand is bounded by 0 and 1 and never oscillates. It is summed by the double exponential
/// rule. At α = 1 both are e⁻ᶻ.
///
/// # Reference
/// Gorenflo 2002, Fract Calc Appl Anal 5:491 (spectral form); Takahasi 1974, Publ RIMS 9:721 (double exponential rule).
pub struct MittagLeffler {
    alpha: f64,
    coefficients: Vec<f64>,
    /// Ratio of sines and weight of each point of the integral; made when first needed.
    points: Vec<(f64, f64)>,
}

/// z^(1/α) up to which the series keeps its digits: its largest term is about e to this power.
const SERIES_UNTIL: f64 = 5.0;

impl MittagLeffler {
    /// Prepares E_α.
    pub fn new(alpha: f64) -> Self {
        // The largest argument of the series raised to k, over Γ(αk + 1), decides how many terms count.
        let most = SERIES_UNTIL.powf(alpha).ln();
        let mut coefficients = Vec::with_capacity(64);
        for k in 0..2000 {
            let (power, logarithm) = (f64::from(k), ln_gamma(alpha * f64::from(k) + 1.0));
            coefficients.push((-logarithm).exp());
            if power * most - logarithm < -38.0 {
                break;
            }
        }
        MittagLeffler { alpha, coefficients, points: Vec::new() }
    }

    /// E_α(−z).
    pub fn at(&mut self, z: f64) -> f64 {
        if self.alpha == 1.0 {
            return (-z).exp();
        }
        if z.powf(1.0 / self.alpha) <= SERIES_UNTIL {
            return self.coefficients.iter().rev().fold(0.0, |sum, coefficient| coefficient - z * sum);
        }
        if self.points.is_empty() {
            self.points = points(self.alpha);
        }
        let power = 1.0 / self.alpha;
        self.points.iter().map(|(ratio, weight)| weight * (-(z * ratio).powf(power)).exp()).sum()
    }
}

/// Points φ of the double exponential rule on (0, απ), as sin(απ − φ)/sin φ, with weights that sum to 1.
fn points(alpha: f64) -> Vec<(f64, f64)> {
    // The smaller α, the steeper the integrand (1/α is its power) and the finer the rule; beyond t = 4 the weights vanish.
    const REACH: i32 = 4;
    let (angle, per_unit) = (alpha * std::f64::consts::PI, 16 * (1.0 / alpha).ceil() as i32);
    let spacing = 1.0 / f64::from(per_unit);
    (-REACH * per_unit..=REACH * per_unit)
        .map(|step| {
            let t = f64::from(step) * spacing;
            let u = std::f64::consts::FRAC_PI_2 * t.sinh();
            // Shares of the interval to the left and the right, each without cancellation.
            let (left, right) = (1.0 / (1.0 + (-2.0 * u).exp()), 1.0 / (1.0 + (2.0 * u).exp()));
            // Near the ends, sines of small angles and of angles near π are taken from the side where they are small.
            let sine = |small: f64, rest: f64| {
                if small * angle <= std::f64::consts::FRAC_PI_2 {
                    (small * angle).sin()
                } else {
                    ((1.0 - alpha) * std::f64::consts::PI + rest * angle).sin()
                }
            };
            let weight = spacing * std::f64::consts::PI * t.cosh() * left * right;
            (sine(right, left) / sine(left, right), weight)
        })
        .filter(|(ratio, weight)| ratio.is_finite() && *weight > 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// e^(x²) erfc(x) for x > 0, by quadrature of 2/√π ∫ e^(−t² − 2xt) dt.
    fn scaled_erfc(x: f64) -> f64 {
        let step = 1e-4;
        let f = |t: f64| (-t * t - 2.0 * x * t).exp();
        let simpson: f64 =
            (0..70_000).map(|at| f64::from(at) * step).map(|t| step / 6.0 * (f(t) + 4.0 * f(t + step / 2.0) + f(t + step))).sum();
        2.0 / std::f64::consts::PI.sqrt() * simpson
    }

    #[test]
    fn one_half_is_the_scaled_error_function() {
        let mut half = MittagLeffler::new(0.5);
        for z in [0.0, 0.1, 0.7, 1.5, 2.2, 2.3, 3.0, 10.0, 100.0] {
            let truth = scaled_erfc(z);
            assert!((half.at(z) - truth).abs() < 1e-11, "{z}: {} {truth}", half.at(z));
        }
    }

    #[test]
    fn series_and_integral_meet() {
        for alpha in [0.2, 0.35, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999] {
            let mut function = MittagLeffler::new(alpha);
            let edge = SERIES_UNTIL.powf(alpha);
            let (below, above) = (function.at(edge * (1.0 - 1e-12)), function.at(edge * (1.0 + 1e-12)));
            assert!((below - above).abs() < 1e-9, "{alpha}: {below} {above}");
        }
    }

    #[test]
    fn one_is_the_exponential_and_its_neighbourhood_tends_to_it() {
        assert_eq!(MittagLeffler::new(1.0).at(3.0), (-3.0_f64).exp());
        for z in [0.5, 2.0, 6.0] {
            let off = |alpha: f64| (MittagLeffler::new(alpha).at(z) - (-z).exp()).abs();
            assert!(off(0.9999) < 1e-3 && off(0.9999) < 0.2 * off(0.999), "{z}");
        }
    }
}
