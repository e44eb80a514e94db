//! The best cut of two classes whose weights are whole numbers: each case counts once, or as often as the bootstrap drew it. The weights
//! left of every cut are added up in half a word per cut, and then all cuts are judged several at a time.

use super::ranked::{Rank, RankedColumn};
use super::split::{Case, Cut, Edge, Found};
use pulp::{Arch, Simd, WithSimd};

/// Weights of class 0 and of class 1 are added up side by side, so many bits each.
const BITS: u32 = 16;
/// Reading all cases in the order of a column pays while the node holds at least one in so many.
const SHARE: usize = 2;

/// Working memory of one tree.
pub(super) struct Counted {
    /// What each case of the tree adds.
    each: Vec<u32>,
    /// The same for the cases of the node at hand, 0 for others.
    inside: Vec<u32>,
    /// A bit per rank; all clear between two uses.
    bits: Vec<u64>,
    /// Cases of the node in the order of a column (upper half), each with the sum up to it (lower half).
    sums: Vec<u64>,
    /// Purity of each cut, as bits: of positive numbers the larger has the larger bits, and whole numbers are compared several at a time.
    purity: Vec<u64>,
    arch: Arch,
}

impl Counted {
    /// For the rows of a tree; `None` where weights are not whole, or do not fit.
    pub(super) fn new(rows: &[u32], cases: &[Case]) -> Option<Self> {
        let weights = || rows.iter().map(|&row| cases[row as usize].weight);
        if weights().any(|weight| weight < 1.0 || weight.fract() != 0.0) || weights().sum::<f64>() >= f64::from(1u32 << BITS) {
            return None;
        }
        let word = |case: &Case| (case.weight as u32) << (BITS * (1 - case.class));
        Some(Counted {
            each: cases.iter().map(word).collect(),
            inside: vec![0; cases.len()],
            bits: vec![0; cases.len().div_ceil(64)],
            sums: vec![0; cases.len() + 1],
            purity: vec![0; cases.len()],
            arch: Arch::new(),
        })
    }

    /// Makes these rows the node at hand.
    pub(super) fn enter(&mut self, rows: &[u32]) {
        rows.iter().for_each(|&row| self.inside[row as usize] = self.each[row as usize]);
    }

    /// Clears the node at hand.
    pub(super) fn leave(&mut self, rows: &[u32]) {
        rows.iter().for_each(|&row| self.inside[row as usize] = 0);
    }

    /// The best cut of the node at hand, whose cases are `rows`, as [`super::split::best`] finds it; `None` where that is quicker.
    pub(super) fn best<R: Rank>(&mut self, column: &RankedColumn<R>, rows: &[u32], min_leaf: usize) -> Option<Found> {
        // With the widest instructions that this processor has; they round as the others do.
        self.arch.dispatch(Search { counted: self, column, rows, min_leaf })
    }

    #[inline(always)]
    fn search<R: Rank>(&mut self, column: &RankedColumn<R>, rows: &[u32], min_leaf: usize) -> Option<Found> {
        let ties = column.values.len() < column.order.len();
        if SHARE * rows.len() >= self.each.len() {
            self.read_all(column);
        } else if ties || self.bits.len() > 16 * rows.len() {
            return None;
        } else {
            self.read_marked(column, rows);
        }
        let sums = &self.sums[..rows.len()];
        let rank = |at: usize| column.rank[(sums[at] >> 32) as usize].index();
        if ties && rank(0) == rank(rows.len() - 1) {
            return Some(Found::Constant);
        }
        // The first `at + 1` cases go left.
        let first = min_leaf.max(1) - 1;
        let Some(cuts) = sums.get(first..rows.len() - 1 - first) else { return Some(Found::Nothing) };
        let purity = &mut self.purity[..cuts.len()];
        purities(cuts, sums[rows.len() - 1] as u32, purity);
        if ties {
            let tied = |at: &usize| rank(first + at) == rank(first + at + 1);
            (0..purity.len()).filter(tied).for_each(|at| purity[at] = 0);
        }
        let most = purity.iter().copied().max().filter(|&most| most > 0);
        let Some(at) = most.and_then(|most| purity.iter().position(|&purity| purity == most)) else {
            return Some(Found::Nothing);
        };
        let (last, next) = (rank(first + at) as u32, rank(first + at + 1) as u32);
        Some(Found::Cut(Cut { rank: last, edge: Edge::Before(next), purity: f64::from_bits(purity[at]) }))
    }

    /// Goes through all cases in the order of the column and keeps those of the node.
    #[inline(always)]
    fn read_all<R: Rank>(&mut self, column: &RankedColumn<R>) {
        let (mut sum, mut at) = (0, 0);
        for &case in &column.order {
            let own = self.inside[case.index()];
            sum += own;
            // The next case of the node overwrites what one outside of it has left here.
            self.sums[at] = (case.index() as u64) << 32 | u64::from(sum);
            at += usize::from(own > 0);
        }
    }

