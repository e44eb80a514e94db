//! Fisher's exact test of a 2 × 2 table, with the conditional odds ratio. Larger tables are in [`super::fisher_table`].

use serde::{Deserialize, Serialize};
use statrs::function::gamma::ln_gamma;

use super::contingency::Table;
use super::estimate::{Defined, undefined};
use super::infinite;
use super::root::brent;

/// Fisher's test of a 2 × 2 table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fisher2x2 {
    /// Two-sided p-value: the probability of all tables that are no more probable than the observed one.
    pub p: f64,
    /// Conditional maximum-likelihood odds ratio (not ad/bc); may be 0 or infinite.
    #[serde(with = "infinite")]
    pub odds_ratio: f64,
    /// Lower end of its exact interval.
    #[serde(with = "infinite")]
    pub lower: f64,
    /// Upper end of its exact interval.
    #[serde(with = "infinite")]
    pub upper: f64,
    /// Level of the interval.
    pub level: f64,
}

/// How far odds ratio and interval are solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roots {
    /// To double precision.
    Exact,
    /// To the tolerance of R's `uniroot` (1.2e-4 on its own scale), step by step as R's `fisher.test` does. Its upper bounds are up to 1 % off;
    /// for comparison with R's digits.
    AsR,
}

/// Fisher's exact test with the conditional odds ratio of `[[a, b], [c, d]]`.
///
/// # Definition
/// Given both margins, a is hypergeometric; with odds ratio ω its probabilities are ∝ P(a) ωᵃ. The estimate solves E(a) = observed;
/// the bounds leave (1 − level)/2 in either tail.
///
/// # Errors
/// A row or column without cases.
///
/// # Reference
/// Fisher, Journal of the Royal Statistical Society 1935;98:39. R `fisher.test`.
pub fn fisher_2x2(table: &Table, level: f64, roots: Roots) -> Defined<Fisher2x2> {
    let counts = table.counts();
    if counts.len() != 2 || counts[0].len() != 2 {
        undefined!("the table is not 2 × 2");
    }
    if table.row_sums().contains(&0) || table.column_sums().contains(&0) {
        undefined!("one level only: there is nothing to compare");
    }
    let h = Hypergeometric::new(table);
    let alpha = 0.5 * (1.0 - level);
    Ok(Fisher2x2 {
        p: h.two_sided(),
        odds_ratio: h.odds_ratio(roots),
        lower: if h.observed == h.low { 0.0 } else { h.solve(|odds| h.tail(odds, true) - alpha, roots) },
        upper: if h.observed == h.high() { f64::INFINITY } else { h.solve(|odds| h.tail(odds, false) - alpha, roots) },
        level,
    })
}

/// ln n!.
pub(crate) fn ln_factorial(n: u64) -> f64 {
    ln_gamma(n as f64 + 1.0)
}

/// The conditional distribution of the first cell.
struct Hypergeometric {
    observed: u64,
    low: u64,
    /// ln P(low), ln P(low + 1), …, up to a constant.
    log: Vec<f64>,
}

impl Hypergeometric {
    fn new(table: &Table) -> Self {
        let (rows, columns) = (table.row_sums(), table.column_sums());
        let low = rows[0].saturating_sub(columns[1]);
        let high = rows[0].min(columns[0]);
        // By ratios of neighbours, from the low end: no factorial of a large number loses digits.
        let mut log = vec![0.0];
        for x in low..high {
            let up = (columns[0] - x) as f64 * (rows[0] - x) as f64;
            let down = (x + 1) as f64 * (columns[1] + x + 1 - rows[0]) as f64;
            log.push(log[log.len() - 1] + (up / down).ln());
        }
        Hypergeometric { observed: table.counts()[0][0], low, log }
    }

    fn high(&self) -> u64 {
        self.low + self.log.len() as u64 - 1
    }

