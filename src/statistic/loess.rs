//! Local quadratic regression on one variable, as R's `loess` computes it by default.
//!
//! R does not fit at every point: it fits at the vertices of a k-d tree, about every 15 % of the cases, and interpolates. The result
//! differs from the direct fit by about 1e-3, and published ICI and E90 values contain that difference, so both are here.
//!
//! They agree with R to 1e-14, with one exception by intent: where few distinct x leave neighbours exactly on the edge of a neighbourhood, R's
//! rounding of their distance can give them a weight of 1e-23 and a slope of 1e6 (it warns "pseudoinverse used"); here they weigh nothing.

use super::estimate::{Defined, undefined};

/// A fitted curve: value and slope at the vertices, cubic in between.
#[derive(Debug, Clone, PartialEq)]
pub struct Loess {
    vertices: Vec<Vertex>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Vertex {
    x: f64,
    value: f64,
    slope: f64,
}

/// R's default share of the cases in each neighbourhood.
pub const SPAN: f64 = 0.75;
/// R's default share of a neighbourhood that a cell of the tree may hold.
const CELL: f64 = 0.2;

impl Loess {
    /// Fits `y` on `x` with neighbourhoods of `span` of the cases.
    ///
    /// # Definition
    /// At a vertex q the value is a weighted least-squares parabola around q; case weights (1 − (|x − q| / h)³)³, h the distance to the
    /// ⌊span n⌋-th nearest case. Vertices: both ends of the range widened by 0.5 % and the medians at which cells of more than
    /// ⌊0.2 span n⌋ cases are split. Between vertices the cubic Hermite polynomial of their values and slopes.
    ///
    /// # Errors
    /// Fewer than four cases in a neighbourhood, or one of width zero (too many equal `x`).
    ///
    /// # Reference
    /// Cleveland, Devlin and Grosse, Journal of Econometrics 1988;37:87. R 4.2 `loess` (span 0.75, degree 2, gaussian, interpolate).
    pub fn fit(x: &[f64], y: &[f64], span: f64) -> Defined<Self> {
        let points = Sorted::new(x, y)?;
        let (low, high) = (points.x[0], points.x[points.x.len() - 1]);
        if low == high {
            undefined!("all cases have the same predicted value: there is no curve");
        }
        let margin = 0.005 * (high - low).max(1e-10 * low.abs().max(high.abs()) + 1e-30);
        let mut at = vec![low - margin, high + margin];
        let cell = (points.x.len() as f64 * span * CELL).floor() as usize;
        points.split(0, points.x.len(), at[0], at[1], cell, &mut at);
        at.sort_unstable_by(f64::total_cmp);
        let vertices = at
            .into_iter()
            .map(|x| points.local_fit(x, span).map(|(value, slope)| Vertex { x, value, slope }))
            .collect::<Defined<_>>()?;
        Ok(Loess { vertices })
    }

    /// The curve at `x`; `None` outside the range of the data.
    pub fn at(&self, x: f64) -> Option<f64> {
        let last = self.vertices.len() - 1;
        if !(self.vertices[0].x..=self.vertices[last].x).contains(&x) {
            return None;
        }
        let right = self.vertices.partition_point(|v| v.x < x).clamp(1, last);
        let (a, b) = (self.vertices[right - 1], self.vertices[right]);
        let width = b.x - a.x;
        let h = (x - a.x) / width;
        let g = 1.0 - h;
        Some(
            g * g * (1.0 + 2.0 * h) * a.value
                + h * h * (3.0 - 2.0 * h) * b.value
                + (h * g * g * a.slope - h * h * g * b.slope) * width,
        )
    }
}

/// The local fit itself at each of `at`, without interpolation (R: `surface = "direct"`).
pub fn loess_direct(x: &[f64], y: &[f64], span: f64, at: &[f64]) -> Defined<Vec<f64>> {
    let points = Sorted::new(x, y)?;
    at.iter().map(|&q| points.local_fit(q, span).map(|(value, _)| value)).collect()
}

/// Cases by ascending x.
struct Sorted {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Sorted {
    fn new(x: &[f64], y: &[f64]) -> Defined<Self> {
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
        Ok(Sorted { x: order.iter().map(|&i| x[i]).collect(), y: order.iter().map(|&i| y[i]).collect() })
    }

    /// Cuts the cell `from..to` with bounds `low`, `high` at its median as long as it holds more than `cell` cases.
    fn split(&self, from: usize, to: usize, low: f64, high: f64, cell: usize, cuts: &mut Vec<f64>) {
        if to - from <= cell || high <= low {
            return;
        }
        let cut = self.median_before_a_gap(from, to);
        let value = self.x[cut];
        if value == low || value == high {
            return;
        }
        cuts.push(value);
        self.split(from, cut + 1, low, value, cell, cuts);
        self.split(cut + 1, to, value, high, cell, cuts);
    }

    /// The case nearest to the median of `from..to` after which x changes, looking alternately right and left; the median itself
    /// when the search leaves the cell.
    fn median_before_a_gap(&self, from: usize, to: usize) -> usize {
        // One-based arithmetic halves the sum of the ends downwards.
        let middle = (from + 1 + to) / 2 - 1;
        let mut offset = 0isize;
        loop {
            let at = middle as isize + offset;
            if at >= to as isize - 1 || at < from as isize {
                return middle;
            }
            if self.x[at as usize] != self.x[at as usize + 1] {
                return at as usize;
            }
            offset = if offset > 0 { -offset } else { 1 - offset };
        }
    }

