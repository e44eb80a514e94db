//! One tree from a bootstrap sample.

use super::counted::Counted;
use super::impurity::Sides;
use super::options::{Criterion, Options, Splitter};
use super::order::Order;
use super::ranked::{Rank, Ranked};
use super::split::{Case, Cut, Found, NodeRows, best, random};
use super::tree::{Node, Tree};
use rand::Rng;

/// A node with less impurity is a leaf.
const PURE: f64 = 1e-12;

/// Grows trees on one set of ranked columns.
pub(super) struct Grower<'a, R> {
    pub(super) ranked: &'a Ranked<R>,
    pub(super) class: &'a [usize],
    pub(super) classes: usize,
    pub(super) weights: &'a [f64],
    pub(super) options: &'a Options,
}

/// A node that waits to be cut: its place in the arena, its rows as a range, its depth.
struct Waiting {
    node: usize,
    rows: std::ops::Range<usize>,
    depth: usize,
}

/// What one tree needs while it grows.
struct Growing<S> {
    rows: Vec<u32>,
    cases: Vec<Case>,
    order: Order,
    sides: S,
    counted: Option<Counted>,
    columns: Vec<u32>,
    right: Vec<u32>,
}

impl<R: Rank> Grower<'_, R> {
    /// A tree on the cases of the bag, which says how often each is in it.
    pub(super) fn grow<S: Sides + Default>(&self, bag: &[u32], generator: &mut impl Rng) -> Tree {
        let case = |(&bag, &class): (&u32, &usize)| Case { weight: f64::from(bag) * self.weights[class], class: class as u32 };
        let cases: Vec<Case> = bag.iter().zip(self.class).map(case).collect();
        let rows: Vec<u32> = (0..self.ranked.cases as u32).filter(|&row| bag[row as usize] > 0).collect();
        let counts = S::COUNTED && self.options.splitter == Splitter::Best;
        let mut growing = Growing {
            counted: counts.then(|| Counted::new(&rows, &cases)).flatten(),
            rows,
            cases,
            order: Order::new(self.ranked.cases),
            sides: S::default(),
            columns: (0..self.ranked.columns.len() as u32).collect(),
            right: Vec::with_capacity(self.ranked.cases),
        };
        let mut tree = Tree { nodes: Vec::new(), shares: Vec::new(), classes: self.classes };
        let mut all = vec![0.0; self.classes];
        self.add(&mut tree, &growing.rows, &growing.cases);
        let mut waiting = vec![Waiting { node: 0, rows: 0..growing.rows.len(), depth: 0 }];
        while let Some(next) = waiting.pop() {
            let deep = self.options.max_depth.is_some_and(|most| next.depth >= most);
            let small = next.rows.len() < self.options.min_split.max(2 * self.options.min_leaf);
            if deep || small || tree.nodes[next.node].impurity <= PURE {
                continue;
            }
            weigh(&growing.rows[next.rows.clone()], &growing.cases, &mut all);
            let Some((column, cut)) = self.choose(&mut growing, next.rows.clone(), &all, generator) else { continue };
            let chosen = &self.ranked.columns[column as usize];
            let (rank, threshold) = (&chosen.rank, cut.threshold(chosen));
            let stays = |row: u32| rank[row as usize].index() <= cut.rank as usize;
            let middle = next.rows.start + partition(&mut growing.rows[next.rows.clone()], &mut growing.right, stays);
            let (left, right) = (next.rows.start..middle, middle..next.rows.end);
            let first = tree.nodes.len();
            self.add(&mut tree, &growing.rows[left.clone()], &growing.cases);
            self.add(&mut tree, &growing.rows[right.clone()], &growing.cases);
            let parent = &mut tree.nodes[next.node];
            (parent.column, parent.threshold, parent.left) = (column, threshold, first as u32);
            waiting.push(Waiting { node: first + 1, rows: right, depth: next.depth + 1 });
            waiting.push(Waiting { node: first, rows: left, depth: next.depth + 1 });
        }
        tree
    }

    /// The best cut over columns drawn without replacement.
    fn choose<S: Sides + Default>(
        &self,
        growing: &mut Growing<S>,
        rows: std::ops::Range<usize>,
        all: &[f64],
        generator: &mut impl Rng,
    ) -> Option<(u32, Cut)> {
        let Growing { rows: every, cases, order, sides, columns, counted, .. } = growing;
        let node = NodeRows { rows: &every[rows], cases, all, min_leaf: self.options.min_leaf };
        if let Some(counted) = counted {
            counted.enter(node.rows);
        }
        let mut chosen: Option<(u32, Cut)> = None;
        let mut varied = false;
        for at in 0..columns.len() {
            if at >= self.options.columns && varied {
                break;
            }
            let drawn = generator.gen_range(at..columns.len());
            columns.swap(at, drawn);
            let column = &self.ranked.columns[columns[at] as usize];
            let counts = counted.as_mut().and_then(|counted| counted.best(column, node.rows, node.min_leaf));
            let found = counts.unwrap_or_else(|| match self.options.splitter {
                Splitter::Best => best(column, node, sides, order),
                Splitter::Random => random(column, node, sides, generator),
            });
            varied |= !matches!(found, Found::Constant);
            if let Found::Cut(cut) = found
                && chosen.as_ref().is_none_or(|(_, known)| cut.purity > known.purity)
            {
                chosen = Some((columns[at], cut));
            }
        }
        if let Some(counted) = counted {
            counted.leave(node.rows);
        }
        chosen
    }

    /// Adds a node of these rows, for now a leaf.
    fn add(&self, tree: &mut Tree, rows: &[u32], cases: &[Case]) {
        let start = tree.shares.len();
        tree.shares.resize(start + self.classes, 0.0);
        let shares = &mut tree.shares[start..];
        weigh(rows, cases, shares);
        let cover: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= cover);
        let impurity = match self.options.criterion {
            Criterion::Gini => 1.0 - shares.iter().map(|share| share * share).sum::<f64>(),
            Criterion::Entropy => -shares.iter().filter(|share| **share > 0.0).map(|share| share * share.log2()).sum::<f64>(),
        };
        tree.nodes.push(Node { column: 0, threshold: 0.0, left: 0, cover, impurity });
    }
}

/// The weight of each class among the rows.
fn weigh(rows: &[u32], cases: &[Case], weights: &mut [f64]) {
    weights.fill(0.0);
    for &row in rows {
        let case = cases[row as usize];
        weights[case.class as usize] += case.weight;
    }
}

/// Rows that stay left first, both parts in their old order; how many stay left.
fn partition(rows: &mut [u32], right: &mut Vec<u32>, stays: impl Fn(u32) -> bool) -> usize {
    right.clear();
    let mut left = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        if stays(row) {
            rows[left] = row;
            left += 1;
        } else {
            right.push(row);
        }
    }
    rows[left..].copy_from_slice(right);
    left
}
