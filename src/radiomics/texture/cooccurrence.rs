//! The grey level co-occurrence matrix: how often two levels lie a given step apart.

use std::ops::Range;

use super::field::{Field, Offset};
use super::tally::{Cell, Tally};

/// A co-occurrence matrix by its cells that are not zero.
#[derive(Debug, Clone)]
pub(super) struct Cooccurrence {
    /// Weights of the pairs of levels (row, column). Of a symmetrical matrix, the cells with row ≤ column; a cell of it
    /// stands for the pairs seen both ways.
    pub cells: Vec<Cell>,
    pub symmetrical: bool,
    /// The highest level of the region, N_g.
    pub count: usize,
}

impl Cooccurrence {
    /// Counts the pairs along `offsets` in `slices`.
    pub fn count(field: &Field, slices: &Range<usize>, offsets: &[Offset], symmetrical: bool) -> Cooccurrence {
        let rows = field.rows(slices);
        let voxels: usize = rows.iter().map(|row| row.length).sum();
        let mut tally = Tally::new(field.count + 1, field.count + 1, voxels * offsets.len());
        for offset in offsets.iter().filter(|offset| field.within(offset)) {
            let shift = field.shift(offset);
            for row in rows {
                let pairs = field.neighbours(row, 0).iter().zip(field.neighbours(row, shift));
                tally.count(pairs.map(|(here, there)| (usize::from(*here), usize::from(*there))));
            }
        }
        let tally = if symmetrical { tally.folded() } else { tally };
        let cells = tally.cells().into_iter().filter(|cell| cell.column > 0).collect();
        Cooccurrence { cells, symmetrical, count: field.count }
    }

    /// The sum of matrices, each times its weight.
    pub fn weighted(matrices: Vec<(Cooccurrence, f64)>) -> Option<Cooccurrence> {
        let (symmetrical, count) = matrices.first().map(|(matrix, _)| (matrix.symmetrical, matrix.count))?;
        let cells = matrices
            .into_iter()
            .flat_map(|(matrix, weight)| matrix.cells.into_iter().map(move |cell| Cell { number: cell.number * weight, ..cell }));
        Some(Cooccurrence { cells: Cell::merged(cells.collect()), symmetrical, count })
    }
}
