//! The little dense linear algebra that regressions need: symmetric positive definite systems by Cholesky's factor.
//!
//! Matrices are small (a few dozen rows) and stored full, row by row.

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Square {
    n: usize,
    values: Vec<f64>,
}

impl Square {
    /// n × n zeros.
    pub(crate) fn zeros(n: usize) -> Self {
        Square { n, values: vec![0.0; n * n] }
    }

    /// Sets every entry to zero.
    pub(crate) fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Copies the lower triangle into the upper.
    pub(crate) fn mirror_lower(&mut self) {
        for i in 0..self.n {
            for j in 0..i {
                self[(j, i)] = self[(i, j)];
            }
        }
    }

    /// The rows and columns of `keep`, in that order.
    pub(crate) fn submatrix(&self, keep: &[usize]) -> Square {
        let mut part = Square::zeros(keep.len());
        for (i, &r) in keep.iter().enumerate() {
            for (j, &c) in keep.iter().enumerate() {
                part[(i, j)] = self[(r, c)];
            }
        }
        part
    }

    /// As rows, for those who print or store it.
    pub(crate) fn to_rows(&self) -> Vec<Vec<f64>> {
        self.values.chunks(self.n.max(1)).map(<[f64]>::to_vec).collect()
    }

    /// The matrix whose rows are given.
    pub(crate) fn from_rows(rows: &[Vec<f64>]) -> Square {
        Square { n: rows.len(), values: rows.concat() }
    }

    /// T A Tᵀ.
    pub(crate) fn congruence(&self, t: &Square) -> Square {
        let n = self.n;
        let mut half = Square::zeros(n);
        for i in 0..n {
            for k in 0..n {
                let t_ik = t[(i, k)];
                if t_ik != 0.0 {
                    for j in 0..n {
                        half[(i, j)] += t_ik * self[(k, j)];
                    }
                }
            }
        }
        let mut full = Square::zeros(n);
        for i in 0..n {
            for j in 0..=i {
                let value = (0..n).map(|k| half[(i, k)] * t[(j, k)]).sum();
                full[(i, j)] = value;
                full[(j, i)] = value;
            }
        }
        full
    }
}

impl std::ops::Index<(usize, usize)> for Square {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.values[i * self.n + j]
    }
}

impl std::ops::IndexMut<(usize, usize)> for Square {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.values[i * self.n + j]
    }
}

/// L with A = L Lᵀ.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    lower: Square,
}

impl Cholesky {
    /// Factors a symmetric matrix (its lower triangle is read).
    ///
    /// Fails with the first row that depends linearly on those before it: the part of its diagonal that they leave unexplained
    /// is `tolerance` of it or less. For a matrix of sums of products that part is 1 − R², so that the row is a column of the
    /// design that repeats the others.
    pub(crate) fn new(a: &Square, tolerance: f64) -> Result<Self, usize> {
        let n = a.n;
        let mut lower = Square::zeros(n);
        for i in 0..n {
            for j in 0..=i {
                let inner: f64 = (0..j).map(|k| lower[(i, k)] * lower[(j, k)]).sum();
                let rest = a[(i, j)] - inner;
                if i == j {
                    if !rest.is_finite() || rest <= tolerance * a[(i, i)].abs() {
                        return Err(i);
                    }
                    lower[(i, i)] = rest.sqrt();
                } else {
                    lower[(i, j)] = rest / lower[(j, j)];
                }
            }
        }
        Ok(Cholesky { lower })
    }

