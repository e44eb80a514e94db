//! Forests of classification trees, over plain arrays.
//!
//! A fit is a pure function of (data, options, seed): each tree has its own generator, so threads do not matter.
//!
//! | file | what it knows |
//! |---|---|
//! | [`ranked`] | columns as ranks of their distinct values, once per fit |
//! | [`split`] | the best cut of a node's rows by one column |
//! | [`grow`] | one tree from a bootstrap sample |
//! | [`tree`] | a grown tree: nodes in an arena |
//! | this file | options, many trees, probabilities, importance, out-of-bag |

mod grow;
mod ranked;
mod split;
mod tree;

pub use tree::{Node, Tree};

use crate::error::{Error, Result};
use grow::Grower;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use ranked::Ranked;
use rayon::prelude::*;

/// How trees are grown.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Number of trees.
    pub trees: usize,
    /// Columns tried at a node; at least one that varies is always found if there is one, as scikit-learn does.
    pub columns: usize,
    /// Least cases (bootstrap repeats counted) in a leaf.
    pub min_leaf: usize,
    /// Least cases in a node that is cut.
    pub min_split: usize,
    /// Largest depth; the root has depth 0.
    pub max_depth: Option<usize>,
    /// Draw a bootstrap sample per tree; otherwise every tree sees all cases.
    pub bootstrap: bool,
    /// Weight of each class; `None`: equal.
    pub class_weights: Option<Vec<f64>>,
    /// Seed of all trees.
    pub seed: u64,
}

/// A fitted forest.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
    classes: usize,
    columns: usize,
    /// Out-of-bag probabilities of the training cases, n × K; NaN where a case was in every bag.
    out_of_bag: Option<Array2<f64>>,
}

/// Grows a forest on `x` (cases × columns) for classes 0 … K−1. Probabilities of a leaf are its (weighted) class shares; those of the
/// forest their mean over trees. Splits minimise the Gini impurity; a cut lies midway between two neighbouring values.
///
/// # Errors
/// [`Error::Study`] for a missing value (impute first); [`Error::Usage`] for options that no tree can follow.
///
/// # Reference
/// Breiman, Machine Learning 2001;45:5. Conventions of scikit-learn's `RandomForestClassifier`.
pub fn fit(x: ArrayView2<f64>, class: &[usize], classes: usize, options: &Options) -> Result<Forest> {
    if options.trees == 0 || options.min_leaf == 0 {
        return Err(Error::usage("a forest needs at least one tree, and a leaf at least one case"));
    }
    if x.iter().any(|value| !value.is_finite()) {
        return Err(Error::study("a forest needs columns without missing or infinite values; add the transform `impute`"));
    }
    if class.len() != x.nrows() || class.iter().any(|&k| k >= classes) {
        return Err(Error::numeric("one class below K is needed per case"));
    }
    let ranked = Ranked::new(x);
    let weights = options.class_weights.clone().unwrap_or_else(|| vec![1.0; classes]);
    let grown: Vec<(Tree, Vec<u32>)> = (0..options.trees)
        .into_par_iter()
        .map(|at| {
            let mut generator = tree_generator(options.seed, at);
            let mut bag = vec![1; class.len()];
            if options.bootstrap {
                bag.iter_mut().for_each(|n| *n = 0);
                (0..class.len()).for_each(|_| bag[generator.gen_range(0..class.len())] += 1);
            }
            let tree = Grower::new(&ranked, class, classes, &weights, options).grow(&bag, &mut generator);
            (tree, bag)
        })
        .collect();
    let out_of_bag = options.bootstrap.then(|| out_of_bag(x, &grown, classes));
    Ok(Forest { trees: grown.into_iter().map(|(tree, _)| tree).collect(), classes, columns: x.ncols(), out_of_bag })
}

fn tree_generator(seed: u64, tree: usize) -> Xoshiro256PlusPlus {
    // SplitMix64 of the tree's number spreads neighbouring seeds apart.
    let mut z = seed.wrapping_add((tree as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    Xoshiro256PlusPlus::seed_from_u64(z ^ (z >> 31))
}

fn out_of_bag(x: ArrayView2<f64>, grown: &[(Tree, Vec<u32>)], classes: usize) -> Array2<f64> {
    let mut sum = Array2::zeros((x.nrows(), classes));
    for (i, row) in x.rows().into_iter().enumerate() {
        let mut trees = 0.0;
        for (tree, _) in grown.iter().filter(|(_, bag)| bag[i] == 0) {
            let leaf = tree.leaf(|column| row[column]);
            sum.row_mut(i).iter_mut().zip(leaf).for_each(|(sum, p)| *sum += p);
            trees += 1.0;
        }
        sum.row_mut(i).mapv_inplace(|p: f64| if trees > 0.0 { p / trees } else { f64::NAN });
    }
    sum
}

impl Forest {
    /// Class probabilities of one case.
    pub fn probabilities(&self, case: ArrayView1<f64>) -> Vec<f64> {
        let mut mean = vec![0.0; self.classes];
        for tree in &self.trees {
            mean.iter_mut().zip(tree.leaf(|column| case[column])).for_each(|(sum, p)| *sum += p);
        }
        mean.iter_mut().for_each(|p| *p /= self.trees.len() as f64);
        mean
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Out-of-bag probabilities of the training cases; NaN where a case was in every bag. `None` without bootstrap.
    pub fn out_of_bag(&self) -> Option<&Array2<f64>> {
        self.out_of_bag.as_ref()
    }

    /// Impurity importance: the mean over trees of the decrease of Gini impurity at a column's cuts, weighted by the share of cases
    /// and scaled to sum to 1 per tree. It favours columns with many values; permutation importance does not.
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
}