    /// Value and slope at `q` of the parabola fitted around it.
    fn local_fit(&self, q: f64, span: f64) -> Defined<(f64, f64)> {
        let n = self.x.len();
        let near = ((n as f64 * span + 1e-5).floor() as usize).min(n);
        if near < 4 {
            undefined!("{n} cases are too few for a local parabola on a span of {span}");
        }
        // The window of `near` consecutive cases whose farther end is nearest to q.
        let mut start = self.x.partition_point(|&x| x < q).saturating_sub(near);
        while start + near < n && self.x[start + near] - q < q - self.x[start] {
            start += 1;
        }
        let square = |x: f64| (x - q) * (x - q);
        let radius = square(self.x[start]).max(square(self.x[start + near - 1])) * span.max(1.0);
        if radius <= 0.0 {
            undefined!("{near} or more cases have the same predicted value: the curve cannot be fitted there");
        }
        let (mut rows, mut response) = (Vec::with_capacity(near), Vec::with_capacity(near));
        for i in start..start + near {
            let distance = (square(self.x[i]) / radius).sqrt();
            let weight = (1.0 - distance.powi(3)).max(0.0).powi(3).sqrt();
            if weight > 0.0 {
                let d = self.x[i] - q;
                rows.push([weight, weight * d, weight * d * d]);
                response.push(weight * self.y[i]);
            }
        }
        if rows.is_empty() {
            undefined!("all cases lie on the edge of a neighbourhood");
        }
        let [value, slope, _] = least_squares(rows, &response);
        Ok((value, slope))
    }
}

/// Least squares with three columns by singular values, those below 100 ε of the largest taken as zero: where neighbours share too few
/// distinct x the solution of smallest norm is chosen, as loess does.
fn least_squares(mut rows: Vec<[f64; 3]>, response: &[f64]) -> [f64; 3] {
    let mut norm = [0.0; 3];
    for (j, norm) in norm.iter_mut().enumerate() {
        let length = rows.iter().map(|r| r[j] * r[j]).sum::<f64>().sqrt();
        *norm = if length > 0.0 { length } else { 1.0 };
        rows.iter_mut().for_each(|r| r[j] /= *norm);
    }
    // One-sided Jacobi: rotate pairs of columns until all are orthogonal; V collects the rotations.
    let mut v = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _ in 0..60 {
        let mut rotated = false;
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
            for r in &rows {
                a += r[i] * r[i];
                b += r[j] * r[j];
                c += r[i] * r[j];
            }
            if c.abs() <= 1e-15 * (a * b).sqrt() || c == 0.0 {
                continue;
            }
            rotated = true;
            let tau = (b - a) / (2.0 * c);
            let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
            let cos = 1.0 / t.hypot(1.0);
            let sin = cos * t;
            for r in rows.iter_mut().chain(&mut v) {
                (r[i], r[j]) = (cos * r[i] - sin * r[j], sin * r[i] + cos * r[j]);
            }
        }
        if !rotated {
            break;
        }
    }
    let squared: Vec<f64> = (0..3).map(|k| rows.iter().map(|r| r[k] * r[k]).sum()).collect();
    let largest = squared.iter().copied().fold(0.0, f64::max).sqrt();
    let mut solution = [0.0; 3];
    for k in 0..3 {
        if squared[k].sqrt() > 100.0 * f64::EPSILON * largest {
            let along = rows.iter().zip(response).map(|(r, y)| r[k] * y).sum::<f64>() / squared[k];
            for j in 0..3 {
                solution[j] += v[j][k] * along / norm[j];
            }
        }
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reproduces_a_parabola_directly_and_a_line_by_interpolation() {
        let x: Vec<f64> = (0..40).map(|i| f64::from((i * 17) % 41) / 40.0).collect();
        let parabola = |x: f64| 1.0 - 2.0 * x + 3.0 * x * x;
        let y: Vec<f64> = x.iter().map(|&x| parabola(x)).collect();
        let loess = Loess::fit(&x, &y, SPAN).unwrap();
        let direct = loess_direct(&x, &y, SPAN, &[0.31, 0.9]).unwrap();
        for (q, direct) in [0.31, 0.9].into_iter().zip(direct) {
            assert!((direct - parabola(q)).abs() < 1e-12);
            // Hermite cubics reproduce parabolas too.
            assert!((loess.at(q).unwrap() - parabola(q)).abs() < 1e-12);
        }
        assert_eq!(loess.at(2.0), None);
    }

    #[test]
    fn few_or_equal_cases_have_a_reason() {
        assert!(Loess::fit(&[0.1, 0.2, 0.3], &[0.0, 1.0, 0.0], SPAN).is_err());
        assert!(Loess::fit(&[0.5; 30], &[1.0; 30], SPAN).unwrap_err().0.contains("same predicted value"));
        assert!(Loess::fit(&[], &[], SPAN).is_err());
        assert!(Loess::fit(&[0.1, f64::NAN], &[0.0, 1.0], SPAN).is_err());
    }

    #[test]
    fn two_distinct_values_are_their_means() {
        // The parabola is not determined; the smallest solution still passes through both means.
        let x = [0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8];
        let y = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0];
        let loess = Loess::fit(&x, &y, SPAN).unwrap();
        assert!(loess.at(0.2).unwrap().is_finite());
    }
}
