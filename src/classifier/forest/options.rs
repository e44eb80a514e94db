//! What can be chosen about a forest.

use crate::error::{Error, Result};

/// What a cut is to make small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Criterion {
    /// `1 - sum_k share_k^2`.
    #[default]
    Gini,
    /// `-sum_k share_k log2 share_k`.
    Entropy,
}

/// Where a column is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Splitter {
    /// At its best place: a random forest.
    #[default]
    Best,
    /// At a place drawn between its least and its largest value in the node: extremely randomised trees.
    Random,
}

/// How many columns are tried at a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxFeatures {
    /// The square root of their number.
    Sqrt,
    /// Its binary logarithm.
    Log2,
    /// A part of them.
    Fraction(f64),
    /// So many.
    Count(usize),
}

impl MaxFeatures {
    /// Of `columns` columns: rounded down, at least one, at most all.
    pub fn count(self, columns: usize) -> usize {
        let p = columns as f64;
        let count = match self {
            MaxFeatures::Sqrt => p.sqrt() as usize,
            MaxFeatures::Log2 => p.log2() as usize,
            MaxFeatures::Fraction(part) => (part * p) as usize,
            MaxFeatures::Count(count) => count,
        };
        count.clamp(1, columns.max(1))
    }
}

/// How trees are grown.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Number of trees.
    pub trees: usize,
    /// Columns tried at a node ([`MaxFeatures::count`]). A column that is constant in the node counts, but the search goes on until one
    /// varies, as in scikit-learn.
    pub columns: usize,
    /// Least cases in a leaf; a case that the bootstrap drew twice is one.
    pub min_leaf: usize,
    /// Least cases in a node that is cut.
    pub min_split: usize,
    /// Largest depth; the root has depth 0.
    pub max_depth: Option<usize>,
    /// Draw a bootstrap sample per tree; otherwise every tree sees all cases.
    pub bootstrap: bool,
    /// Weight of each class: with bootstrap in the draw of cases, without in the trees; `None`: equal.
    pub class_weights: Option<Vec<f64>>,
    /// What a cut is to make small.
    pub criterion: Criterion,
    /// Where a column is cut.
    pub splitter: Splitter,
    /// Seed of all trees.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            trees: 500,
            columns: 1,
            min_leaf: 1,
            min_split: 2,
            max_depth: None,
            bootstrap: true,
            class_weights: None,
            criterion: Criterion::Gini,
            splitter: Splitter::Best,
            seed: 0,
        }
    }
}

impl Options {
    /// Refuses what no tree can follow.
    pub(super) fn check(&self, classes: usize) -> Result<()> {
        if self.trees == 0 || self.min_leaf == 0 || self.columns == 0 {
            return Err(Error::usage("a forest needs at least one tree, a leaf at least one case, and a node a column to try"));
        }
        if let Some(weights) = &self.class_weights {
            if weights.len() != classes {
                return Err(Error::usage(format!("{} class weights for {classes} classes", weights.len())));
            }
            if weights.iter().any(|weight| !(weight.is_finite() && *weight > 0.0)) {
                return Err(Error::usage("class weights must be finite and positive"));
            }
        }
        Ok(())
    }
}
