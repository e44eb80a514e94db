//! Fisher's exact test of tables larger than 2 × 2 (Freeman and Halton), by dynamic programming over the columns.

use std::collections::HashMap;

use rand::Rng;
use rand::seq::SliceRandom;

use super::contingency::Table;
use super::estimate::{Defined, undefined};
use super::fisher::ln_factorial;

/// Steps after which a table is declared too large: a few seconds.
pub const WORK_LIMIT: u64 = 400_000_000;

/// The exact p-value: the probability, given both margins, of all tables that are no more probable than the observed one.
///
/// # Definition
/// P(table) = Π row! Π column! / (n! Π cell!). Columns are filled one after the other; what matters for the rest are the row sums still to
/// be filled, in any order, and how probable the columns so far were. A partial table is settled as soon as even its most probable
/// completion is no more probable than the observed table.
///
/// # Errors
/// One level only, or more than `limit` steps ([`WORK_LIMIT`]): use [`fisher_monte_carlo`].
///
/// # Reference
/// Freeman and Halton, Biometrika 1951;38:141. Mehta and Patel, Journal of the American Statistical Association 1983;78:427 (network). R `fisher.test`.
pub fn fisher_exact(table: &Table, limit: u64) -> Defined<f64> {
    let network = Network::new(&table.without_empty()?);
    match network.p_value(limit) {
        Some(p) => Ok(p.min(1.0)),
        None => undefined!("the table is too large for the exact test; use its Monte Carlo version"),
    }
}

/// The p-value from random tables with the same margins: (1 + tables no more probable than the observed one) / (1 + replicates).
///
/// # Reference
/// R `fisher.test(simulate.p.value = TRUE)`.
pub fn fisher_monte_carlo<R: Rng>(table: &Table, replicates: usize, rng: &mut R) -> Defined<f64> {
    let table = table.without_empty()?;
    if replicates == 0 {
        undefined!("no replicate");
    }
    let (rows, columns) = (table.row_sums(), table.column_sums());
    let repeat =
        |sums: &[u64]| -> Vec<usize> { sums.iter().enumerate().flat_map(|(k, &n)| std::iter::repeat_n(k, n as usize)).collect() };
    let (row, mut column) = (repeat(&rows), repeat(&columns));
    let ln_factorials: Vec<f64> = (0..=table.total()).map(ln_factorial).collect();
    let score = |counts: &[u64]| -counts.iter().map(|&n| ln_factorials[n as usize]).sum::<f64>();
    let observed = score(&table.counts().concat()) + TIE;
    let mut extreme = 0;
    for _ in 0..replicates {
        column.shuffle(rng);
        let mut counts = vec![0; rows.len() * columns.len()];
        row.iter().zip(&column).for_each(|(&r, &c)| counts[r * columns.len() + c] += 1);
        extreme += usize::from(score(&counts) <= observed);
    }
    Ok((1 + extreme) as f64 / (1 + replicates) as f64)
}

/// Log-probabilities that differ by less count as equal, as in R.
const TIE: f64 = 3.4525e-7;

struct Network {
    /// Row sums; the shorter side of the table.
    rows: Vec<u64>,
    /// Column sums, ascending: the long columns come last, where their completions are looked up rather than followed.
    columns: Vec<u64>,
    /// ln n!.
    ln_factorial: Vec<f64>,
    /// ln P(observed) with the tolerance for ties.
    bound: f64,
    /// Π row! Π column! / n!, in logarithm.
    constant: f64,
}

/// Partial tables with the same rest: by log-probability so far, how many.
type Pasts = Vec<(f64, f64)>;

impl Network {
    fn new(table: &Table) -> Self {
        let (mut rows, mut columns) = (table.row_sums(), table.column_sums());
        if rows.len() > columns.len() {
            std::mem::swap(&mut rows, &mut columns);
        }
        rows.sort_unstable();
        columns.sort_unstable();
        let ln_factorial: Vec<f64> = (0..=table.total()).map(ln_factorial).collect();
        let of = |counts: &[u64]| counts.iter().map(|&n| ln_factorial[n as usize]).sum::<f64>();
        let constant = of(&rows) + of(&columns) - ln_factorial[table.total() as usize];
        let bound = constant - of(&table.counts().concat()) + TIE;
        Network { rows, columns, ln_factorial, bound, constant }
    }

