//! The bootstrap: how much a statistic varies when cases are drawn again, with replacement.
//!
//! Every replicate has its own seed, drawn beforehand from the caller's generator: results do not depend on the number of threads.

use rand::{Rng, RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::estimate::{Defined, Estimate, Method, undefined};
use super::normal;
use super::quantile::{QuantileType, quantile_sorted};

/// How cases are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling<'a> {
    /// Any case may be drawn any number of times.
    Plain,
    /// Within strata (outcome classes, sites), each keeping its size. One stratum number per case.
    Stratified(&'a [usize]),
    /// Whole groups at once (a patient with all lesions). One group number per case; the number of cases varies.
    Clustered(&'a [usize]),
}

/// The positions from which a resample is drawn.
enum Source {
    /// Drawn one by one within each of these.
    Strata(Vec<Vec<usize>>),
    /// Drawn as wholes.
    Groups(Vec<Vec<usize>>),
}

impl Source {
    fn new(n: usize, resampling: Resampling) -> Self {
        let groups = |labels: &[usize]| {
            let mut groups = std::collections::BTreeMap::<usize, Vec<usize>>::new();
            for (i, &label) in labels.iter().enumerate().take(n) {
                groups.entry(label).or_default().push(i);
            }
            groups.into_values().collect()
        };
        match resampling {
            Resampling::Plain => Source::Strata(vec![(0..n).collect()]),
            Resampling::Stratified(labels) => Source::Strata(groups(labels)),
            Resampling::Clustered(labels) => Source::Groups(groups(labels)),
        }
    }

    fn draw(&self, rng: &mut impl Rng, index: &mut Vec<usize>) {
        index.clear();
        match self {
            Source::Strata(strata) => {
                for stratum in strata.iter().filter(|s| !s.is_empty()) {
                    index.extend((0..stratum.len()).map(|_| stratum[rng.gen_range(0..stratum.len())]));
                }
            }
            Source::Groups(groups) if groups.is_empty() => {}
            Source::Groups(groups) => {
                for _ in 0..groups.len() {
                    index.extend_from_slice(&groups[rng.gen_range(0..groups.len())]);
                }
            }
        }
    }
}

/// Computes a statistic on `count` resamples of `n` cases, in parallel; it is handed the positions drawn.
pub fn replicates<T: Send>(
    n: usize,
    resampling: Resampling,
    count: usize,
    rng: &mut impl RngCore,
    statistic: impl Fn(&[usize]) -> T + Sync,
) -> Vec<T> {
    let source = Source::new(n, resampling);
    let seeds: Vec<u64> = (0..count).map(|_| rng.next_u64()).collect();
    seeds
        .into_par_iter()
        .map_init(Vec::new, |index, seed| {
            source.draw(&mut Xoshiro256PlusPlus::seed_from_u64(seed), index);
            statistic(index)
        })
        .collect()
}

/// Which quantile of the replicates ends a percentile interval. Programs differ, and with a few hundred replicates it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PercentileRule {
    /// A sample quantile of one of R's nine types.
    Quantile(QuantileType),
    /// R's `boot`: the order statistic (B + 1) α, interpolated on the scale of normal quantiles.
    NormalInterpolated,
    /// R's `mcca`: the order statistic B α, cut to a whole number.
    TruncatedRank,
}

impl Default for PercentileRule {
    fn default() -> Self {
        PercentileRule::Quantile(QuantileType::Type7)
    }
}

/// A statistic with its bootstrap replicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The statistic on the cases themselves.
    pub value: f64,
    /// The replicates that are defined, ascending.
    pub replicates: Vec<f64>,
    /// Replicates on which the statistic was undefined (a resample without events) and which were left out.
    pub undefined: usize,
}

impl Bootstrap {
    /// From replicates in any order.
    ///
    /// # Errors
    /// Fewer than two replicates are defined.
    pub fn new(value: f64, replicates: impl IntoIterator<Item = Option<f64>>) -> Defined<Self> {
        let (mut defined, mut missing) = (Vec::new(), 0);
        for replicate in replicates {
            match replicate {
                Some(x) if x.is_finite() => defined.push(x),
                _ => missing += 1,
            }
        }
        if defined.len() < 2 {
            undefined!("the statistic is defined on {} of {} resamples", defined.len(), defined.len() + missing);
        }
        defined.sort_unstable_by(f64::total_cmp);
        Ok(Bootstrap { value, replicates: defined, undefined: missing })
    }

