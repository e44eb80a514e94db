//! The interpolating cubic spline of Forsythe, Malcolm and Moler (R: `spline(method = "fmm")`), for comparisons with R code that uses it.

/// `n` equally spaced points of the spline through `knots`, which ascend in their first coordinate. At each end the third derivative is
/// that of the cubic through the four outermost knots.
pub fn through(knots: &[(f64, f64)], n: usize) -> Vec<(f64, f64)> {
    let m = knots.len();
    let h: Vec<f64> = knots.windows(2).map(|w| w[1].0 - w[0].0).collect();
    let slope: Vec<f64> = knots.windows(2).map(|w| (w[1].1 - w[0].1) / (w[1].0 - w[0].0)).collect();
    // Third divided differences of the four outermost knots.
    let third = |i: usize| {
        let second = |k: usize| (slope[k + 1] - slope[k]) / (knots[k + 2].0 - knots[k].0);
        (second(i + 1) - second(i)) / (knots[i + 3].0 - knots[i].0)
    };
    // Unknown σ = second derivative / 6: a tridiagonal system.
    let mut diagonal = vec![-h[0]];
    let mut right = vec![third(0) * h[0] * h[0]];
    for i in 1..m - 1 {
        diagonal.push(2.0 * (h[i - 1] + h[i]));
        right.push(slope[i] - slope[i - 1]);
    }
    diagonal.push(-h[m - 2]);
    right.push(-third(m - 4) * h[m - 2] * h[m - 2]);
    for i in 1..m {
        let t = h[i - 1] / diagonal[i - 1];
        diagonal[i] -= t * h[i - 1];
        right[i] -= t * right[i - 1];
    }
    let mut sigma = vec![0.0; m];
    sigma[m - 1] = right[m - 1] / diagonal[m - 1];
    for i in (0..m - 1).rev() {
        sigma[i] = (right[i] - h[i] * sigma[i + 1]) / diagonal[i];
    }
    let (first, last) = (knots[0].0, knots[m - 1].0);
    (0..n)
        .map(|k| {
            let x = first + (last - first) * k as f64 / (n - 1) as f64;
            let i = knots[..m - 1].iter().rposition(|knot| knot.0 <= x).unwrap_or(0);
            let d = x - knots[i].0;
            let b = slope[i] - h[i] * (sigma[i + 1] + 2.0 * sigma[i]);
            (x, knots[i].1 + d * (b + d * (3.0 * sigma[i] + d * (sigma[i + 1] - sigma[i]) / h[i])))
        })
        .collect()
}
