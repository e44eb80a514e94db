//! Cleveland's `lowess` without robustness iterations: the smoother behind `rms::val.prob`.

use super::estimate::{Defined, undefined};

/// A smooth: fitted values at the cases, by ascending x, linear in between.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowess {
    x: Vec<f64>,
    y: Vec<f64>,
}

/// R's default share of the cases in each neighbourhood.
pub const SPAN: f64 = 2.0 / 3.0;

impl Lowess {
    /// Smooths `y` on `x` with neighbourhoods of `span` of the cases.
    ///
    /// # Definition
    /// At x a weighted straight line through the ⌊span n⌋ nearest cases; weights (1 − (d / h)³)³, h the distance to the farther end of
    /// that window (1 within 0.001 h, 0 beyond 0.999 h). It is fitted at cases at least 1 % of the range apart and interpolated linearly
    /// between them.
    ///
    /// # Reference
    /// Cleveland, Journal of the American Statistical Association 1979;74:829. R `lowess(x, y, f = span, iter = 0)`.
    pub fn fit(x: &[f64], y: &[f64], span: f64) -> Defined<Self> {
        if x.len() != y.len() {
            undefined!("{} values of x for {} of y", x.len(), y.len());
        }
        if !x.iter().chain(y).all(|v| v.is_finite()) {
            undefined!("a value is missing or infinite");
        }
        if x.is_empty() {
            undefined!("no case");
        }
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
        let x: Vec<f64> = order.iter().map(|&i| x[i]).collect();
        let y: Vec<f64> = order.iter().map(|&i| y[i]).collect();
        let smooth = smooth(&x, &y, span);
        Ok(Lowess { x, y: smooth })
    }

    /// The smooth at `x`, the mean where cases share it; `None` outside the range of the data.
    pub fn at(&self, x: f64) -> Option<f64> {
        let (from, to) = (self.x.partition_point(|v| *v < x), self.x.partition_point(|v| *v <= x));
        if to > from {
            return Some(self.y[from..to].iter().sum::<f64>() / (to - from) as f64);
        }
        if from == 0 || from == self.x.len() {
            return None;
        }
        let (a, b) = (self.x[from - 1], self.x[from]);
        let (left, right) = (self.at(a)?, self.at(b)?);
        Some(left + (right - left) * ((x - a) / (b - a)))
    }
}

fn smooth(x: &[f64], y: &[f64], span: f64) -> Vec<f64> {
    let n = x.len();
    if n < 2 {
        return y.to_vec();
    }
    let delta = 0.01 * (x[n - 1] - x[0]);
    let window = ((span * n as f64 + 1e-7) as usize).clamp(2, n);
    let mut fitted = vec![0.0; n];
    let mut left = 0;
    let mut at = 0;
    let mut last: Option<usize> = None;
    loop {
        // To the right as long as that shortens the window's reach.
        while left + window < n && x[at] - x[left] > x[left + window] - x[at] {
            left += 1;
        }
        fitted[at] = line_at(x, y, x[at], left, left + window - 1).unwrap_or(y[at]);
        let previous = last.map_or(-1, |l| l as isize);
        if previous < at as isize - 1 {
            // Cases were skipped since the last fit.
            let from = previous as usize;
            for j in from + 1..at {
                let share = (x[j] - x[from]) / (x[at] - x[from]);
                fitted[j] = share * fitted[at] + (1.0 - share) * fitted[from];
            }
        }
        let mut done = at;
        let reach = x[at] + delta;
        let mut next = at + 1;
        while next < n && x[next] <= reach {
            if x[next] == x[done] {
                fitted[next] = fitted[done];
                done = next;
            }
            next += 1;
        }
        if done + 1 >= n {
            return fitted;
        }
        last = Some(done);
        at = (done + 1).max(next - 1);
    }
}

/// The weighted line through the cases around `at`, evaluated there; `None` when no case has weight.
fn line_at(x: &[f64], y: &[f64], at: f64, left: usize, right: usize) -> Option<f64> {
    let range = x[x.len() - 1] - x[0];
    let reach = (at - x[left]).max(x[right] - at);
    let mut weights = Vec::with_capacity(right - left + 1);
    // Beyond the window's right end cases that tie with it still count.
    for &xj in &x[left..] {
        let distance = (xj - at).abs();
        if distance <= 0.999 * reach {
            let u = distance / reach;
            let v = 1.0 - u * u * u;
            weights.push(if distance <= 0.001 * reach { 1.0 } else { v * v * v });
        } else if xj > at {
            break;
        } else {
            weights.push(0.0);
        }
    }
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let cases = || weights.iter().zip(&x[left..]).zip(&y[left..]).map(|((w, x), y)| (w / total, x, y));
    if reach > 0.0 {
        let centre: f64 = cases().map(|(w, x, _)| w * x).sum();
        let spread: f64 = cases().map(|(w, x, _)| w * (x - centre) * (x - centre)).sum();
        // Points too close together carry no slope.
        if spread.sqrt() > 0.001 * range {
            let lever = (at - centre) / spread;
            return Some(cases().map(|(w, x, y)| w * (lever * (x - centre) + 1.0) * y).sum());
        }
    }
    Some(cases().map(|(w, _, y)| w * y).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        let x: Vec<f64> = (0..30).map(|i| f64::from((i * 7) % 31)).collect();
        let y: Vec<f64> = x.iter().map(|x| 2.0 - 0.3 * x).collect();
        let lowess = Lowess::fit(&x, &y, SPAN).unwrap();
        for q in [0.0, 3.7, 29.0] {
            assert!((lowess.at(q).unwrap() - (2.0 - 0.3 * q)).abs() < 1e-12);
        }
        assert_eq!(lowess.at(-1.0), None);
    }

    #[test]
    fn equal_x_is_the_mean() {
        let lowess = Lowess::fit(&[0.5; 4], &[0.0, 1.0, 1.0, 0.0], SPAN).unwrap();
        assert_eq!(lowess.at(0.5), Some(0.5));
        assert!(Lowess::fit(&[], &[], SPAN).is_err());
        assert_eq!(Lowess::fit(&[1.0], &[3.0], SPAN).unwrap().at(1.0), Some(3.0));
    }
}
