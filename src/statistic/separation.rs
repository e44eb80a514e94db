//! Separation: outcomes that a combination of columns predicts perfectly, so that logistic coefficients do not exist.

use super::fit_error::FitError;
use super::logistic::LogisticData;

/// Whether moving along `direction` (intercept first) never hurts and somewhere helps: then the likelihood grows for ever.
///
/// # Definition
/// With dᵢ = ±(δ₀ + xᵢδ), plus for events: the data are completely separated when all dᵢ > 0, quasi-completely when all dᵢ ≥ 0 and not all
/// are 0. Newton's steps tend to such a δ where one exists, which is why the last step is tried. Rounding is allowed for by 1e-6 of the largest.
///
/// # Reference
/// Albert and Anderson, Biometrika 1984;71:1.
pub(crate) fn certify(data: &LogisticData, direction: &[f64]) -> Option<FitError> {
    let mut margins = super::logistic::linear_predictor(direction, data.columns, data.event.len());
    for (margin, event) in margins.iter_mut().zip(data.event) {
        if !event {
            *margin = -*margin;
        }
    }
    let counted = |i: usize| data.weight(i) > 0.0;
    let largest = margins.iter().enumerate().filter(|(i, _)| counted(*i)).map(|(_, m)| m.abs()).fold(0.0, f64::max);
    // A direction that moves nothing by much is a converged step, not a certificate.
    if !largest.is_finite() || largest <= 0.1 {
        return None;
    }
    let smallest = margins.iter().enumerate().filter(|(i, _)| counted(*i)).map(|(_, m)| *m).fold(f64::INFINITY, f64::min);
    if smallest < -1e-6 * largest {
        return None;
    }
    let complete = smallest > 1e-6 * largest;
    Some(FitError::Separated { columns: culprits(data, direction), complete })
}

/// The columns that separate alone, or else those that carry the direction.
fn culprits(data: &LogisticData, direction: &[f64]) -> Vec<usize> {
    let alone: Vec<usize> = (0..data.columns.len()).filter(|&j| separates(data, j).is_some()).collect();
    if !alone.is_empty() {
        return alone;
    }
    // How far each column moves the linear predictor over its own range.
    let reach: Vec<f64> = data
        .columns
        .iter()
        .zip(&direction[1..])
        .map(|(x, d)| {
            let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            (d * (high - low)).abs()
        })
        .collect();
    let largest = reach.iter().copied().fold(0.0, f64::max);
    (0..reach.len()).filter(|&j| reach[j] > 1e-3 * largest).collect()
}

/// Whether column `j` alone separates the outcomes: `Some(true)` completely, `Some(false)` but for ties at one value.
pub(crate) fn separates(data: &LogisticData, j: usize) -> Option<bool> {
    let range = |event: bool| {
        let values = data.columns[j].iter().zip(data.event).enumerate();
        let chosen = values.filter(|(i, (_, e))| **e == event && data.weight(*i) > 0.0).map(|(_, (x, _))| *x);
        chosen.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)))
    };
    let ((low_0, high_0), (low_1, high_1)) = (range(false), range(true));
    if high_0 < low_1 || high_1 < low_0 {
        Some(true)
    } else if high_0 == low_1 || high_1 == low_0 {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::logistic::logistic;

    fn error(event: &[bool], columns: &[&[f64]]) -> FitError {
        logistic(&LogisticData::new(event, columns)).unwrap_err()
    }

    const EVENT: [bool; 10] = [false, false, false, false, false, true, true, true, true, true];
    const NOISE: [f64; 10] = [3.0, 1.0, 4.0, 1.5, 5.0, 2.0, 6.0, 2.5, 3.5, 1.2];

    #[test]
    fn complete_separation_by_one_column() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];
        assert_eq!(error(&EVENT, &[&NOISE, &x]), FitError::Separated { columns: vec![1], complete: true });
    }

    #[test]
    fn quasi_separation_by_a_tie_and_by_an_empty_cell() {
        let tied = [1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 7.0, 8.0, 9.0, 10.0];
        assert_eq!(error(&EVENT, &[&tied]), FitError::Separated { columns: vec![0], complete: false });
        let indicator = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0];
        assert_eq!(error(&EVENT, &[&NOISE, &indicator]), FitError::Separated { columns: vec![1], complete: false });
    }

    #[test]
    fn separation_by_two_columns_together() {
        // x1 + x2 ≷ 0; neither does it alone.
        let x1 = [-3.0, 2.0, -1.0, 1.0, -2.0, 3.0, -2.0, 1.0, -1.0, 2.0];
        let x2 = [1.0, -3.0, 0.0, -2.0, 1.5, -2.0, 3.0, 0.5, 2.0, -1.0];
        assert_eq!(error(&EVENT, &[&x1, &x2]), FitError::Separated { columns: vec![0, 1], complete: true });
    }

    #[test]
    fn overlap_is_no_separation_however_steep() {
        let x = [1.0, 2.0, 3.0, 4.0, 6.01, 6.0, 7.0, 8.0, 9.0, 10.0];
        let fit = logistic(&LogisticData::new(&EVENT, &[&x])).unwrap();
        assert!(fit.coefficients[1].is_finite());
    }
}
