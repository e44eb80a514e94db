//! The cut of a node's rows by one column.

use super::impurity::Sides;
use super::order::{Order, Visitor};
use super::ranked::{Rank, RankedColumn};
use rand::Rng;

/// A cut: ranks up to `rank` go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cut {
    pub(super) rank: u32,
    pub(super) edge: Edge,
    pub(super) purity: f64,
}

/// Where exactly a cut lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Edge {
    /// Midway to this rank.
    Before(u32),
    /// At this value.
    At(f64),
}

impl Cut {
    /// Values up to this go left. Values are looked up for the cut that is made, not for each that is considered.
    pub(super) fn threshold<R>(&self, column: &RankedColumn<R>) -> f64 {
        match self.edge {
            Edge::Before(next) => midpoint(column.values[self.rank as usize], column.values[next as usize]),
            Edge::At(threshold) => threshold,
        }
    }
}

/// A case as a tree sees it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Case {
    pub(super) weight: f64,
    pub(super) class: u32,
}

/// What a search needs to know of a node.
#[derive(Clone, Copy)]
pub(super) struct NodeRows<'a> {
    /// Its cases.
    pub(super) rows: &'a [u32],
    /// All cases of the tree.
    pub(super) cases: &'a [Case],
    /// Weight of each class in the node.
    pub(super) all: &'a [f64],
    /// Least cases on either side.
    pub(super) min_leaf: usize,
}

/// What a search found in a column.
pub(super) enum Found {
    /// One value only.
    Constant,
    /// Values, but no cut that leaves enough cases on both sides.
    Nothing,
    /// The cut.
    Cut(Cut),
}

/// The best cut, midway between two neighbouring values.
pub(super) fn best<R: Rank, S: Sides + Default>(
    column: &RankedColumn<R>,
    node: NodeRows,
    sides: &mut S,
    order: &mut Order,
) -> Found {
    sides.start(node.all);
    let scan = Scan { node, sides: std::mem::take(sides), passed: 0, last: None, best: None };
    let Scan { best, last, sides: used, .. } = order.visit(&column.rank, node.rows, scan);
    *sides = used;
    match best {
        Some((rank, next, purity)) => Found::Cut(Cut { rank, edge: Edge::Before(next), purity }),
        None if last == node.rows.first().map(|&row| column.rank[row as usize].index() as u32) => constant(column, node.rows),
        None => Found::Nothing,
    }
}

/// Tells a column with one value from one without a lawful cut.
fn constant<R: Rank>(column: &RankedColumn<R>, rows: &[u32]) -> Found {
    let rank = |row: &u32| column.rank[*row as usize].index();
    if rows.iter().all(|row| rank(row) == rank(&rows[0])) { Found::Constant } else { Found::Nothing }
}

struct Scan<'a, S> {
    node: NodeRows<'a>,
    sides: S,
    /// Cases on the left.
    passed: usize,
    last: Option<u32>,
    best: Option<(u32, u32, f64)>,
}

impl<S: Sides> Visitor for Scan<'_, S> {
    #[inline(always)]
    fn group(&mut self, rank: u32) {
        let least = self.node.min_leaf;
        if let Some(last) = self.last
            && self.passed >= least
            && self.node.rows.len() - self.passed >= least
        {
            let purity = self.sides.purity();
            if self.best.is_none_or(|(_, _, known)| purity > known) {
                self.best = Some((last, rank, purity));
            }
        }
        self.last = Some(rank);
    }

    #[inline(always)]
    fn case(&mut self, row: usize) {
        let Case { weight, class } = self.node.cases[row];
        self.sides.shift(class, weight);
        self.passed += 1;
    }
}

/// A cut drawn evenly between the least and the largest value in the node.
pub(super) fn random<R: Rank, S: Sides>(
    column: &RankedColumn<R>,
    node: NodeRows,
    sides: &mut S,
    generator: &mut impl Rng,
) -> Found {
    let rank = |row: u32| column.rank[row as usize].index();
    let (least, most) = node.rows.iter().fold((usize::MAX, 0), |(least, most), &row| (least.min(rank(row)), most.max(rank(row))));
    if least == most {
        return Found::Constant;
    }
    let (low, high) = (column.values[least], column.values[most]);
    let drawn = low + generator.r#gen::<f64>() * (high - low);
    let threshold = if drawn < high { drawn } else { low };
    let cut = column.values.partition_point(|&value| value <= threshold) - 1;
    sides.start(node.all);
    let mut passed = 0;
    for &row in node.rows.iter().filter(|&&row| rank(row) <= cut) {
        let Case { weight, class } = node.cases[row as usize];
        sides.shift(class, weight);
        passed += 1;
    }
    if passed < node.min_leaf || node.rows.len() - passed < node.min_leaf {
        return Found::Nothing;
    }
    Found::Cut(Cut { rank: cut as u32, edge: Edge::At(threshold), purity: sides.purity() })
}

/// Midway between two neighbouring values, or the lower one where rounding leaves no number between.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    if middle >= low && middle < high { middle } else { low }
}
