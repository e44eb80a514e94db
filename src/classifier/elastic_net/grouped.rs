//! Coefficients that are penalised by feature: the K coefficients of a feature enter a multinomial model together.
//!
//! # Definition
//! Minimise `-loglik / sum w + lambda sum_j factor_j (alpha |b_j| + (1 - alpha) |b_j|^2 / 2)` with `|b_j|` the length of the K coefficients of feature
//! `j`. The curvature of the likelihood is replaced by one number per row that bounds it in every direction, so that the best K
//! coefficients of a feature, the others held, have a closed form: the gradient, shortened by the penalty.
//!
//! # Reference
//! Simon, Friedman, Hastie. A blockwise descent algorithm for group-penalized multiresponse and multinomial regression. arXiv:1311.6529.

use pulp::{Arch, Simd, WithSimd};

use super::covariance::Covariance;
use super::design::Design;
use super::fit::Score;
use super::kernel::{Columns, Lane, WIDTH, Wide, add_columns, dots, sum, zeros};
use super::likelihood::{Likelihood, Multinomial};
use super::options::Options;
use super::path::Solver;
use super::penalty::{Penalty, Weight};
use super::symmetry;

/// Rounding that the objective may rise by in a step.
const ROUNDING: f64 = 1e-12;

/// The state of a fit.
pub(super) struct Grouped<'a> {
    design: &'a Design,
    options: &'a Options,
    penalty: Penalty,
    likelihood: Multinomial,
    intercepts: Vec<f64>,
    members: Vec<u32>,
    is_member: Vec<bool>,
    /// Coefficients of class `k`, per member.
    coefficients: Vec<Vec<f64>>,
    /// `x_j' r_k` of class `k`, per feature.
    products: Vec<Vec<f64>>,
    bound: Vec<Lane>,
    means: Vec<f64>,
    covariance: Covariance,
    tolerance: f64,
    passes: usize,
}

impl<'a> Grouped<'a> {
    /// A model of intercepts only; `null` is its deviance.
    pub fn new(design: &'a Design, options: &'a Options, likelihood: Multinomial, intercepts: &[f64], null: f64) -> Self {
        let classes = intercepts.len();
        Grouped {
            design,
            options,
            penalty: Penalty::new(options, design),
            likelihood,
            intercepts: intercepts.to_vec(),
            members: Vec::new(),
            is_member: vec![false; design.features()],
            coefficients: vec![Vec::new(); classes],
            products: vec![vec![0.0; design.features()]; classes],
            bound: Vec::new(),
            means: Vec::new(),
            covariance: Covariance::default(),
            tolerance: options.threshold * null,
            passes: 0,
        }
    }

    /// Takes the products of all features with the residuals.
    fn look(&mut self) {
        let all: Vec<u32> = (0..self.design.features() as u32).collect();
        for (k, products) in self.products.iter_mut().enumerate() {
            dots(self.design.columns(), &all, self.likelihood.residual(k), products);
        }
    }

    /// The length of the gradient of feature `j`.
    fn steepness(&self, j: usize) -> f64 {
        self.products.iter().map(|products| products[j] * products[j]).sum::<f64>().sqrt()
    }

    /// Makes features members that are outside at `lambda` against the penalty's will; says whether there were any.
    fn admit(&mut self, lambda: f64) -> bool {
        let before = self.members.len();
        for j in 0..self.design.features() {
            let usable = self.design.length[j] > 0.0;
            if usable && !self.is_member[j] && self.steepness(j) > self.penalty.weight(lambda, j).l1 {
                self.join(j as u32);
            }
        }
        self.members.len() > before
    }

    fn join(&mut self, j: u32) {
        self.is_member[j as usize] = true;
        self.members.push(j);
        self.coefficients.iter_mut().for_each(|coefficients| coefficients.push(0.0));
    }

    /// `-loglik + penalty`, twice.
    fn objective(&self, lambda: f64) -> f64 {
        let penalty = |(i, &j): (usize, &u32)| {
            let Weight { l1, l2 } = self.penalty.weight(lambda, j as usize);
            let square: f64 = self.coefficients.iter().map(|coefficients| coefficients[i].powi(2)).sum();
            2.0 * l1 * square.sqrt() + l2 * square
        };
        self.likelihood.deviance() + self.members.iter().enumerate().map(penalty).filter(|p| !p.is_nan()).sum::<f64>()
    }

