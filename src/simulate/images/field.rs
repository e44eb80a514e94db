//! Smooth random fields: the texture of gland, septa, habitats and contours.

use rand::Rng;
use rand_distr::StandardNormal;

/// A stationary Gaussian random field of mean 0 and variance 1 over a box.
///
/// # Definition
/// `f(p) = c Σ_n z_n B((p − x_n)/ℓ)` over the nodes `x_n` of a lattice of step `ℓ`, with independent standard normal `z_n` and
/// the
/// tensor product `B` of cubic B-splines. `c² = (315/151)³` makes the variance 1 on average over a cell of the lattice
/// (`∫B² = 151/315` along each axis); twice continuously differentiable, correlated over about `ℓ`.
#[derive(Debug, Clone)]
pub struct SmoothField {
    low: [f64; 3],
    step: f64,
    size: [usize; 3],
    nodes: Vec<f32>,
}

/// The four cubic B-spline weights at a fraction of a cell.
fn weights(t: f64) -> [f64; 4] {
    let r = 1.0 - t;
    [r * r * r / 6.0, (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0, (3.0 * r * r * r - 6.0 * r * r + 4.0) / 6.0, t * t * t / 6.0]
}

impl SmoothField {
    /// A field over the box from `low` to `high` (mm) with correlation length `step` (mm).
    pub fn new(low: [f64; 3], high: [f64; 3], step: f64, rng: &mut impl Rng) -> Self {
        let size: [usize; 3] = std::array::from_fn(|axis| ((high[axis] - low[axis]) / step).ceil().max(1.0) as usize + 4);
        let gain = (315.0f64 / 151.0).powf(1.5);
        let nodes = (0..size.iter().product()).map(|_| (gain * rng.sample::<f64, _>(StandardNormal)) as f32).collect();
        SmoothField { low, step, size, nodes }
    }

    /// The field at a point; beyond the box it goes on as at its edge.
    pub fn at(&self, point: [f64; 3]) -> f64 {
        let mut first = [0usize; 3];
        let mut taps = [[0.0; 4]; 3];
        for axis in 0..3 {
            let cell = ((point[axis] - self.low[axis]) / self.step).clamp(0.0, (self.size[axis] - 4) as f64);
            let whole = (cell as usize).min(self.size[axis] - 4);
            first[axis] = whole;
            taps[axis] = weights(cell - whole as f64);
        }
        let mut sum = 0.0;
        for (k, wk) in taps[2].iter().enumerate() {
            for (j, wj) in taps[1].iter().enumerate() {
                let row = first[0] + self.size[0] * (first[1] + j + self.size[1] * (first[2] + k));
                let line = &self.nodes[row..row + 4];
                let along: f64 = line.iter().zip(taps[0]).map(|(node, w)| f64::from(*node) * w).sum();
                sum += wk * wj * along;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::stream;

    #[test]
    fn the_field_has_unit_variance_and_is_smooth() {
        let mut rng = stream(3, &["field"], 0);
        let field = SmoothField::new([0.0; 3], [200.0; 3], 5.0, &mut rng);
        let n = 40_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let point = [0, 1, 2].map(|_| rng.gen_range(0.0..200.0));
            let value = field.at(point);
            let moved = field.at([point[0] + 1e-3, point[1], point[2]]);
            assert!((value - moved).abs() < 5e-3);
            sum += value;
            squares += value * value;
        }
        // About 40³ independent nodes, of which neighbours share: the standard error of both moments is below 0.02.
        assert!((sum / n as f64).abs() < 0.05);
        assert!((squares / n as f64 - 1.0).abs() < 0.06);
    }
}
