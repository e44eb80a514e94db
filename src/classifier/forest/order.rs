//! The cases of a node in ascending order of a column, without sorting: each case marks its rank in a bit map, and the set bits are read
//! from the left. Cases of one rank are chained.

use super::ranked::Rank;

/// End of a chain.
const NONE: u32 = u32::MAX;

/// Working memory, used again for every node and column; all bits are clear between two uses.
pub(super) struct Order {
    bits: Vec<u64>,
    /// Per rank: the last case that marked it.
    head: Vec<u32>,
    /// Per case: the case that marked the same rank before.
    next: Vec<u32>,
    pairs: Vec<u64>,
}

impl Order {
    pub(super) fn new(cases: usize) -> Self {
        Order { bits: vec![0; cases.div_ceil(64)], head: vec![NONE; cases], next: vec![NONE; cases], pairs: Vec::new() }
    }

    /// Calls `group` with each rank that occurs among `rows`, ascending, and then `case` with each of its cases. The visitor comes and goes
    /// by value: one that nobody else has a reference to is kept in registers.
    #[inline(always)]
    pub(super) fn visit<R: Rank, V: Visitor>(&mut self, rank: &[R], rows: &[u32], mut visitor: V) -> V {
        // Reading an empty word is quick, but a small node of a large cohort would read little else.
        if self.bits.len() > 16 * rows.len() {
            return self.visit_sorted(rank, rows, visitor);
        }
        for &row in rows {
            let at = rank[row as usize].index();
            let (word, bit) = (&mut self.bits[at / 64], 1u64 << (at % 64));
            self.next[row as usize] = if *word & bit == 0 { NONE } else { self.head[at] };
            *word |= bit;
            self.head[at] = row;
        }
        for (base, word) in self.bits.iter_mut().enumerate() {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                let at = base * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                visitor.group(at as u32);
                let mut row = self.head[at];
                while row != NONE {
                    visitor.case(row as usize);
                    row = self.next[row as usize];
                }
            }
        }
        visitor
    }

    #[inline(never)]
    fn visit_sorted<R: Rank, V: Visitor>(&mut self, rank: &[R], rows: &[u32], mut visitor: V) -> V {
        self.pairs.clear();
        self.pairs.extend(rows.iter().map(|&row| (rank[row as usize].index() as u64) << 32 | u64::from(row)));
        self.pairs.sort_unstable();
        let mut last = None;
        for &pair in &self.pairs {
            let at = (pair >> 32) as u32;
            if last != Some(at) {
                visitor.group(at);
                last = Some(at);
            }
            visitor.case(pair as u32 as usize);
        }
        visitor
    }
}

/// What is done with cases in order.
pub(super) trait Visitor {
    /// The cases that follow have this rank.
    fn group(&mut self, rank: u32);
    /// A case.
    fn case(&mut self, row: usize);
}
