//! Counting how often two small numbers come together, in a table where that is small and in a list where it is not.

/// Counts of pairs (row, column). Row 0 is outside the region and is forgotten.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    columns: usize,
    store: Store,
}

#[derive(Debug, Clone)]
enum Store {
    Table(Vec<u32>),
    List(Vec<u64>),
}

/// A pair that occurs, and how often.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    pub row: u32,
    pub column: u32,
    pub number: f64,
}

impl Cell {
    /// One cell for each pair, in order.
    pub fn merged(mut cells: Vec<Cell>) -> Vec<Cell> {
        // A stable sort keeps the order of equal pairs, so that sums do not depend on how sorting went.
        cells.sort_by_key(|cell| (cell.row, cell.column));
        cells
            .chunk_by(|a, b| (a.row, a.column) == (b.row, b.column))
            .map(|equal| Cell { number: equal.iter().map(|cell| cell.number).sum(), ..equal[0] })
            .collect()
    }
}

impl Tally {
    /// For rows and columns below these numbers. A table is taken only where it is not much larger than the number of pairs
    /// expected, so that memory follows the region and not the square of its levels.
    pub fn new(rows: usize, columns: usize, expected: usize) -> Tally {
        let store = match rows.saturating_mul(columns) <= expected.saturating_mul(4).max(1 << 14) {
            true => Store::Table(vec![0; rows * columns]),
            false => Store::List(Vec::new()),
        };
        Tally { columns, store }
    }

    /// Counts pairs.
    #[inline(always)]
    pub fn count(&mut self, pairs: impl Iterator<Item = (usize, usize)>) {
        match &mut self.store {
            Store::Table(table) => pairs.for_each(|(row, column)| table[row * self.columns + column] += 1),
            Store::List(list) => {
                list.extend(pairs.filter(|(row, _)| *row > 0).map(|(row, column)| (row * self.columns + column) as u64))
            }
        }
    }

    /// Each pair counted with the smaller number as its row: the upper triangle of the table plus its transpose.
    pub fn folded(mut self) -> Tally {
        let columns = self.columns;
        match &mut self.store {
            Store::Table(table) => {
                for row in 1..table.len() / columns {
                    for column in 1..row.min(columns) {
                        table[column * columns + row] += std::mem::take(&mut table[row * columns + column]);
                    }
                }
            }
            Store::List(list) => {
                for pair in list {
                    let (row, column) = (*pair / columns as u64, *pair % columns as u64);
                    if 0 < column && column < row {
                        *pair = column * columns as u64 + row;
                    }
                }
            }
        }
        self
    }

    /// The pairs that occur, by row and column.
    pub fn cells(self) -> Vec<Cell> {
        let cell = |at: usize, number: u32| Cell {
            row: (at / self.columns) as u32,
            column: (at % self.columns) as u32,
            number: f64::from(number),
        };
        match self.store {
            Store::Table(table) => {
                let rows = table.chunks_exact(self.columns).enumerate().skip(1);
                let mut cells = Vec::new();
                for (row, counts) in rows {
                    let occurring = counts.iter().enumerate().filter(|(_, number)| **number > 0);
                    cells.extend(occurring.map(|(column, number)| cell(row * self.columns + column, *number)));
                }
                cells
            }
            Store::List(mut list) => {
                list.sort_unstable();
                list.chunk_by(|a, b| a == b).map(|equal| cell(equal[0] as usize, equal.len() as u32)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_list_count_the_same() {
        let pairs = [(3, 1), (0, 4), (1, 2), (3, 1), (1, 0)];
        let counted = |expected| {
            let mut tally = Tally::new(400, 400, expected);
            tally.count(pairs.into_iter());
            (matches!(tally.store, Store::Table(_)), tally.cells())
        };
        let (table, cells) = counted(160_000);
        let (other, same) = counted(5);
        assert!(table && !other);
        assert_eq!(cells, same);
        let folded = |expected| {
            let mut tally = Tally::new(400, 400, expected);
            tally.count(pairs.into_iter().chain([(1, 3), (2, 2)]));
            tally.folded().cells().iter().map(|cell| (cell.row, cell.column, cell.number)).collect::<Vec<_>>()
        };
        assert_eq!(folded(160_000), [(1, 0, 1.0), (1, 2, 1.0), (1, 3, 3.0), (2, 2, 1.0)]);
        assert_eq!(folded(5), folded(160_000));
        let plain: Vec<_> = cells.iter().map(|cell| (cell.row, cell.column, cell.number)).collect();
        assert_eq!(plain, [(1, 0, 1.0), (1, 2, 1.0), (3, 1, 2.0)]);
    }
}
