//! The arterial input function seen through a compartment that empties exponentially.

use crate::parametric::aif::Aif;

/// ∫₀ᵗ Cp(u − delay) e^(−kep (t−u)) du at each time, and its derivative by kep; exact for straight lines between the points of the AIF.
///
/// # Definition
/// Over a stretch of length d on which Cp runs from a to b, with x = kep·d: the integral grows by d (a (A₀ − A₁) + b A₁) and what was there
/// shrinks by e⁻ˣ, where A₀ = (1 − e⁻ˣ)/x and A₁ = (x − 1 + e⁻ˣ)/x². `kep` is per minute, times and delay are seconds, results mM·min.
pub struct Convolution<'a> {
    aif: &'a Aif,
    kep: f64,
}

/// The integral and its derivative by kep at the end of a stretch.
#[derive(Clone, Copy, Default)]
struct State {
    value: f64,
    slope: f64,
}

impl<'a> Convolution<'a> {
    /// The convolution with e^(−kep t), kep ≥ 0 per minute.
    pub fn new(aif: &'a Aif, kep: f64) -> Self {
        Convolution { aif, kep }
    }

    /// Writes the convolution and its derivative by kep at the given increasing times.
    pub fn at(&self, seconds: &[f64], delay: f64, values: &mut [f64], slopes: &mut [f64]) {
        let (knots, plasma) = (self.aif.seconds(), self.aif.plasma());
        let (mut state, mut knot) = (State::default(), 0);
        // Points and images are mostly evenly spaced, each with a spacing of their own.
        let (mut whole, mut part) = (Stretch::new(self.kep, 0.0), Stretch::new(self.kep, 0.0));
        for ((time, value), slope) in seconds.iter().zip(values).zip(slopes) {
            let time = time - delay;
            while knot + 1 < knots.len() && knots[knot + 1] <= time {
                whole.reach(self.kep, knots[knot + 1] - knots[knot]);
                state = whole.after(state, plasma[knot], plasma[knot + 1]);
                knot += 1;
            }
            let since = time - knots[knot];
            let here = match since > 0.0 {
                true => {
                    part.reach(self.kep, since);
                    let to = match knots.get(knot + 1) {
                        Some(next) => plasma[knot] + since / (next - knots[knot]) * (plasma[knot + 1] - plasma[knot]),
                        None => plasma[knot],
                    };
                    part.after(state, plasma[knot], to)
                }
                false => state,
            };
            (*value, *slope) = (here.value, here.slope);
        }
    }
}

/// What a stretch of some length does, whatever the concentrations at its ends.
struct Stretch {
    seconds: f64,
    length: f64,
    kept: f64,
    moments: ([f64; 2], [f64; 2]),
}

impl Stretch {
    fn new(kep: f64, seconds: f64) -> Self {
        let length = seconds / 60.0;
        let kept = (-kep * length).exp();
        Stretch { seconds, length, kept, moments: moments(kep * length, kept) }
    }

    /// Takes another length; nothing to do where it is the same but for the rounding of times.
    #[inline]
    fn reach(&mut self, kep: f64, seconds: f64) {
        const ROUNDING: f64 = 1e-12;
        if (seconds - self.seconds).abs() > ROUNDING * seconds {
            *self = Stretch::new(kep, seconds);
        }
    }

    #[inline]
    fn after(&self, before: State, from: f64, to: f64) -> State {
        let (length, ([a0, a1], [a0_slope, a1_slope])) = (self.length, self.moments);
        State {
            value: self.kept * before.value + length * (from * (a0 - a1) + to * a1),
            slope: self.kept * (before.slope - length * before.value)
                + length * length * (from * (a0_slope - a1_slope) + to * a1_slope),
        }
    }
}

/// A₀ and A₁ of the definition, and their derivatives by x.
#[inline]
fn moments(x: f64, kept: f64) -> ([f64; 2], [f64; 2]) {
    if x > 0.5 {
        let a = [(1.0 - kept) / x, (x - 1.0 + kept) / (x * x)];
        return (a, [(kept * (1.0 + x) - 1.0) / (x * x), (2.0 - x - kept * (2.0 + x)) / (x * x * x)]);
    }
    // The closed forms lose their digits near zero: A₀ = Σ (−x)ⁿ/(n+1)!, A₁ = Σ (−x)ⁿ/(n+2)!, by Horner's scheme.
    const TERMS: usize = 12;
    let (mut a, mut slope) = ([0.0; 2], [0.0; 2]);
    for n in (0..TERMS).rev() {
        for which in 0..2 {
            let coefficient = COEFFICIENTS[n + 1 + which] * if n % 2 == 0 { 1.0 } else { -1.0 };
            slope[which] = slope[which] * x + a[which];
            a[which] = a[which] * x + coefficient;
        }
    }
    (a, slope)
}

/// 1/n!.
const COEFFICIENTS: [f64; 16] = {
    let mut inverse = [1.0; 16];
    let mut n = 1;
    while n < 16 {
        inverse[n] = inverse[n - 1] / n as f64;
        n += 1;
    }
    inverse
};

#[cfg(test)]
mod tests {
    use super::*;

    fn convolve(aif: &Aif, kep: f64, seconds: &[f64], delay: f64) -> (Vec<f64>, Vec<f64>) {
        let (mut values, mut slopes) = (vec![0.0; seconds.len()], vec![0.0; seconds.len()]);
        Convolution::new(aif, kep).at(seconds, delay, &mut values, &mut slopes);
        (values, slopes)
    }

    #[test]
    fn a_ramp_has_its_closed_form() {
        // Cp = t (min): ∫ u e^(−k(t−u)) du = t/k − (1 − e^(−kt))/k².
        let aif = Aif::measured(vec![0.0, 37.0, 60.0, 300.0], &[0.0, 37.0 / 60.0, 1.0, 5.0], 0.0).unwrap();
        for kep in [1e-6, 0.01, 0.3, 0.81, 2.0, 20.0] {
            let (values, _) = convolve(&aif, kep, &[0.0, 10.0, 60.0, 100.0, 300.0], 0.0);
            for (value, minutes) in values.iter().zip([0.0, 1.0 / 6.0, 1.0, 5.0 / 3.0, 5.0_f64]) {
                let truth = if kep < 1e-3 {
                    minutes * minutes / 2.0 - kep * minutes.powi(3) / 6.0
                } else {
                    minutes / kep - (1.0 - f64::exp(-kep * minutes)) / (kep * kep)
                };
                assert!((value - truth).abs() < 1e-11 * truth.max(1.0), "{kep} {minutes}: {value} {truth}");
            }
        }
    }

    #[test]
    fn the_slope_is_the_difference_quotient_and_delay_shifts() {
        let aif = Aif::measured(vec![5.0, 10.0, 30.0, 80.0], &[0.0, 6.0, 2.0, 1.0], 0.0).unwrap();
        let times = [0.0, 8.0, 25.0, 60.0, 100.0];
        for kep in [0.0, 0.2, 3.0, 15.0] {
            let (_, slopes) = convolve(&aif, kep, &times, 0.0);
            let (up, down) = (convolve(&aif, kep + 1e-5, &times, 0.0).0, convolve(&aif, kep - 1e-5, &times, 0.0).0);
            for at in 0..times.len() {
                assert!((slopes[at] - (up[at] - down[at]) / 2e-5).abs() < 1e-8, "{kep} {at}");
            }
            let shifted = convolve(&aif, kep, &times.map(|time| time + 7.0), 7.0).0;
            assert!(shifted.iter().zip(convolve(&aif, kep, &times, 0.0).0).all(|(a, b)| (a - b).abs() < 1e-13));
        }
    }
}
