//! K scores of which only differences count: a number added to all of them, or to the K coefficients of one feature, changes no
//! probability. Of all these equal models the one with the smallest penalty is meant, and intercepts that sum to zero.

use super::design::Design;
use super::fit::Score;
use super::penalty::Penalty;
use super::working_set::WorkingSet;

/// Shifts the K coefficients of each feature to the smallest penalty. The linear predictors, whose differences stay, are left as they
/// are. Returns the largest shift.
pub(super) fn balance<'a>(sets: impl Iterator<Item = &'a mut WorkingSet>, design: &Design, penalty: &Penalty, alpha: f64) -> f64 {
    let mut sets: Vec<&mut WorkingSet> = sets.collect();
    if sets.len() < 2 {
        return 0.0;
    }
    let mut features: Vec<u32> = sets.iter().flat_map(|set| set.members()).copied().collect();
    features.sort_unstable();
    features.dedup();
    let mut largest = 0.0f64;
    for feature in features {
        let row: Vec<f64> = sets.iter().map(|set| set.coefficient(feature)).collect();
        let shift = if penalty.free(feature as usize) { mean(&row) } else { smallest_penalty(&row, alpha) };
        if shift != 0.0 {
            largest = largest.max(shift.abs());
            for (set, b) in sets.iter_mut().zip(row) {
                set.put(design, feature, b - shift);
            }
        }
    }
    largest
}

/// Makes the intercepts sum to zero.
pub(super) fn center_intercepts(scores: &mut [Score]) {
    if scores.len() > 1 {
        let shift = scores.iter().map(|score| score.intercept).sum::<f64>() / scores.len() as f64;
        scores.iter_mut().for_each(|score| score.intercept -= shift);
    }
}

fn mean(row: &[f64]) -> f64 {
    row.iter().sum::<f64>() / row.len() as f64
}

/// The `c` that minimises `sum_k alpha |b_k - c| + (1 - alpha) (b_k - c)^2 / 2`; where an interval does, its middle.
fn smallest_penalty(row: &[f64], alpha: f64) -> f64 {
    let mut sorted = row.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len();
    if alpha >= 1.0 {
        return 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]);
    }
    // Between two neighbouring coefficients the slope rises linearly; the minimum is where it changes sign.
    let (mean, pull) = (mean(row), alpha / ((1.0 - alpha) * count as f64));
    for below in 0..=count {
        // With c above `below` coefficients the slope is zero at this c.
        let c = mean + pull * (count as f64 - 2.0 * below as f64);
        if below == count || c < sorted[below] {
            return if below > 0 { c.max(sorted[below - 1]) } else { c };
        }
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::smallest_penalty;

    #[test]
    fn the_shift_minimises_the_penalty() {
        for alpha in [0.0, 0.3, 0.7, 0.99, 1.0] {
            for row in [vec![1.0, -2.0, 0.5], vec![0.0, 0.0, 3.0], vec![-1.0, 4.0, 2.0, 0.1], vec![5.0, 5.0, 5.0, 5.0]] {
                let cost =
                    |c: f64| row.iter().map(|b: &f64| alpha * (b - c).abs() + (1.0 - alpha) * (b - c).powi(2) / 2.0).sum::<f64>();
                let best = smallest_penalty(&row, alpha);
                for step in [-1e-3, 1e-3, -0.1, 0.1] {
                    assert!(cost(best) <= cost(best + step) + 1e-15, "alpha {alpha} row {row:?} shift {best} step {step}");
                }
            }
        }
    }
}
