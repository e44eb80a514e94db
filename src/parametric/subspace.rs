//! The few directions in which a family of curves differs.
//!
//! Convolutions of one AIF with exponentials are so alike that some ten directions hold all of them to nine digits, whatever the number of
//! images. A voxel's curve is turned into its coordinates along these once; every inner product then costs ten multiplications.

use crate::parametric::products::dot;

/// Orthonormal directions that span a family of curves.
pub struct Subspace {
    /// Value of each direction at each image: `rank` numbers per image.
    directions: Vec<f64>,
    rank: usize,
}

/// Part of a curve's length that may lie outside.
const RESIDUAL: f64 = 1e-9;

impl Subspace {
    /// The span of curves of `images` values each, to a relative residual of 10⁻⁹ of every one.
    ///
    /// Gram–Schmidt with pivoting: the curve that is worst represented gives the next direction.
    pub fn new(images: usize, curves: &[&[f64]]) -> Self {
        let length = |curve: &[f64]| dot(curve, curve).sqrt();
        let mut rests: Vec<(f64, Vec<f64>)> = curves
            .iter()
            .map(|curve| (length(curve), curve))
            .filter(|(length, _)| *length > 0.0 && length.is_finite())
            .map(|(length, curve)| (1.0, curve.iter().map(|value| value / length).collect()))
            .collect();
        let mut directions: Vec<Vec<f64>> = Vec::new();
        while directions.len() < images {
            let worst = rests.iter().max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((size, rest)) = worst.filter(|(size, _)| *size > RESIDUAL) else { break };
            let mut direction: Vec<f64> = rest.iter().map(|value| value / size).collect();
            // Once more against what is there: rounding tilts a direction that is left over from long curves.
            for other in &directions {
                remove(&mut direction, other);
            }
            let size = length(&direction);
            direction.iter_mut().for_each(|value| *value /= size);
            for (size, rest) in &mut rests {
                remove(rest, &direction);
                *size = length(rest);
            }
            directions.push(direction);
        }
        let rank = directions.len();
        let by_image = (0..images).flat_map(|image| directions.iter().map(move |direction| direction[image])).collect();
        Subspace { directions: by_image, rank }
    }

    /// Number of directions.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The directions at one image.
    pub fn at(&self, image: usize) -> &[f64] {
        &self.directions[image * self.rank..(image + 1) * self.rank]
    }

    /// Coordinates of a curve.
    pub fn coordinates(&self, curve: &[f64]) -> Vec<f64> {
        let mut coordinates = vec![0.0; self.rank];
        for (image, value) in curve.iter().enumerate() {
            coordinates.iter_mut().zip(self.at(image)).for_each(|(sum, direction)| *sum += value * direction);
        }
        coordinates
    }
}

fn remove(curve: &mut [f64], direction: &[f64]) {
    let along = dot(curve, direction);
    curve.iter_mut().zip(direction).for_each(|(value, direction)| *value -= along * direction);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_lie_in_a_few_directions_and_products_are_kept() {
        let curves: Vec<Vec<f64>> =
            (0..200).map(|at| (0..60).map(|t| (-f64::from(t) * 0.1 * f64::from(at) / 50.0).exp()).collect()).collect();
        let views: Vec<&[f64]> = curves.iter().map(Vec::as_slice).collect();
        let subspace = Subspace::new(60, &views);
        assert!(subspace.rank() < 20, "{}", subspace.rank());
        for pair in curves.windows(2) {
            let plain: f64 = pair[0].iter().zip(&pair[1]).map(|(a, b)| a * b).sum();
            let (a, b) = (subspace.coordinates(&pair[0]), subspace.coordinates(&pair[1]));
            let short: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
            assert!((plain - short).abs() < 1e-8 * plain);
        }
        assert_eq!(Subspace::new(3, &[&[0.0; 3]]).rank(), 0);
        assert_eq!(Subspace::new(2, &[&[1.0, 0.0], &[0.0, 1.0], &[1.0, 1.0]]).rank(), 2);
    }
}