    fn mean(&self) -> f64 {
        self.replicates.iter().sum::<f64>() / self.replicates.len() as f64
    }

    /// Mean of the replicates less the value.
    pub fn bias(&self) -> f64 {
        self.mean() - self.value
    }

    /// Standard deviation of the replicates.
    pub fn se(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.replicates.iter().map(|x| (x - mean).powi(2)).sum();
        (squares / (self.replicates.len() as f64 - 1.0)).sqrt()
    }

    /// value − bias ± z · se.
    pub fn normal(&self, level: f64) -> Estimate {
        let (centre, half) = (self.value - self.bias(), normal::critical(level) * self.se());
        Estimate::with_interval(self.value, Some(self.se()), centre - half, centre + half, level, Method::BootstrapNormal)
    }

    /// From the (1 − level)/2 to the (1 + level)/2 quantile of the replicates.
    pub fn percentile(&self, level: f64, rule: PercentileRule) -> Estimate {
        let (lower, upper) = self.ends(level, rule);
        Estimate::with_interval(self.value, Some(self.se()), lower, upper, level, Method::BootstrapPercentile)
    }

    /// The percentile interval turned about the value: 2 · value − quantiles.
    pub fn basic(&self, level: f64, rule: PercentileRule) -> Estimate {
        let (lower, upper) = self.ends(level, rule);
        let (lower, upper) = (2.0 * self.value - upper, 2.0 * self.value - lower);
        Estimate::with_interval(self.value, Some(self.se()), lower, upper, level, Method::BootstrapBasic)
    }

    /// The (1 − level)/2 and (1 + level)/2 quantiles.
    fn ends(&self, level: f64, rule: PercentileRule) -> (f64, f64) {
        let tail = match rule {
            // Without the rounding in 1 − 0.95, which would push a quantile that steps at exactly 0.025 to its other side.
            PercentileRule::Quantile(_) => ((1.0 - level) * 0.5e12).round() / 1e12,
            _ => 0.5 * (1.0 - level),
        };
        (self.quantile(tail, rule), self.quantile(1.0 - tail, rule))
    }

    /// The bias-corrected and accelerated interval, with quantiles as R's `boot` takes them.
    ///
    /// # Definition
    /// Quantiles Φ(w + (w + z)/(1 − a (w + z))) of the replicates, w = Φ⁻¹(share of replicates below the value), a = Σ l³ / (6 (Σ l²)^1.5)
    /// with the influence l of each case (see [`jackknife_influence`]).
    ///
    /// # Errors
    /// All replicates on one side of the value; no case has any influence.
    ///
    /// # Reference
    /// Efron, J Am Stat Assoc 1987;82:171. Davison & Hinkley 1997, ch. 5. R `boot::boot.ci`.
    pub fn bca(&self, level: f64, influence: &[f64]) -> Defined<Estimate> {
        let below = self.replicates.partition_point(|x| *x < self.value) as f64 / self.replicates.len() as f64;
        let w = normal::quantile(below);
        let squares: f64 = influence.iter().map(|l| l * l).sum();
        if !w.is_finite() {
            undefined!("all replicates lie on one side of the value: no BCa interval");
        }
        if squares == 0.0 {
            undefined!("no case has any influence: no BCa interval");
        }
        let a = influence.iter().map(|l| l.powi(3)).sum::<f64>() / (6.0 * squares.powf(1.5));
        let end = |tail: f64| {
            let z = normal::quantile(tail);
            self.quantile(normal::cdf(w + (w + z) / (1.0 - a * (w + z))), PercentileRule::NormalInterpolated)
        };
        let (lower, upper) = (end(0.5 * (1.0 - level)), end(0.5 * (1.0 + level)));
        Ok(Estimate::with_interval(self.value, Some(self.se()), lower, upper, level, Method::BootstrapBca))
    }

