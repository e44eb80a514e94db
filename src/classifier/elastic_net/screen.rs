//! Which features may matter at the next penalty, without looking at all of them.
//!
//! # Definition
//! A feature stays out of the model while `|x_j' r| <= l1_j`. Residuals along a path resemble each other, so those of a few earlier
//! fits, `R`, whose products with every feature are known, say most of what the present one would:
//! `|x_j' r| <= |sum_m s_m x_j' R_m| + |x_j| |r - sum_m s_m R_m|`, with `s` by least squares. Features whose bound lies below the threshold
//! are out for certain; only the others are multiplied out. Nothing is guessed: a fit is the same with and without.

use super::design::Design;
use super::kernel::{Lane, dots};

/// Earlier residuals that are kept.
const REFERENCES: usize = 2;
/// Once more than this part of the features had to be multiplied out, all are, and the residual becomes a reference.
const RENEW: f64 = 0.25;

/// The products of the features with the residual: exact ones where they could matter, upper bounds elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    usable: Vec<u32>,
    references: Vec<Reference>,
    /// Features whose products were taken at the last call, and the products.
    close: Vec<u32>,
    products: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Reference {
    residual: Vec<Lane>,
    /// Per usable feature.
    products: Vec<f64>,
}

impl Screen {
    /// A screen over the features that vary.
    pub fn new(design: &Design) -> Self {
        let usable = (0..design.features() as u32).filter(|&j| design.length[j as usize] > 0.0).collect();
        Screen { usable, references: Vec::new(), close: Vec::new(), products: Vec::new() }
    }

    /// Finds the features with `|x_j' r| >= threshold(j)`, perhaps with some that are smaller; a feature without a threshold may be
    /// left out. `inverse` is one over the case weights.
    pub fn update(&mut self, design: &Design, residual: &[Lane], inverse: &[Lane], threshold: impl Fn(usize) -> Option<f64>) {
        self.close.clear();
        if let Some((share, rest)) = self.project(residual, inverse) {
            for (i, &j) in self.usable.iter().enumerate() {
                let known: f64 = self.references.iter().zip(&share).map(|(reference, s)| s * reference.products[i]).sum();
                let bound = known.abs() + rest * design.length[j as usize];
                // The slack is for rounding.
                if threshold(j as usize).is_some_and(|threshold| bound * (1.0 + 1e-9) + 1e-12 >= threshold) {
                    self.close.push(j);
                }
            }
            if (self.close.len() as f64) < RENEW * self.usable.len() as f64 {
                self.products.resize(self.close.len(), 0.0);
                dots(design.columns(), &self.close, residual, &mut self.products);
                return;
            }
        }
        self.close.clear();
        self.close.extend_from_slice(&self.usable);
        self.products.resize(self.close.len(), 0.0);
        dots(design.columns(), &self.close, residual, &mut self.products);
        if self.references.len() == REFERENCES {
            self.references.remove(0);
        }
        self.references.push(Reference { residual: residual.to_vec(), products: self.products.clone() });
    }

    /// The features that were multiplied out, with their products `x_j' r`.
    pub fn products(&self) -> impl Iterator<Item = (u32, f64)> {
        self.close.iter().copied().zip(self.products.iter().copied())
    }

    /// The shares of the references in `residual`, and the length of what they leave.
    fn project(&self, residual: &[Lane], inverse: &[Lane]) -> Option<([f64; REFERENCES], f64)> {
        let product = |a: &[Lane], b: &[Lane]| -> f64 {
            let mut total = [0.0; super::kernel::WIDTH];
            for ((a, b), w) in a.iter().zip(b).zip(inverse) {
                for (l, t) in total.iter_mut().enumerate() {
                    *t += a.0[l] * b.0[l] * w.0[l];
                }
            }
            total.iter().sum()
        };
        let share = match self.references.as_slice() {
            [] => return None,
            [only] => [product(&only.residual, residual) / product(&only.residual, &only.residual), 0.0],
            [first, second, ..] => {
                let (a, b) = (&first.residual, &second.residual);
                let (aa, ab, bb) = (product(a, a), product(a, b), product(b, b));
                let (ar, br) = (product(a, residual), product(b, residual));
                let determinant = aa * bb - ab * ab;
                if determinant > 1e-12 * aa * bb {
                    [(ar * bb - br * ab) / determinant, (br * aa - ar * ab) / determinant]
                } else {
                    [0.0, br / bb]
                }
            }
        };
        if share.iter().any(|s| !s.is_finite()) {
            return None;
        }
        let mut rest = 0.0;
        for (i, (r, w)) in residual.iter().zip(inverse).enumerate() {
            for l in 0..super::kernel::WIDTH {
                let known: f64 = self.references.iter().zip(&share).map(|(reference, s)| s * reference.residual[i].0[l]).sum();
                rest += (r.0[l] - known).powi(2) * w.0[l];
            }
        }
        Some((share, rest.sqrt()))
    }
}
