//! Tables of counts: Pearson's χ² with and without Yates' correction, expected counts, Cramér's V.

use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Test, undefined};
use super::normal;

/// Counts by row (group) and column (level).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    counts: Vec<Vec<u64>>,
}

impl Table {
    /// From rows of equal length.
    ///
    /// # Errors
    /// No row, no column, or rows of different length.
    pub fn new(counts: Vec<Vec<u64>>) -> Defined<Self> {
        let columns = counts.first().map_or(0, Vec::len);
        if columns == 0 || counts.iter().any(|row| row.len() != columns) {
            undefined!("a table needs rows of equal length");
        }
        Ok(Table { counts })
    }

    /// Counts cases by their row and column number.
    ///
    /// # Errors
    /// Different numbers of cases, or a number outside the table.
    pub fn count(row: &[usize], column: &[usize], rows: usize, columns: usize) -> Defined<Self> {
        if row.len() != column.len() {
            undefined!("{} cases in one variable, {} in the other", row.len(), column.len());
        }
        let mut counts = vec![vec![0; columns]; rows];
        for (&r, &c) in row.iter().zip(column) {
            match counts.get_mut(r).and_then(|row| row.get_mut(c)) {
                Some(count) => *count += 1,
                None => undefined!("level {r}, {c} in a table of {rows} × {columns}"),
            }
        }
        Table::new(counts)
    }

    /// The counts, row by row.
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// Row sums.
    pub fn row_sums(&self) -> Vec<u64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    /// Column sums.
    pub fn column_sums(&self) -> Vec<u64> {
        (0..self.counts[0].len()).map(|c| self.counts.iter().map(|row| row[c]).sum()).collect()
    }

    /// Number of cases.
    pub fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// The table without empty rows and columns: levels that no case has say nothing about association.
    pub fn without_empty(&self) -> Defined<Self> {
        let columns = self.column_sums();
        let kept: Vec<Vec<u64>> = self
            .counts
            .iter()
            .filter(|row| row.iter().any(|n| *n > 0))
            .map(|row| row.iter().zip(&columns).filter(|(_, sum)| **sum > 0).map(|(n, _)| *n).collect())
            .collect();
        if kept.len() < 2 || kept[0].len() < 2 {
            undefined!("one level only: there is nothing to compare");
        }
        Table::new(kept)
    }

    /// Counts expected without association.
    pub fn expected(&self) -> Vec<Vec<f64>> {
        let (rows, columns, n) = (self.row_sums(), self.column_sums(), self.total() as f64);
        rows.iter().map(|&r| columns.iter().map(|&c| r as f64 * c as f64 / n).collect()).collect()
    }

    /// The smallest expected count; below 5 the χ² test is doubtful and Fisher's exact test preferred.
    pub fn smallest_expected(&self) -> f64 {
        self.expected().into_iter().flatten().fold(f64::INFINITY, f64::min)
    }

    /// Pearson's χ² test, with Yates' continuity correction where `corrected` and the table is 2 × 2.
    ///
    /// # Definition
    /// Σ (|O − E| − c)² / E, c = min(½, |O − E|) or 0; (rows − 1)(columns − 1) degrees of freedom. Empty rows and columns are left out.
    ///
    /// # Reference
    /// Pearson, Philosophical Magazine 1900;50:157. Yates, Supplement to the Journal of the Royal Statistical Society 1934;1:217. R `chisq.test`.
    pub fn chi_square(&self, corrected: bool) -> Defined<Test> {
        let table = self.without_empty()?;
        let (rows, columns) = (table.counts.len(), table.counts[0].len());
        let correct = corrected && rows == 2 && columns == 2;
        let mut statistic = 0.0;
        for (observed, expected) in table.counts.iter().flatten().zip(table.expected().into_iter().flatten()) {
            let distance = (*observed as f64 - expected).abs();
            let distance = if correct { distance - distance.min(0.5) } else { distance };
            statistic += distance * distance / expected;
        }
        let df = ((rows - 1) * (columns - 1)) as f64;
        Ok(Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) })
    }

    /// Cramér's V, √(χ² / (n (min(rows, columns) − 1))): 0 no, 1 perfect association.
    pub fn cramers_v(&self) -> Defined<f64> {
        let table = self.without_empty()?;
        let smaller = table.counts.len().min(table.counts[0].len());
        Ok((table.chi_square(false)?.statistic / (table.total() as f64 * (smaller as f64 - 1.0))).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_by_hand() {
        let table = Table::new(vec![vec![10, 20], vec![20, 10]]).unwrap();
        assert!((table.chi_square(false).unwrap().statistic - 4.0 * 25.0 / 15.0).abs() < 1e-13);
        assert!((table.chi_square(true).unwrap().statistic - 4.0 * 4.5 * 4.5 / 15.0).abs() < 1e-13);
        assert!((table.cramers_v().unwrap() - 1.0 / 3.0).abs() < 1e-14);
        assert_eq!(table.smallest_expected(), 15.0);
    }

    #[test]
    fn empty_levels_do_not_count() {
        let table = Table::new(vec![vec![10, 0, 20], vec![20, 0, 10], vec![0, 0, 0]]).unwrap();
        assert_eq!(table.chi_square(false).unwrap().df, Some(1.0));
        assert!(Table::new(vec![vec![3, 0], vec![4, 0]]).unwrap().chi_square(false).is_err());
        assert!(Table::new(vec![]).is_err());
        assert!(Table::new(vec![vec![1], vec![1, 2]]).is_err());
        assert!(Table::count(&[0, 2], &[0, 0], 2, 1).is_err());
        assert_eq!(Table::count(&[0, 1, 1], &[1, 1, 0], 2, 2).unwrap().counts(), [[0, 1], [1, 1]]);
    }
}
