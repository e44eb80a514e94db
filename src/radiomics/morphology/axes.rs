//! Principal axes of a region: how far its voxel centres spread along three perpendicular directions.

/// Mean position and variances along the principal axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axes {
    /// Number of voxels.
    pub count: usize,
    /// Mean of the voxel centres, in mm from the block's first voxel.
    pub centre: [f64; 3],
    /// Eigenvalues of the covariance of the voxel centres (divisor n), greatest first, in mm².
    pub variances: [f64; 3],
}

impl Axes {
    /// Of the voxels `inside` a block of `size`; `None` when there are none. Sums are integers and exact.
    pub fn of(size: [usize; 3], spacing: [f64; 3], inside: &[bool]) -> Option<Axes> {
        let [nx, ny, _] = size;
        let mut count = 0i64;
        let mut sum = [0i64; 3];
        // i², j², k², ij, ik, jk
        let mut product = [0i64; 6];
        for (row, line) in inside.chunks_exact(nx.max(1)).enumerate() {
            let (j, k) = ((row % ny) as i64, (row / ny) as i64);
            let (mut n, mut first, mut second) = (0i64, 0i64, 0i64);
            for (i, inside) in line.iter().enumerate() {
                let (i, one) = (i as i64, i64::from(*inside));
                n += one;
                first += one * i;
                second += one * i * i;
            }
            count += n;
            [first, n * j, n * k].iter().zip(&mut sum).for_each(|(term, sum)| *sum += term);
            let terms = [second, n * j * j, n * k * k, first * j, first * k, n * j * k];
            terms.iter().zip(&mut product).for_each(|(term, product)| *product += term);
        }
        if count == 0 {
            return None;
        }
        // n Σab − Σa Σb is an integer too, so nothing cancels; 128 bits hold it for any image.
        let covariance = |a: usize, b: usize, product: i64| {
            let exact = i128::from(count) * i128::from(product) - i128::from(sum[a]) * i128::from(sum[b]);
            exact as f64 / (count as f64 * count as f64) * spacing[a] * spacing[b]
        };
        let [ii, jj, kk, ij, ik, jk] = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)];
        let of = |(a, b): (usize, usize), at: usize| covariance(a, b, product[at]);
        let matrix = [[of(ii, 0), of(ij, 3), of(ik, 4)], [of(ij, 3), of(jj, 1), of(jk, 5)], [of(ik, 4), of(jk, 5), of(kk, 2)]];
        let centre = std::array::from_fn(|axis| sum[axis] as f64 / count as f64 * spacing[axis]);
        Some(Axes { count: count as usize, centre, variances: eigenvalues(matrix) })
    }

    /// The same with the covariance of a sample (divisor n − 1).
    pub fn of_sample(self) -> Axes {
        let n = self.count as f64;
        Axes { variances: self.variances.map(|variance| variance * n / (n - 1.0)), ..self }
    }

    /// Length of the axis with that rank (0 is the longest): four standard deviations.
    pub fn length(&self, rank: usize) -> f64 {
        4.0 * self.variances[rank].sqrt()
    }
}

/// Eigenvalues of a symmetric positive semidefinite matrix by Jacobi's rotations, greatest first. Values that rounding has made negative
/// are 0.
fn eigenvalues(mut a: [[f64; 3]; 3]) -> [f64; 3] {
    for _ in 0..50 {
        let (p, q) =
            [(0, 1), (0, 2), (1, 2)].into_iter().max_by(|x, y| a[x.0][x.1].abs().total_cmp(&a[y.0][y.1].abs())).unwrap_or((0, 1));
        if a[p][q].abs() <= f64::MIN_POSITIVE || a[p][q].abs() < 1e-18 * (a[p][p].abs() + a[q][q].abs()) {
            break;
        }
        let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
        let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
        let c = 1.0 / (t * t + 1.0).sqrt();
        let s = t * c;
        for row in &mut a {
            (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
        }
        let (upper, lower) = (a[p], a[q]);
        a[p] = std::array::from_fn(|column| c * upper[column] - s * lower[column]);
        a[q] = std::array::from_fn(|column| s * upper[column] + c * lower[column]);
    }
    let mut values = [a[0][0], a[1][1], a[2][2]].map(|value| value.max(0.0));
    values.sort_unstable_by(|x, y| y.total_cmp(x));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_have_the_trace_determinant_and_order_of_the_matrix() {
        let a = [[4.0, 1.0, -2.0], [1.0, 3.0, 0.5], [-2.0, 0.5, 5.0]];
        let [x, y, z] = eigenvalues(a);
        assert!(x >= y && y >= z);
        assert!((x + y + z - 12.0).abs() < 1e-12);
        let determinant = 4.0 * (15.0 - 0.25) - (5.0 + 1.0) - 2.0 * (0.5 + 6.0);
        assert!((x * y * z - determinant).abs() < 1e-11);
    }

    #[test]
    fn a_rod_has_the_variance_of_a_uniform_lattice() {
        let axes = Axes::of([10, 1, 1], [2.0, 1.0, 1.0], &[true; 10]).unwrap();
        // (n² − 1) / 12 steps of 2 mm.
        assert!((axes.variances[0] - 99.0 / 12.0 * 4.0).abs() < 1e-12);
        assert_eq!(axes.variances[1..], [0.0, 0.0]);
        assert_eq!(axes.centre, [9.0, 0.0, 0.0]);
    }
}