    /// Steps until nothing moves; `None` if the passes ran out.
    fn converge(&mut self, lambda: f64) -> Option<()> {
        let mut now = self.objective(lambda);
        loop {
            self.curve();
            let before = (self.intercepts.clone(), self.coefficients.clone());
            let mut factor = 1.0;
            let (size, next) = loop {
                let size = self.step(lambda, factor);
                let next = self.objective(lambda);
                if next <= now + ROUNDING * now.abs() || size < self.tolerance || factor > 1e6 {
                    break (size, next);
                }
                // The curvature has grown beyond the bound on the way: go back and take a shorter step.
                factor *= 2.0;
                self.restore(&before);
            };
            if size < self.tolerance {
                return Some(());
            }
            if self.passes >= self.options.passes {
                return None;
            }
            now = next;
        }
    }

    /// The quadratic problem at the present fit.
    fn curve(&mut self) {
        self.likelihood.bound(&mut self.bound);
        let columns = self.design.columns();
        let total = sum(&self.bound);
        self.means.resize(self.members.len(), 0.0);
        dots(columns, &self.members, &self.bound, &mut self.means);
        let mut scaled = Vec::with_capacity(self.members.len() * columns.stride);
        for (mean, &j) in self.means.iter_mut().zip(&self.members) {
            *mean /= total;
            let column = columns.column(j as usize).iter().zip(&self.bound);
            scaled.extend(column.map(|(x, v)| Lane(std::array::from_fn(|l| v.0[l] * (x.0[l] - *mean)))));
        }
        self.covariance.extend(columns, &self.members, 0, Columns { lanes: &scaled, stride: columns.stride });
    }

    /// Solves the quadratic problem with the bound multiplied by `factor` and goes there; returns the size of the step.
    fn step(&mut self, lambda: f64, factor: f64) -> f64 {
        let columns = self.design.columns();
        let count = self.members.len();
        let total = factor * sum(&self.bound);
        let excess: Vec<f64> = (0..self.intercepts.len()).map(|k| sum(self.likelihood.residual(k))).collect();
        let mut gradient = Vec::with_capacity(excess.len());
        let mut products = vec![0.0; count];
        for (k, excess) in excess.iter().enumerate() {
            dots(columns, &self.members, self.likelihood.residual(k), &mut products);
            let mut lanes = zeros(count);
            for (i, (product, mean)) in products.iter().zip(&self.means).enumerate() {
                lanes[i / WIDTH].0[i % WIDTH] = product - excess * mean;
            }
            gradient.push(lanes);
        }
        let weights: Vec<Weight> = self.members.iter().map(|&j| self.penalty.weight(lambda, j as usize)).collect();
        let old = self.coefficients.clone();
        self.passes += Arch::new().dispatch(Descend {
            weights: &weights,
            covariance: &self.covariance,
            factor,
            coefficients: &mut self.coefficients,
            gradient: &mut gradient,
            tolerance: self.tolerance,
            limit: self.options.passes.saturating_sub(self.passes).max(1),
        });
        let mut size = 0.0f64;
        for (k, excess) in excess.iter().enumerate() {
            let moves: Vec<f64> = self.coefficients[k].iter().zip(&old[k]).map(|(new, old)| new - old).collect();
            let mut intercept = excess / total;
            size = size.max(excess * excess / total);
            for (i, moved) in moves.iter().enumerate() {
                intercept -= self.means[i] * moved;
                size = size.max(factor * self.covariance.element(i, i) * moved * moved);
            }
            self.intercepts[k] += intercept;
            let predictor = self.likelihood.predictor(k);
            predictor.iter_mut().for_each(|lane| lane.0.iter_mut().for_each(|eta| *eta += intercept));
            add_columns(columns, &self.members, &moves, predictor);
        }
        self.likelihood.update();
        size
    }

    /// Goes back to earlier coefficients.
    fn restore(&mut self, (intercepts, coefficients): &(Vec<f64>, Vec<Vec<f64>>)) {
        for k in 0..intercepts.len() {
            let moves: Vec<f64> = coefficients[k].iter().zip(&self.coefficients[k]).map(|(new, old)| new - old).collect();
            let intercept = intercepts[k] - self.intercepts[k];
            let predictor = self.likelihood.predictor(k);
            predictor.iter_mut().for_each(|lane| lane.0.iter_mut().for_each(|eta| *eta += intercept));
            add_columns(self.design.columns(), &self.members, &moves, predictor);
        }
        self.intercepts.clone_from(intercepts);
        self.coefficients.clone_from(coefficients);
        self.likelihood.update();
    }

