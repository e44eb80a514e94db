//! AUCs of three or more classes, with variances, so that two models' macro-AUCs can be tested like two AUCs.
//!
//! Scores are one row per case, one column per class. Every average is a mean of two-class AUCs; its covariance comes from what each
//! case contributes to it (DeLong's components, added up over the AUCs in which the case takes part).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::classes::ByClass;
use super::correlated::CorrelatedAucs;
use super::estimate::{Defined, Method, Undefined};
use super::placement::Placements;

/// How the two-class AUCs of a K-class prediction are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Average {
    /// One class (by its number) against all others, by that class's score.
    OneVsRest(usize),
    /// Mean of the K one-vs-rest AUCs.
    Macro,
    /// One-vs-rest AUCs weighted by the classes' shares of the cases (taken as known).
    Weighted,
    /// One AUC over all K scores of all cases pooled: is it the case's class or not? It rewards knowing which classes are frequent.
    Micro,
    /// Hand and Till's M: mean over pairs of classes of ½ (A(i|j) + A(j|i)); it does not depend on prevalence.
    HandTill,
    /// The same weighted by each pair's share of the cases (scikit-learn's `ovo`, `weighted`).
    OneVsOneWeighted,
}

/// AUCs of several models on the same cases, with covariance: [`CorrelatedAucs::compare`] is the paired test.
///
/// # Definition
/// One class against the rest: AUC as in [`super::delong`]. Case i contributes gₖ(i) = (V₁₀(i) − θₖ)/√(m (m − 1)) as one of the m cases of
/// class k, (V₀₁(i) − θₖ)/√(n (n − 1)) as one of the n others; Cov(θₖ, θₗ) = Σᵢ gₖ(i) gₗ(i), whose diagonal is DeLong's variance.
/// Means of AUCs have the mean contribution. In the micro average a case contributes as an event once and as a non-event K − 1 times,
/// all of them together (cases, not scores, are independent).
///
/// # Errors
/// Rows that do not fit, a score that is not a number, a class without a case. With one case in a class there is no covariance.
///
/// # Reference
/// Hand & Till, Machine Learning 2001;45:171. Obuchowski, Biometrics 1997;53:567 (clustered scores).
pub fn multiclass_auc(class: &[usize], models: &[&[Vec<f64>]], average: Average) -> Defined<CorrelatedAucs> {
    let parts: Vec<Part> = models
        .par_iter()
        .map(|scores| {
            let by_class = ByClass::new(class, scores)?;
            Ok(match average {
                Average::OneVsRest(k) if k >= by_class.k() => {
                    return Err(Undefined::because(format_args!("there is no class {k} of {}", by_class.k())));
                }
                Average::OneVsRest(k) => one_vs_rest(class, &by_class, k)?,
                Average::Macro => mean_one_vs_rest(class, &by_class, |_| 1.0)?,
                Average::Weighted => mean_one_vs_rest(class, &by_class, |k| by_class.counts[k] as f64)?,
                Average::Micro => micro(class, &by_class)?,
                Average::HandTill => mean_one_vs_one(class, &by_class, |_, _| 1.0)?,
                Average::OneVsOneWeighted => {
                    mean_one_vs_one(class, &by_class, |i, j| (by_class.counts[i] + by_class.counts[j]) as f64)?
                }
            })
        })
        .collect::<Defined<_>>()?;
    let covariance = parts
        .iter()
        .map(|p| p.contribution.as_ref().map_err(Clone::clone))
        .collect::<Defined<Vec<&Vec<f64>>>>()
        .map(|g| g.iter().flat_map(|a| g.iter().map(move |b| a.iter().zip(*b).map(|(a, b)| a * b).sum())).collect());
    Ok(CorrelatedAucs { auc: parts.iter().map(|p| p.auc).collect(), covariance, method: Method::Delong })
}

/// An AUC (or a mean of some) and what each case contributes to it.
struct Part {
    auc: f64,
    contribution: Defined<Vec<f64>>,
}

