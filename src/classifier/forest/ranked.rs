//! Columns as ranks of their distinct values: cuts are found among ranks, and values matter only when a cut is written down.

use ndarray::ArrayView2;
use rayon::prelude::*;

/// A rank in as few bytes as the number of cases allows: half the bytes are half the time to fetch them.
pub(super) trait Rank: Copy + Send + Sync {
    /// From a number that fits.
    fn from_index(index: usize) -> Self;
    /// As a number.
    fn index(self) -> usize;
}

impl Rank for u16 {
    fn from_index(index: usize) -> Self {
        index as u16
    }
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Rank for u32 {
    fn from_index(index: usize) -> Self {
        index as u32
    }
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// One column.
pub(super) struct RankedColumn<R> {
    /// Per case, the rank of its value among the distinct values.
    pub(super) rank: Vec<R>,
    /// The distinct values, ascending.
    pub(super) values: Vec<f64>,
    /// The cases in ascending order.
    pub(super) order: Vec<R>,
}

/// All columns.
pub(super) struct Ranked<R> {
    pub(super) columns: Vec<RankedColumn<R>>,
    pub(super) cases: usize,
}

impl<R: Rank> Ranked<R> {
    pub(super) fn new(x: ArrayView2<f64>) -> Self {
        let columns = (0..x.ncols())
            .into_par_iter()
            .map(|j| {
                let mut sorted: Vec<(f64, u32)> = x.column(j).iter().copied().zip(0..).collect();
                sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                let mut rank = vec![R::from_index(0); x.nrows()];
                let mut values: Vec<f64> = Vec::with_capacity(sorted.len());
                let order = sorted.iter().map(|&(_, case)| R::from_index(case as usize)).collect();
                for (value, case) in sorted {
                    // Minus zero is zero.
                    if values.last().is_none_or(|&last| last != value) {
                        values.push(value);
                    }
                    rank[case as usize] = R::from_index(values.len() - 1);
                }
                RankedColumn { rank, values, order }
            })
            .collect();
        Ranked { columns, cases: x.nrows() }
    }
}
