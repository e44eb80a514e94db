//! Discrete Fourier transforms of blocks, axis by axis.

use std::sync::Arc;

use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftDirection, FftPlanner};

/// Transforms of one size, in two or three dimensions (a size of 1 costs nothing).
pub(super) struct Fourier {
    size: [usize; 3],
    forward: [Arc<dyn Fft<f64>>; 3],
    inverse: [Arc<dyn Fft<f64>>; 3],
}

impl Fourier {
    /// Transforms of blocks of this size.
    pub fn new(size: [usize; 3]) -> Self {
        let mut planner = FftPlanner::new();
        let mut plan = |direction: FftDirection| size.map(|n| planner.plan_fft(n, direction));
        Fourier { size, forward: plan(FftDirection::Forward), inverse: plan(FftDirection::Inverse) }
    }

    /// The spectrum, in place.
    pub fn forward(&self, values: &mut [Complex64]) {
        self.along_axes(&self.forward, values);
    }

    /// The values of a spectrum, in place, divided by their number.
    pub fn inverse(&self, values: &mut [Complex64]) {
        self.along_axes(&self.inverse, values);
        let scale = 1.0 / values.len() as f64;
        values.iter_mut().for_each(|value| *value *= scale);
    }

    fn along_axes(&self, plans: &[Arc<dyn Fft<f64>>; 3], values: &mut [Complex64]) {
        for (axis, plan) in plans.iter().enumerate() {
            let n = self.size[axis];
            let stride: usize = self.size[..axis].iter().product();
            if n == 1 {
                continue;
            }
            if stride == 1 {
                plan.process(values);
                continue;
            }
            // Eight lines at a time: neighbours share cache lines.
            let mut lines = vec![Complex64::ZERO; 8 * n];
            for segment in values.chunks_exact_mut(n * stride) {
                for first in (0..stride).step_by(8) {
                    let count = 8.min(stride - first);
                    for t in 0..n {
                        for l in 0..count {
                            lines[l * n + t] = segment[first + l + t * stride];
                        }
                    }
                    plan.process(&mut lines[..count * n]);
                    for t in 0..n {
                        for l in 0..count {
                            segment[first + l + t * stride] = lines[l * n + t];
                        }
                    }
                }
            }
        }
    }
}

/// The next size at least `n` that has no prime factor above 5: those transform fast.
pub(super) fn fast_size(n: usize) -> usize {
    let smooth = |n: usize| {
        [2, 3, 5].iter().fold(n, |mut rest, p| {
            while rest % p == 0 {
                rest /= p;
            }
            rest
        }) == 1
    };
    (n.max(1)..).find(|n| smooth(*n)).unwrap_or(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_one_line_of_its_spectrum() {
        let size = [6, 5, 4];
        let fourier = Fourier::new(size);
        let angle = |n: usize, f: usize, t: usize| 2.0 * std::f64::consts::PI * (f * t) as f64 / n as f64;
        let wave = |at: usize| angle(6, 2, at % 6) + angle(5, 1, at / 6 % 5) + angle(4, 3, at / 30);
        let values: Vec<Complex64> = (0..120).map(|at| Complex64::from_polar(1.0, wave(at))).collect();
        let mut spectrum = values.clone();
        fourier.forward(&mut spectrum);
        for (at, value) in spectrum.iter().enumerate() {
            let truth = if at == 2 + 6 * (1 + 5 * 3) { 120.0 } else { 0.0 };
            assert!((value - truth).norm() < 1e-10);
        }
        fourier.inverse(&mut spectrum);
        assert!(spectrum.iter().zip(&values).all(|(a, b)| (a - b).norm() < 1e-12));
        assert_eq!((fast_size(97), fast_size(128), fast_size(1)), (100, 128, 1));
    }
}
