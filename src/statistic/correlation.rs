//! Correlation of two variables: Pearson's r, Spearman's ρ, Kendall's τ, with tests as R's `cor.test`.

use super::describe::{Moments, finite};
use super::estimate::{Defined, Estimate, Test, undefined};
use super::normal;
use super::rank_test::Ranks;

fn pair(x: &[f64], y: &[f64]) -> Defined<()> {
    if x.len() != y.len() {
        undefined!("{} values of one variable, {} of the other", x.len(), y.len());
    }
    finite(x)?;
    finite(y)
}

/// Pearson's product-moment correlation, without a test.
///
/// # Errors
/// Different lengths, missing values, fewer than two cases, a variable that does not vary.
pub fn pearson_r(x: &[f64], y: &[f64]) -> Defined<f64> {
    pair(x, y)?;
    let (a, b) = (Moments::of(x), Moments::of(y));
    let largest = |v: &[f64]| v.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let constant = |m: &Moments, v: &[f64]| m.squares <= m.n * (4.0 * f64::EPSILON * largest(v)).powi(2);
    if constant(&a, x) || constant(&b, y) {
        undefined!("a variable does not vary");
    }
    let products: f64 = x.iter().zip(y).map(|(x, y)| (x - a.mean) * (y - b.mean)).sum();
    Ok((products / (a.squares.sqrt() * b.squares.sqrt())).clamp(-1.0, 1.0))
}

/// r = 0 against r ≠ 0 by Student's t.
fn t_of_r(r: f64, n: usize) -> Test {
    let df = n as f64 - 2.0;
    let t = r * (df / (1.0 - r * r)).sqrt();
    Test { statistic: t, df: Some(df), p: normal::student_two_sided(t, df) }
}

/// Pearson's correlation with Fisher's z interval (from four cases) and t test.
///
/// # Errors
/// As [`pearson_r`]; fewer than three cases.
///
/// # Reference
/// Fisher, Metron 1921;1:3. R `cor.test`.
pub fn pearson(x: &[f64], y: &[f64], level: f64) -> Defined<(Estimate, Test)> {
    let r = pearson_r(x, y)?;
    let n = x.len();
    if n < 3 {
        undefined!("{n} cases are too few to test a correlation");
    }
    let estimate = if n > 3 && r.abs() < 1.0 {
        let half = normal::critical(level) / (n as f64 - 3.0).sqrt();
        let (low, high) = ((r.atanh() - half).tanh(), (r.atanh() + half).tanh());
        Estimate::with_interval(r, None, low, high, level, super::estimate::Method::Normal)
    } else {
        Estimate::point(r)
    };
    Ok((estimate, t_of_r(r, n)))
}

/// Spearman's rank correlation, without a test: Pearson's of the mid-ranks.
pub fn spearman_rho(x: &[f64], y: &[f64]) -> Defined<f64> {
    pair(x, y)?;
    pearson_r(&Ranks::new(x)?.rank, &Ranks::new(y)?.rank)
}

/// Spearman's rank correlation with its test, as R chooses it: with ties or from 1290 cases on Student's t of ρ, else the distribution of
/// S = Σ d² (counted up to 9 cases, Edgeworth's series above). The statistic is t or S.
///
/// # Errors
/// As [`pearson_r`]; fewer than three cases.
///
/// # Reference
/// Spearman, American Journal of Psychology 1904;15:72. Best and Roberts, Applied Statistics 1975;24:377 (algorithm AS 89).
pub fn spearman(x: &[f64], y: &[f64]) -> Defined<(f64, Test)> {
    pair(x, y)?;
    let n = x.len();
    let (a, b) = (Ranks::new(x)?, Ranks::new(y)?);
    let rho = pearson_r(&a.rank, &b.rank)?;
    if n < 3 {
        undefined!("{n} cases are too few to test a correlation");
    }
    if a.tied() || b.tied() || n >= 1290 {
        return Ok((rho, t_of_r(rho, n)));
    }
    let s: f64 = a.rank.iter().zip(&b.rank).map(|(a, b)| (a - b) * (a - b)).sum();
    let size = n as f64;
    let centre = (size * size * size - size) / 6.0;
    // S is even: P(S ≤ s) is the complement of P(S ≥ s + 2).
    let tail = if s > centre { squared_rank_difference_sf(s, n) } else { 1.0 - squared_rank_difference_sf(s + 2.0, n) };
    Ok((rho, Test { statistic: s, df: None, p: (2.0 * tail).clamp(0.0, 1.0) }))
}

