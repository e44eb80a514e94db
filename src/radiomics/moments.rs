//! Sums over the intensities of a region: minimum, maximum, mean, central moments, in two passes.

/// Accumulators that run side by side, so that the processor adds several values at once; the sum does not depend on the machine.
const LANES: usize = 8;

/// What two passes over the intensities tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    pub minimum: f64,
    pub maximum: f64,
    pub mean: f64,
    /// Sum of squares of the values themselves.
    pub energy: f64,
    /// Central moments of order 2, 3, 4 (divisor n).
    pub second: f64,
    pub third: f64,
    pub fourth: f64,
    /// Mean absolute deviation from the mean.
    pub mean_absolute_deviation: f64,
}

/// Sums of `N` functions of each value.
pub(crate) fn sums<const N: usize>(values: &[f64], terms: impl Fn(f64) -> [f64; N]) -> [f64; N] {
    let mut lanes = [[0.0; LANES]; N];
    let mut add = |lane: usize, value: f64| {
        for (sum, term) in lanes.iter_mut().zip(terms(value)) {
            sum[lane] += term;
        }
    };
    let blocks = values.chunks_exact(LANES);
    let rest = blocks.remainder();
    for block in blocks {
        for (lane, value) in block.iter().enumerate() {
            add(lane, *value);
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        add(lane, *value);
    }
    lanes.map(|sum| sum.iter().sum())
}

impl Moments {
    /// Of a slice that is not empty.
    pub fn of(values: &[f64]) -> Moments {
        let n = values.len() as f64;
        let [sum, energy] = sums(values, |x| [x, x * x]);
        let mean = sum / n;
        let [second, third, fourth, absolute] = sums(values, |x| {
            let d = x - mean;
            [d * d, d * d * d, (d * d) * (d * d), d.abs()]
        });
        let [minimum, maximum] = ends(values);
        Moments {
            minimum,
            maximum,
            mean,
            energy,
            second: second / n,
            third: third / n,
            fourth: fourth / n,
            mean_absolute_deviation: absolute / n,
        }
    }

    /// μ₃ / σ³; `None` where all values are equal.
    pub fn skewness(&self) -> Option<f64> {
        (self.minimum < self.maximum).then(|| self.third / self.second.powf(1.5))
    }

    /// μ₄ / σ⁴, 3 for a normal distribution; `None` where all values are equal.
    pub fn kurtosis(&self) -> Option<f64> {
        (self.minimum < self.maximum).then(|| self.fourth / (self.second * self.second))
    }
}

/// The least and the greatest value.
pub(crate) fn ends(values: &[f64]) -> [f64; 2] {
    let mut lanes = [[f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]];
    for block in values.chunks(LANES) {
        for (lane, value) in block.iter().enumerate() {
            lanes[0][lane] = if *value < lanes[0][lane] { *value } else { lanes[0][lane] };
            lanes[1][lane] = if *value > lanes[1][lane] { *value } else { lanes[1][lane] };
        }
    }
    [lanes[0].iter().copied().fold(f64::INFINITY, f64::min), lanes[1].iter().copied().fold(f64::NEG_INFINITY, f64::max)]
}

/// Mean absolute deviation from their mean of the values in a closed range.
pub(crate) fn robust_mean_absolute_deviation(values: &[f64], [low, high]: [f64; 2]) -> f64 {
    let within = |x: f64| if (low..=high).contains(&x) { 1.0 } else { 0.0 };
    let [count, sum] = sums(values, |x| [within(x), within(x) * x]);
    let mean = sum / count;
    let [absolute] = sums(values, |x| [within(x) * (x - mean).abs()]);
    absolute / count
}
