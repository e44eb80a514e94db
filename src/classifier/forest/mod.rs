//! Forests of classification trees, over plain arrays.
//!
//! A fit is a pure function of (data, options, seed): each tree has its own generator, so threads do not matter.
//!
//! | file | what it knows |
//! |---|---|
//! | `options` | what can be chosen |
//! | `ranked` | columns as ranks of their distinct values, once per fit |
//! | `bag` | the bootstrap sample of each tree |
//! | `order` | the cases of a node along a column, without sorting |
//! | `impurity`, `split` | the best, or a random, cut of a node's rows by one column |
//! | `counted` | the same best cut, faster, for two classes and large nodes |
//! | `grow` | one tree from a bootstrap sample |
//! | `tree` | a grown tree: nodes in an arena |
//! | `importance` | which columns a forest relies on |
//! | this file | many trees, probabilities, out-of-bag |

mod bag;
mod counted;
mod grow;
mod importance;
mod impurity;
mod options;
mod order;
mod ranked;
mod split;
mod tree;

pub use options::{Criterion, MaxFeatures, Options, Splitter};
pub use tree::{Node, Tree};

use crate::error::{Error, Result};
use grow::Grower;
use impurity::{Entropy, Gini, GiniOfTwo};
use ndarray::{Array2, ArrayView1, ArrayView2};
use ranked::{Rank, Ranked};
use rayon::prelude::*;

/// A fitted forest.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
    classes: usize,
    cases: usize,
    columns: usize,
    options: Options,
    /// Out-of-bag probabilities of the training cases, n × K; NaN where a case was in every bag.
    out_of_bag: Option<Array2<f64>>,
}

/// Grows a forest on `x` (cases × columns) for classes 0 … K−1. Probabilities of a leaf are its (weighted) class shares; those of the
/// forest their mean over trees. A cut lies midway between two neighbouring values.
///
/// # Errors
/// [`Error::Study`] for a missing value (impute first) or no case; [`Error::Usage`] for options that no tree can follow.
///
/// # Reference
/// Breiman, Machine Learning 2001;45:5. Geurts, Ernst, Wehenkel, Machine Learning 2006;63:3 (random cuts). Conventions of scikit-learn's
/// `RandomForestClassifier` and `ExtraTreesClassifier`, except that values are compared as doubles.
pub fn fit(x: ArrayView2<f64>, class: &[usize], classes: usize, options: &Options) -> Result<Forest> {
    options.check(classes)?;
    if let Some(gap) = x.iter().position(|value| !value.is_finite()) {
        let (row, column) = (gap / x.ncols() + 1, gap % x.ncols() + 1);
        return Err(Error::study(format!(
            "a forest needs columns without missing or infinite values (column {column}, training row {row} has one); add the transform `impute`"
        )));
    }
    if class.len() != x.nrows() || class.iter().any(|&k| k >= classes) {
        return Err(Error::numeric("one class below K is needed per case"));
    }
    if class.is_empty() {
        return Err(Error::study("a forest needs at least one case"));
    }
    let trees = if x.nrows() <= usize::from(u16::MAX) {
        grow::<u16>(x, class, classes, options)
    } else {
        grow::<u32>(x, class, classes, options)
    };
    let out_of_bag = options.bootstrap.then(|| out_of_bag(x, class, &trees, options, classes));
    Ok(Forest { trees, classes, cases: x.nrows(), columns: x.ncols(), options: options.clone(), out_of_bag })
}

fn grow<R: Rank>(x: ArrayView2<f64>, class: &[usize], classes: usize, options: &Options) -> Vec<Tree> {
    let ranked = Ranked::<R>::new(x);
    // Where there is a bootstrap, it is the draw that weighs the classes.
    let weights = options.class_weights.clone().filter(|_| !options.bootstrap).unwrap_or_else(|| vec![1.0; classes]);
    let grower = Grower { ranked: &ranked, class, classes, weights: &weights, options };
    let tree = |at| {
        let (bag, mut generator) = bag::draw(options, class, at);
        match options.criterion {
            Criterion::Gini if classes == 2 => grower.grow::<GiniOfTwo>(&bag, &mut generator),
            Criterion::Gini => grower.grow::<Gini>(&bag, &mut generator),
            Criterion::Entropy => grower.grow::<Entropy>(&bag, &mut generator),
        }
    };
    (0..options.trees).into_par_iter().map(tree).collect()
}

fn out_of_bag(x: ArrayView2<f64>, class: &[usize], trees: &[Tree], options: &Options, classes: usize) -> Array2<f64> {
    let mut sum = Array2::<f64>::zeros((x.nrows(), classes));
    let mut votes = vec![0.0; x.nrows()];
    for (at, tree) in trees.iter().enumerate() {
        let (bag, _) = bag::draw(options, class, at);
        for (case, _) in bag.iter().enumerate().filter(|(_, times)| **times == 0) {
            let row = x.row(case);
            sum.row_mut(case).iter_mut().zip(tree.leaf(|column| row[column])).for_each(|(sum, p)| *sum += p);
            votes[case] += 1.0;
        }
    }
    for (mut row, votes) in sum.rows_mut().into_iter().zip(votes) {
        row.mapv_inplace(|p| if votes > 0.0 { p / votes } else { f64::NAN });
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
}
