//! Coefficients that are penalised one by one: two classes, or K classes ungrouped.
//!
//! Per penalty: (1) features whose product with the residual exceeds their penalty join the working set of that score; (2) Newton
//! steps on the working sets, score by score, until nothing moves; (3) the screen looks for features outside that should be inside; if
//! there are any, back to (1). So a fit is the optimum over *all* features, however few were touched.

use super::design::Design;
use super::fit::Score;
use super::kernel::{Lane, WIDTH, add_columns, dot, sum};
use super::likelihood::Likelihood;
use super::options::Options;
use super::path::Solver;
use super::penalty::Penalty;
use super::screen::Screen;
use super::symmetry;
use super::working_set::WorkingSet;

/// The cross products are taken anew once the curvature has changed by this part since they were.
const DRIFT: f64 = 0.05;
/// Newton steps after which they are taken anew in any case.
const PATIENCE: usize = 4;
/// The quadratic problem of a step is solved to this part of the tolerance: what it leaves undone adds up over a path.
const INNER: f64 = 0.1;
/// A step is halved until its end is no steeper upwards than this part of how steep its beginning was downwards (the approximate Wolfe
/// condition of Hager and Zhang, SIAM J Optim 2005, 16:170-192).
const STEEPEST_END: f64 = 0.8;
/// `p (1 - p)` is at most this.
const MOST_CURVATURE: f64 = 0.25;
/// All cases are on the side of their class, to the last digit: no curvature is left.
const LEAST_CURVATURE: f64 = 1e-9;

/// The state of a fit.
pub(super) struct Separate<'a, L> {
    design: &'a Design,
    options: &'a Options,
    penalty: Penalty,
    likelihood: L,
    parts: Vec<Part>,
    tolerance: f64,
    passes: usize,
    /// What the last step added to a linear predictor.
    change: Vec<Lane>,
}

/// One linear score.
struct Part {
    intercept: f64,
    working: WorkingSet,
    screen: Screen,
}

impl<'a, L: Likelihood> Separate<'a, L> {
    /// A model of intercepts only; `null` is its deviance.
    pub fn new(design: &'a Design, options: &'a Options, likelihood: L, intercepts: &[f64], null: f64) -> Self {
        let part =
            |&intercept: &f64| Part { intercept, working: WorkingSet::new(design.features()), screen: Screen::new(design) };
        Separate {
            design,
            options,
            penalty: Penalty::new(options, design),
            likelihood,
            parts: intercepts.iter().map(part).collect(),
            tolerance: options.threshold * null,
            passes: 0,
            change: Vec::new(),
        }
    }

    /// Adds the features that score `k` must use at `lambda` to its working set, and says whether there were any.
    fn admit(&mut self, k: usize, lambda: f64) -> bool {
        let Part { working, screen, .. } = &mut self.parts[k];
        let before = working.members().len();
        let entrants: Vec<(u32, f64)> = screen
            .products()
            .filter(|&(j, product)| product.abs() > self.penalty.weight(lambda, j as usize).l1 && !working.contains(j as usize))
            .map(|(j, _)| (j, 0.0))
            .collect();
        working.add(self.design, entrants.into_iter());
        working.members().len() > before
    }

    /// The largest gradient of a penalised feature over its factor.
    fn steepest(&mut self) -> f64 {
        let mut steepest = 0.0f64;
        for (k, part) in self.parts.iter_mut().enumerate() {
            part.screen.update(self.design, self.likelihood.residual(k), self.likelihood.inverse(), |_| Some(0.0));
            steepest = steepest.max(self.penalty.steepest(part.screen.products().map(|(j, product)| (j, product.abs()))));
        }
        steepest
    }

    /// Newton steps on the working sets, score after score, until nothing moves; `None` if the passes ran out.
    fn converge(&mut self, lambda: f64) -> Option<()> {
        for round in 1.. {
            let mut largest = 0.0f64;
            for k in 0..self.parts.len() {
                largest = largest.max(self.step(k, lambda));
            }
            largest = largest.max(MOST_CURVATURE * self.balance().powi(2));
            if largest < self.tolerance {
                return Some(());
            }
            if self.passes >= self.options.passes
                || (0..self.parts.len()).all(|k| sum(self.likelihood.curvature(k)) < LEAST_CURVATURE)
            {
                return None;
            }
            if round % PATIENCE == 0 {
                for (k, part) in self.parts.iter_mut().enumerate() {
                    part.working.refresh(self.design, self.likelihood.curvature(k));
                }
            }
        }
        None
    }

    /// Of all models with these probabilities, takes the one with the smallest penalty; returns the largest change of a coefficient.
    /// Without it coordinate descent would creep along a valley that only the penalty closes.
    fn balance(&mut self) -> f64 {
        symmetry::balance(self.parts.iter_mut().map(|part| &mut part.working), self.design, &self.penalty, self.options.alpha)
    }

