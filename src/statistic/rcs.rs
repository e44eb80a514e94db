//! Restricted cubic splines in Harrell's form: cubic between knots, straight beyond the outer ones.

use super::estimate::{Defined, undefined};
use super::quantile::{QuantileType, quantiles};

/// Knots for `count` of them, at quantiles of `x`.
///
/// # Definition
/// Equally spaced quantiles (type 7) between 0.05 and 0.95; 0.10 and 0.90 for three knots, 0.025 and 0.975 for seven or more. Below 100 cases
/// the outer knots are the fifth smallest and fifth largest value. Where at least 5 % of the cases share the smallest (largest) value and no
/// inner value is that frequent, the next value is the first (last) knot and the others are quantiles of the rest.
///
/// # Reference
/// Harrell, Regression Modeling Strategies, 2nd ed., 2015, section 2.4.6; `Hmisc::rcspline.eval`.
pub fn rcs_knots(x: &[f64], count: usize) -> Defined<Vec<f64>> {
    const FREQUENT: f64 = 0.05;
    if count < 3 {
        undefined!("a restricted cubic spline needs three knots at least, {count} were asked for");
    }
    if x.len() < 6 || !x.iter().all(|v| v.is_finite()) {
        undefined!("knots need at least six values, none of them missing");
    }
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let size = sorted.len() as f64;
    let distinct: Vec<&[f64]> = sorted.chunk_by(|a, b| a == b).collect();
    let values = distinct.len();
    if values < 5 {
        undefined!("{values} distinct values are too few for a spline; use the variable as a category or linearly");
    }
    if values - 2 <= count {
        return Ok(distinct[1..values - 1].iter().map(|run| run[0]).collect());
    }
    let share = |run: &[f64]| run.len() as f64 / size;
    let outer = match count {
        3 => 0.1,
        4..=6 => 0.05,
        _ => 0.025,
    };
    let (mut first, mut last) = (None, None);
    let mut inner = &sorted[..];
    if distinct[1..values - 1].iter().all(|run| share(run) < FREQUENT) {
        if share(distinct[0]) >= FREQUENT {
            first = Some(distinct[1][0]);
            inner = &inner[distinct[0].len() + distinct[1].len()..];
        }
        if share(distinct[values - 1]) >= FREQUENT {
            last = Some(distinct[values - 2][0]);
            inner = &inner[..inner.len() - distinct[values - 1].len() - distinct[values - 2].len()];
        }
    }
    let needed = count - usize::from(first.is_some()) - usize::from(last.is_some());
    let low = if needed == 2 { 0.5 } else { outer };
    let spaced = |from: f64, n: usize| -> Vec<f64> {
        let by = (1.0 - outer - from) / (n - 1) as f64;
        (0..n).map(|k| from + k as f64 * by).collect()
    };
    let levels = if needed == 1 { vec![0.5] } else { spaced(low, needed) };
    let at = |levels: &[f64]| quantiles(inner, levels, QuantileType::Type7).unwrap_or_default();
    let unique = |knots: &[f64]| knots.chunk_by(|a, b| a == b).count();
    let mut knots = at(&levels);
    if unique(&knots) < needed.min(3) {
        // Ties put quantiles on one value: twice as many quantiles, then the distinct ones.
        knots = at(&spaced(outer, 2 * needed));
        if unique(&knots) < 3 {
            undefined!("ties leave fewer than three distinct knots; use the variable as a category or linearly");
        }
    }
    if inner.len() < 100 && needed > 1 {
        let end = knots.len() - 1;
        let replaced = needed.min(knots.len()) - 1;
        if first.is_none() {
            knots[0] = inner[4.min(inner.len() - 1)];
        }
        if last.is_none() {
            knots[replaced.min(end)] = inner[inner.len().saturating_sub(5)];
        }
    }
    knots.extend(first.into_iter().chain(last));
    knots.sort_unstable_by(f64::total_cmp);
    knots.dedup();
    if knots.len() < 3 {
        undefined!("ties leave fewer than three distinct knots; use the variable as a category or linearly");
    }
    Ok(knots)
}

/// The columns of a restricted cubic spline of `x`: x itself, then one column per knot but the last two.
///
/// # Definition
/// With knots t₁ < … < t_k and (u)₊ = max(u, 0), column j is
/// \[(x − t_j)₊³ − (x − t_{k−1})₊³ (t_k − t_j) / (t_k − t_{k−1}) + (x − t_k)₊³ (t_{k−1} − t_j) / (t_k − t_{k−1})\] / (t_k − t₁)².
///
/// # Reference
/// Harrell, Regression Modeling Strategies, 2nd ed., 2015, section 2.4.5; `rms::rcs`.
pub fn rcs_basis(x: &[f64], knots: &[f64]) -> Defined<Vec<Vec<f64>>> {
    if knots.len() < 3 || !knots.windows(2).all(|w| w[0] < w[1]) {
        undefined!("a restricted cubic spline needs three ascending knots at least");
    }
    let columns = knots.len() - 1;
    let mut basis = vec![Vec::with_capacity(x.len()); columns];
    for &x in x {
        for (column, value) in basis.iter_mut().zip(rcs_terms(x, knots)) {
            column.push(value);
        }
    }
    Ok(basis)
}

/// The terms of one value, in the order of [`rcs_basis`].
pub(crate) fn rcs_terms(x: f64, knots: &[f64]) -> Vec<f64> {
    let k = knots.len();
    let (last, before) = (knots[k - 1], knots[k - 2]);
    let unit = (last - knots[0]).powf(2.0 / 3.0);
    let cube = |t: f64| ((x - t) / unit).max(0.0).powi(3);
    let spline =
        knots[..k - 2].iter().map(|&t| cube(t) + ((before - t) * cube(last) - (last - t) * cube(before)) / (last - before));
    std::iter::once(x).chain(spline).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_outside_the_outer_knots() {
        let knots = [1.0, 2.0, 4.0, 7.0];
        let second = |x: f64, j: usize| {
            let at = |x| rcs_terms(x, &knots)[j];
            at(x - 0.01) - 2.0 * at(x) + at(x + 0.01)
        };
        for j in 0..3 {
            assert!(second(0.5, j).abs() < 1e-13 && second(9.0, j).abs() < 1e-12, "column {j}");
        }
        assert!(second(3.0, 1).abs() > 1e-6);
    }

    #[test]
    fn knots_of_a_uniform_sequence() {
        let x: Vec<f64> = (0..=200).map(f64::from).collect();
        assert_eq!(rcs_knots(&x, 3).unwrap(), vec![20.0, 100.0, 180.0]);
        let four = rcs_knots(&x, 4).unwrap();
        for (found, expected) in four.iter().zip([10.0, 70.0, 130.0, 190.0]) {
            assert!((found - expected).abs() < 1e-10);
        }
        // Below 100 cases: fifth from either end.
        let few: Vec<f64> = (0..50).map(f64::from).collect();
        assert_eq!(rcs_knots(&few, 3).unwrap(), vec![4.0, 24.5, 45.0]);
    }

    #[test]
    fn too_little_to_bend_has_a_reason() {
        assert!(rcs_knots(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 3).is_err());
        assert!(rcs_knots(&[1.0; 4], 3).is_err());
        assert!(rcs_knots(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 2).is_err());
        assert!(rcs_basis(&[1.0], &[1.0, 1.0, 2.0]).is_err());
    }
}