    /// Marks the ranks of the node's cases and reads the marks from the left. For columns without ties.
    #[inline(always)]
    fn read_marked<R: Rank>(&mut self, column: &RankedColumn<R>, rows: &[u32]) {
        for &row in rows {
            let rank = column.rank[row as usize].index();
            self.bits[rank / 64] |= 1 << (rank % 64);
        }
        let (mut sum, mut at) = (0, 0);
        for (base, word) in self.bits.iter_mut().enumerate() {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                let case = column.order[base * 64 + bits.trailing_zeros() as usize].index();
                bits &= bits - 1;
                sum += self.each[case];
                self.sums[at] = (case as u64) << 32 | u64::from(sum);
                at += 1;
            }
        }
    }
}

struct Search<'a, R> {
    counted: &'a mut Counted,
    column: &'a RankedColumn<R>,
    rows: &'a [u32],
    min_leaf: usize,
}

impl<R: Rank> WithSimd for Search<'_, R> {
    type Output = Option<Found>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Option<Found> {
        self.counted.search(self.column, self.rows, self.min_leaf)
    }
}

/// Gini's purity ([`super::impurity::GiniOfTwo`]) of each cut.
#[inline(always)]
fn purities(left: &[u64], all: u32, purity: &mut [u64]) {
    // A signed 32-bit number is the kind that every processor turns into doubles several at a time.
    let parts = |sum: u32| (f64::from((sum >> BITS) as i32), f64::from((sum & ((1 << BITS) - 1)) as i32));
    let (all_0, all_1) = parts(all);
    for (purity, &word) in purity.iter_mut().zip(left) {
        let (a, b) = parts(word as u32);
        let (c, d) = (all_0 - a, all_1 - b);
        let (left, right) = (a + b, c + d);
        *purity = (((a * a + b * b) * right + (c * c + d * d) * left) / (left * right)).to_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::super::impurity::GiniOfTwo;
    use super::super::order::Order;
    use super::super::ranked::Ranked;
    use super::super::split::{NodeRows, best};
    use super::*;
    use ndarray::Array2;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn it_finds_what_the_plain_search_finds() {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(2);
        let (mut read, mut cuts) = (0, 0);
        for round in 0..3000 {
            let n = generator.gen_range(2..300);
            // Continuous columns, columns with ties, constant ones.
            let levels = [u32::MAX, 40, 3, 1][round % 4];
            let x = Array2::from_shape_fn((n, 1), |_| f64::from(generator.gen_range(0..levels)));
            let ranked = Ranked::<u16>::new(x.view());
            let cases: Vec<Case> =
                (0..n).map(|_| Case { weight: f64::from(generator.gen_range(1..4)), class: generator.gen_range(0..2) }).collect();
            let all: Vec<u32> = (0..n as u32).collect();
            let mut counted = Counted::new(&all, &cases).unwrap();
            let share = generator.gen_range(0.02..1.0);
            let rows: Vec<u32> = all.iter().copied().filter(|_| generator.gen_bool(share)).collect();
            let min_leaf = generator.gen_range(1..6);
            if rows.len() < 2 * min_leaf {
                continue;
            }
            let weight =
                |class: u32| rows.iter().map(|&r| cases[r as usize]).filter(|c| c.class == class).map(|c| c.weight).sum();
            let node = NodeRows { rows: &rows, cases: &cases, all: &[weight(0), weight(1)], min_leaf };
            let plain = best(&ranked.columns[0], node, &mut GiniOfTwo::default(), &mut Order::new(n));
            counted.enter(&rows);
            let found = counted.best(&ranked.columns[0], &rows, min_leaf);
            counted.leave(&rows);
            assert!(counted.inside.iter().all(|&word| word == 0) && counted.bits.iter().all(|&word| word == 0));
            let Some(found) = found else { continue };
            read += 1;
            match (found, plain) {
                (Found::Cut(found), Found::Cut(plain)) => {
                    cuts += 1;
                    assert_eq!((found.rank, found.edge), (plain.rank, plain.edge), "round {round}");
                    assert_eq!(found.purity, plain.purity);
                }
                (Found::Constant, Found::Constant) | (Found::Nothing, Found::Nothing) => {}
                _ => panic!("round {round}: one search finds a cut, the other none"),
            }
        }
        assert!(read > 1500 && cuts > 1000, "{read} nodes, {cuts} cuts");
    }

    #[test]
    fn weights_that_are_not_whole_are_left_to_the_plain_search() {
        let case = |weight| Case { weight, class: 1 };
        assert!(Counted::new(&[0], &[case(0.5)]).is_none());
        assert!(Counted::new(&[0], &[case(0.0)]).is_none());
        assert!(Counted::new(&[0], &[case(70_000.0)]).is_none());
        assert!(Counted::new(&[0], &[case(2.0), case(0.5)]).is_some(), "a case outside of the bag does not matter");
    }
}