    /// L⁻¹ b.
    pub(crate) fn half_solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for i in 0..x.len() {
            let inner: f64 = (0..i).map(|k| self.lower[(i, k)] * x[k]).sum();
            x[i] = (x[i] - inner) / self.lower[(i, i)];
        }
        x
    }

    /// A⁻¹ b.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.half_solve(b);
        for i in (0..x.len()).rev() {
            let inner: f64 = (i + 1..x.len()).map(|k| self.lower[(k, i)] * x[k]).sum();
            x[i] = (x[i] - inner) / self.lower[(i, i)];
        }
        x
    }

    /// A⁻¹.
    pub(crate) fn inverse(&self) -> Square {
        let n = self.lower.n;
        let mut inverse = Square::zeros(n);
        let mut unit = vec![0.0; n];
        for j in 0..n {
            unit.fill(0.0);
            unit[j] = 1.0;
            for (i, value) in self.solve(&unit).into_iter().enumerate() {
                inverse[(i, j)] = value;
            }
        }
        // Symmetric to the last bit.
        inverse.mirror_lower();
        inverse
    }

    /// ln |A|.
    pub(crate) fn log_determinant(&self) -> f64 {
        2.0 * (0..self.lower.n).map(|i| self.lower[(i, i)].ln()).sum::<f64>()
    }
}

/// bᵀ A⁻¹ b, a Wald statistic; `None` when A is singular at `tolerance`.
pub(crate) fn quadratic_form(a: &Square, b: &[f64], tolerance: f64) -> Option<f64> {
    let half = Cholesky::new(a, tolerance).ok()?.half_solve(b);
    Some(half.iter().map(|x| x * x).sum())
}

/// Σ a b, in four lanes so that it vectorises; the order is fixed, the result the same everywhere.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut lanes, whole) = ([0.0f64; 4], a.len() / 4 * 4);
    for (x, y) in a[..whole].chunks_exact(4).zip(b[..whole].chunks_exact(4)) {
        for k in 0..4 {
            lanes[k] += x[k] * y[k];
        }
    }
    let rest: f64 = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Square {
        Square::from_rows(&[vec![4.0, 2.0, 1.0], vec![2.0, 5.0, 3.0], vec![1.0, 3.0, 6.0]])
    }

    #[test]
    fn solves_inverts_and_takes_the_determinant() {
        let a = example();
        let factor = Cholesky::new(&a, 0.0).unwrap();
        let x = factor.solve(&[1.0, 2.0, 3.0]);
        for i in 0..3 {
            let back: f64 = (0..3).map(|j| a[(i, j)] * x[j]).sum();
            assert!((back - (i as f64 + 1.0)).abs() < 1e-14);
        }
        let inverse = factor.inverse();
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3).map(|k| a[(i, k)] * inverse[(k, j)]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
        assert!((factor.log_determinant() - 67f64.ln()).abs() < 1e-14);
        assert!((quadratic_form(&a, &[1.0, 2.0, 3.0], 0.0).unwrap() - (x[0] + 2.0 * x[1] + 3.0 * x[2])).abs() < 1e-14);
    }

    #[test]
    fn names_the_dependent_row() {
        // Third row and column are the sum of the first two.
        let a = Square::from_rows(&[vec![2.0, 0.0, 2.0], vec![0.0, 3.0, 3.0], vec![2.0, 3.0, 5.0]]);
        assert_eq!(Cholesky::new(&a, 1e-12).unwrap_err(), 2);
        assert_eq!(Cholesky::new(&Square::from_rows(&[vec![f64::NAN]]), 1e-12).unwrap_err(), 0);
    }

    #[test]
    fn congruence_is_t_a_t_transposed() {
        let t = Square::from_rows(&[vec![1.0, 2.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 3.0]]);
        let b = example().congruence(&t);
        assert_eq!(b[(0, 0)], 4.0 + 2.0 * 2.0 * 2.0 + 4.0 * 5.0);
        assert_eq!(b[(0, 2)], 3.0 * (1.0 + 2.0 * 3.0));
        assert_eq!(b[(2, 2)], 54.0);
    }

    #[test]
    fn dot_of_any_length() {
        for n in 0..11 {
            let a: Vec<f64> = (0..n).map(f64::from).collect();
            assert_eq!(dot(&a, &a), (0..n).map(|x| f64::from(x * x)).sum::<f64>());
        }
    }
}
