//! Fits of a few parameters within bounds: non-linear (Levenberg–Marquardt), and log-linear.

use crate::parametric::failure::{Failure, Fit};

/// Solves a small symmetric positive definite system; `None` when it is singular.
pub fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for pivot in 0..N {
        let above = matrix[pivot];
        if !(above[pivot] > 0.0) {
            return None;
        }
        for row in pivot + 1..N {
            let factor = matrix[row][pivot] / above[pivot];
            matrix[row].iter_mut().zip(above).skip(pivot).for_each(|(value, above)| *value -= factor * above);
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right.iter().all(|value| value.is_finite()).then_some(right)
}

/// Coefficients x of ln S ≈ Σ xⱼ columnⱼ by least squares over the chosen images; with `weighted`, weights S² of the fitted signal undo what the
/// logarithm does to the noise (two rounds, the first with the measured signal).
///
/// # Errors
/// [`Failure::NotPositive`] when a signal has no logarithm, [`Failure::NoConvergence`] when the columns do not determine x.
///
/// # Reference
/// Veraart 2013, NeuroImage 81:335 (weights).
pub fn log_linear<const N: usize>(
    signal: &[f64],
    images: &[usize],
    columns: impl Fn(usize) -> [f64; N],
    weighted: bool,
) -> Result<[f64; N], Failure> {
    if images.iter().any(|&image| !(signal[image] > 0.0)) {
        return Err(Failure::NotPositive);
    }
    let highest = images.iter().map(|&image| signal[image]).fold(0.0, f64::max);
    let mut found: Option<[f64; N]> = None;
    for _ in 0..if weighted { 2 } else { 1 } {
        let (mut matrix, mut right) = ([[0.0; N]; N], [0.0; N]);
        for &image in images {
            let row = columns(image);
            let fitted = found.map(|x| x.iter().zip(&row).map(|(x, c)| x * c).sum::<f64>().exp() / highest);
            let weight = if weighted { fitted.unwrap_or(signal[image] / highest).powi(2) } else { 1.0 };
            for a in 0..N {
                for b in 0..N {
                    matrix[a][b] += weight * row[a] * row[b];
                }
                right[a] += weight * row[a] * signal[image].ln();
            }
        }
        found = Some(solve(matrix, right).ok_or(Failure::NoConvergence)?);
    }
    found.ok_or(Failure::NoConvergence)
}

/// The best parameters, their sum of squared residuals, and whether one is at its bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum<const N: usize> {
    /// Parameters.
    pub parameters: [f64; N],
    /// Sum of squared residuals.
    pub squares: f64,
    /// Whether a parameter is at its bound.
    pub fit: Fit,
}

