//! Columns as ranks of their distinct values: cuts are found among ranks, and values matter only when a cut is written down.

use ndarray::ArrayView2;
use rayon::prelude::*;

/// One column.
pub(super) struct RankedColumn {
    /// Per case, the rank of its value among the distinct values.
    pub(super) rank: Vec<u32>,
    /// Cases in ascending order of their value.
    pub(super) order: Vec<u32>,
    /// The distinct values, ascending.
    pub(super) values: Vec<f64>,
}

/// All columns.
pub(super) struct Ranked {
    pub(super) columns: Vec<RankedColumn>,
    pub(super) cases: usize,
}

impl Ranked {
    pub(super) fn new(x: ArrayView2<f64>) -> Self {
        let columns = (0..x.ncols())
            .into_par_iter()
            .map(|j| {
                let column = x.column(j);
                let mut order: Vec<u32> = (0..x.nrows() as u32).collect();
                order.sort_unstable_by(|&a, &b| column[a as usize].total_cmp(&column[b as usize]).then(a.cmp(&b)));
                let mut rank = vec![0; x.nrows()];
                let mut values: Vec<f64> = Vec::new();
                for &i in &order {
                    let value = column[i as usize];
                    if values.last() != Some(&value) {
                        values.push(value);
                    }
                    rank[i as usize] = values.len() as u32 - 1;
                }
                RankedColumn { rank, order, values }
            })
            .collect();
        Ranked { columns, cases: x.nrows() }
    }
}