/// P(Σ d² ≥ s) for two random rankings of n.
fn squared_rank_difference_sf(s: f64, n: usize) -> f64 {
    let size = n as f64;
    let most = size * (size * size - 1.0) / 3.0;
    if s <= 0.0 {
        return 1.0;
    }
    if s > most {
        return 0.0;
    }
    if n <= 9 {
        // Rankings with sum s, counted over the sets of ranks already given away.
        let sums = most as usize + 1;
        let mut ways = vec![vec![0.0f64; sums]; 1 << n];
        ways[0][0] = 1.0;
        for set in 0usize..1 << n {
            let place = set.count_ones() as usize;
            for rank in (0..n).filter(|rank| set >> rank & 1 == 0) {
                let d = place.abs_diff(rank).pow(2);
                for sum in 0..sums - d {
                    if ways[set][sum] > 0.0 {
                        let add = ways[set][sum];
                        ways[set | 1 << rank][sum + d] += add;
                    }
                }
            }
        }
        let all = &ways[(1 << n) - 1];
        let from = s.ceil() as usize;
        return all[from..].iter().sum::<f64>() / all.iter().sum::<f64>();
    }
    let b = 1.0 / size;
    let x = (6.0 * (s - 1.0) * b / (size * size - 1.0) - 1.0) * (1.0 / b - 1.0).sqrt();
    let y = x * x;
    let series = x
        * b
        * (0.2274
            + b * (0.2531 + 0.1745 * b)
            + y * (-0.0758 + b * (0.1033 + 0.3932 * b)
                - y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)))));
    (series / (0.5 * y).exp() + normal::sf(x)).clamp(0.0, 1.0)
}

/// Kendall's τ_b with its test, as R chooses it: exact below 50 cases without ties, else normal with ties in the variance. The statistic is
/// z, or the number of concordant pairs where exact.
///
/// # Errors
/// As [`pearson_r`].
///
/// # Reference
/// Kendall, Biometrika 1938;30:81; 1945;33:239 (ties). Knight, Journal of the American Statistical Association 1966;61:436 (n log n).
pub fn kendall(x: &[f64], y: &[f64]) -> Defined<(f64, Test)> {
    pair(x, y)?;
    let n = x.len() as f64;
    if x.len() < 2 {
        undefined!("one case has no correlation");
    }
    let (a, b) = (Ranks::new(x)?, Ranks::new(y)?);
    let pairs = |sizes: &[f64]| sizes.iter().map(|t| t * (t - 1.0) / 2.0).sum::<f64>();
    let total = n * (n - 1.0) / 2.0;
    let (tied_x, tied_y) = (pairs(&a.ties), pairs(&b.ties));
    if tied_x == total || tied_y == total {
        undefined!("a variable does not vary");
    }
    let s = concordant_less_discordant(&a.rank, &b.rank, total, tied_x, tied_y);
    let tau = (s / ((total - tied_x).sqrt() * (total - tied_y).sqrt())).clamp(-1.0, 1.0);
    if !a.tied() && !b.tied() && x.len() < 50 {
        let concordant = (total + s) / 2.0;
        return Ok((tau, Test { statistic: concordant, df: None, p: kendall_exact(concordant as usize, x.len()) }));
    }
    let over = |sizes: &[f64], f: fn(f64) -> f64| sizes.iter().map(|&t| f(t)).sum::<f64>();
    let spread: fn(f64) -> f64 = |t| t * (t - 1.0) * (2.0 * t + 5.0);
    let twos: fn(f64) -> f64 = |t| t * (t - 1.0);
    let threes: fn(f64) -> f64 = |t| t * (t - 1.0) * (t - 2.0);
    let mut variance = (spread(n) - over(&a.ties, spread) - over(&b.ties, spread)) / 18.0;
    variance += over(&a.ties, twos) * over(&b.ties, twos) / (2.0 * twos(n));
    if n > 2.0 {
        variance += over(&a.ties, threes) * over(&b.ties, threes) / (9.0 * threes(n));
    }
    let z = s / variance.sqrt();
    Ok((tau, Test { statistic: z, df: None, p: normal::two_sided(z) }))
}