/// Parameters within bounds that bring a model nearest to the data, by Levenberg–Marquardt with central differences. A parameter stays at its
/// bound while the data push it beyond. `model` writes one value per datum.
///
/// # Errors
/// [`Failure::NoConvergence`] when it does not settle, or the model is not finite at the start.
///
/// # Reference
/// Moré 1978, Lect Notes Math 630:105; bounds by projection: Kanzow 2004, J Comput Appl Math 172:375.
pub fn levenberg_marquardt<const N: usize>(
    data: &[f64],
    start: [f64; N],
    bounds: [[f64; 2]; N],
    scratch: &mut Vec<f64>,
    mut model: impl FnMut(&[f64; N], &mut [f64]),
) -> Result<Minimum<N>, Failure> {
    const ROUNDS: usize = 200;
    const DIFFERENCE: f64 = 1e-6;
    let images = data.len();
    scratch.clear();
    scratch.resize((N + 3) * images, 0.0);
    let (residual, rest) = scratch.split_at_mut(images);
    let (up, rest) = rest.split_at_mut(images);
    let (down, jacobian) = rest.split_at_mut(images);
    // The search runs on shares of the bounds, so that diffusivities of 10⁻³ and fractions weigh alike.
    let value =
        |share: &[f64; N]| -> [f64; N] { std::array::from_fn(|j| bounds[j][0] + share[j] * (bounds[j][1] - bounds[j][0])) };
    let mut share: [f64; N] =
        std::array::from_fn(|j| ((start[j] - bounds[j][0]) / (bounds[j][1] - bounds[j][0])).clamp(0.0, 1.0));
    let mut misfit = |share: &[f64; N], into: &mut [f64]| -> f64 {
        model(&value(share), into);
        into.iter_mut().zip(data).for_each(|(value, datum)| *value -= datum);
        into.iter().map(|r| r * r).sum()
    };
    let mut squares = misfit(&share, residual);
    if !squares.is_finite() {
        return Err(Failure::NoConvergence);
    }
    let floor = 1e-24 * data.iter().map(|datum| datum * datum).sum::<f64>();
    let done = |share: [f64; N], squares: f64| {
        let at_bound = share.iter().any(|s| *s <= 1e-9 || *s >= 1.0 - 1e-9);
        Minimum { parameters: value(&share), squares, fit: if at_bound { Fit::AtBound } else { Fit::Inside } }
    };
    let mut damping = 1e-3;
    for _ in 0..ROUNDS {
        for j in 0..N {
            let (mut above, mut below) = (share, share);
            above[j] = (share[j] + DIFFERENCE).min(1.0);
            below[j] = (share[j] - DIFFERENCE).max(0.0);
            misfit(&above, up);
            misfit(&below, down);
            let width = above[j] - below[j];
            for ((slope, up), down) in jacobian[j * images..(j + 1) * images].iter_mut().zip(up.iter()).zip(down.iter()) {
                *slope = (up - down) / width;
            }
        }
        let column = |j: usize| &jacobian[j * images..(j + 1) * images];
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let gradient: [f64; N] = std::array::from_fn(|j| product(column(j), residual));
        let normal: [[f64; N]; N] = std::array::from_fn(|a| std::array::from_fn(|b| product(column(a), column(b))));
        let held: [bool; N] =
            std::array::from_fn(|j| (share[j] <= 0.0 && gradient[j] > 0.0) || (share[j] >= 1.0 && gradient[j] < 0.0));
        if !gradient.iter().all(|g| g.is_finite()) {
            return Err(Failure::NoConvergence);
        }
        loop {
            let damped = std::array::from_fn(|a| {
                std::array::from_fn(|b| match (a == b, held[a] || held[b]) {
                    (true, true) => 1.0,
                    (true, false) => normal[a][a] * (1.0 + damping) + 1e-300,
                    (false, true) => 0.0,
                    (false, false) => normal[a][b],
                })
            });
            let right = std::array::from_fn(|j| if held[j] { 0.0 } else { -gradient[j] });
            let step = solve::<N>(damped, right);
            let tried: [f64; N] = std::array::from_fn(|j| (share[j] + step.map_or(0.0, |step| step[j])).clamp(0.0, 1.0));
            let moved = (0..N).map(|j| (tried[j] - share[j]).abs()).fold(0.0, f64::max);
            let there = if step.is_some() { misfit(&tried, up) } else { f64::INFINITY };
            if there <= squares {
                let gain = squares - there;
                (share, squares) = (tried, there);
                residual.copy_from_slice(up);
                damping = (damping * 0.2).max(1e-12);
                if squares <= floor || (gain <= 1e-12 * squares && moved < 1e-6) || moved < 1e-10 {
                    return Ok(done(share, squares));
                }
                break;
            }
            damping *= 5.0;
            // No step, however small, goes lower: this is the lowest point that rounding lets us see.
            if moved < 1e-10 || damping > 1e16 {
                return Ok(done(share, squares));
            }
        }
    }
    Err(Failure::NoConvergence)
}

/// Share of the variance that a fit explains and the root of its mean squared residual; the share is NaN for constant data.
pub fn quality(data: &[f64], squares: f64) -> [f64; 2] {
    let count = data.len() as f64;
    let mean = data.iter().sum::<f64>() / count;
    let spread: f64 = data.iter().map(|value| (value - mean).powi(2)).sum();
    [if spread > 0.0 { 1.0 - squares / spread } else { f64::NAN }, (squares / count).sqrt()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_is_recovered_and_a_bound_holds() {
        let times = [0.0, 1.0, 2.0, 4.0, 8.0];
        let data = times.map(|t: f64| 3.0 * (-0.4 * t).exp());
        let model = |p: &[f64; 2], out: &mut [f64]| out.iter_mut().zip(&times).for_each(|(o, t)| *o = p[0] * (-p[1] * t).exp());
        let found = levenberg_marquardt(&data, [1.0, 1.5], [[0.0, 10.0], [0.0, 2.0]], &mut Vec::new(), model).unwrap();
        assert!((found.parameters[0] - 3.0).abs() < 1e-8 && (found.parameters[1] - 0.4).abs() < 1e-8);
        assert_eq!(found.fit, Fit::Inside);
        let found = levenberg_marquardt(&data, [1.0, 1.5], [[0.0, 2.0], [0.0, 2.0]], &mut Vec::new(), model).unwrap();
        assert_eq!((found.parameters[0], found.fit), (2.0, Fit::AtBound));
    }

    #[test]
    fn log_linear_finds_the_line_and_refuses_zero() {
        let b = [0.0, 500.0, 1000.0];
        let signal = b.map(|b: f64| 100.0 * (-b * 1e-3).exp());
        for weighted in [false, true] {
            let [s0, slope] = log_linear(&signal, &[0, 1, 2], |at| [1.0, -b[at]], weighted).unwrap();
            assert!((s0.exp() - 100.0).abs() < 1e-9 && (slope - 1e-3).abs() < 1e-12);
        }
        assert_eq!(log_linear(&[1.0, 0.0, 1.0], &[0, 1, 2], |at| [1.0, -b[at]], true), Err(Failure::NotPositive));
        assert_eq!(log_linear(&signal, &[0, 0], |at| [1.0, -b[at]], true), Err(Failure::NoConvergence));
    }
}