/// Adds `weight` times the contributions of a two-class AUC to those of the cases at `members`.
fn contribute(to: &mut [f64], weight: f64, p: &Placements, event: &[bool], members: impl Iterator<Item = usize>) -> Defined<()> {
    for (count, what) in [(p.events(), "class"), (p.nonevents(), "class, or of the others together,")] {
        if count < 2 {
            return Err(Undefined::because(format_args!("one case alone of a {what} has no variance")));
        }
    }
    let scale = |n: usize| weight / (n as f64 * (n as f64 - 1.0)).sqrt();
    let (of_event, of_nonevent) = (scale(p.events()), scale(p.nonevents()));
    for (at, (i, &event)) in members.zip(event).enumerate() {
        to[i] += (p.component(at, event) - p.auc()) * if event { of_event } else { of_nonevent };
    }
    Ok(())
}

fn one_vs_rest(class: &[usize], by_class: &ByClass, k: usize) -> Defined<Part> {
    let event: Vec<bool> = class.iter().map(|&c| c == k).collect();
    let p = Placements::new(&event, &by_class.columns[k])?;
    let mut g = vec![0.0; class.len()];
    let contribution = contribute(&mut g, 1.0, &p, &event, 0..class.len()).map(|()| g);
    Ok(Part { auc: p.auc(), contribution })
}

fn mean_one_vs_rest(class: &[usize], by_class: &ByClass, weight: impl Fn(usize) -> f64) -> Defined<Part> {
    let parts = (0..by_class.k()).map(|k| one_vs_rest(class, by_class, k)).collect::<Defined<Vec<_>>>()?;
    let total: f64 = (0..by_class.k()).map(&weight).sum();
    let auc = parts.iter().enumerate().map(|(k, p)| weight(k) * p.auc).sum::<f64>() / total;
    let mut g = vec![0.0; class.len()];
    for (k, part) in parts.into_iter().enumerate() {
        match part.contribution {
            Ok(own) => g.iter_mut().zip(own).for_each(|(sum, x)| *sum += weight(k) / total * x),
            Err(reason) => return Ok(Part { auc, contribution: Err(reason) }),
        }
    }
    Ok(Part { auc, contribution: Ok(g) })
}

fn micro(class: &[usize], by_class: &ByClass) -> Defined<Part> {
    let (n, k) = (class.len(), by_class.k());
    let event: Vec<bool> = (0..n * k).map(|r| class[r % n] == r / n).collect();
    let p = Placements::new(&event, &by_class.columns.concat())?;
    if n < 2 {
        return Ok(Part { auc: p.auc(), contribution: Err(Undefined::because("one case alone has no variance")) });
    }
    let scale = 1.0 / (n as f64 * (n as f64 - 1.0)).sqrt();
    let of_case = |i: usize| {
        let rows = (0..k).map(|c| c * n + i);
        let sum: f64 =
            rows.map(|r| (p.component(r, event[r]) - p.auc()) * if event[r] { 1.0 } else { 1.0 / (k as f64 - 1.0) }).sum();
        sum * scale
    };
    Ok(Part { auc: p.auc(), contribution: Ok((0..n).map(of_case).collect()) })
}

/// The cases of two classes and both AUCs between them.
struct Pair {
    members: Vec<usize>,
    is_first: Vec<bool>,
    is_second: Vec<bool>,
    first: Placements,
    second: Placements,
}

fn pair(class: &[usize], by_class: &ByClass, i: usize, j: usize) -> Defined<Pair> {
    let members: Vec<usize> = (0..class.len()).filter(|&m| class[m] == i || class[m] == j).collect();
    let is_first: Vec<bool> = members.iter().map(|&m| class[m] == i).collect();
    let is_second: Vec<bool> = is_first.iter().map(|f| !f).collect();
    let score = |c: usize| members.iter().map(|&m| by_class.columns[c][m]).collect::<Vec<f64>>();
    let first = Placements::new(&is_first, &score(i))?;
    let second = Placements::new(&is_second, &score(j))?;
    Ok(Pair { members, is_first, is_second, first, second })
}

