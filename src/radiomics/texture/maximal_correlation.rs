//! The maximal correlation coefficient: how well one level of a pair can foretell the other, whatever curve links them.

use super::cooccurrence::Cooccurrence;

/// Matrices up to this size are multiplied as full tables, larger ones cell by cell.
const LARGEST_TABLE: usize = 1024;

/// Steps after which the Lanczos method ends in any case. Matrices of images take 12 to 40; the bound keeps memory in proportion.
const MOST_STEPS: usize = 250;

/// The maximal correlation coefficient of a co-occurrence matrix p.
///
/// # Definition
/// √ of the second largest eigenvalue of Q(i, j) = Σ_k p(i, k) p(j, k) / (p_x(i) p_y(k)). With S(i, j) = p(i, j) / √(p_x(i)
/// p_y(j)) that is the second singular value of S. Its first is 1, with the singular vectors √p_x and √p_y, so the second is the
/// largest of S − √p_x √p_yᵀ, found by the Lanczos method.
pub(super) fn maximal_correlation(matrix: &Cooccurrence, px: &[f64], py: &[f64], total: f64) -> f64 {
    let present = |p: &[f64]| -> (Vec<usize>, Vec<f64>) {
        let mut at = vec![usize::MAX; p.len()];
        let mut root = Vec::new();
        for (level, p) in p.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            at[level] = root.len();
            root.push(p.sqrt());
        }
        (at, root)
    };
    let ((row_at, row_root), (column_at, column_root)) = (present(px), present(py));
    let (rows, columns) = (row_root.len(), column_root.len());
    let entries = || {
        matrix.cells.iter().flat_map(|cell| {
            let (i, j) = (cell.row as usize, cell.column as usize);
            let both = matrix.symmetrical && i != j;
            let p = cell.number / total * if matrix.symmetrical && i == j { 2.0 } else { 1.0 };
            let entry = |i: usize, j: usize| {
                let (a, b) = (row_at[i], column_at[j]);
                (a, b, p / (row_root[a] * column_root[b]))
            };
            std::iter::once(entry(i, j)).chain(both.then(|| entry(j, i)))
        })
    };
    if matrix.symmetrical && rows <= LARGEST_TABLE {
        let mut table = vec![0.0; rows * rows];
        entries().for_each(|(a, b, s)| table[a * rows + b] = s);
        for (line, root) in table.chunks_exact_mut(rows).zip(&row_root) {
            line.iter_mut().zip(&column_root).for_each(|(s, other)| *s -= root * other);
        }
        let multiply = |x: &[f64], y: &mut [f64]| {
            y.iter_mut().zip(table.chunks_exact(rows)).for_each(|(y, line)| *y = dot(line, x));
        };
        return largest_eigenvalue(rows, multiply).min(1.0);
    }
    let entries: Vec<(usize, usize, f64)> = entries().collect();
    let multiply = |x: &[f64], y: &mut [f64]| {
        let along = dot(&row_root, x);
        let mut between: Vec<f64> = column_root.iter().map(|root| -root * along).collect();
        entries.iter().for_each(|(a, b, s)| between[*b] += s * x[*a]);
        let along = dot(&column_root, &between);
        y.iter_mut().zip(&row_root).for_each(|(y, root)| *y = -root * along);
        entries.iter().for_each(|(a, b, s)| y[*a] += s * between[*b]);
    };
    debug_assert!(columns > 0);
    largest_eigenvalue(rows, multiply).sqrt().min(1.0)
}

/// A dot product in eight strands, which the compiler turns into vectors; the order of the sum is fixed.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut strands = [0.0; 8];
    let (heads, tails) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = heads.remainder().iter().zip(tails.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in heads.zip(tails) {
        strands.iter_mut().zip(a.iter().zip(b)).for_each(|(strand, (a, b))| *strand += a * b);
    }
    strands.iter().sum::<f64>() + rest
}