    /// One Newton step of score `k`; returns its size.
    fn step(&mut self, k: usize, lambda: f64) -> f64 {
        let Separate { design, likelihood, penalty, change, .. } = self;
        let Part { working, intercept, .. } = &mut self.parts[k];
        let left = self.options.passes.saturating_sub(self.passes);
        let weight = |j: usize| penalty.weight(lambda, j);
        let step = working.solve(design, likelihood.residual(k), likelihood.curvature(k), weight, INNER * self.tolerance, left);
        self.passes += step.passes;
        change.clear();
        change.resize(likelihood.inverse().len(), Lane([step.intercept; WIDTH]));
        add_columns(design.columns(), working.members(), working.moves(), change);
        let downhill = dot(likelihood.residual(k), change) - slope(working, weight, Side::Start);
        add(likelihood.predictor(k), change, 1.0);
        likelihood.update();
        *intercept += step.intercept;
        if step.size >= self.tolerance {
            let mut fraction = 1.0;
            while slope(working, weight, Side::End) - dot(likelihood.residual(k), change) > STEEPEST_END * downhill * fraction
                && fraction > 1e-6
            {
                fraction *= 0.5;
                working.shorten(0.5);
                *intercept -= fraction * step.intercept;
                change.iter_mut().for_each(|lane| lane.0.iter_mut().for_each(|x| *x *= 0.5));
                add(likelihood.predictor(k), change, -1.0);
                likelihood.update();
            }
        }
        step.size
    }
}

impl<L: Likelihood> Solver for Separate<'_, L> {
    fn start(&mut self) -> Option<f64> {
        let without = self.steepest();
        let free: Vec<u32> = (0..self.design.features() as u32).filter(|&j| self.penalty.free(j as usize)).collect();
        if free.is_empty() {
            return Some(without);
        }
        for (k, part) in self.parts.iter_mut().enumerate() {
            part.working.refresh(self.design, self.likelihood.curvature(k));
            part.working.add(self.design, free.iter().map(|&j| (j, 0.0)));
        }
        self.converge(f64::INFINITY)?;
        let with = self.steepest();
        // glmnet takes the largest ridge penalty from the model without the unpenalised features, any other from the model with them.
        Some(if self.options.alpha == 0.0 { without } else { with })
    }

    fn fit(&mut self, lambda: f64, next: Option<f64>) -> Option<()> {
        // The sequential strong rule says which features to look at for the next penalty; what it overlooks is found there.
        let ahead = next.map_or(lambda, |next| 2.0 * next - lambda);
        for k in 0..self.parts.len() {
            let (part, curvature) = (&mut self.parts[k], self.likelihood.curvature(k));
            if part.working.drift(curvature) > DRIFT {
                part.working.refresh(self.design, curvature);
            }
            self.admit(k, lambda);
        }
        loop {
            self.converge(lambda)?;
            let mut complete = true;
            for k in 0..self.parts.len() {
                let Part { working, screen, .. } = &mut self.parts[k];
                let threshold = |j: usize| (!working.contains(j)).then(|| self.penalty.weight(ahead, j).l1);
                screen.update(self.design, self.likelihood.residual(k), self.likelihood.inverse(), threshold);
                complete &= !self.admit(k, lambda);
            }
            if complete {
                return Some(());
            }
        }
    }

    fn deviance(&self) -> f64 {
        self.likelihood.deviance()
    }

    fn scores(&self) -> Vec<Score> {
        let mut scores: Vec<Score> = self
            .parts
            .iter()
            .map(|part| {
                let members = part.working.members().iter().copied();
                Score::new(part.intercept, members.zip(part.working.coefficients().iter().copied()), self.design)
            })
            .collect();
        symmetry::center_intercepts(&mut scores);
        scores
    }
}

/// Which end of a step.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Start,
    End,
}

/// Slope of the penalty along the last move, at one of its ends, looking inwards.
fn slope(working: &WorkingSet, weight: impl Fn(usize) -> super::penalty::Weight, side: Side) -> f64 {
    let mut total = 0.0;
    for ((&j, &now), &moved) in working.members().iter().zip(working.coefficients()).zip(working.moves()) {
        if moved == 0.0 {
            continue;
        }
        let weight = weight(j as usize);
        let (b, inwards) = match side {
            Side::Start => (now - moved, moved),
            Side::End => (now, -moved),
        };
        // At zero the penalty rises in the direction one looks.
        let sign = if b == 0.0 { inwards.signum() } else { b.signum() };
        total += moved * (weight.l1 * sign + weight.l2 * b);
    }
    total
}

/// `to += factor change`.
fn add(to: &mut [Lane], change: &[Lane], factor: f64) {
    for (to, change) in to.iter_mut().zip(change) {
        to.0.iter_mut().zip(change.0).for_each(|(to, change)| *to += factor * change);
    }
}
