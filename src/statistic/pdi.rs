//! PDI, the polytomous discrimination index: of one case of each class, does the right one have the highest score for a class?

use serde::{Deserialize, Serialize};

use super::classes::ByClass;
use super::estimate::{Defined, Estimate, Method};
use super::rank::Order;

/// The polytomous discrimination index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pdi {
    /// Mean over the classes; 1/K by chance.
    pub overall: Estimate,
    /// Per class.
    pub per_class: Vec<Estimate>,
}

/// The polytomous discrimination index with standard errors.
///
/// # Definition
/// PDIₖ: the chance that in a set of one case of each class, that of class k has the highest score for class k; if r others share the
/// highest score it counts 1/(1 + r). PDI is the mean of the PDIₖ. Standard errors come from each case's share in the index: the variance
/// of the shares within each class, divided by the class's size, summed over classes (a class of one case leaves none).
/// Any number of classes, in O(n log n).
///
/// # Errors
/// Rows that do not fit, a score that is not a number, a class without a case.
///
/// # Reference
/// Van Calster et al., Eur J Epidemiol 2012;27:761. Dover, Savu & Engel, Stat Med 2021 (ties; they bootstrap the error, as R's `mcca` does).
pub fn pdi(class: &[usize], scores: &[Vec<f64>], level: f64) -> Defined<Pdi> {
    let by_class = ByClass::new(class, scores)?;
    let k = by_class.k();
    let shares = (0..k).map(|own| shares_in(own, class, &by_class)).collect::<Defined<Vec<Vec<f64>>>>()?;
    let estimate = |share: &dyn Fn(usize) -> f64, value: f64| {
        let variance: Option<f64> = (0..k)
            .map(|c| {
                let of_class: Vec<f64> = (0..class.len()).filter(|&i| class[i] == c).map(share).collect();
                let n = of_class.len() as f64;
                let mean = of_class.iter().sum::<f64>() / n;
                let squares: f64 = of_class.iter().map(|x| (x - mean).powi(2)).sum();
                (n > 1.0).then(|| squares / (n * (n - 1.0)))
            })
            .sum();
        match variance {
            Some(v) => Estimate::normal(value, v.sqrt(), level).clipped(0.0, 1.0).by(Method::Normal),
            None => Estimate { level, ..Estimate::point(value) },
        }
    };
    let value = |own: usize| {
        let of_class = (0..class.len()).filter(|&i| class[i] == own);
        of_class.map(|i| shares[own][i]).sum::<f64>() / by_class.counts[own] as f64
    };
    let values: Vec<f64> = (0..k).map(value).collect();
    let mean_share = |i: usize| shares.iter().map(|s| s[i]).sum::<f64>() / k as f64;
    Ok(Pdi {
        overall: estimate(&mean_share, values.iter().sum::<f64>() / k as f64),
        per_class: (0..k).map(|own| estimate(&|i| shares[own][i], values[own])).collect(),
    })
}

/// Per case, the index of class `own` over all sets that contain this case.
fn shares_in(own: usize, class: &[usize], by_class: &ByClass) -> Defined<Vec<f64>> {
    let k = by_class.k();
    let order = Order::new(&by_class.columns[own])?;
    let groups: Vec<&[u32]> = order.groups().collect();
    let mut share = vec![0.0; class.len()];
    // Ascending: at each value, per class, which share of its cases lies below and which share ties.
    let mut below = vec![0.0; k];
    // Per value and other class: the chance that a case of `own` there wins the rest of the set, if the class's case lies below it, and
    // if it ties.
    let mut wins: Vec<Vec<(f64, f64)>> = Vec::with_capacity(groups.len());
    for group in &groups {
        let mut tied = vec![0.0; k];
        for &i in *group {
            tied[class[i as usize]] += 1.0 / by_class.counts[class[i as usize]] as f64;
        }
        let mut here = vec![(0.0, 0.0); k];
        if tied[own] > 0.0 {
            let chance = |skip: usize, ties_before: bool| {
                let others = (0..k).filter(|&c| c != own && c != skip).map(|c| (below[c], tied[c]));
                mean_over_ties(others, ties_before)
            };
            let all = chance(own, false);
            for &i in group.iter().filter(|&&i| class[i as usize] == own) {
                share[i as usize] = all;
            }
            for (c, here) in here.iter_mut().enumerate().filter(|(c, _)| *c != own) {
                *here = (tied[own] * chance(c, false), tied[own] * chance(c, true));
            }
        }
        wins.push(here);
        below.iter_mut().zip(&tied).for_each(|(b, t)| *b += t);
    }
    // Descending: a case of another class lies below all of `own` that come after it, and ties with those beside it.
    let mut above = vec![0.0; k];
    for (group, here) in groups.iter().zip(&wins).rev() {
        for &i in *group {
            let c = class[i as usize];
            if c != own {
                share[i as usize] = above[c] + here[c].1;
            }
        }
        above.iter_mut().zip(here).for_each(|(sum, w)| *sum += w.0);
    }
    Ok(share)
}

/// ∫₀¹ tᶻ Π (below + t · tied) dt: each factor is won outright or tied, and r ties share as 1/(1 + r); z = 1 if a tie is there already.
fn mean_over_ties(factors: impl Iterator<Item = (f64, f64)>, tie_before: bool) -> f64 {
    let mut polynomial = vec![1.0];
    for (below, tied) in factors {
        let mut next = vec![0.0; polynomial.len() + 1];
        for (power, c) in polynomial.iter().enumerate() {
            next[power] += c * below;
            next[power + 1] += c * tied;
        }
        polynomial = next;
    }
    let first = 1 + usize::from(tie_before);
    polynomial.iter().enumerate().map(|(power, c)| c / (power + first) as f64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn counting_sets_one_by_one_gives_the_same_index_and_shares() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(15);
        let class: Vec<usize> = (0..24).map(|i| i % 3).collect();
        let rows: Vec<Vec<f64>> = (0..24).map(|_| (0..3).map(|_| f64::from(rng.gen_range(0..4))).collect()).collect();
        let by_class = ByClass::new(&class, &rows).unwrap();
        for own in 0..3 {
            let (mut sum, mut count) = (vec![0.0; 24], vec![0.0; 24]);
            for a in (0..24).filter(|i| class[*i] == 0) {
                for b in (0..24).filter(|i| class[*i] == 1) {
                    for c in (0..24).filter(|i| class[*i] == 2) {
                        let set = [a, b, c];
                        let s = set.map(|i| rows[i][own]);
                        let highest = s.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
                        let win = if s[own] == highest { 1.0 / s.iter().filter(|x| **x == highest).count() as f64 } else { 0.0 };
                        for i in set {
                            sum[i] += win;
                            count[i] += 1.0;
                        }
                    }
                }
            }
            for (i, share) in shares_in(own, &class, &by_class).unwrap().iter().enumerate() {
                assert!((share - sum[i] / count[i]).abs() < 1e-14, "class {own}, case {i}");
            }
        }
    }

    #[test]
    fn constant_scores_are_chance_and_a_lone_case_has_no_error() {
        let found = pdi(&[0, 1, 2, 3, 0, 1, 2, 3], &vec![vec![0.25; 4]; 8], 0.95).unwrap();
        assert!((found.overall.value - 0.25).abs() < 1e-15);
        assert_eq!(found.overall.se, Some(0.0));
        let lone = pdi(&[0, 1, 1], &[vec![0.9, 0.1], vec![0.2, 0.8], vec![0.3, 0.7]], 0.95).unwrap();
        assert_eq!((lone.overall.value, lone.overall.se), (1.0, None));
    }
}
