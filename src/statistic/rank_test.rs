//! Tests on ranks: Mann–Whitney (Wilcoxon rank sum), Kruskal–Wallis, and Dunn's comparisons of pairs.

use serde::{Deserialize, Serialize};

use super::describe::finite;
use super::estimate::{Defined, Test, undefined};
use super::normal;
use super::rank::Order;

/// How the p-value of a rank-sum test is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankSumP {
    /// As R's `wilcox.test`: exact below 50 values per group without ties, else normal with continuity correction.
    Automatic,
    /// From the distribution of the statistic over all arrangements.
    Exact,
    /// Normal approximation, corrected for ties and continuity.
    NormalCorrected,
    /// Normal approximation, corrected for ties.
    Normal,
}

/// A rank-sum test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankSum {
    /// W of R (Mann and Whitney's U of the first group): pairs in which the first group's value is higher, ties ½.
    pub w: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// How it was computed.
    pub method: RankSumP,
}

impl RankSum {
    /// W over the number of pairs: the probability that a value of the first group exceeds one of the second (AUC).
    pub fn probability_of_superiority(&self, first: usize, second: usize) -> f64 {
        self.w / (first as f64 * second as f64)
    }
}

/// Above this many values in a group the exact distribution is not computed.
const EXACT_LIMIT: usize = 200;

/// Mann and Whitney's U test (Wilcoxon's rank-sum test).
///
/// # Errors
/// An empty group, missing values, all values equal; [`RankSumP::Exact`] with ties or more than 200 values in a group.
///
/// # Reference
/// Mann and Whitney, Annals of Mathematical Statistics 1947;18:50. R `wilcox.test`.
pub fn rank_sum(first: &[f64], second: &[f64], p: RankSumP) -> Defined<RankSum> {
    finite(first)?;
    finite(second)?;
    let pooled: Vec<f64> = first.iter().chain(second).copied().collect();
    let ranks = Ranks::new(&pooled)?;
    let (m, n) = (first.len() as f64, second.len() as f64);
    let w = ranks.rank[..first.len()].iter().sum::<f64>() - m * (m + 1.0) / 2.0;
    let small = first.len() < 50 && second.len() < 50;
    let method = match p {
        RankSumP::Automatic if small && !ranks.tied() => RankSumP::Exact,
        RankSumP::Automatic => RankSumP::NormalCorrected,
        other => other,
    };
    if method == RankSumP::Exact {
        if ranks.tied() {
            undefined!("equal values: the exact distribution does not apply");
        }
        if first.len().max(second.len()) > EXACT_LIMIT {
            undefined!("more than {EXACT_LIMIT} values in a group: the exact distribution is not computed");
        }
        return Ok(RankSum { w, p: exact_two_sided(first.len(), second.len(), w as usize), method });
    }
    let total = m + n;
    let variance = m * n / 12.0 * ((total + 1.0) - ranks.tie_sum / (total * (total - 1.0)));
    if variance.is_nan() || variance <= 0.0 {
        undefined!("all values are equal");
    }
    let excess = w - m * n / 2.0;
    let correction = if method == RankSumP::NormalCorrected { 0.5 } else { 0.0 };
    // R's sign(0) = 0: no correction where there is no excess.
    let z = if excess == 0.0 { 0.0 } else { (excess - correction * excess.signum()) / variance.sqrt() };
    Ok(RankSum { w, p: normal::two_sided(z), method })
}