/// Concordant less discordant pairs, by counting the exchanges that sorting y needs once cases are in the order of x.
fn concordant_less_discordant(x: &[f64], y: &[f64], total: f64, tied_x: f64, tied_y: f64) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_unstable_by(|&i, &j| x[i].total_cmp(&x[j]).then(y[i].total_cmp(&y[j])));
    let tied_both: f64 =
        order.chunk_by(|&i, &j| x[i] == x[j] && y[i] == y[j]).map(|run| run.len() as f64 * (run.len() as f64 - 1.0) / 2.0).sum();
    let mut sequence: Vec<f64> = order.iter().map(|&i| y[i]).collect();
    let discordant = exchanges(&mut sequence) as f64;
    total - tied_x - tied_y + tied_both - 2.0 * discordant
}

/// Sorts, and returns how many pairs stood in the wrong order.
fn exchanges(values: &mut [f64]) -> u64 {
    if values.len() < 2 {
        return 0;
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let mut count = exchanges(left) + exchanges(right);
    let (left, right) = (left.to_vec(), right.to_vec());
    let (mut i, mut j) = (0, 0);
    for slot in values.iter_mut() {
        if j == right.len() || (i < left.len() && left[i] <= right[j]) {
            *slot = left[i];
            i += 1;
        } else {
            count += (left.len() - i) as u64;
            *slot = right[j];
            j += 1;
        }
    }
    count
}

/// Twice the smaller tail of the number of concordant pairs of two random rankings.
fn kendall_exact(concordant: usize, n: usize) -> f64 {
    // Rankings of k by inversions: inserting the next element adds 0 to k − 1.
    let mut probability = vec![1.0];
    for k in 2..=n {
        let mut next = vec![0.0; probability.len() + k - 1];
        for (inversions, p) in probability.iter().enumerate() {
            for added in 0..k {
                next[inversions + added] += p / k as f64;
            }
        }
        probability = next;
    }
    let lower: f64 = probability[..=concordant].iter().sum();
    let upper: f64 = probability[concordant..].iter().sum();
    (2.0 * lower.min(upper)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_lines_and_their_ends() {
        let x = [1.0, 2.0, 3.0, 5.0];
        let up: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
        assert_eq!(pearson(&x, &up, 0.95).unwrap().1.p, 0.0);
        // 1 of 24 rankings is perfect: p = 2/24.
        assert!((spearman(&x, &up).unwrap().1.p - 2.0 / 24.0).abs() < 1e-14);
        let (tau, test) = kendall(&x, &up).unwrap();
        assert!((tau - 1.0).abs() < 1e-15 && (test.p - 2.0 / 24.0).abs() < 1e-14);
    }

    #[test]
    fn kendall_counts_pairs_with_ties() {
        let x = [1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 1.0];
        let y = [2.0, 1.0, 3.0, 3.0, 3.0, 5.0, 2.0];
        let mut s = 0.0;
        let sign = |a: f64, b: f64| {
            if a > b {
                1.0
            } else if a < b {
                -1.0
            } else {
                0.0
            }
        };
        for i in 0..7 {
            for j in 0..i {
                s += sign(x[i], x[j]) * sign(y[i], y[j]);
            }
        }
        let (tx, ty) = (3.0, 1.0 + 3.0);
        let tau = kendall(&x, &y).unwrap().0;
        assert!((tau - s / ((21.0f64 - tx) * (21.0 - ty)).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn the_series_continues_the_counting() {
        // Nine cases counted against the series: a few thousandths apart.
        let n = 9;
        let most = 9.0 * 80.0 / 3.0;
        let b: f64 = 1.0 / 9.0;
        for s in [40.0, 80.0, 120.0, 180.0, 220.0] {
            let x = (6.0 * (s - 1.0) * b / 80.0 - 1.0) * (1.0 / b - 1.0f64).sqrt();
            assert!((squared_rank_difference_sf(s, n) - normal::sf(x)).abs() < 0.02);
        }
        assert_eq!(squared_rank_difference_sf(0.0, n), 1.0);
        assert_eq!(squared_rank_difference_sf(most + 1.0, n), 0.0);
    }

    #[test]
    fn what_is_undefined_says_why() {
        assert!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0], 0.95).is_err());
        assert!(pearson(&[1.0, 2.0], &[1.0, 2.0], 0.95).is_err());
        assert!(spearman(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0]).is_err());
        assert!(kendall(&[1.0, 1.0], &[1.0, 2.0]).is_err());
        assert!(kendall(&[1.0], &[1.0]).is_err());
        assert!(pearson(&[1.0], &[1.0, 2.0], 0.95).is_err());
    }
}