fn mean_one_vs_one(class: &[usize], by_class: &ByClass, weight: impl Fn(usize, usize) -> f64) -> Defined<Part> {
    let k = by_class.k();
    let pairs: Vec<(usize, usize)> = (0..k).flat_map(|i| (i + 1..k).map(move |j| (i, j))).collect();
    let total: f64 = pairs.iter().map(|&(i, j)| weight(i, j)).sum();
    let mut auc = 0.0;
    let mut contribution = Ok(vec![0.0; class.len()]);
    for (i, j) in pairs {
        let p = pair(class, by_class, i, j)?;
        auc += weight(i, j) * 0.5 * (p.first.auc() + p.second.auc());
        let share = 0.5 * weight(i, j) / total;
        contribution = contribution.and_then(|mut g| {
            contribute(&mut g, share, &p.first, &p.is_first, p.members.iter().copied())?;
            contribute(&mut g, share, &p.second, &p.is_second, p.members.iter().copied())?;
            Ok(g)
        });
    }
    Ok(Part { auc: auc / total, contribution })
}

/// Two classes told apart, by either's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairwiseAuc {
    /// The lower class number.
    pub i: usize,
    /// The higher class number.
    pub j: usize,
    /// A(i|j): the chance that a case of class i has a higher score *for class i* than a case of class j.
    pub i_given_j: f64,
    /// A(j|i): the same by the score for class j.
    pub j_given_i: f64,
    /// Their mean, the separability of the two classes.
    pub separability: f64,
}