/// Twice the smaller tail of the number of arrangements.
fn exact_two_sided(m: usize, n: usize, w: usize) -> f64 {
    // ways[k][u]: arrangements of k of the first group among j of the second with statistic u, j growing.
    let size = m * n + 1;
    let mut ways = vec![vec![0.0f64; size]; m + 1];
    ways.iter_mut().for_each(|row| row[0] = 1.0);
    for j in 1..=n {
        for k in 1..=m {
            // Either the largest value is of the second group, or of the first and exceeds all j of the second.
            let (done, rest) = ways.split_at_mut(k);
            for u in (j..=k * j).rev() {
                let with = if u - j <= (k - 1) * j { done[k - 1][u - j] } else { 0.0 };
                let without = if u <= k * (j - 1) { rest[0][u] } else { 0.0 };
                rest[0][u] = with + without;
            }
        }
    }
    let total: f64 = ways[m].iter().sum();
    let lower: f64 = ways[m][..=w].iter().sum::<f64>() / total;
    let upper: f64 = ways[m][w..].iter().sum::<f64>() / total;
    (2.0 * lower.min(upper)).min(1.0)
}

/// Kruskal and Wallis' test: one-way analysis of variance on ranks, corrected for ties.
///
/// # Errors
/// Fewer than two groups, an empty group, missing values, all values equal.
///
/// # Reference
/// Kruskal and Wallis, Journal of the American Statistical Association 1952;47:583. R `kruskal.test`.
pub fn kruskal_wallis(groups: &[&[f64]]) -> Defined<Test> {
    let (ranks, parts) = rank_groups(groups)?;
    let n = ranks.rank.len() as f64;
    let sums: f64 = parts.iter().map(|(size, mean)| size * (mean - (n + 1.0) / 2.0).powi(2)).sum();
    let correction = 1.0 - ranks.tie_sum / (n * n * n - n);
    if correction.is_nan() || correction <= 0.0 {
        undefined!("all values are equal");
    }
    let statistic = 12.0 / (n * (n + 1.0)) * sums / correction;
    let df = groups.len() as f64 - 1.0;
    Ok(Test { statistic, df: Some(df), p: normal::chi_square_sf(statistic, df) })
}

/// One of Dunn's comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DunnComparison {
    /// The group whose mean rank is taken.
    pub group: usize,
    /// The group whose mean rank is subtracted.
    pub minus: usize,
    /// Difference of the mean ranks.
    pub mean_rank_difference: f64,
    /// Its z statistic.
    pub z: f64,
    /// Two-sided p-value, not adjusted for the number of comparisons.
    pub p: f64,
}

/// Dunn's comparisons of all pairs of groups after [`kruskal_wallis`], in the order 2−1, 3−1, …, 3−2, …; p-values are not adjusted yet.
///
/// # Reference
/// Dunn, Technometrics 1964;6:241. DescTools `DunnTest`.
pub fn dunn(groups: &[&[f64]]) -> Defined<Vec<DunnComparison>> {
    let (ranks, parts) = rank_groups(groups)?;
    let n = ranks.rank.len() as f64;
    let variance = n * (n + 1.0) / 12.0 - ranks.tie_sum / (12.0 * (n - 1.0));
    if variance.is_nan() || variance <= 0.0 {
        undefined!("all values are equal");
    }
    let mut comparisons = Vec::new();
    for minus in 0..parts.len() {
        for group in minus + 1..parts.len() {
            let ((a, high), (b, low)) = (parts[group], parts[minus]);
            let z = (high - low) / (variance * (1.0 / a + 1.0 / b)).sqrt();
            comparisons.push(DunnComparison { group, minus, mean_rank_difference: high - low, z, p: normal::two_sided(z) });
        }
    }
    Ok(comparisons)
}

/// Ranks of all values together; size and mean rank of each group.
fn rank_groups(groups: &[&[f64]]) -> Defined<(Ranks, Vec<(f64, f64)>)> {
    if groups.len() < 2 {
        undefined!("{} group has nothing to be compared with", groups.len());
    }
    for group in groups {
        finite(group)?;
    }
    let ranks = Ranks::new(&groups.concat())?;
    let mut start = 0;
    let parts = groups
        .iter()
        .map(|group| {
            let own = &ranks.rank[start..start + group.len()];
            start += group.len();
            (own.len() as f64, own.iter().sum::<f64>() / own.len() as f64)
        })
        .collect();
    Ok((ranks, parts))
}

