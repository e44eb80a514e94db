//! Sequences of penalties.

use super::options::Lambdas;

/// Smallest alpha that the largest penalty is computed with: for ridge no penalty sets a coefficient to zero.
const ALPHA_FLOOR: f64 = 1e-3;

/// The penalties of a path. `steepest` is the largest `|x_j' r| / factor_j` of the penalised features at the fit without them.
pub(super) fn sequence(choice: &Lambdas, alpha: f64, steepest: f64, rows: usize, features: usize) -> Vec<f64> {
    match choice {
        Lambdas::Given(values) => {
            let mut values = values.clone();
            values.sort_unstable_by(|a, b| b.total_cmp(a));
            values
        }
        Lambdas::Automatic { count, smallest } => {
            let largest = steepest / alpha.max(ALPHA_FLOOR);
            let ratio = smallest.unwrap_or(if rows < features { 1e-2 } else { 1e-4 });
            let step = ratio.powf(1.0 / (count.max(&2) - 1) as f64);
            (0..*count).map(|k| largest * step.powi(k as i32)).collect()
        }
    }
}

/// Where a penalty lies among those of a path: model = `left (1 - share) + right share`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Between {
    pub left: usize,
    pub right: usize,
    pub share: f64,
}

impl Between {
    /// `path` descends. Outside of it the nearest end is taken.
    pub fn find(path: &[f64], lambda: f64) -> Self {
        let right = path.partition_point(|&value| value > lambda);
        if right == path.len() || path[right] == lambda || right == 0 {
            let only = right.min(path.len() - 1);
            return Between { left: only, right: only, share: 0.0 };
        }
        let left = right - 1;
        Between { left, right, share: (path[left] - lambda) / (path[left] - path[right]) }
    }
}

/// The penalty that means the same as scikit-learn's `C` for cases whose weights sum to `total` (their number, if all weigh the same).
pub fn lambda_of_c(c: f64, total: f64) -> f64 {
    1.0 / (c * total)
}
