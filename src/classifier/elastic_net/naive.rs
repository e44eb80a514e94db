//! Coordinate descent on the rows themselves: each gradient is a product with the working residual, which each change updates. It needs
//! no cross products, so it is the cheaper way where a great part of many features takes part, as in ridge regression.

use pulp::{Arch, Simd, WithSimd};

use super::kernel::{Columns, Lane, Wide, products};
use super::working_set::Problem;

/// The members' columns, the curvature of the rows and the members' means under it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub columns: Columns<'a>,
    pub members: &'a [u32],
    pub curvature: &'a [Lane],
    pub means: &'a [f64],
}

/// `sum_i v_i (x_ij - m_j)^2` for each of `members`.
pub(super) fn own(columns: Columns, members: &[u32], curvature: &[Lane], means: &[f64], out: &mut [f64]) {
    for ((&member, &mean), out) in members.iter().zip(means).zip(out) {
        let mut total = Lane::ZERO;
        for (x, v) in columns.column(member as usize).iter().zip(curvature) {
            for ((total, x), v) in total.0.iter_mut().zip(x.0).zip(v.0) {
                *total += v * (x - mean) * (x - mean);
            }
        }
        *out = total.0.iter().sum();
    }
}

/// Moves the coefficients to the minimum; `residual` sums to zero, and follows. Says how many passes it took.
pub(super) fn solve(problem: &Problem, rows: Rows, residual: &mut [Lane], coefficients: &mut [f64]) -> usize {
    Arch::new().dispatch(Descend { problem, rows, residual, coefficients })
}

struct Descend<'a, 'b> {
    problem: &'a Problem<'b>,
    rows: Rows<'a>,
    residual: &'a mut [Lane],
    coefficients: &'a mut [f64],
}

impl WithSimd for Descend<'_, '_> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> usize {
        let Descend { problem, rows, residual, coefficients } = self;
        for pass in 1..=problem.limit {
            let mut largest = 0.0f64;
            for (j, b) in coefficients.iter_mut().enumerate() {
                let column = rows.columns.column(rows.members[j] as usize);
                // The working residual sums to zero, so the mean of the column drops out of the product.
                let [[gradient]] = products::<S, 1, 1>(simd, [column], [&*residual]);
                let new = problem.best(j, gradient, *b);
                let change = new - *b;
                if change != 0.0 {
                    *b = new;
                    largest = largest.max(problem.factor * problem.own[j] * change * change);
                    let amount = Wide::<S>::splat(-problem.factor * change, simd);
                    let shift = Wide::<S>::splat(problem.factor * change * rows.means[j], simd);
                    for ((r, x), v) in residual.iter_mut().zip(column).zip(rows.curvature) {
                        let mut step = shift;
                        step.add_product(amount, Wide::load(x, simd), simd);
                        let mut total = Wide::load(r, simd);
                        total.add_product(step, Wide::load(v, simd), simd);
                        total.store(r);
                    }
                }
            }
            if largest < problem.tolerance {
                return pass;
            }
        }
        problem.limit
    }
}
