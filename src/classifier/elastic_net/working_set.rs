//! The features that a model uses at present, and the quadratic problem over them.
//!
//! # Definition
//! Near the present fit the log-likelihood is replaced by its second-order expansion. With residual `r`, curvature `v` per row and the
//! intercept eliminated, the change `d` of the coefficients `b` of the members minimises
//! `-q'd + d'Gd/2 + penalty(b + d)`, `q_j = sum_i (x_ij - m_j) r_i`, `G_jk = sum_i v_i (x_ij - m_j)(x_ik - m_k)`, `m_j = sum_i v_i x_ij / sum_i v_i`.
//!
//! `G` is kept from step to step while the curvature changes little: `q` is always exact, so an old `G` costs a few more steps and
//! never changes where they lead. Small sets keep all of `G` ([`covariance`](super::covariance)), large ones its diagonal alone
//! ([`naive`](super::naive)).

use super::covariance::Covariance;
use super::design::Design;
use super::kernel::{Columns, Lane, dots, sum};
use super::naive;
use super::penalty::Weight;

/// No position: the feature is no member.
const OUTSIDE: u32 = u32::MAX;
/// Members beyond which their cross products cost more than they save (measured at 300 rows and 1500 features).
const MOST_CROSSED: usize = 400;

/// How the coefficients are to change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    /// Change of the intercept (of the centred, scaled features).
    pub intercept: f64,
    /// Largest squared change of the linear predictor by one coefficient, averaged with the curvature: `max_j G_jj d_j^2`.
    pub size: f64,
    /// Passes over the members that it took.
    pub passes: usize,
}

/// The quadratic problem as its solvers see it.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    /// Penalty of each member.
    pub weights: &'a [Weight],
    /// `G_jj` of each member.
    pub own: &'a [f64],
    /// `G` is to be multiplied by this.
    pub factor: f64,
    /// A pass in which no coefficient changes the linear predictor by more is the last.
    pub tolerance: f64,
    /// Most passes.
    pub limit: usize,
}

impl Problem<'_> {
    /// The best coefficient of member `j`, whose gradient is `gradient` at `b`, with all others held.
    #[inline(always)]
    pub fn best(&self, j: usize, gradient: f64, b: f64) -> f64 {
        let (own, weight) = (self.factor * self.own[j], self.weights[j]);
        let pull = gradient + own * b;
        let slack = pull.abs() - weight.l1;
        if slack > 0.0 && own > 0.0 { slack.copysign(pull) / (own + weight.l2) } else { 0.0 }
    }
}

/// The members, their coefficients and their cross products.
#[derive(Debug, Clone)]
pub(super) struct WorkingSet {
    members: Vec<u32>,
    position: Vec<u32>,
    /// Coefficients of the members, of the standardised features.
    coefficients: Vec<f64>,
    /// `d` of the last move.
    moves: Vec<f64>,
    /// `v` of the cross products, its sum, the means `m` and the diagonal of `G`.
    curvature: Vec<Lane>,
    total: f64,
    means: Vec<f64>,
    own: Vec<f64>,
    /// All of `G`, while the set is small.
    covariance: Option<Covariance>,
    weights: Vec<Weight>,
    gradient: Vec<f64>,
    scaled: Vec<Lane>,
}

impl WorkingSet {
    /// Nobody is a member.
    pub fn new(features: usize) -> Self {
        WorkingSet {
            members: Vec::new(),
            position: vec![OUTSIDE; features],
            coefficients: Vec::new(),
            moves: Vec::new(),
            curvature: Vec::new(),
            total: 0.0,
            means: Vec::new(),
            own: Vec::new(),
            covariance: Some(Covariance::default()),
            weights: Vec::new(),
            gradient: Vec::new(),
            scaled: Vec::new(),
        }
    }

    /// Members in order of entry.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Their coefficients.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The last move of each coefficient.
    pub fn moves(&self) -> &[f64] {
        &self.moves
    }

    /// Is `feature` a member?
    pub fn contains(&self, feature: usize) -> bool {
        self.position[feature] != OUTSIDE
    }

    /// The coefficient of a feature, 0 if it is no member.
    pub fn coefficient(&self, feature: u32) -> f64 {
        match self.position[feature as usize] {
            OUTSIDE => 0.0,
            position => self.coefficients[position as usize],
        }
    }

    /// Gives a feature this coefficient, as a member.
    pub fn put(&mut self, design: &Design, feature: u32, coefficient: f64) {
        self.add(design, std::iter::once((feature, coefficient)));
        self.coefficients[self.position[feature as usize] as usize] = coefficient;
    }

    /// How much the curvature differs from the one that `G` was made with, apart from a common factor: 0 is not at all.
    pub fn drift(&self, curvature: &[Lane]) -> f64 {
        if self.curvature.len() != curvature.len() {
            return f64::INFINITY;
        }
        let total = sum(curvature);
        let factor = total / self.total;
        let mut difference = Lane::ZERO;
        for (now, then) in curvature.iter().zip(&self.curvature) {
            for ((d, now), then) in difference.0.iter_mut().zip(now.0).zip(then.0) {
                *d += (now - factor * then).abs();
            }
        }
        difference.0.iter().sum::<f64>() / total
    }