    fn p_value(&self, limit: u64) -> Option<f64> {
        let mut work = 0u64;
        let mut total = 0.0;
        let mut stage: HashMap<Vec<u64>, Pasts> = HashMap::from([(self.rows.clone(), vec![(self.constant, 1.0)])]);
        let last_two = self.columns.len() - 2;
        for column in 0..last_two {
            let mut next: HashMap<Vec<u64>, Pasts> = HashMap::new();
            for (rest, pasts) in ordered(stage) {
                let pasts = merged(pasts);
                self.fill(&rest, self.columns[column], |left, score| {
                    work += pasts.len() as u64 + 8;
                    let mut left = left.to_vec();
                    left.sort_unstable();
                    let best = score + self.most_probable(&left, column + 1);
                    // Settled where every completion counts; the sum over completions is known in closed form.
                    let whole = self.all_completions(&left, column + 1);
                    let open = next.entry(left);
                    let mut kept = Vec::new();
                    for &(past, count) in &pasts {
                        if past + best <= self.bound {
                            total += count * (past + score + whole).exp();
                        } else {
                            kept.push((past + score, count));
                        }
                    }
                    if !kept.is_empty() {
                        open.or_default().append(&mut kept);
                    }
                    work <= limit
                })?;
            }
            stage = next;
        }
        for (rest, pasts) in ordered(stage) {
            let pasts = merged(pasts);
            // All completions by ascending probability, with running sums: each past then needs one look-up.
            let mut ends = Vec::new();
            self.fill(&rest, self.columns[last_two], |left, score| {
                work += 8;
                ends.push(score - left.iter().map(|&n| self.ln_factorial[n as usize]).sum::<f64>());
                work <= limit
            })?;
            ends.sort_unstable_by(f64::total_cmp);
            let top = ends.last().copied().unwrap_or(0.0);
            let mut running = vec![0.0];
            for e in &ends {
                running.push(running[running.len() - 1] + (e - top).exp());
            }
            for (past, count) in pasts {
                work += 8;
                let counted = ends.partition_point(|e| past + e <= self.bound);
                total += count * (past + top).exp() * running[counted];
            }
        }
        Some(total)
    }

    /// Calls `visit` with what is left of the rows and −Σ ln cell! for every way to fill a column; stops where `visit` says so.
    fn fill(&self, rest: &[u64], sum: u64, mut visit: impl FnMut(&[u64], f64) -> bool) -> Option<()> {
        let mut left = rest.to_vec();
        // What the rows from each on can still take.
        let mut room = vec![0; rest.len() + 1];
        for i in (0..rest.len()).rev() {
            room[i] = room[i + 1] + rest[i];
        }
        self.fill_from(0, sum, 0.0, rest, &room, &mut left, &mut visit)
    }

    #[allow(clippy::too_many_arguments)]
    fn fill_from(
        &self,
        row: usize,
        sum: u64,
        score: f64,
        rest: &[u64],
        room: &[u64],
        left: &mut [u64],
        visit: &mut impl FnMut(&[u64], f64) -> bool,
    ) -> Option<()> {
        if row + 1 == rest.len() {
            left[row] = rest[row] - sum;
            return visit(left, score - self.ln_factorial[sum as usize]).then_some(());
        }
        for x in sum.saturating_sub(room[row + 1])..=sum.min(rest[row]) {
            left[row] = rest[row] - x;
            self.fill_from(row + 1, sum - x, score - self.ln_factorial[x as usize], rest, room, left, visit)?;
        }
        Some(())
    }

    /// ln Σ Π 1 / cell! over all ways to fill the columns from `first` on.
    fn all_completions(&self, rest: &[u64], first: usize) -> f64 {
        let n: u64 = rest.iter().sum();
        let of = |counts: &[u64]| counts.iter().map(|&n| self.ln_factorial[n as usize]).sum::<f64>();
        self.ln_factorial[n as usize] - of(rest) - of(&self.columns[first..])
    }

    /// An upper bound of −Σ ln cell! over those ways.
    ///
    /// For any λ, Σ ln x! ≥ Σ (ln x! − λx) + Σ λx; with λᵢⱼ = aᵢ + bⱼ the second sum depends on the margins only, and each
    /// ln x! − λx is smallest at x = ⌊e^λ⌋. λ = ln (row · column / n) with a half added to both margins is nearly the best choice.
    fn most_probable(&self, rest: &[u64], first: usize) -> f64 {
        let n: u64 = rest.iter().sum();
        if n == 0 {
            return 0.0;
        }
        let columns = &self.columns[first..];
        let (halves, total) = (0.5 * rest.len() as f64, n as f64);
        let mut bound = 0.0;
        for &r in rest.iter().filter(|r| **r > 0) {
            for &c in columns {
                let lambda = ((r as f64 + 0.5 * columns.len() as f64) * (c as f64 + halves)
                    / (total + halves * columns.len() as f64))
                    .max(f64::MIN_POSITIVE);
                let x = (lambda.floor() as u64).min(r.min(c));
                bound += self.ln_factorial[x as usize] - lambda.ln() * x as f64;
            }
        }
        // Σ λ x over any table with these margins: ln λᵢⱼ = ln (rᵢ') + ln (cⱼ') − ln n'.
        let scale = (total + halves * columns.len() as f64).ln();
        let of_rows: f64 = rest.iter().map(|&r| r as f64 * (r as f64 + 0.5 * columns.len() as f64).ln()).sum();
        let of_columns: f64 = columns.iter().map(|&c| c as f64 * (c as f64 + halves).ln()).sum();
        -(bound + of_rows + of_columns - total * scale)
    }
}

