//! Which columns a forest relies on.

use ndarray::ArrayView2;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::Forest;
use super::bag::{draw, generator};
use super::tree::Tree;
use crate::error::{Error, Result};

impl Forest {
    /// Impurity importance: the mean over trees of the decrease of impurity at a column's cuts, weighted by the share of cases and
    /// scaled to sum to 1. It favours columns with many values, and columns of noise get a share of it; permutation importance does not.
    pub fn importance(&self) -> Vec<f64> {
        let mut sum = vec![0.0; self.columns];
        for tree in &self.trees {
            let own = tree.importance(self.columns);
            let total: f64 = own.iter().sum();
            if total > 0.0 {
                sum.iter_mut().zip(&own).for_each(|(sum, x)| *sum += x / total);
            }
        }
        let total: f64 = sum.iter().sum();
        if total > 0.0 {
            sum.iter_mut().for_each(|x| *x /= total);
        }
        sum
    }

    /// Permutation importance: by how much the accuracy of a tree on the cases outside its bag falls when the values of a column are
    /// shuffled among them, averaged over the trees. `x` and `class` are those that the forest was grown on.
    ///
    /// # Errors
    /// [`Error::Usage`] for a forest without bootstrap, where no case is outside, or for other cases than it was grown on.
    ///
    /// # Reference
    /// Breiman, Machine Learning 2001;45:5, section 10.
    pub fn permutation_importance(&self, x: ArrayView2<f64>, class: &[usize]) -> Result<Vec<f64>> {
        if !self.options.bootstrap {
            return Err(Error::usage(
                "permutation importance needs a forest of bootstrap samples: without them no case is left out",
            ));
        }
        if x.dim() != (self.cases, self.columns) || class.len() != self.cases {
            return Err(Error::usage("permutation importance needs the cases and columns that the forest was grown on"));
        }
        let losses: Vec<Vec<(usize, f64)>> = (0..self.trees.len()).into_par_iter().map(|at| self.losses(at, x, class)).collect();
        let mut sum = vec![0.0; self.columns];
        losses.into_iter().flatten().for_each(|(column, loss)| sum[column] += loss);
        sum.iter_mut().for_each(|x| *x /= self.trees.len() as f64);
        Ok(sum)
    }

    /// For each column that tree `at` cuts: the part of the cases outside its bag that shuffling the column loses.
    fn losses(&self, at: usize, x: ArrayView2<f64>, class: &[usize]) -> Vec<(usize, f64)> {
        let tree = &self.trees[at];
        let (bag, _) = draw(&self.options, class, at);
        let outside: Vec<usize> = (0..self.cases).filter(|&case| bag[case] == 0).collect();
        if outside.is_empty() {
            return Vec::new();
        }
        let right = |from: &[usize], column: usize| {
            let value = |case: usize, other: usize| move |j: usize| x[[if j == column { other } else { case }, j]];
            let hits = outside.iter().zip(from).filter(|&(&case, &other)| named(tree, value(case, other)) == class[case]);
            hits.count() as f64
        };
        let before = right(&outside, usize::MAX);
        let mut columns: Vec<usize> =
            tree.nodes().iter().filter(|node| !node.is_leaf()).map(|node| node.column as usize).collect();
        columns.sort_unstable();
        columns.dedup();
        // Another part of the seed than any tree's.
        let mut generator = generator(!self.options.seed, at as u64);
        let mut shuffled = outside.clone();
        columns
            .into_iter()
            .map(|column| {
                shuffled.shuffle(&mut generator);
                (column, (before - right(&shuffled, column)) / outside.len() as f64)
            })
            .collect()
    }
}

/// The class that a tree names: the most frequent in the leaf, the first of equals.
fn named(tree: &Tree, value: impl Fn(usize) -> f64) -> usize {
    let shares = tree.leaf(value);
    shares.iter().enumerate().fold(0, |best, (k, &share)| if share > shares[best] { k } else { best })
}
