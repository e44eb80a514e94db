//! The best cut of a node's rows by one column.
//!
//! Cumulative class weights are laid out along the column's ascending values; then the gain of all cuts is computed in one pass that the
//! compiler vectorises. Large nodes take the column's global order and skip foreign cases; small ones sort their own.

use super::ranked::RankedColumn;

/// A cut: ranks up to `rank` go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut {
    pub(super) rank: u32,
    /// The next rank that occurs in the node, for the midpoint.
    pub(super) next: u32,
    /// Σ_k left_k² / left + Σ_k right_k² / right: the larger, the purer the children.
    pub(super) purity: f64,
}

/// Working memory of a search, used again for every node and column.
pub(super) struct Search {
    /// (rank, case) of the node's cases.
    pairs: Vec<u64>,
    ranks: Vec<u32>,
    /// Cumulative cases (bag counts), for the least leaf.
    cases: Vec<f32>,
    /// Cumulative weight, and cumulative weight of each class but the first.
    total: Vec<f32>,
    class: Vec<Vec<f32>>,
    purity: Vec<f32>,
}

/// What a search needs to know of a node.
pub(super) struct NodeRows<'a> {
    /// Its cases.
    pub(super) rows: &'a [u32],
    /// For every case of the tree, the node that holds it.
    pub(super) home: &'a [u32],
    /// This node.
    pub(super) node: u32,
    /// Per case: how often it is in the bag.
    pub(super) bag: &'a [u32],
    /// Per case: its class.
    pub(super) class: &'a [usize],
    /// Per class: its weight.
    pub(super) weights: &'a [f64],
    /// Least cases in a leaf.
    pub(super) min_leaf: usize,
}

impl Search {
    pub(super) fn new(cases: usize, classes: usize) -> Self {
        Search {
            pairs: Vec::with_capacity(cases),
            ranks: Vec::with_capacity(cases),
            cases: Vec::with_capacity(cases),
            total: Vec::with_capacity(cases),
            class: vec![Vec::with_capacity(cases); classes - 1],
            purity: Vec::with_capacity(cases),
        }
    }

    /// The best cut by `column`, if the column varies in the node and a cut leaves enough cases on both sides.
    pub(super) fn best(&mut self, column: &RankedColumn, node: &NodeRows) -> Option<Cut> {
        self.lay_out(column, node);
        let last = self.ranks.len() - 1;
        if self.ranks[0] == self.ranks[last] {
            return None;
        }
        self.rate(last);
        let (all, least) = (self.cases[last], node.min_leaf as f32);
        let mut best: Option<usize> = None;
        for at in 0..last {
            let allowed = self.ranks[at] != self.ranks[at + 1] && self.cases[at] >= least && all - self.cases[at] >= least;
            if allowed && best.is_none_or(|known| self.purity[at] > self.purity[known]) {
                best = Some(at);
            }
        }
        best.map(|at| Cut { rank: self.ranks[at], next: self.ranks[at + 1], purity: f64::from(self.purity[at]) })
    }

    /// Whether the column has one value only in the node.
    pub(super) fn is_constant(column: &RankedColumn, rows: &[u32]) -> bool {
        let first = column.rank[rows[0] as usize];
        rows.iter().all(|&i| column.rank[i as usize] == first)
    }

    fn lay_out(&mut self, column: &RankedColumn, node: &NodeRows) {
        self.ranks.clear();
        self.cases.clear();
        self.total.clear();
        self.class.iter_mut().for_each(Vec::clear);
        let n = node.rows.len();
        let (mut cases, mut total) = (0.0f32, 0.0f32);
        let mut sums = [0.0f32; 16];
        let mut many = if self.class.len() > 16 { vec![0.0f32; self.class.len()] } else { Vec::new() };
        let mut push = |this: &mut Self, i: usize| {
            let k = node.class[i];
            let count = node.bag[i] as f32;
            let weight = count * node.weights[k] as f32;
            cases += count;
            total += weight;
            this.ranks.push(column.rank[i]);
            this.cases.push(cases);
            this.total.push(total);
            for (c, cumulative) in this.class.iter_mut().enumerate() {
                let sum = if many.is_empty() { &mut sums[c] } else { &mut many[c] };
                *sum += if c + 1 == k { weight } else { 0.0 };
                cumulative.push(*sum);
            }
        };
        // Sorting n pairs costs about n log n steps, walking the global order as many as there are cases.
        if n * (usize::BITS - n.leading_zeros()) as usize > column.order.len() {
            for &i in &column.order {
                if node.home[i as usize] == node.node {
                    push(self, i as usize);
                }
            }
        } else {
            let mut pairs = std::mem::take(&mut self.pairs);
            pairs.clear();
            pairs.extend(node.rows.iter().map(|&i| u64::from(column.rank[i as usize]) << 32 | u64::from(i)));
            pairs.sort_unstable();
            pairs.iter().for_each(|&pair| push(self, pair as u32 as usize));
            self.pairs = pairs;
        }
    }

    /// Purity of the cut after each position.
    fn rate(&mut self, last: usize) {
        self.purity.clear();
        self.purity.resize(last, 0.0);
        let all = self.total[last];
        let total = &self.total[..last];
        // The first class's weight is what the others leave.
        let mut squares_left = vec![0.0f32; 0];
        if self.class.len() == 1 {
            let (one, whole) = (&self.class[0][..last], self.class[0][last]);
            for ((purity, &left), &event) in self.purity.iter_mut().zip(total).zip(one) {
                let right = all - left;
                let (other, event_right) = (left - event, whole - event);
                let other_right = right - event_right;
                *purity =
                    (event * event + other * other) / left + (event_right * event_right + other_right * other_right) / right;
            }
            return;
        }
        squares_left.resize(2 * last, 0.0);
        let (left_squares, right_squares) = squares_left.split_at_mut(last);
        let mut first_left = total.to_vec();
        let mut first_all = all;
        for class in &self.class {
            let whole = class[last];
            first_all -= whole;
            for at in 0..last {
                let (here, there) = (class[at], whole - class[at]);
                left_squares[at] += here * here;
                right_squares[at] += there * there;
                first_left[at] -= here;
            }
        }
        for at in 0..last {
            let (here, there) = (first_left[at], first_all - first_left[at]);
            let (left, right) = (total[at], all - total[at]);
            self.purity[at] = (left_squares[at] + here * here) / left + (right_squares[at] + there * there) / right;
        }
    }
}
