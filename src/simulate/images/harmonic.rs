//! Closed surfaces around a centre: low-order spherical harmonics for lobulation, narrow lobes for spicules.

use rand::Rng;
use rand_distr::StandardNormal;

use super::geometry::{Point, direction, dot};

/// Real spherical harmonics of degrees 2 to 4, orthonormal on the sphere up to the factor √4π (each has mean square 1), of a
/// unit vector.
pub fn harmonics([x, y, z]: Point) -> [f64; 21] {
    let (x2, y2, z2) = (x * x, y * y, z * z);
    [
        15f64.sqrt() * x * y,
        15f64.sqrt() * y * z,
        5f64.sqrt() / 2.0 * (3.0 * z2 - 1.0),
        15f64.sqrt() * x * z,
        15f64.sqrt() / 2.0 * (x2 - y2),
        (35.0f64 / 8.0).sqrt() * y * (3.0 * x2 - y2),
        105f64.sqrt() * x * y * z,
        (21.0f64 / 8.0).sqrt() * y * (5.0 * z2 - 1.0),
        7f64.sqrt() / 2.0 * z * (5.0 * z2 - 3.0),
        (21.0f64 / 8.0).sqrt() * x * (5.0 * z2 - 1.0),
        105f64.sqrt() / 2.0 * z * (x2 - y2),
        (35.0f64 / 8.0).sqrt() * x * (x2 - 3.0 * y2),
        1.5 * 35f64.sqrt() * x * y * (x2 - y2),
        1.5 * 17.5f64.sqrt() * y * z * (3.0 * x2 - y2),
        1.5 * 5f64.sqrt() * x * y * (7.0 * z2 - 1.0),
        1.5 * 2.5f64.sqrt() * y * z * (7.0 * z2 - 3.0),
        0.375 * (35.0 * z2 * z2 - 30.0 * z2 + 3.0),
        1.5 * 2.5f64.sqrt() * x * z * (7.0 * z2 - 3.0),
        0.75 * 5f64.sqrt() * (x2 - y2) * (7.0 * z2 - 1.0),
        1.5 * 17.5f64.sqrt() * x * z * (x2 - 3.0 * y2),
        0.375 * 35f64.sqrt() * (x2 * (x2 - 3.0 * y2) - y2 * (3.0 * x2 - y2)),
    ]
}

/// A radius as a function of direction, 1 on average.
///
/// # Definition
/// `ρ(e) = 1 + Σ c_lm Y_lm(e) + Σ_s a_s exp(κ_s (e·d_s − 1))`, not below 0.4.
#[derive(Debug, Clone)]
pub struct Surface {
    coefficients: [f64; 21],
    spicules: Vec<(Point, f64, f64)>,
}

impl Surface {
    /// A surface whose radius varies by `lobulation` (standard deviation over the sphere) and bears `spicules` of about `height`.
    pub fn draw(lobulation: f64, spicules: usize, height: f64, rng: &mut impl Rng) -> Self {
        let mut coefficients: [f64; 21] = std::array::from_fn(|_| rng.sample(StandardNormal));
        // Higher degrees count less: 1/l.
        coefficients.iter_mut().enumerate().for_each(|(at, c)| {
            *c /= if at < 5 {
                2.0
            } else if at < 12 {
                3.0
            } else {
                4.0
            }
        });
        let norm = coefficients.iter().map(|c| c * c).sum::<f64>().sqrt();
        coefficients.iter_mut().for_each(|c| *c *= lobulation / norm);
        let spicules = (0..spicules).map(|_| (direction(rng), height * rng.gen_range(0.5..1.5), rng.gen_range(60.0..200.0)));
        Surface { coefficients, spicules: spicules.collect() }
    }

    /// The radius in the direction of a unit vector.
    pub fn radius(&self, unit: Point) -> f64 {
        let smooth: f64 = harmonics(unit).iter().zip(&self.coefficients).map(|(y, c)| y * c).sum();
        let sharp: f64 = self.spicules.iter().map(|(d, height, width)| height * (width * (dot(unit, *d) - 1.0)).exp()).sum();
        (1.0 + smooth + sharp).max(0.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::stream;

    #[test]
    fn harmonics_are_orthonormal_over_the_sphere() {
        let mut rng = stream(5, &["sphere"], 0);
        let n = 60_000;
        let mut products = [[0.0; 21]; 21];
        for _ in 0..n {
            let y = harmonics(direction(&mut rng));
            for a in 0..21 {
                for b in 0..21 {
                    products[a][b] += y[a] * y[b] / n as f64;
                }
            }
        }
        for (a, row) in products.iter().enumerate() {
            for (b, product) in row.iter().enumerate() {
                // Fourth moments of the harmonics are below 5, so that five standard errors are below 0.05.
                assert!((product - f64::from(a == b)).abs() < 0.05, "{a} {b} {product}");
            }
        }
    }
}
