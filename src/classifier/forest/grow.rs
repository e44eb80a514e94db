//! One tree from a bootstrap sample.

use super::Options;
use super::ranked::Ranked;
use super::split::{Cut, NodeRows, Search};
use super::tree::{Node, Tree};
use rand::Rng;

/// Grows trees on one set of ranked columns.
pub(super) struct Grower<'a> {
    ranked: &'a Ranked,
    class: &'a [usize],
    classes: usize,
    weights: &'a [f64],
    options: &'a Options,
}

/// A node that waits to be cut: its place in the arena, its rows as a range, its depth.
struct Waiting {
    node: usize,
    rows: std::ops::Range<usize>,
    depth: usize,
}

impl<'a> Grower<'a> {
    pub(super) fn new(ranked: &'a Ranked, class: &'a [usize], classes: usize, weights: &'a [f64], options: &'a Options) -> Self {
        Grower { ranked, class, classes, weights, options }
    }

    pub(super) fn grow(&self, bag: &[u32], generator: &mut impl Rng) -> Tree {
        let mut rows: Vec<u32> = (0..self.ranked.cases as u32).filter(|&i| bag[i as usize] > 0).collect();
        // Cases outside the bag belong to no node.
        let mut home = vec![u32::MAX; self.ranked.cases];
        rows.iter().for_each(|&i| home[i as usize] = 0);
        let mut tree = Tree { nodes: Vec::new(), shares: Vec::new(), classes: self.classes };
        let mut search = Search::new(self.ranked.cases, self.classes);
        let mut columns: Vec<u32> = (0..self.ranked.columns.len() as u32).collect();
        self.add(&mut tree, &rows, bag);
        let mut waiting = vec![Waiting { node: 0, rows: 0..rows.len(), depth: 0 }];
        while let Some(next) = waiting.pop() {
            let node = NodeRows {
                rows: &rows[next.rows.clone()],
                home: &home,
                node: next.node as u32,
                bag,
                class: self.class,
                weights: self.weights,
                min_leaf: self.options.min_leaf,
            };
            let deep = self.options.max_depth.is_some_and(|most| next.depth >= most);
            let cases: u32 = node.rows.iter().map(|&i| bag[i as usize]).sum();
            let small = (cases as usize) < self.options.min_split.max(2 * self.options.min_leaf);
            if deep || small || tree.nodes[next.node].impurity <= 1e-7 {
                continue;
            }
            let Some((column, cut)) = self.choose(&mut search, &mut columns, &node, generator) else { continue };
            let ranks = &self.ranked.columns[column as usize].rank;
            let middle = next.rows.start + partition(&mut rows[next.rows.clone()], |i| ranks[i as usize] <= cut.rank);
            let (left, right) = (next.rows.start..middle, middle..next.rows.end);
            let first = tree.nodes.len();
            self.add(&mut tree, &rows[left.clone()], bag);
            self.add(&mut tree, &rows[right.clone()], bag);
            rows[left.clone()].iter().for_each(|&i| home[i as usize] = first as u32);
            rows[right.clone()].iter().for_each(|&i| home[i as usize] = first as u32 + 1);
            let values = &self.ranked.columns[column as usize].values;
            let parent = &mut tree.nodes[next.node];
            parent.column = column;
            parent.threshold = midpoint(values[cut.rank as usize], values[cut.next as usize]);
            parent.left = first as u32;
            waiting.push(Waiting { node: first + 1, rows: right, depth: next.depth + 1 });
            waiting.push(Waiting { node: first, rows: left, depth: next.depth + 1 });
        }
        tree
    }

    /// The best cut over columns drawn without replacement. Columns that are constant in the node do not count towards the number of
    /// columns tried, so that a cut is found whenever there is one.
    fn choose(&self, search: &mut Search, columns: &mut [u32], node: &NodeRows, generator: &mut impl Rng) -> Option<(u32, Cut)> {
        let mut best: Option<(u32, Cut)> = None;
        let mut tried = 0;
        for at in 0..columns.len() {
            if tried >= self.options.columns {
                break;
            }
            columns.swap(at, generator.gen_range(at..columns.len()));
            let column = &self.ranked.columns[columns[at] as usize];
            if Search::is_constant(column, node.rows) {
                continue;
            }
            tried += 1;
            if let Some(cut) = search.best(column, node)
                && best.as_ref().is_none_or(|(_, known)| cut.purity > known.purity)
            {
                best = Some((columns[at], cut));
            }
        }
        best
    }

    fn add(&self, tree: &mut Tree, rows: &[u32], bag: &[u32]) {
        let start = tree.shares.len();
        tree.shares.resize(start + self.classes, 0.0);
        let shares = &mut tree.shares[start..];
        for &i in rows {
            let k = self.class[i as usize];
            shares[k] += f64::from(bag[i as usize]) * self.weights[k];
        }
        let cover: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= cover);
        let impurity = 1.0 - shares.iter().map(|share| share * share).sum::<f64>();
        tree.nodes.push(Node { column: 0, threshold: 0.0, left: 0, cover, impurity });
    }
}

/// Rows that stay left first, both parts in their old order; how many stay left.
fn partition(rows: &mut [u32], stays: impl Fn(u32) -> bool) -> usize {
    let mut right = Vec::with_capacity(rows.len());
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
    rows[left..].copy_from_slice(&right);
    left
}

/// Midway between two neighbouring values, or the lower one where rounding leaves no number between.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle >= low && middle < high { middle } else { low }
}