/// Mid-ranks, and what ties take from their variance.
pub(crate) struct Ranks {
    pub(crate) rank: Vec<f64>,
    /// Σ t³ − t over groups of t equal values.
    pub(crate) tie_sum: f64,
    /// Sizes of the groups of two or more equal values.
    pub(crate) ties: Vec<f64>,
}

impl Ranks {
    pub(crate) fn new(values: &[f64]) -> Defined<Self> {
        let order = Order::new(values)?;
        let mut rank = vec![0.0; values.len()];
        let mut ties = Vec::new();
        let mut below = 0;
        for group in order.groups() {
            let mid = below as f64 + 0.5 * (group.len() + 1) as f64;
            group.iter().for_each(|&i| rank[i as usize] = mid);
            below += group.len();
            if group.len() > 1 {
                ties.push(group.len() as f64);
            }
        }
        let tie_sum = ties.iter().map(|t| t * t * t - t).sum();
        Ok(Ranks { rank, tie_sum, ties })
    }

    pub(crate) fn tied(&self) -> bool {
        !self.ties.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_distribution_of_three_and_three() {
        // 20 arrangements; W = 0 has one: p = 2/20.
        let found = rank_sum(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], RankSumP::Automatic).unwrap();
        assert_eq!((found.w, found.p, found.method), (0.0, 0.1, RankSumP::Exact));
        // W = 1 has one more, W = 2 two: p = 2 · 4/20.
        let found = rank_sum(&[1.0, 3.0, 4.0], &[2.0, 5.0, 6.0], RankSumP::Exact).unwrap();
        assert_eq!((found.w, found.p), (2.0, 0.4));
        assert_eq!(rank_sum(&[1.0, 4.0], &[2.0, 3.0], RankSumP::Exact).unwrap().p, 1.0);
    }

    #[test]
    fn exact_is_the_same_from_either_side_and_near_normal() {
        let a: Vec<f64> = (0..30).map(|i| f64::from(i * i % 97)).collect();
        let b: Vec<f64> = (0..25).map(|i| f64::from(i) * 3.3 + 0.05).collect();
        let mut a = a;
        a.sort_by(f64::total_cmp);
        a.dedup();
        let there = rank_sum(&a, &b, RankSumP::Exact).unwrap();
        let back = rank_sum(&b, &a, RankSumP::Exact).unwrap();
        assert!((there.p - back.p).abs() < 1e-13);
        assert_eq!(there.w + back.w, (a.len() * b.len()) as f64);
        assert!((there.p - rank_sum(&a, &b, RankSumP::NormalCorrected).unwrap().p).abs() < 0.01);
    }

    #[test]
    fn kruskal_of_two_groups_is_the_normal_rank_sum() {
        let (a, b) = ([1.0, 2.0, 2.0, 5.0, 7.0], [2.0, 4.0, 6.0, 8.0, 9.0, 9.0]);
        let kruskal = kruskal_wallis(&[&a, &b]).unwrap();
        assert!((kruskal.p - rank_sum(&a, &b, RankSumP::Normal).unwrap().p).abs() < 1e-13);
        assert!((kruskal.p - dunn(&[&a, &b]).unwrap()[0].p).abs() < 1e-13);
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(rank_sum(&[1.0, 1.0], &[1.0], RankSumP::Automatic).is_err());
        assert!(rank_sum(&[1.0, 1.0], &[1.0, 2.0], RankSumP::Exact).is_err());
        assert!(rank_sum(&[], &[1.0], RankSumP::Automatic).is_err());
        assert!(kruskal_wallis(&[&[1.0, 1.0], &[1.0]]).is_err());
        assert!(kruskal_wallis(&[&[1.0, 2.0]]).is_err());
        assert!(dunn(&[&[1.0], &[f64::NAN]]).is_err());
    }
}
