//! Diffusion weighting of a series: a b-value per image, and the gradient directions.

use crate::error::{Error, Result};

/// The diffusion weighting of the images of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Diffusion {
    /// b-value per image, s/mm², 0 or more, as stated.
    pub b_values: Vec<f64>,
    /// Gradient direction per image, of length one; `None` where there is none (b = 0, trace images) or none is stated.
    pub directions: Vec<Option<[f64; 3]>>,
}

/// The images of one b-value.
#[derive(Debug, Clone, PartialEq)]
pub struct Shell {
    /// The b-value, s/mm².
    pub b: f64,
    /// Which images, from 0.
    pub images: Vec<usize>,
    /// How many different gradient directions they have; 0 when none is stated. Opposite directions weight alike and count as
    /// one.
    pub directions: usize,
}

impl Diffusion {
    /// b-values without directions.
    ///
    /// # Errors
    /// [`Error::Study`] when one is negative or no number.
    pub fn of_b_values(b_values: Vec<f64>) -> Result<Self> {
        if let Some(at) = b_values.iter().position(|b| !(*b >= 0.0 && b.is_finite())) {
            let b = b_values[at];
            return Err(Error::study(format!("b-value {} of the series is {b}, not 0 or more s/mm²", at + 1)));
        }
        let directions = vec![None; b_values.len()];
        Ok(Diffusion { b_values, directions })
    }

    /// The images by b-value, from the lowest. b-values within 1 s/mm² are one: headers round.
    pub fn shells(&self) -> Vec<Shell> {
        let mut order: Vec<usize> = (0..self.b_values.len()).collect();
        order.sort_by(|a, b| self.b_values[*a].total_cmp(&self.b_values[*b]).then(a.cmp(b)));
        let mut shells: Vec<Shell> = Vec::new();
        for image in order {
            let b = self.b_values[image];
            match shells.last_mut().filter(|shell| b - shell.b <= 1.0) {
                Some(shell) => shell.images.push(image),
                None => shells.push(Shell { b, images: vec![image], directions: 0 }),
            }
        }
        for shell in &mut shells {
            shell.images.sort_unstable();
            let mut different: Vec<[f64; 3]> = Vec::new();
            for direction in shell.images.iter().filter_map(|image| self.directions[*image]) {
                if !different.iter().any(|other| parallel(*other, direction)) {
                    different.push(direction);
                }
            }
            shell.directions = different.len();
        }
        shells
    }
}

/// Whether two directions are one, up to sign and half a degree.
fn parallel(a: [f64; 3], b: [f64; 3]) -> bool {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let norm = |v: [f64; 3]| v.iter().map(|n| n * n).sum::<f64>().sqrt();
    dot.abs() >= (1.0 - 4e-5) * norm(a) * norm(b)
}

/// A direction of length one; `None` for zero or no numbers.
pub fn unit(direction: [f64; 3]) -> Option<[f64; 3]> {
    let length = direction.iter().map(|n| n * n).sum::<f64>().sqrt();
    (length.is_finite() && length > 1e-6).then(|| direction.map(|n| n / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_grouped_by_b_value_and_directions_counted() {
        let mut diffusion = Diffusion::of_b_values(vec![800.0, 0.0, 800.0, 799.5, 0.0]).unwrap();
        diffusion.directions = vec![Some([1.0, 0.0, 0.0]), None, Some([0.0, 1.0, 0.0]), Some([-1.0, 0.0, 0.0]), None];
        let shells = diffusion.shells();
        assert_eq!(shells.len(), 2);
        assert_eq!((shells[0].images.clone(), shells[0].directions), (vec![1, 4], 0));
        assert_eq!((shells[1].images.clone(), shells[1].directions), (vec![0, 2, 3], 2));
        assert!(Diffusion::of_b_values(vec![0.0, -1.0]).unwrap_err().to_string().contains("b-value 2"));
        assert!(Diffusion::of_b_values(vec![f64::NAN]).is_err());
        assert_eq!(unit([0.0; 3]), None);
    }
}
