//! An outcome and what the linear predictors make of it: residuals and curvatures of the logistic likelihood.

use super::kernel::{Lane, WIDTH, lanes, pack, zeros};

/// What a solver needs to know about the outcome. Rows are in lanes; weights sum to one, and are zero in the padding.
pub(super) trait Likelihood {
    /// Linear predictor `k`; after a change, [`Likelihood::update`] must follow.
    fn predictor(&mut self, k: usize) -> &mut [Lane];

    /// Brings residuals and curvatures to the linear predictors.
    fn update(&mut self);

    /// `w (y_k - p_k)`: the slope of the log-likelihood in predictor `k`.
    fn residual(&self, k: usize) -> &[Lane];

    /// `w p_k (1 - p_k)`.
    fn curvature(&self, k: usize) -> &[Lane];

    /// One over the case weights.
    fn inverse(&self) -> &[Lane];

    /// `-2 log-likelihood` per unit of weight.
    fn deviance(&self) -> f64;
}

/// Two classes, one linear predictor: the log odds of an event.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    event: Vec<Lane>,
    weight: Vec<Lane>,
    inverse: Vec<Lane>,
    predictor: Vec<Lane>,
    residual: Vec<Lane>,
    curvature: Vec<Lane>,
}

impl Binary {
    /// `event` is 0 or 1. The linear predictor starts at `intercept`.
    pub fn new(event: &[f64], weights: &[f64], intercept: f64) -> Self {
        let n = event.len();
        let mut response = Binary {
            event: pack(event),
            weight: pack(weights),
            inverse: pack(&weights.iter().map(|w| 1.0 / w).collect::<Vec<_>>()),
            predictor: vec![Lane([intercept; WIDTH]); lanes(n)],
            residual: zeros(n),
            curvature: zeros(n),
        };
        response.update();
        response
    }
}

impl Likelihood for Binary {
    fn predictor(&mut self, _: usize) -> &mut [Lane] {
        &mut self.predictor
    }

    fn update(&mut self) {
        for i in 0..self.predictor.len() {
            for l in 0..WIDTH {
                let (w, eta) = (self.weight[i].0[l], self.predictor[i].0[l]);
                // The smaller of p and 1 - p keeps its digits where the other rounds to one.
                let odds = (-eta.abs()).exp();
                let larger = 1.0 / (1.0 + odds);
                let smaller = odds * larger;
                let p = if eta >= 0.0 { larger } else { smaller };
                self.residual[i].0[l] = w * (self.event[i].0[l] - p);
                self.curvature[i].0[l] = w * larger * smaller;
            }
        }
    }

    fn residual(&self, _: usize) -> &[Lane] {
        &self.residual
    }

    fn curvature(&self, _: usize) -> &[Lane] {
        &self.curvature
    }

    fn inverse(&self) -> &[Lane] {
        &self.inverse
    }

    fn deviance(&self) -> f64 {
        let mut total = 0.0;
        for ((y, w), eta) in self.event.iter().zip(&self.weight).zip(&self.predictor) {
            for l in 0..WIDTH {
                let eta = eta.0[l];
                total += w.0[l] * (eta.max(0.0) + (-eta.abs()).exp().ln_1p() - y.0[l] * eta);
            }
        }
        2.0 * total
    }
}

/// K classes, K linear predictors, of which only differences count: `p_k = exp(eta_k) / sum_m exp(eta_m)`.
#[derive(Debug, Clone)]
pub(super) struct Multinomial {
    /// 1 where a row is of the class.
    indicator: Vec<Vec<Lane>>,
    weight: Vec<Lane>,
    inverse: Vec<Lane>,
    predictor: Vec<Vec<Lane>>,
    residual: Vec<Vec<Lane>>,
    curvature: Vec<Vec<Lane>>,
}

impl Multinomial {
    /// `class` holds indices below the number of `intercepts`, from which the linear predictors start.
    pub fn new(class: &[usize], weights: &[f64], intercepts: &[f64]) -> Self {
        let (n, classes) = (class.len(), intercepts.len());
        let indicator = |k| pack(&class.iter().map(|&c| f64::from(u8::from(c == k))).collect::<Vec<_>>());
        let mut response = Multinomial {
            indicator: (0..classes).map(indicator).collect(),
            weight: pack(weights),
            inverse: pack(&weights.iter().map(|w| 1.0 / w).collect::<Vec<_>>()),
            predictor: intercepts.iter().map(|&intercept| vec![Lane([intercept; WIDTH]); lanes(n)]).collect(),
            residual: vec![zeros(n); classes],
            curvature: vec![zeros(n); classes],
        };
        response.update();
        response
    }

    /// The largest linear predictor of each row of lane `i`.
    fn top(&self, i: usize) -> [f64; WIDTH] {
        std::array::from_fn(|l| self.predictor.iter().map(|predictor| predictor[i].0[l]).fold(f64::NEG_INFINITY, f64::max))
    }

    /// A bound of the curvature in any direction of the K predictors, `2 w max_k p_k (1 - p_k)` (Gershgorin).
    pub fn bound(&self, out: &mut Vec<Lane>) {
        out.clear();
        out.extend((0..self.weight.len()).map(|i| {
            Lane(std::array::from_fn(|l| 2.0 * self.curvature.iter().map(|curvature| curvature[i].0[l]).fold(0.0, f64::max)))
        }));
    }
}

impl Likelihood for Multinomial {
    fn predictor(&mut self, k: usize) -> &mut [Lane] {
        &mut self.predictor[k]
    }

    fn update(&mut self) {
        for i in 0..self.weight.len() {
            let top = self.top(i);
            let w = self.weight[i].0;
            let mut total = [0.0; WIDTH];
            for (predictor, residual) in self.predictor.iter().zip(&mut self.residual) {
                for l in 0..WIDTH {
                    residual[i].0[l] = (predictor[i].0[l] - top[l]).exp();
                    total[l] += residual[i].0[l];
                }
            }
            for ((residual, curvature), indicator) in self.residual.iter_mut().zip(&mut self.curvature).zip(&self.indicator) {
                for l in 0..WIDTH {
                    let p = residual[i].0[l] / total[l];
                    curvature[i].0[l] = w[l] * p * (total[l] - residual[i].0[l]) / total[l];
                    residual[i].0[l] = w[l] * (indicator[i].0[l] - p);
                }
            }
        }
    }

    fn residual(&self, k: usize) -> &[Lane] {
        &self.residual[k]
    }

    fn curvature(&self, k: usize) -> &[Lane] {
        &self.curvature[k]
    }

    fn inverse(&self) -> &[Lane] {
        &self.inverse
    }

    fn deviance(&self) -> f64 {
        let mut sum = 0.0;
        for i in 0..self.weight.len() {
            let top = self.top(i);
            #[allow(clippy::needless_range_loop)] // The lane indexes every array alike.
            for l in 0..WIDTH {
                let total: f64 = self.predictor.iter().map(|predictor| (predictor[i].0[l] - top[l]).exp()).sum();
                let own: f64 = self.predictor.iter().zip(&self.indicator).map(|(eta, y)| y[i].0[l] * eta[i].0[l]).sum();
                sum += self.weight[i].0[l] * (top[l] + total.ln() - own);
            }
        }
        2.0 * sum
    }
}