    /// Lets members without coefficients go.
    fn prune(&mut self) {
        let kept: Vec<usize> = (0..self.members.len())
            .filter(|&i| self.penalty.free(self.members[i] as usize) || self.coefficients.iter().any(|b| b[i] != 0.0))
            .collect();
        for &j in &self.members {
            self.is_member[j as usize] = false;
        }
        self.members = kept.iter().map(|&i| self.members[i]).collect();
        for coefficients in &mut self.coefficients {
            *coefficients = kept.iter().map(|&i| coefficients[i]).collect();
        }
        for &j in &self.members {
            self.is_member[j as usize] = true;
        }
    }
}

impl Solver for Grouped<'_> {
    fn start(&mut self) -> Option<f64> {
        let free: Vec<u32> = (0..self.design.features() as u32).filter(|&j| self.penalty.free(j as usize)).collect();
        if !free.is_empty() {
            free.into_iter().for_each(|j| self.join(j));
            self.converge(f64::INFINITY)?;
        }
        self.look();
        let gradients = (0..self.design.features()).filter(|&j| !self.is_member[j]).map(|j| (j as u32, self.steepness(j)));
        Some(self.penalty.steepest(gradients))
    }

    fn fit(&mut self, lambda: f64, _: Option<f64>) -> Option<()> {
        self.prune();
        self.admit(lambda);
        loop {
            self.converge(lambda)?;
            self.look();
            if !self.admit(lambda) {
                return Some(());
            }
        }
    }

    fn deviance(&self) -> f64 {
        self.likelihood.deviance()
    }

    fn scores(&self) -> Vec<Score> {
        let mut coefficients = self.coefficients.clone();
        for (i, &j) in self.members.iter().enumerate() {
            // An unpenalised feature has no shortest coefficients to go to; its mean says nothing.
            if self.penalty.free(j as usize) {
                let mean = coefficients.iter().map(|b| b[i]).sum::<f64>() / coefficients.len() as f64;
                coefficients.iter_mut().for_each(|b| b[i] -= mean);
            }
        }
        let score = |(&intercept, b): (&f64, Vec<f64>)| Score::new(intercept, self.members.iter().copied().zip(b), self.design);
        let mut scores: Vec<Score> = self.intercepts.iter().zip(coefficients).map(score).collect();
        symmetry::center_intercepts(&mut scores);
        scores
    }
}

/// The K coefficients of each feature in turn go to their best values with the others held.
struct Descend<'a> {
    weights: &'a [Weight],
    covariance: &'a Covariance,
    factor: f64,
    coefficients: &'a mut [Vec<f64>],
    gradient: &'a mut [Vec<Lane>],
    tolerance: f64,
    limit: usize,
}

impl WithSimd for Descend<'_> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> usize {
        for pass in 1..=self.limit {
            let mut largest = 0.0f64;
            for (j, &Weight { l1, l2 }) in self.weights.iter().enumerate() {
                let own = self.factor * self.covariance.element(j, j);
                let pull = |q: &[Lane], b: &[f64]| q[j / WIDTH].0[j % WIDTH] + own * b[j];
                let length = self.gradient.iter().zip(&*self.coefficients).map(|(q, b)| pull(q, b).powi(2)).sum::<f64>().sqrt();
                let shrink = if length > l1 { (1.0 - l1 / length) / (own + l2) } else { 0.0 };
                for (q, b) in self.gradient.iter_mut().zip(self.coefficients.iter_mut()) {
                    let new = shrink * pull(q, b);
                    let change = new - b[j];
                    if change != 0.0 {
                        b[j] = new;
                        largest = largest.max(own * change * change);
                        let amount = Wide::<S>::splat(-self.factor * change, simd);
                        for (q, g) in q.iter_mut().zip(self.covariance.row(j)) {
                            let mut total = Wide::load(q, simd);
                            total.add_product(amount, Wide::load(g, simd), simd);
                            total.store(q);
                        }
                    }
                }
            }
            if largest < self.tolerance {
                return pass;
            }
        }
        self.limit
    }
}
