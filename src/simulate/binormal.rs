//! Scores that are normal with one variance in both classes: their AUC, and what the best fusion of several can reach.

use std::f64::consts::SQRT_2;

use crate::statistic::normal;

/// The standardised difference between the classes that gives an AUC.
///
/// # Definition
/// `d = √2 Φ⁻¹(AUC)`, in standard deviations within a class.
pub fn separation(auc: f64) -> f64 {
    SQRT_2 * normal::quantile(auc)
}

/// The AUC of a score whose classes are `d` standard deviations apart.
///
/// # Definition
/// `AUC = Φ(d/√2)`, the probability that an event scores higher than a non-event.
pub fn auc(d: f64) -> f64 {
    normal::cdf(d / SQRT_2)
}

/// The best fusion of several correlated scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// The separation of the fused score: Mahalanobis' distance between the classes.
    pub d: f64,
    /// Weight of each score, all scores in units of their standard deviation within a class.
    pub weights: Vec<f64>,
}

/// What the best fusion of scores with separations `d` and within-class correlation `correlation` reaches.
///
/// # Definition
/// `D² = dᵀ R⁻¹ d`, weights `R⁻¹ d`; for two scores `D² = (d₁² + d₂² − 2 r d₁ d₂)/(1 − r²)`. No function of the scores separates
/// two normal classes of equal covariance better (Neyman–Pearson: the likelihood ratio is this linear score).
pub fn fuse(d: &[f64], correlation: &Cholesky) -> Fused {
    let weights = correlation.solve(d);
    let squared: f64 = weights.iter().zip(d).map(|(w, d)| w * d).sum();
    Fused { d: squared.max(0.0).sqrt(), weights }
}

/// The lower triangular factor of a correlation matrix: `R = L Lᵀ`.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    lower: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factorises a symmetric matrix; `None` if it is not positive definite (a pivot below 1e-10).
    pub fn new(matrix: &[Vec<f64>]) -> Option<Self> {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, values) in matrix.iter().enumerate() {
            let mut row = vec![0.0; i + 1];
            for j in 0..=i {
                let done: f64 = (0..j).map(|k| row[k] * if j == i { row[k] } else { lower[j][k] }).sum();
                let rest = values[j] - done;
                row[j] = match j == i {
                    true if rest < 1e-10 => return None,
                    true => rest.sqrt(),
                    false => rest / lower[j][j],
                };
            }
            lower.push(row);
        }
        Some(Cholesky { lower })
    }

    /// `L z`: independent standard normals become normals with this covariance.
    pub fn colour(&self, z: &[f64]) -> Vec<f64> {
        self.lower.iter().map(|row| row.iter().zip(z).map(|(l, z)| l * z).sum()).collect()
    }

    /// `L⁻¹ x`: normals with this covariance become independent standard normals.
    pub fn whiten(&self, x: &[f64]) -> Vec<f64> {
        let mut z = Vec::with_capacity(x.len());
        for (i, row) in self.lower.iter().enumerate() {
            let done: f64 = row[..i].iter().zip(&z).map(|(l, z)| l * z).sum();
            z.push((x[i] - done) / row[i]);
        }
        z
    }

    /// `R⁻¹ x`.
    pub fn solve(&self, x: &[f64]) -> Vec<f64> {
        let mut z = self.whiten(x);
        for i in (0..z.len()).rev() {
            let done: f64 = (i + 1..z.len()).map(|k| self.lower[k][i] * z[k]).sum();
            z[i] = (z[i] - done) / self.lower[i][i];
        }
        z
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separation_and_auc_are_inverse_and_two_scores_fuse_as_the_closed_form_says() {
        for target in [0.5, 0.62, 0.8, 0.99] {
            assert!((auc(separation(target)) - target).abs() < 1e-14);
        }
        let (d1, d2, r) = (1.2, 0.8, 0.35);
        let factor = Cholesky::new(&[vec![1.0, r], vec![r, 1.0]]).unwrap();
        let expected: f64 = (d1 * d1 + d2 * d2 - 2.0 * r * d1 * d2) / (1.0 - r * r);
        let fused = fuse(&[d1, d2], &factor);
        assert!((fused.d - expected.sqrt()).abs() < 1e-14);
        assert!((fused.weights[0] - (d1 - r * d2) / (1.0 - r * r)).abs() < 1e-14);
    }

    #[test]
    fn the_factor_multiplies_back_and_refuses_what_is_not_positive_definite() {
        let matrix = [vec![1.0, 0.6, 0.1], vec![0.6, 1.0, -0.2], vec![0.1, -0.2, 1.0]];
        let factor = Cholesky::new(&matrix).unwrap();
        let x = [0.3, -1.0, 2.0];
        let back: Vec<f64> = matrix.iter().map(|row| row.iter().zip(factor.solve(&x)).map(|(a, b)| a * b).sum()).collect();
        assert!(back.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-14));
        assert!(factor.colour(&factor.whiten(&x)).iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-14));
        assert!(Cholesky::new(&[vec![1.0, 1.0], vec![1.0, 1.0]]).is_none());
        assert!(Cholesky::new(&[vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]]).is_none());
    }
}