/// The nodes in a fixed order: sums must not depend on a hash's.
fn ordered(stage: HashMap<Vec<u64>, Pasts>) -> Vec<(Vec<u64>, Pasts)> {
    let mut nodes: Vec<(Vec<u64>, Pasts)> = stage.into_iter().collect();
    nodes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    nodes
}

/// Pasts of the same probability as one.
fn merged(mut pasts: Pasts) -> Pasts {
    pasts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut result: Pasts = Vec::with_capacity(pasts.len());
    for (score, count) in pasts {
        match result.last_mut() {
            Some((last, sum)) if score - *last <= 1e-10 => *sum += count,
            _ => result.push((score, count)),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::fisher::{Roots, fisher_2x2};
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    fn table(rows: &[&[u64]]) -> Table {
        Table::new(rows.iter().map(|r| r.to_vec()).collect()).unwrap()
    }

    /// By enumeration of all tables.
    fn slow(table: &Table) -> f64 {
        let network = Network::new(table);
        fn walk(network: &Network, column: usize, rest: &[u64], score: f64, scores: &mut Vec<f64>) {
            if column == network.columns.len() {
                scores.push(score);
                return;
            }
            network.fill(rest, network.columns[column], |left, s| {
                walk(network, column + 1, left, score + s, scores);
                true
            });
        }
        let mut scores = Vec::new();
        walk(&network, 0, &network.rows, network.constant, &mut scores);
        assert!((scores.iter().map(|s| s.exp()).sum::<f64>() - 1.0).abs() < 1e-10);
        scores.iter().filter(|s| **s <= network.bound).map(|s| s.exp()).sum()
    }

    #[test]
    fn agrees_with_enumeration() {
        for t in [
            table(&[&[4, 1, 3], &[2, 0, 6]]),
            table(&[&[5, 2, 1], &[1, 4, 2], &[0, 3, 7]]),
            table(&[&[2, 3, 1, 4], &[1, 0, 5, 2], &[3, 3, 0, 1]]),
            table(&[&[3, 0], &[1, 4], &[2, 2], &[0, 5], &[1, 1]]),
            table(&[&[7, 2], &[3, 9]]),
            table(&[&[1, 1, 1, 1], &[1, 1, 1, 1], &[1, 1, 1, 1], &[1, 1, 2, 1]]),
        ] {
            let found = fisher_exact(&t, WORK_LIMIT).unwrap();
            assert!((found - slow(&t)).abs() < 1e-10, "{t:?}: {found} {}", slow(&t));
        }
    }

    #[test]
    fn two_by_two_is_the_hypergeometric_test() {
        let t = table(&[&[10, 3], &[2, 15]]);
        let p = fisher_2x2(&t, 0.95, Roots::Exact).unwrap().p;
        assert!((fisher_exact(&t, WORK_LIMIT).unwrap() - p).abs() < 1e-12);
    }

    #[test]
    fn the_bound_is_a_bound() {
        let t = table(&[&[5, 2, 1, 3], &[1, 4, 2, 0], &[0, 3, 7, 6]]);
        let network = Network::new(&t);
        let mut best = f64::NEG_INFINITY;
        network.fill(&network.rows, network.columns[0], |left, a| {
            network.fill(left, network.columns[1], |left, b| {
                network.fill(left, network.columns[2], |left, c| {
                    best = best.max(a + b + c - left.iter().map(|&n| network.ln_factorial[n as usize]).sum::<f64>());
                    true
                });
                true
            });
            true
        });
        let bound = network.most_probable(&network.rows, 0);
        assert!(bound >= best - 1e-12 && bound < best + 1.0, "{bound} {best}");
    }

    #[test]
    fn too_large_says_so_and_monte_carlo_helps() {
        let t = table(&[&[90, 80, 70, 60], &[60, 70, 80, 90], &[75, 75, 75, 75]]);
        assert!(fisher_exact(&t, 10_000).unwrap_err().0.contains("Monte Carlo"));
        let small = table(&[&[5, 2, 1], &[1, 4, 2], &[0, 3, 7]]);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let p = fisher_monte_carlo(&small, 20_000, &mut rng).unwrap();
        assert!((p - fisher_exact(&small, WORK_LIMIT).unwrap()).abs() < 0.003);
        assert!(fisher_exact(&table(&[&[3, 0], &[4, 0]]), WORK_LIMIT).is_err());
    }
}
