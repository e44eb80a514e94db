//! Features of a matrix of levels against sizes: run lengths, zone sizes, zone distances and dependence counts are read alike.

use super::tally::Cell;
use crate::radiomics::Definition;

/// Number of features.
pub(super) const FEATURES: usize = 17;

/// The family's definitions from its names and the standard's codes.
pub(super) const fn definitions<const N: usize>(named: [(&'static str, &'static str); N]) -> [Definition; N] {
    let mut definitions = [Definition { name: "", code: "", unit: "" }; N];
    let mut at = 0;
    while at < N {
        definitions[at] = Definition { name: named[at].0, code: named[at].1, unit: "" };
        at += 1;
    }
    definitions
}

/// Features of the matrix whose cells n(i, j) > 0 are given by row, in this order: small, large, low grey level, high grey level,
/// small low, small high, large low, large high emphasis; grey level non-uniformity and normalised; size non-uniformity and
/// normalised; percentage; variance of level, of size; entropy; energy. `None` for an empty matrix.
///
/// # Definition
/// With N the sum of n, p = n / N, and r(i), c(j) the sums over sizes and levels: small Σ c / j² / N, large Σ c j² / N, low Σ r /
/// i² / N, high Σ r i² / N, and their four products alike over n; non-uniformity Σ r² / N, Σ c² / N, normalised by N once more;
/// percentage N / `elements`; variances of i and j under p; entropy −Σ p log₂ p; energy Σ p².
pub(super) fn features(cells: &[Cell], elements: f64) -> Vec<Option<f64>> {
    let total: f64 = cells.iter().map(|cell| cell.number).sum();
    if !(total > 0.0) {
        return vec![None; FEATURES];
    }
    let mut joint = [0.0; 4];
    let (mut logarithm, mut energy) = (0.0, 0.0);
    for cell in cells {
        let (level, size) = (f64::from(cell.row).powi(2), f64::from(cell.column).powi(2));
        let terms =
            [cell.number / (level * size), cell.number * level / size, cell.number * size / level, cell.number * level * size];
        joint.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        logarithm += cell.number * cell.number.log2();
        energy += cell.number * cell.number;
    }
    let by_level =
        cells.chunk_by(|a, b| a.row == b.row).map(|row| (f64::from(row[0].row), row.iter().map(|cell| cell.number).sum()));
    let levels = Margin::of(by_level, total);
    let sizes = Margin::of(by_column(cells).into_iter(), total);
    [sizes.low, sizes.high, levels.low, levels.high]
        .into_iter()
        .chain(joint.map(|sum| sum / total))
        .chain([levels.squares / total, levels.squares / total / total, sizes.squares / total, sizes.squares / total / total])
        .chain([total / elements, levels.variance, sizes.variance])
        // −Σ p log p = log N − Σ n log n / N; of a single cell that is 0 but for rounding.
        .chain([(total.log2() - logarithm / total).max(0.0), energy / total / total])
        .map(Some)
        .collect()
}

/// The sum of each column that is not zero.
fn by_column(cells: &[Cell]) -> Vec<(f64, f64)> {
    const SMALL: u32 = 1 << 12;
    let largest = cells.iter().map(|cell| cell.column).max().unwrap_or(0);
    if largest < SMALL {
        let mut sums = vec![0.0; largest as usize + 1];
        cells.iter().for_each(|cell| sums[cell.column as usize] += cell.number);
        return (0_u32..).map(f64::from).zip(sums).filter(|(_, sum)| *sum > 0.0).collect();
    }
    let mut columns: Vec<(u32, f64)> = cells.iter().map(|cell| (cell.column, cell.number)).collect();
    columns.sort_by_key(|(column, _)| *column);
    let sum = |equal: &[(u32, f64)]| (f64::from(equal[0].0), equal.iter().map(|(_, number)| number).sum());
    columns.chunk_by(|a, b| a.0 == b.0).map(sum).collect()
}

/// What one margin gives.
struct Margin {
    low: f64,
    high: f64,
    squares: f64,
    variance: f64,
}

impl Margin {
    fn of(margin: impl Iterator<Item = (f64, f64)> + Clone, total: f64) -> Margin {
        let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 { margin.clone().map(|(x, n)| term(x, n)).sum() };
        let mean = sum(&|x, n| n * x) / total;
        Margin {
            low: sum(&|x, n| n / (x * x)) / total,
            high: sum(&|x, n| n * x * x) / total,
            squares: sum(&|_, n| n * n),
            variance: sum(&|x, n| n * (x - mean) * (x - mean)) / total,
        }
    }
}

/// Entropy of a distribution in bits.
pub(super) fn entropy(distribution: &[f64]) -> f64 {
    -distribution.iter().filter(|p| **p > 0.0).map(|p| p * p.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_summed_alike_below_and_above_the_limit() {
        let cells =
            |far: u32| [(1, 2, 3.0), (1, far, 1.0), (2, 2, 4.0)].map(|(row, column, number)| Cell { row, column, number });
        assert_eq!(by_column(&cells(5)), [(2.0, 7.0), (5.0, 1.0)]);
        assert_eq!(by_column(&cells(1 << 20)), [(2.0, 7.0), (f64::from(1 << 20), 1.0)]);
    }

    #[test]
    fn two_equal_cells_have_one_bit() {
        let cells = [Cell { row: 1, column: 1, number: 2.0 }, Cell { row: 2, column: 3, number: 2.0 }];
        let found = features(&cells, 8.0);
        assert_eq!(
            (found[12], found[13], found[14], found[15], found[16]),
            (Some(0.5), Some(0.25), Some(1.0), Some(1.0), Some(0.5))
        );
        assert_eq!(features(&[], 0.0), vec![None; FEATURES]);
    }
}