/// Every pair of classes: what [`Average::HandTill`] is the mean of.
///
/// # Errors
/// As [`multiclass_auc`].
pub fn pairwise(class: &[usize], scores: &[Vec<f64>]) -> Defined<Vec<PairwiseAuc>> {
    let by_class = ByClass::new(class, scores)?;
    let k = by_class.k();
    (0..k)
        .flat_map(|i| (i + 1..k).map(move |j| (i, j)))
        .map(|(i, j)| {
            let p = pair(class, &by_class, i, j)?;
            let (i_given_j, j_given_i) = (p.first.auc(), p.second.auc());
            Ok(PairwiseAuc { i, j, i_given_j, j_given_i, separability: 0.5 * (i_given_j + j_given_i) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::delong::delong;
    use rand::{Rng, SeedableRng};
    use rand_distr::StandardNormal;
    use rand_xoshiro::Xoshiro256PlusPlus;

    const ALL: [Average; 6] =
        [Average::OneVsRest(1), Average::Macro, Average::Weighted, Average::Micro, Average::HandTill, Average::OneVsOneWeighted];

    /// Three classes and two models that know a part of the truth, and share a part of their noise.
    fn draw(rng: &mut Xoshiro256PlusPlus, n: usize) -> (Vec<usize>, Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let class: Vec<usize> = (0..n).map(|_| [0, 0, 1, 1, 1, 2][rng.gen_range(0..6)]).collect();
        let (a, b) = class
            .iter()
            .map(|&c| {
                let common: [f64; 3] = std::array::from_fn(|_| rng.sample(StandardNormal));
                let mut one = |strength: f64| {
                    let logit: Vec<f64> = (0..3)
                        .map(|k| strength * f64::from(u8::from(k == c)) + common[k] + rng.sample::<f64, _>(StandardNormal))
                        .collect();
                    let total: f64 = logit.iter().map(|x| x.exp()).sum();
                    logit.iter().map(|x| x.exp() / total).collect::<Vec<f64>>()
                };
                (one(1.5), one(1.0))
            })
            .unzip();
        (class, a, b)
    }

    #[test]
    fn two_classes_are_the_ordinary_case() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
        let p: Vec<f64> = (0..40).map(|_| rng.r#gen()).collect();
        let class: Vec<usize> = p.iter().map(|p| usize::from(rng.gen_bool(*p))).collect();
        let event: Vec<bool> = class.iter().map(|&c| c == 1).collect();
        let rows: Vec<Vec<f64>> = p.iter().map(|p| vec![-p, *p]).collect();
        let plain = delong(&event, &[&p]).unwrap();
        for average in [Average::OneVsRest(1), Average::Macro, Average::Weighted, Average::HandTill] {
            let found = multiclass_auc(&class, &[&rows], average).unwrap();
            assert!((found.auc[0] - plain.auc[0]).abs() < 1e-14, "{average:?}");
            assert!((found.variance(0).unwrap() - plain.variance(0).unwrap()).abs() < 1e-15, "{average:?}");
        }
    }

    #[test]
    fn standard_errors_of_values_and_differences_agree_with_the_bootstrap() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(10);
        let (class, a, b) = draw(&mut rng, 240);
        for average in ALL {
            let found = multiclass_auc(&class, &[&a, &b], average).unwrap();
            let replicates: Vec<[f64; 2]> = (0..1500)
                .map(|_| {
                    let index: Vec<usize> = (0..240).map(|_| rng.gen_range(0..240)).collect();
                    let class: Vec<usize> = index.iter().map(|&i| class[i]).collect();
                    let [a, b] = [&a, &b].map(|m| index.iter().map(|&i| m[i].clone()).collect::<Vec<_>>());
                    let set = multiclass_auc(&class, &[&a, &b], average).unwrap();
                    [set.auc[0], set.auc[0] - set.auc[1]]
                })
                .collect();
            let sd = |c: usize| {
                let mean = replicates.iter().map(|r| r[c]).sum::<f64>() / 1500.0;
                (replicates.iter().map(|r| (r[c] - mean).powi(2)).sum::<f64>() / 1499.0).sqrt()
            };
            let value = found.variance(0).unwrap().sqrt();
            let difference = found.compare(0, 1, 0.95).unwrap().difference.se.unwrap();
            assert!((value / sd(0) - 1.0).abs() < 0.1, "{average:?}: {value} {}", sd(0));
            assert!((difference / sd(1) - 1.0).abs() < 0.1, "{average:?}: {difference} {}", sd(1));
        }
    }

    #[test]
    fn the_paired_macro_test_keeps_its_size() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
        let mut rejected = 0;
        for _ in 0..1500 {
            let (class, a, _) = draw(&mut rng, 120);
            // The other model is the first with fresh noise of the same size on every case, independently.
            let mut swap = a.clone();
            let mut other = a.clone();
            for (x, y) in swap.iter_mut().zip(other.iter_mut()) {
                for (x, y) in x.iter_mut().zip(y.iter_mut()) {
                    *x += 0.2 * rng.sample::<f64, _>(StandardNormal);
                    *y += 0.2 * rng.sample::<f64, _>(StandardNormal);
                }
            }
            let set = multiclass_auc(&class, &[&swap, &other], Average::Macro).unwrap();
            rejected += usize::from(set.compare(0, 1, 0.95).unwrap().test.p < 0.05);
        }
        let size = rejected as f64 / 1500.0;
        assert!((0.035..=0.065).contains(&size), "{size}");
    }

    #[test]
    fn what_is_undefined_says_why() {
        let rows = vec![vec![0.5, 0.3, 0.2]; 4];
        assert!(multiclass_auc(&[0, 1, 0, 1], &[&rows], Average::Macro).unwrap_err().0.contains("class 2"));
        assert!(multiclass_auc(&[0, 1, 3, 1], &[&rows], Average::Macro).is_err());
        assert!(multiclass_auc(&[], &[&[]], Average::Macro).is_err());
        assert!(multiclass_auc(&[0, 1, 2, 1], &[&rows], Average::OneVsRest(3)).is_err());
        let lone = multiclass_auc(&[0, 1, 2, 1], &[&rows], Average::Macro).unwrap();
        assert_eq!(lone.auc, [0.5]);
        assert!(lone.variance(0).is_err());
    }
}