/// The largest absolute eigenvalue of a symmetric matrix, given by what it does to a vector: the Lanczos method with full
/// reorthogonalisation, from a fixed start without symmetry. The error of the answer is below the square of the residual that
/// ends the iteration over the gap to the next eigenvalue, and below the residual in any case (10⁻⁹ of it, unless [`MOST_STEPS`]
/// are not enough).
fn largest_eigenvalue(n: usize, multiply: impl Fn(&[f64], &mut [f64])) -> f64 {
    let mut vector: Vec<f64> = (0..n).map(|i| 1.0 + ((i + 1) as f64 * 0.618_033_988_749_895).fract()).collect();
    let length = dot(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
    let (mut basis, mut diagonal, mut beside): (Vec<Vec<f64>>, Vec<f64>, Vec<f64>) = (vec![vector], Vec::new(), Vec::new());
    loop {
        let at = diagonal.len();
        let mut next = vec![0.0; n];
        multiply(&basis[at], &mut next);
        diagonal.push(dot(&basis[at], &next));
        // Twice is enough: what the first subtraction leaves along the basis is rounding.
        for _ in 0..2 {
            for earlier in &basis {
                let along = dot(earlier, &next);
                next.iter_mut().zip(earlier).for_each(|(x, e)| *x -= along * e);
            }
        }
        let length = dot(&next, &next).sqrt();
        let complete = at + 1 == n || at + 1 == MOST_STEPS || length < 1e-14;
        if complete || (at >= 11 && at % 6 == 5) {
            let (value, last) = largest_of_tridiagonal(&diagonal, &beside);
            if complete || length * last.abs() <= 1e-9 * value.abs().max(1e-6) {
                return value.abs();
            }
        }
        beside.push(length);
        next.iter_mut().for_each(|x| *x /= length);
        basis.push(next);
    }
}

/// √(x² + y²). Entries of the matrices here are of the order of one: the slow care against overflow that `hypot` takes is needed only far
/// from there.
fn length(x: f64, y: f64) -> f64 {
    let squares = x * x + y * y;
    if (1e-200..1e200).contains(&squares) { squares.sqrt() } else { x.hypot(y) }
}

/// The eigenvalue of a symmetric tridiagonal matrix that is largest in absolute value, and the last entry of its unit
/// eigenvector, by implicit QL iteration; rotations are followed in the last row of the eigenvectors only.
fn largest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> (f64, f64) {
    let n = diagonal.len();
    let (mut d, mut e) = (diagonal.to_vec(), beside.to_vec());
    e.resize(n, 0.0);
    let mut last = vec![0.0; n];
    last[n - 1] = 1.0;
    for low in 0..n {
        // Each eigenvalue takes two or three steps; the bound only keeps a loop from being endless.
        for _ in 0..64 {
            let high = (low..n - 1).find(|&m| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs())).unwrap_or(n - 1);
            if high == low {
                break;
            }
            let mut g = (d[low + 1] - d[low]) / (2.0 * e[low]);
            g = d[high] - d[low] + e[low] / (g + length(g, 1.0).copysign(g));
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut split = false;
            for i in (low..high).rev() {
                let (f, b) = (s * e[i], c * e[i]);
                let r = length(f, g);
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[high] = 0.0;
                    split = true;
                    break;
                }
                (s, c) = (f / r, g / r);
                g = d[i + 1] - p;
                let r = (d[i] - g) * s + 2.0 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                (last[i], last[i + 1]) = (c * last[i] - s * last[i + 1], s * last[i] + c * last[i + 1]);
            }
            if !split {
                d[low] -= p;
                e[low] = g;
                e[high] = 0.0;
            }
        }
    }
    let largest = (0..n).max_by(|a, b| d[*a].abs().total_cmp(&d[*b].abs())).unwrap_or(0);
    (d[largest], last[largest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_known_in_closed_form() {
        // The path graph on n vertices has the eigenvalues 2 cos(π m / (n + 1)); its first step is tridiagonal already.
        let n = 40;
        let expected = 2.0 * (std::f64::consts::PI / (n as f64 + 1.0)).cos();
        let multiply = |x: &[f64], y: &mut [f64]| {
            for i in 0..n {
                y[i] = if i > 0 { x[i - 1] } else { 0.0 } + if i + 1 < n { x[i + 1] } else { 0.0 };
            }
        };
        assert!((largest_eigenvalue(n, multiply) - expected).abs() < 1e-12);
        assert!((largest_of_tridiagonal(&vec![0.0; n], &vec![1.0; n - 1]).0.abs() - expected).abs() < 1e-13);
        // A negative eigenvalue may be the largest in absolute value.
        let multiply =
            |x: &[f64], y: &mut [f64]| (0..n).for_each(|i| y[i] = if i == 7 { -3.0 } else { 1.0 / (i + 1) as f64 } * x[i]);
        assert!((largest_eigenvalue(n, multiply) - 3.0).abs() < 1e-12);
        assert_eq!(largest_eigenvalue(5, |_, y| y.fill(0.0)), 0.0);
    }
}
