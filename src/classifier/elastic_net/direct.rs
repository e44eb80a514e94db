//! The quadratic problem solved at once where the signs of the coefficients are known: a Cholesky factorisation instead of the
//! thousands of passes that coordinate descent needs among nearly equal features.

use pulp::{Arch, Simd, WithSimd};

use super::kernel::{Lane, WIDTH, Wide, lanes, products};

/// A symmetric positive definite system, its rows padded to whole lanes.
#[derive(Debug, Clone, Default)]
pub(super) struct System {
    size: usize,
    rows: Vec<Lane>,
    side: Vec<Lane>,
}

impl System {
    /// Makes room for `size` unknowns; everything is zero.
    pub fn clear(&mut self, size: usize) {
        self.size = size;
        self.rows.clear();
        self.rows.resize(size * lanes(size), Lane::ZERO);
        self.side.clear();
        self.side.resize(lanes(size), Lane::ZERO);
    }

    /// Sets an element of the lower triangle, `k <= i`.
    pub fn set(&mut self, i: usize, k: usize, value: f64) {
        self.rows[i * lanes(self.size) + k / WIDTH].0[k % WIDTH] = value;
    }

    /// Sets an element of the right-hand side.
    pub fn set_side(&mut self, i: usize, value: f64) {
        self.side[i / WIDTH].0[i % WIDTH] = value;
    }

    /// Solves in place; [`System::solution`] then holds the answer. False if the matrix is singular to working precision.
    pub fn solve(&mut self) -> bool {
        Arch::new().dispatch(Solve(self))
    }

    /// The unknown `i`.
    pub fn solution(&self, i: usize) -> f64 {
        self.side[i / WIDTH].0[i % WIDTH]
    }
}

struct Solve<'a>(&'a mut System);

impl WithSimd for Solve<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let System { size, rows, side } = self.0;
        let stride = lanes(*size);
        // Row by row: L_ik = (A_ik - L_i' L_k) / L_kk over what is already there; what is not yet there is zero in row k.
        let mut current = vec![Lane::ZERO; stride];
        for i in 0..*size {
            let (above, row) = rows.split_at_mut(i * stride);
            let row = &mut row[..stride];
            current.fill(Lane::ZERO);
            for (k, other) in above.chunks_exact(stride).enumerate() {
                let used = lanes(k + 1);
                let [[inner]] = products::<S, 1, 1>(simd, [&current[..used]], [&other[..used]]);
                let value = (row[k / WIDTH].0[k % WIDTH] - inner) / other[k / WIDTH].0[k % WIDTH];
                current[k / WIDTH].0[k % WIDTH] = value;
            }
            let used = lanes(i + 1);
            let [[inner]] = products::<S, 1, 1>(simd, [&current[..used]], [&current[..used]]);
            let diagonal = row[i / WIDTH].0[i % WIDTH];
            let pivot = diagonal - inner;
            if !(pivot > 1e-13 * diagonal) {
                return false;
            }
            current[i / WIDTH].0[i % WIDTH] = pivot.sqrt();
            row.copy_from_slice(&current);
        }
        current.fill(Lane::ZERO);
        for i in 0..*size {
            let row = &rows[i * stride..(i + 1) * stride];
            let used = lanes(i + 1);
            let [[inner]] = products::<S, 1, 1>(simd, [&row[..used]], [&current[..used]]);
            current[i / WIDTH].0[i % WIDTH] = (side[i / WIDTH].0[i % WIDTH] - inner) / row[i / WIDTH].0[i % WIDTH];
        }
        side.copy_from_slice(&current);
        for i in (0..*size).rev() {
            let row = &rows[i * stride..(i + 1) * stride];
            let value = side[i / WIDTH].0[i % WIDTH] / row[i / WIDTH].0[i % WIDTH];
            let amount = Wide::<S>::splat(-value, simd);
            for (x, l) in side.iter_mut().zip(row).take(lanes(i + 1)) {
                let mut total = Wide::load(x, simd);
                total.add_product(amount, Wide::load(l, simd), simd);
                total.store(x);
            }
            side[i / WIDTH].0[i % WIDTH] = value;
        }
        true
    }
}
