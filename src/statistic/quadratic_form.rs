//! v′ S⁺ v: the joint test statistic of several estimates, whose covariance matrix may be short of full rank.

use super::estimate::{Defined, undefined};

/// The quadratic form and the rank of the matrix, which is its degrees of freedom.
pub(crate) struct QuadraticForm {
    pub value: f64,
    pub rank: usize,
}

/// Eigenvalues below this share of the largest one are taken for zero, as `MASS::ginv` does.
const RELATIVE_TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// v′ S⁺ v with the Moore–Penrose inverse of the symmetric matrix S (row by row).
///
/// # Errors
/// `v` has a part where S has no variance at all: no finite statistic measures it.
pub(crate) fn quadratic_form(v: &[f64], s: &[f64]) -> Defined<QuadraticForm> {
    let n = v.len();
    debug_assert_eq!(s.len(), n * n);
    let (eigenvalues, vectors) = symmetric_eigen(s, n);
    let largest = eigenvalues.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let (mut value, mut rank) = (0.0, 0);
    for (k, &eigenvalue) in eigenvalues.iter().enumerate() {
        let projection: f64 = (0..n).map(|i| vectors[i * n + k] * v[i]).sum();
        if eigenvalue > RELATIVE_TOLERANCE * largest {
            value += projection * projection / eigenvalue;
            rank += 1;
        } else if projection.abs() > 1e-9 * length.max(f64::MIN_POSITIVE) {
            undefined!("the estimates differ in a direction in which their estimated variance is zero");
        }
    }
    Ok(QuadraticForm { value, rank })
}

/// Eigenvalues and eigenvectors (columns) of a small symmetric matrix, by Jacobi's rotations: accurate for small eigenvalues,
/// and the same on every processor.
pub(crate) fn symmetric_eigen(s: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = s.to_vec();
    let mut vectors = vec![0.0; n * n];
    for i in 0..n {
        vectors[i * n + i] = 1.0;
    }
    for _sweep in 0..60 {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let off = a[p * n + q];
                if off.abs() <= f64::EPSILON * 1e-3 * (a[p * n + p].abs() * a[q * n + q].abs()).sqrt() || off == 0.0 {
                    continue;
                }
                rotated = true;
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * off);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a[k * n + p], a[k * n + q]);
                    (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y);
                }
                for k in 0..n {
                    let (x, y) = (a[p * n + k], a[q * n + k]);
                    (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y);
                    let (x, y) = (vectors[k * n + p], vectors[k * n + q]);
                    (vectors[k * n + p], vectors[k * n + q]) = (c * x - s * y, s * x + c * y);
                }
                (a[p * n + q], a[q * n + p]) = (0.0, 0.0);
            }
        }
        if !rotated {
            break;
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_rank_agrees_with_the_explicit_inverse() {
        // S = [[2, 1], [1, 3]], S⁻¹ = [[3, −1], [−1, 2]] / 5.
        let form = quadratic_form(&[1.0, 2.0], &[2.0, 1.0, 1.0, 3.0]).unwrap();
        assert!((form.value - (3.0 - 4.0 + 8.0) / 5.0).abs() < 1e-14);
        assert_eq!(form.rank, 2);
    }

    #[test]
    fn short_rank_uses_what_varies_and_refuses_what_does_not() {
        let s = [1.0, 1.0, 1.0, 1.0];
        let form = quadratic_form(&[2.0, 2.0], &s).unwrap();
        assert!((form.value - 4.0).abs() < 1e-13);
        assert_eq!(form.rank, 1);
        assert!(quadratic_form(&[2.0, 1.0], &s).is_err());
        let nothing = quadratic_form(&[0.0, 0.0], &[0.0; 4]).unwrap();
        assert_eq!((nothing.value, nothing.rank), (0.0, 0));
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let s = [4.0, 1.0, -2.0, 1.0, 2.0, 0.0, -2.0, 0.0, 3.0];
        let (values, vectors) = symmetric_eigen(&s, 3);
        for i in 0..3 {
            for j in 0..3 {
                let sum: f64 = (0..3).map(|k| vectors[i * 3 + k] * values[k] * vectors[j * 3 + k]).sum();
                assert!((sum - s[i * 3 + j]).abs() < 1e-13);
            }
        }
    }
}