    /// Lets members without a coefficient go and takes all cross products anew, at this curvature.
    pub fn refresh(&mut self, design: &Design, curvature: &[Lane]) {
        let kept: Vec<(u32, f64)> =
            self.members.iter().copied().zip(self.coefficients.iter().copied()).filter(|&(_, b)| b != 0.0).collect();
        for &member in &self.members {
            self.position[member as usize] = OUTSIDE;
        }
        self.members.clear();
        self.coefficients.clear();
        self.means.clear();
        self.own.clear();
        self.curvature.clear();
        self.curvature.extend_from_slice(curvature);
        self.total = sum(curvature);
        self.add(design, kept.into_iter());
    }

    /// Makes features members, with their coefficients.
    pub fn add(&mut self, design: &Design, entrants: impl Iterator<Item = (u32, f64)>) {
        let first = self.members.len();
        for (feature, coefficient) in entrants {
            if self.position[feature as usize] == OUTSIDE {
                self.position[feature as usize] = self.members.len() as u32;
                self.members.push(feature);
                self.coefficients.push(coefficient);
            }
        }
        let count = self.members.len();
        if count == first {
            return;
        }
        if count > MOST_CROSSED {
            self.covariance = None;
        }
        let columns = design.columns();
        self.means.resize(count, 0.0);
        self.own.resize(count, 0.0);
        dots(columns, &self.members[first..], &self.curvature, &mut self.means[first..]);
        self.means[first..].iter_mut().for_each(|mean| *mean /= self.total);
        match &mut self.covariance {
            Some(covariance) => {
                self.scaled.clear();
                for (&member, &mean) in self.members[first..].iter().zip(&self.means[first..]) {
                    let column = columns.column(member as usize).iter().zip(&self.curvature);
                    self.scaled.extend(column.map(|(x, v)| Lane(std::array::from_fn(|l| v.0[l] * (x.0[l] - mean)))));
                }
                let scaled = Columns { lanes: &self.scaled, stride: columns.stride };
                covariance.extend(columns, &self.members, first, scaled);
                self.own[first..].iter_mut().enumerate().for_each(|(i, own)| *own = covariance.element(first + i, first + i));
            }
            None => naive::own(columns, &self.members[first..], &self.curvature, &self.means[first..], &mut self.own[first..]),
        }
    }

    /// Solves the quadratic problem from the present coefficients, which it moves; `residual` and `curvature` are those of the present
    /// fit. Passes go on until none of the members moves the linear predictor by more than `tolerance`, or `limit` is reached.
    pub fn solve(
        &mut self,
        design: &Design,
        residual: &[Lane],
        curvature: &[Lane],
        weight: impl Fn(usize) -> Weight,
        tolerance: f64,
        limit: usize,
    ) -> Move {
        let columns = design.columns();
        let total = sum(curvature);
        let factor = total / self.total;
        let excess = sum(residual);
        self.moves.clear();
        self.moves.extend_from_slice(&self.coefficients);
        self.weights.clear();
        self.weights.extend(self.members.iter().map(|&j| weight(j as usize)));
        let problem = Problem { weights: &self.weights, own: &self.own, factor, tolerance, limit };
        let passes = match &mut self.covariance {
            Some(covariance) => {
                self.gradient.resize(self.members.len(), 0.0);
                dots(columns, &self.members, residual, &mut self.gradient);
                self.gradient.iter_mut().zip(&self.means).for_each(|(q, mean)| *q -= excess * mean);
                covariance.solve(&problem, &self.gradient, &mut self.coefficients)
            }
            None => {
                let share = excess / self.total;
                self.scaled.clear();
                self.scaled.extend(
                    residual.iter().zip(&self.curvature).map(|(r, v)| Lane(std::array::from_fn(|l| r.0[l] - share * v.0[l]))),
                );
                let rows = naive::Rows { columns, members: &self.members, curvature: &self.curvature, means: &self.means };
                naive::solve(&problem, rows, &mut self.scaled, &mut self.coefficients)
            }
        };
        let mut step = Move { intercept: excess / total, size: excess * excess / total, passes };
        for (i, (moved, &now)) in self.moves.iter_mut().zip(&self.coefficients).enumerate() {
            *moved = now - *moved;
            step.intercept -= self.means[i] * *moved;
            step.size = step.size.max(factor * self.own[i] * *moved * *moved);
        }
        step
    }

    /// Takes back the part `1 - fraction` of the last move.
    pub fn shorten(&mut self, fraction: f64) {
        for (coefficient, moved) in self.coefficients.iter_mut().zip(&mut self.moves) {
            *coefficient -= (1.0 - fraction) * *moved;
            *moved *= fraction;
        }
    }
}
