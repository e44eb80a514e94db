//! Coordinate descent with all cross products at hand: a change of one coefficient updates the gradients of all members by one row of
//! `G`, without touching a patient. Where nearly equal features make it slow, it alternates with the exact solution for the present signs.

use pulp::{Arch, Simd, WithSimd};

use super::direct::System;
use super::kernel::{Columns, Lane, WIDTH, Wide, cross_products, lanes};
use super::working_set::Problem;

/// Passes of coordinate descent between direct solutions.
const BURST: usize = 50;

/// `G`, its rows padded to whole lanes.
#[derive(Debug, Clone, Default)]
pub(super) struct Covariance {
    gram: Vec<Lane>,
    stride: usize,
    gradient: Vec<Lane>,
    system: System,
    support: Vec<usize>,
}

impl Covariance {
    /// `G_ik`.
    pub fn element(&self, i: usize, k: usize) -> f64 {
        self.gram[i * self.stride + k / WIDTH].0[k % WIDTH]
    }

    /// Row `i`, padded.
    pub fn row(&self, i: usize) -> &[Lane] {
        &self.gram[i * self.stride..(i + 1) * self.stride]
    }

    /// Takes the cross products of the members from `first` on with all; `scaled` holds `v (x - m)` of the new ones.
    pub fn extend(&mut self, columns: Columns, members: &[u32], first: usize, scaled: Columns) {
        let count = members.len();
        if lanes(count) > self.stride {
            let stride = lanes(count + count / 4);
            let mut gram = vec![Lane::ZERO; stride * count];
            for (new, old) in gram.chunks_exact_mut(stride).zip(self.gram.chunks_exact(self.stride.max(1))).take(first) {
                new[..self.stride].copy_from_slice(old);
            }
            (self.gram, self.stride) = (gram, stride);
        }
        self.gram.resize(self.gram.len().max(self.stride * count), Lane::ZERO);
        cross_products(scaled, columns, members, first, &mut self.gram, self.stride);
    }

    /// Moves the coefficients, whose gradients are given, to the minimum; says how many passes it took.
    pub fn solve(&mut self, problem: &Problem, gradient: &[f64], coefficients: &mut [f64]) -> usize {
        self.gradient.clear();
        self.gradient.extend(gradient.chunks(WIDTH).map(|chunk| {
            let mut lane = Lane::ZERO;
            lane.0[..chunk.len()].copy_from_slice(chunk);
            lane
        }));
        let mut passes = 0;
        loop {
            let gram = Columns { lanes: &self.gram, stride: self.stride };
            let limit = BURST.min(problem.limit - passes);
            let descent = Arch::new().dispatch(Descend { problem, gram, coefficients, gradient: &mut self.gradient, limit });
            passes += descent.passes;
            if descent.converged || passes >= problem.limit {
                return passes;
            }
            self.leap(problem, coefficients);
        }
    }

    /// Goes to the minimum for the present signs, or as far towards it as no sign changes.
    fn leap(&mut self, problem: &Problem, coefficients: &mut [f64]) {
        let mut support = std::mem::take(&mut self.support);
        support.clear();
        support.extend((0..coefficients.len()).filter(|&i| coefficients[i] != 0.0));
        self.system.clear(support.len());
        for (row, &i) in support.iter().enumerate() {
            for (column, &k) in support[..=row].iter().enumerate() {
                let l2 = if i == k { problem.weights[i].l2 } else { 0.0 };
                self.system.set(row, column, problem.factor * self.gram[i * self.stride + k / WIDTH].0[k % WIDTH] + l2);
            }
            let (b, weight) = (coefficients[i], problem.weights[i]);
            self.system.set_side(row, self.gradient[i / WIDTH].0[i % WIDTH] - weight.l1 * b.signum() - weight.l2 * b);
        }
        if self.system.solve() {
            let (mut fraction, mut first) = (1.0, None);
            for (row, &i) in support.iter().enumerate() {
                let (b, change) = (coefficients[i], self.system.solution(row));
                if problem.weights[i].l1 > 0.0 && (b + fraction * change) * b < 0.0 {
                    (fraction, first) = (-b / change, Some(i));
                }
            }
            for (row, &i) in support.iter().enumerate() {
                let old = coefficients[i];
                coefficients[i] = if first == Some(i) { 0.0 } else { old + fraction * self.system.solution(row) };
                let change = problem.factor * (coefficients[i] - old);
                for (q, g) in self.gradient.iter_mut().zip(&self.gram[i * self.stride..]) {
                    q.0.iter_mut().zip(g.0).for_each(|(q, g)| *q -= change * g);
                }
            }
        }
        self.support = support;
    }
}

/// Each coefficient in turn goes to its best value with the others held.
struct Descend<'a, 'b> {
    problem: &'a Problem<'b>,
    gram: Columns<'a>,
    coefficients: &'a mut [f64],
    gradient: &'a mut [Lane],
    limit: usize,
}

struct Descent {
    passes: usize,
    converged: bool,
}

impl WithSimd for Descend<'_, '_> {
    type Output = Descent;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Descent {
        let used = self.gradient.len();
        for pass in 1..=self.limit {
            let mut largest = 0.0f64;
            for (j, b) in self.coefficients.iter_mut().enumerate() {
                let new = self.problem.best(j, self.gradient[j / WIDTH].0[j % WIDTH], *b);
                let change = new - *b;
                if change != 0.0 {
                    *b = new;
                    largest = largest.max(self.problem.factor * self.problem.own[j] * change * change);
                    let amount = Wide::<S>::splat(-self.problem.factor * change, simd);
                    for (q, g) in self.gradient.iter_mut().zip(&self.gram.column(j)[..used]) {
                        let mut total = Wide::load(q, simd);
                        total.add_product(amount, Wide::load(g, simd), simd);
                        total.store(q);
                    }
                }
            }
            if largest < self.problem.tolerance {
                return Descent { passes: pass, converged: true };
            }
        }
        Descent { passes: self.limit, converged: false }
    }
}