    /// The quantile `p` of the replicates.
    fn quantile(&self, p: f64, rule: PercentileRule) -> f64 {
        let sorted = &self.replicates;
        let count = sorted.len();
        match rule {
            PercentileRule::Quantile(kind) => quantile_sorted(sorted, p, kind).unwrap_or(f64::NAN),
            PercentileRule::TruncatedRank => sorted[((count as f64 * p) as usize).clamp(1, count) - 1],
            PercentileRule::NormalInterpolated => {
                let rank = (count as f64 + 1.0) * p;
                let k = rank.trunc();
                if k < 1.0 {
                    return sorted[0];
                }
                if k >= count as f64 {
                    return sorted[count - 1];
                }
                let low = sorted[k as usize - 1];
                if k == rank {
                    return low;
                }
                let scale = |rank: f64| normal::quantile(rank / (count as f64 + 1.0));
                let share = (normal::quantile(p) - scale(k)) / (scale(k + 1.0) - scale(k));
                low + share * (sorted[k as usize] - low)
            }
        }
    }
}

/// What each case does to a statistic: (n − 1)(t − t without the case), n the size of its stratum.
///
/// # Errors
/// The statistic is undefined without some case.
pub fn jackknife_influence(
    n: usize,
    stratum: Option<&[usize]>,
    statistic: impl Fn(&[usize]) -> Defined<f64> + Sync,
) -> Defined<Vec<f64>> {
    let all: Vec<usize> = (0..n).collect();
    let value = statistic(&all)?;
    let size = |i: usize| match stratum {
        Some(stratum) => stratum.iter().filter(|s| **s == stratum[i]).count(),
        None => n,
    };
    all.par_iter()
        .map(|&i| {
            let others: Vec<usize> = (0..n).filter(|&j| j != i).collect();
            Ok((size(i) as f64 - 1.0) * (value - statistic(&others)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_respect_strata_and_groups_and_do_not_depend_on_threads() {
        let labels = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
        let draw = |resampling: Resampling, threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(16);
            pool.install(|| replicates(10, resampling, 200, &mut rng, <[usize]>::to_vec))
        };
        for resampling in [Resampling::Plain, Resampling::Stratified(&labels), Resampling::Clustered(&labels)] {
            assert_eq!(draw(resampling, 1), draw(resampling, 4));
        }
        for index in draw(Resampling::Stratified(&labels), 2) {
            let size = |s: usize| index.iter().filter(|&&i| labels[i] == s).count();
            assert_eq!((size(0), size(1), size(2)), (3, 2, 5));
        }
        for index in draw(Resampling::Clustered(&labels), 2) {
            // Members of a group come together: each as often as the group's first.
            for i in 0..10 {
                let first = labels.iter().position(|l| *l == labels[i]).unwrap();
                let times = |j: usize| index.iter().filter(|&&k| k == j).count();
                assert_eq!(times(i), times(first));
            }
        }
        assert!(
            replicates(0, Resampling::Clustered(&[]), 3, &mut Xoshiro256PlusPlus::seed_from_u64(1), <[usize]>::len)
                .iter()
                .all(|&n| n == 0)
        );
    }

    #[test]
    fn the_mean_has_its_known_standard_error() {
        let x: Vec<f64> = (0..50).map(|i| (f64::from(i) * 0.7).sin()).collect();
        let mean = |index: &[usize]| index.iter().map(|&i| x[i]).sum::<f64>() / index.len() as f64;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(17);
        let all: Vec<usize> = (0..50).collect();
        let b = Bootstrap::new(mean(&all), replicates(50, Resampling::Plain, 8000, &mut rng, |i| Some(mean(i)))).unwrap();
        let population: f64 = x.iter().map(|v| (v - mean(&all)).powi(2)).sum::<f64>() / 50.0;
        assert!((b.se() / (population / 50.0).sqrt() - 1.0).abs() < 0.03);
        // The influence of a case on the mean is its distance from the mean.
        let influence = jackknife_influence(50, None, |i| Ok(mean(i))).unwrap();
        assert!(influence.iter().zip(&x).all(|(l, v)| (l - (v - mean(&all))).abs() < 1e-12));
        let bca = b.bca(0.95, &influence).unwrap();
        assert!(bca.lower.unwrap() < b.value && b.value < bca.upper.unwrap());
    }

    #[test]
    fn undefined_replicates_are_counted_and_too_few_are_refused() {
        let b = Bootstrap::new(0.0, [Some(1.0), None, Some(f64::NAN), Some(3.0)]).unwrap();
        assert_eq!((b.replicates.len(), b.undefined), (2, 2));
        assert!(Bootstrap::new(0.0, [Some(1.0), None]).is_err());
        assert!(b.bca(0.95, &[1.0]).is_err());
    }
}
