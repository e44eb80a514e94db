//! p-values of several tests, adjusted for being several.

use serde::{Deserialize, Serialize};

/// How p-values are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjustment {
    /// Left as they are.
    None,
    /// Holm's step-down: no error at all with probability 1 − α, whatever the dependence. The default.
    #[default]
    Holm,
    /// Hochberg's step-up: the same with more power, for tests that do not oppose each other.
    Hochberg,
    /// Bonferroni: p times the number of tests.
    Bonferroni,
    /// Benjamini and Hochberg's false discovery rate.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli's false discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// Adjusts p-values; a test that is undefined stays so and does not count.
///
/// # Definition
/// With p₍₁₎ ≤ … ≤ p₍ₙ₎: Holm max_{j ≤ i} (n − j + 1) p₍ⱼ₎; Hochberg min_{j ≥ i} (n − j + 1) p₍ⱼ₎; Benjamini–Hochberg
/// min_{j ≥ i} (n/j) p₍ⱼ₎; Benjamini–Yekutieli the same times Σ 1/j; all at most 1.
///
/// # Reference
/// R `p.adjust`.
pub fn adjust(p: &[Option<f64>], adjustment: Adjustment) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| p[i].is_some_and(|p| !p.is_nan())).collect();
    let value = |i: usize| p[i].unwrap_or(f64::NAN);
    order.sort_by(|&i, &j| value(i).total_cmp(&value(j)));
    let n = order.len() as f64;
    let harmonic: f64 = (1..=order.len()).map(|j| 1.0 / j as f64).sum();
    let factor = |rank: usize| match adjustment {
        Adjustment::None => 1.0,
        Adjustment::Bonferroni => n,
        Adjustment::Holm | Adjustment::Hochberg => n - rank as f64,
        Adjustment::BenjaminiHochberg => n / (rank + 1) as f64,
        Adjustment::BenjaminiYekutieli => harmonic * n / (rank + 1) as f64,
    };
    let mut adjusted = vec![None; p.len()];
    let mut bound: f64 = match adjustment {
        Adjustment::Holm => 0.0,
        _ => 1.0,
    };
    let mut visit = |rank: usize| {
        let i = order[rank];
        let scaled = (factor(rank) * value(i)).min(1.0);
        bound = match adjustment {
            Adjustment::None | Adjustment::Bonferroni => scaled,
            Adjustment::Holm => bound.max(scaled),
            _ => bound.min(scaled),
        };
        adjusted[i] = Some(bound);
    };
    match adjustment {
        Adjustment::None | Adjustment::Bonferroni | Adjustment::Holm => (0..order.len()).for_each(&mut visit),
        _ => (0..order.len()).rev().for_each(&mut visit),
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(p: &[f64], adjustment: Adjustment) -> Vec<f64> {
        adjust(&p.iter().map(|&p| Some(p)).collect::<Vec<_>>(), adjustment).into_iter().flatten().collect()
    }

    fn close(found: Vec<f64>, expected: &[f64]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14), "{found:?}");
    }

    #[test]
    fn by_hand() {
        let p = [0.04, 0.01, 0.03, 0.5];
        close(of(&p, Adjustment::Holm), &[0.09, 0.04, 0.09, 0.5]);
        close(of(&p, Adjustment::Hochberg), &[0.08, 0.04, 0.08, 0.5]);
        close(of(&p, Adjustment::Bonferroni), &[0.16, 0.04, 0.12, 1.0]);
        close(of(&p, Adjustment::BenjaminiHochberg), &[0.16 / 3.0, 0.04, 0.16 / 3.0, 0.5]);
        let c = 1.0 + 0.5 + 1.0 / 3.0 + 0.25;
        close(of(&p, Adjustment::BenjaminiYekutieli), &[c * 0.16 / 3.0, c * 0.04, c * 0.16 / 3.0, 1.0]);
        close(of(&p, Adjustment::None), &p);
    }

    #[test]
    fn an_undefined_test_does_not_count() {
        let found = adjust(&[Some(0.01), None, Some(f64::NAN), Some(0.04)], Adjustment::Holm);
        assert_eq!(found, [Some(0.02), None, None, Some(0.04)]);
        assert!(adjust(&[], Adjustment::Holm).is_empty());
    }
}
