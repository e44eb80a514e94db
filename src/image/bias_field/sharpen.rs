//! The histogram of the logarithms with the field's blur taken out, and what it says of each voxel's true value.

use std::f64::consts::{LN_2, PI};

use rustfft::FftPlanner;
use rustfft::num_complex::Complex64;

use super::N4;

/// The expectation of the true log intensity given the observed one.
pub(super) struct Sharpener {
    least: f64,
    slope: f64,
    expected: Vec<f64>,
}

impl Sharpener {
    /// From the log intensities inside; `None` when they do not vary.
    ///
    /// # Definition
    /// V: the histogram, each value shared by its two bins; F: a Gaussian of the given width; U = max(0, V deconvolved by F) with the Wiener
    /// filter F̂* / (|F̂|² + noise); E(v) = (F ∗ (u U)) / (F ∗ U).
    pub(super) fn new(n4: &N4, values: &[f64], inside: &[bool]) -> Option<Sharpener> {
        let within = || values.iter().zip(inside).filter(|(_, inside)| **inside).map(|(value, _)| *value);
        let (least, most) = within().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        let slope = (most - least) / (n4.bins - 1) as f64;
        if !(slope > 1e-12 && slope.is_finite()) {
            return None;
        }
        let length = 2 * n4.bins.next_power_of_two();
        let offset = (length - n4.bins) / 2;
        let mut histogram = vec![Complex64::default(); length];
        for value in within() {
            let place = (value - least) / slope;
            let bin = (place as usize).min(n4.bins - 1);
            let part = place - bin as f64;
            histogram[offset + bin].re += 1.0 - part;
            histogram[offset + (bin + 1).min(n4.bins - 1)].re += part;
        }
        let width = n4.width / slope;
        let gaussian = |n: usize| {
            let steps = n.min(length - n) as f64;
            2.0 * (LN_2 / PI).sqrt() / width * (-4.0 * LN_2 * (steps / width).powi(2)).exp()
        };
        let mut blur: Vec<Complex64> = (0..length).map(|n| gaussian(n).into()).collect();
        let mut planner = FftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scale = 1.0 / length as f64;
        forward.process(&mut blur);
        forward.process(&mut histogram);
        for (value, blur) in histogram.iter_mut().zip(&blur) {
            let wiener = blur.conj() / (blur.norm_sqr() + n4.noise);
            *value *= wiener.re;
        }
        backward.process(&mut histogram);
        let sharp: Vec<f64> = histogram.iter().map(|value| (value.re * scale).max(0.0)).collect();
        let at = |n: usize| least + (n as f64 - offset as f64) * slope;
        let blurred = |mut data: Vec<Complex64>| {
            forward.process(&mut data);
            data.iter_mut().zip(&blur).for_each(|(value, blur)| *value *= blur);
            backward.process(&mut data);
            data
        };
        let numerator = blurred(sharp.iter().enumerate().map(|(n, u)| (u * at(n)).into()).collect());
        let denominator = blurred(sharp.iter().map(|u| Complex64::from(*u)).collect());
        let expected = (offset..offset + n4.bins)
            .map(|n| if denominator[n].re == 0.0 { 0.0 } else { numerator[n].re / denominator[n].re })
            .collect();
        Some(Sharpener { least, slope, expected })
    }

    /// For one observed value, linear between bins.
    pub(super) fn expected(&self, value: f64) -> f64 {
        let place = ((value - self.least) / self.slope).max(0.0);
        let bin = (place as usize).min(self.expected.len() - 1);
        let here = self.expected[bin];
        match self.expected.get(bin + 1) {
            Some(next) => here + (next - here) * (place - bin as f64),
            None => here,
        }
    }
}