    /// Probabilities under an odds ratio.
    fn probabilities(&self, odds: f64) -> Vec<f64> {
        let slope = odds.ln();
        let tilted = |k: usize| self.log[k] + slope * (self.low + k as u64) as f64;
        let top = (0..self.log.len()).map(tilted).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = (0..self.log.len()).map(|k| (tilted(k) - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }

    fn two_sided(&self) -> f64 {
        let p = self.probabilities(1.0);
        // Probabilities that are equal but for rounding count as equal.
        let bound = p[(self.observed - self.low) as usize] * (1.0 + 1e-7);
        p.iter().filter(|p| **p <= bound).sum::<f64>().min(1.0)
    }

    fn mean(&self, odds: f64) -> f64 {
        if odds == 0.0 {
            return self.low as f64;
        }
        self.probabilities(odds).iter().enumerate().map(|(k, p)| (self.low + k as u64) as f64 * p).sum()
    }

    /// P(X ≥ observed) (upper) or P(X ≤ observed).
    fn tail(&self, odds: f64, upper: bool) -> f64 {
        if odds == 0.0 {
            return f64::from(u8::from(if upper { self.observed <= self.low } else { self.observed >= self.low }));
        }
        let k = (self.observed - self.low) as usize;
        let p = self.probabilities(odds);
        if upper { p[k..].iter().sum() } else { p[..=k].iter().sum() }
    }

    fn odds_ratio(&self, roots: Roots) -> f64 {
        if self.observed == self.low {
            0.0
        } else if self.observed == self.high() {
            f64::INFINITY
        } else {
            self.solve(|odds| self.mean(odds) - self.observed as f64, roots)
        }
    }

    /// The odds ratio at which a monotone `f` is 0, sought below 1 directly and above 1 by its reciprocal.
    fn solve(&self, f: impl Fn(f64) -> f64, roots: Roots) -> f64 {
        let at_one = f(1.0);
        if at_one == 0.0 {
            return 1.0;
        }
        // f changes sign below 1 exactly when its values at 0 and 1 do.
        let below = f(0.0) * at_one <= 0.0;
        let tolerance = match roots {
            Roots::AsR => f64::EPSILON.powf(0.25),
            Roots::Exact => 0.0,
        };
        let root = match (below, roots) {
            (true, _) => brent(&f, 0.0, 1.0, tolerance),
            (false, Roots::AsR) => brent(|t| f(1.0 / t), f64::EPSILON, 1.0, tolerance).map(|t| 1.0 / t),
            // ln ω is the scale on which an unbounded root is found to all its digits.
            (false, Roots::Exact) => brent(|s| f(s.exp()), 0.0, 700.0, 0.0).map(f64::exp),
        };
        root.unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(a: u64, b: u64, c: u64, d: u64) -> Table {
        Table::new(vec![vec![a, b], vec![c, d]]).unwrap()
    }

    #[test]
    fn tea_tasting() {
        // Fisher's lady: 3 of 4 cups right. P = 2 (1 + 16) / 70.
        let found = fisher_2x2(&table(3, 1, 1, 3), 0.95, Roots::Exact).unwrap();
        assert!((found.p - 34.0 / 70.0).abs() < 1e-14);
        // Given the margins P(a | ω) ∝ (1, 16 ω, 36 ω², 16 ω³, ω⁴): the three solutions satisfy their equations.
        let weights = |w: f64| [1.0, 16.0 * w, 36.0 * w * w, 16.0 * w.powi(3), w.powi(4)];
        let share = |w: f64, from: usize, to: usize| weights(w)[from..=to].iter().sum::<f64>() / weights(w).iter().sum::<f64>();
        let w = weights(found.odds_ratio);
        let mean = w.iter().enumerate().map(|(k, w)| k as f64 * w).sum::<f64>() / w.iter().sum::<f64>();
        assert!((mean - 3.0).abs() < 1e-12);
        assert!((share(found.lower, 3, 4) - 0.025).abs() < 1e-12);
        assert!((share(found.upper, 0, 3) - 0.025).abs() < 1e-12);
    }

    #[test]
    fn ends_of_the_range() {
        let found = fisher_2x2(&table(0, 12, 5, 9), 0.95, Roots::Exact).unwrap();
        assert_eq!((found.odds_ratio, found.lower), (0.0, 0.0));
        let mirrored = fisher_2x2(&table(5, 9, 0, 12), 0.95, Roots::Exact).unwrap();
        assert_eq!((mirrored.odds_ratio, mirrored.upper), (f64::INFINITY, f64::INFINITY));
        assert!((found.upper * mirrored.lower - 1.0).abs() < 1e-12);
        let text = serde_json::to_string(&mirrored).unwrap();
        assert_eq!(serde_json::from_str::<Fisher2x2>(&text).unwrap(), mirrored);
        assert!(fisher_2x2(&table(0, 0, 5, 9), 0.95, Roots::Exact).is_err());
        assert!(fisher_2x2(&Table::new(vec![vec![1, 2, 3], vec![1, 2, 3]]).unwrap(), 0.95, Roots::Exact).is_err());
    }

    #[test]
    fn large_counts_keep_their_digits() {
        let found = fisher_2x2(&table(50_000, 50_000, 50_500, 49_500), 0.95, Roots::Exact).unwrap();
        assert!((found.odds_ratio - 50_000.0 * 49_500.0 / (50_000.0 * 50_500.0)).abs() < 1e-4);
        assert!(found.lower < found.odds_ratio && found.odds_ratio < found.upper);
    }
}
